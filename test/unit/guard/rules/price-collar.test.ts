import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['near the market it passes', { priceCollarBps: 100 }, { orders: [{ price: '101' }] }, []],
  [
    'off the market it does not',
    { priceCollarBps: 100 },
    { orders: [{ price: '101.01' }, { price: '98.9' }] },
    ['PRICE_OFF_MARKET', 'PRICE_OFF_MARKET'],
  ],
  [
    'a trigger is a price, too',
    { priceCollarBps: 100 },
    { orders: [{ trigger: '50' }] },
    ['PRICE_OFF_MARKET'],
  ],
  [
    'an old market price is none',
    { priceCollarBps: 100, referenceMaxAgeSeconds: 5 },
    { orders: [{ ageMs: 5001 }] },
    ['DATA_MISSING'],
  ],
  [
    'nothing is near a market price of zero',
    { priceCollarBps: 100 },
    { orders: [{ price: '0', last: '0' }] },
    ['RULE_FAILED'],
  ],
  [
    'a market order names no price',
    { priceCollarBps: 100 },
    { orders: [{ type: 'market', last: null }] },
    [],
  ],
  [
    'exits are held to it',
    { priceCollarBps: 100 },
    { orders: [{ side: 'sell', unit: 'contracts', position: '5', price: '50' }] },
    ['PRICE_OFF_MARKET'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
