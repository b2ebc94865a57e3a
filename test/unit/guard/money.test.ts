import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { hasDrifted, isReducing, notionalOf, projectedWorth, sumNotional } from '../../../src/guard/money.js';
import { factsOf } from '../../support/guard-facts.js';

const d = decimal;
const show = (value: ReturnType<typeof notionalOf>) =>
  value === undefined ? undefined : formatDecimal(value);
const order = (more: object = {}) =>
  ({
    side: 'buy',
    type: 'limit',
    quantity: { value: d('3'), unit: 'base' },
    price: d('10'),
    ...more,
  }) as const;
const market = { last: d('11'), bid: d('10.5'), ask: d('11.5') };

describe('what an order is worth', () => {
  test.each<[string, Parameters<typeof notionalOf>, string | undefined]>([
    ['the dearest of its own and the market’s prices', [order(), market, undefined, undefined], '34.5'],
    ['a purchase with a limit is bounded by it', [order(), undefined, undefined, undefined], '30'],
    ['a sale is not', [order({ side: 'sell' }), undefined, undefined, undefined], undefined],
    [
      'a quote amount is its own worth',
      [order({ quantity: { value: d('7'), unit: 'quote' } }), undefined, undefined, undefined],
      '7',
    ],
    [
      'contracts times their size',
      [
        order({ quantity: { value: d('3'), unit: 'contracts' } }),
        market,
        { multiplier: d('0.01'), isInverse: false },
        undefined,
      ],
      '0.345',
    ],
    [
      'inverse contracts are quote currency',
      [
        order({ quantity: { value: d('3'), unit: 'contracts' } }),
        market,
        { multiplier: d('100'), isInverse: true },
        undefined,
      ],
      '300',
    ],
    [
      'contracts of unknown size',
      [order({ quantity: { value: d('3'), unit: 'contracts' } }), market, undefined, undefined],
      undefined,
    ],
    [
      'closing all is worth the position',
      [
        order({ quantity: { value: d('0'), unit: 'close-all' } }),
        market,
        { multiplier: d('1'), isInverse: false },
        d('-2'),
      ],
      '23',
    ],
    ['a trigger above the market', [order({ trigger: d('20') }), market, undefined, undefined], '60'],
    [
      'contracts whatever the order calls them, by their size',
      [order(), market, { multiplier: d('100'), isInverse: false }, undefined],
      '3450',
    ],
    [
      'coins of an inverse contract, by their price',
      [order(), market, { multiplier: d('100'), isInverse: true }, undefined],
      '34.5',
    ],
    ['no quantity', [{ side: 'buy', type: 'limit', price: d('1') }, market, undefined, undefined], undefined],
  ])('%s', (_title, given, worth) => {
    expect(show(notionalOf(...given))).toBe(worth);
  });
});

test('exits and alternatives of an order do not add up, what else hangs on it does', () => {
  const { orders } = factsOf({ orders: [{}, { isLeg: true, quantity: '9' }] });
  expect(show(sumNotional(orders))).toBe('100');
  expect(show(sumNotional(factsOf({ orders: [{}, { quantity: '9' }] }).orders))).toBe('1000');
  expect(sumNotional(factsOf({ orders: [{}, { type: 'market', last: null }] }).orders)).toBeUndefined();
});

test('a position after the order, with what is on its way', () => {
  const [only] = factsOf({
    orders: [{ unit: 'contracts', position: '-3', pending: '1', quantity: '1' }],
  }).orders;
  expect(only && show(projectedWorth(only))).toBe('100');
});

test('only an order in contracts against a known position, and no larger with what is pending, is an exit', () => {
  const at = (
    side: 'buy' | 'sell',
    unit: 'contracts' | 'base' | 'close-all',
    position: string | undefined,
    pending = '0',
  ) =>
    isReducing(
      { action: 'place', side, quantity: { value: d('2'), unit } },
      position === undefined ? undefined : d(position),
      d(pending),
    );
  expect(at('sell', 'contracts', '2')).toBe(true);
  expect(at('sell', 'contracts', '2', '0.1')).toBe(false);
  expect(at('buy', 'contracts', '2')).toBe(false);
  expect(at('buy', 'contracts', '-2')).toBe(true);
  expect(at('sell', 'base', '2')).toBe(false);
  const linear = {
    action: 'place',
    side: 'sell',
    quantity: { value: d('2'), unit: 'base' },
    isDerivative: true,
  } as const;
  expect(isReducing(linear, d('2'), d('0'))).toBe(true);
  expect(isReducing(linear, d('2'), d('0.1'))).toBe(false);
  expect(at('sell', 'contracts', undefined)).toBe(false);
  expect(at('sell', 'close-all', '1')).toBe(true);
});

test('a drift is what moved further than allowed, either way', () => {
  const [before, up, down, far] = ['100', '101', '99', '101.01'].map(d);
  if (!before || !up || !down || !far) throw new Error('no amounts');
  expect([up, down, far].map((now) => hasDrifted(before, now, 100))).toEqual([false, false, true]);
});
