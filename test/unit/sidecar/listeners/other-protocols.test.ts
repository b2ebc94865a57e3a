import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { otherProtocol } from '../../../../src/sidecar/listeners/other-protocols.js';
import { closeAll, decidedOf, hello, host, setUp } from '../../../support/relay-box.js';
import { eventually, freePorts, rawClient, startTestBox, tlsClient } from '../../../support/sidecar-box.js';

afterEach(closeAll);

test('known ports are named, others are not', () => {
  expect([4001, 4002, 7496, 7497, 9000].map((port) => otherProtocol(port))).toEqual([
    expect.stringContaining('IB Gateway (live)'),
    expect.stringContaining('IB Gateway (paper)'),
    expect.stringContaining('TWS (live)'),
    expect.stringContaining('TWS (paper)'),
    expect.stringContaining('FIX order entry'),
  ]);
  for (const port of [4198, 6110, 6120, 6121, 6130, 9880, 9883]) expect(otherProtocol(port)).toContain('FIX');
  expect(otherProtocol(443)).toBeUndefined();
});

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

test.each(['connectPort', 'httpPort'] as const)(
  'FIX in clear text on the %s is refused by name',
  async (port) => {
    const { box } = await setUp(hello);
    const client = rawClient(net.connect(box[port], '127.0.0.1'));
    client.write('8=FIX.4.4\x019=65\x0135=A\x01');
    const text = await client.ended;
    expect(text).toContain('400 Bad Request');
    expect(text).toContain('no FIX');
    expect(decidedOf(box)).toMatchObject([{ code: 'NOT_HTTP', message: expect.stringContaining('FIX') }]);
  },
);

test.each([
  ['FIX', '8=FIX.4.4\x019=65\x0135=A\x01'],
  ['the TWS API', 'API\0\0\0\0\x09v100..176'],
  ['a database', '\0\0\0\x08\x04\xd2\x16\x2f'],
])('%s within TLS is refused at once, and the journal says why', async (_, bytes) => {
  const { box, upstream } = await setUp(hello);
  const client = await tlsClient(box, host);
  client.write(Buffer.from(bytes, 'latin1'));
  const text = await client.ended;
  expect(text).toContain('400 Bad Request');
  expect(text).toContain('Use the web API of the venue.');
  expect(decidedOf(box)).toMatchObject([{ code: 'NOT_HTTP', verdict: 'deny' }]);
  expect(upstream.receivedText()).toBe('');
});
