import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { type BalanceRow, balancesOf } from '../../../src/venues/balances.js';
import { venues } from '../../../src/venues/venues.js';
import { casesOf } from '../../support/venue-cases.js';
import { venueDesk } from '../../support/venue-order-box.js';

const at = { environment: 'paper' } as const;
const read = (row: Record<string, string>) =>
  balancesOf(
    [row],
    ({ currency, ...amounts }): BalanceRow => ({
      currency,
      ...Object.fromEntries(Object.entries(amounts).map(([name, text]) => [name, decimal(text)])),
    }),
  )?.map(({ total, free }) => [formatDecimal(total), formatDecimal(free)]);

test('the third amount follows from the two that are told; one alone is none; debt is nothing free', () => {
  expect(read({ currency: 'BTC', total: '3', locked: '1' })).toEqual([['3', '2']]);
  expect(read({ currency: 'BTC', free: '2', locked: '1' })).toEqual([['3', '2']]);
  expect(read({ currency: 'BTC', total: '3', free: '2' })).toEqual([['3', '2']]);
  expect(read({ currency: 'BTC', total: '-1', locked: '0' })).toEqual([['-1', '0']]);
  expect(read({ currency: 'BTC', total: '3' })).toBeUndefined();
  expect(read({ total: '3', free: '3' })).toBeUndefined();
});

const told = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue]))).filter(
  ({ venue }) => venue.admin?.balances !== undefined,
);
test('six venues tell them', () => {
  expect([...new Set(told.map(({ venue }) => venue.id))].sort()).toEqual(
    expect.arrayContaining(['binance', 'bybit', 'kraken', 'coinbase', 'coinbase-exchange']),
  );
});

for (const one of told) {
  test(`${one.name}: what the paper account holds is read, of currencies as its pairs name them`, () => {
    const { ask, admin } = venueDesk(one);
    const call = admin.balances?.(at);
    if (call === undefined) throw new Error('no balances');
    expect(one.venue.classify(call.request)).toMatchObject({ class: 'read' });
    const balances = ask(call) ?? [];
    const money = balances.find(({ currency }) => currency === 'USDT' || currency === 'USD');
    expect(money?.free.gt('0')).toBe(true);
    expect(balances.some(({ currency }) => currency === 'BTC')).toBe(true);
    expect(call.read({ status: 200, body: Buffer.from('{}') })).toBeUndefined();
  });
}
