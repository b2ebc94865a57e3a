import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { marketCalls } from '../../../../src/venues/hyperliquid/market-calls.js';

const at = { environment: 'live' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });

test('the price is the middle of the book, and of an empty side there is none', () => {
  const { read } = marketCalls.referencePrice(at, 'BTC');
  const level = (px: string) => [{ px, sz: '1', n: 1 }];
  const told = read(said({ coin: 'BTC', time: 7, levels: [level('99.5'), level('100.5')] }));
  expect(told).toMatchObject({ atMs: 7 });
  expect(told === undefined ? '' : formatDecimal(told.last)).toBe('100');
  expect(read(said({ coin: 'BTC', time: 7, levels: [level('99.5'), []] }))).toBeUndefined();
  expect(read(said(null))).toBeUndefined();
});
