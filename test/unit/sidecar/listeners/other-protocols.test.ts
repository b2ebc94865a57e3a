import { Resolver } from 'node:dns/promises';
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { closeAll, decidedOf, hello, host, setUp } from '../../../support/relay-box.js';
import { eventually, freePorts, rawClient, startTestBox, tlsClient } from '../../../support/sidecar-box.js';

afterEach(closeAll);

test('CONNECT to such a port is refused by name, in the answer and in the journal', async () => {
  const { box } = await setUp(hello);
  const client = rawClient(net.connect(box.connectPort, '127.0.0.1'));
  client.write('CONNECT gateway.example.test:4001 HTTP/1.1\r\nHost: gateway.example.test:4001\r\n\r\n');
  const text = await client.until(/\}\s*$/);
  expect(text).toContain('501 Not Implemented');
  expect(text).toContain('IB Gateway (live)');
  client.socket.destroy();
  const denied = box.events().find((event) => event.type === 'connection.denied');
  expect(denied).toMatchObject({ code: 'PROTOCOL_UNSUPPORTED', port: 4001 });
});

test('a direct connection to a refused port is closed, and journaled', async () => {
  const [port = 0] = await freePorts(1);
  const box = await startTestBox(() => ({}), {}, { refusedPorts: [port] });
  const client = rawClient(net.connect(port, '127.0.0.1'));
  client.write('API\0');
  expect(await client.ended).toBe('');
  await eventually(() =>
    box.events().some((event) => event.type === 'connection.denied' && event.port === port),
  );
  await box.stop();
});

test('CONNECT to a host of FIX is refused by name at any port', async () => {
  const { box } = await setUp(hello);
  const client = rawClient(net.connect(box.connectPort, '127.0.0.1'));
  client.write('CONNECT fix.example.test:443 HTTP/1.1\r\nHost: fix.example.test:443\r\n\r\n');
  const text = await client.until(/\}\s*$/);
  expect(text).toContain('501 Not Implemented');
  expect(text).toContain('the host is one of FIX');
  client.socket.destroy();
});

test('the name of such a host does not resolve, and the journal says why', async () => {
  const [dnsPort = 0] = await freePorts(1);
  const box = await startTestBox(() => ({}), {}, { dnsPort });
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${dnsPort}`]);
  for (const name of ['fix-oe.example.test', 'api.example.test'])
    await expect(resolver.resolve4(name)).rejects.toMatchObject({ code: 'ENOTFOUND' });
  expect(box.events().filter((event) => event.type === 'dns.denied')).toMatchObject([
    { name: 'fix-oe.example.test', code: 'PROTOCOL_UNSUPPORTED' },
    { name: 'api.example.test', code: 'HOST_DENIED' },
  ]);
  await box.stop();
});

const fix = '8=FIX.4.4\x019=65\x0135=A\x01';
const tws = 'API\0\0\0\0\x09v100..176';

test.each([
  ['connectPort', 'FIX', fix],
  ['httpPort', 'FIX', fix],
  ['connectPort', 'TWS API', tws],
  ['httpPort', 'TWS API', tws],
] as const)('at the %s %s in clear text is refused by name', async (port, name, bytes) => {
  const { box } = await setUp(hello);
  const client = rawClient(net.connect(box[port], '127.0.0.1'));
  client.write(bytes);
  const text = await client.ended;
  expect(text).toContain('400 Bad Request');
  expect(text).toMatch(new RegExp(`Only HTTP is carried, not [^.]*${name}`));
  expect(decidedOf(box)).toMatchObject([{ code: 'NOT_HTTP', message: expect.stringContaining(name) }]);
});

test.each([
  ['FIX', fix, 'no HTTP but FIX'],
  ['the TWS API', tws, 'no HTTP but the TWS API'],
  ['a database', '\0\0\0\x08\x04\xd2\x16\x2f', 'no HTTP: raw protocols'],
])('%s within TLS is refused at once, and the journal says why', async (_, bytes, told) => {
  const { box, upstream } = await setUp(hello);
  const client = await tlsClient(box, host);
  client.write(Buffer.from(bytes, 'latin1'));
  const text = await client.ended;
  expect(text).toContain('400 Bad Request');
  expect(text).toContain('Use the web API of the venue.');
  expect(decidedOf(box)).toMatchObject([
    { code: 'NOT_HTTP', verdict: 'deny', message: expect.stringContaining(told) },
  ]);
  expect(upstream.receivedText()).toBe('');
});
