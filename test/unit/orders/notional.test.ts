import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import type { OrderIntent } from '../../../src/core/order.js';
import { hasDrifted, type MarketFacts, notionalOf } from '../../../src/orders/notional.js';

const facts: MarketFacts = {
  reference: (instrument) => (instrument === 'NONE' ? undefined : decimal('100')),
  terms: (instrument) => ({ multiplier: decimal('0.01'), isInverse: instrument === 'INV' }),
};
const intent = (
  size: string,
  unit: 'base' | 'quote' | 'contracts' | 'close-all',
  more: Partial<OrderIntent> = {},
) => ({
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO' as const,
  action: 'place' as const,
  instrument: 'X',
  side: 'buy' as const,
  quantity: { value: decimal(size), unit },
  ...more,
});
const worth = (...intents: OrderIntent[]) => {
  const sum = notionalOf(intents, facts);
  return sum && formatDecimal(sum);
};

test.each([
  ['base currency at the market', intent('2', 'base'), '200'],
  ['a decorative low limit', intent('2', 'base', { price: decimal('1') }), '200'],
  ['a limit above the market', intent('2', 'base', { price: decimal('150') }), '300'],
  ['a high trigger', intent('2', 'base', { trigger: decimal('175') }), '350'],
  ['quote currency', intent('50', 'quote'), '50'],
  ['linear contracts', intent('3', 'contracts'), '3'],
  ['inverse contracts', intent('300', 'contracts', { instrument: 'INV' }), '3'],
  ['a whole position', intent('1', 'close-all'), undefined],
  ['no price at all', intent('1', 'base', { instrument: 'NONE' }), undefined],
  ['only its own price', intent('1', 'base', { instrument: 'NONE', price: decimal('7') }), '7'],
  ['a cancel', intent('1', 'base', { action: 'cancel' }), '0'],
])('%s', (_, one, expected) => {
  expect(worth(one)).toBe(expected);
});

test('orders and legs add up, and one that cannot be valued leaves the sum unknown', () => {
  expect(worth(intent('1', 'base'), intent('1', 'base', { legs: [intent('3', 'base')] }))).toBe('500');
  expect(worth(intent('1', 'base'), intent('1', 'close-all'))).toBeUndefined();
});

test('a drift is what moved further than allowed, either way', () => {
  const [before, up, down, far] = ['100', '101', '99', '101.01'].map(decimal);
  if (!before || !up || !down || !far) throw new Error('no amounts');
  expect([up, down, far].map((now) => hasDrifted(before, now, 100))).toEqual([false, false, true]);
});
