// Kraken's order bodies: what each means, and what is refused rather than guessed.
import { expect, test } from 'vitest';
import type { OrderIntent } from '../../../../src/core/order.js';
import { parseKrakenOrders } from '../../../../src/venues/kraken/orders.js';
import { captureOne, ccxtWire } from '../../../support/ccxt-wire.js';
import { intentsOf } from '../../../support/parsed-intents.js';
import { requestOf } from '../../../support/venue-requests.js';

const context = { account: 'main', environment: 'live' } as const;
const formType = [['content-type', 'application/x-www-form-urlencoded']] as const;
const jsonType = [['content-type', 'application/json']] as const;

const parseForm = (call: string, fields: Record<string, string>) =>
  parseKrakenOrders(
    requestOf(
      'POST',
      `https://api.kraken.com/0/private/${call}`,
      formType,
      new URLSearchParams({ nonce: '1', ...fields }).toString(),
    ),
    context,
  );
const parseJson = (call: string, body: object) =>
  parseKrakenOrders(
    requestOf(
      'POST',
      `https://api.kraken.com/0/private/${call}`,
      jsonType,
      JSON.stringify({ nonce: 1, ...body }),
    ),
    context,
  );

/** Intents with decimals as text. */
const limit = { pair: 'XBTUSD', type: 'buy', ordertype: 'limit', volume: '1.25', price: '37500' };
const base = { venue: 'kraken', account: 'main', moneyMode: 'LIVE' };

test('a limit order', () => {
  expect(
    intentsOf(
      parseForm('AddOrder', {
        ...limit,
        cl_ord_id: 'my-1',
        userref: '7',
        timeinforce: 'IOC',
        leverage: '5:1',
      }),
    ),
  ).toEqual([
    {
      ...base,
      action: 'place',
      instrument: 'BTC/USD',
      side: 'buy',
      type: 'limit',
      timeInForce: 'ioc',
      quantity: { value: '1.25', unit: 'base' },
      price: '37500',
      leverage: '5',
      clientOrderId: 'my-1',
    },
  ]);
});

test('every supported type takes its prices where Kraken reads them', () => {
  for (const [ordertype, type, fields, prices] of [
    ['market', 'market', {}, {}],
    ['stop-loss', 'stop', { price: '30000' }, { trigger: '30000' }],
    [
      'stop-loss-limit',
      'stop-limit',
      { price: '30000', price2: '29900' },
      { trigger: '30000', price: '29900' },
    ],
    ['take-profit', 'take-profit', { price: '50000' }, { trigger: '50000' }],
    [
      'take-profit-limit',
      'take-profit-limit',
      { price: '50000', price2: '49000' },
      { trigger: '50000', price: '49000' },
    ],
    ['iceberg', 'limit', { price: '1', displayvol: '0.5' }, { price: '1' }],
  ] as const) {
    const parsed = intentsOf(
      parseForm('AddOrder', { pair: 'XBTUSD', type: 'sell', volume: '1', ordertype, ...fields }),
    ) as OrderIntent[];
    expect(parsed[0], ordertype).toEqual({
      ...base,
      action: 'place',
      instrument: 'BTC/USD',
      side: 'sell',
      type,
      quantity: { value: '1', unit: 'base' },
      ...prices,
    });
  }
});

test('viqc is a quantity in quote currency, for market buys only', () => {
  const market = { pair: 'XBTUSD', type: 'buy', ordertype: 'market', volume: '100', oflags: 'viqc,viqc' };
  expect(intentsOf(parseForm('AddOrder', market))).toMatchObject([
    { quantity: { value: '100', unit: 'quote' } },
  ]);
  expect(parseForm('AddOrder', { ...market, type: 'sell' })).toMatchObject({
    ok: false,
    code: 'FIELD_CONFLICT',
  });
  expect(parseForm('AddOrder', { ...market, leverage: '2' })).toMatchObject({
    ok: false,
    code: 'FIELD_CONFLICT',
  });
  expect(
    parseForm('AddOrder', { ...market, 'close[ordertype]': 'limit', 'close[price]': '1' }),
  ).toMatchObject({ ok: false, code: 'FIELD_CONFLICT' });
  expect(parseForm('AddOrder', { ...limit, oflags: 'viqc' })).toMatchObject({
    ok: false,
    code: 'FIELD_CONFLICT',
  });
});

test('a conditional close is a leg of the other side, in a form and in JSON', () => {
  const leg = {
    ...base,
    action: 'place',
    instrument: 'BTC/USD',
    side: 'sell',
    type: 'stop-limit',
    quantity: { value: '1.25', unit: 'base' },
    trigger: '30000',
    price: '29000',
  };
  const form = {
    ...limit,
    'close[ordertype]': 'stop-loss-limit',
    'close[price]': '30000',
    'close[price2]': '29000',
  };
  expect(intentsOf(parseForm('AddOrder', form))).toMatchObject([{ legs: [leg] }]);
  const close = { ordertype: 'stop-loss-limit', price: '30000', price2: '29000' };
  expect(intentsOf(parseJson('AddOrder', { ...limit, close }))).toMatchObject([{ legs: [leg] }]);
});

test('validate=true is a dry run and is parsed all the same', () => {
  expect(parseForm('AddOrder', { ...limit, validate: 'true' })).toMatchObject({ ok: true, dryRun: true });
  expect(parseForm('AddOrder', { ...limit, validate: 'false' })).not.toHaveProperty('dryRun');
  for (const validate of ['1', 'TRUE', '']) {
    expect(parseForm('AddOrder', { ...limit, validate }), validate).toMatchObject({ ok: false });
  }
});

test('a batch is every order of it, and one bad order denies all', () => {
  const order = { type: 'buy', ordertype: 'limit', volume: '1', price: '10' };
  expect(
    intentsOf(parseJson('AddOrderBatch', { pair: 'ETHUSD', orders: [order, { ...order, type: 'sell' }] })),
  ).toMatchObject([
    { instrument: 'ETH/USD', side: 'buy' },
    { instrument: 'ETH/USD', side: 'sell' },
  ]);
  for (const bad of [
    { ...order, secret: 1 },
    { ...order, volume: '-1' },
    { ...order, pair: 'XBTUSD' },
    'x',
  ]) {
    expect(parseJson('AddOrderBatch', { pair: 'ETHUSD', orders: [order, bad] })).toMatchObject({ ok: false });
  }
  expect(parseJson('AddOrderBatch', { pair: 'ETHUSD', orders: Array(16).fill(order) })).toMatchObject({
    ok: false,
  });
});

test('amends carry what changes', () => {
  expect(
    intentsOf(
      parseJson('AmendOrder', {
        txid: 'OABC-1',
        order_qty: '2',
        limit_price: '3',
        trigger_price: '4',
        post_only: true,
      }),
    ),
  ).toEqual([
    {
      ...base,
      action: 'amend',
      instrument: '',
      venueOrderId: 'OABC-1',
      timeInForce: 'post-only',
      quantity: { value: '2', unit: 'base' },
      price: '3',
      trigger: '4',
    },
  ]);
  expect(
    intentsOf(parseForm('EditOrder', { txid: 'O1', pair: 'XBTUSD', volume: '2', price: '5', price2: '6' })),
  ).toMatchObject([{ action: 'amend', instrument: 'BTC/USD', venueOrderId: 'O1', trigger: '5', price: '6' }]);
  expect(parseForm('EditOrder', { txid: 'O1', pair: 'XBTUSD', price: '5' })).toMatchObject({
    code: 'PRICE_AMBIGUOUS',
  });
  expect(parseForm('AmendOrder', { txid: 'O1', cl_ord_id: 'a', order_qty: '1' })).toMatchObject({
    ok: false,
  });
  expect(parseForm('AmendOrder', { txid: 'O1', limit_price: '+5%' })).toMatchObject({
    code: 'PRICE_RELATIVE',
  });
});

test('cancels name their orders, or all', () => {
  expect(intentsOf(parseForm('CancelOrder', { txid: 'O1' }))).toEqual([
    { ...base, action: 'cancel', instrument: '', venueOrderId: 'O1' },
  ]);
  expect(intentsOf(parseJson('CancelOrder', { txid: 1234 }))).toMatchObject([{ venueOrderId: '1234' }]);
  expect(intentsOf(parseJson('CancelOrderBatch', { orders: ['O1', 7], cl_ord_ids: ['c'] }))).toMatchObject([
    { venueOrderId: 'O1' },
    { venueOrderId: '7' },
    { clientOrderId: 'c' },
  ]);
  expect(intentsOf(parseForm('CancelAll', {}))).toEqual([{ ...base, action: 'cancel', instrument: '' }]);
  expect(intentsOf(parseForm('CancelAllOrdersAfter', { timeout: '60' }))).toHaveLength(1);
  for (const timeout of ['0', '99999'])
    expect(parseForm('CancelAllOrdersAfter', { timeout })).toMatchObject({ code: 'DEAD_MAN_DISARM' });
  expect(parseForm('CancelOrder', {})).toMatchObject({ ok: false });
});

test('what is not understood is refused with its code', () => {
  for (const [code, fields] of [
    ['FIELD_UNKNOWN', { ...limit, surprise: '1' }],
    ['FIELD_UNKNOWN', { ...limit, otp: '123456' }],
    ['FIELD_UNKNOWN', { ...limit, asset_class: 'tokenized_asset' }],
    ['FIELD_UNKNOWN', { ...limit, 'close[price]': '1' }],
    ['FIELD_CONFLICT', { ...limit, ordertype: 'market' }],
    ['FIELD_CONFLICT', { ...limit, price2: '1' }],
    ['FIELD_CONFLICT', { ...limit, displayvol: '1' }],
    ['FIELD_CONFLICT', { ...limit, oflags: 'post', timeinforce: 'IOC' }],
    ['FIELD_CONFLICT', { ...limit, expiretm: '+60', timeinforce: 'GTC' }],
    ['FIELD_CONFLICT', { ...limit, timeinforce: 'GTD' }],
    ['FIELD_INVALID', { ...limit, oflags: 'nompp' }],
    ['FIELD_INVALID', { ...limit, starttm: '+3600' }],
    ['FIELD_INVALID', { ...limit, reduce_only: 'True' }],
    ['FIELD_INVALID', { ...limit, type: 'BUY' }],
    ['FIELD_INVALID', { ...limit, leverage: '100' }],
    ['FIELD_MISSING', { ...limit, ordertype: 'stop-loss-limit' }],
    ['NUMBER_INVALID', { ...limit, volume: '0' }],
    ['NUMBER_INVALID', { ...limit, volume: '1e3' }],
    ['NUMBER_INVALID', { ...limit, price: '37,500' }],
    ['PRICE_RELATIVE', { ...limit, price: '+5' }],
    ['PRICE_RELATIVE', { ...limit, price: '#1%' }],
    ['PRICE_RELATIVE', { ...limit, price: '5%' }],
    ['PRICE_RELATIVE', { ...limit, ordertype: 'trailing-stop', price: '+5' }],
    ['ORDER_TYPE_UNSUPPORTED', { ...limit, ordertype: 'settle-position' }],
    ['ORDER_TYPE_UNSUPPORTED', { ...limit, ordertype: '__proto__' }],
    ['SYMBOL_UNKNOWN', { ...limit, pair: 'XBTPYUSD' }],
  ] as const) {
    expect(parseForm('AddOrder', fields), JSON.stringify(fields)).toMatchObject({ ok: false, code });
  }
  expect(parseForm('Balance', {})).toMatchObject({ ok: false, code: 'NOT_AN_ORDER' });
  expect(parseForm('AddOrder', { ...limit, expiretm: '+60' })).toMatchObject({
    ok: true,
    intents: [{ timeInForce: 'gtd' }],
  });
  expect(parseForm('AddOrder', { ...limit, expiretm: '+60', timeinforce: 'GTD' })).toMatchObject({
    ok: true,
  });
});

test('what ccxt sends for its unified orders is understood', async () => {
  const { apiKey, secret } = { apiKey: 'k', secret: Buffer.alloc(64).toString('base64') };
  const wire = ccxtWire('kraken', { apiKey, secret });
  wire.exchange.setMarkets([
    {
      id: 'XXBTZUSD',
      symbol: 'BTC/USD',
      base: 'BTC',
      quote: 'USD',
      type: 'spot',
      spot: true,
      active: true,
      precision: { amount: 1e-8, price: 0.1 },
      limits: {},
      info: {},
    },
  ] as never);
  const parse = async (call: Parameters<typeof captureOne>[1]) =>
    intentsOf(parseKrakenOrders(await captureOne(wire, call), context));
  expect(
    await parse((exchange) => exchange.createOrder('BTC/USD', 'limit', 'buy', 1.25, 37500)),
  ).toMatchObject([
    { instrument: 'BTC/USD', type: 'limit', price: '37500', quantity: { value: '1.25', unit: 'base' } },
  ]);
  expect(await parse((exchange) => exchange.createOrder('BTC/USD', 'market', 'sell', 2))).toMatchObject([
    { type: 'market' },
  ]);
  expect(await parse((exchange) => exchange.createMarketBuyOrderWithCost('BTC/USD', 100))).toMatchObject([
    { type: 'market', quantity: { value: '100', unit: 'quote' } },
  ]);
  expect(
    await parse((exchange) =>
      exchange.createOrder('BTC/USD', 'limit', 'sell', 1, 30000, { stopLossPrice: 31000, reduceOnly: true }),
    ),
  ).toMatchObject([{ type: 'stop-limit', trigger: '31000', price: '30000', reduceOnly: true }]);
  expect(
    await parse((exchange) => exchange.editOrder('OABC-1', 'BTC/USD', 'limit', 'buy', 2, 3)),
  ).toMatchObject([{ action: 'amend', venueOrderId: 'OABC-1', price: '3' }]);
  expect(await parse((exchange) => exchange.cancelOrder('OABC-1'))).toMatchObject([
    { action: 'cancel', venueOrderId: 'OABC-1' },
  ]);
  expect(await parse((exchange) => exchange.cancelOrders(['O1', 'O2']))).toHaveLength(2);
  expect(await parse((exchange) => exchange.cancelAllOrders())).toHaveLength(1);
});
