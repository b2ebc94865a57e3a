import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { codesOf } from '../../../support/guard-facts.js';

const lost = (amount: string, isContracts = false, inverse?: string) => ({
  realisedSince: () => [
    {
      instrument: 'B',
      isContracts,
      amount: decimal(amount),
      ...(inverse === undefined ? {} : { inverse: decimal(inverse) }),
    },
  ],
});
/** A contract is worth 100 dollars. */
const inverse = () => ({ multiplier: decimal('100'), isInverse: true, quote: 'USD' });

/** A dollar is worth 150 yen, and nothing else has a rate. */
const yen = {
  currency: { name: 'JPY', rateOf: (from: string) => (from === 'USDT' ? decimal('150') : undefined) },
};
const inEuros = () => ({ multiplier: decimal('1'), isInverse: false, quote: 'EUR' });
const paid = (amount: string) => ({ paidSince: () => [{ instrument: 'B', amount: decimal(amount) }] });

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['fees in another currency', { daily: { fees: 151 } }, { ...yen, fees: paid('1') }, []],
  ['fees that reach it converted', { daily: { fees: 150 } }, { ...yen, fees: paid('1') }, ['DAILY_FEES']],
  [
    'fees without a rate',
    { daily: { fees: 150 } },
    { ...yen, fees: paid('1'), termsOf: inEuros },
    ['DATA_MISSING'],
  ],
  [
    'a loss in another currency',
    { daily: { realisedLoss: 1500 } },
    { ...yen, results: lost('-10') },
    ['DAILY_REALISED_LOSS'],
  ],
  [
    'a loss without a rate',
    { daily: { realisedLoss: 1500 } },
    { ...yen, results: lost('-1'), termsOf: inEuros },
    ['DATA_MISSING'],
  ],
  [
    'the last order of the day',
    { daily: { orders: 3 } },
    {
      earlier: [
        [60, '1'],
        [30, '1'],
      ],
    },
    [],
  ],
  [
    'one more',
    { daily: { orders: 2 } },
    {
      earlier: [
        [60, '1'],
        [30, '1'],
      ],
    },
    ['DAILY_ORDERS'],
  ],
  [
    'yesterday does not count, in the stated zone',
    { daily: { orders: 1 }, timeZone: 'Asia/Tokyo' },
    { nowMs: Date.UTC(2026, 10, 20, 15, 30), earlier: [[3600, '1']] },
    [],
  ],
  [
    'in another zone it is the same day',
    { daily: { orders: 1 } },
    { nowMs: Date.UTC(2026, 10, 20, 15, 30), earlier: [[3600, '1']] },
    ['DAILY_ORDERS'],
  ],
  ['turnover', { daily: { notional: '199.99' } }, { earlier: [[60, '100']] }, ['DAILY_NOTIONAL']],
  ['a loss below the limit', { daily: { realisedLoss: 10 } }, { results: lost('-9.99') }, []],
  ['a loss at the limit', { daily: { realisedLoss: 10 } }, { results: lost('-10') }, ['DAILY_REALISED_LOSS']],
  ['fees below the limit', { daily: { fees: 10 } }, { fees: paid('9.99') }, []],
  ['fees at the limit', { daily: { fees: 10 } }, { fees: paid('10') }, ['DAILY_FEES']],
  ['a fee nobody tells', { daily: { fees: 10 } }, { fees: { isUntoldSince: () => true } }, ['DATA_MISSING']],
  [
    'a fill of a trigger that nobody tells',
    { daily: { fees: 10 } },
    { results: { unknownMs: 1 } },
    ['DATA_MISSING'],
  ],
  ['worth a little less', { daily: { loss: 10 } }, { equity: decimal('990.01') }, []],
  ['worth less than when the day began', { daily: { loss: 10 } }, { equity: decimal('990') }, ['DAILY_LOSS']],
  ['worth nobody tells', { daily: { loss: 10 } }, { equity: undefined }, ['DATA_MISSING']],
  [
    'worth nobody told before',
    { daily: { loss: 10 } },
    { marks: { atStart: () => undefined } },
    ['DATA_MISSING'],
  ],
  [
    'contracts count for what they stand for',
    { daily: { realisedLoss: 10 } },
    {
      results: lost('-100', true),
      termsOf: () => ({ multiplier: decimal('0.01'), isInverse: false, quote: 'USDT' }),
    },
    [],
  ],
  [
    'contracts that were sent as shares, too',
    { daily: { realisedLoss: 10 } },
    {
      results: lost('-1'),
      termsOf: () => ({ multiplier: decimal('100'), isInverse: false, quote: 'USD' }),
    },
    ['DAILY_REALISED_LOSS'],
  ],
  [
    'contracts of which nothing is known',
    { daily: { realisedLoss: 10 } },
    { results: lost('-1', true), termsOf: () => undefined },
    ['DATA_MISSING'],
  ],
  [
    'inverse contracts, in what their coins were worth',
    { daily: { realisedLoss: 10 } },
    { results: lost('99', true, '-0.1'), termsOf: inverse },
    ['DAILY_REALISED_LOSS'],
  ],
  [
    'less of them',
    { daily: { realisedLoss: 10 } },
    { results: lost('-99', true, '-0.09'), termsOf: inverse },
    [],
  ],
  [
    'inverse contracts of which only the other result is known',
    { daily: { realisedLoss: 10 } },
    { results: lost('-1', true), termsOf: inverse },
    ['DATA_MISSING'],
  ],
  ['a fill nobody tells', { daily: { realisedLoss: 10 } }, { results: { unknownMs: 1 } }, ['DATA_MISSING']],
  [
    'an exit passes all the same',
    { daily: { realisedLoss: 10 } },
    { results: lost('-99'), orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1' }] },
    [],
  ],
  ['each order of a request counts', { daily: { orders: 2 } }, { orders: [{}, {}, {}] }, ['DAILY_ORDERS']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
