// The upgrade's handshake, read strictly, and where it may lead.
import { afterEach, expect, test } from 'vitest';
import { Malformed } from '../../../../src/sidecar/http1/fields.js';
import { parseRequestHead } from '../../../../src/sidecar/http1/head.js';
import { newExchange } from '../../../../src/sidecar/pipeline.js';
import { SessionTokens } from '../../../../src/sidecar/session-tokens.js';
import type { World } from '../../../../src/sidecar/stage.js';
import { planSocket } from '../../../../src/sidecar/websocket/plan.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { decidedOf, decoy, host } from '../../../support/relay-box.js';
import { tlsClient } from '../../../support/sidecar-box.js';
import {
  closeSockets,
  demoSocket,
  liveSocket,
  okxDecoys,
  openSocket,
  setUpSockets,
} from '../../../support/socket-box.js';

afterEach(closeSockets);

const key = Buffer.alloc(16, 7).toString('base64');
const good = [
  'Upgrade: websocket',
  'Connection: keep-alive, Upgrade',
  `Sec-WebSocket-Key: ${key}`,
  'Sec-WebSocket-Version: 13',
];

test.each([
  ['no key', good.filter((line) => !line.includes('Key')), 'HANDSHAKE_BAD'],
  [
    'a short key',
    [...good.filter((line) => !line.includes('Key')), 'Sec-WebSocket-Key: AAAA'],
    'HANDSHAKE_BAD',
  ],
  ['two keys', [...good, `Sec-WebSocket-Key: ${key}`], 'HANDSHAKE_BAD'],
  ['version 8', good.map((line) => line.replace('13', '8')), 'HANDSHAKE_BAD'],
  ['a subprotocol twice', [...good, 'Sec-WebSocket-Protocol: a, a'], 'HANDSHAKE_BAD'],
  ['no Connection: Upgrade', good.filter((line) => !line.startsWith('Connection')), 'UPGRADE_REFUSED'],
  ['another protocol', good.map((line) => line.replace('websocket', 'h2c')), 'UPGRADE_REFUSED'],
  ['a body', [...good, 'Content-Length: 3'], 'UPGRADE_REFUSED'],
])('refused with 400: %s', async (_what, fields, code) => {
  const { box, upstream } = await setUpSockets();
  const client = await tlsClient(box, host);
  client.write(
    `GET /v1/x HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${decoy}\r\n${fields.join('\r\n')}\r\n\r\n`,
  );
  expect(await client.until('request_id')).toMatch(/^HTTP\/1\.1 400 /);
  expect(decidedOf(box)[0]).toMatchObject({ verdict: 'deny', code });
  expect(upstream.heads).toEqual([]);
});

test('headers of one hop, and extensions, stay behind; others pass', async () => {
  const { box, upstream } = await setUpSockets();
  await openSocket(box, host, '/v1/x', {
    headers: {
      authorization: `Bearer ${decoy}`,
      'x-one': 'a',
      cookie: 'a=b',
      'proxy-authorization': 'Basic xyz',
      'accept-encoding': 'gzip',
    },
  });
  const [head] = upstream.heads;
  expect(head?.headers).toMatchObject({ 'x-one': 'a', cookie: 'a=b' });
  expect(head?.headers['proxy-authorization']).toBeUndefined();
  expect(head?.headers['accept-encoding']).toBeUndefined();
  expect(head?.headers['sec-websocket-key']).not.toBe(key);
});

test('D9: an account of one environment opens no socket of another', async () => {
  const { box, upstream } = await setUpSockets();
  await expect(openSocket(box, liveSocket, '/ws/v5/public')).rejects.toThrow('403');
  await openSocket(box, demoSocket, '/ws/v5/public?brokerId=9999');
  expect(decidedOf(box)[0]).toMatchObject({ code: 'ENVIRONMENT_MISMATCH' });
  expect(upstream.heads.map(({ url }) => url)).toEqual(['/ws/v5/public?brokerId=9999']);
});

test('S4: paths, queries and REST requests that a socket host does not serve', async () => {
  const { box, upstream } = await setUpSockets();
  await expect(openSocket(box, demoSocket, '/ws/v5/admin')).rejects.toThrow('403');
  await expect(openSocket(box, demoSocket, '/ws/v5/public?x=1')).rejects.toThrow('403');
  const headers = { 'user-agent': `agent/${okxDecoys.secretKey}` };
  await expect(openSocket(box, demoSocket, '/ws/v5/public', { headers })).rejects.toThrow('403');
  expect(decidedOf(box).map((event) => ('code' in event ? event.code : ''))).toEqual([
    'OPERATION_UNKNOWN',
    'OPERATION_UNKNOWN',
    'DECOY_MISPLACED',
  ]);
  expect(upstream.heads).toEqual([]);
});

test('B12: a stream is opened with the real session token, and with none that was not handed out here', async () => {
  const decoy = 'd'.repeat(64);
  const exchange = newExchange({
    id: 'r1',
    ingress: 'tls',
    host: 'fstream.binance.com',
    port: 443,
    head: upgradeHead(`/private/ws?listenKey=${decoy}`),
    headBytes: Buffer.alloc(0),
  });
  const own = { id: 'main', venue: 'binance', environment: 'live' };
  const credentials = { venueCredentials: () => [own] };
  const sessionTokens = new SessionTokens();
  const plan = () =>
    planSocket(
      { ...exchange, path: '/private/ws', query: `listenKey=${decoy}`, venue: binance },
      { credentials, sessionTokens, decoys: { find: () => undefined }, mode: 'readonly' } as unknown as World,
      () => ({ push: (bytes) => bytes, end: () => Buffer.alloc(0), hits: 0 }),
    );
  expect(plan()).toMatchObject({ code: 'SESSION_TOKEN_UNKNOWN' });
  sessionTokens.hold(decoy, { venue: 'binance', credential: 'another', token: 'real' });
  expect(plan()).toMatchObject({ code: 'SESSION_TOKEN_UNKNOWN' });
  sessionTokens.hold(decoy, { venue: 'binance', credential: 'main', token: 'real' });
  expect(plan()).toMatchObject({ path: '/private/ws?listenKey=real' });
});

function upgradeHead(target: string) {
  const head = parseRequestHead(
    Buffer.from(`GET ${target} HTTP/1.1\r\nHost: fstream.binance.com\r\n${good.join('\r\n')}\r\n\r\n`),
  );
  if (head instanceof Malformed) throw new Error('the head is malformed');
  return head;
}
