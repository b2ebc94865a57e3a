import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'in session',
    { hours: [{ days: ['fri'], from: '09:30', to: '16:00', timeZone: 'America/New_York' }] },
    { nowMs: Date.UTC(2026, 10, 20, 14, 30) },
    [],
  ],
  [
    'a minute early',
    { hours: [{ days: ['fri'], from: '09:30', to: '16:00', timeZone: 'America/New_York' }] },
    { nowMs: Date.UTC(2026, 10, 20, 14, 29) },
    ['OUTSIDE_HOURS'],
  ],
  [
    'a holiday',
    { hours: [{ days: ['fri'], from: '00:00', to: '23:59', holidays: ['2026-11-20'] }] },
    {},
    ['OUTSIDE_HOURS'],
  ],
  [
    'exits pass at any hour',
    { hours: [{ days: ['sun'], from: '00:00', to: '00:01' }] },
    { orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1' }] },
    [],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});

const shares = { days: ['fri'] as 'fri'[], from: '15:00', to: '16:00' };
const always = { days: ['fri'] as 'fri'[], from: '00:00', to: '23:59', symbols: ['BTC-*', 'ETH-USDT'] };

test.each<[string, Parameters<typeof codesOf>[1], string[]]>([
  ['a market with hours of its own', { orders: [{ instrument: 'BTC-USDT' }] }, []],
  ['one by its whole name', { orders: [{ instrument: 'ETH-USDT' }] }, []],
  ['a name that only begins alike', { orders: [{ instrument: 'ETH-USDT-SWAP' }] }, ['OUTSIDE_HOURS']],
  ['all others', { orders: [{ instrument: 'AAPL' }, { instrument: 'BTC-USDT' }] }, ['OUTSIDE_HOURS']],
])('hours of each market: %s', (_title, given, codes) => {
  expect(codesOf({ hours: [shares, always] }, given)).toEqual(codes);
});

test('a market that no entry is of is closed', () => {
  expect(codesOf({ hours: [always] }, { orders: [{ instrument: 'AAPL' }] })).toEqual(['OUTSIDE_HOURS']);
});
