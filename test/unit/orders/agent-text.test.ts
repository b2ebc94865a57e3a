import { expect, test } from 'vitest';
import { neutralText } from '../../../src/orders/agent-text.js';
import { ageText, describeIntent } from '../../../src/orders/describe-order.js';

test.each([
  ['an escape sequence', '\u001b[2Jok', '\\u{1b}[2Jok'],
  ['a line break', 'a\nAPPROVED', 'a\\u{a}APPROVED'],
  ['a right-to-left override', 'a\u202eb', 'a\\u{202e}b'],
  ['a Cyrillic letter that looks Latin', 'B\u0422C-USDT', 'B\\u{422}C-USDT'],
  ['a zero-width mark', 'a\u200bb', 'a\\u{200b}b'],
  ['text that pretends to be escaped', '\\u{1b}', '\\\\u{1b}'],
  ['a surrogate pair', '\u{1f600}', '\\u{1f600}'],
])('%s is shown and does nothing', (_, text, shown) => {
  expect(neutralText(text)).toBe(shown);
});

test('what is too long is counted', () => {
  expect(neutralText('x'.repeat(1_000), 10)).toBe(`${'x'.repeat(10)}… (990 more characters)`);
});

test('an order is told with its money first and every leg', () => {
  const intent = {
    venue: 'okx',
    account: 'main',
    moneyMode: 'LIVE',
    action: 'place',
    instrument: 'B\u0422C-USDT',
    side: 'buy',
    type: 'limit',
    quantity: { value: '0.5', unit: 'base' },
    price: '100',
    reduceOnly: true,
  } as const;
  expect(describeIntent(intent)).toBe('LIVE BUY 0.5 base B\\u{422}C-USDT limit at 100 reduce-only');
  expect(describeIntent({ ...intent, legs: [{ ...intent, side: 'sell' }] })).toContain(' + LIVE SELL');
  expect(describeIntent({ ...intent, isAlternative: true })).toContain('instead of the order before it');
  expect(describeIntent({ ...intent, isAttached: true })).toContain('once the order before it is filled');
  const { side: _side, quantity: _quantity, price: _price, ...bare } = intent;
  expect(describeIntent({ ...bare, action: 'cancel', venueOrderId: '7' })).toMatch(/^LIVE CANCEL .*order 7$/);
  expect(describeIntent({ ...intent, quantity: { value: '1', unit: 'close-all' } })).toContain(
    'the whole position',
  );
  const bot = { ...bare, type: 'bot', margin: '12', venueOrderId: '7' };
  expect(describeIntent(bot)).toMatch(/^LIVE ORDER .* bot .*margin 12 order 7$/);
});

test.each([
  [-5, '0 s'],
  [59_400, '59 s'],
  [300_000, '5 min'],
  [10_000_000, '3 h'],
])('%i ms are %s', (ms, text) => {
  expect(ageText(ms)).toBe(text);
});
