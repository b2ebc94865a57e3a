// Leveraged tokens: bought for an amount, given back by number, in both generations.
import { expect, test } from 'vitest';
import { base, intentsOf, parse } from '../../../support/bybit-intents.js';

const purchase = '/v5/spot-lever-token/purchase';
const order = { ...base, action: 'place', instrument: 'BTC3L', type: 'market' };

test.each<[string, string, object, object]>([
  [
    'the documented amount',
    purchase,
    { ltCoin: 'BTC3L', ltAmount: '200', serialNo: 'purchase-001' },
    { side: 'buy', quantity: '200 quote', clientOrderId: 'purchase-001' },
  ],
  [
    'that of its example',
    purchase,
    { ltCoin: 'BTC3L', amount: '200' },
    { side: 'buy', quantity: '200 quote' },
  ],
  [
    'given back',
    '/v5/spot-lever-token/redeem',
    { ltCoin: 'BTC3L', quantity: '150.5' },
    { side: 'sell', quantity: '150.5 base' },
  ],
  [
    'bought, v3',
    '/spot/v3/private/purchase',
    { ltCode: 'BTC3L', ltAmount: '200' },
    { side: 'buy', quantity: '200 quote' },
  ],
  [
    'given back, v3',
    '/spot/v3/private/redeem',
    { ltCode: 'BTC3L', ltQuantity: '150' },
    { side: 'sell', quantity: '150 base' },
  ],
])('%s', (_, path, body, expected) => {
  expect(intentsOf(path, body)).toEqual([{ ...order, ...expected }]);
});

test.each<[string, string, unknown, string]>([
  ['two amounts', purchase, { ltCoin: 'BTC3L', ltAmount: '2', amount: '900' }, 'FIELD_CONFLICT'],
  ['none', purchase, { ltCoin: 'BTC3L' }, 'FIELD_MISSING'],
  ['an unknown field', purchase, { ltCoin: 'BTC3L', amount: '2', borrow: true }, 'FIELD_UNKNOWN'],
  ['an exponent', purchase, '{"ltCoin":"BTC3L","amount":2e2}', 'NUMBER_INVALID'],
  ['an amount twice', purchase, '{"ltCoin":"BTC3L","amount":"2","amount":"9"}', 'BODY_UNREADABLE'],
  ['no token', purchase, { amount: '2' }, 'FIELD_MISSING'],
  ['the fields of v5 in v3', '/spot/v3/private/purchase', { ltCoin: 'BTC3L', amount: '2' }, 'FIELD_MISSING'],
  ['zero', '/v5/spot-lever-token/redeem', { ltCoin: 'BTC3L', quantity: '0' }, 'NUMBER_INVALID'],
])('refused: %s', (_, path, body, code) => {
  expect(parse(path, body)).toMatchObject({ ok: false, code });
});
