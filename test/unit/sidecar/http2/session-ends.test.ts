// How long HTTP/2 connections to upstreams live: not beyond their use, whatever the upstream does.
import type tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { createUpstream } from '../../../../src/sidecar/upstream.js';
import { answerFrames, frame, frameFlags, frameTypes, ok } from '../../../support/http2-frames.js';
import { startHttp2Upstream } from '../../../support/http2-upstream.js';
import { eventually } from '../../../support/sidecar-box.js';

const host = 'two.example.test';
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function setUp(idleTimeoutMs: number, take?: (socket: tls.TLSSocket) => void) {
  const server = await startHttp2Upstream(host, () => {}, take && { take });
  const routes = [{ host, address: '127.0.0.1', port: server.port, ca: server.ca }];
  const upstream = createUpstream({ routes, idleTimeoutMs });
  open.push(
    () => server.close(),
    () => upstream.close(),
  );
  const ask = async () => {
    let [text, isClosed] = ['', false];
    const link = await upstream.dialHttp2(host, 443);
    link.handler = {
      onUpstreamData: (data) => {
        text += data.toString();
      },
      onUpstreamDrain: () => {},
      onUpstreamClose: () => {
        isClosed = true;
      },
    };
    link.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    await eventually(() => text.includes('whole') || isClosed);
    link.release();
    return { text, isClosed };
  };
  return { server, upstream, ask };
}
const { headers, data } = frameTypes;
const { endHeaders, endStream } = frameFlags;
const whole = (stream: number): Buffer =>
  Buffer.concat([
    frame(headers, endHeaders, stream, ok),
    frame(data, endStream, stream, Buffer.from('whole')),
  ]);

test('an upstream that never ends its side does not keep a connection that is done with', async () => {
  const { upstream, ask } = await setUp(50, (socket) => {
    Object.assign(socket, { allowHalfOpen: true });
    socket.removeAllListeners('end');
    answerFrames((secure, stream) => secure.write(whole(stream)))(socket);
  });
  expect((await ask()).text).toContain('whole');
  await eventually(() => upstream.size === 0);
});

test('a connection made ahead that no request comes for is closed in time', async () => {
  const { upstream } = await setUp(300);
  upstream.warm(host, 443, true);
  await eventually(() => upstream.size === 1);
  await eventually(() => upstream.size === 0);
});

test('one that was on its way when other rules or secrets came serves nobody', async () => {
  const { server, upstream } = await setUp(60_000);
  upstream.warm(host, 443, true);
  upstream.renew();
  await eventually(() => server.sessions.length === 1 && upstream.size === 0);
});
