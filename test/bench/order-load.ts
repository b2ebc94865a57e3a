// Requests over kept connections, one at a time on each: what an agent's client sends, timed from write to whole answer.
import { once } from 'node:events';
import tls from 'node:tls';

export interface OrderClient {
  /** Milliseconds until the answer was whole. Throws when it is not a 200 that `isGood` accepts. */
  send(request: string): Promise<number>;
  close(): void;
}

/** Connects to a port on 127.0.0.1 as if to `host`. */
export async function connectClient(
  port: number,
  host: string,
  ca: string,
  isGood: (body: string) => boolean,
): Promise<OrderClient> {
  const socket = tls.connect({ host: '127.0.0.1', port, servername: host, ca });
  await once(socket, 'secureConnect');
  socket.setNoDelay(true);
  let text = '';
  let waiting: { resolve(): void; reject(error: Error): void } | undefined;
  const fail = (why: string): void => {
    waiting?.reject(new Error(`${why}: ${text.slice(0, 600)}`));
    waiting = undefined;
  };
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('the connection ended'));
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const headEnd = text.indexOf('\r\n\r\n') + 4;
    if (headEnd < 4) return;
    const length = /content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1];
    const body = text.slice(headEnd);
    const isWhole = length === undefined ? body.endsWith('0\r\n\r\n') : body.length >= Number(length);
    if (!isWhole) return;
    if (!text.startsWith('HTTP/1.1 200') || !isGood(body)) return fail('not a good answer');
    text = '';
    const { resolve } = waiting ?? { resolve: () => undefined };
    waiting = undefined;
    resolve();
  });
  return {
    async send(request) {
      const fromMs = performance.now();
      const answered = new Promise<void>((resolve, reject) => {
        waiting = { resolve, reject };
      });
      socket.write(request);
      await answered;
      return performance.now() - fromMs;
    },
    close: () => socket.destroy(),
  };
}
