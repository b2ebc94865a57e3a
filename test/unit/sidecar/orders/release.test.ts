// Acknowledgements as faulty venues send them, with a real client in the box: what the ledger says is what the exchange says.
import ccxt, { type Exchange } from 'ccxt';
import { afterEach, expect, test } from 'vitest';
import { Release, type ReleaseParts } from '../../../../src/sidecar/orders/release.js';
import { findVenue } from '../../../../src/venues/venues.js';
import { okxHost } from '../../../support/okx-client.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually, exchange } from '../../../support/sidecar-box.js';

let desk: OrderBox;
afterEach(() => desk?.stop());

const patient = { reflexes: { duplicateMs: 0, breakerAnswers: 1_000, maxUnknown: 1_000 } };
/** Where ccxt places each order. */
const placing = 'trade/batch-orders';
const orders = () => desk.box.sidecar.state.orders.list(20).orders;
const atExchange = () => [
  ...desk.atVenue('trade/orders-pending'),
  ...desk.atVenue('trade/orders-history?instType=SPOT'),
];

/** ccxt as it is installed, its requests through the sidecar. */
function connect(): Exchange {
  const { apiKey, secretKey, passphrase } = desk.decoys;
  const fetchImplementation = async (
    url: string,
    { method, headers, body = '' }: { method: string; headers: Record<string, string>; body?: string },
  ) => {
    const { pathname, search } = new URL(url);
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    const head = `${method} ${pathname}${search} HTTP/1.1\r\nHost: ${okxHost}\r\n${fields.join('')}${length}\r\n`;
    const text = await exchange(desk.box, okxHost, head + body);
    const end = text.indexOf('\r\n\r\n');
    return new Response(text.slice(end + 4), { status: Number(text.split(' ')[1]) });
  };
  return new ccxt.okx({
    apiKey,
    secret: secretKey,
    password: passphrase,
    enableRateLimit: false,
    fetchImplementation,
  });
}

/** Each order that left against the exchange's own account of it. */
function agrees(): boolean {
  const rows = atExchange();
  const left = desk.events().flatMap((event) => (event.type === 'order.releasing' ? [event] : []));
  return left.every(({ order, clientOrderIds: [id] }) => {
    const row = rows.find(({ clOrdId }) => clOrdId === id);
    const told = orders().find((each) => each.order === order)?.outcomes[0];
    return row !== undefined && row.ordId === told?.venueOrderId && row.accFillSz === told?.filled;
  });
}

test('ccxt: acknowledged twice, by another order’s acknowledgement, and again', async () => {
  desk = await startOrderBox(patient);
  const client = connect();
  await client.loadMarkets();
  desk.fail(placing, 'ack-twice', 2);
  const first = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.001, 50_000);
  await client.createOrder('BTC/USDT', 'limit', 'buy', 0.001, 50_001);
  desk.fail(placing, 'ack-of-another');
  const misled = await client.createOrder('ETH/USDT', 'limit', 'buy', 0.01, 1_000);
  await client.createOrder('ETH/USDT', 'limit', 'buy', 0.01, 1_001);
  // The client believes what the venue says; the ledger does not.
  expect(misled.id).not.toBe(first.id);
  expect(atExchange().filter(({ ordId }) => ordId === misled.id)[0]?.instId).toBe('BTC-USDT');
  expect(desk.events()).toContainEqual(
    expect.objectContaining({ type: 'order.answered', outcome: 'unknown', problem: 'ANSWER_OF_ANOTHER' }),
  );
  await eventually(agrees);
  expect(new Set(orders().map(({ outcomes }) => outcomes[0]?.venueOrderId)).size).toBe(4);
  expect(desk.taken.filter((each) => each === `POST ${placing}`)).toHaveLength(4);
});

test('ccxt: fills that are told out of order never go back', async () => {
  desk = await startOrderBox(patient);
  const client = connect();
  await client.loadMarkets();
  desk.fail('GET /api/v5/trade/order', 'half-filled');
  desk.fail('GET /api/v5/trade/order', 'unfilled');
  await client.createMarketBuyOrderWithCost('BTC/USDT', 500);
  await eventually(() => orders()[0]?.state === 'reconciled');
  expect(agrees()).toBe(true);
  const told = desk
    .events()
    .flatMap((event) => (event.type === 'order.reconciled' ? [Number(event.outcomes[0]?.filled)] : []));
  expect(told).toEqual([Number(told[1]) / 2, told[1]]);
});

test.each([
  ['a cancel', ['cancel'], 'acknowledged'],
  ['an order', ['place'], 'unknown'],
  ['a cancel and an order', ['cancel', 'place'], 'unknown'],
])('an answer of Bybit that names no order: to %s', (_, actions, outcome) => {
  const told: unknown[] = [];
  const progress = (event: { type: string }) => told.push(event);
  const ledger = { order: () => ({ intents: actions.map((action) => ({ action })) }) };
  const parts = {
    desk: { ledger, progress, releasing: () => 1 },
    order: 'o1',
    venue: findVenue('bybit'),
    clientOrderIds: [],
    placedAs: [],
    onEnded: () => undefined,
  } as unknown as ReleaseParts;
  const release = new Release(parts, 'POST');
  release.commit({ method: 'POST', path: '/', query: '', headers: [], body: Buffer.alloc(0) });
  release.sent();
  const body = '{"retCode":0,"result":[]}';
  release.heard(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
  release.ended(undefined);
  expect(told.at(-1)).toMatchObject({ type: 'order.answered', outcome });
});
