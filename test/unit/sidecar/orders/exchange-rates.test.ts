import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { ExchangeRates } from '../../../../src/sidecar/orders/exchange-rates.js';

/** A venue that lists pairs of these names, with bid, last and ask. */
function venue(listed: Record<string, [bid: string, last: string, ask: string]>) {
  let nowMs = 0;
  const asked: string[][] = [];
  const known = new Map<string, number>();
  const rates = new ExchangeRates({
    market: {
      learn: async ({ rates: names = [] }) => {
        asked.push([...names]);
        for (const name of names) if (listed[name] !== undefined) known.set(name, nowMs);
      },
      price: (name, maxAgeMs) => {
        const [bid, last, ask] = listed[name] ?? [];
        const ageMs = nowMs - (known.get(name) ?? Number.NEGATIVE_INFINITY);
        if (ageMs > maxAgeMs || bid === undefined || last === undefined || ask === undefined)
          return undefined;
        return { bid: decimal(bid), last: decimal(last), ask: decimal(ask), ageMs };
      },
    },
    pairName: (base, quote) => `${base}-${quote}`,
    nowMs: () => nowMs,
  });
  const rate = (from: string, into: string, maxAgeMs = 1_000) => {
    const told = rates.rate(from, into, maxAgeMs);
    return told && formatDecimal(told);
  };
  return { rates, rate, asked, at: (ms: number) => (nowMs = ms) };
}

test('the dearer side counts, whichever way round the venue lists the pair', async () => {
  const { rates, rate } = venue({ 'BTC-USDT': ['99', '101', '100'], 'EUR-USDC': ['1.25', '1.26', '1.28'] });
  await rates.learn(['BTC'], 'USD');
  expect(rate('BTC', 'USD')).toBe('101');
  await rates.learn(['USDT'], 'EUR');
  expect(rate('USDT', 'EUR')).toBe('0.8');
});

test('an inverse rate is rounded up: nothing is worth less for being converted', async () => {
  const { rates, rate } = venue({ 'EUR-USD': ['3', '3', '3'] });
  await rates.learn(['USD'], 'EUR');
  expect(rate('USD', 'EUR')).toBe('0.333333333333333334');
});

test('the same money needs no rate, a coin of a dollar is a dollar', async () => {
  const { rates, rate, asked } = venue({});
  await rates.learn(['USDT', 'USD', 'EUR'], 'EUR');
  expect(asked).toHaveLength(2);
  await rates.learn(['USDT', 'USDC'], 'USD');
  expect(asked).toHaveLength(2);
  expect([rate('USDT', 'USD'), rate('EUR', 'EUR'), rate('EUR', 'USD')]).toEqual(['1', '1', undefined]);
});

test('a pair that told is asked for alone, one that is not listed not again at once; what is old is no rate', async () => {
  const { rates, rate, asked, at } = venue({ 'BTC-USDC': ['100', '100', '100'] });
  await rates.learn(['BTC'], 'USD');
  expect(asked.at(-1)).toEqual(['BTC-USD', 'USD-BTC', 'BTC-USDT', 'USDT-BTC', 'BTC-USDC', 'USDC-BTC']);
  at(2_000);
  expect(rate('BTC', 'USD')).toBeUndefined();
  await rates.learn(['BTC'], 'USD');
  expect(asked.at(-1)).toEqual(['BTC-USDC']);
  expect(rate('BTC', 'USD')).toBe('100');
  await rates.learn(['XAU'], 'USD');
  await rates.learn(['XAU'], 'USD');
  expect(asked).toHaveLength(3);
  at(20_000);
  await rates.learn(['XAU'], 'USD');
  expect(asked).toHaveLength(4);
});
