// A running sidecar gets new rules: at once, whole, journaled first; what they deny is ended, and what is wrong changes nothing.
import { afterEach, expect, test } from 'vitest';
import { describeAttached } from '../../../src/sidecar/policy-reload.js';
import type { HostRule } from '../../../src/sidecar/settings.js';
import {
  answer,
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

async function setUp(more: Partial<HostRule> = {}): Promise<{ box: TestBox; upstream: TestUpstream }> {
  const upstream = await startTestUpstream('a.example.test', (peer) => peer.socket.write(answer('hello')));
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
