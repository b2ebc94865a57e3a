// Alpaca's multi-leg orders on paper: one order above its legs, filled whole at its net price or not at all; found, told and ended as one.
import { expect, test } from 'vitest';
import { findMultiLeg, isLeg, placeMultiLeg } from '../../../../src/paper/alpaca/multi-leg.js';
import { openSocket } from '../../../../src/paper/alpaca/socket.js';
import type { VenueAdmin } from '../../../../src/venues/admin.js';
import { alpaca } from '../../../../src/venues/alpaca/alpaca.js';
import { alpacaDesk, alpacaHost } from '../../../support/alpaca-desk.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { requestOf } from '../../../support/venue-requests.js';

const calls = 'F280121C00013000';
const puts = 'F280121P00013000';
const at = { environment: 'paper' } as const;
const admin = alpaca.admin as VenueAdmin;

interface Told {
  id: string;
  status: string;
  symbol: string;
  filled_qty: string;
  filled_avg_price: string | null;
  legs: { id: string; symbol: string; filled_avg_price: string; ratio_qty: string }[];
}

const leg = (symbol: string, ratio_qty = '1', side = 'buy') => ({ symbol, ratio_qty, side });
const straddle = { order_class: 'mleg', qty: '2', time_in_force: 'day', legs: [leg(calls, '2'), leg(puts)] };
const market = { ...straddle, type: 'market' };
/** Far below what it costs. */
const resting = { ...straddle, type: 'limit', limit_price: '0.10' };

function desk() {
  const paper = alpacaDesk();
  const place = (body: object) => paper.call<Told>('POST', '/v2/orders', body);
  const list = (query: string) => paper.call<Told[]>('GET', `/v2/orders?${query}`).body;
  return { ...paper, place, list };
}

test('an order without symbol and side has the net price of its legs', () => {
  const { place, call } = desk();
  const { status, body } = place({ ...market, client_order_id: 'both' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    client_order_id: 'both',
    order_class: 'mleg',
    symbol: '',
    side: '',
    asset_class: '',
    qty: '2',
    status: 'filled',
    filled_qty: '2',
    legs: [
      { symbol: calls, qty: '4', filled_qty: '4', ratio_qty: '2', position_intent: 'buy_to_open', type: '' },
      { symbol: puts, qty: '2', filled_qty: '2', ratio_qty: '1', position_intent: 'buy_to_open', type: '' },
    ],
  });
  const [first, second] = body.legs.map(({ filled_avg_price }) => Number(filled_avg_price));
  expect(Number(body.filled_avg_price)).toBeCloseTo(2 * (first ?? 0) + (second ?? 0), 6);
  expect(call('GET', `/v2/orders/${body.id}`).body).toEqual(body);
  expect(call('GET', '/v2/orders:by_client_order_id?client_order_id=both').body).toEqual(body);
  expect(call('GET', `/v2/orders/${body.legs[1]?.id}`).body).toEqual(body.legs[1]);
  expect(call('GET', `/v2/positions/${calls}`).body).toMatchObject({ qty: '4' });
  expect(place({ ...market, client_order_id: 'both' }).status).toBe(422);
});

test('what is held is sold together for a credit', () => {
  const { place, call } = desk();
  place(market);
  const legs = [leg(calls, '2', 'sell'), { symbol: puts, ratio_qty: '1', position_intent: 'sell_to_close' }];
  const credit = { ...market, type: 'limit', limit_price: '-0.10', legs };
  expect(place({ ...credit, limit_price: '-99' }).body).toMatchObject({ status: 'new', filled_qty: '0' });
  expect(place(credit).status).toBe(403);
  expect(call('DELETE', '/v2/orders').status).toBe(207);
  const sold = place(credit).body;
  expect(sold).toMatchObject({ status: 'filled', limit_price: '-0.1' });
  expect(Number(sold.filled_avg_price)).toBeLessThan(0);
  expect(call('GET', `/v2/positions/${calls}`).status).toBe(404);
});

test('it rests as one order and ends as one, whichever way', () => {
  const { place, list, call, ask } = desk();
  const { id, legs } = place(resting).body;
  expect(list('status=open')).toMatchObject([
    { id, symbol: '', legs: [{ symbol: calls }, { symbol: puts }] },
  ]);
  expect(list(`status=open&symbols=${puts}`)).toHaveLength(1);
  expect(list('status=open&symbols=AAPL')).toEqual([]);
  expect(ask(admin.openOrders(at))?.orders).toMatchObject([{ instrument: '', venueOrderId: id }]);
  expect(call('PATCH', `/v2/orders/${id}`, { limit_price: '0.2' }).status).toBe(403);
  expect(call('DELETE', `/v2/orders/${id}`).status).toBe(204);
  expect(call('DELETE', `/v2/orders/${id}`).status).toBe(422);
  expect(call('GET', `/v2/orders/${id}`).body).toMatchObject({ status: 'canceled', filled_qty: '0' });

  const other = place(resting).body;
  expect(call('DELETE', `/v2/orders/${other.legs[1]?.id}`).status).toBe(204);
  const third = place(resting).body;
  expect(call('DELETE', '/v2/orders').body).toEqual([{ id: third.id, status: 200 }]);
  expect(list('status=open')).toEqual([]);
  expect(list('status=closed')).toHaveLength(3);
  expect(legs).toHaveLength(2);
});

test.each([
  ['a leg that writes an option', { legs: [leg(calls), leg(puts, '1', 'sell')] }, 403],
  ['shares', { legs: [leg(calls), leg('F')] }, 403],
  ['one leg', { legs: [leg(calls)] }, 422],
  ['five legs', { legs: Array.from({ length: 5 }, () => leg(calls)) }, 422],
  ['the same option twice', { legs: [leg(calls), leg(calls)] }, 422],
  ['ratios that share a divisor', { legs: [leg(calls, '2'), leg(puts, '4')] }, 422],
  ['a ratio that is none', { legs: [leg(calls, '0.5'), leg(puts)] }, 422],
  ['a part of a unit', { qty: '1.5' }, 422],
  ['another time in force', { time_in_force: 'gtc' }, 422],
  ['a stop', { type: 'stop' }, 422],
  ['no price', { type: 'limit' }, 422],
  ['a price that is none', { type: 'limit', limit_price: '--1' }, 422],
  ['a price below a cent', { type: 'limit', limit_price: '0.105' }, 422],
  ['more than there is', { qty: '2000' }, 403],
])('%s is refused, and nothing is left of it', (_, change, status) => {
  const { place, list } = desk();
  expect(place({ ...market, ...change }).status).toBe(status);
  expect(list('status=all')).toEqual([]);
});

test('the gate finds what it placed', () => {
  const { place, ask } = desk();
  const { id } = place({ ...market, client_order_id: 'mine' }).body;
  const found = ask(admin.findOrder(at, { instrument: '', operation: 'v2/orders', clientOrderId: 'mine' }));
  expect(found).toMatchObject({ state: 'filled', venueOrderId: id });
});

test('trade updates tell it once, with its legs', () => {
  const paper = paperSockets(alpaca);
  const { keyId = '', secretKey = '' } = paper.secrets;
  const { say, tell } = paper.open(alpacaHost, '/stream');
  say({ action: 'authenticate', data: { key_id: keyId, secret_key: secretKey } });
  say({ action: 'listen', data: { streams: ['trade_updates'] } });
  const headers = [
    ['APCA-API-KEY-ID', keyId],
    ['APCA-API-SECRET-KEY', secretKey],
  ] as const;
  paper.exchange.handle(
    requestOf('POST', `https://${alpacaHost}/v2/orders`, headers, JSON.stringify(market)),
  );
  expect(tell()).toMatchObject([
    { stream: 'trade_updates', data: { event: 'fill', qty: '2', order: { symbol: '', legs: [{}, {}] } } },
  ]);
  expect(openSocket({ host: alpacaHost, path: '/stream', query: '' })).toBeDefined();
  expect([placeMultiLeg, findMultiLeg, isLeg].every((one) => typeof one === 'function')).toBe(true);
});
