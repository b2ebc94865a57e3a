// An OCO is one order of two parts at the venue that holds it to that: it passes where one order does, and each part is judged, followed and
// cancelled by itself. Two orders of one request are two.
import { afterEach, expect, test } from 'vitest';
import { venues } from '../../../../src/venues/venues.js';
import { eventually } from '../../../support/sidecar-box.js';
import { casesOf, orderOf } from '../../../support/venue-cases.js';
import { startVenueOrderBox } from '../../../support/venue-order-box.js';

const cases = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue])));
const caseOf = (wanted: string) => {
  const one = cases.find(({ name }) => name === wanted);
  if (one === undefined) throw new Error(`no case ${wanted}`);
  return one;
};
let box: Awaited<ReturnType<typeof startVenueOrderBox>> | undefined;
afterEach(() => box?.stop());

const onlyOne = {
  version: 1,
  cooldownSeconds: 60,
  singleFlight: true,
  maxOpenOrders: 1,
  daily: { orders: 1 },
  clientOrderId: true,
  priceCollarBps: 9_000,
} as const;
const live = (guardrails: object) => ({
  mode: 'live' as const,
  guardrails: guardrails as typeof onlyOne,
  liveSteps: [
    { account: 'paper', step: 1, maxNotional: '1000000', maxDayNotional: '1000000', isOverridden: false },
  ],
});

test('an OCO of Binance is one order under every rule that counts, its parts are followed and end together', async () => {
  const one = caseOf('binance');
  box = await startVenueOrderBox(one, live(onlyOne));
  const { agent, control, accountEvents } = box;
  const send = (path: string, body: string, method = 'POST') =>
    agent({ ...orderOf(one), method, path, body: Buffer.from(body) });
  const oco = (more: { stop?: string; below?: string; above?: string } = {}) =>
    send(
      '/api/v3/orderList/oco',
      'symbol=BTCUSDT&side=BUY&quantity=0.001&aboveType=STOP_LOSS_LIMIT&abovePrice=152000&aboveTimeInForce=GTC' +
        `&aboveStopPrice=${more.stop ?? '150000'}&aboveClientOrderId=${more.above ?? 'up'}` +
        `&belowType=LIMIT_MAKER&belowPrice=50000${more.below ?? '&belowClientOrderId=down'}`,
    );
  // Each part is seen: its price, and its name.
  expect(await oco({ stop: '900000' })).toContain('PRICE_OFF_MARKET');
  expect(await oco({ below: '' })).toContain('CLIENT_ORDER_ID_MISSING');
  const taken = await oco();
  expect(taken).toContain('"contingencyType":"OCO"');
  await eventually(() => control.list(1).orders[0]?.state === 'acknowledged');
  // The dearer part is what it is worth.
  expect(Number(control.list(1).orders[0]?.notional)).toBe(152);
  expect(control.list(1).orders[0]?.outcomes.map(({ clientOrderId }) => clientOrderId)).toEqual([
    'down',
    'up',
  ]);
  // It is there: neither another nor a single order has room beside it.
  const codes = () => control.list(9).orders.flatMap(({ reasons }) => reasons.map(({ code }) => code));
  expect(codes()).toEqual(expect.arrayContaining(['PRICE_OFF_MARKET', 'CLIENT_ORDER_ID_MISSING']));
  expect(codes()).not.toContain('IN_FLIGHT');
  await oco({ above: 'up2', below: '&belowClientOrderId=down2' });
  expect(codes()).toEqual(
    expect.arrayContaining(['COOLDOWN', 'IN_FLIGHT', 'TOO_MANY_OPEN_ORDERS', 'DAILY_ORDERS']),
  );
  // Cancelled by one of its parts, it is over.
  await send('/api/v3/order', 'symbol=BTCUSDT&origClientOrderId=up', 'DELETE');
  const ends = () =>
    accountEvents().flatMap((event) => (event.type === 'order.reconciled' ? [event.outcomes] : []));
  await eventually(() =>
    ends().some((parts) => parts.length === 2 && parts.every(({ state }) => state === 'canceled')),
  );
});

test('the stop of a bracket that the venue holds to nothing counts beside an exit, and no longer once it is cancelled', async () => {
  const one = caseOf('ibkr');
  box = await startVenueOrderBox(one, { mode: 'demo', reflexes: { duplicateMs: 0 } });
  const { agent, control } = box;
  const send = (...orders: object[]) =>
    agent({ ...orderOf(one), body: Buffer.from(JSON.stringify({ orders })) });
  const order = (more: object) => ({
    conid: 265598,
    orderType: 'MKT',
    side: 'BUY',
    tif: 'GTC',
    quantity: 1,
    ...more,
  });
  const stop = { cOID: 'stop', parentId: 'entry', orderType: 'STP', side: 'SELL', price: 120 };
  await send(order({ cOID: 'entry' }), order(stop));
  const outcomes = () => control.list(9).orders.find(({ intents }) => intents.length === 2)?.outcomes ?? [];
  await eventually(() => outcomes()[1]?.state === 'resting');
  expect(outcomes()[0]?.state).toBe('filled');
  const exit = (name: string) => send(order({ cOID: name, side: 'SELL' }));
  expect(await exit('exit1')).toContain('POSITION_FLIP');
  const path = `${orderOf(one).path.replace(/orders$/, 'order')}/${outcomes()[1]?.venueOrderId}`;
  await agent({ ...orderOf(one), method: 'DELETE', path, body: Buffer.alloc(0) });
  await eventually(() => outcomes()[1]?.state === 'canceled');
  expect(await exit('exit2')).toContain('"order_status":"Filled"');
});
