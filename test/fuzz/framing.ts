// A fuzz of requests as bytes: whatever comes, in whatever pieces, reads the same, and what two parsers could differ on is refused.
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { ClientConnection, defaultClientLimits } from '../../src/sidecar/http1/client-connection.js';
import { cutAt, type Fuzz, fractions, mutate, mutations } from './fuzz.js';

/** A socket without a network: what is pushed is delivered while nobody has paused it. */
class PushedSocket extends EventEmitter {
  isEnded = false;
  #isPaused = false;
  readonly #waiting: Buffer[] = [];

  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#deliver();
  }
  setNoDelay(): this {
    return this;
  }
  pause(): this {
    this.#isPaused = true;
    return this;
  }
  resume(): this {
    this.#isPaused = false;
    this.#deliver();
    return this;
  }
  write(): boolean {
    return true;
  }
  end(): this {
    this.isEnded = true;
    return this;
  }
  destroy(): this {
    this.isEnded = true;
    return this;
  }
  #deliver(): void {
    while (!this.#isPaused && !this.isEnded) {
      const chunk = this.#waiting.shift();
      if (chunk === undefined) return;
      this.emit('data', chunk);
    }
  }
}

/** What a connection told of the bytes: one line for each request, with its body, or the reason of a refusal. */
async function readAs(pieces: readonly Buffer[]): Promise<{ told: string[]; heads: Buffer[] }> {
  const told: string[] = [];
  const heads: Buffer[] = [];
  const socket = new PushedSocket();
  let body = '';
  let isBodyDue = false;
  const client: ClientConnection = new ClientConnection(
    socket as unknown as Socket,
    {
      onRequest: (head, headBytes) => {
        told.push(`${head.method} ${head.target} ${head.host} ${JSON.stringify(head.framing)}`);
        heads.push(Buffer.from(headBytes));
        body = '';
        isBodyDue = head.framing.kind !== 'none';
        if (!isBodyDue) client.finish(true);
      },
      onBody: (data) => {
        body += data.toString('latin1');
      },
      onBodyEnd: () => {
        told.push(`body ${body}`);
        client.finish(true);
      },
      onMalformed: () => {
        // Which of several reasons is met first may depend on the pieces.
        told.push('refused');
        client.finish(false);
      },
      onDrain: () => {},
      onAbort: () => {},
    },
    defaultClientLimits,
  );
  for (const piece of pieces) {
    socket.push(Buffer.from(piece));
    await nextTurn();
  }
  // What a pause held back comes a turn later.
  for (let seen = -1; seen !== told.length; ) {
    seen = told.length;
    await nextTurn();
  }
  client.destroy();
  return { told, heads };
}

const line = fc.constantFrom(
  'Content-Length: 5',
  'Content-Length: 0',
  'Transfer-Encoding: chunked',
  'X-A: b',
  'Host: other.test',
  'Expect: 100-continue',
  'Connection: close',
  'Content-Length: 5, 5',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding : chunked',
  ' folded',
  'X: \u00e9',
);
const bodyText = fc.constantFrom(
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  '5;x=y\r\nhello\r\n0\r\nT: v\r\n\r\n',
  '0\r\n\r\n',
  'GET /hidden HTTP/1.1\r\nHost: a.test\r\n\r\n',
);
const message = fc
  .tuple(fc.constantFrom('GET', 'POST', 'PUT'), fc.array(line, { maxLength: 4 }), bodyText)
  .map(
    ([method, lines, body]) =>
      `${method} /x HTTP/1.1\r\nHost: a.test\r\n${lines.map((one) => `${one}\r\n`).join('')}\r\n${body}`,
  );

/** What no accepted head may hold: the classic differences between parsers (ATTACKS B4). */
function ambiguity(head: Buffer): string | undefined {
  const text = head.toString('latin1');
  const [, ...rest] = text.slice(0, -4).split('\r\n');
  const named = (name: string) => rest.filter((one) => one.toLowerCase().startsWith(`${name}:`));
  if (/[^\r]\n|\r[^\n]/.test(text)) return 'a bare CR or LF';
  if (text.includes('\0')) return 'a NUL';
  if (rest.some((one) => /^[ \t]/.test(one))) return 'a folded line';
  if (rest.some((one) => /^[^:]*[ \t]:/.test(one))) return 'a space before a colon';
  if (named('host').length !== 1) return `${named('host').length} hosts`;
  if (named('content-length').length > 1) return 'two lengths';
  if (named('content-length').length > 0 && named('transfer-encoding').length > 0)
    return 'a length and a coding';
  if (named('content-length').some((one) => !/:[ \t]*\d+[ \t]*$/.test(one)))
    return 'a length that is no number';
  if (named('transfer-encoding').some((one) => !/:[ \t]*chunked[ \t]*$/i.test(one))) return 'another coding';
  return undefined;
}

const framing: Fuzz = {
  name: 'framing',
  property: () =>
    fc.asyncProperty(
      fc.array(message, { minLength: 1, maxLength: 3 }),
      mutations(4),
      fractions,
      async (messages, changes, cuts) => {
        const bytes = mutate(Buffer.from(messages.join(''), 'latin1'), changes);
        const whole = await readAs([bytes]);
        const pieces = await readAs(cutAt(bytes, cuts));
        if (whole.told.length === 0 && bytes.includes('\r\n\r\n')) throw new Error('nothing was read');
        if (whole.told.join('\n') !== pieces.told.join('\n')) {
          throw new Error(
            `read differently in pieces:\n${whole.told.join('\n')}\n---\n${pieces.told.join('\n')}`,
          );
        }
        for (const head of whole.heads) {
          const problem = ambiguity(head);
          if (problem !== undefined)
            throw new Error(`accepted with ${problem}: ${JSON.stringify(head.toString('latin1'))}`);
        }
      },
    ),
};

export const framingFuzzes: readonly Fuzz[] = [framing];
