// Messages between an agent and an upstream: passed, counted, scrubbed, bounded; closes with their codes; slow sides.
import { randomBytes } from 'node:crypto';
import { encode } from '@msgpack/msgpack';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Settings } from '../../../../src/sidecar/settings.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import {
  decoy,
  host,
  llmDecoy,
  llmHost,
  llmSecret,
  plainCredentials,
  random,
  secret,
  slowJournal,
  taintsOf,
} from '../../../support/relay-box.js';
import { eventually, rule, tlsClient } from '../../../support/sidecar-box.js';
import {
  closedOf,
  closeSockets,
  demoSocket,
  messagesOf,
  okxReal,
  openSocket,
  setUpSockets,
} from '../../../support/socket-box.js';
import { makeDecoys } from '../../../support/venue-requests.js';

afterEach(closeSockets);

const attached = [
  'credential api for api.example.test',
  'credential llm for llm.example.test',
  'account okx-demo of okx, demo',
];
const authorized = { headers: { authorization: `Bearer ${decoy}` } };

test.each([false, true])(
  'messages pass both ways, with the real key in the upgrade (CONNECT: %s)',
  async (viaConnect) => {
    const { box, upstream } = await setUpSockets();
    const client = await openSocket(box, host, '/v1/stream?x=1', { ...authorized, viaConnect });
    client.peer.send('hello');
    client.peer.send(Buffer.from([1, 2, 3]));
    expect(await client.until('hello')).toBe('hello');
    await eventually(() => client.received.length === 2);
    expect(upstream.heads[0]).toMatchObject({
      url: '/v1/stream?x=1',
      headers: { authorization: `Bearer ${secret}` },
    });
    client.peer.close(3001, 'done');
    expect(await client.closed).toEqual({ code: 3001, reason: 'done' });
    await eventually(() => closedOf(box).length === 1);
    expect(closedOf(box)[0]).toMatchObject({
      code: 3001,
      by: 'agent',
      messagesUp: 2,
      messagesDown: 2,
      bytesUp: 8,
      bytesDown: 8,
      refused: 0,
    });
    expect(box.events().find(({ type }) => type === 'request.completed')).toMatchObject({ status: 101 });
  },
);

test('a key that logs in by message: its decoy is replaced in its member alone, and journaled', async () => {
  const [key, real] = [random('socket-decoy'), random('socket-real')];
  const credentials: Settings['credentials'] = [
    {
      kind: 'plain',
      id: 'feed',
      hosts: [host],
      placement: { in: 'socket', keys: ['auth', 'params'] },
      secret: real,
      decoy: key,
      isLlm: false,
    },
    ...plainCredentials,
  ];
  const { box, upstream } = await setUpSockets(undefined, {}, { credentials });
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.send('{"auth":{"params":"T.AAPL"}}');
  client.peer.send(`{"n":1.50,"auth":{"action":"auth","params":"${key}"}}`);
  await eventually(() => upstream.received.length === 2);
  expect(upstream.received).toEqual([
    '{"auth":{"params":"T.AAPL"}}',
    `{"n":1.50,"auth":{"action":"auth","params":"${real}"}}`,
  ]);
  expect(await client.until('1.50')).not.toContain(real);
  expect(messagesOf(box)).toMatchObject([{ verdict: 'allow', operation: 'login' }]);
  expect(taintsOf(box)).toEqual([]);
  expect(box.journalText()).not.toContain(real);
  // Beside its place, twice, in a binary message: misuse, as everywhere.
  const wrong = [
    `{"params":"${key}"}`,
    `{"auth":{"params":"${key}"},"note":"${key}"}`,
    `{"auth":{"params":"${key}","params":"x"}}`,
    Buffer.from(`{"auth":{"params":"${key}"}}`),
    `{"auth":{"params":"${key}"},"note":"${decoy}"}`,
  ];
  for (const [index, message] of wrong.entries()) {
    const one = await openSocket(box, host, '/v1/x', authorized);
    one.peer.send(message);
    await one.closed;
    expect(taintsOf(box)).toHaveLength(index + 1);
  }
  expect(upstream.received).toHaveLength(2);
});

test('a model that is logged in to by message opens its socket without a key, and nothing else', async () => {
  const model = { ...plainCredentials[1], placement: { in: 'socket', keys: ['key'] } };
  const credentials = [model] as Settings['credentials'];
  const { box, upstream } = await setUpSockets(undefined, {}, { credentials });
  const client = await openSocket(box, llmHost, '/v1/x');
  client.peer.send(`{"key":"${llmDecoy}"}`);
  await eventually(() => upstream.received.length === 1);
  expect(upstream.received).toEqual([`{"key":"${llmSecret}"}`]);
  const plain = await tlsClient(box, llmHost);
  plain.write(`GET /v1/x HTTP/1.1\r\nHost: ${llmHost}\r\n\r\n`);
  expect(await plain.until('request_id')).toContain('403 Forbidden');
});

test('no compression is asked for or granted, and a compressed frame ends the connection', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await openSocket(box, host, '/v1/x', { ...authorized, perMessageDeflate: true });
  expect(client.peer.extensions).toBe('');
  expect(upstream.heads[0]?.headers['sec-websocket-extensions']).toBeUndefined();
  // RSV1 set although nothing was agreed: 0xc1, masked, one byte.
  const socket = (client.peer as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
  socket.write(Buffer.from([0xc1, 0x81, 0, 0, 0, 0, 0x61]));
  expect((await client.closed).code).toBe(1002);
  expect(upstream.received).toEqual([]);
  await eventually(() => closedOf(box).length === 1);
  expect(messagesOf(box)[0]).toMatchObject({ verdict: 'deny', code: 'FRAME_INVALID' });
});

test('a socket whose path the new rules deny is ended; another of the same host goes on', async () => {
  const { box } = await setUpSockets();
  const [denied, kept] = [
    await openSocket(box, host, '/v1/old', authorized),
    await openSocket(box, host, '/v1/new', authorized),
  ];
  const rules = [rule(host, box.tlsPort, { paths: ['/v1/new'] })];
  expect(box.sidecar.state.loadPolicy({ rules }, attached).closed).toBe(1);
  expect((await denied.closed).code).toBe(1008);
  kept.peer.send('still here');
  expect(await kept.until('still here')).toBe('still here');
  await eventually(() => closedOf(box).length === 1);
  expect(closedOf(box)[0]).toMatchObject({ by: 'sidecar', error: 'POLICY_CHANGED' });
});

test('the subprotocol that the upstream chose is the agent’s', async () => {
  const { box } = await setUpSockets();
  const client = await openSocket(box, host, '/v1/x', { ...authorized, protocols: ['v2.json', 'v1'] });
  expect(client.peer.protocol).toBe('v2.json');
});

test('a decoy in a message to a wrong host never leaves: journaled, tainted, closed', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.send('fine');
  client.peer.send(JSON.stringify({ note: llmDecoy }));
  client.peer.send('after');
  expect((await client.closed).code).toBe(1008);
  expect(upstream.received).toEqual(['fine']);
  expect(messagesOf(box)).toMatchObject([{ verdict: 'deny', code: 'DECOY_MISPLACED' }]);
  expect(taintsOf(box)).toMatchObject([{ cause: 'decoy-misuse' }]);
});

test.each([
  [
    'in fragments',
    (peer: WebSocket) => {
      peer.send(decoy.slice(0, 9), { fin: false });
      peer.send(decoy.slice(9), { fin: true });
    },
  ],
  ['in base64', (peer: WebSocket) => peer.send(`x${Buffer.from(`ab${decoy}`).toString('base64')}`)],
  ['in a binary message', (peer: WebSocket) => peer.send(Buffer.from(`\x00${decoy}\xff`, 'latin1'))],
  ['in a ping', (peer: WebSocket) => peer.ping(decoy)],
  ['in a pong', (peer: WebSocket) => peer.pong(decoy)],
])('a decoy %s is found', async (_how, send) => {
  const { box, upstream } = await setUpSockets();
  const client = await openSocket(box, host, '/v1/x', authorized);
  send(client.peer);
  expect((await client.closed).code).toBe(1008);
  expect(upstream.received).toEqual([]);
  expect(taintsOf(box)).toHaveLength(1);
});

test('a decoy split over two messages does not get its second half out', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.send(decoy.slice(0, 12));
  client.peer.send(decoy.slice(12));
  expect((await client.closed).code).toBe(1008);
  expect(upstream.received).toEqual([decoy.slice(0, 12)]);
});

test('the reason of an agent’s close is not passed on, and a decoy in it is journaled', async () => {
  const reasons: string[] = [];
  const { box } = await setUpSockets((peer) =>
    peer.on('close', (_code, reason) => reasons.push(String(reason))),
  );
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.close(3000, decoy);
  await eventually(() => closedOf(box).length === 1 && reasons.length === 1);
  expect(reasons).toEqual(['']);
  expect(taintsOf(box)).toHaveLength(1);
  // S4: no cap of a rule counts it.
  (await openSocket(box, host, '/v1/x', authorized)).peer.close(3000, 'told on the way out');
  await eventually(() => reasons.length === 2);
  expect(reasons).toEqual(['', '']);
  expect(taintsOf(box)).toHaveLength(1);
});

test('a model’s host reads decoys in history literally', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await openSocket(box, llmHost, '/v1/realtime', { headers: { 'x-api-key': llmDecoy } });
  client.peer.send(`you said ${decoy}`);
  expect(await client.until('you said')).toBe(`you said ${decoy}`);
  expect(upstream.received).toEqual([`you said ${decoy}`]);
  expect(taintsOf(box)).toEqual([]);
});

// S6: in text, in MessagePack, in fragments, in base64, in a close.
test('secrets are masked in what the upstream says', async () => {
  const { box } = await setUpSockets((peer) => {
    peer.send(JSON.stringify({ key: secret }));
    peer.send(encode([{ T: 'success', msg: secret }]));
    peer.send(`frag ${secret.slice(0, 7)}`, { fin: false });
    peer.send(`${secret.slice(7)} end`);
    peer.send(`b64 ${Buffer.from(secret).toString('base64')}`);
    peer.send('last');
    peer.close(4000, secret);
  });
  const client = await openSocket(box, host, '/v1/x', authorized);
  const { code, reason } = await client.closed;
  expect(code).toBe(4000);
  const all = `${client.received.join('\n')}\n${reason}`;
  expect(client.received).toHaveLength(5);
  expect(all).not.toContain(secret);
  expect(all).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
  expect(client.received[1]).toContain('*'.repeat(secret.length));
  expect(client.received[2]).toBe(`frag ${'*'.repeat(secret.length)} end`);
  await eventually(() => closedOf(box).length === 1);
  expect(closedOf(box)[0]).toMatchObject({ code: 4000, by: 'upstream', scrubbed: 5 });
});

test('a message beyond the cap ends the connection with 1009', async () => {
  const { box, upstream } = await setUpSockets();
  box.sidecar.state.loadPolicy(
    { rules: [rule(host, box.tlsPort, { paths: ['/v1/**'], maxBodyBytes: 100 })] },
    attached,
  );
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.send('x'.repeat(60), { fin: false });
  client.peer.send('x'.repeat(60));
  expect((await client.closed).code).toBe(1009);
  expect(upstream.received).toEqual([]);
  expect(messagesOf(box)[0]).toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
});

test('messages count as requests: those of all sockets and requests of a rule together, pings not', async () => {
  const { box, upstream } = await setUpSockets();
  const rules = [rule(host, box.tlsPort, { paths: ['/v1/**'], requestsPerMinute: 4 })];
  box.sidecar.state.loadPolicy({ rules }, attached);
  const [first, second] = [
    await openSocket(box, host, '/v1/x', authorized),
    await openSocket(box, host, '/v1/x', authorized),
  ];
  for (let sent = 0; sent < 10; sent += 1) first.peer.ping();
  first.peer.send('three');
  await first.until('three');
  second.peer.send('four');
  await second.until('four');
  for (let sent = 0; sent < 500; sent += 1) first.peer.send('more');
  expect((await first.closed).code).toBe(1008);
  expect(upstream.received).toEqual(['three', 'four']);
  expect(messagesOf(box)).toMatchObject([{ verdict: 'deny', code: 'RATE_EXCEEDED', rule: 'test:1' }]);
  await expect(openSocket(box, host, '/v1/x', authorized)).rejects.toThrow('429');
});

test('a reload that lowers a cap holds for the sockets that are open', async () => {
  const { box, upstream } = await setUpSockets();
  const load = (maxBodyBytes: number) =>
    box.sidecar.state.loadPolicy(
      { rules: [rule(host, box.tlsPort, { paths: ['/v1/**'], maxBodyBytes })] },
      attached,
    );
  load(100);
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.send('x'.repeat(90));
  await client.until('xx');
  expect(load(4).closed).toBe(0);
  client.peer.send('fits');
  await client.until('fits');
  client.peer.send('y'.repeat(90));
  expect((await client.closed).code).toBe(1008);
  expect(upstream.received).toEqual(['x'.repeat(90), 'fits']);
  expect(messagesOf(box)).toMatchObject([{ verdict: 'deny', code: 'BODY_OVER_CAP', rule: 'test:1' }]);
});

test('pings and pongs are passed, not answered; what the agent puts into them stays here', async () => {
  const seen: string[] = [];
  const { box } = await setUpSockets((peer) => {
    peer.on('ping', (data) => seen.push(`ping ${data}`));
    peer.on('pong', (data) => seen.push(`pong ${data}`));
    peer.ping('from venue');
  });
  const client = await openSocket(box, host, '/v1/x', authorized);
  const pong = new Promise((resolve) => client.peer.once('pong', (data) => resolve(String(data))));
  client.peer.ping('from agent');
  expect(await pong).toBe('from agent');
  await eventually(() => seen.includes('pong from venue'));
  expect(seen).toContain('ping ');
  // A pong that answers nothing carries nothing either.
  client.peer.pong('told in a pong');
  client.peer.ping('told in a ping');
  await eventually(() => seen.filter((one) => one === 'ping ').length === 2);
  expect(seen.join()).not.toMatch(/agent|told/);
});

test('an upstream that breaks off is told as 1011, an agent that breaks off as 1001', async () => {
  const codes: number[] = [];
  const { box, upstream } = await setUpSockets((peer) => peer.on('close', (code) => codes.push(code)));
  const first = await openSocket(box, host, '/v1/x', authorized);
  upstream.peers[0]?.terminate();
  expect((await first.closed).code).toBe(1011);
  const second = await openSocket(box, host, '/v1/x', authorized);
  second.peer.terminate();
  await eventually(() => codes.includes(1001));
  await eventually(() => closedOf(box).length === 2);
  expect(closedOf(box)).toMatchObject([
    { code: 1006, by: 'upstream', error: 'UPSTREAM_RESET' },
    { code: 1006, by: 'agent', error: 'CLIENT_GONE' },
  ]);
});

test('a policy that no longer names the host closes its sockets', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.send('hello');
  await client.until('hello');
  box.sidecar.state.loadPolicy({ rules: [] }, attached);
  expect((await client.closed).code).toBe(1001);
  await eventually(() => upstream.peers[0]?.readyState === WebSocket.CLOSED);
  await eventually(() => closedOf(box).length === 1);
  expect(closedOf(box)[0]).toMatchObject({ by: 'sidecar', error: 'SOCKET_ENDED' });
});

test('rotation ends the sockets that the old value logged in, and no others; new ones carry the new value', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await openSocket(box, host, '/v1/x', authorized);
  const other = await openSocket(box, llmHost, '/v1/realtime', { headers: { 'x-api-key': llmDecoy } });
  const next = `next-${randomBytes(15).toString('hex')}`;
  box.sidecar.state.rotate([{ credential: 'api', secret: next }]);
  expect((await client.closed).code).toBe(1012);
  await eventually(() => upstream.peers[0]?.readyState === WebSocket.CLOSED);
  await eventually(() => closedOf(box).length === 1);
  expect(closedOf(box)[0]).toMatchObject({ by: 'sidecar', error: 'SECRET_ROTATED' });
  await openSocket(box, host, '/v1/x', authorized);
  expect(upstream.heads.at(-1)?.headers.authorization).toBe(`Bearer ${next}`);
  other.peer.send('still here');
  await other.until('still here');
});

test('rotation of an account ends the sockets of its venue', async () => {
  const { box } = await setUpSockets();
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  const field = Object.keys(okxReal)[0] ?? '';
  box.sidecar.state.rotate([{ credential: 'okx-demo', field, secret: makeDecoys(okx)[field] ?? '' }]);
  expect((await client.closed).code).toBe(1012);
});

test('an upgrade that was under way with the old value is not joined', async () => {
  const { control, options } = slowJournal();
  const { box, upstream } = await setUpSockets(undefined, options);
  control.holds = true;
  const opening = openSocket(box, host, '/v1/x', authorized);
  const refused = expect(opening).rejects.toThrow('503');
  await eventually(() => upstream.peers.length === 1);
  box.sidecar.state.rotate([{ credential: 'api', secret: `next-${randomBytes(15).toString('hex')}` }]);
  control.release();
  control.holds = false;
  await refused;
  await eventually(() => upstream.peers[0]?.readyState === WebSocket.CLOSED);
});

test('a silent connection is ended', async () => {
  const { box } = await setUpSockets(undefined, { socketLimits: { idleMs: 100 } });
  const client = await openSocket(box, host, '/v1/x', authorized);
  expect((await client.closed).code).toBe(1001);
  await eventually(() => closedOf(box).length === 1);
  expect(closedOf(box)[0]).toMatchObject({ by: 'sidecar', error: 'SOCKET_IDLE' });
});

/** What waits at a sender once nothing moves any more, in bytes. */
async function backlogOf(sender: WebSocket | undefined): Promise<number> {
  let [before, waiting] = [-1, 0];
  while (waiting !== before) {
    before = waiting;
    await new Promise((resolve) => setTimeout(resolve, 400));
    waiting = sender?.bufferedAmount ?? 0;
  }
  return waiting;
}

const piece = 'x'.repeat(65_536);
const pieces = Array.from({ length: 400 }, () => piece);
/** What the kernel's buffers and the high water do not hold stays with who sends: of 26 MB most. */
const mostHeld = 4 * 1_048_576;

test('an agent that does not read stops its upstream; nothing is lost when it reads again', async () => {
  const { box, upstream } = await setUpSockets((peer) => {
    for (const one of pieces) peer.send(one);
  });
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.pause();
  expect(await backlogOf(upstream.peers[0])).toBeGreaterThan(mostHeld);
  client.peer.resume();
  await eventually(() => client.received.length === pieces.length);
  expect(client.received.every((one) => one.length === piece.length)).toBe(true);
});

test('an upstream that does not read stops its agent; nothing is lost when it reads again', async () => {
  const { box, upstream } = await setUpSockets((peer) => peer.pause());
  const client = await openSocket(box, host, '/v1/x', authorized);
  for (const one of pieces) client.peer.send(one);
  expect(await backlogOf(client.peer)).toBeGreaterThan(mostHeld);
  upstream.peers[0]?.resume();
  await eventually(() => upstream.received.length === pieces.length);
  expect(upstream.received.every((one) => one.length === piece.length)).toBe(true);
});

test('a side that never reads is ended', async () => {
  const { box } = await setUpSockets(
    (peer) => {
      for (let index = 0; index < 400; index += 1) peer.send('x'.repeat(65_536));
    },
    { socketLimits: { stallMs: 100 } },
  );
  const client = await openSocket(box, host, '/v1/x', authorized);
  client.peer.pause();
  await eventually(() => closedOf(box).length === 1);
  expect(closedOf(box)[0]).toMatchObject({ error: 'SOCKET_STALLED' });
});

test('S10, S11: no 101 before the decision is on disk, none without a journal', async () => {
  const { control, options } = slowJournal();
  const { box, upstream } = await setUpSockets(undefined, options);
  control.holds = true;
  const opening = openSocket(box, host, '/v1/x', authorized);
  await eventually(() => upstream.peers.length === 1);
  let isOpen = false;
  opening.then(
    () => {
      isOpen = true;
    },
    () => {},
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(isOpen).toBe(false);
  control.release();
  await opening;
  control.holds = false;
  control.fails = true;
  await expect(openSocket(box, host, '/v1/x', authorized)).rejects.toThrow('503');
});
