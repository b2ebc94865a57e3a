// Bybit Alpha: which pair, which side, the amount that is paid; and outcomes of events.
import { expect, test } from 'vitest';
import { base, intentsOf, parse } from '../../../support/bybit-intents.js';

const purchase = '/v5/alpha/trade/purchase';
const trade = {
  fromTokenCode: 'CEX_1',
  fromTokenAmount: '100',
  toTokenCode: 'DEX_123',
  slippage: '0.01',
  quoteData: 'eyJhbGciOiJIUzI1NiJ9...',
  gas: '0.0003',
  quoteMode: 0,
  correctingCode: 'a1b2c3d4e5f6',
};
const sale = { ...trade, fromTokenCode: 'DEX_123', fromTokenAmount: '10000000', toTokenCode: 'CEX_1' };
const buy = '/v5/alpha/prediction/buy';
const outcome = {
  tokenId: 'token_yes_123',
  eventId: 'event_123',
  amount: '100',
  payTokenCode: 'USDC',
  orderType: 1,
  slippage: '0.05',
};

test('tokens are bought for an amount of a coin, and sold by number', () => {
  const order = { ...base, action: 'place', instrument: 'DEX_123/CEX_1', type: 'market' };
  expect(intentsOf(purchase, trade)).toEqual([{ ...order, side: 'buy', quantity: '100 quote' }]);
  expect(intentsOf('/v5/alpha/trade/redeem', sale)).toEqual([
    { ...order, side: 'sell', quantity: '10000000 base' },
  ]);
});

test('shares in an outcome are bought for USDC and sold by number, all at once or not at all', () => {
  const order = {
    ...base,
    action: 'place',
    instrument: 'event_123/token_yes_123',
    type: 'market',
    timeInForce: 'fok',
  };
  expect(intentsOf(buy, outcome)).toEqual([{ ...order, side: 'buy', quantity: '100 quote' }]);
  const { amount: _amount, payTokenCode: _paid, ...rest } = outcome;
  const sold = { ...rest, size: '50', toTokenCode: 'USDC' };
  expect(intentsOf('/v5/alpha/prediction/sell', sold)).toEqual([
    { ...order, side: 'sell', quantity: '50 base' },
  ]);
});

test.each<[string, string, unknown, string]>([
  ['a purchase with a token', purchase, sale, 'FIELD_INVALID'],
  ['a sale of a coin', '/v5/alpha/trade/redeem', trade, 'FIELD_INVALID'],
  ['an unknown field', purchase, { ...trade, tenant: 'x' }, 'FIELD_UNKNOWN'],
  ['no amount', purchase, { ...trade, fromTokenAmount: undefined }, 'FIELD_MISSING'],
  ['zero', purchase, { ...trade, fromTokenAmount: '0' }, 'NUMBER_INVALID'],
  ['an exponent', purchase, { ...trade, fromTokenAmount: '1e2' }, 'NUMBER_INVALID'],
  ['an amount twice', purchase, JSON.stringify(trade).replace('{', '{"gas":"1",'), 'BODY_UNREADABLE'],
  ['no quote', purchase, { ...trade, quoteData: undefined }, 'FIELD_MISSING'],
  ['no gas', purchase, { ...trade, gas: undefined }, 'FIELD_MISSING'],
  ['no mode', purchase, { ...trade, quoteMode: undefined }, 'FIELD_MISSING'],
  ['no slippage', purchase, { ...trade, slippage: undefined }, 'FIELD_MISSING'],
  ['another order type', buy, { ...outcome, orderType: 2 }, 'FIELD_INVALID'],
  ['no order type', buy, { ...outcome, orderType: undefined }, 'FIELD_MISSING'],
  ['another coin', buy, { ...outcome, payTokenCode: 'USDT' }, 'FIELD_INVALID'],
  ['no coin', buy, { ...outcome, payTokenCode: undefined }, 'FIELD_MISSING'],
  ['no amount of it', buy, { ...outcome, amount: undefined }, 'FIELD_MISSING'],
  ['a field of sales', buy, { ...outcome, size: '5' }, 'FIELD_UNKNOWN'],
  ['no size', '/v5/alpha/prediction/sell', { ...outcome, amount: undefined }, 'FIELD_MISSING'],
])('refused: %s', (_, path, body, code) => {
  expect(parse(path, body)).toMatchObject({ ok: false, code });
});
