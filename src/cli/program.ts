// The program: finds the named command, gives it a context, prints its result, and knows how it ended.
import { type Paths, resolvePaths } from '../config/paths.js';
import { exitCodes, TradeboxError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { createPassphrase } from '../vault/passphrase.js';
import type { AnyCommand, CommandEntry } from './command.js';
import type { CommandLine, GivenInput } from './command-line.js';
import { commands } from './commands.js';
import { createContext, type HostProcess } from './context.js';
import { endWith } from './exit.js';
import { createOutput, type Output } from './output.js';
import { createPrompt } from './prompt.js';
import { rootHelp } from './root-help.js';
import { unknownCommand } from './unknown-command.js';

/** Runs a command line (without `node` and the script) and resolves to the exit code. Never rejects. */
export async function runProgram(
  argv: readonly string[],
  host: HostProcess,
  version: string,
  entries: readonly CommandEntry[] = commands,
): Promise<number> {
  const line = splitLine(argv);
  const output = outputOf(host, line.words);
  let paths: Paths | undefined;
  try {
    paths = resolvePaths(host.env);
    return await runLine(line, { host, paths, output, version, entries });
  } catch (thrown) {
    return endWith(thrown, output, { paths, clock: host.clock, version });
  } finally {
    await output.flush();
  }
}

/** Ends a program whose fault no promise carried. Returns the exit code. */
export function endFault(thrown: unknown, host: HostProcess, version: string): number {
  return endWith(thrown, outputOf(host, []), { paths: pathsIfValid(host), clock: host.clock, version });
}

function pathsIfValid(host: HostProcess): Paths | undefined {
  try {
    return resolvePaths(host.env);
  } catch {
    // A bad TRADEBOX_HOME must not hide the fault that is being reported.
    return undefined;
  }
}

interface Program {
  host: HostProcess;
  paths: Paths;
  output: Output;
  version: string;
  entries: readonly CommandEntry[];
}

async function runLine(line: CommandLine, program: Program): Promise<number> {
  const { host, entries, version } = program;
  const asked = line.words[0] === 'help' ? [...line.words.slice(1), '--help'] : line.words;
  const [first, ...words] = asked;
  if (first === undefined) {
    host.stderr.write(rootHelp(entries));
    return exitCodes.user;
  }
  if (first === '--help' || first === '-h') return print(program, rootHelp(entries));
  if (first === '--version') return print(program, `${version}\n`);
  if (first.startsWith('-')) throw unknownOption(first);
  const entry = entries.find(({ name }) => name === first);
  if (entry === undefined) throw unknownCommand(first, entries);
  const [{ command }, { readCommandLine }] = await Promise.all([entry.load(), import('./command-line.js')]);
  const reading = readCommandLine(entry.name, entry.summary, command, { words, rest: line.rest });
  return reading.kind === 'help'
    ? print(program, reading.text)
    : runCommand(reading.command, reading.input, program);
}

async function runCommand(command: AnyCommand, input: GivenInput, program: Program): Promise<number> {
  const { host, output, paths } = program;
  const prompt = createPrompt(host);
  const context = createContext({
    host,
    paths,
    output,
    prompt,
    passphrase: createPassphrase(host.env, prompt.isInteractive ? prompt.hidden : undefined),
    configFile: input.configFile,
  });
  // The types of arguments and options were fixed by defineCommand; from here on they are data.
  const { result, exitCode } = await command.run(context, input as never);
  if (result !== undefined && command.result !== undefined) {
    const checked = command.result.parse(result);
    if (output.isJson) output.document(checked);
    else output.text(command.render?.(checked as never, output.style) ?? '');
  }
  return exitCode ?? exitCodes.ok;
}

function splitLine(argv: readonly string[]): CommandLine {
  const cut = argv.indexOf('--');
  return cut === -1
    ? { words: argv, rest: undefined }
    : { words: argv.slice(0, cut), rest: argv.slice(cut + 1) };
}

/** Quiet and JSON are known before the command line is read, so that complaints about it follow them too. */
function outputOf(host: HostProcess, words: readonly string[]): Output {
  return createOutput({
    stdout: host.stdout,
    stderr: host.stderr,
    isQuiet: words.includes('--quiet') || words.includes('-q'),
    isJson: words.includes('--json'),
    noColor: host.env.noColor,
    forceColor: host.env.forceColor,
    term: host.env.term,
  });
}

function print({ host }: Program, text: string): number {
  host.stdout.write(text);
  return exitCodes.ok;
}

function unknownOption(word: string): TradeboxError {
  const name = word.split('=')[0] ?? '';
  const near = nearest(name, ['--help', '--version']);
  return new TradeboxError('USAGE', `unknown option ${name.slice(0, 60)}`, {
    remedy: `${near === undefined ? 'Options stand after the command.' : `Did you mean ${near}?`} See: tradebox --help`,
  });
}
