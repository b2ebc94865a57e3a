// HTTP/2 upstreams that leave, refuse, lie, flood or fall silent: what is said of a request is true, and none is sent twice blindly.
import http2 from 'node:http2';
import net from 'node:net';
import type tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { createUpstream, type UpstreamOptions } from '../../../../src/sidecar/upstream.js';
import type { UpstreamLink } from '../../../../src/sidecar/upstream-connection.js';
import { h2Fetch, h2Session } from '../../../support/http2-client.js';
import { frame } from '../../../support/http2-frames.js';
import {
  type Http2UpstreamOptions,
  type ServeStream,
  startHttp2Upstream,
} from '../../../support/http2-upstream.js';
import { completedOf } from '../../../support/relay-box.js';
import { eventually, rule, startTestBox } from '../../../support/sidecar-box.js';

const host = 'two.example.test';
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const hello: ServeStream = (stream) => {
  stream.respond({ ':status': 200 });
  stream.end('by HTTP/2');
};
const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants;

async function setUp(serve: ServeStream = hello, options: Http2UpstreamOptions = {}) {
  const upstream = await startHttp2Upstream(host, serve, { allowHTTP1: true, ...options });
  const route = { host, address: '127.0.0.1', port: upstream.port, ca: upstream.ca };
  const box = await startTestBox(({ tls }) => ({ policy: { rules: [rule(host, tls)] } }), {
    routes: [route],
  });
  const client = await h2Session(box, host);
  open.push(
    () => upstream.close(),
    () => box.stop(),
    () => client.destroy(),
  );
  /** A body of a known length is decided on as a whole; other bodies are streamed. */
  const ask = (path = '/', body?: string, isStreamed = false) =>
    h2Fetch(
      client,
      {
        ':path': path,
        ':method': body === undefined ? 'GET' : 'POST',
        ...(body === undefined || isStreamed ? {} : { 'content-length': body.length }),
      },
      body,
    );
  return { box, upstream, ask };
}

test.each([
  ['GET', undefined],
  ['POST', 'body'],
])('a %s that its upstream refused untouched goes up once more; refused again it fails', async (_, body) => {
  const left = { refusals: 1 };
  const { upstream, ask } = await setUp((stream, headers) => {
    if (headers[':path'] === '/first' || left.refusals === 0) return hello(stream, headers);
    left.refusals -= 1;
    stream.close(NGHTTP2_REFUSED_STREAM);
  });
  await ask('/first');
  expect((await ask('/x', body)).body.toString()).toBe('by HTTP/2');
  expect(upstream.seen).toHaveLength(3);
  left.refusals = 2;
  expect((await ask('/x', body)).status).toBe(502);
  expect(upstream.seen).toHaveLength(5);
  left.refusals = 1;
  if (body !== undefined) expect((await ask('/x', body, true)).status).toBe(502);
  expect(upstream.sessions).toHaveLength(1);
});

test('a stream that its upstream ends for another reason is not asked for again: it was seen', async () => {
  const { box, upstream, ask } = await setUp((stream, headers) =>
    headers[':path'] === '/first' ? hello(stream, headers) : stream.close(NGHTTP2_INTERNAL_ERROR),
  );
  await ask('/first');
  expect((await ask('/x')).status).toBe(502);
  expect(upstream.seen).toHaveLength(2);
  expect(completedOf(box).at(-1)).toMatchObject({ error: 'UPSTREAM_RESET' });
});

test('an upstream that leaves ends what it has begun, and what it never saw goes to a new connection', async () => {
  const { upstream, ask } = await setUp((stream, headers) => {
    const isFirst = stream.session === upstream.sessions[0];
    if (headers[':path'] === '/begun') {
      stream.respond({ ':status': 200 });
      setTimeout(() => stream.end('begun and ended'), 200);
    } else if (isFirst && headers[':path'] !== '/first') {
      // Handled up to the stream before this one.
      stream.session?.goaway(NGHTTP2_NO_ERROR, (stream.id ?? 0) - 2);
    } else hello(stream, headers);
  });
  await ask('/first');
  const begun = ask('/begun');
  await eventually(() => upstream.seen.length === 2);
  expect((await ask('/unseen', 'body')).body.toString()).toBe('by HTTP/2');
  expect((await begun).body.toString()).toBe('begun and ended');
  expect(upstream.sessions).toHaveLength(2);
  expect(upstream.seen.filter((one) => one.endsWith('/unseen'))).toHaveLength(2);
});

test('when a connection dies a GET is asked for anew, a POST is not, and an answer that had begun is broken off', async () => {
  const { box, upstream, ask } = await setUp((stream, headers) => {
    if (stream.session !== upstream.sessions[0] || headers[':path'] === '/first') hello(stream, headers);
    else if (headers[':path'] === '/begun') stream.respond({ ':status': 200, 'content-length': '9' });
  });
  await ask('/first');
  const all = [ask('/begun'), ask('/get'), ask('/post', 'body')] as const;
  await eventually(() => upstream.seen.length === 4);
  upstream.sessions[0]?.destroy();
  const [begun, get, post] = await Promise.all(all);
  expect([begun.status, begun.rstCode !== 0]).toEqual([200, true]);
  expect([get.body.toString(), post.status]).toEqual(['by HTTP/2', 502]);
  expect(upstream.seen.slice(4)).toEqual(['2.0 GET /get']);
  await eventually(() => completedOf(box).length === 4);
  expect(completedOf(box).filter(({ error }) => error === 'UPSTREAM_RESET')).toHaveLength(2);
});

test('an upstream that spoke HTTP/2 may come back with HTTP/1.1 only, and the other way round', async () => {
  const { upstream, ask } = await setUp();
  await ask();
  upstream.control.protocols = ['http/1.1'];
  upstream.sessions[0]?.destroy();
  await eventually(() => upstream.sessions[0]?.destroyed === true);
  expect((await ask()).body.toString()).toBe('by HTTP/1.1');
  upstream.control.protocols = ['h2'];
  expect((await ask('/x', 'body')).status).toBe(200);
});

/** An upstream that negotiates `h2` and then does as it likes with the socket. */
async function setUpRaw(take: (socket: tls.TLSSocket) => void) {
  return setUp(hello, { take });
}

test('one that chose HTTP/2 and does not speak it gets HTTP/1.1 from the next request on', async () => {
  const { upstream, ask } = await setUpRaw((socket) =>
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno'),
  );
  expect((await ask()).status).toBe(502);
  expect((await ask()).body.toString()).toBe('by HTTP/1.1');
  expect(upstream.seen).toEqual(['1.1 GET /']);
});

const origin = Buffer.from('\x00\x09https://x', 'latin1');

test.each([
  ['settings', frame(4, 0, 0), 200],
  ['pings', frame(6, 0, 0, Buffer.alloc(8)), 21_000],
  ['origins', frame(12, 0, 0, origin), 20],
  ['other services', frame(10, 0, 0, Buffer.concat([origin, Buffer.from('h2=":1"')])), 20],
  ['interim answers', frame(1, 4, 1, Buffer.from('\x08\x03103', 'latin1')), 20],
])('a flood of %s ends its connection, or its stream, and the box goes on', async (_name, one, count) => {
  let hasEnded = false;
  const got: Buffer[] = [];
  const { upstream, ask, box } = await setUpRaw((socket) => {
    socket.on('close', () => {
      hasEnded = true;
    });
    socket.on('data', (bytes: Buffer) => got.push(bytes));
    socket.write(frame(4, 0, 0));
    socket.once('data', () => setTimeout(() => socket.write(Buffer.concat(Array(count).fill(one))), 50));
    socket.resume();
  });
  expect((await ask()).status).toBe(502);
  if (_name !== 'interim answers') await eventually(() => hasEnded);
  // GOAWAY with the code "enhance your calm".
  if (_name === 'origins') expect(Buffer.concat(got).toString('hex')).toMatch(/000008070{18}0000000b/);
  expect(upstream.seen).toEqual([]);
  expect(completedOf(box)).toMatchObject([{ error: 'UPSTREAM_RESET' }]);
});

async function setUpUpstream(
  options: Partial<UpstreamOptions>,
  serve = hello,
  more: Http2UpstreamOptions = {},
) {
  const server = await startHttp2Upstream(host, serve, { allowHTTP1: true, ...more });
  const upstream = createUpstream({
    routes: [{ host, address: '127.0.0.1', port: server.port, ca: server.ca }],
    ...options,
  });
  open.push(
    () => server.close(),
    () => upstream.close(),
  );
  const begin = async (path = '/'): Promise<UpstreamLink & { text: string }> => {
    const link = Object.assign(await upstream.dialAlike(host, 443, undefined), { text: '' });
    link.handler = {
      onUpstreamData: (data) => {
        link.text += data.toString();
      },
      onUpstreamDrain: () => {},
      onUpstreamClose: () => {},
    };
    link.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    return link;
  };
  return { server, upstream, begin };
}
const isWhole = (link: { text: string }) => eventually(() => link.text.includes('by HTTP/2'));

test('streams beyond what an upstream allows go over further connections, which are bounded like all', async () => {
  const wait: ServeStream = (stream) => stream.respond({ ':status': 200 });
  const settings = { maxConcurrentStreams: 2 };
  const { server, upstream, begin } = await setUpUpstream({ maxPerOrigin: 4 }, wait, { settings });
  const first = await begin();
  await eventually(() => first.text !== '');
  for (let n = 0; n < 3; n += 1) await begin();
  await eventually(() => server.streams.length === 4);
  expect([server.sessions.length, upstream.size]).toEqual([2, 2]);
  await expect(begin()).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
  first.destroy();
  await begin();
});

test.each([
  ['one origin', { maxPerOrigin: 3 }],
  ['all origins', { maxStreams: 3 }],
])(
  'A14: streams are counted for %s, on whichever connection, before they are there, and until they are gone',
  async (_, bounds) => {
    const { server, begin } = await setUpUpstream(bounds, (stream) => stream.respond({ ':status': 200 }));
    const all = await Promise.allSettled([begin(), begin(), begin(), begin()]);
    expect(all.map(({ status }) => status)).toEqual([...Array(3).fill('fulfilled'), 'rejected']);
    await eventually(() => server.streams.length === 3);
    expect(server.sessions).toHaveLength(1);
    await expect(begin()).rejects.toMatchObject({ code: 'UPSTREAM_BUSY' });
    if (all[0]?.status === 'fulfilled') all[0].value.destroy();
    await begin();
  },
);

test('A14: an upstream may send no more of an answer that nobody reads than a small part of the memory', async () => {
  const sent: number[] = [];
  const { begin } = await setUpUpstream({}, (stream) => {
    stream.respond({ ':status': 200 });
    sent.push(Number(stream.session?.remoteSettings.initialWindowSize));
  });
  await begin();
  await eventually(() => sent.length === 1);
  // With the 512 streams that there may be: 64 MiB.
  expect(sent[0]).toBeLessThanOrEqual(131_072);
});

test('a connection without a stream is closed in time; closing ends those with streams, too', async () => {
  const { server, upstream, begin } = await setUpUpstream({ idleTimeoutMs: 100 });
  const one = await begin();
  await isWhole(one);
  one.release();
  expect(upstream.size).toBe(1);
  await eventually(() => upstream.size === 0 && server.sessions[0]?.destroyed === true);
  await begin();
  upstream.close();
  await eventually(() => upstream.size === 0);
});

test('what was made before other rules or secrets came gets no further request, and ends with its last', async () => {
  const { server, upstream, begin } = await setUpUpstream({}, (stream, headers) => {
    if (headers[':path'] === '/') hello(stream, headers);
    else stream.respond({ ':status': 200 });
  });
  const plain = await upstream.dial(host, 443);
  (await upstream.dial(host, 443)).release();
  const long = await begin('/long');
  await eventually(() => long.text !== '');
  expect(upstream.size).toBe(3);
  upstream.renew();
  expect(upstream.take(host, 443, 1_000)).toBeUndefined();
  plain.release();
  expect(upstream.take(host, 443, 1_000)).toBeUndefined();
  expect(long.isGone).toBe(false);
  const next = await begin();
  await isWhole(next);
  expect(server.sessions).toHaveLength(2);
  long.destroy();
  await eventually(() => server.sessions[0]?.destroyed === true && upstream.size === 1);
});

test('an upstream that was silent is asked whether it is there; one that is not gets nothing more', async () => {
  const server = await startHttp2Upstream(host, hello);
  const sockets: net.Socket[] = [];
  // A path on which packets can be lost without anybody hearing of it.
  const path = net.createServer((socket) => {
    const behind = net.connect(server.port, '127.0.0.1');
    sockets.push(socket, behind);
    for (const one of [socket, behind]) one.on('error', () => {});
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => path.listen(0, '127.0.0.1', resolve));
  const upstream = createUpstream({
    routes: [{ host, address: '127.0.0.1', port: (path.address() as net.AddressInfo).port, ca: server.ca }],
    silentMs: 50,
    pingMs: 200,
  });
  open.push(
    () => server.close(),
    () => void path.close(),
    () => {
      for (const socket of sockets) socket.destroy();
    },
    () => upstream.close(),
  );
  const fetch = async () => {
    const link = await upstream.dialAlike(host, 443, undefined);
    let text = '';
    link.handler = {
      onUpstreamData: (data) => {
        text += data.toString();
      },
      onUpstreamDrain: () => {},
      onUpstreamClose: () => {},
    };
    link.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    await eventually(() => text.includes('by HTTP/2'));
    link.release();
  };
  await fetch();
  await new Promise((resolve) => setTimeout(resolve, 80));
  await fetch();
  expect(server.sessions).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 80));
  for (const socket of sockets) socket.unpipe();
  const startMs = performance.now();
  await Promise.all([fetch(), fetch()]);
  expect(performance.now() - startMs).toBeGreaterThan(150);
  expect(server.sessions).toHaveLength(2);
});

test('a session that a request is dialled ahead for is the one it gets', async () => {
  const { server, upstream, begin } = await setUpUpstream({});
  upstream.warm(host, 443, true);
  await isWhole(await begin());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([server.sessions.length, upstream.size]).toEqual([1, 1]);
});
