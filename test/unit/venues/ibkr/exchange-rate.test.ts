import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { ExchangeRates } from '../../../../src/sidecar/orders/exchange-rates.js';
import type { ReferencePrice } from '../../../../src/venues/admin.js';
import { admin } from '../../../../src/venues/ibkr/admin.js';
import { exchangeRate, pairName } from '../../../../src/venues/ibkr/exchange-rate.js';

const at = { environment: 'live' } as const;
const said = (body: string, status = 200) => ({ status, body: Buffer.from(body) });

test('a pair is two currencies of three letters; what has a number is a contract', () => {
  expect([pairName('USD', 'EUR'), pairName('USDT', 'EUR'), pairName('usd', 'EUR')]).toEqual([
    'USD.EUR',
    undefined,
    undefined,
  ]);
  const { request } = admin.referencePrice(at, 'USD.EUR');
  expect(`${request.method} ${request.path}?${request.query}`).toBe(
    'GET /v1/api/iserver/exchangerate?source=USD&target=EUR',
  );
  expect(
    exchangeRate((target) => ({ ...admin.referencePrice(at, target) }), 'EUR.USD:12087792'),
  ).toBeUndefined();
});

test.each([
  ['{"rate":0.87654326}', 200, '0.87654326'],
  ['{"rate":0}', 200, undefined],
  ['{"rate":-1}', 200, undefined],
  ['{"error":"no"}', 200, undefined],
  ['{"rate":0.9}', 503, undefined],
  ['', 200, undefined],
])('%s (%i)', (body, status, rate) => {
  const told = admin.referencePrice(at, 'USD.EUR').read(said(body, status));
  expect(told && formatDecimal(told.last)).toBe(rate);
});

test('dollars are worth so many euros as IBKR says', async () => {
  const known = new Map<string, ReferencePrice>();
  const rates = new ExchangeRates({
    market: {
      learn: async ({ rates: names = [] }) => {
        for (const name of names) {
          const told = admin
            .referencePrice(at, name)
            .read(said(name === 'USD.EUR' ? '{"rate":0.875}' : '{}'));
          if (told !== undefined) known.set(name, told);
        }
      },
      price: (name) => {
        const told = known.get(name);
        return told && { ...told, ageMs: 0 };
      },
    },
    pairName: admin.pairName,
    nowMs: () => 0,
  });
  await rates.learn(['USD'], 'EUR');
  const rate = rates.rate('USD', 'EUR', 1_000);
  expect(rate && formatDecimal(rate)).toBe('0.875');
});
