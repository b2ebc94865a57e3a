// Answers of HTTP/2 upstreams that end before their length or their end is told, and streams that they push.
import http2 from 'node:http2';
import type tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { h2Fetch, h2Session } from '../../../support/http2-client.js';
import { answerFrames, frame, frameFlags, frameTypes, literals, ok } from '../../../support/http2-frames.js';
import { startHttp2Upstream } from '../../../support/http2-upstream.js';
import { completedOf } from '../../../support/relay-box.js';
import { eventually, rule, startTestBox } from '../../../support/sidecar-box.js';

const host = 'two.example.test';
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** What the agent's client and the journal hear of an answer. */
async function heardOf(answer: (socket: tls.TLSSocket, stream: number) => void, isAcknowledging = true) {
  const take = answerFrames(answer, isAcknowledging);
  const upstream = await startHttp2Upstream(host, () => {}, { take });
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

const { headers, data, reset, pushPromise } = frameTypes;
const { endHeaders, endStream } = frameFlags;
const sized = Buffer.concat([ok, literals({ 'content-length': '28' })]);
const head = (stream: number, block = ok) => frame(headers, endHeaders, stream, block);
const part = (stream: number, flags = 0) => frame(data, flags, stream, Buffer.from('{"positions":['));
const leave = (stream: number, code: number) => {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return frame(reset, 0, stream, payload);
};
const { NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = http2.constants;

test.each<[string, (stream: number) => Buffer[]]>([
  ['cancels', (id) => [head(id), part(id), leave(id, NGHTTP2_CANCEL)]],
  ['fails', (id) => [head(id), part(id), leave(id, NGHTTP2_INTERNAL_ERROR)]],
  ['leaves before the length that it told', (id) => [head(id, sized), part(id), leave(id, NGHTTP2_NO_ERROR)]],
  ['ends before the length that it told', (id) => [head(id, sized), part(id, endStream)]],
])('an answer whose upstream %s is not whole', async (_what, frames) => {
  for (const inOne of [true, false]) {
    const { text, error } = await heardOf((socket, stream) => {
      const [first = Buffer.alloc(0), ...rest] = frames(stream);
      socket.write(inOne ? Buffer.concat([first, ...rest]) : first);
      if (!inOne) setTimeout(() => socket.write(Buffer.concat(rest)), 50);
    });
    expect(text).toMatch(/^(?:reset|failed)/);
    expect(error).toBeTruthy();
  }
});

// curl 7.88 and Node 20 and 24 take one without a length that is left without an error for whole, and they must: where the window of a
// connection is used up, Node's own servers end whole answers so.
test.each<[string, (stream: number) => Buffer[]]>([
  ['ends', (id) => [head(id), part(id, endStream)]],
  ['ends, and leaves then', (id) => [head(id), part(id, endStream), leave(id, NGHTTP2_NO_ERROR)]],
  ['leaves without an error', (id) => [head(id), part(id), leave(id, NGHTTP2_NO_ERROR)]],
])('an answer without a length whose upstream %s is', async (_what, frames) => {
  const { text, error } = await heardOf((socket, stream) => socket.write(Buffer.concat(frames(stream))));
  expect([text, error]).toEqual(['{"positions":[', undefined]);
});

test('what an upstream pushes is refused: its connection ends, or the stream, until it says that it has heard that nothing is wanted', async () => {
  const promised = Buffer.alloc(4);
  promised.writeUInt32BE(2);
  const request = literals({ ':method': 'GET', ':scheme': 'https', ':authority': host, ':path': '/pushed' });
  const pushOn = async (isAcknowledging: boolean) => {
    const got: Buffer[] = [];
    let isClosed = false;
    const { text, error } = await heardOf((socket, stream) => {
      socket.on('data', (bytes: Buffer) => got.push(bytes));
      socket.once('close', () => {
        isClosed = true;
      });
      socket.write(frame(pushPromise, endHeaders, stream, Buffer.concat([promised, request])));
      setTimeout(() => socket.write(Buffer.concat([head(stream), part(stream, endStream)])), 50);
    }, isAcknowledging);
    return {
      text,
      error,
      isRefused: () => Buffer.concat(got).includes(leave(2, NGHTTP2_CANCEL)),
      isOver: () => isClosed,
    };
  };
  const told = await pushOn(true);
  expect(told.text).not.toContain('positions');
  expect(told.error).toBeTruthy();
  await eventually(told.isOver);
  const untold = await pushOn(false);
  expect([untold.text, untold.error]).toEqual(['{"positions":[', undefined]);
  await eventually(untold.isRefused);
});
