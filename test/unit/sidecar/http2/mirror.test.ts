// A request goes up in the protocol that it came in: what is promised of HTTP/1.1 holds over HTTP/2 to the upstream.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http2 from 'node:http2';
import zlib from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { okx } from '../../../../src/venues/okx/okx.js';
import { h2Answer, h2Fetch, h2Session } from '../../../support/http2-client.js';
import {
  type Http2Upstream,
  type Http2UpstreamOptions,
  type ServeStream,
  startHttp2Upstream,
} from '../../../support/http2-upstream.js';
import { okxHost, okxRequest } from '../../../support/okx-client.js';
import {
  completedOf,
  decidedOf,
  decoy,
  get,
  host,
  okxDecoys,
  openHost,
  plainCredentials,
  real,
  secret,
  taintsOf,
} from '../../../support/relay-box.js';
import {
  answer,
  eventually,
  exchange,
  rule,
  startTestBox,
  startTestUpstream,
  type TestBox,
} from '../../../support/sidecar-box.js';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

interface Stage {
  box: TestBox;
  upstream: Http2Upstream;
  client: http2.ClientHttp2Session;
}

/** A box before an upstream that speaks both protocols, and a client that speaks HTTP/2 to it as `name`. */
async function setUp(serve: ServeStream, options: Http2UpstreamOptions = {}, name = host): Promise<Stage> {
  const upstream = await startHttp2Upstream(host, serve, { allowHTTP1: true, ...options });
  const place = { address: '127.0.0.1', port: upstream.port, ca: upstream.ca, servername: host };
  const venue = { kind: 'venue' as const, id: 'okx-demo', venue: okx.id, environment: 'demo' as const };
  const box = await startTestBox(
    ({ tls }) => ({
      policy: {
        rules: [
          rule(host, tls, { paths: ['/v1/**'], maxBodyBytes: 100_000_000 }),
          rule(openHost, tls),
          rule(okxHost, tls, { venue: 'okx' }),
        ],
      },
      credentials: [...plainCredentials, { ...venue, secrets: real, decoys: okxDecoys }],
    }),
    { routes: [host, openHost, okxHost].map((one) => ({ host: one, ...place })) },
  );
  const client = await h2Session(box, name);
  open.push(
    () => upstream.close(),
    () => box.stop(),
    () => client.destroy(),
  );
  return { box, upstream, client };
}

const hello: ServeStream = (stream) => {
  stream.respond({ ':status': 200 });
  stream.end('by HTTP/2');
};
const ask = (client: http2.ClientHttp2Session, path = '/v1/x', fields = {}, body?: string | Buffer) =>
  h2Fetch(client, { ':path': path, ':method': body === undefined ? 'GET' : 'POST', ...fields }, body);
test('HTTP/2 goes on over HTTP/2, many requests over one connection, and HTTP/1.1 over HTTP/1.1', async () => {
  const { box, upstream, client } = await setUp(hello);
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask(client)));
  expect(new Set(answers.map(({ body }) => body.toString()))).toEqual(new Set(['by HTTP/2']));
  expect(upstream.sessions).toHaveLength(1);
  expect(await exchange(box, host, get())).toContain('by HTTP/1.1');
  expect(upstream.seen.at(-1)).toBe('1.1 GET /v1/x');
  await eventually(() => completedOf(box).length === 61);
  expect(decidedOf(box)).toHaveLength(61);
});

test('an upstream that speaks HTTP/1.1 only gets it, over connections that are used again', async () => {
  const server = await startTestUpstream(host, (peer) => peer.socket.write(answer('by HTTP/1.1')));
  const route = { host, address: '127.0.0.1', port: server.port, ca: server.ca };
  const box = await startTestBox(({ tls }) => ({ policy: { rules: [rule(host, tls)] } }), {
    routes: [route],
  });
  const client = await h2Session(box, host);
  open.push(
    () => server.close(),
    () => box.stop(),
    () => client.destroy(),
  );
  for (let n = 0; n < 5; n += 1) expect((await ask(client)).body.toString()).toBe('by HTTP/1.1');
  expect(server.peers).toHaveLength(1);
});

test('S4, S5, S6: denied paths are not asked for, decoys become secrets, and those never come back', async () => {
  const { box, upstream, client } = await setUp((stream, headers) => {
    const sent = headers.authorization ?? '';
    if (headers[':method'] === 'POST') {
      stream.resume();
      stream.on('end', () => stream.destroyed || hello(stream, headers));
      return;
    }
    stream.respond({ ':status': 200, 'x-echo': sent, trailer: 'x-t' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-t': `last ${sent}` }));
    stream.write(sent.slice(0, 20));
    setTimeout(() => stream.end(`${sent.slice(20)} ${Buffer.from(sent).toString('base64')}`), 20);
  });
  expect((await ask(client, '/admin')).status).toBe(403);
  const scrubbed = await ask(client, '/v1/x', { authorization: `Bearer ${decoy}` });
  const all = JSON.stringify([scrubbed.headers, scrubbed.trailers, scrubbed.body.toString()]);
  expect(scrubbed.status).toBe(200);
  expect(scrubbed.trailers['x-t']).toContain('last Bearer ***');
  expect(all).not.toContain(secret);
  expect(all).not.toContain(Buffer.from(`Bearer ${secret}`).toString('base64').slice(12, -4));
  expect(upstream.seen).toEqual(['2.0 GET /v1/x']);
  const misplaced = await ask(client, '/v1/x', { 'x-other': decoy });
  expect(misplaced.status).toBe(403);
  const inBody = await ask(client, '/v1/x', {}, Buffer.from(`${'x'.repeat(300_000)}${decoy}`));
  expect([inBody.status === 403 || inBody.rstCode !== 0, taintsOf(box).length]).toEqual([true, 2]);
  expect(upstream.seen.filter((one) => one !== '2.0 GET /v1/x' && one !== '2.0 POST /v1/x')).toEqual([]);
});

test('compressed answers are opened to be scrubbed; of a compressed part the whole is asked for', async () => {
  const text = JSON.stringify({ key: secret, rest: randomBytes(5_000).toString('hex') });
  const { upstream, client } = await setUp(
    (stream, headers) => {
      const zipped = zlib.gzipSync(text);
      if (headers.range === undefined || headers[':path'] === '/v1/plain') {
        const isPart = headers.range !== undefined;
        stream.respond({ ':status': isPart ? 206 : 200, ...(isPart ? {} : { 'content-encoding': 'gzip' }) });
        stream.end(isPart ? 'part' : zipped);
        return;
      }
      stream.respond({ ':status': 206, 'content-encoding': 'gzip', 'content-range': 'bytes 0-9/99' });
      stream.end(zipped.subarray(0, 10));
    },
    {},
    openHost,
  );
  for (const fields of [{}, { range: 'bytes=0-9' }]) {
    const answer = await ask(client, '/v1/x', fields);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(Buffer.from(text.replace(secret, '*'.repeat(secret.length))))).toBe(true);
  }
  expect(await ask(client, '/v1/plain', { range: 'bytes=0-3' })).toMatchObject({ status: 206 });
  expect(upstream.seen).toHaveLength(4);
});

test('an event stream comes event by event; a body goes up as it comes, after 100-continue, with its trailers', async () => {
  const bodies: string[] = [];
  const { client } = await setUp((stream, headers) => {
    stream.respond({ ':status': 200 });
    if (headers[':method'] === 'GET') {
      let n = 0;
      const next = () => {
        if (stream.destroyed) return;
        n += 1;
        if (n > 3) stream.end();
        else stream.write(`data: ${n}\n\n`, () => setTimeout(next, 60));
      };
      next();
      return;
    }
    stream.on('data', (data: Buffer) => {
      bodies.push(data.toString());
      stream.write(`got ${data}`);
    });
    stream.on('trailers', (trailers) => bodies.push(String(trailers['x-sum'])));
    stream.on('end', () => stream.end());
  });
  const events = client.request({ ':path': '/v1/events' });
  const times: number[] = [];
  for await (const _event of events) times.push(performance.now());
  expect(times).toHaveLength(3);
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(80);
  const both = client.request(
    { ':path': '/v1/x', ':method': 'POST', expect: '100-continue' },
    { waitForTrailers: true },
  );
  both.on('wantTrailers', () => both.sendTrailers({ 'x-sum': '7' }));
  await once(both, 'continue');
  for (const piece of ['one~', 'two~']) {
    both.write(piece);
    const [echo] = await once(both, 'data');
    expect(String(echo)).toBe(`got ${piece}`);
  }
  both.end();
  both.resume();
  await once(both, 'close');
  expect(bodies).toEqual(['one~', 'two~', '7']);
});

test('a body over its cap is refused in the middle, and its stream ended; the others go on', async () => {
  const { upstream, client } = await setUp((stream, headers) => {
    if (headers[':method'] === 'GET') hello(stream, headers);
    else stream.resume();
  });
  const big = client.request({ ':path': '/v1/x', ':method': 'POST' });
  big.setMaxListeners(0);
  const answer = h2Answer(big);
  const piece = Buffer.alloc(1_000_000, 'a');
  for (let n = 0; n < 101 && !big.destroyed; n += 1)
    if (!big.write(piece)) await Promise.race([once(big, 'drain'), once(big, 'close')]);
  expect((await answer).status).toBe(413);
  await eventually(() => upstream.streams[0]?.destroyed === true);
  expect(upstream.streams[0]?.rstCode).toBe(http2.constants.NGHTTP2_CANCEL);
  expect((await ask(client)).body.toString()).toBe('by HTTP/2');
  expect(upstream.sessions).toHaveLength(1);
});

test('who gives a request up gives it up upstream; new rules end what they deny, and its connection gets nothing more', async () => {
  const { box, upstream, client } = await setUp((stream, headers) => {
    stream.respond({ ':status': 200 });
    stream.write('begun');
    if (headers[':path'] === '/v1/short') stream.end();
  });
  const given = client.request({ ':path': '/v1/long' });
  const kept = client.request({ ':path': '/v1/long' });
  for (const stream of [given, kept]) stream.on('error', () => {});
  await Promise.all([once(given, 'data'), once(kept, 'data')]);
  given.close(http2.constants.NGHTTP2_CANCEL);
  await eventually(() => upstream.streams[0]?.rstCode === http2.constants.NGHTTP2_CANCEL);
  expect([kept.destroyed, upstream.streams[1]?.destroyed]).toEqual([false, false]);
  const { rules } = box.settings.policy;
  const narrowed = rules.map((one) => (one.host === host ? { ...one, paths: ['/v1/short'] } : one));
  const [account] = box.settings.credentials.filter(({ kind }) => kind === 'venue');
  expect(account).toBeDefined();
  box.sidecar.state.loadPolicy({ rules: narrowed }, await attached(box));
  await eventually(() => kept.destroyed && upstream.streams[1]?.destroyed === true);
  expect((await ask(client, '/v1/short')).body.toString()).toBe('begun');
  expect(upstream.sessions).toHaveLength(2);
  await eventually(() => upstream.sessions[0]?.destroyed === true);
});

async function attached(box: TestBox): Promise<string[]> {
  const { describeAttached } = await import('../../../../src/sidecar/policy-reload.js');
  const { credentials, pins } = box.settings;
  return describeAttached({
    pins,
    plain: credentials.flatMap((one) => (one.kind === 'plain' ? [one] : [])),
    accounts: credentials.flatMap((one) => (one.kind === 'venue' ? [one] : [])),
  });
}

test('S8: a venue is spoken to over HTTP/1.1, whatever its client speaks', async () => {
  const { upstream, client } = await setUp(hello, {}, okxHost);
  const path = '/api/v5/account/balance';
  const lines = okxRequest('GET', path, '', okxDecoys).matchAll(/^(OK-[A-Z-]+): (.*)\r$/gm);
  const fields = Object.fromEntries([...lines].map(([, name, value]) => [name, value]));
  expect((await ask(client, path, fields)).body.toString()).toBe('by HTTP/1.1');
  expect((await ask(client, '/api/v5/market/ticker?instId=BTC-USDT')).body.toString()).toBe('by HTTP/1.1');
  expect(upstream.sessions).toHaveLength(0);
});

test('a hundred megabytes come whole at a memory that stays, past a neighbour that nobody reads', async () => {
  const chunk = randomBytes(65_536);
  const total = 100 * 1024 * 1024;
  const { client } = await setUp((stream, headers) => {
    stream.respond({ ':status': 200 });
    let left = headers[':path'] === '/v1/quick' ? 9 : total;
    const go = () => {
      while (left > 0) {
        const piece = left < chunk.length ? chunk.subarray(0, left) : chunk;
        left -= piece.length;
        if (!stream.write(piece)) {
          stream.once('drain', go);
          return;
        }
      }
      stream.end();
    };
    go();
  });
  const slow = client.request({ ':path': '/v1/slow' });
  slow.pause();
  await once(slow, 'response');
  await new Promise((resolve) => setTimeout(resolve, 200));
  global.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  let bytes = 0;
  const big = client.request({ ':path': '/v1/big' });
  const quick: Promise<unknown>[] = [];
  for await (const piece of big) {
    bytes += piece.length;
    if (bytes % 10_000_000 < piece.length) quick.push(ask(client, '/v1/quick'));
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  expect(bytes).toBe(total);
  expect(quick.length).toBeGreaterThan(5);
  await Promise.all(quick);
  expect(slow.destroyed).toBe(false);
  expect((peak - before) / 1024 / 1024).toBeLessThan(90);
}, 60_000);
