// Bybit's orders to intents: every leg and unit, and a refusal for whatever a rule could not judge (D1-D4, D10).
import ccxt from 'ccxt';
import { describe, expect, test } from 'vitest';
import { parseOrders } from '../../../../src/venues/bybit/orders.js';
import { readCategory } from '../../../../src/venues/bybit/place.js';
import { symbolForm } from '../../../../src/venues/bybit/reader.js';
import { OrderFields } from '../../../../src/venues/order-fields.js';
import { intentsOf, parse } from '../../../support/bybit-intents.js';
import { requestOf } from '../../../support/venue-requests.js';

const create = '/v5/order/create';
const limit = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  qty: '0.5',
  price: '100',
};
const market = { category: 'spot', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '250' };

test('a limit order', () => {
  expect(
    intentsOf(create, {
      ...limit,
      timeInForce: 'PostOnly',
      orderLinkId: 'x-1',
      positionIdx: 0,
      reduceOnly: false,
      smpType: 'None',
    }),
  ).toEqual([
    {
      venue: 'bybit',
      account: 'main',
      moneyMode: 'LIVE',
      action: 'place',
      instrument: 'BTCUSDT',
      isDerivative: true,
      side: 'buy',
      type: 'limit',
      timeInForce: 'post-only',
      quantity: '0.5 base',
      price: '100',
      reduceOnly: false,
      clientOrderId: 'x-1',
    },
  ]);
});

test.each([
  ['a spot market buy is by value', market, '250 quote'],
  ['a spot market sell is by quantity', { ...market, side: 'Sell' }, '250 base'],
  ['marketUnit says otherwise', { ...market, marketUnit: 'baseCoin' }, '250 base'],
  ['marketUnit of a sell', { ...market, side: 'Sell', marketUnit: 'quoteCoin' }, '250 quote'],
  ['a spot limit buy is by quantity', { ...limit, category: 'spot' }, '0.5 base'],
  ['linear is by quantity', { ...market, category: 'linear' }, '250 base'],
  ['inverse counts contracts', { ...limit, category: 'inverse', symbol: 'BTCUSD' }, '0.5 contracts'],
  [
    'options count the base coin',
    { ...limit, category: 'option', symbol: 'BTC-26DEC25-100000-C-USDT' },
    '0.5 base',
  ],
  ['a number instead of a string', { ...limit, qty: 7 }, '7 base'],
  [
    'zero closes everything',
    { ...market, category: 'linear', qty: '0', reduceOnly: true, closeOnTrigger: true },
    '0 close-all',
  ],
])('%s', (_, body, quantity) => {
  expect(intentsOf(create, body)).toMatchObject([{ quantity }]);
});

test.each([
  ['Buy', 1, 'stop-limit'],
  ['Buy', 2, 'take-profit-limit'],
  ['Sell', 2, 'stop-limit'],
  ['Sell', 1, 'take-profit-limit'],
  ['Sell', undefined, 'stop-limit'],
])('a conditional %s with direction %s is a %s', (side, triggerDirection, type) => {
  expect(
    intentsOf(create, { ...limit, side, triggerPrice: '90', triggerDirection, triggerBy: 'MarkPrice' }),
  ).toMatchObject([{ type, trigger: '90', price: '100' }]);
});

test('attached exits are legs of the other side', () => {
  const exits = { takeProfit: '120', stopLoss: '80', tpTriggerBy: 'LastPrice', slTriggerBy: 'MarkPrice' };
  expect(intentsOf(create, { ...limit, ...exits })[0]!.legs).toMatchObject([
    { side: 'sell', type: 'take-profit', trigger: '120', quantity: '0 close-all', reduceOnly: true },
    { side: 'sell', type: 'stop', trigger: '80', quantity: '0 close-all', reduceOnly: true },
  ]);
  expect(
    intentsOf(create, {
      ...limit,
      ...exits,
      tpslMode: 'Partial',
      tpLimitPrice: '119',
      tpOrderType: 'Limit',
    })[0]!.legs,
  ).toMatchObject([
    { type: 'take-profit-limit', price: '119', quantity: '0.5 base' },
    { type: 'stop', quantity: '0.5 base' },
  ]);
  expect(intentsOf(create, { ...limit, takeProfit: '0', stopLoss: '0' })[0]).not.toHaveProperty('legs');
});

test('hedge mode and closeOnTrigger only reduce', () => {
  const long = { ...limit, positionIdx: 1 };
  expect(intentsOf(create, { ...long, side: 'Sell' })).toMatchObject([
    { positionSide: 'long', reduceOnly: true },
  ]);
  const [opening] = intentsOf(create, { ...long, side: 'Buy', reduceOnly: true, takeProfit: '120' });
  expect(opening).toMatchObject({ positionSide: 'long', legs: [{ positionSide: 'long' }] });
  expect(opening).not.toHaveProperty('reduceOnly');
  expect(intentsOf(create, { ...limit, side: 'Buy', positionIdx: 2 })).toMatchObject([
    { positionSide: 'short', reduceOnly: true },
  ]);
  expect(intentsOf(create, { ...limit, positionIdx: 0 })[0]).not.toHaveProperty('positionSide');
  expect(intentsOf(create, { ...limit, closeOnTrigger: true })).toMatchObject([{ reduceOnly: true }]);
});

test('batches are every order, and one bad order refuses all', () => {
  const element: Partial<typeof limit> = { ...limit };
  delete element.category;
  const batch = (request: unknown) => ({ category: 'linear', request });
  expect(intentsOf('/v5/order/create-batch', batch([element, { ...element, side: 'Sell' }]))).toMatchObject([
    { side: 'buy' },
    { side: 'sell' },
  ]);
  expect(
    intentsOf('/v5/order/amend-batch', batch([{ symbol: 'BTCUSDT', orderId: 'a-1', qty: '3' }])),
  ).toMatchObject([{ action: 'amend', quantity: '3 base', venueOrderId: 'a-1' }]);
  expect(
    intentsOf(
      '/v5/order/cancel-batch',
      batch([
        { symbol: 'BTCUSDT', orderLinkId: 'c' },
        { symbol: 'ETHUSDT', orderId: 'd' },
      ]),
    ),
  ).toMatchObject([{ clientOrderId: 'c' }, { instrument: 'ETHUSDT', venueOrderId: 'd' }]);
  for (const request of [
    [],
    [element, { ...element, leverage: 5 }],
    Array(21).fill(element),
    {},
    ['x'],
    undefined,
  ]) {
    expect(parse('/v5/order/create-batch', batch(request)).ok).toBe(false);
  }
});

test('amendments carry new totals and exits', () => {
  expect(
    intentsOf('/v5/order/amend', {
      category: 'inverse',
      symbol: 'BTCUSD',
      orderLinkId: 'c',
      qty: '9',
      price: '99',
      stopLoss: '80',
    }),
  ).toMatchObject([
    { action: 'amend', quantity: '9 contracts', price: '99', clientOrderId: 'c', legs: [{ trigger: '80' }] },
  ]);
});

test('a position stop is as many orders as exits', () => {
  const stop = { category: 'linear', symbol: 'BTCUSDT', positionIdx: 0 };
  const path = '/v5/position/trading-stop';
  expect(
    intentsOf(path, {
      ...stop,
      tpslMode: 'Partial',
      takeProfit: '120',
      tpSize: '0.1',
      stopLoss: '80',
      slSize: '0.1',
      trailingStop: '5',
      activePrice: '110',
    }),
  ).toMatchObject([
    { type: 'take-profit', trigger: '120', quantity: '0.1 base', reduceOnly: true },
    { type: 'stop', trigger: '80', quantity: '0.1 base' },
    { type: 'trailing-stop', trigger: '110', quantity: '0 close-all' },
  ]);
  expect(intentsOf(path, { ...stop, tpslMode: 'Full', stopLoss: '0' })).toEqual([
    {
      venue: 'bybit',
      account: 'main',
      moneyMode: 'LIVE',
      action: 'amend',
      instrument: 'BTCUSDT',
      isDerivative: true,
    },
  ]);
  expect(parse(path, stop)).toMatchObject({ ok: false, code: 'FIELD_MISSING' });
});

test('cancels name one order, a symbol, or everything', () => {
  expect(
    intentsOf('/v5/order/cancel', {
      category: 'spot',
      symbol: 'BTCUSDT',
      orderId: '9',
      orderFilter: 'tpslOrder',
    }),
  ).toMatchObject([{ action: 'cancel', instrument: 'BTCUSDT', venueOrderId: '9' }]);
  expect(intentsOf('/v5/order/cancel-all', { category: 'linear', settleCoin: 'USDT' })).toMatchObject([
    { action: 'cancel', instrument: '' },
  ]);
  expect(intentsOf('/v5/order/disconnected-cancel-all', { timeWindow: 40, product: 'SPOT' })).toMatchObject([
    { action: 'cancel' },
  ]);
  expect(parse('/v5/order/disconnected-cancel-all', {})).toMatchObject({ code: 'FIELD_MISSING' });
  for (const timeWindow of [0, 121])
    expect(parse('/v5/order/disconnected-cancel-all', { timeWindow })).toMatchObject({
      code: 'DEAD_MAN_DISARM',
    });
  expect(intentsOf('/v5/spread/order/cancel-all', { cancelAll: true })).toMatchObject([{ action: 'cancel' }]);
  expect(parse('/v5/order/cancel', { category: 'spot', symbol: 'BTCUSDT' })).toMatchObject({
    code: 'FIELD_MISSING',
  });
});

describe('refused', () => {
  test.each<[string, string, unknown, string]>([
    ['an unknown field', create, { ...limit, surprise: 1 }, 'FIELD_UNKNOWN'],
    ['a decorative price on a market order (D3)', create, { ...market, price: '0.01' }, 'FIELD_CONFLICT'],
    ['a limit order without price', create, { ...limit, price: undefined }, 'FIELD_MISSING'],
    ['borrowing (S7)', create, { ...market, isLeverage: 1 }, 'FIELD_INVALID'],
    [
      'a price from implied volatility',
      create,
      { ...limit, category: 'option', orderIv: '0.1' },
      'PRICE_RELATIVE',
    ],
    ['a price from the book', create, { ...limit, bboSideType: 'Queue' }, 'PRICE_RELATIVE'],
    ['zero that does not close', create, { ...limit, qty: '0' }, 'NUMBER_INVALID'],
    [
      'zero on spot',
      create,
      { ...market, qty: '0', reduceOnly: true, closeOnTrigger: true },
      'NUMBER_INVALID',
    ],
    ['an exponent', create, { ...limit, qty: '1e5' }, 'NUMBER_INVALID'],
    ['an exponent as a number', create, JSON.stringify(limit).replace('"0.5"', '5e-1'), 'NUMBER_INVALID'],
    [
      'marketUnit on a limit order',
      create,
      { ...limit, category: 'spot', marketUnit: 'quoteCoin' },
      'FIELD_CONFLICT',
    ],
    ['an unknown category', create, { ...limit, category: 'prediction' }, 'FIELD_INVALID'],
    ['no category', create, { ...limit, category: undefined }, 'FIELD_MISSING'],
    ['an unknown type', create, { ...limit, orderType: 'Iceberg' }, 'ORDER_TYPE_UNSUPPORTED'],
    ['a lower-case symbol', create, { ...limit, symbol: 'btcusdt' }, 'FIELD_INVALID'],
    ['a homoglyph symbol (D19)', create, { ...limit, symbol: 'ВTCUSDT' }, 'FIELD_INVALID'],
    ['a key twice', create, '{"category":"linear","category":"spot"}', 'BODY_UNREADABLE'],
    ['a list', create, '[]', 'BODY_UNREADABLE'],
    ['null', create, { ...limit, price: null }, 'NUMBER_INVALID'],
    [
      'a part of a position with an exit of the whole',
      '/v5/position/trading-stop',
      { category: 'linear', symbol: 'BTCUSDT', stopLoss: '1', tpslMode: 'Full', slSize: '0.1' },
      'FIELD_CONFLICT',
    ],
    ['funds', '/v5/asset/withdraw/create', {}, 'NOT_AN_ORDER'],
  ])('%s', (_, path, body, code) => {
    expect(parse(path, body)).toMatchObject({ ok: false, code });
  });

  test('a body that is no JSON', () => {
    const request = requestOf(
      'POST',
      `https://api.bybit.com${create}`,
      [['content-type', 'text/plain']],
      '{}',
    );
    expect(parseOrders(request, { account: 'a', environment: 'live' })).toMatchObject({
      code: 'BODY_UNREADABLE',
    });
    expect(symbolForm.test('BTCUSDT')).toBe(true);
    expect(readCategory(new OrderFields(new Map([['category', 'spot']])))).toBe('spot');
  });
});

const shape = { base: 'BTC', quote: 'USDT', precision: { amount: 0.001, price: 0.1 }, limits: {}, info: {} };
const exchange = new ccxt.bybit();
exchange.setMarkets([
  { ...shape, id: 'BTCUSDT', symbol: 'BTC/USDT', spot: true, type: 'spot' },
  {
    ...shape,
    id: 'BTCUSDT',
    symbol: 'BTC/USDT:USDT',
    swap: true,
    contract: true,
    linear: true,
    type: 'swap',
    settle: 'USDT',
  },
  {
    ...shape,
    id: 'BTCUSD',
    symbol: 'BTC/USD:BTC',
    quote: 'USD',
    swap: true,
    contract: true,
    inverse: true,
    type: 'swap',
    settle: 'BTC',
  },
] as never);

test.each<[string, string, string, number | undefined, Record<string, unknown>, Record<string, unknown>]>([
  ['BTC/USDT', 'limit', 'sell', 20000.5, {}, { type: 'limit', price: '20000.5', quantity: '1.5 base' }],
  ['BTC/USDT', 'market', 'buy', undefined, { cost: 100 }, { type: 'market', quantity: '100 quote' }],
  ['BTC/USDT:USDT', 'limit', 'buy', 20000.5, { postOnly: true }, { timeInForce: 'post-only' }],
  ['BTC/USDT:USDT', 'limit', 'buy', 20000.5, { reduceOnly: true }, { reduceOnly: true }],
  [
    'BTC/USDT:USDT',
    'market',
    'sell',
    undefined,
    { triggerPrice: 19000, triggerDirection: 'descending' },
    { type: 'stop', trigger: '19000' },
  ],
  [
    'BTC/USDT:USDT',
    'limit',
    'buy',
    20000,
    { takeProfit: { triggerPrice: 21000 }, stopLoss: { triggerPrice: 19000 } },
    { legs: [{ trigger: '21000' }, { trigger: '19000' }] },
  ],
  ['BTC/USD:BTC', 'limit', 'buy', 20000, {}, { quantity: '1.5 contracts' }],
])("ccxt's order is understood: %s %s %s %s %o", (symbol, type, side, price, params, expected) => {
  const body = exchange.createOrderRequest(symbol, type as never, side as never, 1.5, price, params, true);
  const sent = Object.fromEntries(
    Object.entries(body as Record<string, unknown>).filter(([, value]) => value !== undefined),
  );
  expect(intentsOf(create, sent)).toMatchObject([{ side, ...expected }]);
});
