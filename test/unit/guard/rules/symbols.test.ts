import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['an allowed symbol passes', { symbols: { allow: ['BTC-USDT'] } }, {}, []],
  ['another one does not', { symbols: { allow: ['ETH-USDT'] } }, {}, ['SYMBOL_NOT_ALLOWED']],
  ['a denied one never', { symbols: { allow: ['BTC-USDT'], deny: ['BTC-USDT'] } }, {}, ['SYMBOL_DENIED']],
  [
    'no symbol is not an allowed one',
    { symbols: { allow: ['BTC-USDT'] } },
    { orders: [{ instrument: '' }] },
    ['SYMBOL_NOT_ALLOWED'],
  ],
  [
    'each order of a batch is judged',
    { symbols: { deny: ['X'] } },
    { orders: [{}, { instrument: 'X' }] },
    ['SYMBOL_DENIED'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
