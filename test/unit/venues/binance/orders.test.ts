// Binance's orders to intents: every leg and unit, and a refusal for whatever a rule could not judge (D1-D4, D10).
import ccxt from 'ccxt';
import { describe, expect, test } from 'vitest';
import { binance } from '../../../../src/venues/binance/binance.js';
import { readCancel } from '../../../../src/venues/binance/cancels.js';
import { readFuturesOrder } from '../../../../src/venues/binance/futures-orders.js';
import { clientIdForm } from '../../../../src/venues/binance/order-base.js';
import { readSpotOrder } from '../../../../src/venues/binance/spot-orders.js';
import { briefIntents } from '../../../support/parsed-intents.js';
import { requestOf } from '../../../support/venue-requests.js';

const hostOf = (path: string) =>
  /^\/(f|d|e|p)api/.test(path) ? `${path.slice(1, 5)}.binance.com` : 'api.binance.com';

function parse(line: string, fields: Record<string, string> | string, place: 'query' | 'body' = 'body') {
  const [method = '', path = ''] = line.split(' ');
  const text =
    typeof fields === 'string' ? fields : new URLSearchParams(fields).toString().replaceAll('+', '%20');
  const url = `https://${hostOf(path)}${path}`;
  const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
  const request =
    place === 'query' ? requestOf(method, `${url}?${text}`) : requestOf(method, url, form, text);
  return binance.parseOrders(request, { account: 'main', environment: 'demo' });
}

function intentsOf(line: string, fields: Record<string, string> | string, place?: 'query' | 'body') {
  return briefIntents(parse(line, fields, place));
}

const base = { venue: 'binance', account: 'main', moneyMode: 'DEMO' };
const common = { timestamp: '1', recvWindow: '5000', signature: 'x', newOrderRespType: 'FULL' };
const limit = {
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.5',
  price: '100',
};
const spot = 'POST /api/v3/order';
const perp = 'POST /fapi/v1/order';

const opo = (workingSide: string, pendingSide: string) => ({
  symbol: 'BTCUSDT',
  workingType: 'LIMIT',
  workingSide,
  workingPrice: '100',
  workingQuantity: '2',
  workingTimeInForce: 'GTC',
  pendingType: 'LIMIT',
  pendingSide,
  pendingPrice: '130',
  pendingTimeInForce: 'GTC',
});

test('a limit order in query or body, with the parameters that change nothing', () => {
  const fields = { ...limit, ...common, newClientOrderId: 'x-1', icebergQty: '0.1', strategyId: '5' };
  const expected = [
    {
      ...base,
      action: 'place',
      instrument: 'BTCUSDT',
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      quantity: '0.5 base',
      price: '100',
      clientOrderId: 'x-1',
    },
  ];
  expect(intentsOf(spot, fields)).toEqual(expected);
  expect(intentsOf(spot, fields, 'query')).toEqual(expected);
});

test.each([
  ['MARKET', { quantity: '2' }, { type: 'market', quantity: '2 base' }],
  ['MARKET', { quoteOrderQty: '250.5' }, { type: 'market', quantity: '250.5 quote' }],
  ['LIMIT_MAKER', { quantity: '2', price: '9' }, { type: 'limit', timeInForce: 'post-only', price: '9' }],
  ['STOP_LOSS', { quantity: '2', stopPrice: '8' }, { type: 'stop', trigger: '8' }],
  ['STOP_LOSS', { quantity: '2', trailingDelta: '100' }, { type: 'trailing-stop' }],
  [
    'STOP_LOSS_LIMIT',
    { quantity: '2', price: '7', stopPrice: '8', trailingDelta: '100', timeInForce: 'GTC' },
    { type: 'trailing-stop', price: '7', trigger: '8', timeInForce: 'gtc' },
  ],
  ['TAKE_PROFIT', { quantity: '2', trailingDelta: '100' }, { type: 'trailing-stop' }],
  [
    'STOP_LOSS_LIMIT',
    { quantity: '2', price: '7', stopPrice: '8', timeInForce: 'IOC' },
    { type: 'stop-limit', price: '7', trigger: '8', timeInForce: 'ioc' },
  ],
  [
    'TAKE_PROFIT_LIMIT',
    { quantity: '2', price: '7', stopPrice: '8', timeInForce: 'FOK' },
    { type: 'take-profit-limit', timeInForce: 'fok' },
  ],
])('spot %s %o', (type, fields, expected) => {
  const [intent] = intentsOf(spot, {
    symbol: 'BTCUSDT',
    side: 'SELL',
    type,
    ...(fields as unknown as Record<string, string>),
  });
  expect(intent).toMatchObject({ side: 'sell', ...expected });
});

test('cancel-replace is a cancel and an order', () => {
  const fields = {
    ...limit,
    cancelReplaceMode: 'ALLOW_FAILURE',
    cancelOrderId: '7',
    cancelRestrictions: 'ONLY_NEW',
  };
  expect(intentsOf('POST /api/v3/order/cancelReplace', fields)).toMatchObject([
    { action: 'cancel', instrument: 'BTCUSDT', venueOrderId: '7' },
    { action: 'place', quantity: '0.5 base' },
  ]);
});

test('both legs of an OCO, old and new', () => {
  const shared = { symbol: 'BTCUSDT', side: 'SELL', quantity: '3', listClientOrderId: 'list' };
  expect(
    intentsOf('POST /api/v3/order/oco', {
      ...shared,
      price: '120',
      stopPrice: '90',
      stopLimitPrice: '89',
      stopLimitTimeInForce: 'GTC',
    }),
  ).toMatchObject([
    { side: 'sell', type: 'limit', timeInForce: 'post-only', price: '120', quantity: '3 base' },
    { side: 'sell', type: 'stop-limit', price: '89', trigger: '90', quantity: '3 base', isAlternative: true },
  ]);
  expect(
    intentsOf('POST /api/v3/orderList/oco', {
      ...shared,
      aboveType: 'LIMIT_MAKER',
      abovePrice: '120',
      belowType: 'STOP_LOSS',
      belowStopPrice: '90',
      belowClientOrderId: 'b',
    }),
  ).toMatchObject([
    { type: 'limit', price: '120', quantity: '3 base' },
    { type: 'stop', trigger: '90', quantity: '3 base', clientOrderId: 'b', isAlternative: true },
  ]);
  // Of a purchase the stop is above; the answer tells it last, too.
  expect(
    intentsOf('POST /api/v3/orderList/oco', {
      ...shared,
      side: 'BUY',
      aboveType: 'STOP_LOSS',
      aboveStopPrice: '120',
      belowType: 'TAKE_PROFIT',
      belowStopPrice: '90',
    }),
  ).toMatchObject([
    { type: 'take-profit', trigger: '90' },
    { type: 'stop', trigger: '120', isAlternative: true },
  ]);
  // Both may trail: which is the stop, only their names say then.
  const trailing = (above: string, below: string) =>
    intentsOf('POST /api/v3/orderList/oco', {
      ...shared,
      aboveType: above,
      aboveTrailingDelta: '100',
      aboveClientOrderId: above,
      belowType: below,
      belowTrailingDelta: '100',
      belowClientOrderId: below,
    }).map(({ clientOrderId }) => clientOrderId);
  expect(trailing('STOP_LOSS', 'TAKE_PROFIT')).toEqual(['TAKE_PROFIT', 'STOP_LOSS']);
  expect(trailing('TAKE_PROFIT', 'STOP_LOSS')).toEqual(['TAKE_PROFIT', 'STOP_LOSS']);
});

test('pending orders hang on the working order', () => {
  const working = {
    symbol: 'BTCUSDT',
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: '100',
    workingQuantity: '1',
    workingTimeInForce: 'GTC',
  };
  expect(
    intentsOf('POST /api/v3/orderList/oto', {
      ...working,
      pendingType: 'MARKET',
      pendingSide: 'SELL',
      pendingQuantity: '1',
    }),
  ).toMatchObject([
    { side: 'buy', price: '100', legs: [{ side: 'sell', type: 'market', quantity: '1 base' }] },
  ]);
  expect(
    intentsOf('POST /api/v3/orderList/otoco', {
      ...working,
      pendingSide: 'SELL',
      pendingQuantity: '1',
      pendingAboveType: 'LIMIT_MAKER',
      pendingAbovePrice: '130',
      pendingBelowType: 'STOP_LOSS',
      pendingBelowStopPrice: '80',
    }),
  ).toMatchObject([
    {
      quantity: '1 base',
      legs: [
        { price: '130', quantity: '1 base' },
        { trigger: '80', quantity: '1 base' },
      ],
    },
  ]);
});

test('what one order buys another sells, and never more', () => {
  const { pendingType, pendingPrice, pendingTimeInForce, ...pair } = opo('BUY', 'SELL');
  const single = { ...pair, pendingType, pendingPrice, pendingTimeInForce };
  expect(intentsOf('POST /api/v3/orderList/opo', single)).toMatchObject([
    { side: 'buy', quantity: '2 base', legs: [{ side: 'sell', price: '130', quantity: '2 base' }] },
  ]);
  const above = { ...pair, pendingAboveType: 'LIMIT_MAKER', pendingAbovePrice: '130' };
  const below = { pendingBelowType: 'STOP_LOSS', pendingBelowStopPrice: '80' };
  expect(intentsOf('POST /api/v3/orderList/opoco', { ...above, ...below })[0]?.legs).toMatchObject([
    { side: 'sell', price: '130', quantity: '2 base' },
    { side: 'sell', trigger: '80', quantity: '2 base' },
  ]);
  expect(intentsOf('POST /api/v3/orderList/opoco', above)[0]?.legs).toHaveLength(1);
});

test('futures count base or contracts, hedge mode closes, closePosition is everything', () => {
  expect(intentsOf(perp, { ...limit, timeInForce: 'GTX', reduceOnly: 'false' })).toMatchObject([
    { quantity: '0.5 base', timeInForce: 'post-only', reduceOnly: false },
  ]);
  expect(intentsOf('POST /dapi/v1/order', { ...limit, symbol: 'BTCUSD_PERP', quantity: '5' })).toMatchObject([
    { instrument: 'BTCUSD_PERP', quantity: '5 contracts' },
  ]);
  expect(intentsOf(perp, { ...limit, side: 'SELL', positionSide: 'LONG' })).toMatchObject([
    { positionSide: 'long', reduceOnly: true },
  ]);
  const opening = { ...limit, side: 'SELL', positionSide: 'SHORT', reduceOnly: 'true' };
  expect(intentsOf(perp, opening)).toMatchObject([{ positionSide: 'short' }]);
  expect(intentsOf(perp, opening)[0]).not.toHaveProperty('reduceOnly');
  expect(intentsOf(perp, { ...limit, positionSide: 'BOTH' })[0]).not.toHaveProperty('positionSide');
  expect(
    intentsOf(perp, {
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      stopPrice: '90',
      closePosition: 'true',
    }),
  ).toMatchObject([{ type: 'stop', quantity: '0 close-all', reduceOnly: true, trigger: '90' }]);
  expect(intentsOf(perp, { ...limit, timeInForce: 'GTD', goodTillDate: '1800000000000' })).toMatchObject([
    { timeInForce: 'gtd' },
  ]);
});

test('conditional orders spell the trigger in three ways', () => {
  const stop = {
    symbol: 'BTCUSDT',
    side: 'SELL',
    quantity: '1',
    workingType: 'MARK_PRICE',
    priceProtect: 'TRUE',
  };
  for (const [line, fields] of [
    [perp, { type: 'STOP_MARKET', stopPrice: '90', newClientOrderId: 'c' }],
    [
      'POST /fapi/v1/algoOrder',
      { type: 'STOP_MARKET', algoType: 'CONDITIONAL', triggerPrice: '90', clientAlgoId: 'c' },
    ],
    [
      'POST /papi/v1/um/conditional/order',
      { strategyType: 'STOP_MARKET', stopPrice: '90', newClientStrategyId: 'c' },
    ],
  ] as const) {
    expect(intentsOf(line, { ...stop, ...fields }), line).toMatchObject([
      { type: 'stop', trigger: '90', quantity: '1 base', clientOrderId: 'c' },
    ]);
  }
  expect(
    intentsOf('POST /fapi/v1/algoOrder', {
      ...stop,
      type: 'TRAILING_STOP_MARKET',
      callbackRate: '1.5',
      activatePrice: '99',
    }),
  ).toMatchObject([{ type: 'trailing-stop', trigger: '99' }]);
});

test('a batch is every order of it, and one bad order refuses all', () => {
  const batch = (orders: unknown) => ({ batchOrders: JSON.stringify(orders), timestamp: '1' });
  const line = 'POST /fapi/v1/batchOrders';
  expect(intentsOf(line, batch([limit, { ...limit, quantity: 7 }]))).toMatchObject([
    { quantity: '0.5 base' },
    { quantity: '7 base' },
  ]);
  expect(intentsOf(line, `batchOrders=${JSON.stringify([limit])}`)).toHaveLength(1);
  expect(
    intentsOf('POST /eapi/v1/batchOrders', {
      orders: JSON.stringify([{ ...limit, symbol: 'BTC-261225-60000-C', postOnly: true }]),
    }),
  ).toMatchObject([
    { instrument: 'BTC-261225-60000-C', quantity: '0.5 contracts', timeInForce: 'post-only' },
  ]);
  for (const orders of [
    [],
    [limit, { ...limit, leverage: 5 }],
    Array(6).fill(limit),
    {},
    [[]],
    [limit, { ...limit, price: '1e9' }],
  ]) {
    expect(parse(line, batch(orders)).ok, JSON.stringify(orders).slice(0, 80)).toBe(false);
  }
  expect(parse(line, `batchOrders=${encodeURIComponent('[{"symbol":"A","symbol":"B"}]')}`)).toMatchObject({
    ok: false,
    code: 'BODY_UNREADABLE',
  });
});

test('amendments carry the new total', () => {
  const fields = {
    symbol: 'BTCUSDT',
    side: 'BUY',
    quantity: '2',
    price: '99',
    orderId: '5',
    priceMatch: 'NONE',
  };
  expect(intentsOf('PUT /fapi/v1/order', fields)).toMatchObject([
    { action: 'amend', quantity: '2 base', price: '99', venueOrderId: '5' },
  ]);
  expect(intentsOf('PUT /dapi/v1/batchOrders', { batchOrders: JSON.stringify([fields]) })).toMatchObject([
    { action: 'amend', quantity: '2 contracts' },
  ]);
  expect(
    intentsOf('PUT /api/v3/order/amend/keepPriority', {
      symbol: 'BTCUSDT',
      origClientOrderId: 'c',
      newQty: '0.1',
    }),
  ).toMatchObject([{ action: 'amend', quantity: '0.1 base', clientOrderId: 'c' }]);
  expect(parse('PUT /fapi/v1/order', { ...fields, orderId: '' })).toMatchObject({ ok: false });
});

test('algo orders and TWAPs', () => {
  expect(
    intentsOf('POST /sapi/v1/algo/spot/newOrderTwap', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      quantity: '3',
      duration: '300',
      limitPrice: '100',
      stpMode: 'NONE',
    }),
  ).toMatchObject([{ type: 'twap', quantity: '3 base', price: '100' }]);
  expect(
    intentsOf('POST /sapi/v1/algo/futures/newOrderVp', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      quantity: '3',
      urgency: 'LOW',
    }),
  ).toMatchObject([{ type: 'other', quantity: '3 base' }]);
});

test('cancels name one order, several, a symbol or everything', () => {
  const one = (line: string, fields: Record<string, string>) => intentsOf(line, fields, 'query');
  expect(one('DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId: '9' })).toEqual([
    { ...base, action: 'cancel', instrument: 'BTCUSDT', venueOrderId: '9' },
  ]);
  expect(one('DELETE /api/v3/openOrders', { symbol: 'BTCUSDT', timestamp: '1' })).toEqual([
    { ...base, action: 'cancel', instrument: 'BTCUSDT' },
  ]);
  expect(
    one('DELETE /fapi/v1/batchOrders', {
      symbol: 'BTCUSDT',
      orderIdList: '[1,2]',
      origClientOrderIdList: '["c"]',
    }),
  ).toMatchObject([{ venueOrderId: '1' }, { venueOrderId: '2' }, { clientOrderId: 'c' }]);
  expect(one('DELETE /eapi/v1/allOpenOrdersByUnderlying', { underlying: 'BTCUSDT' })).toHaveLength(1);
  expect(one('DELETE /sapi/v1/algo/futures/order', { algoId: '14511' })).toMatchObject([
    { venueOrderId: '14511' },
  ]);
  expect(one('DELETE /api/v3/orderList', { symbol: 'BTCUSDT', listClientOrderId: 'l' })).toMatchObject([
    { clientOrderId: 'l' },
  ]);
  expect(
    intentsOf('POST /fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: '60000' }),
  ).toMatchObject([{ action: 'cancel', instrument: 'BTCUSDT' }]);
  expect(
    parse('POST /fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: '0' }, 'query'),
  ).toMatchObject({ code: 'DEAD_MAN_DISARM' });
  expect(
    parse('POST /fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: '120001' }, 'query'),
  ).toMatchObject({ code: 'DEAD_MAN_DISARM', message: expect.stringContaining('put off') });
  expect(
    parse('DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId: '9', algoId: '8' }, 'query'),
  ).toMatchObject({ code: 'FIELD_CONFLICT' });
  expect(
    parse('DELETE /api/v3/order', { symbol: 'BTCUSDT', orderId: '9', side: 'BUY' }, 'query'),
  ).toMatchObject({ code: 'FIELD_UNKNOWN' });
  expect(parse('DELETE /fapi/v1/batchOrders', { orderIdList: '[{"a":1}]' }, 'query')).toMatchObject({
    code: 'FIELD_INVALID',
  });
});

describe('refused', () => {
  test.each<[string, string, Record<string, string> | string, string]>([
    ['an unknown field', spot, { ...limit, surprise: '1' }, 'FIELD_UNKNOWN'],
    [
      'a decorative price on a market order (D3)',
      spot,
      { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '9', price: '0.01' },
      'FIELD_UNKNOWN',
    ],
    ['a trigger on a limit order', spot, { ...limit, stopPrice: '1' }, 'FIELD_UNKNOWN'],
    [
      'quantity and quote quantity',
      spot,
      { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '9', quoteOrderQty: '1' },
      'FIELD_CONFLICT',
    ],
    ['quote quantity on a limit order', spot, { ...limit, quoteOrderQty: '1' }, 'FIELD_UNKNOWN'],
    ['no quantity', spot, { ...limit, quantity: '' }, 'NUMBER_INVALID'],
    ['an exponent', spot, { ...limit, quantity: '1e5' }, 'NUMBER_INVALID'],
    ['a negative quantity', spot, { ...limit, quantity: '-1' }, 'NUMBER_INVALID'],
    ['a plus sign', spot, { ...limit, quantity: '+1' }, 'PRICE_RELATIVE'],
    ['hexadecimal', spot, { ...limit, quantity: '0x10' }, 'NUMBER_INVALID'],
    ['a thousands separator', spot, { ...limit, quantity: '1,000' }, 'NUMBER_INVALID'],
    ['zero', spot, { ...limit, quantity: '0.0' }, 'NUMBER_INVALID'],
    ['a space', spot, { ...limit, quantity: ' 1' }, 'NUMBER_INVALID'],
    ['a homoglyph symbol (D19)', spot, { ...limit, symbol: 'ВTCUSDT' }, 'FIELD_INVALID'],
    ['a lower-case symbol', spot, { ...limit, symbol: 'btcusdt' }, 'FIELD_INVALID'],
    ['an unknown type', spot, { ...limit, type: 'ICEBERG' }, 'ORDER_TYPE_UNSUPPORTED'],
    ['an unknown time in force', spot, { ...limit, timeInForce: 'GTE_GTC' }, 'FIELD_INVALID'],
    ['no type', spot, { symbol: 'BTCUSDT', side: 'BUY', quantity: '1' }, 'FIELD_MISSING'],
    ['a pegged price', spot, { ...limit, pegPriceType: 'PRIMARY_PEG' }, 'PRICE_RELATIVE'],
    ['a matched price', perp, { ...limit, priceMatch: 'OPPONENT' }, 'PRICE_RELATIVE'],
    ['an escape in a client id', spot, { ...limit, newClientOrderId: 'a\u001b[2J' }, 'FORM_BAD_CHARACTER'],
    ['a parameter twice', spot, 'symbol=A&symbol=B', 'FORM_DUPLICATE'],
    ['closing with a limit order', perp, { ...limit, closePosition: 'true' }, 'FIELD_CONFLICT'],
    [
      'closing beside a quantity',
      perp,
      {
        symbol: 'BTCUSDT',
        side: 'BUY',
        type: 'STOP_MARKET',
        stopPrice: '1',
        quantity: '1',
        closePosition: 'true',
      },
      'FIELD_CONFLICT',
    ],
    ['good till no date', perp, { ...limit, timeInForce: 'GTD' }, 'FIELD_MISSING'],
    [
      'a loan on the side (S7)',
      'POST /sapi/v1/margin/order',
      { ...limit, sideEffectType: 'MARGIN_BUY' },
      'FIELD_INVALID',
    ],
    [
      'isolated margin, which no list has for all pairs',
      'POST /sapi/v1/margin/order',
      { ...limit, isIsolated: 'TRUE' },
      'PRODUCT_UNSUPPORTED',
    ],
    [
      'a repayment on the side (S7)',
      'POST /papi/v1/margin/order',
      { ...limit, autoRepayAtCancel: 'TRUE' },
      'FIELD_INVALID',
    ],
    [
      'a quote that is accepted unseen',
      'POST /sapi/v1/convert/acceptQuote',
      { quoteId: '1' },
      'QUOTE_UNKNOWN',
    ],
    ['one that pays for a purchase', 'POST /api/v3/orderList/opo', opo('SELL', 'BUY'), 'FIELD_CONFLICT'],
    ['one that pays for another', 'POST /api/v3/orderList/opo', opo('BUY', 'BUY'), 'FIELD_CONFLICT'],
    [
      'a quantity where the fill decides',
      'POST /api/v3/orderList/opo',
      { ...opo('BUY', 'SELL'), pendingQuantity: '1' },
      'FIELD_UNKNOWN',
    ],
    ['a read', 'GET /api/v3/order', 'symbol=A', 'NOT_AN_ORDER'],
    ['funds', 'POST /sapi/v1/capital/withdraw/apply', 'coin=BTC', 'NOT_AN_ORDER'],
  ])('%s', (_, line, fields, code) => {
    expect(parse(line, fields, line.startsWith('GET') ? 'query' : 'body')).toMatchObject({ ok: false, code });
  });

  test('a parameter in query and body', () => {
    const request = requestOf(
      'POST',
      'https://api.binance.com/api/v3/order?price=1',
      [],
      new URLSearchParams(limit).toString(),
    );
    expect(binance.parseOrders(request, { account: 'a', environment: 'live' })).toMatchObject({
      code: 'FORM_DUPLICATE',
    });
  });
});

test('every order path without a reader is refused, and no empty request is an order', () => {
  for (const { method, path, class: kind } of binance.operations) {
    if (!['order', 'amend'].includes(kind)) continue;
    expect(parse(`${method} ${path}`, '', 'query').ok, `${method} ${path}`).toBe(false);
  }
});

const market = {
  base: 'BTC',
  quote: 'USDT',
  precision: { amount: 0.001, price: 0.1 },
  limits: {},
  info: {
    orderTypes: [
      'LIMIT',
      'MARKET',
      'LIMIT_MAKER',
      'STOP_LOSS',
      'STOP_LOSS_LIMIT',
      'TAKE_PROFIT_LIMIT',
      'STOP_MARKET',
      'STOP',
      'TRAILING_STOP_MARKET',
    ],
  },
};
const exchange = new ccxt.binance();
exchange.setMarkets([
  { ...market, id: 'BTCUSDT', symbol: 'BTC/USDT', spot: true, type: 'spot' },
  {
    ...market,
    id: 'BTCUSDT',
    symbol: 'BTC/USDT:USDT',
    swap: true,
    contract: true,
    linear: true,
    type: 'swap',
    settle: 'USDT',
  },
] as never);

test.each<[string, string, string, number | undefined, Record<string, unknown>, Record<string, unknown>]>([
  ['BTC/USDT', 'limit', 'sell', 20000.5, {}, { type: 'limit', price: '20000.5', quantity: '1.5 base' }],
  ['BTC/USDT', 'limit', 'buy', 20000.5, { postOnly: true }, { type: 'limit', timeInForce: 'post-only' }],
  ['BTC/USDT', 'market', 'buy', undefined, { cost: 100 }, { type: 'market', quantity: '100 quote' }],
  ['BTC/USDT', 'limit', 'sell', 20000.5, { stopLossPrice: 21000 }, { type: 'stop-limit', trigger: '21000' }],
  ['BTC/USDT:USDT', 'limit', 'buy', 20000.5, { reduceOnly: true }, { type: 'limit', reduceOnly: true }],
  ['BTC/USDT:USDT', 'limit', 'buy', 20000.5, { postOnly: true }, { timeInForce: 'post-only' }],
  [
    'BTC/USDT:USDT',
    'market',
    'sell',
    undefined,
    { stopLossPrice: 19000 },
    { type: 'stop', trigger: '19000' },
  ],
  [
    'BTC/USDT:USDT',
    'market',
    'sell',
    undefined,
    { trailingPercent: 1, trailingTriggerPrice: 21000 },
    { type: 'trailing-stop', trigger: '21000' },
  ],
  [
    'BTC/USDT:USDT',
    'market',
    'sell',
    undefined,
    { stopLossPrice: 19000, closePosition: true },
    { quantity: '0 close-all' },
  ],
])("ccxt's order is understood: %s %s %s %s %o", (symbol, type, side, price, params, expected) => {
  const request = exchange.createOrderRequest(
    symbol,
    type as never,
    side as never,
    1.5,
    price,
    params,
  ) as Record<string, unknown>;
  const fields = Object.fromEntries(Object.entries(request).map(([name, value]) => [name, String(value)]));
  const line = symbol.includes(':') ? ('clientAlgoId' in fields ? 'POST /fapi/v1/algoOrder' : perp) : spot;
  expect(intentsOf(line, fields)).toMatchObject([{ side, ...expected }]);
});

test('the parsers stand alone, too', () => {
  expect([readSpotOrder, readCancel].every((reader) => typeof reader === 'function')).toBe(true);
  expect(typeof readFuturesOrder).toBe('function');
  expect(clientIdForm.test('a b')).toBe(false);
});

test.each([
  ['FIELD_UNKNOWN', { type: 'LIMIT', timeInForce: 'GTC', price: '9', trailingDelta: '100' }],
  ['FIELD_UNKNOWN', { type: 'MARKET', trailingDelta: '100' }],
  ['FIELD_INVALID', { type: 'STOP_LOSS', trailingDelta: '1%' }],
  ['FIELD_INVALID', { type: 'STOP_LOSS', trailingDelta: '' }],
  ['FIELD_MISSING', { type: 'STOP_LOSS_LIMIT', trailingDelta: '100' }],
])('a trailing stop on spot that is none: %s %o', (code, fields) => {
  expect(parse(spot, { symbol: 'BTCUSDT', side: 'SELL', quantity: '2', ...fields })).toMatchObject({
    ok: false,
    code,
  });
});
