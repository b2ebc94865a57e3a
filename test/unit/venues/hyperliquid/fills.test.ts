import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { VenueOrderState } from '../../../../src/venues/admin.js';
import { filledAt } from '../../../../src/venues/hyperliquid/fills.js';

const order: VenueOrderState = { state: 'filled', venueOrderId: '5', filled: decimal('3') };
const fill = (sz: string, px: string, fee: string, more: object = {}) => ({
  oid: 5,
  sz,
  px,
  fee,
  feeToken: 'USDC',
  ...more,
});
const other = fill('9', '9', '9', { oid: 6 });

function told(rows: readonly object[] | object, coin = 'BTC') {
  const call = filledAt({ environment: 'live' }, order, { coin, placedMs: 1_700 });
  expect(JSON.parse(call.request.body.toString())).toMatchObject({
    type: 'userFillsByTime',
    startTime: 1_700,
  });
  const value = call.read({ status: 200, body: Buffer.from(JSON.stringify(rows)) });
  if (value === undefined || value === 'absent') return value;
  return [value.averagePrice, value.fee].map((each) => each && formatDecimal(each));
}

test('price and fee are those of the order’s own fills', () => {
  expect(told([fill('1', '100', '0.5'), other, fill('2', '103', '-0.1')])).toEqual(['102', '0.4']);
});

test.each<[string, object[], string, (string | undefined)[]]>([
  ['in base currency', [fill('3', '10', '0.01', { feeToken: 'PURR' })], 'PURR/USDC', ['10', '0.1']],
  ['in a third one', [fill('3', '10', '0.01', { feeToken: 'HYPE' })], 'PURR/USDC', ['10', undefined]],
  ['of a pair without a name', [fill('3', '10', '0.01', { feeToken: 'HYPE' })], '@107', ['10', undefined]],
  ['not told', [{ ...fill('3', '10', '1'), fee: undefined }], 'BTC', ['10', undefined]],
])('a fee %s', (_title, rows, coin, expected) => {
  expect(told(rows, coin)).toEqual(expected);
});

test('fills that are not all told yet leave the question open; with too many there is no answer to it', () => {
  expect(told([fill('1', '100', '0.5')])).toBeUndefined();
  expect(told([fill('3', 'x', '0.5')])).toBeUndefined();
  expect(told({ error: 'x' })).toBeUndefined();
  expect(told(Array.from({ length: 2_000 }, () => other))).toEqual([undefined, undefined]);
});
