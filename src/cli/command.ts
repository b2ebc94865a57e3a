// The contract of a command: data, and a function. program.ts turns it into commander's; nothing here imports anything heavy.
//
// A command's module is loaded when its name is on the command line, also for its --help: import dockerode and other
// heavy rooms with `await import(…)` inside `run`. `tradebox --help` reads commands.ts alone.
import type { z } from 'zod';
import type { CliContext } from './context.js';
import type { Style } from './style.js';

/** An argument by position. The type parameter is the type `run` receives. */
export interface ArgumentSpec<Value = unknown> {
  name: string;
  description: string;
  isRequired: boolean;
  /** Never set: carries the type. */
  readonly valueType?: Value;
}

/** An option. The type parameter is the type `run` receives. */
export interface OptionSpec<Value = unknown> {
  /** Commander's notation: `--name <name>`, `-d, --detach`. */
  flags: string;
  description: string;
  choices?: readonly string[];
  isRepeatable?: boolean;
  /** Never set: carries the type. */
  readonly valueType?: Value;
}

export const required = (name: string, description: string): ArgumentSpec<string> => ({
  name,
  description,
  isRequired: true,
});

export const optional = (name: string, description: string): ArgumentSpec<string | undefined> => ({
  name,
  description,
  isRequired: false,
});

/** `--detach`: true or false. */
export const flag = (flags: string, description: string): OptionSpec<boolean> => ({ flags, description });

/** `--name <name>`: a text, or undefined when absent. */
export const text = (flags: string, description: string): OptionSpec<string | undefined> => ({
  flags,
  description,
});

/** `--mode <mode>`: one of the choices, or undefined when absent. */
export const choice = <const Choice extends string>(
  flags: string,
  choices: readonly Choice[],
  description: string,
): OptionSpec<Choice | undefined> => ({ flags, description, choices });

/** `--account <id>`, as often as wanted: the texts in order. */
export const repeated = (flags: string, description: string): OptionSpec<readonly string[]> => ({
  flags,
  description,
  isRepeatable: true,
});

type Arguments = Readonly<Record<string, ArgumentSpec>>;
type Options = Readonly<Record<string, OptionSpec>>;
type ArgumentValues<Specs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends ArgumentSpec<infer Value> ? Value : never;
};
type OptionValues<Specs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends OptionSpec<infer Value> ? Value : never;
};

/** What the user gave. */
export interface CommandInput<Args, Opts> {
  readonly arguments: ArgumentValues<Args>;
  readonly options: OptionValues<Opts>;
  /** The words after `--`; undefined when there is no `--`. */
  readonly rest: readonly string[] | undefined;
}

/** How a command ended. */
export interface Outcome<Result> {
  /** Printed by `render`, or as JSON with --json. Commands without a `result` schema have none. */
  result?: Result;
  /** 0 when absent. `run` and `exec` pass the agent's own code; a broken boundary is exitCodes.boundary. */
  exitCode?: number;
}

export interface Example {
  /** The whole command line. */
  command: string;
  /** What it does, a few words. */
  does: string;
}

/** A command that can be run. */
export interface Command<
  Args extends Arguments = Arguments,
  Opts extends Options = Options,
  Schema extends z.ZodType = z.ZodType,
> {
  /** A paragraph for --help, after the summary in the list. */
  description?: string;
  arguments?: Args;
  options?: Opts;
  /** Meaning of the words after `--`, e.g. `args for the agent`. Absent: `--` is refused. */
  rest?: string;
  /** Said when there are more arguments than the command takes, for a mistake that deserves an explanation. */
  tooMany?: { message: string; remedy: string };
  /** True: takes `--config <file>` and `context.loadConfig` honours it. */
  usesConfig?: boolean;
  examples: readonly Example[];
  /** Schema of the result: adds --json, whose document is stable. */
  result?: Schema;
  /** The result for people, one text of lines. */
  render?(result: z.output<Schema>, style: Style): string;
  run(context: CliContext, input: CommandInput<Args, Opts>): Promise<Outcome<z.input<Schema>>>;
}

/** A command whose types are no longer known: what program.ts works with. */
export interface AnyCommand extends Omit<Command, 'run' | 'render' | 'arguments' | 'options'> {
  arguments?: Arguments;
  options?: Options;
  render?(result: never, style: Style): string;
  run(context: CliContext, input: never): Promise<Outcome<unknown>>;
}

/** A command of several: `secrets set`. It may also run by itself. */
export interface CommandGroup {
  description?: string;
  examples: readonly Example[];
  subcommands: readonly (AnyCommand & { name: string; summary: string })[];
  /** What runs without a subcommand. */
  alone?: AnyCommand;
}

/** One line of commands.ts. The module exports its command as `command`. */
export interface CommandEntry {
  name: string;
  /** A few words for `tradebox --help`. */
  summary: string;
  load(): Promise<{ command: AnyCommand | CommandGroup }>;
}

/** Gives a command its types: arguments and options are inferred from their specs. */
export function defineCommand<
  const Args extends Arguments,
  const Opts extends Options,
  Schema extends z.ZodType = z.ZodNever,
>(command: Command<Args, Opts, Schema>): Command<Args, Opts, Schema> {
  return command;
}
