import net from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import {
  answer,
  eventually,
  exchange,
  rawClient,
  rule,
  startTestBox,
  startTestUpstream,
  type TestBox,
  tlsClient,
} from '../../../support/sidecar-box.js';

const host = 'api.example.test';
const otherHost = 'other.example.test';
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function setUp(options = {}): Promise<TestBox> {
  const upstream = await startTestUpstream(host, (peer) => peer.socket.write(answer('hello')));
  open.push(() => upstream.close());
  const place = { address: '127.0.0.1', port: upstream.port, ca: upstream.ca, servername: host };
  const box = await startTestBox(
    ({ tls: port }) => ({ policy: { rules: [rule(host, port), rule(otherHost, port)] } }),
    {
      routes: [host, otherHost].map((name) => ({ host: name, ...place })),
      ...options,
    },
  );
  open.push(() => box.stop());
  return box;
}

/** Shakes hands and gives the error's code, or `established`. */
function handshake(box: TestBox, options: tls.ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port: box.tlsPort, ca: box.sidecar.caPem, ...options });
    socket.once('secureConnect', () => {
      resolve('established');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
const denials = (box: TestBox) => box.events().filter((event) => event.type === 'connection.denied');
const alert = 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE';

// ATTACKS A7.
test.each([
  ['a host without a rule', { servername: 'evil.test' }, 'HOST_DENIED'],
  ['a host of FIX', { servername: 'fix.example.test' }, 'PROTOCOL_UNSUPPORTED'],
  ['no name', { servername: '' }, 'SNI_MISSING'],
  ['a name with a final dot', { servername: `${host}.` }, 'SNI_INVALID'],
  ['our own page', { servername: 'tradebox.internal' }, 'HOST_DENIED'],
])('a handshake for %s ends in a fatal alert and is journaled', async (_name, options, code) => {
  const box = await setUp();
  expect(await handshake(box, options)).toBe(alert);
  expect(await handshake(box, { ...options, maxVersion: 'TLSv1.2' })).toBe(alert);
  expect(denials(box)[0]).toMatchObject({ ingress: 'tls', port: box.tlsPort, code });
});

test('an allowed name in any case gets a certificate of the box', async () => {
  const box = await setUp();
  expect(await handshake(box, { servername: host })).toBe('established');
  expect(await handshake(box, { servername: host.toUpperCase() })).toBe('established');
  expect(denials(box)).toEqual([]);
});

test('a resumed session does not carry a denied name in', async () => {
  const box = await setUp();
  const first = await tlsClient(box, host);
  let session: Buffer | undefined;
  first.socket.on('session', (one: Buffer) => {
    session = one;
  });
  first.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await first.until('hello');
  const again = await tlsClient(box, host, { session });
  expect((again.socket as tls.TLSSocket).isSessionReused()).toBe(true);
  const evil = tls.connect({
    host: '127.0.0.1',
    port: box.tlsPort,
    ca: box.sidecar.caPem,
    servername: 'evil.test',
    session,
    checkServerIdentity: () => undefined,
  });
  const client = rawClient(evil);
  evil.on('secureConnect', () => evil.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
  expect(await client.ended).toBe('');
  expect(denials(box)).toMatchObject([{ host: 'evil.test', code: 'HOST_DENIED' }]);
});

test('a connect, and a handshake, without a request are no errors', async () => {
  const box = await setUp();
  await new Promise<void>((resolve) => {
    const socket = net.connect(box.tlsPort, '127.0.0.1', () => socket.end());
    socket.on('close', () => resolve());
  });
  expect(await handshake(box, { servername: host })).toBe('established');
  await eventually(() => box.sidecar.state.status().counters.openConnections === 0);
  expect(box.events().filter(({ type }) => type !== 'journal.opened' && type !== 'sidecar.started')).toEqual(
    [],
  );
});

test('what is no TLS is journaled and closed', async () => {
  const box = await setUp();
  const client = rawClient(net.connect(box.tlsPort, '127.0.0.1'));
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.ended;
  await eventually(() => denials(box).length === 1);
  expect(denials(box)).toMatchObject([{ code: 'TLS_FAILED' }]);
});

test('HTTP/2 and HTTP/1.1 are spoken, and nothing else', async () => {
  const box = await setUp();
  expect(await handshake(box, { servername: host, ALPNProtocols: ['h3', 'spdy/3'] })).toBe(
    'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
  );
  const spoken = async (ALPNProtocols: string[]) =>
    ((await tlsClient(box, host, { ALPNProtocols })).socket as tls.TLSSocket).alpnProtocol;
  expect(await spoken(['http/1.1', 'h2'])).toBe('h2');
  expect(await spoken(['http/1.1'])).toBe('http/1.1');
});

test('a handshake that is never finished is ended, and others are served meanwhile', async () => {
  const box = await setUp({ watchIntervalMs: 20, clientLimits: { headMs: 500 } });
  const stuck = rawClient(net.connect(box.tlsPort, '127.0.0.1'));
  stuck.write(Buffer.from([0x16, 0x03, 0x01]));
  expect(await exchange(box, host, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toContain('hello');
  expect(stuck.socket.destroyed).toBe(false);
  await stuck.ended;
  await eventually(() => box.sidecar.state.status().counters.openConnections === 0);
});

test('a flood of denied names fills neither journal nor memory', async () => {
  const box = await setUp();
  for (let index = 0; index < 150; index += 1) await handshake(box, { servername: `n${index}.evil.test` });
  for (let index = 0; index < 50; index += 1) await handshake(box, { servername: 'same.evil.test' });
  expect(denials(box).length).toBeLessThan(70);
}, 30_000);
