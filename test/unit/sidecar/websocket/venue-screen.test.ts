// OKX's sockets through the box: logins re-signed, subscriptions by table, orders by mode, refusals in OKX's words.
import { createHmac } from 'node:crypto';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { OrderEvent } from '../../../../src/audit/order-events.js';
import { readJournal } from '../../../../src/audit/verify.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { decoy, taintsOf } from '../../../support/relay-box.js';
import { eventually, type TestBox } from '../../../support/sidecar-box.js';
import {
  closedOf,
  closeSockets,
  demoSocket,
  messagesOf,
  okxDecoys,
  okxReal,
  openSocket,
  setUpSockets,
} from '../../../support/socket-box.js';
import { makeDecoys } from '../../../support/venue-requests.js';

afterEach(closeSockets);

const sign = (secret = '', time: string) =>
  createHmac('sha256', secret).update(`${time}GET/users/self/verify`).digest('base64');

function login(keys: Readonly<Record<string, string>> = okxDecoys, more: object = {}): string {
  const timestamp = '1700000000';
  const { apiKey, passphrase, secretKey } = keys;
  const account = { apiKey, passphrase, timestamp, sign: sign(secretKey, timestamp), ...more };
  return JSON.stringify({ op: 'login', args: [account] });
}

const order = (more: object = {}) =>
  JSON.stringify({
    id: 'a1',
    op: 'order',
    args: [
      { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '1', px: '100', ...more },
    ],
  });

test('a login with the decoy goes out with the real key and a fresh time', async () => {
  const { box, upstream } = await setUpSockets(() => {});
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(login());
  await eventually(() => upstream.received.length === 1);
  const { op, args } = JSON.parse(upstream.received[0] ?? '');
  expect(op).toBe('login');
  expect(args[0]).toMatchObject({ apiKey: okxReal.apiKey, passphrase: okxReal.passphrase });
  expect(args[0].sign).toBe(sign(okxReal.secretKey, args[0].timestamp));
  expect(Math.abs(Number(args[0].timestamp) - Date.now() / 1000)).toBeLessThan(5);
  expect(messagesOf(box)).toMatchObject([{ verdict: 'allow', operation: 'login' }]);
  expect(box.journalText()).not.toContain(okxReal.apiKey);
});

test.each([
  ['another key', () => login({ ...okxDecoys, apiKey: okxReal.apiKey ?? '' })],
  ['another passphrase', () => login({ ...okxDecoys, passphrase: 'Wrong-1-passphrase' })],
  ['a signature of another secret', () => login({ ...okxDecoys, secretKey: 'F'.repeat(32) })],
])('C2: a login with %s is refused and taints', async (_what, make) => {
  const { box, upstream } = await setUpSockets(() => {});
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(make());
  expect(JSON.parse(await client.until('error'))).toMatchObject({ event: 'error', code: '50120' });
  expect(upstream.received).toEqual([]);
  expect(messagesOf(box)[0]).toMatchObject({ code: 'SIGNATURE_FORGED' });
  expect(taintsOf(box)).toMatchObject([{ cause: 'forged-signature' }]);
});

test('subscriptions and pings pass; what no table names does not', async () => {
  const { box, upstream } = await setUpSockets((peer) =>
    peer.on('message', (data) => {
      if (String(data) === 'ping') peer.send('pong');
    }),
  );
  const client = await openSocket(box, demoSocket, '/ws/v5/public');
  client.peer.send('ping');
  await client.until('pong');
  const subscribe = { op: 'subscribe', args: [{ channel: 'tickers', instId: 'BTC-USDT' }] };
  client.peer.send(JSON.stringify(subscribe));
  await eventually(() => upstream.received.length === 2);
  expect(JSON.parse(upstream.received[1] ?? '')).toEqual(subscribe);
  for (const message of [
    '{"op":"withdraw","args":[{}]}',
    '{"op":"subscribe","args":[{"channel":"withdrawal-info"}]}',
    '{"op":"subscribe","op":"login","args":[]}',
    '{"op":"subscribe","args":[{"channel":"account"}]}',
    login(),
    order(),
    'hello',
    '[]',
  ])
    client.peer.send(message);
  await eventually(() => messagesOf(box).length === 8);
  expect(messagesOf(box).every((event) => event.code === 'OPERATION_UNKNOWN')).toBe(true);
  expect(upstream.received).toHaveLength(2);
  await eventually(() => client.received.filter((one) => one.includes('50120')).length === 8);
});

test('a decoy within a subscription is misplaced', async () => {
  const { box, upstream } = await setUpSockets();
  const client = await openSocket(box, demoSocket, '/ws/v5/public');
  client.peer.send(JSON.stringify({ op: 'subscribe', args: [{ channel: 'tickers', instId: decoy }] }));
  await client.until('50120');
  expect(upstream.received).toEqual([]);
  expect(taintsOf(box)).toMatchObject([{ cause: 'decoy-misuse' }]);
});

test('orders are refused in readonly, with their id, and the connection stays', async () => {
  const { box, upstream } = await setUpSockets(() => {});
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(login());
  client.peer.send(order());
  expect(JSON.parse(await client.until('"a1"'))).toMatchObject({
    id: 'a1',
    op: 'order',
    code: '50120',
    data: [],
  });
  client.peer.send(
    JSON.stringify({ id: 'b2', op: 'mass-cancel', args: [{ instType: 'OPTION', instFamily: 'BTC-USD' }] }),
  );
  await client.until('"b2"');
  expect(upstream.received).toHaveLength(1);
  expect(messagesOf(box).slice(1)).toMatchObject([
    { code: 'OPERATION_ORDER', class: 'order', operation: 'order' },
    { code: 'OPERATION_CANCEL', class: 'cancel', operation: 'mass-cancel' },
  ]);
});

/** What the account's own journal holds. */
const accountEvents = (box: TestBox) =>
  [...readJournal(path.join(box.settings.accountsDir ?? '', 'okx-demo'))].map(
    ({ event }) => event as OrderEvent,
  );

test('in demo an order passes once logged in, released and answered like one over REST', async () => {
  const { box, upstream } = await setUpSockets(
    (peer) =>
      peer.on('message', (data) => {
        const { id, op, args } = JSON.parse(String(data));
        if (op !== 'order') return;
        const row = { ordId: '77', clOrdId: args[0].clOrdId, sCode: '0', sMsg: '' };
        peer.send(JSON.stringify({ id: 'other', op, code: '1', data: [] }));
        peer.send(JSON.stringify({ id, op, code: '0', msg: '', data: [row] }));
      }),
    {},
    { mode: 'demo' },
  );
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(order());
  await client.until('"a1"');
  expect(messagesOf(box)[0]).toMatchObject({ verdict: 'deny', code: 'CREDENTIAL_MISSING' });
  client.peer.send(login());
  client.peer.send(order().replace('a1', 'a2'));
  client.peer.send(order({ quickMgnType: 'auto_borrow' }).replace('a1', 'a3'));
  client.peer.send('{"id":"a4","op":"batch-orders","args":[]}');
  expect(JSON.parse(await client.until('"a2"'))).toMatchObject({ code: '0', data: [{ ordId: '77' }] });
  await client.until('"a4"');
  expect(upstream.received).toHaveLength(2);
  expect(JSON.parse(upstream.received[1] ?? '')).toMatchObject({
    id: 'a2',
    op: 'order',
    args: [{ instId: 'BTC-USDT', sz: '1', clOrdId: expect.stringMatching(/^tbx/) }],
  });
  const allowed = messagesOf(box).filter(({ verdict }) => verdict === 'allow');
  expect(allowed).toMatchObject([{ operation: 'login' }, { class: 'order', operation: 'order' }]);
  expect(messagesOf(box).filter(({ verdict }) => verdict === 'deny')).toHaveLength(3);
  await eventually(() => accountEvents(box).some(({ type }) => type === 'order.answered'));
  expect(accountEvents(box).find(({ type }) => type === 'order.answered')).toMatchObject({
    outcome: 'acknowledged',
    outcomes: [{ state: 'accepted', venueOrderId: '77' }],
  });
});

test('an order by number alone, as ccxt writes it, waits for the instrument list and goes by its name', async () => {
  const asked: string[] = [];
  const { box, upstream } = await setUpSockets(
    () => {},
    {},
    { mode: 'demo' },
    {
      answer: (url) => {
        asked.push(url);
        return JSON.stringify({ code: '0', msg: '', data: [{ instId: 'BTC-USDT', instIdCode: 10459 }] });
      },
    },
  );
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(login());
  client.peer.send(order({ instId: undefined, instIdCode: 10459 }));
  client.peer.send(order({ instId: undefined, instIdCode: 10460 }).replace('a1', 'a2'));
  await client.until('"a2"');
  await eventually(() => upstream.received.length === 2);
  expect(JSON.parse(upstream.received[1] ?? '')).toMatchObject({ id: 'a1', args: [{ instIdCode: 10459 }] });
  expect(messagesOf(box).find(({ verdict }) => verdict === 'deny')).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
  expect(accountEvents(box).find(({ type }) => type === 'order.proposed')).toMatchObject({
    intents: [{ instrument: 'BTC-USDT' }],
  });
  expect(asked).toEqual(
    ['SPOT', 'SWAP', 'FUTURES', 'SPOT&instId=BTC-USDT'].map(
      (kind) => `/api/v5/public/instruments?instType=${kind}`,
    ),
  );
});

test('S8: an order whose connection ends before its answer has an unknown outcome', async () => {
  const { box, upstream } = await setUpSockets(
    (peer) =>
      peer.on('message', (data) => {
        if (String(data).includes('"order"')) peer.terminate();
      }),
    {},
    { mode: 'demo' },
  );
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(login());
  client.peer.send(order());
  expect((await client.closed).code).toBe(1011);
  await eventually(() => accountEvents(box).some(({ type }) => type === 'order.answered'));
  expect(upstream.received).toHaveLength(2);
  expect(accountEvents(box).find(({ type }) => type === 'order.answered')).toMatchObject({
    outcome: 'unknown',
  });
});

test('orders after logins of two accounts are refused: the venue may take them as either', async () => {
  const [real, decoys] = [makeDecoys(okx), makeDecoys(okx)];
  const account = { kind: 'venue', venue: 'okx', environment: 'demo' } as const;
  const credentials = [
    { ...account, id: 'okx-demo', secrets: okxReal, decoys: okxDecoys },
    { ...account, id: 'okx-other', secrets: real, decoys },
  ];
  const { box, upstream } = await setUpSockets(() => {}, {}, { mode: 'demo', credentials });
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(login());
  client.peer.send(login());
  client.peer.send(order());
  await eventually(() => upstream.received.length === 3);
  client.peer.send(login(decoys));
  client.peer.send(order().replace('a1', 'a2'));
  client.peer.send(login());
  client.peer.send(order({ sz: '2' }).replace('a1', 'a3'));
  await client.until('"a2"');
  await client.until('"a3"');
  expect(messagesOf(box).filter(({ verdict }) => verdict === 'deny')).toMatchObject([
    { code: 'LOGIN_AMBIGUOUS' },
    { code: 'LOGIN_AMBIGUOUS' },
  ]);
  expect(upstream.received.filter((one) => one.includes('"order"'))).toHaveLength(1);
});

test('a tainted box sends no order over a socket either', async () => {
  const { box, upstream } = await setUpSockets(() => {}, {}, { mode: 'demo' });
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(login());
  client.peer.send(login({ ...okxDecoys, secretKey: 'F'.repeat(32) }));
  client.peer.send(order());
  await client.until('"a1"');
  expect(messagesOf(box).at(-1)).toMatchObject({ code: 'BOX_TAINTED' });
  expect(upstream.received).toHaveLength(1);
});

test('binary messages are refused; a flood of refusals ends the connection', async () => {
  const { box, upstream } = await setUpSockets(() => {}, { socketLimits: { maxRefused: 5 } });
  const client = await openSocket(box, demoSocket, '/ws/v5/public');
  for (let index = 0; index < 20; index += 1) client.peer.send(Buffer.from('{"op":"subscribe"}'));
  expect((await client.closed).code).toBe(1008);
  expect(upstream.received).toEqual([]);
  await eventually(() => closedOf(box).length === 1);
  expect(messagesOf(box)).toHaveLength(5);
  expect(messagesOf(box)[0]).toMatchObject({ code: 'BINARY_MESSAGE' });
});

test('an order answered with a rate limit: the next one waits, a cancel does not', async () => {
  const { box, upstream } = await setUpSockets(
    (peer) =>
      peer.on('message', (data) => {
        const { id, op } = JSON.parse(String(data));
        const msg = 'Order rate limit reached';
        if (op === 'order') peer.send(JSON.stringify({ id, op, code: '50061', msg, data: [] }));
      }),
    { clock: fixedClock(Date.now()) },
    { mode: 'demo' },
  );
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(login());
  client.peer.send(order());
  await client.until('50061');
  client.peer.send(order().replace('a1', 'a2'));
  expect(await client.until('"a2"')).toContain('try again in 2 s');
  client.peer.send('{"id":"a3","op":"cancel-order","args":[{"instId":"BTC-USDT","ordId":"1"}]}');
  await eventually(() => upstream.received.length === 3);
  expect(upstream.received[2]).toContain('cancel-order');
  expect(messagesOf(box).find(({ verdict }) => verdict === 'deny')).toMatchObject({ code: 'VENUE_LIMITED' });
  expect(box.events().filter(({ type }) => type === 'venue.limited')).toMatchObject([
    { venue: 'okx', code: '50061', status: 200, waitMs: 2_000 },
  ]);
});

test('an acknowledgement that a socket sends twice is taken for no other order’s, though both go by one id', async () => {
  const { box, upstream } = await setUpSockets(
    (peer) =>
      peer.on('message', (data) => {
        const { id, op, args } = JSON.parse(String(data));
        if (op !== 'order') return;
        const row = { ordId: args[0].px, clOrdId: args[0].clOrdId, sCode: '0', sMsg: '' };
        const told = JSON.stringify({ id, op, code: '0', msg: '', data: [row] });
        // Of the first order twice, of the second not at all.
        if (args[0].px === '100') peer.send(told);
        else peer.send(first);
        first = told;
      }),
    {},
    { mode: 'demo' },
  );
  let first = '';
  const client = await openSocket(box, demoSocket, '/ws/v5/private');
  client.peer.send(login());
  client.peer.send(order());
  await client.until('"100"');
  client.peer.send(order({ px: '101' }));
  await eventually(() => accountEvents(box).filter(({ type }) => type === 'order.answered').length === 2);
  expect(upstream.received).toHaveLength(3);
  expect(accountEvents(box).filter(({ type }) => type === 'order.answered')).toMatchObject([
    { outcome: 'acknowledged', outcomes: [{ venueOrderId: '100' }] },
    { outcome: 'unknown', problem: 'ANSWER_OF_ANOTHER', outcomes: [] },
  ]);
});
