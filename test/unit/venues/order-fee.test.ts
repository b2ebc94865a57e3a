import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { feeInQuote } from '../../../src/venues/order-fee.js';

const pair = { base: 'BTC', quote: 'USDT', averagePrice: decimal('50000') };
const told = (currency: string | undefined, more = {}) => {
  const fee = feeInQuote(decimal('0.001'), currency, { ...pair, ...more });
  return fee && formatDecimal(fee);
};

test('a fee in quote currency is itself, one in base currency is worth what the fill was', () => {
  expect([told('USDT'), told('BTC')]).toEqual(['0.001', '50']);
});

test('a fee in a third currency, without a currency, or without a price is not known', () => {
  expect([told('BNB'), told(undefined), told('BTC', { averagePrice: undefined })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(feeInQuote(undefined, 'USDT', pair)).toBeUndefined();
});
