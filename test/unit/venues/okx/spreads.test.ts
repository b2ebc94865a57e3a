import { describe, expect, test } from 'vitest';
import { spreadReaders } from '../../../../src/venues/okx/spreads.js';
import { base, codeOf, read } from '../../../support/okx-orders.js';

const spread = { sprdId: 'BTC-USDT_BTC-USDT-SWAP', side: 'buy', ordType: 'limit', sz: '2', px: '2.15' };

test('who buys a spread sells its first instrument and buys its second, both for the whole size', () => {
  const leg = { ...base, action: 'place', type: 'market', timeInForce: 'gtc', quantity: '2 base' };
  expect(Object.keys(spreadReaders)).toContain('sprd/order');
  expect(read('sprd/order', { ...spread, clOrdId: 'b15', tag: 'x' })).toEqual([
    {
      ...base,
      action: 'place',
      instrument: 'BTC-USDT_BTC-USDT-SWAP',
      type: 'limit',
      timeInForce: 'gtc',
      quantity: '2 base',
      price: '2.15',
      clientOrderId: 'b15',
      legs: [
        { ...leg, instrument: 'BTC-USDT', side: 'sell' },
        { ...leg, instrument: 'BTC-USDT-SWAP', side: 'buy' },
      ],
    },
  ]);
  expect(read('sprd/order', { ...spread, side: 'sell' })).toMatchObject([
    { legs: [{ side: 'buy' }, { side: 'sell' }] },
  ]);
});

test('the size of an inverse spread counts dollars', () => {
  const inverse = { ...spread, sprdId: 'BTC-USD-SWAP_BTC-USD-261225', sz: '100' };
  expect(read('sprd/order', inverse)).toMatchObject([
    { legs: [{ instrument: 'BTC-USD-SWAP', quantity: '100 quote' }, { instrument: 'BTC-USD-261225' }] },
  ]);
  const linear = { ...spread, sprdId: 'BTC-USD_UM-SWAP_BTC-USD_UM-261225' };
  expect(read('sprd/order', linear)).toMatchObject([
    { legs: [{ instrument: 'BTC-USD_UM-SWAP', quantity: '2 base' }, { instrument: 'BTC-USD_UM-261225' }] },
  ]);
});

test.each([
  ['post_only', { type: 'limit', timeInForce: 'post-only' }],
  ['ioc', { type: 'limit', timeInForce: 'ioc' }],
])('%s', (ordType, expected) => {
  expect(read('sprd/order', { ...spread, ordType })).toMatchObject([expected]);
});

test('a difference of prices may be zero or below; at market there is none', () => {
  expect(read('sprd/order', { ...spread, px: '-3.5' })).toMatchObject([{ price: '-3.5' }]);
  expect(codeOf('sprd/order', { ...spread, px: '0' })).toBe('ok');
  const { px: _px, ...market } = { ...spread, ordType: 'market' };
  expect(read('sprd/order', market)).toMatchObject([{ type: 'market', timeInForce: 'ioc' }]);
  expect(codeOf('sprd/order', { ...spread, ordType: 'market' })).toBe('PRICE_AMBIGUOUS');
});

describe('refused', () => {
  test.each([
    ['one instrument', { sprdId: 'BTC-USDT' }, 'SYMBOL_UNKNOWN'],
    ['twice the same', { sprdId: 'BTC-USDT_BTC-USDT' }, 'SYMBOL_UNKNOWN'],
    ['three', { sprdId: 'BTC-USDT_ETH-USDT_BTC-USDT-SWAP' }, 'SYMBOL_UNKNOWN'],
    ['spot with an inverse contract', { sprdId: 'BTC-USDT_BTC-USD-SWAP' }, 'SYMBOL_UNKNOWN'],
    ['no spread', { sprdId: undefined }, 'FIELD_MISSING'],
    ['no price', { px: undefined }, 'FIELD_MISSING'],
    ['a price with an exponent', { px: '-1e3' }, 'NUMBER_INVALID'],
    ['a price as a number', { px: 2.15 }, 'FIELD_INVALID'],
    ['no size', { sz: undefined }, 'FIELD_MISSING'],
    ['a negative size', { sz: '-2' }, 'NUMBER_INVALID'],
    ['another type', { ordType: 'fok' }, 'ORDER_TYPE_UNSUPPORTED'],
    ['another side', { side: 'short' }, 'FIELD_INVALID'],
  ])('%s', (_, change, code) => expect(codeOf('sprd/order', { ...spread, ...change })).toBe(code));
});

test('an amendment names its order and what is new', () => {
  expect(read('sprd/amend-order', { ordId: '5', newSz: '3', newPx: '-1', reqId: 'r1' })).toEqual([
    { ...base, action: 'amend', instrument: '', venueOrderId: '5', quantity: '3 base', price: '-1' },
  ]);
  expect(codeOf('sprd/amend-order', { ordId: '5' })).toBe('FIELD_MISSING');
  expect(codeOf('sprd/amend-order', { newSz: '3' })).toBe('FIELD_MISSING');
});
