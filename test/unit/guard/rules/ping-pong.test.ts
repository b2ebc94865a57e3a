import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'against the last one',
    { pingPongSeconds: 60 },
    { earlier: [[59, '1']], earlierSide: 'sell' },
    ['PING_PONG'],
  ],
  ['late enough', { pingPongSeconds: 60 }, { earlier: [[60, '1']], earlierSide: 'sell' }, []],
  ['the same way again', { pingPongSeconds: 60 }, { earlier: [[1, '1']] }, []],
  [
    'both ways at once',
    { pingPongSeconds: 60 },
    { orders: [{ side: 'buy' }, { side: 'sell' }] },
    ['PING_PONG'],
  ],
  [
    'both ways in two symbols',
    { pingPongSeconds: 60 },
    { orders: [{ side: 'buy' }, { side: 'sell', instrument: 'X' }] },
    [],
  ],
  ['an attached leg', { pingPongSeconds: 60 }, { orders: [{}, { side: 'sell', isLeg: true }] }, []],
  [
    'an exit passes',
    { pingPongSeconds: 60 },
    {
      earlier: [[1, '1']],
      orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1' }],
    },
    [],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
