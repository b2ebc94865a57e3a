import { randomBytes } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import {
  answer,
  type RawClient,
  rawClient,
  rule,
  startTestBox,
  startTestUpstream,
  type TestBox,
} from '../../../support/sidecar-box.js';

const host = 'api.example.test';
const decoy = `decoy-${randomBytes(12).toString('hex')}`;
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function setUp(): Promise<TestBox> {
  const upstream = await startTestUpstream(host, (peer) => peer.socket.write(answer('hello')));
  open.push(() => upstream.close());
  const box = await startTestBox(({ tls: port }) => ({
    policy: { rules: [rule(host, port), rule('*.wild.test', port)] },
    pins: [{ host, address: '127.0.0.1', port: upstream.port, ca: upstream.ca }],
    credentials: [
      {
        kind: 'plain',
        id: 'api',
        hosts: [host],
        placement: { in: 'header', name: 'authorization', prefix: '' },
        secret: `real-${randomBytes(12).toString('hex')}`,
        decoy,
        isLlm: false,
      },
    ],
  }));
  open.push(() => box.stop());
  return box;
}
const connect = (port: number): RawClient => rawClient(net.connect(port, '127.0.0.1'));

/** Sends `head` to the proxy port and gives the status line. */
async function tunnel(box: TestBox, head: string): Promise<string> {
  const client = connect(box.connectPort);
  client.write(head);
  const text = await client.until('\r\n\r\n');
  client.socket.destroy();
  return text.slice(0, text.indexOf('\r\n'));
}
const connectTo = (authority: string) => `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;

async function shake(client: RawClient, box: TestBox, servername: string): Promise<RawClient> {
  client.socket.removeAllListeners('data');
  const secure = tls.connect({ socket: client.socket, servername, ca: box.sidecar.caPem });
  await new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve);
    secure.once('error', reject);
  });
  return rawClient(secure);
}

test('a tunnel to an allowed host carries requests', async () => {
  const box = await setUp();
  for (const head of [
    connectTo(`${host}:${box.tlsPort}`),
    `CONNECT ${host}:${box.tlsPort} HTTP/1.0\r\n\r\n`,
    `CONNECT ${host}:${box.tlsPort} HTTP/1.1\r\nHost: ${host}\r\nProxy-Connection: keep-alive\r\n\r\n`,
  ]) {
    const client = connect(box.connectPort);
    client.write(head);
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 200 Connection Established\r\n\r\n');
    const secure = await shake(client, box, host);
    secure.write(`GET / HTTP/1.1\r\nHost: ${host}:${box.tlsPort}\r\n\r\n`);
    await secure.until('hello');
    secure.socket.destroy();
  }
  expect(box.events().filter(({ type }) => type === 'request.decided')).toHaveLength(3);
  expect(box.events().find(({ type }) => type === 'request.decided')).toMatchObject({ ingress: 'connect' });
});

test('a ClientHello that came along with CONNECT is not lost', async () => {
  const box = await setUp();
  const raw = net.connect(box.connectPort, '127.0.0.1');
  const hello: Buffer[] = [];
  const fake = new (await import('node:stream')).Duplex({
    read() {},
    write(chunk, _encoding, done) {
      hello.push(chunk);
      done();
    },
  });
  tls.connect({ socket: fake, servername: host, ca: box.sidecar.caPem }).on('error', () => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
  const client = rawClient(raw);
  client.write(Buffer.concat([Buffer.from(connectTo(`${host}:${box.tlsPort}`)), ...hello]));
  await client.until(/\r\n\r\n\x16\x03\x03/);
  raw.destroy();
});

// ATTACKS A7.
test('a tunnel whose handshake names another host is closed', async () => {
  const box = await setUp();
  for (const name of ['a.wild.test', 'evil.test']) {
    const client = connect(box.connectPort);
    client.write(connectTo(`${host}:${box.tlsPort}`));
    await client.until('\r\n\r\n');
    await expect(shake(client, box, name)).rejects.toThrow(/alert/i);
  }
  expect(box.events().filter(({ type }) => type === 'connection.denied')).toMatchObject([
    { code: 'SNI_MISMATCH' },
    { code: 'SNI_MISMATCH' },
  ]);
});

test('a tunnel that is used for something else than TLS is closed', async () => {
  const box = await setUp();
  const client = connect(box.connectPort);
  client.write(`${connectTo(`${host}:${box.tlsPort}`)}GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  expect(await client.ended).not.toContain('hello');
});

const taintsOf = (box: TestBox) => box.events().filter(({ type }) => type === 'taint');

// ATTACKS A1: what the proxy is asked for tells of the one who asks.
test('a metadata service taints at once, one private address is told, several taint', async () => {
  const box = await setUp();
  const state = () => box.sidecar.state.status();
  await tunnel(box, connectTo('10.0.0.1:22'));
  await tunnel(box, connectTo('10.0.0.1:22'));
  expect(state()).toMatchObject({
    isTainted: false,
    taints: [{ cause: 'boundary-probe', severity: 'warn' }],
  });
  for (let last = 2; last <= 5; last += 1) await tunnel(box, connectTo(`10.0.0.${last}:22`));
  expect(state().isTainted).toBe(true);
  const service = await setUp();
  await tunnel(service, 'GET http://169.254.169.254/latest/ HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n');
  expect(service.sidecar.state.status().isTainted).toBe(true);
  const named = await setUp();
  await tunnel(named, connectTo('metadata.google.internal:80'));
  expect(named.sidecar.state.status().isTainted).toBe(true);
  expect(taintsOf(named)).toMatchObject([{ cause: 'boundary-probe' }]);
});

test('what honest clients ask for in clear text is no probe', async () => {
  const box = await setUp();
  await tunnel(box, connectTo('denied.example.test:443'));
  await tunnel(box, 'GET http://denied.example.test/ HTTP/1.1\r\nHost: denied.example.test\r\n\r\n');
  await tunnel(box, 'OPTIONS * HTTP/1.1\r\nHost: denied.example.test\r\n\r\n');
  await tunnel(box, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'); // the sidecar's own address
  expect(taintsOf(box)).toEqual([]);
});

// ATTACKS A8.
test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '127.1',
  '0177.0.0.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  `${host}.`,
  `user@${host}`,
  `${host}@evil.test`,
  'evil.test',
  'wild.test',
  'evil-wild.test',
  'xn--pi-example-v1a.test',
  `evil.test#${host}`,
  `evil.test?${host}`,
  `http://${host}`,
])('CONNECT to %s is refused', async (name) => {
  const box = await setUp();
  expect(await tunnel(box, connectTo(`${name}:${box.tlsPort}`))).toMatch(/^HTTP\/1\.1 40[03] /);
});

test('CONNECT is exact: port, Host field, body', async () => {
  const box = await setUp();
  expect(await tunnel(box, connectTo(`${host}:22`))).toMatch(/403/);
  expect(await tunnel(box, connectTo(host))).toMatch(/400/);
  expect(await tunnel(box, `CONNECT ${host}:${box.tlsPort} HTTP/1.1\r\nHost: evil.test\r\n\r\n`)).toMatch(
    /400/,
  );
  expect(
    await tunnel(
      box,
      `CONNECT ${host}:${box.tlsPort} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 3\r\n\r\nabc`,
    ),
  ).toMatch(/400/);
  expect(await tunnel(box, connectTo(`${host.toUpperCase()}:${box.tlsPort}`))).toMatch(/200/);
});

// ATTACKS B6.
test('clear-text HTTP is refused on the proxy port and on its own', async () => {
  const box = await setUp();
  expect(await tunnel(box, `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toMatch(/403/);
  const client = connect(box.httpPort);
  client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  expect(await client.until('request_id')).toMatch(/^HTTP\/1\.1 403 /);
  expect(box.events().filter(({ type }) => type === 'request.decided')).toMatchObject([
    { ingress: 'connect', code: 'PLAIN_HTTP_REFUSED' },
    { ingress: 'http', code: 'PLAIN_HTTP_REFUSED' },
  ]);
});

test('a decoy in clear text taints, even on its way to its own host', async () => {
  const box = await setUp();
  const client = connect(box.httpPort);
  client.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${decoy}\r\n\r\n`);
  await client.until('request_id');
  expect(box.sidecar.state.status().taints).toMatchObject([{ cause: 'decoy-misuse' }]);
});

test('CONNECT on the clear-text port and malformed requests are refused', async () => {
  const box = await setUp();
  const client = connect(box.httpPort);
  client.write(connectTo(`${host}:${box.tlsPort}`));
  expect(await client.until('request_id')).toMatch(/^HTTP\/1\.1 40[03] /);
  const other = connect(box.httpPort);
  other.write('GET / HTTP/1.1\nHost: x\n\n');
  expect(await other.until('request_id')).toMatch(/^HTTP\/1\.1 400 /);
});

test("our own page says who we are, to nobody else's name", async () => {
  const box = await setUp();
  const client = connect(box.httpPort);
  client.write('GET / HTTP/1.1\r\nHost: tradebox.internal\r\n\r\n');
  expect(await client.until('}')).toContain('{"sandbox":"test","mode":"readonly"}');
  client.write('POST / HTTP/1.1\r\nHost: tradebox.internal\r\nContent-Length: 0\r\n\r\n');
  await client.until('403');
  const mixed = connect(box.httpPort);
  mixed.write('GET http://evil.test/ HTTP/1.1\r\nHost: tradebox.internal\r\n\r\n');
  await mixed.until('400');
});

test('the doors open on one address only', async () => {
  const box = await setUp();
  for (const port of [box.tlsPort, box.httpPort, box.connectPort]) {
    const outcome = await new Promise<string>((resolve) => {
      const socket = net.connect(port, '127.0.0.2', () => resolve('open'));
      socket.on('error', () => resolve('closed'));
    });
    expect(outcome).toBe('closed');
  }
});
