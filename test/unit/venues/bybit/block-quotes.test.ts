// What the venue tells of block trades: sizes and sides of an inquiry, prices of a quote, and nothing that is not understood.
import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { inquiriesIn, quotesIn } from '../../../../src/venues/bybit/block-quotes.js';
import type { QuotedTerms } from '../../../../src/venues/venue.js';

const plain = { account: 'a', environment: 'live' } as const;
const said = (...list: unknown[]) =>
  Buffer.from(JSON.stringify({ retCode: 0, retMsg: 'OK', result: { list }, retExtInfo: {}, time: 1 }));
const inquiry = {
  rfqLinkId: '',
  rfqId: '5',
  counterparties: ['hashwave2'],
  strategyType: 'custom',
  expiresAt: '1756885655801',
  status: 'Active',
  acceptOtherQuoteStatus: 'false',
  deskCode: '1nu9d1',
  createdAt: '1756885055801',
  updatedAt: '1756885055801',
  legs: [
    { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', qty: '1' },
    { category: 'spot', symbol: 'BTCUSDT', side: 'Sell', qty: '0.5' },
  ],
};
const quote = {
  rfqLinkId: '',
  rfqId: '5',
  quoteId: '6',
  quoteLinkId: '',
  expiresAt: '1757405993126',
  status: 'Active',
  deskCode: 'test0904',
  execQuoteSide: '',
  quoteBuyList: [
    { category: 'linear', symbol: 'BTCUSDT', price: '113790', qty: '1' },
    { category: 'spot', symbol: 'BTCUSDT', price: '113700', qty: '0.5' },
  ],
  quoteSellList: [{ category: 'linear', symbol: 'BTCUSDT', price: '110500', qty: '1' }],
  createdAt: '1757405933126',
  updatedAt: '1757405933126',
};

/** Side, size and price of each order, as a journal writes them. */
const short = ({ side, type, instrument, quantity, price }: OrderIntent) =>
  [
    side,
    quantity && formatDecimal(quantity.value),
    quantity?.unit,
    instrument,
    type,
    price && formatDecimal(price),
  ]
    .filter((word) => word !== undefined)
    .join(' ');
const brief = (terms: readonly QuotedTerms[]) =>
  terms.map(({ id, intents, expiresAtMs }) => [
    id,
    expiresAtMs,
    intents.flatMap((intent) => (intent.legs ?? [intent]).map(short)),
  ]);
const all = inquiriesIn(said(inquiry), plain);
const context = { ...plain, quoted: (id: string) => all.find((one) => one.id === id)?.intents };

test('an inquiry, together and order by order', () => {
  expect(brief(all)).toEqual([
    ['rfq 5', 1_756_885_655_801, ['buy 1 base BTCUSDT other', 'sell 0.5 base BTCUSDT other']],
    ['rfq 5 linear BTCUSDT', 1_756_885_655_801, ['buy 1 base BTCUSDT other']],
    ['rfq 5 spot BTCUSDT', 1_756_885_655_801, ['sell 0.5 base BTCUSDT other']],
  ]);
});

test('who takes the maker’s purchase sells what was to be bought; who takes his sale buys it', () => {
  expect(brief(quotesIn(said(quote), context))).toEqual([
    [
      'rfq 5 quote 6 buy',
      1_757_405_993_126,
      ['sell 1 base BTCUSDT limit 113790', 'buy 0.5 base BTCUSDT limit 113700'],
    ],
    ['rfq 5 quote 6 sell', 1_757_405_993_126, ['buy 1 base BTCUSDT limit 110500']],
  ]);
});

describe('left out', () => {
  const [leg] = inquiry.legs;
  test.each<[string, object]>([
    ['an inquiry that is over', { status: 'Filled' }],
    ['one with a hedge', { hedge: [leg] }],
    ['one with an unknown member', { surprise: 1 }],
    ['one without an end', { expiresAt: '' }],
    ['one without orders', { legs: [] }],
    ['one with two orders in the same', { legs: [leg, leg] }],
    ['one that borrows', { legs: [{ ...leg, isLeverage: true }] }],
    ['one of another product', { legs: [{ ...leg, category: 'inverse' }] }],
    ['one without a size', { legs: [{ ...leg, qty: '0' }] }],
    ['one without a side', { legs: [{ ...leg, side: '' }] }],
    ['one with an unknown member of an order', { legs: [{ ...leg, price: '1' }] }],
    ['one whose name is none', { rfqId: '5 linear' }],
  ])('%s', (_, members) => {
    expect(inquiriesIn(said({ ...inquiry, ...members }), plain)).toEqual([]);
  });

  const [offered] = quote.quoteSellList;
  test.each<[string, object]>([
    ['a quote that is over', { status: 'Canceled' }],
    ['one with an unknown member', { fee: '1' }],
    ['one without an end', { expiresAt: undefined }],
    ['one of another inquiry', { rfqId: '4' }],
    ['one without a name', { quoteId: '' }],
  ])('%s', (_, members) => {
    expect(quotesIn(said({ ...quote, ...members }), context)).toEqual([]);
  });

  test.each<[string, object]>([
    ['of another size', { qty: '2' }],
    ['of a hedge', { isHedge: true }],
    ['of what nobody asked for', { symbol: 'ETHUSDT' }],
    ['without a price', { price: '' }],
    ['with an unknown member', { fee: '1' }],
  ])('a direction of a quote %s', (_, members) => {
    const told = quotesIn(said({ ...quote, quoteSellList: [{ ...offered, ...members }] }), context);
    expect(told.map(({ id }) => id)).toEqual(['rfq 5 quote 6 buy']);
  });

  test('what is no list, and a refusal', () => {
    for (const body of ['', '[]', '{"retCode":10005,"result":{"list":[]}}', '{"retCode":0}']) {
      expect(inquiriesIn(Buffer.from(body), plain)).toEqual([]);
      expect(quotesIn(Buffer.from(body), context)).toEqual([]);
    }
  });
});
