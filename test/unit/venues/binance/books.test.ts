// Each order and position of an account is in one of its books, and told apart by that.
import { expect, test } from 'vitest';
import {
  bookOfId,
  bookOfOperation,
  booksOf,
  coinm,
  idOf,
  isCoinMargined,
  margin,
  numberOf,
  portfolioCoinm,
  portfolioUsdm,
  spot,
  usdm,
} from '../../../../src/venues/binance/books.js';

test('the book of an operation, and of the id of an order that rests in it', () => {
  for (const [operation, book] of [
    ['api/v3/order', spot],
    ['fapi/v1/batchOrders', usdm],
    ['dapi/v1/order', coinm],
    ['sapi/v1/margin/order/oco', margin],
    ['papi/v1/um/order', portfolioUsdm],
    ['papi/v1/cm/order', portfolioCoinm],
    [undefined, spot],
  ] as const) {
    expect(bookOfOperation(operation)).toBe(book);
    expect(bookOfId(idOf(book, '7'))).toBe(book);
    expect(numberOf(idOf(book, '7'))).toBe('7');
  }
});

test('cross and portfolio margin are asked live alone: on paper they are the same account, and they have no test network', () => {
  expect(booksOf('live')).toEqual([spot, usdm, coinm, margin, portfolioUsdm, portfolioCoinm]);
  for (const environment of ['paper', 'demo'] as const)
    expect(booksOf(environment)).toEqual([spot, usdm, coinm]);
});

test('contracts that are margined in coins are known by their name', () => {
  expect(['BTCUSD_PERP', 'BTCUSD_260925', 'BTCUSDT', 'BTCUSDT_260925'].map(isCoinMargined)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
