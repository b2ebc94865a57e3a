// Upgrades that do not come to be: refused by the policy, by the handshake, by the upstream, or by what is not reached.
import { afterEach, expect, test } from 'vitest';
import { UpstreamError } from '../../../../src/sidecar/dial.js';
import { UpgradeDeclined } from '../../../../src/sidecar/websocket/endpoint.js';
import { upgradeProblem } from '../../../../src/sidecar/websocket/upgrade.js';
import { completedOf, decidedOf, decoy, host, taintsOf } from '../../../support/relay-box.js';
import { eventually, rule, tlsClient } from '../../../support/sidecar-box.js';
import { closeSockets, openSocket, setUpSockets } from '../../../support/socket-box.js';

afterEach(closeSockets);

const attached = [
  'credential api for api.example.test',
  'credential llm for llm.example.test',
  'account okx-demo of okx, demo',
];
const authorized = { headers: { authorization: `Bearer ${decoy}` } };

test('path and placement are judged before anything is dialled', async () => {
  const { box, upstream } = await setUpSockets();
  await expect(openSocket(box, host, '/admin', authorized)).rejects.toThrow('403');
  await expect(openSocket(box, host, '/v1/x', { headers: { 'x-note': decoy } })).rejects.toThrow('403');
  expect(upstream.heads).toEqual([]);
  expect(decidedOf(box)).toMatchObject([{ code: 'PATH_DENIED' }, { code: 'DECOY_MISPLACED' }]);
  expect(taintsOf(box)).toHaveLength(1);
});

test.each([
  ['a cap of nothing', { maxBodyBytes: 0 }],
  ['evidence', { methods: ['GET', 'HEAD'], evidence: true as const }],
])('A16: a rule that takes no bodies opens no socket: %s', async (_name, more) => {
  const { box, upstream } = await setUpSockets();
  const open = await openSocket(box, host, '/v1/x', authorized);
  const rules = [rule(host, box.tlsPort, { paths: ['/v1/**'], ...more })];
  // An open one ends with the rule that opened it.
  expect(box.sidecar.state.loadPolicy({ rules }, attached).closed).toBe(1);
  expect((await open.closed).code).toBe(1008);
  await expect(openSocket(box, host, '/v1/x', authorized)).rejects.toThrow('403');
  expect(upstream.heads).toHaveLength(1);
  expect(decidedOf(box).at(-1)).toMatchObject({ verdict: 'deny', code: 'SOCKET_DENIED', rule: 'test:1' });
});

test('the upstream’s own no is passed on as a status', async () => {
  const { box } = await setUpSockets(undefined, {}, {}, { status: 401 });
  await expect(openSocket(box, host, '/v1/x', authorized)).rejects.toThrow('401');
  await eventually(() => completedOf(box).length === 1);
  expect(completedOf(box)[0]).toMatchObject({ status: 401, error: 'UPGRADE_DECLINED' });
});

test('A9, B6: a private address and a certificate of another authority are no upstream', async () => {
  const { box } = await setUpSockets(undefined, { routes: [], resolve: async () => ['10.0.0.7'] });
  await expect(openSocket(box, host, '/v1/x', authorized)).rejects.toThrow('502');
  expect(completedOf(box)[0]).toMatchObject({ error: 'UPSTREAM_ADDRESS_FORBIDDEN' });
  await closeSockets();
  const other = await setUpSockets();
  const place = { address: '127.0.0.1', port: other.upstream.port, servername: host };
  const unsure = await setUpSockets(undefined, { routes: [{ host, ...place }] });
  await expect(openSocket(unsure.box, host, '/v1/x', authorized)).rejects.toThrow('502');
  expect(completedOf(unsure.box)[0]).toMatchObject({ error: 'UPSTREAM_TLS_UNVERIFIED' });
  expect(other.upstream.heads).toEqual([]);
});

test('an agent that leaves before its 101 leaves nothing open', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await tlsClient(box, host);
  client.write(
    `GET /v1/x HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${decoy}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
  );
  client.socket.destroy();
  await eventually(() => completedOf(box).length + decidedOf(box).length > 0 || upstream.peers.length > 0);
  await eventually(() => upstream.peers.every(({ readyState }) => readyState === 3));
});

test('each failure has a status and a code', () => {
  expect(upgradeProblem(new UpgradeDeclined(429))).toEqual({ status: 429, code: 'UPGRADE_DECLINED' });
  expect(upgradeProblem(new UpgradeDeclined(302))).toEqual({ status: 502, code: 'UPGRADE_DECLINED' });
  expect(upgradeProblem(new UpstreamError('UPSTREAM_TIMEOUT'))).toEqual({
    status: 504,
    code: 'UPSTREAM_TIMEOUT',
  });
  expect(upgradeProblem(new Error('bad accept'))).toEqual({ status: 502, code: 'UPSTREAM_MALFORMED' });
});
