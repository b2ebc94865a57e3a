// Reads the command line of one command: commands as data become commander's, which parses and writes help. Nothing is run
// here. The only home of commander; loaded when a command is named.
import { Argument, Command as CommanderCommand, type CommanderError, Option } from 'commander';
import { TradeboxError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { AnyCommand, CommandGroup, OptionSpec } from './command.js';
import { unknownCommand } from './unknown-command.js';

/** A command line, parted at the first `--`: what stands after it belongs to the agent and is never read as ours. */
export interface CommandLine {
  words: readonly string[];
  rest: readonly string[] | undefined;
}

/** What was read, before the command's own types. */
export interface GivenInput {
  arguments: Record<string, unknown>;
  options: Record<string, unknown>;
  rest: readonly string[] | undefined;
  /** Value of --config. */
  configFile: string | undefined;
}

/** What a command line asks for. */
export type Reading =
  | { kind: 'help'; text: string }
  | { kind: 'run'; command: AnyCommand; input: GivenInput };

/** Reads the words after the command's name. Throws USAGE with what to type instead. */
export function readCommandLine(
  name: string,
  summary: string,
  command: AnyCommand | CommandGroup,
  line: CommandLine,
): Reading {
  const reader = new Reader(line.rest);
  const root = reader.configure(new CommanderCommand('tradebox'));
  const built = reader.build(name, summary, command);
  root.addCommand(built);
  try {
    built.parse([...line.words], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof HelpShown)) throw thrown;
  }
  return reader.reading ?? { kind: 'help', text: reader.helpText };
}

/** Help was written: commander goes no further. */
class HelpShown extends Error {}

class Reader {
  reading: Reading | undefined;
  helpText = '';

  constructor(readonly rest: readonly string[] | undefined) {}

  configure(command: CommanderCommand): CommanderCommand {
    return command
      .helpOption('-h, --help', 'explain the command')
      .helpCommand(false)
      .showHelpAfterError(false)
      .showSuggestionAfterError(false)
      .exitOverride((error) => {
        if (error.exitCode === 0) throw new HelpShown();
        throw usageOf(error, command);
      })
      .configureOutput({
        writeOut: (text) => {
          this.helpText += text;
        },
        writeErr: () => {},
      });
  }

  build(name: string, summary: string, command: AnyCommand | CommandGroup): CommanderCommand {
    const built = this.configure(new CommanderCommand(name)).summary(summary);
    const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
    built.description(command.description === undefined ? sentence : `${sentence}\n\n${command.description}`);
    built.addHelpText('after', examplesText(command.examples));
    if ('subcommands' in command) this.#addGroup(built, command);
    else this.#addRunnable(built, command);
    return built;
  }

  #addGroup(built: CommanderCommand, group: CommandGroup): void {
    // Options after a subcommand's name belong to the subcommand.
    built.enablePositionalOptions();
    for (const command of group.subcommands) {
      built.addCommand(this.build(command.name, command.summary, command));
    }
    this.#onExcess(built, ([word = '']) => unknownCommand(word, group.subcommands, `${built.name()} `));
    if (group.alone !== undefined) {
      this.#addRunnable(built, group.alone);
      return;
    }
    const names = group.subcommands.map(({ name }) => name).join(', ');
    built.action(() => {
      throw new TradeboxError('USAGE', `"tradebox ${built.name()}" needs one of: ${names}`, {
        remedy: `See: tradebox ${built.name()} --help`,
      });
    });
  }

  #addRunnable(built: CommanderCommand, command: AnyCommand): void {
    for (const { name, description, isRequired } of Object.values(command.arguments ?? {})) {
      built.addArgument(new Argument(isRequired ? `<${name}>` : `[${name}]`, description));
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
    built.action(() => {
      if (this.rest !== undefined && command.rest === undefined) {
        throw new TradeboxError('USAGE', `"tradebox ${pathOf(built)}" takes no words after "--"`, {
          remedy: 'Leave out the "--" and what follows.',
        });
      }
      const given = built.opts<Record<string, unknown>>();
      const names = Object.keys(command.arguments ?? {});
      const input: GivenInput = {
        arguments: Object.fromEntries(names.map((name, index) => [name, built.processedArgs[index]])),
        options: Object.fromEntries(
          options.map(([key, option]) => [key, given[option.attributeName()] ?? emptyValue(option)]),
        ),
        rest: this.rest,
        configFile: typeof given.config === 'string' ? given.config : undefined,
      };
      this.reading = { kind: 'run', command, input };
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
}

function examplesText(examples: CommandGroup['examples']): string {
  const width = Math.max(...examples.map(({ command }) => command.length));
  const lines = examples.map(({ command, does }) => `  ${command.padEnd(width)}  ${does}`);
  return ['', 'Examples:', ...lines].join('\n');
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

/** The words of commands down to this one, without `tradebox`. */
function pathOf(command: CommanderCommand): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${pathOf(parent)} ${command.name()}`;
}

/** Commander's complaint in our form. A value behind `=` is cut off: it may be a secret (S2). */
function usageOf(error: CommanderError, command: CommanderCommand): TradeboxError {
  const message = error.message.replace(/^error: /, '');
  const help = `See: tradebox ${pathOf(command)} --help`;
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
