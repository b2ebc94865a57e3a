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
  ['a bot takes what it wants', { marketOrders: 'deny' }, { orders: [{ type: 'bot' }] }, ['MARKET_ORDER']],
  ['where allowed, it passes', { marketOrders: 'allow' }, { orders: [{ type: 'market' }] }, []],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});

const book = {
  bids: [
    ['99', '2'],
    ['98', '2'],
  ] as [string, string][],
  asks: [
    ['101', '2'],
    ['103', '2'],
  ] as [string, string][],
};
const market = { type: 'market', book } as const;
// The middle is 100: two are 100 bps away, four on average 200.
const most = { marketOrders: { maxSlippageBps: 150 } };

test.each<[string, Parameters<typeof codesOf>[1], string[]]>([
  ['what the best level holds', { orders: [{ ...market, quantity: '2' }] }, []],
  ['what eats into the next', { orders: [{ ...market, quantity: '4' }] }, ['SLIPPAGE_TOO_LARGE']],
  ['a sale meets the bids', { orders: [{ ...market, side: 'sell', quantity: '4' }] }, []],
  ['money to spend', { orders: [{ ...market, unit: 'quote', quantity: '202' }] }, []],
  ['too much money', { orders: [{ ...market, unit: 'quote', quantity: '408' }] }, ['SLIPPAGE_TOO_LARGE']],
  ['more than there is', { orders: [{ ...market, quantity: '4.1' }] }, ['BOOK_TOO_THIN']],
  [
    'the pieces of one request eat one book',
    {
      orders: [
        { ...market, quantity: '2' },
        { ...market, quantity: '2' },
      ],
    },
    ['SLIPPAGE_TOO_LARGE'],
  ],
  [
    'two sides eat two',
    {
      orders: [
        { ...market, quantity: '2' },
        { ...market, side: 'sell', quantity: '2' },
      ],
    },
    [],
  ],
  [
    'a stop is held to the book as it is',
    { orders: [{ ...market, type: 'stop', quantity: '4' }] },
    ['SLIPPAGE_TOO_LARGE'],
  ],
  ['a limit order needs no book', { orders: [{}] }, []],
  ['no book', { orders: [{ type: 'market' }] }, ['DATA_MISSING']],
  ['an old book', { orders: [{ ...market, bookAgeMs: 15_001 }] }, ['DATA_MISSING']],
  ['a book of one side', { orders: [{ ...market, book: { ...book, bids: [] } }] }, ['DATA_MISSING']],
  ['an exit passes', { orders: [{ type: 'market', side: 'sell', unit: 'contracts', position: '1' }] }, []],
])('slippage: %s', (_title, given, codes) => {
  expect(codesOf(most, given)).toEqual(codes);
});
