import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['the same again, soon', { duplicateSeconds: 10 }, { sameSecondsAgo: 9 }, ['DUPLICATE']],
  ['later', { duplicateSeconds: 10 }, { sameSecondsAgo: 10 }, []],
  ['twice in one request', { duplicateSeconds: 10 }, { orders: [{}, { price: '99' }, {}] }, ['DUPLICATE']],
  [
    'twice in one request under two ids',
    { duplicateSeconds: 10 },
    { orders: [{ clientOrderId: 'a' }, { clientOrderId: 'b' }] },
    ['DUPLICATE'],
  ],
  ['of another price', { duplicateSeconds: 10 }, { orders: [{}, { price: '99' }] }, []],
  ['of another size', { duplicateSeconds: 10 }, { orders: [{}, { quantity: '2' }] }, []],
  ['of the other side', { duplicateSeconds: 10 }, { orders: [{}, { side: 'sell' }] }, []],
  ['its own leg', { duplicateSeconds: 10 }, { orders: [{}, { isLeg: true }] }, []],
  ['amended twice', { duplicateSeconds: 10 }, { orders: [{ action: 'amend' }, { action: 'amend' }] }, []],
  [
    'trailing at another distance',
    { duplicateSeconds: 10 },
    { orders: [{ terms: { callbackRatio: '0.01' } }, { terms: { callbackRatio: '0.02' } }] },
    [],
  ],
  [
    'trailing from another price',
    { duplicateSeconds: 10 },
    { orders: [{ terms: { trailingDelta: '50' } }, { terms: { trailingDelta: '50', activePx: '90' } }] },
    [],
  ],
  [
    'trailing alike under two tags',
    { duplicateSeconds: 10 },
    { orders: [{ terms: { trail_percent: '2', tag: 'a' } }, { terms: { trail_percent: '2', tag: 'b' } }] },
    ['DUPLICATE'],
  ],
  [
    'in another account',
    { duplicateSeconds: 10 },
    { orders: [{ venueAccount: 'U1' }, { venueAccount: 'U2' }] },
    [],
  ],
  [
    'in another margin mode',
    { duplicateSeconds: 10 },
    { orders: [{ terms: { tdMode: 'cross' } }, { terms: { tdMode: 'isolated' } }] },
    [],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
