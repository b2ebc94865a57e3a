import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { shareOf } from '../../../src/guard/equity.js';

test('a share is exact, and known for what is quoted in dollars only', () => {
  const quoted = (quote: string) => ({
    equity: decimal('300.3'),
    termsOf: () => ({ multiplier: decimal('1'), isInverse: false, quote }),
  });
  const share = (percent: number, quote: string) => {
    const amount = shareOf(percent, 'X', quoted(quote));
    return amount && formatDecimal(amount);
  };
  expect([share(0.1, 'USDT'), share(12.5, 'USD'), share(1e-7, 'USDC')]).toEqual([
    '0.3003',
    '37.5375',
    '0.0000003003',
  ]);
  expect(share(1, 'EUR')).toBeUndefined();
  expect(shareOf(1, 'X', { ...quoted('USD'), equity: undefined })).toBeUndefined();
  expect(shareOf(1, 'X', { ...quoted('USD'), termsOf: () => undefined })).toBeUndefined();
});
