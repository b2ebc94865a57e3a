import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/bybit/admin.js';
import { operations } from '../../../../src/venues/bybit/operations.js';
import { testAdminOf } from '../../../support/venue-admin.js';

testAdminOf('bybit');

const at = { environment: 'live' } as const;

test('prices and terms of a spread come from its own lists', () => {
  const price = admin.referencePrice(at, 'SOLUSDT_SOL/USDT');
  expect(price.request).toMatchObject({ path: '/v5/spread/tickers', query: 'symbol=SOLUSDT_SOL%2FUSDT' });
  const terms = admin.contractTerms(at, 'SOLUSDT_SOL/USDT');
  expect(terms.request).toMatchObject({ path: '/v5/spread/instrument', query: 'symbol=SOLUSDT_SOL%2FUSDT' });
  expect([price.isPublic, terms.isPublic]).toEqual([true, true]);
});

test('what can be neither found nor cancelled is covered by no call, whatever its row', () => {
  const rows = operations().flatMap(({ class: kind, path }) =>
    kind === 'order' || kind === 'amend' ? [path.slice(1)] : [],
  );
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => admin.covers?.(row) !== false)).toEqual([
    'v5/order/create',
    'v5/order/create-batch',
    'v5/position/trading-stop',
    'v5/spread/order/create',
    'v5/order/amend',
    'v5/order/amend-batch',
    'v5/spread/order/amend',
  ]);
});

test('of hedge mode each side is told apart, and closed by its index', () => {
  const rows = [
    { symbol: 'BTCUSDT', side: 'Buy', size: '3', positionIdx: 1 },
    { symbol: 'BTCUSDT', side: 'Sell', size: '2', positionIdx: 2 },
    { symbol: 'ETHUSDT', side: 'Sell', size: '1', positionIdx: 0 },
  ];
  const body = Buffer.from(JSON.stringify({ retCode: 0, result: { list: rows } }));
  const told = admin.positions(at).read({ status: 200, body });
  expect(told?.map(({ quantity, isHedged }) => [formatDecimal(quantity), isHedged])).toEqual([
    ['3', true],
    ['-2', true],
    ['-1', undefined],
  ]);
  const closing = told?.map((each) => admin.closePosition?.(at, each).request.body.toString() ?? '');
  const indices = closing?.map((text) => (JSON.parse(text) as { positionIdx?: number }).positionIdx);
  expect(indices).toEqual([1, 2, undefined]);
});
