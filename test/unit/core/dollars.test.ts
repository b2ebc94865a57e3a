import { expect, test } from 'vitest';
import { isDollar } from '../../../src/core/dollars.js';

test('a dollar and its coins, and nothing else', () => {
  expect(['USD', 'USDT', 'USDC'].every(isDollar)).toBe(true);
  expect(['EUR', 'usd', 'AUD', '', undefined].some(isDollar)).toBe(false);
});
