import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import { type Announcement, ProposalBook } from '../../../src/orders/proposal-book.js';
import { factsOf, type GivenOrder } from '../../support/guard-facts.js';

const explanation = { rationale: 'because it is so', maxLoss: '5 USDT', sources: [] };
const announced: Announcement = {
  instrument: 'BTC-USDT',
  side: 'buy',
  quantity: decimal('1'),
  price: decimal('100'),
  explanation,
};
const intents = (...orders: GivenOrder[]) => factsOf({ orders }).orders.map(({ intent }) => intent);

function book(...announcements: Announcement[]) {
  const at = { ms: 0 };
  const made = new ProposalBook(() => at.ms);
  for (const each of announcements) made.add(each);
  return { book: made, at };
}

test('the order that was announced gets what was said of it, once', () => {
  const { book: made } = book(announced);
  expect(made.take(intents({ quantity: '1.0' }))).toBe(explanation);
  expect(made.take(intents({}))).toBeUndefined();
});

test.each<[string, GivenOrder[]]>([
  ['another side', [{ side: 'sell' }]],
  ['another instrument', [{ instrument: 'ETH-USDT' }]],
  ['another quantity', [{ quantity: '1.01' }]],
  ['another price', [{ price: '100.1' }]],
  ['at market', [{ type: 'market' }]],
  ['a second order of the same batch that is another', [{}, { quantity: '2' }]],
  ['nothing but a cancel', [{ action: 'cancel' }]],
  ['no order at all', []],
])('%s is not the one', (_title, orders) => {
  const { book: made } = book(announced);
  expect(made.take(intents(...orders))).toBeUndefined();
  expect(made.take(intents({}))).toBe(explanation);
});

test('an announcement without a price is of an order at any', () => {
  const { price: _price, ...rest } = announced;
  expect(book(rest).book.take(intents({ price: '7' }))).toBe(explanation);
});

test('it is forgotten after ten minutes, and when too many came after it', () => {
  const late = book(announced);
  late.at.ms = 600_000;
  expect(late.book.take(intents({}))).toBeUndefined();
  const others = Array.from({ length: 50 }, () => ({ ...announced, side: 'sell' as const }));
  expect(book(announced, ...others).book.take(intents({}))).toBeUndefined();
});
