// A running sidecar gets new rules: at once, whole, journaled first; what they deny is ended, and what is wrong changes nothing.
import { afterEach, expect, test } from 'vitest';
import { describeAttached } from '../../../src/sidecar/policy-reload.js';
import type { HostRule } from '../../../src/sidecar/settings.js';
import { h2Session } from '../../support/http2-client.js';
import {
  answer,
  eventually,
  exchange,
  rule,
  startTestBox,
  startTestUpstream,
  type TestBox,
  type TestUpstream,
  tlsClient,
} from '../../support/sidecar-box.js';

const open: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await (one.stop ?? one.close)?.();
});

const hosts = ['a.example.test', 'b.example.test'];

const hello: Parameters<typeof startTestUpstream>[1] = (peer) => peer.socket.write(answer('hello'));

async function setUp(
  more: Partial<HostRule> = {},
  serve = hello,
): Promise<{ box: TestBox; upstream: TestUpstream }> {
  const upstream = await startTestUpstream('a.example.test', serve);
  open.push(upstream);
  const box = await startTestBox(({ tls }) => ({ policy: { rules: [rule('a.example.test', tls, more)] } }), {
    routes: hosts.map((host) => ({
      host,
      address: '127.0.0.1',
      port: upstream.port,
      ca: upstream.ca,
      servername: 'a.example.test',
    })),
  });
  open.push(box);
  return { box, upstream };
}

const get = (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const typesOf = (box: TestBox) => box.events().map(({ type }) => type);
const load = (box: TestBox, rules: readonly Partial<HostRule>[]) =>
  box.sidecar.state.loadPolicy({ rules }, []);

test('new rules decide the next request, and sessions with origins they deny are ended', async () => {
  const { box } = await setUp();
  const session = await tlsClient(box, 'a.example.test');
  session.write(get(`a.example.test:${box.tlsPort}`));
  await session.until('hello');
  const startMs = performance.now();
  expect(load(box, [rule('b.example.test', box.tlsPort)])).toMatchObject({ closed: 1, unservedPorts: [] });
  await session.ended;
  expect(performance.now() - startMs).toBeLessThan(100);
  await expect(tlsClient(box, 'a.example.test')).rejects.toThrow();
  expect(await exchange(box, 'b.example.test', get(`b.example.test:${box.tlsPort}`))).toContain('hello');
  expect(typesOf(box)).toContain('policy.loaded');
});

test('sessions with origins that stay allowed go on, by the new rules', async () => {
  const { box } = await setUp();
  const session = await tlsClient(box, 'a.example.test');
  session.write(get(`a.example.test:${box.tlsPort}`));
  await session.until('hello');
  expect(load(box, [rule('a.example.test', box.tlsPort, { methods: ['POST'] })]).closed).toBe(0);
  session.write(get(`a.example.test:${box.tlsPort}`));
  expect(await session.until('request_id')).toContain('403');
});

const stream = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ntick.\r\n';
const streaming: Parameters<typeof startTestUpstream>[1] = (peer) => peer.socket.write(stream);

test('answers under way, by HTTP/1.1 and HTTP/2, end when their path or method is denied now; the others go on', async () => {
  const { box, upstream } = await setUp({}, streaming);
  const host = `a.example.test:${box.tlsPort}`;
  const start = async (target: string) => {
    const client = await tlsClient(box, 'a.example.test');
    client.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await client.until('tick.');
    return client;
  };
  const [denied, kept] = [await start('/old/feed'), await start('/new/feed')];
  const session = await h2Session(box, 'a.example.test');
  const streams = ['/old/feed', '/new/feed'].map((path) => session.request({ ':path': path }));
  for (const one of streams) await new Promise((resolve) => one.once('data', resolve));
  const codes = streams.map((one) => {
    one.on('error', () => {});
    return new Promise<number>((resolve) => one.once('close', () => resolve(one.rstCode ?? 0)));
  });
  expect(load(box, [rule('a.example.test', box.tlsPort, { paths: ['/new/**'] })]).closed).toBe(2);
  expect(await denied.ended).toContain('tick.');
  expect(await codes[0]).not.toBe(0);
  for (const peer of upstream.peers) if (!peer.socket.destroyed) peer.socket.write('5\r\nmore.\r\n');
  await kept.until('more.');
  await new Promise((resolve) => streams[1]?.once('data', resolve));
  const after = box.events().slice(box.events().findIndex(({ type }) => type === 'policy.loaded'));
  expect(after.filter(({ type }) => type === 'request.decided')).toMatchObject([
    { verdict: 'deny', code: 'PATH_DENIED' },
    { verdict: 'deny', code: 'PATH_DENIED' },
  ]);
  expect(load(box, [rule('a.example.test', box.tlsPort, { methods: ['POST'] })]).closed).toBe(2);
  await kept.ended;
  session.destroy();
});

test('a body that is still coming is decided by the new rules', async () => {
  const { box, upstream } = await setUp();
  const client = await tlsClient(box, 'a.example.test');
  client.write(`POST / HTTP/1.1\r\nHost: a.example.test:${box.tlsPort}\r\nContent-Length: 5\r\n\r\nab`);
  await eventually(() => box.sidecar.state.status().counters.openConnections === 1);
  await new Promise((resolve) => setTimeout(resolve, 30)); // the head is read
  expect(load(box, [rule('a.example.test', box.tlsPort, { methods: ['GET'] })]).closed).toBe(1);
  expect(await client.until('request_id')).toContain('403 Forbidden');
  expect(upstream.receivedText()).toBe('');
});

test.each([
  ['a shape that is none', () => ({ rules: [{ host: 'b.example.test' }] }), /schema at "rules\.0/],
  [
    'a path pattern',
    (tls: number) => ({
      rules: [rule('b.example.test', tls), rule('c.example.test', tls, { paths: ['x'] })],
    }),
    /starts with \//,
  ],
  ['an internal host', (tls: number) => ({ rules: [rule('tradebox.internal', tls)] }), /internal host/],
])('%s leaves the old policy whole and is journaled', async (_what, make, message) => {
  const { box } = await setUp();
  expect(() => box.sidecar.state.loadPolicy(make(box.tlsPort), [])).toThrow(message);
  const rejected = box.events().filter(({ type }) => type === 'policy.rejected');
  expect(rejected).toMatchObject([{ message: expect.stringMatching(message) }]);
  expect(typesOf(box)).not.toContain('policy.loaded');
  expect(await exchange(box, 'a.example.test', get(`a.example.test:${box.tlsPort}`))).toContain('hello');
  await expect(tlsClient(box, 'b.example.test')).rejects.toThrow();
});

test('rules that come with another pin or credential are refused: they need a new sidecar', async () => {
  const { box } = await setUp();
  const policy = { rules: [] };
  expect(() => box.sidecar.state.loadPolicy(policy, ['pin of llm.example.test to 10.0.0.1:443'])).toThrow(
    /only rules can be loaded anew/,
  );
  expect(box.sidecar.state.loadPolicy(policy, [])).toMatchObject({ rules: 0 });
});

test('connections of before a reload carry nothing afterwards', async () => {
  const { box, upstream } = await setUp();
  const ask = () => exchange(box, 'a.example.test', get(`a.example.test:${box.tlsPort}`));
  const requests = () => upstream.peers.map(({ received }) => String(received).split('GET / ').length - 1);
  await ask();
  await ask();
  expect(requests()).toEqual([2]);
  load(box, [rule('a.example.test', box.tlsPort)]);
  await ask();
  expect(requests()).toEqual([2, 1]);
});

test('a port that nothing listens on is told', async () => {
  const { box } = await setUp();
  expect(load(box, [rule('a.example.test', 9999)]).unservedPorts).toEqual([9999]);
});

test('what is attached is described without order', () => {
  const plain = { id: 'x', hosts: ['b.test', 'a.test'] };
  const described = describeAttached({ pins: [], plain: [plain], accounts: [] });
  expect(described).toEqual(['credential x for a.test, b.test']);
  expect(
    describeAttached({ pins: [], plain: [{ id: 'x', hosts: ['a.test', 'b.test'] }], accounts: [] }),
  ).toEqual(described);
  const pin = { host: 'a.test', address: '10.0.0.9', port: 443 };
  const ofPin = (isLlm?: boolean) => describeAttached({ pins: [{ ...pin, isLlm }], plain: [], accounts: [] });
  expect(ofPin(false)).toEqual(ofPin());
  expect(ofPin(true)).not.toEqual(ofPin());
});

test('caps: a larger body is refused with 413, by its length or as it comes; too many requests with 429', async () => {
  const { box, upstream } = await setUp({ maxBodyBytes: 10, requestsPerMinute: 4 });
  const host = `a.example.test:${box.tlsPort}`;
  const post = (fields: string, body: string) =>
    `POST / HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n\r\n${body}`;
  const send = (bytes: string) => exchange(box, 'a.example.test', bytes);
  expect(await send(post('Content-Length: 10', '0123456789'))).toMatch(/^HTTP\/1\.1 200 /);
  expect(await send(post('Content-Length: 11', '0123456789x'))).toMatch(/^HTTP\/1\.1 413 /);
  const session = await tlsClient(box, 'a.example.test');
  session.write(post('Transfer-Encoding: chunked', '14\r\n01234567890123456789\r\n'));
  expect(await session.until(/HTTP\/1\.1 (413|200)/)).toMatch(/413/);
  expect(upstream.receivedText()).not.toContain('01234567890123456789');
  expect(await send(get(host))).toMatch(/^HTTP\/1\.1 200 /);
  expect(await send(get(host))).toMatch(/^HTTP\/1\.1 429 /);
  const codes = box.events().flatMap((event) => (event.type === 'request.decided' ? [event.code] : []));
  expect(codes).toEqual([
    'PERMITTED',
    'BODY_OVER_CAP',
    'PERMITTED',
    'BODY_OVER_CAP',
    'PERMITTED',
    'RATE_EXCEEDED',
  ]);
});
