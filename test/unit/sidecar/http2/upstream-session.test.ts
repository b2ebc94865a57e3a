// Upstreams that speak HTTP/2, behind the whole sidecar.
import http2 from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { h2Fetch, h2Session } from '../../../support/http2-client.js';
import {
  type Http2UpstreamOptions,
  type ServeStream,
  startHttp2Upstream,
} from '../../../support/http2-upstream.js';
import {
  answer,
  eventually,
  exchange,
  rule,
  startTestBox,
  startTestUpstream,
} from '../../../support/sidecar-box.js';

const host = 'two.example.test';
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A box whose one upstream speaks HTTP/2; also HTTP/1.1 with `allowHTTP1`. */
async function setUp(serve: ServeStream, options: Http2UpstreamOptions = {}) {
  const upstream = await startHttp2Upstream(host, serve, options);
  open.push(() => upstream.close());
  const { port, ca, sessions } = upstream;
  const box = await startTestBox(({ tls }) => ({ policy: { rules: [rule(host, tls)] } }), {
    routes: [{ host, address: '127.0.0.1', port, ca }],
  });
  open.push(() => box.stop());
  return { box, sessions };
}

const hello: ServeStream = (stream, headers) => {
  stream.respond({ ':status': 200, 'x-path': headers[':path'], 'set-cookie': ['a=1', 'b=2'] });
  stream.end('by HTTP/2');
};
const get = (path = '/x') => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const completed = (box: Awaited<ReturnType<typeof setUp>>['box']) =>
  box.events().filter((event) => event.type === 'request.completed');

test('an upstream that speaks nothing else is served by HTTP/2, one connection for all', async () => {
  const { box, sessions } = await setUp(hello);
  for (const path of ['/one', '/two']) {
    const text = await exchange(box, host, get(path));
    expect(text).toContain('by HTTP/2');
    expect(text).toContain(`x-path: ${path}\r\n`);
    expect(text).toContain('set-cookie: a=1\r\nset-cookie: b=2\r\n');
  }
  expect(sessions).toHaveLength(1);
});

test('a body goes up, and an upstream that resets or leaves in the middle breaks the answer off', async () => {
  const { box } = await setUp((stream, headers) => {
    if (headers[':path'] === '/reset') {
      stream.respond({ ':status': 200, 'content-length': '100' });
      stream.write('a part', () => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR));
      return;
    }
    const pieces: Buffer[] = [];
    stream.on('data', (data: Buffer) => pieces.push(data));
    stream.on('end', () => {
      stream.respond({ ':status': 200 });
      stream.end(`${headers['content-length']}: ${Buffer.concat(pieces)}`);
    });
  });
  expect(
    await exchange(box, host, `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\n\r\nhello`),
  ).toContain('5: hello');
  const session = await h2Session(box, host);
  const broken = await h2Fetch(session, { ':path': '/reset' });
  expect(broken.rstCode).not.toBe(0);
  const big = Buffer.alloc(3_000_000, 'ab');
  const whole = await h2Fetch(session, { ':path': '/', ':method': 'POST' }, big);
  expect(whole.body.length).toBe('undefined: '.length + big.length);
  session.close();
  await eventually(() => completed(box).length === 3);
  expect(completed(box)[1]).toMatchObject({ error: 'UPSTREAM_RESET' });
});

test('gRPC to an upstream without HTTP/2 is refused', async () => {
  const upstream = await startTestUpstream(host, (peer) => peer.socket.write(answer('by HTTP/1.1')));
  open.push(() => upstream.close());
  const route = { host, address: '127.0.0.1', port: upstream.port, ca: upstream.ca };
  const box = await startTestBox(({ tls }) => ({ policy: { rules: [rule(host, tls)] } }), {
    routes: [route],
  });
  open.push(() => box.stop());
  const session = await h2Session(box, host);
  const headers = { ':path': '/', ':method': 'POST', 'content-type': 'application/grpc' };
  const refused = await h2Fetch(session, headers, 'x');
  session.close();
  expect(refused.status).toBe(502);
  expect(completed(box)).toMatchObject([{ error: 'UPSTREAM_PROTOCOL' }]);
});

test('a connection that its upstream leaves is followed by a new one', async () => {
  const { box, sessions } = await setUp(hello);
  await exchange(box, host, get());
  sessions[0]?.goaway();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await exchange(box, host, get())).toContain('by HTTP/2');
  expect(sessions).toHaveLength(2);
});
