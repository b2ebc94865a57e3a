// A stand-in for another password manager's client: an executable on a PATH of its own that notes its arguments and prints.
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProviderContext } from '../../src/vault/provider.js';
import { hostEnvironment, temporaryDir, writeFile } from './host-files.js';

export interface FakeClient {
  context: ProviderContext;
  /** Arguments of the last call, without the program; undefined when there was none. */
  argv(): string[] | undefined;
}

/** `body` is the rest of a Node program. Without it the program is not installed. */
export function fakeClient(program: string, body?: string): FakeClient {
  const dir = temporaryDir();
  const bin = join(dir, 'bin');
  const noted = join(dir, 'argv.json');
  mkdirSync(bin);
  if (body !== undefined) {
    const lines = [
      `#!${process.execPath}`,
      `require('node:fs').writeFileSync(${JSON.stringify(noted)}, JSON.stringify([process.cwd(), ...process.argv.slice(2)]));`,
      body,
    ];
    chmodSync(writeFile(join(bin, program), lines.join('\n')), 0o755);
  }
  return {
    context: { env: hostEnvironment(dir, { PATH: bin }), baseDir: dirname(dir) } as ProviderContext,
    argv: () => {
      if (!existsSync(noted)) return undefined;
      const [cwd, ...argv] = JSON.parse(readFileSync(noted, 'utf8')) as string[];
      if (cwd !== dir) throw new Error(`it ran in ${cwd}, not in the caller's home`);
      return argv;
    },
  };
}

/** A program that prints the text, as it is. */
export const prints = (text: string): string => `process.stdout.write(${JSON.stringify(text)});`;
