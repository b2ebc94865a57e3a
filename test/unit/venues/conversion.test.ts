// Conversions as orders on the market between two currencies: which is bought, in what unit, at what rate.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { conversion } from '../../../src/venues/conversion.js';

const base = { venue: 'bybit', account: 'a', moneyMode: 'LIVE' } as const;
const quoteAssets = ['USDT', 'BTC'];
const amounts = { from: decimal('4'), to: decimal('3') };

test.each([
  ['USDT', 'ETH', 'from', 'ETHUSDT buy 4 quote 1.333333333333333333'],
  ['USDT', 'ETH', 'to', 'ETHUSDT buy 3 base 1.333333333333333333'],
  ['ETH', 'USDT', 'from', 'ETHUSDT sell 4 base 0.75'],
  ['ETH', 'USDT', 'to', 'ETHUSDT sell 3 quote 0.75'],
  ['BTC', 'USDT', 'from', 'BTCUSDT sell 4 base 0.75'],
  ['USDT', 'BTC', 'from', 'BTCUSDT buy 4 quote 1.333333333333333333'],
  ['DOGE', 'ADA', 'from', 'DOGE-ADA sell 4 base 0.75'],
] as const)('%s into %s, %s', (from, to, fixed, expected) => {
  const { instrument, side, type, quantity, price, ...rest } = conversion(base, {
    from: { asset: from, amount: amounts.from },
    to: { asset: to, amount: amounts.to },
    fixed,
    quoteAssets,
  });
  expect(rest).toEqual({ ...base, action: 'place' });
  expect(type).toBe('market');
  expect(
    [
      instrument,
      side,
      quantity && formatDecimal(quantity.value),
      quantity?.unit,
      price && formatDecimal(price),
    ].join(' '),
  ).toBe(expected);
});
