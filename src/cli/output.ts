// The only writer of stdout, and the home of progress on stderr. Results go to stdout, everything else to stderr.
import type { Writable } from 'node:stream';
import type { TradeboxError } from '../core/errors.js';
import { createStyle, isColored, printable, type Style } from './style.js';

/** A standard stream as far as output needs it. */
export type OutputStream = Writable & { isTTY?: boolean; columns?: number };

export interface OutputOptions {
  stdout: OutputStream;
  stderr: OutputStream;
  isQuiet: boolean;
  isJson: boolean;
  noColor: boolean;
  forceColor: boolean;
  term: string | undefined;
}

/** A step that takes time; ends with exactly one of `succeed`, `fail` and `drop`. */
export interface Progress {
  update(text: string): void;
  /** Leaves a line `✔ text`. */
  succeed(text?: string): void;
  /** Leaves a line `✖ text`. */
  fail(text?: string): void;
  /** Leaves nothing on a terminal. */
  drop(): void;
}

export interface Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** Style of stdout. */
  readonly style: Style;
  /** Style of stderr. */
  readonly progressStyle: Style;
  /** Result text as it is ready, for commands that stream lines. Throws a plain Error with --json: a bug. */
  text(text: string): void;
  /** The one JSON document of a --json run. */
  document(value: unknown): void;
  /** Starts a step: a spinner on a terminal, plain lines elsewhere, nothing with --quiet. */
  progress(text: string): Promise<Progress>;
  /** A remark on stderr; silent with --quiet. */
  note(text: string): void;
  /** Something the user should act on, on stderr, also with --quiet. */
  warn(text: string): void;
  /** The end of a failed command, on stderr. */
  error(error: TradeboxError): void;
  /** Resolves when both streams have taken what was written. */
  flush(): Promise<void>;
}

export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, isJson, isQuiet } = options;
  // A reader that has seen enough (`| head`) closes the pipe; that is no fault of ours.
  for (const stream of [stdout, stderr]) stream.on('error', ignoreBrokenPipe);
  const style = createStyle(isColored(stdout, options));
  const progressStyle = createStyle(isColored(stderr, options));
  const toStderr = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  return {
    isJson,
    isQuiet,
    style,
    progressStyle,
    text: (text) => {
      if (isJson) throw new Error('text on stdout although --json was asked for');
      if (text !== '') stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    document: (value) => {
      stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    progress: async (text) => {
      if (isQuiet) return silentProgress;
      // The spinner divides by the width, which is 0 where nobody has told the terminal its size.
      const hasWidth = (stderr.columns ?? 0) > 0;
      if (stderr.isTTY === true && hasWidth && options.term !== 'dumb') return spinner(text, stderr);
      return plainProgress(text, toStderr);
    },
    note: (text) => {
      if (!isQuiet) toStderr(progressStyle.dim(printableLines(text)));
    },
    warn: (text) => {
      toStderr(`${progressStyle.yellow('warning:')} ${printableLines(text)}`);
    },
    error: (error) => {
      toStderr(`${progressStyle.red('error:')} ${printableLines(error.message)}`);
      if (error.remedy !== '') toStderr(`→ ${printableLines(error.remedy)}`);
    },
    flush: async () => {
      await Promise.all([drained(stdout), drained(stderr)]);
    },
  };
}

/** Our own line breaks stay; everything else that moves a cursor becomes visible. */
function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

const silentProgress: Progress = { update: () => {}, succeed: () => {}, fail: () => {}, drop: () => {} };

function plainProgress(text: string, write: (text: string) => void): Progress {
  let shown = printable(text);
  write(`… ${shown}`);
  const say = (mark: string, next: string | undefined): void =>
    write(`${mark} ${next === undefined ? shown : printable(next)}`);
  return {
    update: (next) => {
      const line = printable(next);
      if (line !== shown) write(`… ${line}`);
      shown = line;
    },
    succeed: (next) => say('✔', next),
    fail: (next) => say('✖', next),
    drop: () => {},
  };
}

async function spinner(text: string, stream: OutputStream): Promise<Progress> {
  const { default: ora } = await import('ora');
  // Ctrl-C must reach our own handler, and what the user types must reach the agent.
  const spin = ora({ text: printable(text), stream, discardStdin: false, hideCursor: true }).start();
  return {
    update: (next) => {
      spin.text = printable(next);
    },
    succeed: (next) => {
      spin.succeed(next === undefined ? undefined : printable(next));
    },
    fail: (next) => {
      spin.fail(next === undefined ? undefined : printable(next));
    },
    drop: () => {
      spin.stop();
    },
  };
}

function ignoreBrokenPipe(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') return;
  throw error;
}

async function drained(stream: OutputStream): Promise<void> {
  if (stream.destroyed || !stream.writable) return;
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve());
  });
}
