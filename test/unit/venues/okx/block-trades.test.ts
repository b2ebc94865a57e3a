import { expect, test } from 'vitest';
import { blockReaders } from '../../../../src/venues/okx/block-trades.js';
import { base, codeOf, read } from '../../../support/okx-orders.js';

const rfq = {
  counterparties: ['Trader1', 'Trader2'],
  anonymous: true,
  allowPartialExecution: false,
  clRfqId: 'rfq01',
  tag: '123456',
  legs: [
    {
      sz: '25',
      side: 'buy',
      posSide: 'long',
      tdMode: 'cross',
      ccy: 'USDT',
      instId: 'BTC-USD-271231-100000-C',
    },
    { sz: '150', side: 'sell', instId: 'ETH-USDT', tgtCcy: 'quote_ccy' },
  ],
};
const [option, spot] = rfq.legs;
const quote = {
  rfqId: '22539',
  clQuoteId: 'q001',
  quoteSide: 'buy',
  expiresIn: '30',
  legs: [{ px: '39450.0', sz: '200000', instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'buy' }],
};

test('what prices are asked for is an order of each leg', () => {
  const leg = { ...base, action: 'place', type: 'other', timeInForce: 'gtd' };
  expect(Object.keys(blockReaders)).toContain('rfq/create-rfq');
  expect(read('rfq/create-rfq', rfq)).toEqual([
    {
      ...base,
      action: 'place',
      instrument: '',
      type: 'other',
      clientOrderId: 'rfq01',
      legs: [
        { ...leg, instrument: 'BTC-USD-271231-100000-C', side: 'buy', quantity: '25 contracts' },
        { ...leg, instrument: 'ETH-USDT', side: 'sell', quantity: '150 quote' },
      ],
    },
  ]);
});

test('with a limit in every leg it executes itself; in some of them only it is none', () => {
  const priced = rfq.legs.map((leg) => ({ ...leg, lmtPx: '0.05' }));
  expect(read('rfq/create-rfq', { ...rfq, legs: priced })).toMatchObject([
    {
      legs: [
        { type: 'limit', price: '0.05' },
        { type: 'limit', price: '0.05' },
      ],
    },
  ]);
  expect(codeOf('rfq/create-rfq', { ...rfq, legs: [priced[0], spot] })).toBe('FIELD_CONFLICT');
});

test('a quote is orders at its prices, of the other side where it sells', () => {
  expect(read('rfq/create-quote', quote)).toMatchObject([
    {
      instrument: '',
      clientOrderId: 'q001',
      legs: [
        {
          instrument: 'BTC-USDT-SWAP',
          side: 'buy',
          type: 'limit',
          timeInForce: 'gtd',
          quantity: '200000 contracts',
          price: '39450',
        },
      ],
    },
  ]);
  expect(read('rfq/create-quote', { ...quote, quoteSide: 'sell' })).toMatchObject([
    { legs: [{ side: 'sell' }] },
  ]);
});

test('closing a long can only reduce', () => {
  const closing = { ...quote, quoteSide: 'sell', legs: [{ ...quote.legs[0], posSide: 'long' }] };
  expect(read('rfq/create-quote', closing)).toMatchObject([{ legs: [{ side: 'sell', reduceOnly: true }] }]);
  const [opened] = read('rfq/create-quote', { ...closing, quoteSide: 'buy' }) as [{ legs: object[] }];
  expect(opened.legs[0]).not.toHaveProperty('reduceOnly');
});

test.each([
  ['accounts of others', 'rfq/create-rfq', { ...rfq, acctAlloc: [] }, 'PRODUCT_UNSUPPORTED'],
  ['nobody asked', 'rfq/create-rfq', { ...rfq, counterparties: undefined }, 'FIELD_MISSING'],
  ['somebody asked who has no name', 'rfq/create-rfq', { ...rfq, counterparties: [5] }, 'FIELD_INVALID'],
  ['no legs', 'rfq/create-rfq', { ...rfq, legs: undefined }, 'FIELD_MISSING'],
  ['16 legs', 'rfq/create-rfq', { ...rfq, legs: Array(16).fill(option) }, 'FIELD_INVALID'],
  [
    'a unit for contracts',
    'rfq/create-rfq',
    { ...rfq, legs: [{ ...option, tgtCcy: 'base_ccy' }] },
    'QUANTITY_AMBIGUOUS',
  ],
  [
    'another quote currency',
    'rfq/create-rfq',
    { ...rfq, legs: [{ ...spot, tradeQuoteCcy: 'USDC' }] },
    'QUANTITY_AMBIGUOUS',
  ],
  ['an unknown instrument', 'rfq/create-rfq', { ...rfq, legs: [{ ...spot, instId: 'X' }] }, 'FIELD_INVALID'],
  [
    'a quote without a price',
    'rfq/create-quote',
    { ...quote, legs: [{ ...quote.legs[0], px: undefined }] },
    'FIELD_MISSING',
  ],
  ['a quote for nothing', 'rfq/create-quote', { ...quote, rfqId: undefined }, 'FIELD_MISSING'],
  ['a quote for five minutes', 'rfq/create-quote', { ...quote, expiresIn: '300' }, 'FIELD_INVALID'],
  ['a quote of no side', 'rfq/create-quote', { ...quote, quoteSide: 'both' }, 'FIELD_INVALID'],
])('refused: %s', (_, operation, body, code) => expect(codeOf(operation, body)).toBe(code));
