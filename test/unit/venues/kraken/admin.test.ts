import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/kraken/admin.js';
import { testAdminOf } from '../../../support/venue-admin.js';

testAdminOf('kraken');

const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });

test('nothing is known of an order when Kraken says that it timed out or is not there', () => {
  for (const error of ['EService:Timeout', 'EService:Unavailable', 'EGeneral:Internal error'])
    expect(admin.readPlaced(said({ error: [error] }))).toBeUndefined();
  expect(admin.readPlaced(said({ error: ['EOrder:Insufficient funds'] }))).toEqual([
    { isAccepted: false, code: 'EOrder:Insufficient funds' },
  ]);
});

test('margin trades of one pair are one position, short ones negative', () => {
  const trade = (type: string, vol: string) => ({ pair: 'XXBTZUSD', type, vol, vol_closed: '0.5' });
  const result = { a: trade('sell', '2'), b: trade('buy', '1') };
  const [position] = admin.positions({ environment: 'live' }).read(said({ error: [], result })) ?? [];
  expect(position?.instrument).toBe('BTC/USD');
  expect(position === undefined ? '' : formatDecimal(position.quantity)).toBe('-1');
});
