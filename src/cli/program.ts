// Turns commands as data into commander's, runs the named one, prints its result. The only home of commander.
import { Argument, Command as CommanderCommand, CommanderError, Option } from 'commander';
import { type Paths, resolvePaths } from '../config/paths.js';
import { exitCodes, TradeboxError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import { createPassphrase } from '../vault/passphrase.js';
import type { AnyCommand, CommandEntry, CommandGroup, OptionSpec } from './command.js';
import { commands } from './commands.js';
import { createContext, type HostProcess } from './context.js';
import { endWith } from './exit.js';
import { createOutput, type Output } from './output.js';
import { createPrompt } from './prompt.js';

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
    return await new Program(host, paths, output, version, entries).run(line);
  } catch (thrown) {
    return endWith(asUsage(thrown), output, { paths, clock: host.clock, version });
  } finally {
    await output.flush();
  }
}

/** Ends a program whose fault no promise carried. Returns the exit code. */
export function endFault(thrown: unknown, host: HostProcess, version: string): number {
  const place = { paths: resolvePaths(host.env), clock: host.clock, version };
  return endWith(thrown, outputOf(host, []), place);
}

/** Quiet and JSON are known before commander has parsed, so that its own complaints follow them too. */
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

/** A command line, parted at the first `--`: what stands after it belongs to the agent and is never read as ours. */
interface CommandLine {
  words: readonly string[];
  rest: readonly string[] | undefined;
}

function splitLine(argv: readonly string[]): CommandLine {
  const cut = argv.indexOf('--');
  return cut === -1
    ? { words: argv, rest: undefined }
    : { words: argv.slice(0, cut), rest: argv.slice(cut + 1) };
}

/** Help was printed: the end of a successful run. */
class HelpShown extends Error {}

class Program {
  constructor(
    readonly host: HostProcess,
    readonly paths: Paths,
    readonly output: Output,
    readonly version: string,
    readonly entries: readonly CommandEntry[],
  ) {}

  async run(line: CommandLine): Promise<number> {
    const words = line.words[0] === 'help' ? [...line.words.slice(1), '--help'] : line.words;
    const first = words[0];
    const root = this.#root();
    if (first === undefined) {
      this.host.stderr.write(root.helpInformation());
      return exitCodes.user;
    }
    const entry = this.entries.find(({ name }) => name === first);
    if (entry === undefined && !first.startsWith('-')) throw unknownCommand(first, this.entries, '');
    let exitCode: number = exitCodes.ok;
    const finish = (code: number): void => {
      exitCode = code;
    };
    for (const { name, summary } of this.entries) {
      if (name !== first) root.command(name).summary(summary).description(summary);
    }
    if (entry !== undefined)
      this.#add(root, entry.name, entry.summary, (await entry.load()).command, line, finish);
    try {
      await root.parseAsync([...words], { from: 'user' });
    } catch (thrown) {
      if (thrown instanceof HelpShown) return exitCodes.ok;
      throw thrown;
    }
    return exitCode;
  }

  #root(): CommanderCommand {
    const root = this.#configure(new CommanderCommand('tradebox'))
      .description('The safe place to run an AI agent next to money.')
      .usage('<command> [options]')
      .version(this.version, '--version', 'print the version')
      .helpCommand('help [command]', 'explain a command')
      .addHelpText('after', rootEpilogue);
    return root;
  }

  #configure(command: CommanderCommand): CommanderCommand {
    return command
      .helpOption('-h, --help', 'explain the command')
      .showHelpAfterError(false)
      .showSuggestionAfterError(false)
      .exitOverride((error) => {
        if (error.exitCode === 0) throw new HelpShown();
        throw usageOf(error, command);
      })
      .configureOutput({
        writeOut: (text) => {
          this.host.stdout.write(text);
        },
        writeErr: () => {},
      });
  }

  #add(
    parent: CommanderCommand,
    name: string,
    summary: string,
    command: AnyCommand | CommandGroup,
    line: CommandLine,
    finish: (code: number) => void,
  ): void {
    const built = this.#configure(new CommanderCommand(name)).summary(summary);
    built.description(
      sentence(summary) + (command.description === undefined ? '' : `\n\n${command.description}`),
    );
    built.addHelpText('after', examplesText(command.examples));
    if ('subcommands' in command) this.#addGroup(built, command, line, finish);
    else this.#addRunnable(built, command, line, finish);
    parent.addCommand(built);
  }

  #addGroup(
    built: CommanderCommand,
    group: CommandGroup,
    line: CommandLine,
    finish: (code: number) => void,
  ): void {
    for (const command of group.subcommands)
      this.#add(built, command.name, command.summary, command, line, finish);
    built.helpCommand(false);
    const names = group.subcommands.map(({ name }) => ({ name }));
    this.#onExcess(built, ([word = '']) => unknownCommand(word, names, `${built.name()} `));
    if (group.alone !== undefined) this.#addRunnable(built, group.alone, line, finish);
    if (group.alone !== undefined) return;
    built.action(() => {
      throw new TradeboxError(
        'USAGE',
        `"tradebox ${built.name()}" needs one of: ${names.map(({ name }) => name).join(', ')}`,
        {
          remedy: `Run: tradebox ${built.name()} --help`,
        },
      );
    });
  }

  #addRunnable(
    built: CommanderCommand,
    command: AnyCommand,
    line: CommandLine,
    finish: (code: number) => void,
  ): void {
    for (const spec of Object.values(command.arguments ?? {})) {
      built.addArgument(
        new Argument(spec.isRequired ? `<${spec.name}>` : `[${spec.name}]`, spec.description),
      );
    }
    const options = Object.entries(command.options ?? {}).map(
      ([key, spec]) => [key, optionOf(spec)] as const,
    );
    for (const [, option] of options) built.addOption(option);
    if (command.usesConfig === true) built.option('--config <file>', 'read this tradebox.yaml and no other');
    if (command.result !== undefined) built.option('--json', 'print the result as one JSON document');
    built.option('-q, --quiet', 'no progress and no remarks on stderr');
    if (command.rest !== undefined) built.usage(`${built.usage()} [-- ${command.rest}]`);
    built.allowExcessArguments(false);
    const { tooMany } = command;
    if (tooMany !== undefined) {
      this.#onExcess(built, () => new TradeboxError('USAGE', tooMany.message, { remedy: tooMany.remedy }));
    }
    built.action(async () => {
      if (line.rest !== undefined && command.rest === undefined) {
        throw new TradeboxError('USAGE', `"tradebox ${pathOf(built)}" takes no words after "--"`, {
          remedy: 'Leave out the "--" and what follows.',
        });
      }
      const given = built.opts<Record<string, unknown>>();
      const names = Object.keys(command.arguments ?? {});
      finish(
        await this.#execute(command, {
          arguments: Object.fromEntries(names.map((name, index) => [name, built.processedArgs[index]])),
          options: Object.fromEntries(
            options.map(([key, option]) => [key, given[option.attributeName()] ?? emptyValue(option)]),
          ),
          rest: line.rest,
          configFile: typeof given.config === 'string' ? given.config : undefined,
        }),
      );
    });
  }

  /** What to say when a command gets more words than it takes. */
  #onExcess(built: CommanderCommand, explain: (words: readonly string[]) => TradeboxError): void {
    built.exitOverride((error) => {
      if (error.exitCode === 0) throw new HelpShown();
      const isExcess = ['commander.excessArguments', 'commander.unknownCommand'].includes(error.code);
      throw isExcess ? explain(built.args) : usageOf(error, built);
    });
  }

  async #execute(command: AnyCommand, input: GivenInput): Promise<number> {
    const prompt = createPrompt(this.host.stdin, this.host.stderr);
    const context = createContext({
      host: this.host,
      paths: this.paths,
      output: this.output,
      prompt,
      passphrase: createPassphrase(this.host.env, prompt.isInteractive ? prompt.hidden : undefined),
      configFile: input.configFile,
    });
    // The types of arguments and options were fixed by defineCommand; from here on they are data.
    const { result, exitCode } = await command.run(context, input as never);
    if (result !== undefined && command.result !== undefined) {
      const checked = command.result.parse(result);
      if (this.output.isJson) this.output.document(checked);
      else this.output.text(command.render?.(checked as never, this.output.style) ?? '');
    }
    return exitCode ?? exitCodes.ok;
  }
}

/** What commander read, before the command's own types. */
interface GivenInput {
  arguments: Record<string, unknown>;
  options: Record<string, unknown>;
  rest: readonly string[] | undefined;
  configFile: string | undefined;
}

const rootEpilogue = `
Examples:
  tradebox run openclaw ./strategy --paper     box an agent; it trades on the embedded paper exchange
  tradebox diagnose                            prove the boundary, on the wire
  tradebox reset                               discard a tainted box, start a clean one

Exit codes: 0 ok, 2 user error, 3 a boundary does not hold, 70 fault; run and exec pass the agent's own.
`;

function examplesText(examples: CommandGroup['examples']): string {
  const width = Math.max(...examples.map(({ command }) => command.length));
  return [
    '',
    'Examples:',
    ...examples.map(({ command, does }) => `  ${command.padEnd(width)}  ${does}`),
  ].join('\n');
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description);
  if (spec.choices !== undefined) option.choices([...spec.choices]);
  if (spec.isRepeatable === true) option.argParser<string[]>((value, before = []) => [...before, value]);
  return option;
}

/** What an option that was not given is: false for a flag, an empty list, undefined. */
function emptyValue(option: Option): unknown {
  if (option.isBoolean()) return false;
  return option.parseArg === undefined || option.argChoices !== undefined ? undefined : [];
}

function unknownCommand(word: string, known: readonly { name: string }[], group: string): TradeboxError {
  const near = nearest(
    word,
    known.map(({ name }) => name),
  );
  const remedy =
    near === undefined ? `See: tradebox ${group}--help` : `Did you mean: tradebox ${group}${near}`;
  return new TradeboxError('USAGE', `there is no command "tradebox ${group}${word.slice(0, 60)}"`, {
    remedy,
  });
}

/** The words of commands down to this one, without `tradebox`. */
function pathOf(command: CommanderCommand): string {
  const parent = command.parent;
  return parent === null || parent.parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

/** Commander's complaint in our form. A value behind `=` is cut off: it may be a secret (S2). */
function usageOf(error: CommanderError, command: CommanderCommand): TradeboxError {
  const message = error.message.replace(/^error: /, '');
  const help = `See: tradebox ${command.parent === null ? '' : `${pathOf(command)} `}--help`;
  if (error.code === 'commander.unknownOption') {
    const word = (/'([^'=]*)/.exec(message)?.[1] ?? '').slice(0, 60);
    const known = command.options.flatMap(({ long, short }) =>
      [long, short].filter((name) => name !== undefined),
    );
    const near = nearest(word, [...known, '--help']);
    return new TradeboxError('USAGE', `unknown option ${word}`, {
      remedy: near === undefined ? help : `Did you mean ${near}? ${help}`,
    });
  }
  if (error.code === 'commander.excessArguments') {
    return new TradeboxError('USAGE', `too many arguments for "tradebox ${pathOf(command)}"`, {
      remedy: command.usage().includes('[-- ') ? `Words for the agent go after "--". ${help}` : help,
    });
  }
  return new TradeboxError('USAGE', message, { remedy: help });
}

function asUsage(thrown: unknown): unknown {
  return thrown instanceof CommanderError
    ? new TradeboxError('USAGE', thrown.message, { remedy: 'See: tradebox --help' })
    : thrown;
}
