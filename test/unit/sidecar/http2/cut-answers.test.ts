// Answers of HTTP/2 upstreams that end before they are whole: nobody is told that they were (RFC 9113 section 8.1).
import type tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { h2Fetch, h2Session } from '../../../support/http2-client.js';
import { answerFrames, frame, frameFlags, frameTypes, ok } from '../../../support/http2-frames.js';
import { startHttp2Upstream } from '../../../support/http2-upstream.js';
import { completedOf } from '../../../support/relay-box.js';
import { eventually, rule, startTestBox } from '../../../support/sidecar-box.js';

const host = 'two.example.test';
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** What the agent's client and the journal hear of an answer. */
async function heardOf(answer: (socket: tls.TLSSocket, stream: number) => void) {
  const upstream = await startHttp2Upstream(host, () => {}, { take: answerFrames(answer) });
  const routes = [{ host, address: '127.0.0.1', port: upstream.port, ca: upstream.ca }];
  const box = await startTestBox(({ tls: port }) => ({ policy: { rules: [rule(host, port)] } }), { routes });
  const client = await h2Session(box, host);
  open.push(
    () => upstream.close(),
    () => box.stop(),
    () => client.destroy(),
  );
  const text = await h2Fetch(client, { ':path': '/', ':method': 'GET' }).then(
    ({ body, rstCode }) => (rstCode === 0 ? body.toString() : `reset ${rstCode}`),
    () => 'failed',
  );
  await eventually(() => completedOf(box).length === 1);
  return { text, error: completedOf(box)[0]?.error };
}

const { headers, data, reset } = frameTypes;
const { endHeaders, endStream } = frameFlags;
const head = (stream: number) => frame(headers, endHeaders, stream, ok);
const part = (stream: number, flags = 0) => frame(data, flags, stream, Buffer.from('{"positions":['));
/** Without an error. */
const leave = (stream: number) => frame(reset, 0, stream, Buffer.alloc(4));

test.each<[string, (socket: tls.TLSSocket, stream: number) => void]>([
  ['at once', (socket, stream) => socket.write(Buffer.concat([head(stream), part(stream), leave(stream)]))],
  [
    'later',
    (socket, stream) => {
      socket.write(Buffer.concat([head(stream), part(stream)]));
      setTimeout(() => socket.write(leave(stream)), 50);
    },
  ],
  ['before any of it', (socket, stream) => socket.write(Buffer.concat([head(stream), leave(stream)]))],
])('an answer whose upstream leaves without an error, %s, is not whole', async (_when, answer) => {
  const { text, error } = await heardOf(answer);
  expect(text).toMatch(/^(?:reset|failed)/);
  expect(error).toBeTruthy();
});

test.each<[string, (stream: number) => Buffer]>([
  ['that ends', (stream) => part(stream, endStream)],
  ['that ends, and is left then', (stream) => Buffer.concat([part(stream, endStream), leave(stream)])],
])('control: one %s is', async (_what, rest) => {
  const { text, error } = await heardOf((socket, stream) =>
    socket.write(Buffer.concat([head(stream), rest(stream)])),
  );
  expect([text, error]).toEqual(['{"positions":[', undefined]);
});
