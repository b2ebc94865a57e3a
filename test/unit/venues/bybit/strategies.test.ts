// Strategy orders: the whole size, whatever the pace, and a refusal where nobody could say how much is bought.
import { describe, expect, test } from 'vitest';
import { base, intentsOf, parse } from '../../../support/bybit-intents.js';

const create = '/v5/strategy/create';
const twap = {
  category: 'UTA_USDT',
  symbol: 'BTCUSDT',
  side: 'Buy',
  strategyType: 'twap',
  size: '0.6',
  duration: 600,
  interval: 30,
  isRandom: true,
};

test('a twap order is the sum of its parts', () => {
  expect(intentsOf(create, { ...twap, triggerPrice: '75000', reduceOnly: false, leverageType: 0 })).toEqual([
    {
      ...base,
      action: 'place',
      instrument: 'BTCUSDT',
      side: 'buy',
      type: 'twap',
      quantity: '0.6 base',
      trigger: '75000',
      reduceOnly: false,
    },
  ]);
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['a value', { size: undefined, positionValue: '500' }, { quantity: '500 quote' }],
  ['spot', { category: 'UTA_SPOT', side: 'Sell' }, { quantity: '0.6 base', side: 'sell' }],
  [
    'a chase order follows the book at any price',
    { strategyType: 'chaseOrder', chaseDistance: '0.5', maxChasePrice: '83564.5', chasePrice: '75967.7' },
    { type: 'other' },
  ],
  [
    'an iceberg at one price',
    { strategyType: 'iceberg', limitPrice: '74000', subSize: '0.1' },
    { type: 'limit', price: '74000' },
  ],
  [
    'an iceberg that takes',
    { strategyType: 'iceberg', chaseDistance: '-1', orderCount: 5, postOnly: 1 },
    { type: 'other' },
  ],
  [
    'a share of the volume, up to a size',
    {
      strategyType: 'pov',
      povParams: { mode: 'TradedVolume', participationRate: '25.1', referenceWindow: '60' },
    },
    { type: 'other', quantity: '0.6 base' },
  ],
  ['the same as bybit-api writes it', { strategyType: 'pov', mode: 'TradedVolume' }, { type: 'other' }],
  ['the long side of hedge mode, sold', { side: 'Sell', positionIdx: 1 }, { reduceOnly: true }],
])('%s', (_, members, expected) => {
  expect(intentsOf(create, { ...twap, ...members })).toMatchObject([expected]);
});

describe('refused', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['an unknown field', { strategySl: '1' }, 'FIELD_UNKNOWN'],
    ['an unknown field of a share of the volume', { povParams: { surprise: '1' } }, 'FIELD_UNKNOWN'],
    ['another type', { strategyType: 'grid' }, 'ORDER_TYPE_UNSUPPORTED'],
    ['no type', { strategyType: undefined }, 'FIELD_MISSING'],
    ['another product', { category: 'linear' }, 'FIELD_INVALID'],
    ['inverse contracts, whose unit is not told', { category: 'UTA_INVERSE' }, 'QUANTITY_AMBIGUOUS'],
    ['inverse futures', { category: 'UTA_INVERSE_FUTURE' }, 'QUANTITY_AMBIGUOUS'],
    ['no size, a duration alone', { strategyType: 'pov', size: undefined }, 'FIELD_MISSING'],
    ['two sizes', { positionValue: '500' }, 'FIELD_CONFLICT'],
    ['zero', { size: '0' }, 'NUMBER_INVALID'],
    ['an exponent', { size: '6e-1' }, 'NUMBER_INVALID'],
    ['borrowing (S7)', { category: 'UTA_SPOT', leverageType: 1 }, 'FIELD_INVALID'],
    ['a price beside a distance', { limitPrice: '1', chaseDistance: '1' }, 'FIELD_CONFLICT'],
    ['no side', { side: undefined }, 'FIELD_MISSING'],
  ])('%s', (_, members, code) => {
    expect(parse(create, { ...twap, ...members })).toMatchObject({ ok: false, code });
  });

  test('a size twice', () => {
    const body = JSON.stringify(twap).replace('{', '{"size":"9",');
    expect(parse(create, body)).toMatchObject({ ok: false, code: 'BODY_UNREADABLE' });
  });
});
