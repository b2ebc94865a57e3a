import { expect, test } from 'vitest';
import { codesOf, nowMs } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'below the burst',
    { repeat: { orders: 3, minutes: 1 } },
    {
      earlier: [
        [50, '1'],
        [40, '1'],
      ],
    },
    [],
  ],
  [
    'a burst halts',
    { repeat: { orders: 2, minutes: 1 } },
    {
      earlier: [
        [50, '1'],
        [40, '1'],
      ],
    },
    ['REPEAT_THROTTLE'],
  ],
  [
    'a human who resumed begins anew',
    { repeat: { orders: 2, minutes: 1 } },
    {
      earlier: [
        [50, '1'],
        [40, '1'],
      ],
      rearmedMs: nowMs - 45_000,
    },
    [],
  ],
  [
    'each order of a request counts',
    { repeat: { orders: 2, minutes: 1 } },
    { orders: [{}, {}, {}] },
    ['REPEAT_THROTTLE'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
