// A running box in a test: started through the CLI, spoken to through the CLI.
import type { CliOptions, CliResult, TestHome } from './home.js';

/** Building an image may be part of a first run. */
export const imageBuildTimeoutMs = 900_000;

export interface BoxOptions {
  profile: string;
  workdir: string;
  /** Word in the box's name. */
  hint: string;
  /** Options of `tradebox run` before `--`; `--paper --mode demo` when absent. */
  options?: readonly string[];
  /** Words after `--`. */
  args?: readonly string[];
  env?: Record<string, string>;
}

export class Box {
  readonly home: TestHome;
  readonly name: string;

  constructor(home: TestHome, name: string) {
    this.home = home;
    this.name = name;
  }

  /** Runs a command in the agent container and returns how it ended. */
  exec(command: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return this.home.run(['exec', this.name, '--', ...command], options);
  }

  /** Runs a line of shell in the agent container. */
  sh(line: string, options: CliOptions = {}): Promise<CliResult> {
    return this.exec(['sh', '-c', line], options);
  }

  /** The journal as `tradebox audit show --json` prints it. */
  async journal(): Promise<JournalLine[]> {
    const shown = await this.home.json<{ records: JournalLine[] }>(['audit', 'show', this.name]);
    return shown.records;
  }
}

/** A record of the journal, as far as tests read it. */
export interface JournalLine {
  seq: number;
  at: string;
  event: { type: string; [field: string]: unknown };
}

/** Starts a box in the background. */
export async function startBox(home: TestHome, options: BoxOptions): Promise<Box> {
  const name = home.boxName(options.hint);
  const words = options.args === undefined ? [] : ['--', ...options.args];
  const flags = options.options ?? ['--paper', '--mode', 'demo'];
  await home.ok(['run', options.profile, options.workdir, '--name', name, '--detach', ...flags, ...words], {
    timeoutMs: imageBuildTimeoutMs,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  return new Box(home, name);
}
