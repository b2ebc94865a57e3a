// Coinbase order bodies: every configuration, its units, and what is refused.
import { expect, test } from 'vitest';
import { coinbase } from '../../../../src/venues/coinbase/coinbase.js';
import { parseCoinbaseOrders } from '../../../../src/venues/coinbase/orders.js';
import { captureOne, ccxtWire } from '../../../support/ccxt-wire.js';
import { intentsOf } from '../../../support/parsed-intents.js';
import { makeDecoys, requestOf } from '../../../support/venue-requests.js';

const context = { account: 'main', environment: 'live' } as const;
const parse = (path: string, body: object | string) =>
  parseCoinbaseOrders(
    requestOf(
      'POST',
      `https://api.coinbase.com/api/v3/brokerage/${path}`,
      [['Content-Type', 'application/json']],
      typeof body === 'string' ? body : JSON.stringify(body),
    ),
    context,
  );

const base = {
  venue: 'coinbase',
  account: 'main',
  moneyMode: 'LIVE',
  action: 'place',
  instrument: 'BTC-USD',
  side: 'buy',
};
const order = (configuration: object, more: object = {}) => ({
  client_order_id: 'c-1',
  product_id: 'BTC-USD',
  side: 'BUY',
  order_configuration: configuration,
  ...more,
});

test('every configuration is the order it says', () => {
  const size = { base_size: '0.5' };
  const end = { end_time: '2026-12-01T00:00:00Z' };
  const up = { stop_direction: 'STOP_DIRECTION_STOP_UP' };
  const down = { stop_direction: 'STOP_DIRECTION_STOP_DOWN' };
  for (const [configuration, expected] of [
    [
      { market_market_ioc: { quote_size: '10' } },
      { type: 'market', timeInForce: 'ioc', quantity: { value: '10', unit: 'quote' } },
    ],
    [{ market_market_fok: size }, { type: 'market', timeInForce: 'fok' }],
    [{ sor_limit_ioc: { ...size, limit_price: '9' } }, { type: 'limit', timeInForce: 'ioc', price: '9' }],
    [{ limit_limit_gtc: { ...size, limit_price: '9' } }, { type: 'limit', timeInForce: 'gtc', price: '9' }],
    [
      { limit_limit_gtc: { ...size, limit_price: '9', post_only: true } },
      { type: 'limit', timeInForce: 'post-only', price: '9' },
    ],
    [
      { limit_limit_gtd: { ...size, limit_price: '9', ...end } },
      { type: 'limit', timeInForce: 'gtd', price: '9' },
    ],
    [{ limit_limit_fok: { ...size, limit_price: '9' } }, { type: 'limit', timeInForce: 'fok', price: '9' }],
    [
      { stop_limit_stop_limit_gtc: { ...size, limit_price: '9', stop_price: '8', ...up } },
      { type: 'stop-limit', timeInForce: 'gtc', price: '9', trigger: '8' },
    ],
    [
      { stop_limit_stop_limit_gtd: { ...size, limit_price: '9', stop_price: '8', ...down, ...end } },
      { type: 'take-profit-limit', timeInForce: 'gtd', price: '9', trigger: '8' },
    ],
    [
      {
        twap_limit_gtd: {
          ...size,
          limit_price: '9',
          start_time: end.end_time,
          ...end,
          number_buckets: '5',
          bucket_duration: '300s',
        },
      },
      { type: 'twap', timeInForce: 'gtd', price: '9' },
    ],
    [
      { trigger_bracket_gtc: { ...size, limit_price: '9', stop_trigger_price: '7' } },
      {
        type: 'limit',
        timeInForce: 'gtc',
        price: '9',
        legs: [
          {
            ...base,
            isAlternative: true,
            type: 'stop',
            timeInForce: 'gtc',
            trigger: '7',
            quantity: { value: '0.5', unit: 'base' },
          },
        ],
      },
    ],
  ] as const) {
    expect(intentsOf(parse('orders', order(configuration))), JSON.stringify(configuration)).toEqual([
      { ...base, quantity: { value: '0.5', unit: 'base' }, clientOrderId: 'c-1', ...expected },
    ]);
  }
});

test('a bracket on its own sells or buys once: at its limit, or when its stop is reached', () => {
  const bracket = { base_size: '0.5', limit_price: '9', stop_trigger_price: '7' };
  const parsed = intentsOf(
    parse(
      'orders',
      order(
        { trigger_bracket_gtd: { ...bracket, reduce_only: true, end_time: '2026-12-01T00:00:00Z' } },
        { side: 'SELL' },
      ),
    ),
  );
  const whole = {
    side: 'sell',
    timeInForce: 'gtd',
    quantity: { value: '0.5', unit: 'base' },
    reduceOnly: true,
  };
  expect(parsed).toEqual([
    {
      ...base,
      ...whole,
      clientOrderId: 'c-1',
      type: 'limit',
      price: '9',
      legs: [{ ...base, ...whole, isAlternative: true, type: 'stop', trigger: '7' }],
    },
  ]);
  for (const [code, configuration] of [
    ['FIELD_MISSING', { trigger_bracket_gtd: bracket }],
    ['FIELD_MISSING', { trigger_bracket_gtc: { ...bracket, stop_trigger_price: undefined } }],
    ['FIELD_MISSING', { trigger_bracket_gtc: { ...bracket, limit_price: undefined } }],
    ['FIELD_MISSING', { trigger_bracket_gtc: { ...bracket, base_size: undefined } }],
    ['NUMBER_INVALID', { trigger_bracket_gtc: { ...bracket, stop_trigger_price: '0' } }],
    ['FIELD_UNKNOWN', { trigger_bracket_gtc: { ...bracket, stop_limit_price: '6' } }],
  ] as const)
    expect(parse('orders', order(configuration)), JSON.stringify(configuration)).toMatchObject({
      ok: false,
      code,
    });
});

test('an attached bracket is legs of the other side', () => {
  const attached_order_configuration = {
    trigger_bracket_gtc: { limit_price: '12', stop_trigger_price: '8' },
  };
  const parsed = intentsOf(
    parse(
      'orders',
      order({ limit_limit_gtc: { base_size: '1', limit_price: '10' } }, { attached_order_configuration }),
    ),
  );
  expect(parsed).toMatchObject([
    {
      side: 'buy',
      legs: [
        {
          side: 'sell',
          type: 'limit',
          price: '12',
          quantity: { value: '1' },
          legs: [{ side: 'sell', type: 'stop', trigger: '8' }],
        },
      ],
    },
  ]);
  const limit = { limit_limit_gtc: { base_size: '1', limit_price: '10' } };
  expect(parse('orders', order(limit, { attached_order_configuration: limit }))).toMatchObject({
    code: 'ORDER_TYPE_UNSUPPORTED',
  });
});

test('futures count in contracts', () => {
  const body = { ...order({ market_market_ioc: { base_size: '2' } }), product_id: 'BIT-28NOV26-CDE' };
  expect(intentsOf(parse('orders', body))).toMatchObject([{ quantity: { value: '2', unit: 'contracts' } }]);
  const perpetual = { ...body, product_id: 'BTC-PERP-INTX', leverage: '3.0', margin_type: 'CROSS' };
  expect(intentsOf(parse('orders', perpetual))).toMatchObject([
    { leverage: '3', quantity: { unit: 'base' } },
  ]);
});

test('closing, editing and cancelling', () => {
  expect(
    intentsOf(parse('orders/close_position', { client_order_id: 'c', product_id: 'BTC-PERP-INTX' })),
  ).toEqual([
    {
      ...base,
      side: undefined,
      instrument: 'BTC-PERP-INTX',
      type: 'market',
      quantity: { value: '1', unit: 'close-all' },
      reduceOnly: true,
      clientOrderId: 'c',
    },
  ]);
  expect(intentsOf(parse('orders/edit', { order_id: 'o-1', price: '3', size: '4' }))).toMatchObject([
    { action: 'amend', instrument: '', venueOrderId: 'o-1', price: '3', quantity: { value: '4' } },
  ]);
  expect(parse('orders/edit', { order_id: 'o-1', cancel_attached_order: true })).toMatchObject({
    code: 'FIELD_INVALID',
  });
  expect(intentsOf(parse('orders/batch_cancel', { order_ids: ['a', 'b'] }))).toMatchObject([
    { action: 'cancel', venueOrderId: 'a' },
    { action: 'cancel', venueOrderId: 'b' },
  ]);
  expect(parse('orders/batch_cancel', { order_ids: ['a', 7] })).toMatchObject({ ok: false });
});

test('what is not understood is refused with its code', () => {
  const limit = { base_size: '1', limit_price: '10' };
  for (const [code, body] of [
    ['ORDER_TYPE_UNSUPPORTED', order({ scaled_limit_gtc: limit })],
    ['ORDER_TYPE_UNSUPPORTED', order({ brand_new_gtc: limit })],
    ['ORDER_TYPE_UNSUPPORTED', order({})],
    ['FIELD_UNKNOWN', order({ limit_limit_gtc: limit, sor_limit_ioc: limit })],
    ['FIELD_UNKNOWN', order({ limit_limit_gtc: { ...limit, hidden: true } })],
    ['FIELD_UNKNOWN', order({ market_market_ioc: limit })],
    ['FIELD_UNKNOWN', order({ limit_limit_gtc: limit }, { equity_order_metadata: {} })],
    ['FIELD_UNKNOWN', order({ limit_limit_gtc: limit }, { retail_portfolio_id: 'x' })],
    ['FIELD_CONFLICT', order({ limit_limit_gtc: { ...limit, quote_size: '5' } })],
    ['FIELD_MISSING', order({ limit_limit_gtc: { limit_price: '10' } })],
    ['FIELD_MISSING', order({ limit_limit_gtd: limit })],
    ['FIELD_MISSING', { ...order({ limit_limit_gtc: limit }), side: undefined }],
    ['FIELD_INVALID', order({ limit_limit_gtc: limit }, { side: 'buy' })],
    ['NUMBER_INVALID', order({ limit_limit_gtc: { ...limit, base_size: '-1' } })],
    ['NUMBER_INVALID', order({ limit_limit_gtc: { ...limit, limit_price: '1e9' } })],
    ['SYMBOL_UNKNOWN', order({ limit_limit_gtc: limit }, { product_id: 'AAPL' })],
    ['BODY_UNREADABLE', '{"side":"BUY","side":"SELL"}'],
  ] as const) {
    expect(parse('orders', body), JSON.stringify(body)).toMatchObject({ ok: false, code });
  }
  expect(parse('portfolios/move_funds', {})).toMatchObject({ code: 'NOT_AN_ORDER' });
});

test('what ccxt sends for its unified orders is understood', async () => {
  const decoy = makeDecoys(coinbase);
  const wire = ccxtWire('coinbase', { apiKey: decoy.apiKey, secret: decoy.privateKey });
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
    intentsOf(parseCoinbaseOrders(await captureOne(wire, call), context));
  for (const [call, expected] of [
    [['BTC/USD', 'limit', 'buy', 1, 2], { type: 'limit', price: '2' }],
    [['BTC/USD', 'market', 'buy', 1, 2], { type: 'market', quantity: { value: '2', unit: 'quote' } }],
    [['BTC/USD', 'market', 'sell', 1], { type: 'market', quantity: { value: '1', unit: 'base' } }],
    [['BTC/USD', 'limit', 'sell', 1, 2, { stopLossPrice: 3 }], { type: 'stop-limit', trigger: '3' }],
    [['BTC/USD', 'limit', 'buy', 1, 2, { timeInForce: 'IOC' }], { timeInForce: 'ioc' }],
  ] as const) {
    const [symbol, type, side, amount, price, params] = call;
    expect(
      await parsed((exchange) => exchange.createOrder(symbol, type, side, amount, price, params)),
      String(call),
    ).toMatchObject([expected]);
  }
  expect(await parsed((exchange) => exchange.editOrder('o', 'BTC/USD', 'limit', 'buy', 2, 3))).toMatchObject([
    { action: 'amend' },
  ]);
  expect(await parsed((exchange) => exchange.cancelOrder('o'))).toMatchObject([
    { action: 'cancel', venueOrderId: 'o' },
  ]);
});
