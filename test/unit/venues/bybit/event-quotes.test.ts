// Event contracts: the most that a maker's quote may have to pay, exactly.
import { expect, test } from 'vitest';
import { base, intentsOf, parse } from '../../../support/bybit-intents.js';

const path = '/v5/event/quotes';
const quote = { symbol: 'BTCUSDT-5M-UP', orderLinkId: 'mine-1', grossPayoutRatio: '1.85', amount: '100.01' };

test('the amount times the ratio, and the ratio', () => {
  expect(intentsOf(path, quote)).toEqual([
    {
      ...base,
      action: 'place',
      instrument: 'BTCUSDT-5M-UP',
      type: 'limit',
      quantity: '185.0185 quote',
      price: '1.85',
      clientOrderId: 'mine-1',
    },
  ]);
});

test.each<[string, unknown, string]>([
  ['an unknown field', { ...quote, side: 'Buy' }, 'FIELD_UNKNOWN'],
  ['no amount', { ...quote, amount: undefined }, 'FIELD_MISSING'],
  ['no ratio', { ...quote, grossPayoutRatio: undefined }, 'FIELD_MISSING'],
  ['a ratio of zero', { ...quote, grossPayoutRatio: '0' }, 'NUMBER_INVALID'],
  ['an exponent', { ...quote, amount: '1e2' }, 'NUMBER_INVALID'],
  ['more digits than a sum may have', { ...quote, amount: `0.${'1'.repeat(13)}` }, 'NUMBER_INVALID'],
  ['an amount twice', JSON.stringify(quote).replace('{', '{"amount":"9",'), 'BODY_UNREADABLE'],
  ['no id', { ...quote, orderLinkId: undefined }, 'FIELD_MISSING'],
])('refused: %s', (_, body, code) => {
  expect(parse(path, body)).toMatchObject({ ok: false, code });
});
