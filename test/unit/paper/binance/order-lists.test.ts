// Binance's order lists on paper, as the sidecar's own calls see them: placed, found again by the ids that were put in, ended as one.
import { expect, test } from 'vitest';
import { fixedClock } from '../../../../src/core/clock.js';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { orderListRoutes } from '../../../../src/paper/binance/order-lists.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { venues } from '../../../../src/venues/venues.js';
import { classesOf } from '../../../support/paper-routes.js';
import { casesOf, orderOf } from '../../../support/venue-cases.js';
import { venueDesk } from '../../../support/venue-order-box.js';

const at = { environment: 'paper' } as const;
const [one] = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue])));
if (one === undefined) throw new Error('no case');

function start() {
  const clock = fixedClock(1_795_000_000_000);
  const desk = venueDesk(one as NonNullable<typeof one>, clock, 'lists');
  const { admin, ask, send } = desk;
  const last = () => ask(admin.referencePrice(at, 'BTCUSDT'))?.last ?? decimal('0');
  const priced = (factor: string) => formatDecimal(last().times(decimal(factor)).round(0));
  let count = 0;
  /** With ids of our own, as the sidecar sends it; what it parsed, and what the venue said. */
  function place(path: string, fields: Record<string, string>) {
    const bare = { ...orderOf(one as NonNullable<typeof one>), path };
    const body = Buffer.from(new URLSearchParams({ symbol: 'BTCUSDT', ...fields }).toString());
    const request = admin.withClientOrderIds?.({ ...bare, body }, () => `own${++count}`);
    if (request === undefined) throw new Error('no ids were put in');
    const parsed = binance.parseOrders(request, { account: 'paper', ...at });
    if (!parsed.ok) throw new Error(parsed.message);
    const { operation } = binance.classify(request);
    expect(admin.covers?.(operation)).toBe(true);
    return { operation, intents: parsed.intents, placed: admin.readPlaced(send(request)) };
  }
  const stateOf = (operation: string, clientOrderId: string) => {
    const told = ask(admin.findOrder(at, { instrument: 'BTCUSDT', operation, clientOrderId }));
    return told === 'absent' ? told : told?.state;
  };
  const resting = () => ask(admin.openOrders(at))?.orders ?? [];
  /** Minute by minute until it holds, for two days at most. */
  function waitUntil(holds: () => boolean) {
    for (let minute = 0; minute < 2880 && !holds(); minute += 1) clock.set(clock.nowMs() + 60_000);
    expect(holds()).toBe(true);
  }
  return { ...desk, priced, place, stateOf, resting, waitUntil };
}

const pair = (priced: (factor: string) => string, far: string, near: string) => ({
  aboveType: 'LIMIT_MAKER',
  abovePrice: priced(far),
  belowType: 'STOP_LOSS',
  belowStopPrice: priced(near),
});

test.each([
  ['/api/v3/orderList/oco', (priced: (factor: string) => string) => pair(priced, '1.04', '0.998')],
  [
    '/api/v3/order/oco',
    (priced: (factor: string) => string) => ({ price: priced('1.04'), stopPrice: priced('0.998') }),
  ],
])('%s: both rest, the stop trades and ends the other', (path, fields) => {
  const { place, priced, stateOf, resting, waitUntil } = start();
  const { operation, intents, placed } = place(path, { side: 'SELL', quantity: '0.01', ...fields(priced) });
  expect(placed).toHaveLength(2);
  // Each outcome is of the order that was parsed in its place.
  expect(placed?.map(({ clientOrderId }) => clientOrderId)).toEqual(
    intents.map(({ clientOrderId }) => clientOrderId),
  );
  expect(intents.map(({ type }) => type)).toEqual(['limit', 'stop']);
  const [profit = '', stop = ''] = intents.map(({ clientOrderId }) => clientOrderId ?? '');
  expect(
    resting()
      .map(({ clientOrderId }) => clientOrderId)
      .sort(),
  ).toEqual([profit, stop].sort());
  waitUntil(() => stateOf(operation, stop) === 'filled');
  expect([stateOf(operation, profit), resting()]).toEqual(['canceled', []]);
});

test('an OTOCO rests as its working order, whose cancel ends all of it; its fill starts the others', () => {
  const { admin, ask, place, priced, stateOf, resting, waitUntil } = start();
  const fields = (price: string) => ({
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: price,
    workingQuantity: '0.01',
    workingTimeInForce: 'GTC',
    pendingSide: 'SELL',
    pendingQuantity: '0.009',
    pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: priced('1.003'),
    pendingBelowType: 'STOP_LOSS_LIMIT',
    pendingBelowStopPrice: priced('0.997'),
    pendingBelowPrice: priced('0.99'),
    pendingBelowTimeInForce: 'GTC',
  });
  const far = place('/api/v3/orderList/otoco', fields(priced('0.97')));
  expect(far.placed).toMatchObject([{ isAccepted: true, clientOrderId: far.intents[0]?.clientOrderId }]);
  const ids = far.intents[0]?.legs?.map(({ clientOrderId }) => clientOrderId ?? '') ?? [];
  expect(ids.map((id) => stateOf(far.operation, id))).toEqual(['resting', 'resting']);
  const [first] = resting();
  if (first === undefined) throw new Error('nothing rests');
  expect(ask(admin.cancelOrders(at, [first]))).toEqual({ canceled: 1, failed: 0 });
  expect([resting(), ids.map((id) => stateOf(far.operation, id))]).toEqual([[], ['canceled', 'canceled']]);

  const near = place('/api/v3/orderList/otoco', fields(priced('1.001')));
  const [working = ''] = near.intents.map(({ clientOrderId }) => clientOrderId ?? '');
  const [profit = '', stop = ''] =
    near.intents[0]?.legs?.map(({ clientOrderId }) => clientOrderId ?? '') ?? [];
  expect(stateOf(near.operation, working)).toBe('filled');
  const states = () => [profit, stop].map((id) => stateOf(near.operation, id)).sort();
  expect(states()).toEqual(['resting', 'resting']);
  waitUntil(() => states().includes('filled'));
  expect([states(), resting()]).toEqual([['canceled', 'filled'], []]);
});

test.each([
  ['/api/v3/orderList/opo', { pendingType: 'LIMIT', pendingTimeInForce: 'GTC' }, 1],
  ['/api/v3/orderList/opoco', { pendingAboveType: 'LIMIT_MAKER', pendingBelowType: 'STOP_LOSS' }, 2],
])('%s: what the working order bought is sold, less its fee in whole lots', (path, kinds, legs) => {
  const { place, priced, stateOf, resting, send } = start();
  const [above, below] = [priced('1.02'), priced('0.98')];
  const fields = {
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: priced('1.001'),
    workingQuantity: '0.01',
    workingTimeInForce: 'GTC',
    pendingSide: 'SELL',
    ...kinds,
    ...(legs === 1 ? { pendingPrice: above } : { pendingAbovePrice: above, pendingBelowStopPrice: below }),
  };
  const { operation, intents, placed } = place(path, fields);
  expect(placed).toMatchObject([{ isAccepted: true }]);
  expect(stateOf(operation, intents[0]?.clientOrderId ?? '')).toBe('filled');
  expect(resting()).toHaveLength(legs);
  const bare = orderOf(one as NonNullable<typeof one>);
  const listed = send({ ...bare, method: 'GET', path: '/api/v3/openOrders', body: Buffer.alloc(0) });
  // The fee of the purchase, a thousandth, is taken from the coins.
  expect(JSON.parse(String(listed.body))).toMatchObject(
    Array.from({ length: legs }, () => ({ side: 'SELL', origQty: '0.00999' })),
  );
});

test('a list is asked for and cancelled by its number; a pair of two stops is none', () => {
  const { place, priced, send, resting } = start();
  const bare = orderOf(one as NonNullable<typeof one>);
  const oto = {
    workingType: 'LIMIT',
    workingSide: 'BUY',
    workingPrice: priced('0.97'),
    workingQuantity: '0.01',
    workingTimeInForce: 'GTC',
    pendingType: 'MARKET',
    pendingSide: 'SELL',
    pendingQuantity: '0.009',
    listClientOrderId: 'list1',
  };
  place('/api/v3/orderList/oto', oto);
  const call = (method: string, path: string, query: string) =>
    JSON.parse(String(send({ ...bare, method, path, query, body: Buffer.alloc(0) }).body)) as unknown;
  const [list] = call('GET', '/api/v3/openOrderList', '') as { orderListId: number }[];
  expect(list).toMatchObject({
    contingencyType: 'OTO',
    listOrderStatus: 'EXECUTING',
    listClientOrderId: 'list1',
  });
  expect(
    call('DELETE', '/api/v3/orderList', `symbol=BTCUSDT&orderListId=${list?.orderListId}`),
  ).toMatchObject({
    listOrderStatus: 'ALL_DONE',
  });
  expect(resting()).toEqual([]);
  expect(call('GET', '/api/v3/orderList', 'origClientOrderId=list1')).toMatchObject({
    listOrderStatus: 'ALL_DONE',
  });
  expect(call('GET', '/api/v3/allOrderList', '')).toHaveLength(1);
  const stops = {
    side: 'SELL',
    quantity: '0.01',
    aboveType: 'STOP_LOSS',
    aboveStopPrice: priced('0.98'),
    belowType: 'STOP_LOSS',
    belowStopPrice: priced('0.97'),
  };
  expect(place('/api/v3/orderList/oco', stops).placed).toMatchObject([{ isAccepted: false }]);
  expect(classesOf(binance, 'api.binance.com', orderListRoutes.keys())).toEqual(['cancel', 'order', 'read']);
});
