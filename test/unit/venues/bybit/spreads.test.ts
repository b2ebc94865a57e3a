// Orders of spreads: both legs with their sides, at a difference that may be below zero.
import { describe, expect, test } from 'vitest';
import { base, intentsOf, parse } from '../../../support/bybit-intents.js';

const create = '/v5/spread/order/create';
const amend = '/v5/spread/order/amend';
const instruments = new Map([
  ['SOLUSDT_SOL/USDT 1', 'SOLUSDT'],
  ['SOLUSDT_SOL/USDT 2', 'SOLUSDT'],
  ['BTCUSDT-26JUN26_BTCUSDT 1', 'BTCUSDT-26JUN26'],
  ['BTCUSDT-26JUN26_BTCUSDT 2', 'BTCUSDT'],
]);
const limit = {
  symbol: 'BTCUSDT-26JUN26_BTCUSDT',
  side: 'Sell',
  orderType: 'Limit',
  qty: '0.1',
  price: '21.5',
  orderLinkId: '1744072052193428479',
  timeInForce: 'PostOnly',
};

test('what is sold is the first leg, and the second is bought, each of the whole size', () => {
  const leg = { ...base, action: 'place', type: 'limit', timeInForce: 'post-only', quantity: '0.1 base' };
  expect(intentsOf(create, limit, { instruments })).toEqual([
    {
      ...base,
      action: 'place',
      instrument: 'BTCUSDT-26JUN26_BTCUSDT',
      type: 'limit',
      timeInForce: 'post-only',
      quantity: '0.1 contracts',
      price: '21.5',
      clientOrderId: '1744072052193428479',
      legs: [
        { ...leg, instrument: 'BTCUSDT-26JUN26', side: 'sell' },
        { ...leg, instrument: 'BTCUSDT', side: 'buy' },
      ],
    },
  ]);
  expect(intentsOf(create, { ...limit, side: 'Buy' }, { instruments })).toMatchObject([
    { legs: [{ side: 'buy' }, { side: 'sell' }] },
  ]);
});

test.each(['-4', '0', '0.0001', '-0.5'])('a difference of %s is a price', (price) => {
  const order = { ...limit, symbol: 'SOLUSDT_SOL/USDT', price };
  expect(intentsOf(create, order, { instruments })).toMatchObject([{ price }]);
  const change = { symbol: 'SOLUSDT_SOL/USDT', orderId: 's1', price };
  expect(intentsOf(amend, change, { instruments })).toMatchObject([{ price }]);
});

test('a market order has no price, and its legs take any', () => {
  const { price: _price, ...rest } = limit;
  const [order] = intentsOf(create, { ...rest, orderType: 'Market' }, { instruments });
  expect(order).toMatchObject({ type: 'market', legs: [{ type: 'market' }, { type: 'market' }] });
  expect(order).not.toHaveProperty('price');
});

test('an amendment names both legs, so that neither is valued by the difference of prices', () => {
  const change = { symbol: 'SOLUSDT_SOL/USDT', orderLinkId: 'mine1', qty: '0.2', price: '14' };
  const leg = { ...base, action: 'amend', instrument: 'SOLUSDT', quantity: '0.2 base' };
  expect(intentsOf(amend, change, { instruments })).toEqual([
    {
      ...base,
      action: 'amend',
      instrument: 'SOLUSDT_SOL/USDT',
      quantity: '0.2 contracts',
      price: '14',
      clientOrderId: 'mine1',
      legs: [leg, leg],
    },
  ]);
});

test('cancels name an order, a spread or all', () => {
  const one = '/v5/spread/order/cancel';
  expect(intentsOf(one, { orderLinkId: 'a-1' })).toEqual([
    { ...base, action: 'cancel', instrument: '', clientOrderId: 'a-1' },
  ]);
  expect(intentsOf('/v5/spread/order/cancel-all', { symbol: 'SOLUSDT_SOL/USDT' })).toEqual([
    { ...base, action: 'cancel', instrument: 'SOLUSDT_SOL/USDT' },
  ]);
});

describe('refused', () => {
  const without = (name: string) => ({ ...limit, [name]: undefined });
  test.each<[string, string, unknown, string]>([
    ['an unknown field', create, { ...limit, reduceOnly: true }, 'FIELD_UNKNOWN'],
    ['a spread that is on no list', create, { ...limit, symbol: 'ETHUSDT_ETH/USDT' }, 'SYMBOL_UNKNOWN'],
    ['a plain symbol', create, { ...limit, symbol: 'BTCUSDT' }, 'FIELD_INVALID'],
    ['an exponent', create, { ...limit, qty: '1e-1' }, 'NUMBER_INVALID'],
    ['an exponent in the price', create, { ...limit, price: '2e1' }, 'FIELD_INVALID'],
    ['an exponent as a number', create, JSON.stringify(limit).replace('"21.5"', '2.1e1'), 'FIELD_INVALID'],
    ['a plus sign', create, { ...limit, price: '+4' }, 'FIELD_INVALID'],
    ['a key twice', create, JSON.stringify(limit).replace('{', '{"qty":"9",'), 'BODY_UNREADABLE'],
    ['zero', create, { ...limit, qty: '0' }, 'NUMBER_INVALID'],
    ['a negative size', create, { ...limit, qty: '-1' }, 'NUMBER_INVALID'],
    ['a limit order without price', create, without('price'), 'FIELD_MISSING'],
    ['a market order with one', create, { ...limit, orderType: 'Market' }, 'FIELD_CONFLICT'],
    ['no size', create, without('qty'), 'FIELD_MISSING'],
    ['no side', create, without('side'), 'FIELD_MISSING'],
    ['no type', create, without('orderType'), 'FIELD_MISSING'],
    ['another type', create, { ...limit, orderType: 'Stop' }, 'ORDER_TYPE_UNSUPPORTED'],
    ['another time in force', create, { ...limit, timeInForce: 'RPI' }, 'FIELD_INVALID'],
    ['an amendment of nothing', amend, { symbol: limit.symbol, orderId: 's1' }, 'FIELD_MISSING'],
    ['an amendment without id', amend, { symbol: limit.symbol, qty: '1' }, 'FIELD_MISSING'],
    [
      'an empty price, which would stay as it is',
      amend,
      { symbol: limit.symbol, orderId: 's1', price: '' },
      'FIELD_INVALID',
    ],
  ])('%s', (_, path, body, code) => {
    expect(parse(path, body, { instruments })).toMatchObject({ ok: false, code });
  });

  test('every spread, without the list that names its legs', () => {
    expect(parse(create, limit)).toMatchObject({ ok: false, code: 'SYMBOL_UNKNOWN' });
    const half = new Map([['BTCUSDT-26JUN26_BTCUSDT 1', 'BTCUSDT-26JUN26']]);
    expect(parse(create, limit, { instruments: half })).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
  });
});
