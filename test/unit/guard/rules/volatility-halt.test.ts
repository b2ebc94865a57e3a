import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

const limits = { volatilityHalt: { moveBps: 500, minutes: 10 } };

test.each<[string, Parameters<typeof codesOf>[1], string[]]>([
  ['a calm market', { orders: [{ range: ['98', '102'] }] }, []],
  ['a fall', { orders: [{ range: ['96', '102'] }] }, ['VOLATILITY_HALT']],
  ['exactly so far', { orders: [{ range: ['100', '105'], last: '100' }] }, ['VOLATILITY_HALT']],
  [
    'what the last bar does not hold yet',
    { orders: [{ range: ['100', '101'], last: '106' }] },
    ['VOLATILITY_HALT'],
  ],
  [
    'each symbol of a request, once',
    {
      orders: [
        { range: ['90', '100'] },
        { range: ['90', '100'] },
        { instrument: 'ETH-USDT', range: ['99', '100'] },
      ],
    },
    ['VOLATILITY_HALT'],
  ],
  ['nobody tells the range', { orders: [{ range: null }] }, ['DATA_MISSING']],
  ['nobody tells the price', { orders: [{ range: ['99', '100'], last: null }] }, ['DATA_MISSING']],
  ['an old price', { orders: [{ range: ['99', '100'], ageMs: 15_001 }] }, ['DATA_MISSING']],
  [
    'an exit passes',
    { orders: [{ range: ['50', '100'], side: 'sell', type: 'market', unit: 'contracts', position: '1' }] },
    [],
  ],
])('%s', (_title, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
