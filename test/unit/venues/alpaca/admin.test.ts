import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/alpaca/admin.js';
import { testAdminOf } from '../../../support/venue-admin.js';

testAdminOf('alpaca');

const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });

test('an option is worth as many shares as it says, and a short position is negative', () => {
  const terms = admin
    .contractTerms({ environment: 'live' }, 'AAPL250117C00150000')
    .read(said({ symbol: 'AAPL250117C00150000', size: '100' }));
  expect(terms === undefined ? '' : formatDecimal(terms.multiplier)).toBe('100');
  const row = { symbol: 'AAPL', qty: '-5', side: 'short' };
  const [held] = admin.positions({ environment: 'live' }).read(said([row])) ?? [];
  expect(held === undefined ? '' : formatDecimal(held.quantity)).toBe('-5');
});

test('a cancel that was taken and a throttled order are told apart from rubbish', () => {
  expect(admin.readPlaced({ status: 204, body: Buffer.alloc(0) })).toEqual([{ isAccepted: true }]);
  expect(admin.readPlaced(said({ message: 'too many requests.' }, 429))).toEqual([
    { isAccepted: false, code: '429' },
  ]);
});
