// An algo order of OKX is asked for where it rests, and the plain order that it became answers for it.
import { expect, test } from 'vitest';
import type { VenueOrderState } from '../../../../src/venues/admin.js';
import { admin } from '../../../../src/venues/okx/admin.js';

const at = { environment: 'live' } as const;
const said = (data: unknown[], code = '0') => ({
  status: 200,
  body: Buffer.from(JSON.stringify({ code, msg: '', data })),
});
const ids = { instrument: 'BTC-USDT-SWAP', clientOrderId: 'mine' };
const asked = admin.findOrder(at, { ...ids, operation: 'trade/order-algo' });
const algo = { algoId: '9', algoClOrdId: 'mine', clOrdId: '', ordId: '', ordIdList: [], state: 'live' };

test('an algo order is asked for by its own ids, after an amendment too', () => {
  expect(`${asked.request.path}?${asked.request.query}`).toBe('/api/v5/trade/order-algo?algoClOrdId=mine');
  const amended = admin.findOrder(at, { ...ids, operation: 'trade/amend-algos', venueOrderId: '9' });
  expect(`${amended.request.path}?${amended.request.query}`).toBe('/api/v5/trade/order-algo?algoId=9');
});

test('it rests until it is triggered, and is absent only when OKX knows none', () => {
  const state = (more: object) => asked.read(said([{ ...algo, ...more }]));
  expect(state({})).toMatchObject({ state: 'resting', venueOrderId: '9', clientOrderId: 'mine' });
  expect(state({ state: 'pause' })).toMatchObject({ state: 'resting' });
  expect(state({ state: 'canceled' })).toMatchObject({ state: 'canceled' });
  expect(state({ state: 'order_failed' })).toMatchObject({ state: 'rejected' });
  expect(asked.read(said([], '51603'))).toBe('absent');
  for (const unknown of [{ state: 'effective' }, { state: 'new' }, { algoId: '' }, { ordIdList: ['1', '2'] }])
    expect(state(unknown), JSON.stringify(unknown)).toBeUndefined();
});

test('once triggered it is told as the order that it became, under its own names', () => {
  const became = asked.read(said([{ ...algo, state: 'effective', ordId: '7', ordIdList: ['7'] }]));
  const next = asked.follow?.(became as VenueOrderState);
  expect(`${next?.request.path}?${next?.request.query}`).toBe(
    '/api/v5/trade/order?instId=BTC-USDT-SWAP&ordId=7',
  );
  const plain = {
    instId: 'BTC-USDT-SWAP',
    ordId: '7',
    clOrdId: 'x',
    state: 'filled',
    accFillSz: '2',
    avgPx: '5',
  };
  const told = next?.read(said([plain]));
  expect(told).toMatchObject({ state: 'filled', venueOrderId: '9', clientOrderId: 'mine' });
  expect(String((told as VenueOrderState).filled)).toBe('2');
  // It was there: what OKX no longer tells of it is not known.
  expect(next?.read(said([], '51603'))).toBeUndefined();
});
