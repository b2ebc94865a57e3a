// Coinbase Exchange orders and cancels: meaning, and refusals.
import { expect, test } from 'vitest';
import { coinbaseExchange } from '../../../../src/venues/coinbase-exchange/coinbase-exchange.js';
import { parseExchangeOrders } from '../../../../src/venues/coinbase-exchange/orders.js';
import { captureOne, ccxtWire } from '../../../support/ccxt-wire.js';
import { intentsOf } from '../../../support/parsed-intents.js';
import { makeDecoys, requestOf } from '../../../support/venue-requests.js';

const context = { account: 'main', environment: 'demo' } as const;
const origin = 'https://api-public.sandbox.exchange.coinbase.com';
const json = [['Content-Type', 'application/json']] as const;
const place = (body: object) =>
  parseExchangeOrders(requestOf('POST', `${origin}/orders`, json, JSON.stringify(body)), context);
const remove = (target: string, body = '') =>
  parseExchangeOrders(requestOf('DELETE', `${origin}${target}`, json, body), context);

const base = { venue: 'coinbase-exchange', account: 'main', moneyMode: 'DEMO' };
const limit = { product_id: 'BTC-USD', side: 'buy', type: 'limit', price: '30000.5', size: '0.25' };

test('orders', () => {
  const order = { ...base, action: 'place', instrument: 'BTC-USD', side: 'buy' };
  const quantity = { value: '0.25', unit: 'base' };
  for (const [body, expected] of [
    [limit, { type: 'limit', price: '30000.5', quantity }],
    [
      { ...limit, time_in_force: 'IOC', client_oid: 'c-1' },
      { type: 'limit', price: '30000.5', quantity, timeInForce: 'ioc', clientOrderId: 'c-1' },
    ],
    [
      { ...limit, time_in_force: 'GTT', cancel_after: 'day' },
      { type: 'limit', price: '30000.5', quantity, timeInForce: 'gtd' },
    ],
    [
      { ...limit, post_only: true, stp: 'dc' },
      { type: 'limit', price: '30000.5', quantity, timeInForce: 'post-only' },
    ],
    [
      { ...limit, stop: 'entry', stop_price: '30001' },
      { type: 'stop-limit', price: '30000.5', trigger: '30001', quantity },
    ],
    [
      { ...limit, stop: 'loss', stop_price: '30001' },
      { type: 'take-profit-limit', price: '30000.5', trigger: '30001', quantity },
    ],
    [
      { ...limit, type: 'market', price: undefined },
      { type: 'market', quantity },
    ],
    [
      { ...limit, type: 'market', price: undefined, size: undefined, funds: '50' },
      { type: 'market', quantity: { value: '50', unit: 'quote' } },
    ],
  ] as const) {
    expect(intentsOf(place(body)), JSON.stringify(body)).toEqual([{ ...order, ...expected }]);
  }
});

test('cancels name an order, a client’s order, or all', () => {
  const order = { ...base, action: 'cancel' };
  expect(intentsOf(remove('/orders/o-1'))).toEqual([{ ...order, instrument: '', venueOrderId: 'o-1' }]);
  expect(intentsOf(remove('/orders/client:c-1?product_id=BTC-USD'))).toEqual([
    { ...order, instrument: 'BTC-USD', clientOrderId: 'c-1' },
  ]);
  expect(intentsOf(remove('/orders', '{"product_id":"BTC/USD"}'))).toEqual([
    { ...order, instrument: 'BTC-USD' },
  ]);
  expect(intentsOf(remove('/orders'))).toEqual([{ ...order, instrument: '' }]);
  // coinbase-api's own way, and the ids that it makes.
  expect(intentsOf(remove('/orders/client:cbnode_x-1?body=%5Bobject%20Object%5D'))).toEqual([
    { ...order, instrument: '', clientOrderId: 'cbnode_x-1' },
  ]);
  expect(remove('/orders/o-1?body=x')).toMatchObject({ code: 'FIELD_INVALID' });
  expect(remove('/orders?product_id=BTC-USD', '{"product_id":"ETH-USD"}')).toMatchObject({
    code: 'BODY_UNREADABLE',
  });
  expect(remove('/orders?profile_id=x')).toMatchObject({ code: 'FIELD_UNKNOWN' });
});

test('what is not understood is refused with its code', () => {
  for (const [code, body] of [
    ['FIELD_UNKNOWN', { ...limit, profile_id: 'another-account' }],
    ['FIELD_UNKNOWN', { ...limit, stop_limit_price: '1' }],
    ['FIELD_CONFLICT', { ...limit, type: 'market' }],
    ['FIELD_CONFLICT', { ...limit, funds: '5' }],
    ['FIELD_CONFLICT', { ...limit, stop_price: '5' }],
    ['FIELD_CONFLICT', { ...limit, stop: 'loss' }],
    ['FIELD_CONFLICT', { ...limit, cancel_after: 'day' }],
    ['FIELD_CONFLICT', { ...limit, time_in_force: 'GTT' }],
    ['FIELD_CONFLICT', { ...limit, time_in_force: 'FOK', post_only: true }],
    ['FIELD_CONFLICT', { ...limit, price: undefined }],
    ['FIELD_MISSING', { ...limit, size: undefined, price: '1' }],
    ['FIELD_MISSING', { ...limit, type: undefined }],
    ['FIELD_INVALID', { ...limit, side: 'BUY' }],
    ['FIELD_INVALID', { ...limit, product_id: 'btc-usd' }],
    ['ORDER_TYPE_UNSUPPORTED', { ...limit, type: 'stop' }],
    ['NUMBER_INVALID', { ...limit, size: '1e5' }],
  ] as const) {
    expect(place(body), JSON.stringify(body)).toMatchObject({ ok: false, code });
  }
  expect(
    parseExchangeOrders(requestOf('POST', `${origin}/orders?size=9`, json, JSON.stringify(limit)), context),
  ).toMatchObject({
    code: 'BODY_UNREADABLE',
  });
});

test('what ccxt sends for its unified orders is understood', async () => {
  const decoy = makeDecoys(coinbaseExchange);
  const wire = ccxtWire('coinbaseexchange', {
    apiKey: decoy.apiKey,
    secret: decoy.secret,
    password: decoy.passphrase,
  });
  wire.exchange.setMarkets([
    {
      id: 'BTC-USD',
      symbol: 'BTC/USD',
      base: 'BTC',
      quote: 'USD',
      type: 'spot',
      spot: true,
      precision: { amount: 1e-8, price: 0.01 },
      limits: {},
      info: {},
    },
  ] as never);
  const parsed = async (call: Parameters<typeof captureOne>[1]) =>
    intentsOf(parseExchangeOrders(await captureOne(wire, call), context));
  expect(await parsed((exchange) => exchange.createOrder('BTC/USD', 'limit', 'buy', 1, 2))).toMatchObject([
    { type: 'limit' },
  ]);
  expect(await parsed((exchange) => exchange.createOrder('BTC/USD', 'market', 'sell', 1))).toMatchObject([
    { type: 'market' },
  ]);
  expect(
    await parsed((exchange) =>
      exchange.createOrder('BTC/USD', 'limit', 'sell', 1, 2, { stop: 'loss', stopPrice: 3 }),
    ),
  ).toMatchObject([{ type: 'stop-limit', trigger: '3' }]);
  expect(await parsed((exchange) => exchange.cancelOrder('o', 'BTC/USD'))).toMatchObject([
    { action: 'cancel', venueOrderId: 'o' },
  ]);
  expect(await parsed((exchange) => exchange.cancelAllOrders())).toMatchObject([
    { action: 'cancel', instrument: '' },
  ]);
});

test('closing the margin position sells or buys all of it at market; paying back what was borrowed is no order', () => {
  const close = (body: object, query = '') =>
    parseExchangeOrders(
      requestOf('POST', `${origin}/position/close${query}`, json, JSON.stringify(body)),
      context,
    );
  for (const body of [{}, { repay_only: false }]) {
    const parsed = close(body);
    if (!parsed.ok) throw new Error(parsed.code);
    expect(parsed.intents).toMatchObject([
      { action: 'place', instrument: '', type: 'market', quantity: { unit: 'close-all' }, reduceOnly: true },
    ]);
  }
  expect(close({ repay_only: true })).toMatchObject({ ok: false, code: 'FIELD_INVALID' });
  expect(close({ product_id: 'BTC-USD' })).toMatchObject({ ok: false, code: 'FIELD_UNKNOWN' });
  expect(close({}, '?a=1')).toMatchObject({ ok: false, code: 'BODY_UNREADABLE' });
});
