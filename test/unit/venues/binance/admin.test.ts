import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/binance/admin.js';
import { testAdminOf } from '../../../support/venue-admin.js';

describe('spot', () => testAdminOf('binance'));
describe('USDⓈ-M futures', () => testAdminOf('binance futures'));
describe('COIN-M futures', () => testAdminOf('binance coin futures'));
describe('conditional orders', () => testAdminOf('binance conditional'));
describe('conditional orders of portfolio margin', () => testAdminOf('binance portfolio conditional'));
describe('cross margin', () => testAdminOf('binance margin'));
describe('conditional orders of COIN-M', () => testAdminOf('binance coin conditional'));
describe('portfolio margin’s strategies', () => testAdminOf('binance portfolio strategy'));
describe('portfolio margin’s strategies of COIN-M', () => testAdminOf('binance portfolio coin strategy'));
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
  expect(admin.openOrders(at, '/dapi/v1').read(said([]))).toMatchObject({ next: '/sapi/v1/margin' });
  const paper = { environment: 'paper' } as const;
  expect(admin.openOrders(paper, '/dapi/v1').read(said([]))).toEqual({ orders: [] });
  expect(admin.openOrders(paper, '/fapi/v1/algo').read(said([]))).toEqual({
    orders: [],
    next: '/dapi/v1/algo',
  });
  expect(['papi/v1/um/order', 'papi/v1/cm/order'].map((name) => admin.covers?.(name))).toEqual([true, true]);
  for (const name of ['papi/v1/um/conditional/order', 'papi/v1/cm/conditional/order', 'dapi/v1/algoOrder'])
    expect(admin.covers?.(name), name).toBe(true);
  for (const name of ['sapi/v1/margin/order', 'sapi/v1/margin/order/oco', 'sapi/v1/margin/order/otoco'])
    expect(admin.covers?.(name), name).toBe(true);
  for (const name of ['papi/v1/margin/order', 'sapi/v1/algo/spot/newOrderTwap', 'eapi/v1/order'])
    expect(admin.covers?.(name), name).toBe(false);
});

test('an order for the smart order router gets a client order id, too', () => {
  const { request } = admin.findOrder(at, { instrument: 'BTCUSDT', clientOrderId: 'a1' });
  const order = { ...request, method: 'POST', path: '/api/v3/sor/order' };
  const query = 'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=2';
  const stamped = admin.withClientOrderIds?.({ ...order, query }, () => 'tbx1');
  expect(stamped?.query).toBe(`${query}&newClientOrderId=tbx1`);
});

test('margin orders get their ids, as the spot orders do, and are asked for at the margin account', () => {
  const { request } = admin.findOrder(at, {
    instrument: 'BTCUSDT',
    operation: 'sapi/v1/margin/order/oco',
    clientOrderId: 'a1',
  });
  expect(`${request.host}${request.path}?${request.query}`).toBe(
    'api.binance.com/sapi/v1/margin/order?symbol=BTCUSDT&origClientOrderId=a1',
  );
  const namesOf = (path: string) => {
    const stamped = admin.withClientOrderIds?.({ ...request, method: 'POST', path, query: 'a=1' }, () => 'x');
    return stamped?.query.match(/\w+(?==x)/g);
  };
  expect(namesOf('/sapi/v1/margin/order')).toEqual(['newClientOrderId']);
  expect(namesOf('/sapi/v1/margin/order/oco')).toEqual(['limitClientOrderId', 'stopClientOrderId']);
  expect(namesOf('/sapi/v1/margin/order/oto')).toEqual(['workingClientOrderId', 'pendingClientOrderId']);
  expect(namesOf('/papi/v1/cm/conditional/order')).toEqual(['newClientStrategyId']);
});

test('a conditional order of COIN-M is asked for in the list, then by itself; a strategy in the past after the present', () => {
  const absent = said({ code: -2013, msg: 'Order does not exist.' }, 400);
  const chain = (operation: string, answers: readonly ReturnType<typeof said>[]) => {
    const asked: string[] = [];
    let call: ReturnType<typeof admin.findOrder> | undefined = admin.findOrder(at, {
      instrument: 'BTCUSD_PERP',
      operation,
      clientOrderId: 'c1',
    });
    let value: ReturnType<typeof call.read>;
    for (const answer of answers) {
      if (call === undefined) return { asked, value: 'nothing more is asked' };
      asked.push(`${call.request.path}?${call.request.query}`);
      value = call.read(answer);
      call = value === undefined ? undefined : call.follow?.(value);
    }
    return { asked, value };
  };
  const waiting = { algoId: 3, clientAlgoId: 'c1', algoStatus: 'NEW', actualOrderId: '' };
  const other = { ...waiting, algoId: 4, clientAlgoId: 'c2' };
  const name = 'dapi/v1/algoOrder';
  expect(chain(name, [said([other, waiting])])).toMatchObject({
    asked: ['/dapi/v1/openAlgoOrders?clientAlgoId=c1'],
    value: { state: 'resting', venueOrderId: '3' },
  });
  expect(chain(name, [said([other]), said({ ...waiting, algoStatus: 'CANCELED' })])).toMatchObject({
    asked: ['/dapi/v1/openAlgoOrders?clientAlgoId=c1', '/dapi/v1/algoOrder?clientAlgoId=c1'],
    value: { state: 'canceled' },
  });
  expect(chain(name, [said([]), absent]).value).toBe('absent');
  // A venue that answers no single question leaves the end of the order unknown, never absent.
  expect(chain(name, [said([]), said({ code: -5000, msg: 'Path is invalid.' }, 404)]).value).toBeUndefined();

  const strategy = { strategyId: 9, newClientStrategyId: 'c1', strategyStatus: 'NEW' };
  const conditional = 'papi/v1/cm/conditional/order';
  const present = '/papi/v1/cm/conditional/openOrder?symbol=BTCUSD_PERP&newClientStrategyId=c1';
  const past = present.replace('openOrder', 'orderHistory');
  expect(chain(conditional, [said(strategy)])).toMatchObject({
    asked: [present],
    value: { state: 'resting', venueOrderId: '9', clientOrderId: 'c1' },
  });
  const triggered = said({ ...strategy, strategyStatus: 'TRIGGERED', orderId: 77 });
  const filled = said({
    orderId: 77,
    clientOrderId: 'x',
    status: 'FILLED',
    executedQty: '2',
    avgPrice: '100',
  });
  expect(chain(conditional, [absent, triggered, filled])).toMatchObject({
    asked: [present, past, '/papi/v1/cm/order?symbol=BTCUSD_PERP&orderId=77'],
    value: { state: 'filled', venueOrderId: '9', clientOrderId: 'c1' },
  });
  for (const word of ['CANCELED', 'CANCELLED', 'EXPIRED'])
    expect(chain(conditional, [absent, said({ ...strategy, strategyStatus: word })]).value).toMatchObject({
      state: 'canceled',
    });
  expect(chain(conditional, [absent, absent])).toMatchObject({ asked: [present, past], value: 'absent' });
});
