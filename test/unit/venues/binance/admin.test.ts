import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/binance/admin.js';
import { testAdminOf } from '../../../support/venue-admin.js';

describe('spot', () => testAdminOf('binance'));
describe('USDⓈ-M futures', () => testAdminOf('binance futures'));
describe('COIN-M futures', () => testAdminOf('binance coin futures'));
describe('conditional orders', () => testAdminOf('binance conditional'));
describe('conditional orders of portfolio margin', () => testAdminOf('binance portfolio conditional'));
describe('portfolio margin', () => testAdminOf('binance portfolio margin'));

const at = { environment: 'live' } as const;
const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });

test('an order is asked for at the API that took it', () => {
  const name = { instrument: 'BTCUSDT', clientOrderId: 'a1' };
  const hostOf = (operation: string) => admin.findOrder(at, { ...name, operation }).request.host;
  expect(hostOf('api/v3/order')).toBe('api.binance.com');
  expect(hostOf('fapi/v1/order')).toBe('fapi.binance.com');
  expect(hostOf('dapi/v1/batchOrders')).toBe('dapi.binance.com');
});

test('positions of both kinds of futures are put together', () => {
  const first = admin.positions(at);
  const held = first.read(said([{ symbol: 'BTCUSDT', positionAmt: '-0.5' }]));
  const all = first.follow?.(held ?? [])?.read(said([{ symbol: 'BTCUSD_PERP', positionAmt: '3' }]));
  expect(all?.map(({ instrument, quantity }) => [instrument, formatDecimal(quantity)])).toEqual([
    ['BTCUSDT', '-0.5'],
    ['BTCUSD_PERP', '3'],
  ]);
});

test('a position is closed by an order that cannot open another, in hedge mode too', () => {
  const rows = [
    { symbol: 'BTCUSDT', positionSide: 'BOTH', positionAmt: '0.5' },
    { symbol: 'ETHUSDT', positionSide: 'SHORT', positionAmt: '-2' },
  ];
  const queries = admin
    .positions(at)
    .read(said(rows))
    ?.map((position) => admin.closePosition?.(at, position).request.query);
  expect(queries).toEqual([
    'symbol=BTCUSDT&side=SELL&type=MARKET&reduceOnly=true&quantity=0.5',
    'symbol=ETHUSDT&side=BUY&type=MARKET&positionSide=SHORT&quantity=2',
  ]);
});

test('what an account with portfolio margin holds is asked for there, and closed there', () => {
  const closed = said({ code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' }, 401);
  const own = admin.positions(at);
  const coin = own.follow?.(own.read(closed) ?? []);
  const portfolio = coin?.follow?.(coin.read(closed) ?? []);
  expect(portfolio?.request).toMatchObject({ host: 'papi.binance.com', path: '/papi/v1/um/positionRisk' });
  const [position] = portfolio?.read(said([{ symbol: 'BTCUSDT', positionAmt: '2' }])) ?? [];
  if (position === undefined) throw new Error('no position');
  const first = admin.closePosition?.(at, position);
  const nowhere = first?.read(closed);
  expect(nowhere).toEqual({ isAccepted: false });
  const again = nowhere === undefined ? undefined : first?.follow?.(nowhere);
  expect(`${again?.request.host}${again?.request.path}`).toBe('papi.binance.com/papi/v1/um/order');
  expect(again?.read(said({ orderId: 5 }))).toEqual({ isAccepted: true });
  expect(again?.read(closed)).toEqual({ isAccepted: false });
  // What was sent and refused otherwise is sent nowhere else.
  const refused = first?.read(said({ code: -2022, msg: 'ReduceOnly Order is rejected.' }, 400));
  expect(refused === undefined ? undefined : first?.follow?.(refused)).toBeUndefined();
  expect(admin.openOrders(at, '/dapi/v1').read(said([]))).toMatchObject({ next: '/papi/v1/um' });
  const paper = { environment: 'paper' } as const;
  expect(admin.openOrders(paper, '/dapi/v1').read(said([]))).toEqual({ orders: [] });
  expect(admin.openOrders(paper, '/fapi/v1/algo').read(said([]))).toEqual({ orders: [], next: '/fapi/v1' });
  expect(['papi/v1/um/order', 'papi/v1/cm/order'].map((name) => admin.covers?.(name))).toEqual([true, true]);
  for (const name of ['papi/v1/margin/order', 'papi/v1/um/conditional/order', 'dapi/v1/algoOrder'])
    expect(admin.covers?.(name), name).toBe(false);
});

test('an order for the smart order router gets a client order id, too', () => {
  const { request } = admin.findOrder(at, { instrument: 'BTCUSDT', clientOrderId: 'a1' });
  const order = { ...request, method: 'POST', path: '/api/v3/sor/order' };
  const query = 'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=2';
  const stamped = admin.withClientOrderIds?.({ ...order, query }, () => 'tbx1');
  expect(stamped?.query).toBe(`${query}&newClientOrderId=tbx1`);
});
