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
const toldOf = (more: object, ...plain: (object | 'gone')[]) => {
  let told = asked.read(said([{ ...algo, ...more }]));
  let next = told === undefined ? undefined : asked.follow?.(told);
  for (const each of plain) {
    const gone = each === 'gone';
    told = next?.read(gone ? said([], '51603') : said([{ instId: 'BTC-USDT-SWAP', clOrdId: '', ...each }]));
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
  const many = Array.from({ length: 21 }, (_, at) => String(at + 1));
  expect(asked.read(said([{ ...algo, ...done, ordIdList: many }]))).toBeUndefined();
});

const cut = (accFillSz: string, more: object = {}) => ({
  ...fill(accFillSz, '5'),
  state: 'canceled',
  ...more,
});

test('one that was stopped ends as cancelled with what is filled, once all of that is found and final', () => {
  const two = { ordType: 'twap', sz: '4', ordIdList: ['1', '2'] };
  for (const state of ['canceled', 'order_failed']) {
    const stopped = { ...two, state };
    expect(toldOf(stopped, fill('1', '5'), cut('0.5')), state).toMatchObject({
      state: 'canceled',
      filled: '1.5',
      averagePrice: '5',
    });
    expect(toldOf(stopped, fill('1', '5'), fill('1', '5'))).toMatchObject({ state: 'canceled', filled: '2' });
    expect(toldOf({ ...stopped, actualSz: '1.5' }, fill('1', '5'), cut('0.5'))?.filled).toBe('1.5');
    // Something was filled that is not listed.
    expect(toldOf({ ...stopped, actualSz: '2' }, fill('1', '5'), cut('0.5'))).toBeUndefined();
    expect(toldOf(stopped, fill('1', '5'), { ...fill('0', ''), state: 'live' })?.state).toBe('resting');
  }
});

test('a slice that OKX forgot was cancelled unfilled; nothing ends on that alone', () => {
  const two = { ordType: 'twap', sz: '4', ordIdList: ['1', '2'] };
  expect(toldOf({ ...two, state: 'live' }, 'gone', fill('1', '5'))).toMatchObject({
    state: 'resting',
    filled: '1',
  });
  expect(toldOf({ ...two, state: 'effective' }, 'gone', fill('4', '5'))).toMatchObject({
    state: 'filled',
    filled: '4',
  });
  expect(toldOf({ ...two, state: 'effective' }, 'gone', fill('2', '5'))).toBeUndefined();
  const stopped = { ...two, state: 'canceled' };
  expect(toldOf(stopped, 'gone', fill('1', '5'))).toBeUndefined();
  expect(toldOf({ ...stopped, actualSz: '2' }, 'gone', fill('1', '5'))).toBeUndefined();
  expect(toldOf({ ...stopped, actualSz: '1' }, 'gone', fill('1', '5'))).toMatchObject({
    state: 'canceled',
    filled: '1',
  });
});

test('a split order whose size counts no contracts nor base currency ends once all its parts are final', () => {
  const split = { state: 'effective', ordIdList: ['1', '2'] };
  const spot = { instType: 'SPOT', side: 'buy', sz: '100' };
  for (const more of [
    { ordType: 'trigger', sz: '100', tgtCcy: 'quote_ccy' },
    { ...spot, ordType: 'trigger', ordPx: '-1' },
    { ...spot, ordType: 'move_order_stop' },
    { ordType: 'conditional', sz: '', closeFraction: '1' },
  ]) {
    const whole = toldOf({ ...split, ...more }, fill('5', '5'), fill('5', '5'));
    expect(whole, JSON.stringify(more)).toMatchObject({ state: 'filled', filled: '10' });
    expect(toldOf({ ...split, ...more }, fill('5', '5'), 'gone')).toBeUndefined();
    expect(toldOf({ ...split, ...more }, fill('5', '5'), { ...fill('0', ''), state: 'live' })?.state).toBe(
      'resting',
    );
  }
  const base = { ...spot, ...split, ordType: 'trigger', ordPx: '-1', tgtCcy: 'base_ccy' };
  expect(toldOf(base, fill('5', '5'), fill('5', '5'))).toBeUndefined();
});

test('the first part alone of a conditional or OCO order that was split is not all of it', () => {
  for (const ordType of ['conditional', 'oco']) {
    const one = { ordType, state: 'effective', sz: '4', ordIdList: ['1'] };
    expect(toldOf(one, { ...fill('2', '5'), sz: '2' }), ordType).toBeUndefined();
    expect(toldOf(one, cut('1', { sz: '2' }))).toBeUndefined();
    expect(toldOf(one, { ...fill('4', '5'), sz: '4' })).toMatchObject({ state: 'filled', filled: '4' });
    // Cancelled as it rested: it was all there is.
    expect(toldOf(one, cut('1', { sz: '4' }))).toMatchObject({ state: 'canceled', filled: '1' });
    const both = { ...one, ordIdList: ['1', '2'] };
    expect(toldOf(both, { ...fill('2', '5'), sz: '2' }, cut('0', { sz: '2' }))).toMatchObject({
      state: 'canceled',
      filled: '2',
    });
    expect(toldOf({ ...one, sz: '' }, fill('4', '5'))).toBeUndefined();
  }
});
