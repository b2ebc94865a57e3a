// The upgrade's handshake, read strictly, and where it may lead.
import { afterEach, expect, test } from 'vitest';
import { fixedClock } from '../../../../src/core/clock.js';
import { Malformed } from '../../../../src/sidecar/http1/fields.js';
import { parseRequestHead } from '../../../../src/sidecar/http1/head.js';
import { newExchange } from '../../../../src/sidecar/pipeline.js';
import { SessionTokens } from '../../../../src/sidecar/session-tokens.js';
import type { World } from '../../../../src/sidecar/stage.js';
import { planSocket } from '../../../../src/sidecar/websocket/plan.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
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
import { asReal, makeDecoys } from '../../../support/venue-requests.js';

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

test('A16: a venue’s socket is opened without a word of the client’s own', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await tlsClient(box, demoSocket);
  const words = ['User-Agent: any-text', 'Sec-WebSocket-Protocol: any-text', 'X-Note: any-text'];
  client.write(
    `GET /ws/v5/public HTTP/1.1\r\nHost: ${demoSocket}\r\n${[...good, ...words].join('\r\n')}\r\n\r\n`,
  );
  expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
  const [sent] = upstream.heads;
  expect(sent?.headers['user-agent']).toBe('tradebox');
  expect(JSON.stringify(sent)).not.toContain('any-text');
  client.socket.destroy();
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
      {
        credentials,
        sessionTokens,
        decoys: { find: () => undefined, findDisguised: () => undefined },
        mode: 'readonly',
      } as unknown as World,
      () => ({ push: (bytes) => bytes, end: () => Buffer.alloc(0), hits: 0 }),
    );
  expect(plan()).toMatchObject({ code: 'SESSION_TOKEN_UNKNOWN' });
  sessionTokens.hold(decoy, { venue: 'binance', credential: 'another', token: 'real' });
  expect(plan()).toMatchObject({ code: 'SESSION_TOKEN_UNKNOWN' });
  sessionTokens.hold(decoy, { venue: 'binance', credential: 'main', token: 'real' });
  expect(plan()).toMatchObject({ path: '/private/ws?listenKey=real' });
});

test('S5: a handshake goes out as its account’s, and with no token but the decoy and what was handed out', async () => {
  const [decoys, real] = [makeDecoys(ibkr), makeDecoys(ibkr)];
  const accounts = ['one', 'two'].map((id) => ({
    id,
    venue: 'ibkr',
    environment: 'live',
    decoys: id === 'one' ? decoys : makeDecoys(ibkr),
    real: asReal(id === 'one' ? real : makeDecoys(ibkr)),
  }));
  const sessionTokens = new SessionTokens();
  const plan = (query: string, ...cookies: string[]) => {
    const target = `/v1/api/ws${query && `?${query}`}`;
    const head = upgradeHead(
      target,
      'api.ibkr.com',
      cookies.map((value) => `Cookie: api=${value}`),
    );
    const came = { id: 'r1', ingress: 'tls', host: 'api.ibkr.com', port: 443, head } as const;
    const world = {
      credentials: { venueCredentials: () => accounts },
      sessionTokens,
      decoys: {
        find: (bytes: Buffer) => (bytes.includes(decoys.accessToken ?? '') ? {} : undefined),
        findDisguised: () => undefined,
      },
      clock: fixedClock(1),
      nextNonce: () => 1n,
      mode: 'readonly',
    } as unknown as World;
    return planSocket(
      { ...newExchange({ ...came, headBytes: Buffer.alloc(0) }), path: '/v1/api/ws', query, venue: ibkr },
      world,
      () => ({ push: (bytes) => bytes, end: () => Buffer.alloc(0), hits: 0 }),
    );
  };
  const held = 'd'.repeat(32);
  const oauth = `oauth_token=${decoys.accessToken}`;
  expect(plan(oauth, held)).toMatchObject({ code: 'SESSION_TOKEN_UNKNOWN' });
  sessionTokens.hold(held, { venue: 'ibkr', credential: 'one', token: 'real-session' });
  const headers = { host: 'api.ibkr.com', cookie: 'api=real-session' };
  expect(plan(oauth, held)).toMatchObject({ path: `/v1/api/ws?oauth_token=${real.accessToken}`, headers });
  expect(plan('', held)).toMatchObject({ path: '/v1/api/ws', headers });
  expect(plan('', decoys.sessionToken ?? '')).toMatchObject({
    headers: { cookie: `api=${real.sessionToken}` },
  });
  expect(plan(`oauth_token=${real.accessToken}`, held)).toMatchObject({
    code: 'SIGNATURE_FORGED',
    taint: 'forged-signature',
  });
  expect(plan('', held, held)).toMatchObject({ code: 'OPERATION_UNKNOWN' });
  // The session of one account under the access token of another.
  sessionTokens.hold(held, { venue: 'ibkr', credential: 'two', token: 'real-session' });
  expect(plan(oauth, held)).toMatchObject({ status: 403 });
  sessionTokens.hold(held, { venue: 'ibkr', credential: 'one', token: 'a;b' });
  expect(plan('', held)).toMatchObject({ code: 'SIGNING_REFUSED' });
  const silent = plan('');
  expect(silent).toMatchObject({ path: '/v1/api/ws' });
  expect('headers' in silent && silent.headers.cookie).toBeUndefined();
});

function upgradeHead(target: string, name = 'fstream.binance.com', more: readonly string[] = []) {
  const head = parseRequestHead(
    Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${name}\r\n${[...good, ...more].join('\r\n')}\r\n\r\n`),
  );
  if (head instanceof Malformed) throw new Error('the head is malformed');
  return head;
}
