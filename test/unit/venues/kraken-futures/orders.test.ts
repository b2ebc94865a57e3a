// Kraken Futures orders in query, form and batch: meaning, and refusals.
import { expect, test } from 'vitest';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';
import { parseFuturesOrders } from '../../../../src/venues/kraken-futures/orders.js';
import { captureOne, ccxtWire } from '../../../support/ccxt-wire.js';
import { intentsOf } from '../../../support/parsed-intents.js';
import { makeDecoys, requestOf } from '../../../support/venue-requests.js';

const context = { account: 'main', environment: 'demo' } as const;
const api = 'https://demo-futures.kraken.com/derivatives/api/v3';
const form = [['Content-Type', 'application/x-www-form-urlencoded']] as const;
const inQuery = (call: string, fields: Record<string, string>) =>
  parseFuturesOrders(requestOf('POST', `${api}/${call}?${new URLSearchParams(fields)}`, form), context);
const inBody = (call: string, text: string) =>
  parseFuturesOrders(requestOf('POST', `${api}/${call}`, form, text), context);
const batchOf = (...batchOrder: object[]) => inBody('batchorder', `json=${JSON.stringify({ batchOrder })}`);

const base = { venue: 'kraken-futures', account: 'main', moneyMode: 'DEMO' };
const limit = { symbol: 'pf_xbtusd', side: 'buy', size: '3', orderType: 'lmt', limitPrice: '100.5' };

test('orders, in the query and in a form alike', () => {
  const expected = [
    {
      ...base,
      action: 'place',
      instrument: 'PF_XBTUSD',
      side: 'buy',
      type: 'limit',
      quantity: { value: '3', unit: 'contracts' },
      price: '100.5',
      reduceOnly: true,
      clientOrderId: 'c-1',
    },
  ];
  const fields = { ...limit, cliOrdId: 'c-1', reduceOnly: 'true' };
  expect(intentsOf(inQuery('sendorder', fields))).toEqual(expected);
  expect(intentsOf(inBody('sendorder', new URLSearchParams(fields).toString()))).toEqual(expected);
});

test('every supported type takes its prices', () => {
  const order = { symbol: 'PI_XBTUSD', side: 'sell', size: '1' };
  for (const [fields, expected] of [
    [{ orderType: 'mkt' }, { type: 'market' }],
    [
      { orderType: 'post', limitPrice: '5' },
      { type: 'limit', timeInForce: 'post-only', price: '5' },
    ],
    [
      { orderType: 'ioc', limitPrice: '5' },
      { type: 'limit', timeInForce: 'ioc', price: '5' },
    ],
    [
      { orderType: 'fok', limitPrice: '5' },
      { type: 'limit', timeInForce: 'fok', price: '5' },
    ],
    [
      { orderType: 'stp', stopPrice: '4', triggerSignal: 'mark' },
      { type: 'stop', trigger: '4' },
    ],
    [
      { orderType: 'stp', stopPrice: '4', limitPrice: '5' },
      { type: 'stop-limit', trigger: '4', price: '5' },
    ],
    [
      { orderType: 'take_profit', stopPrice: '4', limitPrice: '5' },
      { type: 'take-profit-limit', trigger: '4', price: '5' },
    ],
  ] as const) {
    expect(intentsOf(inQuery('sendorder', { ...order, ...fields })), JSON.stringify(fields)).toEqual([
      {
        ...base,
        action: 'place',
        instrument: 'PI_XBTUSD',
        side: 'sell',
        quantity: { value: '1', unit: 'contracts' },
        ...expected,
      },
    ]);
  }
});

test('a batch is its sends, edits and cancels, escaped or not', () => {
  const entries = [
    { order: 'send', order_tag: '1', ...limit, size: 3, limitPrice: 100.5, reduceOnly: false },
    { order: 'edit', order_id: 'o-1', size: 2 },
    { order: 'cancel', cliOrdId: 'c-1' },
  ];
  const expected = [
    {
      action: 'place',
      instrument: 'PF_XBTUSD',
      quantity: { value: '3', unit: 'contracts' },
      price: '100.5',
      reduceOnly: false,
    },
    { action: 'amend', venueOrderId: 'o-1', quantity: { value: '2', unit: 'contracts' } },
    { action: 'cancel', clientOrderId: 'c-1' },
  ];
  expect(intentsOf(batchOf(...entries))).toMatchObject(expected);
  const escaped = `json=${encodeURIComponent(JSON.stringify({ batchOrder: entries }))}`;
  expect(intentsOf(inBody('batchorder', escaped))).toMatchObject(expected);
});

test('edits, cancels, and the dead-man switch', () => {
  expect(
    intentsOf(inQuery('editorder', { orderId: 'o-1', limitPrice: '5', stopPrice: '4', size: '1' })),
  ).toMatchObject([{ action: 'amend', venueOrderId: 'o-1', price: '5', trigger: '4', isOpenQuantity: true }]);
  expect(intentsOf(inQuery('editorder', { orderId: 'o-1', limitPrice: '5' }))).not.toMatchObject([
    { isOpenQuantity: true },
  ]);
  expect(intentsOf(inQuery('cancelorder', { order_id: 'o-1' }))).toMatchObject([
    { action: 'cancel', venueOrderId: 'o-1' },
  ]);
  expect(intentsOf(inQuery('cancelallorders', { symbol: 'PF_XBTUSD' }))).toMatchObject([
    { instrument: 'PF_XBTUSD' },
  ]);
  expect(intentsOf(inQuery('cancelallorders', {}))).toMatchObject([{ action: 'cancel', instrument: '' }]);
  expect(intentsOf(inQuery('cancelallordersafter', { timeout: '60' }))).toMatchObject([{ action: 'cancel' }]);
  for (const timeout of ['0', '999999'])
    expect(inQuery('cancelallordersafter', { timeout })).toMatchObject({ code: 'DEAD_MAN_DISARM' });
});

test('what is not understood is refused with its code', () => {
  for (const [code, fields] of [
    ['FIELD_UNKNOWN', { ...limit, limitPriceOffsetValue: '1' }],
    ['FIELD_UNKNOWN', { ...limit, broker: 'x' }],
    ['FIELD_UNKNOWN', { ...limit, qtyMode: 'RELATIVE' }],
    ['FIELD_CONFLICT', { ...limit, orderType: 'mkt' }],
    ['FIELD_CONFLICT', { ...limit, stopPrice: '5' }],
    ['FIELD_CONFLICT', { ...limit, orderType: 'stp' }],
    ['FIELD_CONFLICT', { symbol: 'PF_XBTUSD', side: 'buy', size: '3', orderType: 'lmt' }],
    ['FIELD_INVALID', { ...limit, side: 'Buy' }],
    ['FIELD_INVALID', { ...limit, symbol: 'XBTUSD' }],
    ['ORDER_TYPE_UNSUPPORTED', { ...limit, orderType: 'trailing_stop' }],
    ['ORDER_TYPE_UNSUPPORTED', { ...limit, orderType: 'constructor' }],
    ['NUMBER_INVALID', { ...limit, size: '0' }],
    ['NUMBER_INVALID', { ...limit, size: '1e2' }],
  ] as const) {
    expect(inQuery('sendorder', fields), JSON.stringify(fields)).toMatchObject({ ok: false, code });
  }
  expect(inQuery('editorder', { orderId: 'o', cliOrdId: 'c', size: '1' })).toMatchObject({
    code: 'FIELD_CONFLICT',
  });
  expect(inQuery('editorder', { orderId: 'o', qtyMode: 'RELATIVE' })).toMatchObject({
    code: 'FIELD_UNKNOWN',
  });
  expect(inQuery('withdrawal', {})).toMatchObject({ code: 'NOT_AN_ORDER' });
});

test('one bad entry, or one bad byte, denies a batch', () => {
  const good = { order: 'cancel', order_id: 'o-1' };
  for (const bad of [
    { order: 'transfer' },
    { order: 'send', ...limit, size: '-1' },
    { ...good, extra: 1 },
    {},
  ]) {
    expect(batchOf(good, bad), JSON.stringify(bad)).toMatchObject({ ok: false });
  }
  for (const text of [
    'json={"batchOrder":[]}',
    'json={"batchOrder":[{"order":"cancel","order_id":"o-1"}]}&json={}',
    'json={"batchOrder":[{"order":"cancel","order_id":"o%2D1"}]}',
    'json=[]',
    'json={"batchOrder":[{"order":"cancel","order_id":"o-1"}],"batchOrder":[]}',
    'size=1+1',
  ]) {
    expect(inBody('batchorder', text), text).toMatchObject({ ok: false });
  }
});

test('an unescaped batch holds no byte that a form would decode', () => {
  for (const letter of ['%', '&', '+']) {
    const text = `json={"batchOrder":[{"order":"cancel","order_id":"o-1","order_tag":"a${letter}"}]}`;
    expect(inBody('batchorder', text), letter).toMatchObject({ code: 'BODY_UNREADABLE' });
  }
});

test('what ccxt sends for its unified orders is understood', async () => {
  const decoy = makeDecoys(krakenFutures);
  const wire = ccxtWire('krakenfutures', { apiKey: decoy.apiKey, secret: decoy.secret });
  wire.exchange.setMarkets([
    {
      id: 'PF_XBTUSD',
      symbol: 'BTC/USD:USD',
      base: 'BTC',
      quote: 'USD',
      settle: 'USD',
      type: 'swap',
      swap: true,
      contract: true,
      precision: { amount: 1e-4, price: 0.5 },
      limits: {},
      info: {},
    },
  ] as never);
  const parsed = async (call: Parameters<typeof captureOne>[1]) =>
    intentsOf(parseFuturesOrders(await captureOne(wire, call), context));
  const symbol = 'BTC/USD:USD';
  expect(await parsed((exchange) => exchange.createOrder(symbol, 'limit', 'buy', 1, 100))).toMatchObject([
    { type: 'limit', price: '100' },
  ]);
  expect(await parsed((exchange) => exchange.createOrder(symbol, 'market', 'sell', 1))).toMatchObject([
    { type: 'market' },
  ]);
  expect(
    await parsed((exchange) => exchange.createOrder(symbol, 'limit', 'sell', 1, 90, { stopLossPrice: 95 })),
  ).toMatchObject([{ type: 'stop-limit', trigger: '95', reduceOnly: true }]);
  expect(
    await parsed((exchange) =>
      exchange.createOrders([{ symbol, type: 'limit', side: 'buy', amount: 1, price: 5 }] as never),
    ),
  ).toMatchObject([{ action: 'place', price: '5' }]);
  expect(await parsed((exchange) => exchange.editOrder('o', symbol, 'limit', 'buy', 2, 3))).toMatchObject([
    { action: 'amend' },
  ]);
  expect(await parsed((exchange) => exchange.cancelOrder('o'))).toMatchObject([
    { action: 'cancel', venueOrderId: 'o' },
  ]);
  expect(await parsed((exchange) => exchange.cancelOrders(['a', 'b']))).toHaveLength(2);
});
