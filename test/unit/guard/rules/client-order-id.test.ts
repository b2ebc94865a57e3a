import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'a named order passes, legs need no name',
    { clientOrderId: true },
    { orders: [{ clientOrderId: 'a' }, { isLeg: true }] },
    [],
  ],
  [
    'each part of an OCO has one of its own, since each is asked for',
    { clientOrderId: true },
    { orders: [{ clientOrderId: 'a' }, { isLeg: true, isAlternative: true }] },
    ['CLIENT_ORDER_ID_MISSING'],
  ],
  ['a nameless one does not', { clientOrderId: true }, {}, ['CLIENT_ORDER_ID_MISSING']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
