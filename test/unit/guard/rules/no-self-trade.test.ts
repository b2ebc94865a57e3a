import { expect, test } from 'vitest';
import type { OrderIntent } from '../../../../src/core/order.js';
import { codesOf } from '../../../support/guard-facts.js';

const on = { noSelfTrade: true } as const;
const stranger: OrderIntent = {
  venue: 'okx',
  account: 'a',
  moneyMode: 'DEMO',
  action: 'amend',
  instrument: '',
};

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['a purchase below the own sale', on, { resting: [{ side: 'sell', price: '100.01' }] }, []],
  ['at its price', on, { resting: [{ side: 'sell', price: '100' }] }, ['SELF_TRADE']],
  ['the same side', on, { resting: [{ side: 'buy', price: '100' }] }, []],
  ['another symbol', on, { resting: [{ instrument: 'X', side: 'sell', price: '1' }] }, []],
  [
    'a sale above the own purchase',
    on,
    { orders: [{ side: 'sell', price: '101' }], resting: [{ price: '100' }] },
    [],
  ],
  [
    'a sale below it',
    on,
    { orders: [{ side: 'sell', price: '99' }], resting: [{ price: '100' }] },
    ['SELF_TRADE'],
  ],
  [
    'the other price of an order meets it, too',
    on,
    {
      orders: [
        { side: 'sell', type: 'stop' },
        { side: 'sell', price: '99', isLeg: true, isAlternative: true },
      ],
      resting: [{ price: '100' }],
    },
    ['SELF_TRADE'],
  ],
  ['an exit that waits for its order meets nothing', on, { orders: [{}, { side: 'sell', isLeg: true }] }, []],
  [
    'a market order with a decorative price',
    on,
    { orders: [{ type: 'market', price: '1' }], resting: [{ side: 'sell', price: '900' }] },
    ['SELF_TRADE'],
  ],
  ['a stop is not in the book', on, { resting: [{ side: 'sell', type: 'stop', price: '1' }] }, []],
  ['a type nobody knows is', on, { resting: [{ side: 'sell', type: 'twap' }] }, ['SELF_TRADE']],
  [
    'post-only takes nothing',
    on,
    { orders: [{ timeInForce: 'post-only' }], resting: [{ side: 'sell', price: '1' }] },
    [],
  ],
  [
    'two of one request',
    on,
    {
      orders: [
        { side: 'buy', price: '100' },
        { side: 'sell', price: '99' },
      ],
    },
    ['SELF_TRADE'],
  ],
  [
    'an amendment moves the price over it',
    on,
    { orders: [{ action: 'amend', price: '102' }], resting: [{ side: 'sell', price: '101' }] },
    ['SELF_TRADE'],
  ],
  ['an amendment of an order nobody knows', on, { open: { orders: () => [stranger] } }, ['DATA_MISSING']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
