import net from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { createAuthority } from '../../../src/sidecar/authority.js';
import { type Dialled, dialAny, publicAddresses, UpstreamError } from '../../../src/sidecar/dial.js';
import { createUpstream, type Upstream, type UpstreamOptions } from '../../../src/sidecar/upstream.js';
import { UpstreamConnection, type UpstreamHandler } from '../../../src/sidecar/upstream-connection.js';
import { eventually, startTestUpstream, type TestUpstream } from '../../support/sidecar-box.js';

const host = 'api.example.test';
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function setUp(
  options: Partial<UpstreamOptions> = {},
): Promise<{ upstream: Upstream; server: TestUpstream }> {
  const server = await startTestUpstream(host, () => {});
  const upstream = createUpstream({
    routes: [{ host, address: '127.0.0.1', port: server.port, ca: server.ca }],
    ...options,
  });
  open.push(
    () => server.close(),
    () => upstream.close(),
  );
  return { upstream, server };
}
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'connected',
    (error: unknown) => (error instanceof UpstreamError ? error.code : String(error)),
  );
/** The server's side of the latest connection: it may learn of it after the client does. */
async function latestPeer(server: TestUpstream, count = 1): Promise<TestUpstream['peers'][number]['socket']> {
  await eventually(() => server.peers.length >= count);
  const peer = server.peers.at(-1);
  if (peer === undefined) throw new Error('no connection came');
  return peer.socket;
}
const handlerOf = (events: string[]): UpstreamHandler => ({
  onUpstreamData: (chunk) => void events.push(chunk.toString()),
  onUpstreamDrain: () => {},
  onUpstreamClose: () => void events.push('close'),
});

test('a connection is verified, carries bytes both ways, and is used again', async () => {
  const { upstream, server } = await setUp();
  const connection = await upstream.dial(host, 443);
  const events: string[] = [];
  connection.handler = handlerOf(events);
  connection.write('ping');
  await eventually(() => server.receivedText() === 'ping');
  (await latestPeer(server)).write('pong');
  await eventually(() => events[0] === 'pong');
  expect(upstream.take(host, 443, 1000)).toBeUndefined();
  connection.release();
  expect(upstream.take(host, 8443, 1000)).toBeUndefined();
  expect(upstream.take(host, 443, 1000)).toBe(connection);
  expect(connection.reused).toBe(true);
});

test('a connection that was paused reads again after it went back', async () => {
  const { upstream, server } = await setUp();
  const connection = await upstream.dial(host, 443);
  connection.handler = handlerOf([]);
  connection.pause();
  connection.release();
  const events: string[] = [];
  const again = upstream.take(host, 443, 1000);
  if (again !== undefined) again.handler = handlerOf(events);
  (await latestPeer(server)).write('pong');
  await eventually(() => events[0] === 'pong');
});

test('bytes that nobody asked for end an idle connection', async () => {
  const { upstream, server } = await setUp();
  const connection = await upstream.dial(host, 443);
  connection.release();
  (await latestPeer(server)).write('HTTP/1.1 200 OK\r\n');
  await eventually(() => upstream.size === 0);
  expect(upstream.take(host, 443, 1000)).toBeUndefined();
});

test('an idle connection that the upstream closes leaves the pool', async () => {
  const { upstream, server } = await setUp();
  (await upstream.dial(host, 443)).release();
  (await latestPeer(server)).end();
  await eventually(() => upstream.size === 0);
  expect(upstream.take(host, 443, 1000)).toBeUndefined();
});

test('a connection idle for too long is not given to a request that cannot be repeated', async () => {
  const { upstream } = await setUp();
  (await upstream.dial(host, 443)).release();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(upstream.take(host, 443, 10)).toBeUndefined();
  expect(upstream.take(host, 443, Number.POSITIVE_INFINITY)).toBeDefined();
});

test('idle connections are closed in time', async () => {
  const { upstream } = await setUp({ idleTimeoutMs: 10 });
  (await upstream.dial(host, 443)).release();
  await eventually(() => upstream.size === 0);
});

test('the handler hears of the end once, and whether it was announced', async () => {
  const { upstream, server } = await setUp();
  for (const [index, act] of (['end', 'destroy'] as const).entries()) {
    const connection = await upstream.dial(host, 443);
    const events: string[] = [];
    connection.handler = handlerOf(events);
    (await latestPeer(server, index + 1))[act]();
    await eventually(() => events.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(events).toEqual(['close']);
    if (act === 'end') expect(connection.endedCleanly).toBe(true);
  }
});

test('a fault in the handler ends its connection only', async () => {
  const { upstream, server } = await setUp();
  const connection = await upstream.dial(host, 443);
  let closed = false;
  connection.handler = {
    onUpstreamData: () => {
      throw new Error('a bug');
    },
    onUpstreamDrain: () => {},
    onUpstreamClose: () => {
      closed = true;
    },
  };
  (await latestPeer(server)).write('x');
  await eventually(() => closed);
});

test('a dial ahead is taken over by the request that comes meanwhile, or waits idle', async () => {
  const { upstream, server } = await setUp();
  upstream.warm(host, 443);
  upstream.warm(host, 443);
  const connection = await upstream.dial(host, 443);
  expect(connection.handler).toBeUndefined();
  await latestPeer(server);
  expect(server.peers).toHaveLength(1);
  connection.release();
  upstream.warm(host, 443);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(upstream.size).toBe(1);
  connection.destroy();
  upstream.warm(host, 443);
  await eventually(() => upstream.take(host, 443, 1000) !== undefined);
});

test('sessions are resumed', async () => {
  const { upstream } = await setUp();
  const first = await upstream.dial(host, 443);
  await new Promise((resolve) => setTimeout(resolve, 50));
  first.destroy();
  expect((await upstream.dial(host, 443)).socket.isSessionReused()).toBe(true);
});

test('connections to one origin are bounded', async () => {
  const { upstream } = await setUp({ maxPerOrigin: 2 });
  await upstream.dial(host, 443);
  const second = await upstream.dial(host, 443);
  expect(await problemOf(upstream.dial(host, 443))).toBe('UPSTREAM_BUSY');
  second.destroy();
  await upstream.dial(host, 443);
});

test('closing ends what is open and what is on its way', async () => {
  const { upstream, server } = await setUp();
  await upstream.dial(host, 443);
  const late = problemOf(upstream.dial(host, 443));
  upstream.close();
  expect(await late).not.toBe('connected');
  expect(upstream.size).toBe(0);
  await eventually(() => server.peers.every(({ socket }) => socket.destroyed));
});

// ATTACKS B6.
const authority = createAuthority({ clock: systemClock });
const stranger = createAuthority({ clock: systemClock, commonName: 'stranger' });
async function serve(leaf: { key: string; cert: string }): Promise<number> {
  const server = tls.createServer(leaf, (socket) => socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  return (server.address() as net.AddressInfo).port;
}
test.each([
  ['for another name', () => authority.leafFor('other.example.test'), authority.caPem],
  ['of another authority', () => stranger.leafFor(host), authority.caPem],
  ['that the system does not trust', () => authority.leafFor(host), undefined],
  ['for the address only', () => authority.leafFor('127.0.0.1'), authority.caPem],
])('a certificate %s is not accepted, whatever the environment says', async (_name, leaf, ca) => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    const port = await serve(leaf());
    const upstream = createUpstream({
      routes: [{ host, address: '127.0.0.1', port, ...(ca === undefined ? {} : { ca }) }],
    });
    open.push(() => upstream.close());
    expect(await problemOf(upstream.dial(host, 443))).toBe('UPSTREAM_TLS_UNVERIFIED');
  } finally {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  }
});

// ATTACKS A9.
test('a host may only resolve to public addresses, all of them', async () => {
  const resolving =
    (...addresses: string[]) =>
    async () =>
      addresses;
  expect(await publicAddresses(host, resolving('1.1.1.1', '2606:4700::1'))).toEqual([
    '1.1.1.1',
    '2606:4700::1',
  ]);
  expect(await problemOf(publicAddresses(host, resolving('1.1.1.1', '127.0.0.1')))).toBe(
    'UPSTREAM_ADDRESS_FORBIDDEN',
  );
  expect(await problemOf(publicAddresses(host, resolving('::ffff:10.0.0.1')))).toBe(
    'UPSTREAM_ADDRESS_FORBIDDEN',
  );
  expect(await problemOf(publicAddresses(host, resolving()))).toBe('UPSTREAM_UNRESOLVED');
  expect(await problemOf(publicAddresses(host, () => Promise.reject(new Error('no such name'))))).toBe(
    'UPSTREAM_UNRESOLVED',
  );
});

test('an address is asked for once per dial: what was judged is what is dialled', async () => {
  let asked = 0;
  const upstream = createUpstream({
    routes: [],
    connectTimeoutMs: 50,
    resolve: async () => {
      asked += 1;
      return [asked === 1 ? '192.0.1.1' : '127.0.0.1'];
    },
  });
  open.push(() => upstream.close());
  expect(await problemOf(upstream.dial(host, 9))).not.toBe('connected');
  expect(asked).toBe(1);
});

const dialOptions = (port: number, pending = new Set<Dialled>()) => {
  const context = tls.createSecureContext({ ca: authority.caPem });
  const place = { servername: host, port, context, session: undefined, protocols: ['http/1.1'] };
  return { begin: (address: string) => new UpstreamConnection(address, place), pending };
};

test('addresses are tried in turn, and a deadline ends a peer that says nothing', async () => {
  const port = await serve(authority.leafFor(host));
  const connection = await dialAny(['127.0.0.3', '127.0.0.1'], dialOptions(port), 1000);
  expect(connection.socket.remoteAddress).toBe('127.0.0.1');
  connection.destroy();
  const mute = net.createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  open.push(() => mute.close());
  const pending = new Set<Dialled>();
  const late = problemOf(
    dialAny(['127.0.0.1'], dialOptions((mute.address() as net.AddressInfo).port, pending), 50),
  );
  expect(pending.size).toBe(1);
  expect(await late).toBe('UPSTREAM_TIMEOUT');
  expect(pending.size).toBe(0);
  expect(await problemOf(dialAny(['127.0.0.1'], dialOptions(1), 1000))).toBe('UPSTREAM_UNREACHABLE');
});

/** An origin that speaks one protocol at a time, HTTP/2 at first. */
async function setUpChanging(options: Partial<UpstreamOptions>) {
  const control = { spoken: 'h2' };
  const server = tls.createServer({
    ...authority.leafFor(host),
    ALPNCallback: ({ protocols }) => (protocols.includes(control.spoken) ? control.spoken : undefined),
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const routes = [{ host, address: '127.0.0.1', port, ca: authority.caPem }];
  const upstream = createUpstream({ routes, ...options });
  open.push(
    () => server.close(),
    () => upstream.close(),
  );
  expect(await problemOf(upstream.dial(host, 443))).toBe('UPSTREAM_PROTOCOL');
  return { upstream, control };
}

test('an origin that refused HTTP/1.1 is asked for it again after a while', async () => {
  const { upstream, control } = await setUpChanging({ http2OnlyMs: 300 });
  control.spoken = 'http/1.1';
  expect(await problemOf(upstream.dial(host, 443))).toBe('UPSTREAM_PROTOCOL'); // known: nobody is asked
  await new Promise((resolve) => setTimeout(resolve, 320));
  expect(await problemOf(upstream.dial(host, 443))).toBe('connected');
});

test('one that is found to speak no HTTP/2 either is asked for HTTP/1.1 at the next request', async () => {
  const { upstream, control } = await setUpChanging({ http2OnlyMs: 60_000 });
  control.spoken = 'http/1.1';
  expect(await problemOf(upstream.dialAny(host, 443))).toBe('UPSTREAM_PROTOCOL');
  expect(await problemOf(upstream.dialAny(host, 443))).toBe('connected');
});
