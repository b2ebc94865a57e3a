import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['a limit order passes', { marketOrders: 'deny' }, {}, []],
  ['a market order does not', { marketOrders: 'deny' }, { orders: [{ type: 'market' }] }, ['MARKET_ORDER']],
  [
    'a stop becomes one',
    { marketOrders: 'deny' },
    { orders: [{ type: 'stop', trigger: '90' }] },
    ['MARKET_ORDER'],
  ],
  ['where allowed, it passes', { marketOrders: 'allow' }, { orders: [{ type: 'market' }] }, []],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
