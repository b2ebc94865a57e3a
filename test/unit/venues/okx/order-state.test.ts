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

/** What is told of an algo order that placed these, each answered in turn. */
const toldOf = (more: object, ...plain: object[]) => {
  let told = asked.read(said([{ ...algo, ...more }]));
  let next = told === undefined ? undefined : asked.follow?.(told);
  for (const each of plain) {
    told = next?.read(said([{ instId: 'BTC-USDT-SWAP', clOrdId: '', ...each }]));
    next = told === undefined ? undefined : next?.follow?.(told);
  }
  if (next !== undefined || told === undefined || told === 'absent') return undefined;
  const { state, filled, averagePrice, fee } = told;
  return { state, filled: String(filled), averagePrice: String(averagePrice), fee: String(fee) };
};
const fill = (accFillSz: string, avgPx: string) =>
  ({ ordId: '1', state: 'filled', accFillSz, avgPx, fee: '-0.5', feeCcy: 'USDT' }) as const;

test('of several orders that it placed the sums are told, and a price for all', () => {
  const placed = { state: 'effective', sz: '4', ordIdList: ['1', '2'] };
  expect(toldOf(placed, fill('1', '5'), fill('3', '7'))).toEqual({
    state: 'filled',
    filled: '4',
    averagePrice: '6.5',
    fee: '1',
  });
  expect(toldOf(placed, fill('1', '5'), { ...fill('0', ''), state: 'live' })).toMatchObject({
    state: 'resting',
    filled: '1',
    averagePrice: '5',
  });
  expect(toldOf(placed, fill('1', '5'), { ...fill('3', '7'), feeCcy: 'OKB' })?.fee).toBe('undefined');
});

test('one that still places orders rests, whatever became of those before', () => {
  const twap = { ordType: 'twap', sz: '4', ordId: '1', ordIdList: ['1'] };
  for (const state of ['live', 'pause', 'partially_effective'])
    expect(toldOf({ ...twap, state }, fill('1', '5')), state).toMatchObject({
      state: 'resting',
      filled: '1',
    });
});

test('one that is done and of which not all is found again is not understood, nor one of too many orders', () => {
  const done = { state: 'effective', sz: '4', ordIdList: ['1', '2'] };
  expect(toldOf(done, fill('1', '5'), fill('2', '7'))).toBeUndefined();
  expect(toldOf({ ...done, ordType: 'twap', ordIdList: ['2'] }, fill('2', '7'))).toBeUndefined();
  expect(toldOf({ ...done, sz: '' }, fill('1', '5'), fill('3', '7'))).toBeUndefined();
  expect(
    toldOf({ ...done, state: 'canceled' }, fill('1', '5'), { ...fill('2', '7'), state: 'canceled' }),
  ).toBeUndefined();
  const many = Array.from({ length: 21 }, (_, at) => String(at + 1));
  expect(asked.read(said([{ ...algo, ...done, ordIdList: many }]))).toBeUndefined();
});
