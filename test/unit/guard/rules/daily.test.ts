import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
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
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
