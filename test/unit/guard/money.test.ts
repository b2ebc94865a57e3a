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

describe('an exit', () => {
  type Order = Parameters<typeof isReducing>[0];
  const at = (
    position: string | undefined,
    more: Partial<Order> = {},
    { pending = '0', unbound = '0' }: { pending?: string; unbound?: string } = {},
  ) => {
    const order: Order = {
      action: 'place',
      side: 'sell',
      type: 'market',
      quantity: { value: d('2'), unit: 'contracts' },
      ...more,
    };
    const known = position === undefined ? undefined : d(position);
    return isReducing(order, known, { pending: d(pending), unbound: d(unbound) });
  };
  const all = { quantity: { value: d('1'), unit: 'close-all' } } as const;
  const linear = { quantity: { value: d('2'), unit: 'base' }, isDerivative: true } as const;

  test.each<[string, boolean, Parameters<typeof at>]>([
    ['at market of all that is held', true, ['2']],
    ['at market of a linear perpetual', true, ['2', linear]],
    ['at any price, gone at once', true, ['2', { type: 'limit', timeInForce: 'ioc' }]],
    ['of a short', true, ['-2', { side: 'buy' }]],
    ['at market of more', false, ['1']],
    ['at market, more with what is on its way', false, ['2', {}, { pending: '0.1' }]],
    ['of a linear perpetual, more with what is on its way', false, ['2', linear, { pending: '0.1' }]],
    ['on the same side', false, ['2', { side: 'buy' }]],
    ['of coins', false, ['2', { quantity: { value: d('2'), unit: 'base' } }]],
    ['of what nobody knows', false, [undefined]],
    ['that rests', false, ['2', { type: 'limit' }]],
    ['that waits for a trigger', false, ['2', { type: 'stop' }]],
    ['that an amendment makes', false, ['2', { action: 'amend', reduceOnly: true }]],
    ['that rests, which the venue holds to reducing', true, ['2', { type: 'limit', reduceOnly: true }]],
    ['that waits, which the venue holds to reducing', true, ['2', { type: 'stop', reduceOnly: true }]],
    ['of more, which the venue cuts', true, ['1', { reduceOnly: true }, { pending: '9' }]],
    ['of nothing', false, ['0', { reduceOnly: true }]],
    [
      'of coins, where the flag means nothing',
      false,
      ['2', { ...linear, isDerivative: undefined, reduceOnly: true } as never],
    ],
    ['with an order left that opens the reverse', false, ['2', { reduceOnly: true }, { unbound: '1' }]],
    ['with an order left that closes the rest', true, ['3', { reduceOnly: true }, { unbound: '1' }]],
    ['of everything', true, ['1', all]],
    ['of everything, which names no side', true, ['-1', { ...all, side: undefined } as never]],
    ['of everything, with an order left', false, ['1', all, { unbound: '0.1' }]],
    ['of everything, where nothing is', true, ['0', all]],
    ['of everything, where nothing is and an order rests', false, ['0', all, { unbound: '1' }]],
  ])('%s: %s', (_, is, given) => {
    expect(at(...given)).toBe(is);
  });
});

test('a drift is what moved further than allowed, either way', () => {
  const [before, up, down, far] = ['100', '101', '99', '101.01'].map(d);
  if (!before || !up || !down || !far) throw new Error('no amounts');
  expect([up, down, far].map((now) => hasDrifted(before, now, 100))).toEqual([false, false, true]);
});
