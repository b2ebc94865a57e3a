// Entry of the built program (dist/main.js): answers what one look answers, else runs the host program's bundle with V8's compiled
// code of it where this very Node made that at build time; otherwise V8 compiles, which takes a tenth of a second more.
import { existsSync, fstatSync, readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import type { Script } from 'node:vm';
import { askForBoxes } from './cli/ask-boxes.js';
import { readHostEnvironment } from './config/paths.js';
import { nodeBinding } from './core/node-binding.js';
import { blockingExchange } from './sandbox/docker/blocking-exchange.js';

const stdoutFd = 1;

/** scripts/lib/bundle-script.cjs, beside the bundle. */
interface BundleScript {
  bundleScript(file: string, compiled: Buffer | undefined): Script;
  compiledCodeOf(file: string): string;
}

const beside = (file: string) => fileURLToPath(new URL(file, import.meta.url));

function runHost(): void {
  const file = beside('host/host.cjs');
  const { bundleScript, compiledCodeOf } = createRequire(file)('./script.cjs') as BundleScript;
  const compiled = compiledCodeOf(file);
  const script = bundleScript(file, existsSync(compiled) ? readFileSync(compiled) : undefined);
  const run = script.runInThisContext() as (require: NodeJS.Require, filename: string) => void;
  run(createRequire(file), file);
}

/** Straight to the descriptor, and gone: opening Node's stream and closing the engine's sockets take longer than the rest. */
function printAndExit(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(stdoutFd, bytes, written);
  } catch {
    process.stdout.on('error', () => {}); // a reader that has seen enough
    process.stdout.write(bytes.subarray(written));
    return;
  }
  process.exit();
}

/** The module that knows terminals takes node:net along: it is loaded where it is needed. */
function isTerminal(): boolean {
  if (!fstatSync(stdoutFd).isCharacterDevice()) return false;
  const isTTY = nodeBinding<{ isTTY(fd: number): boolean }>('tty_wrap')?.isTTY ?? isatty;
  return isTTY(stdoutFd);
}

async function main(words: readonly string[]): Promise<void> {
  const env = readHostEnvironment();
  const isListing = words.length === 1 && words[0] === 'ps';
  const asked = isListing ? askForBoxes(env, Date.now(), blockingExchange()) : undefined;
  asked?.catch(() => {}); // told where it is awaited
  // The questions are written before the event loop comes round: what reads the answers is loaded after that.
  if (isListing) await new Promise(setImmediate);
  const { answerAtOnce } = await import('./cli/at-once.js');
  const answer = await answerAtOnce(words, {
    env,
    boxes: async () => await asked,
    isTerminal,
    version: () => {
      const { version } = JSON.parse(readFileSync(beside('../package.json'), 'utf8')) as { version: string };
      return version;
    },
  });
  if (answer === undefined) runHost();
  else printAndExit(answer);
}

void main(process.argv.slice(2)); // it never rejects
