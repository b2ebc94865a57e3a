import { expect, test } from 'vitest';
import { convertReaders } from '../../../../src/venues/okx/converts.js';
import { base, codeOf, read } from '../../../support/okx-orders.js';

const order = { ...base, action: 'place', type: 'market', timeInForce: 'ioc' };
const convert = {
  quoteId: 'quoterETH-USDT16461885104612381',
  baseCcy: 'ETH',
  quoteCcy: 'USDT',
  side: 'buy',
  sz: '30',
  szCcy: 'USDT',
};
const fiat = {
  quoteId: 'quoterBTC-USD16461885104612381',
  side: 'buy',
  fromCcy: 'USD',
  toCcy: 'BTC',
  rfqAmt: '30',
  rfqCcy: 'USD',
  paymentMethod: 'balance',
  clOrdId: 'mine1',
};

test('a conversion counts the currency that it names', () => {
  expect(Object.keys(convertReaders)).toContain('asset/convert/trade');
  expect(read('asset/convert/trade', { ...convert, clTReqId: 'mine1', convertMode: '0' })).toEqual([
    { ...order, instrument: 'ETH-USDT', side: 'buy', quantity: '30 quote', clientOrderId: 'mine1' },
  ]);
  expect(read('asset/convert/trade', { ...convert, side: 'sell', szCcy: 'ETH' })).toMatchObject([
    { side: 'sell', quantity: '30 base' },
  ]);
});

test('buying and selling for fiat: what goes and what comes', () => {
  expect(read('fiat/buy-sell/trade', fiat)).toEqual([
    { ...order, instrument: 'BTC-USD', side: 'buy', quantity: '30 quote', clientOrderId: 'mine1' },
  ]);
  // The reference's own example calls a sale of dollars one.
  expect(read('fiat/buy-sell/trade', { ...fiat, side: 'sell' })).toMatchObject([
    { instrument: 'USD-BTC', side: 'sell', quantity: '30 base' },
  ]);
  expect(read('fiat/buy-sell/trade', { ...fiat, rfqCcy: 'BTC' })).toMatchObject([{ quantity: '30 base' }]);
});

test('small balances are sold whole, each by an order of its own', () => {
  const sale = { ...order, side: 'sell', quantity: '1 close-all' };
  expect(read('trade/easy-convert', { fromCcy: ['ADA', 'USDC'], toCcy: 'OKB', source: '1' })).toEqual([
    {
      ...order,
      instrument: '',
      legs: [
        { ...sale, instrument: 'ADA-OKB' },
        { ...sale, instrument: 'USDC-OKB' },
      ],
    },
  ]);
  expect(read('trade/easy-convert', { fromCcy: ['ADA'], toCcy: 'OKB' })).toEqual([
    { ...sale, instrument: 'ADA-OKB' },
  ]);
});

test('debts are bought back', () => {
  expect(read('trade/one-click-repay', { debtCcy: ['ETH'], repayCcy: 'USDT' })).toEqual([
    { ...order, instrument: 'ETH-USDT', side: 'buy', quantity: '1 close-all' },
  ]);
  expect(read('trade/one-click-repay-v2', { debtCcy: 'USDC', repayCcyList: ['USDC', 'BTC'] })).toMatchObject([
    { instrument: 'USDC-BTC', side: 'buy' },
  ]);
  expect(codeOf('trade/one-click-repay-v2', { debtCcy: 'USDC', repayCcyList: ['USDC'] })).toBe(
    'NOT_AN_ORDER',
  );
});

test.each([
  [
    'a tag, without which it is not found',
    'asset/convert/trade',
    { ...convert, tag: 'x' },
    'PRODUCT_UNSUPPORTED',
  ],
  ['a size in a third currency', 'asset/convert/trade', { ...convert, szCcy: 'BTC' }, 'QUANTITY_AMBIGUOUS'],
  ['one currency', 'asset/convert/trade', { ...convert, baseCcy: 'USDT' }, 'FIELD_CONFLICT'],
  ['no quote', 'asset/convert/trade', { ...convert, quoteId: undefined }, 'FIELD_MISSING'],
  ['no side', 'asset/convert/trade', { ...convert, side: undefined }, 'FIELD_MISSING'],
  ['money from elsewhere', 'fiat/buy-sell/trade', { ...fiat, paymentMethod: 'card' }, 'FIELD_INVALID'],
  ['an amount in a third currency', 'fiat/buy-sell/trade', { ...fiat, rfqCcy: 'EUR' }, 'QUANTITY_AMBIGUOUS'],
  [
    'the funding account',
    'trade/easy-convert',
    { fromCcy: ['ADA'], toCcy: 'OKB', source: '2' },
    'PRODUCT_UNSUPPORTED',
  ],
  [
    'six currencies',
    'trade/easy-convert',
    { fromCcy: ['A', 'B', 'C', 'D', 'E', 'F'], toCcy: 'OKB' },
    'FIELD_INVALID',
  ],
  ['a currency twice', 'trade/easy-convert', { fromCcy: ['ADA', 'ADA'], toCcy: 'OKB' }, 'FIELD_CONFLICT'],
  ['a currency into itself', 'trade/easy-convert', { fromCcy: ['ADA'], toCcy: 'ADA' }, 'FIELD_CONFLICT'],
  ['names with commas', 'trade/easy-convert', { fromCcy: 'ADA,USDC', toCcy: 'OKB' }, 'FIELD_INVALID'],
  ['a debt that is no word', 'trade/one-click-repay', { debtCcy: [1], repayCcy: 'USDT' }, 'FIELD_INVALID'],
])('refused: %s', (_, operation, body, code) => expect(codeOf(operation, body)).toBe(code));
