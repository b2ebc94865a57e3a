import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['too soon', { cooldownSeconds: 5 }, { earlier: [[4, '1']] }, ['COOLDOWN']],
  ['late enough', { cooldownSeconds: 5 }, { earlier: [[5, '1']] }, []],
  [
    'a request that places several in one symbol keeps none',
    { cooldownSeconds: 1 },
    { orders: [{}, {}] },
    ['COOLDOWN'],
  ],
  [
    'in several symbols it does',
    { cooldownSeconds: 1 },
    { orders: [{}, { instrument: 'ETH-USDT' }, { isLeg: true }] },
    [],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
