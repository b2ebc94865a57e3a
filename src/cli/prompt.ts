// Questions to the person at the terminal. What is typed as a secret is never echoed.
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { TradeboxError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import type { OutputStream } from './output.js';
import { printable } from './style.js';

export type InputStream = Readable & { isTTY?: boolean };

export interface Prompt {
  /** True when there is someone to ask: stdin and stderr are terminals. */
  readonly isInteractive: boolean;
  /** A line that is not shown, exactly as typed, without its line end. Throws USAGE without a terminal, Interrupted on Ctrl-C. */
  hidden(question: string): Promise<Secret>;
  /** A line; `otherwise` when it is empty. */
  line(question: string, otherwise?: string): Promise<string>;
  /** Yes or no; `otherwise` when the line is empty. */
  confirm(question: string, otherwise: boolean): Promise<boolean>;
}

/** Ctrl-C or the end of input at a prompt. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor() {
    super('interrupted');
  }
}

/** Standard input is touched only where standard error is a terminal: opening it takes Node milliseconds. */
export function createPrompt(streams: {
  readonly stdin: InputStream;
  readonly stderr: OutputStream;
}): Prompt {
  const { stderr } = streams;
  const isInteractive = stderr.isTTY === true && streams.stdin.isTTY === true;
  const ask = async (question: string, isHidden: boolean): Promise<string> => {
    if (!isInteractive) {
      throw new TradeboxError('USAGE', `nobody to ask "${printable(question)}": there is no terminal`, {
        remedy: 'Run the command in a terminal, or give the answer by option or environment variable.',
      });
    }
    stderr.write(`${printable(question)} `);
    return readLine(
      streams.stdin,
      isHidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : stderr,
      () => {
        if (isHidden) stderr.write('\n');
      },
    );
  };
  return {
    isInteractive,
    hidden: async (question) => new Secret(await ask(question, true)),
    line: async (question, otherwise) => (await ask(question, false)).trim() || (otherwise ?? ''),
    confirm: async (question, otherwise) => {
      const answer = (await ask(`${question} [${otherwise ? 'Y/n' : 'y/N'}]`, false)).trim().toLowerCase();
      return answer === '' ? otherwise : answer === 'y' || answer === 'yes';
    },
  };
}

async function readLine(stdin: InputStream, echo: Writable, after: () => void): Promise<string> {
  // `terminal` puts the keyboard in raw mode, so that the terminal itself echoes nothing; readline echoes into `echo`.
  const reader = createInterface({ input: stdin, output: echo, terminal: true, historySize: 0 });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('line', resolve);
      reader.once('SIGINT', () => reject(new Interrupted()));
      reader.once('close', () => reject(new Interrupted()));
    });
  } finally {
    reader.close();
    after();
  }
}
