// IBKR's own calls against its paper dialect, and what they make of cold caches, questions and answers that tell nothing.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { admin } from '../../../../src/venues/ibkr/admin.js';
import { questionsIn } from '../../../../src/venues/ibkr/answers.js';
import { testAdminOf } from '../../../support/venue-admin.js';

testAdminOf('ibkr');

const at = { environment: 'live' } as const;
const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const accounts = said({ accounts: ['U1234567'] });
const secdef = said({ secdef: [{ conid: 265598, ticker: 'AAPL', currency: 'USD', assetClass: 'STK' }] });

/** Puts the answers in turn to a question and what follows it. */
function converse<T>(call: VenueCall<T>, ...answers: ReturnType<typeof said>[]) {
  const asked: string[] = [];
  const waits: (number | undefined)[] = [];
  let next: VenueCall<T> | undefined = call;
  let value: T | undefined;
  for (const answer of answers) {
    if (next === undefined) throw new Error('nothing more was asked');
    asked.push(`${next.request.method} ${next.request.path.replace('/v1/api/', '')}`);
    waits.push(next.delayMs);
    value = next.read(answer);
    next = value === undefined ? undefined : next.follow?.(value);
  }
  return { asked, waits, value, isOver: next === undefined };
}

const order = (more: object = {}) => ({
  conid: 265598,
  orderId: 7,
  status: 'Submitted',
  side: 'SELL',
  order_ref: 'a1',
  ...more,
});
const listOf = (...orders: object[]) => said({ orders, snapshot: true });

test('orders are listed once the list is there, and named by their contracts', () => {
  const cold = said({ orders: [], snapshot: false });
  const told = listOf(
    order(),
    order({ orderId: 8, status: 'Filled' }),
    order({ orderId: 9, status: 'Inactive' }),
  );
  const { asked, waits, value, isOver } = converse(admin.openOrders(at), accounts, cold, told, secdef);
  expect(asked).toEqual([
    'GET iserver/accounts',
    'GET iserver/account/orders',
    'GET iserver/account/orders',
    'GET trsrv/secdef',
  ]);
  // One request in 5 seconds is what IBKR takes.
  expect(waits[2]).toBeGreaterThan(5_000);
  expect(isOver).toBe(true);
  expect(value?.orders.map(({ instrument, venueOrderId, side }) => [instrument, venueOrderId, side])).toEqual(
    [
      ['AAPL:265598', '7', 'sell'],
      ['AAPL:265598', '9', 'sell'],
    ],
  );
  expect(converse(admin.openOrders(at), accounts, listOf()).value?.orders).toEqual([]);
});

test.each([
  [
    'a list that stays cold',
    [
      said({ orders: [], snapshot: false }),
      said({ orders: [], snapshot: false }),
      said({ orders: [], snapshot: false }),
    ],
  ],
  ['an order of an unknown status', [listOf(order({ status: 'Napping' }))]],
  ['an order without a number', [listOf(order({ orderId: null })), secdef]],
  ['a contract that nobody names', [listOf(order({ conid: 1 })), secdef]],
  ['no list', [said({})]],
  ['a refusal', [said({ error: 'not authenticated' }, 401)]],
])('%s is no answer', (_name, answers) => {
  expect(converse(admin.openOrders(at), accounts, ...answers).value).toBeUndefined();
});

test('an order is absent only when it is missing twice', () => {
  const find = (name: object) => admin.findOrder(at, { instrument: 'AAPL:265598', ...name });
  const other = listOf(order({ order_ref: 'b2' }));
  const once = converse(find({ clientOrderId: 'a1' }), accounts, other);
  expect(once).toMatchObject({ value: 'absent', isOver: false });
  const twice = converse(find({ clientOrderId: 'a1' }), accounts, other, other);
  expect(twice).toMatchObject({ value: 'absent', isOver: true });
  expect(twice.waits[2]).toBeGreaterThan(5_000);
  const late = listOf(order({ filledQuantity: 2.0, avgPrice: '150.5' }));
  expect(converse(find({ clientOrderId: 'a1' }), accounts, other, late).value).toMatchObject({
    state: 'resting',
    venueOrderId: '7',
  });
  const status = said({ order_id: 7, order_status: 'Cancelled', cum_fill: '1.0' });
  expect(converse(find({ venueOrderId: '7' }), accounts, status).value).toMatchObject({ state: 'canceled' });
  expect(converse(find({ venueOrderId: '8' }), accounts, status).value).toBeUndefined();
  expect(converse(find({ venueOrderId: '7' }), accounts, said({ error: 'x' }, 503)).value).toBeUndefined();
});

test('the portfolio is opened where it is not told yet', () => {
  const held = said([
    { conid: '265598', position: -5.0 },
    { conid: '2', position: 0 },
  ]);
  const { asked, value } = converse(admin.positions(at), accounts, said({}, 400), said([{}]), held, secdef);
  expect(asked).toEqual([
    'GET iserver/accounts',
    'GET portfolio2/U1234567/positions',
    'GET portfolio/accounts',
    'GET portfolio2/U1234567/positions',
    'GET trsrv/secdef',
  ]);
  expect(value?.map(({ instrument, quantity }) => [instrument, formatDecimal(quantity)])).toEqual([
    ['AAPL:265598', '-5'],
  ]);
  const summary = (currency: string) => said({ netliquidation: { amount: 1234.5, currency } });
  const worth = converse(admin.equity!(at), accounts, summary('USD')).value;
  expect(worth === undefined ? '' : formatDecimal(worth)).toBe('1234.5');
  expect(converse(admin.equity!(at), accounts, summary('EUR')).value).toBeUndefined();
});

test('a price is waited for, and one that is not of this moment is none', () => {
  const price = (row: object) => said([{ conid: 265598, _updated: 1_795_000_000_000, ...row }]);
  const real = price({ 31: '150.5', 84: '150.4', 86: '150.6', 6509: 'RpB' });
  const { asked, value } = converse(admin.referencePrice(at, 'AAPL:265598'), accounts, price({}), real);
  expect(asked).toHaveLength(3);
  expect(value === undefined ? '' : formatDecimal(value.last)).toBe('150.5');
  const of = (row: object) => converse(admin.referencePrice(at, 'AAPL:265598'), accounts, price(row)).value;
  expect(of({ 31: '150.5', 6509: 'DpB' })).toBeUndefined();
  expect(of({ 31: 'C150.5', 6509: 'RpB' })).toBeUndefined();
});

test('a book is waited for until both of its sides are told', () => {
  const told = (row: object) => said([{ conid: 265598, ...row }]);
  const half = { 84: '150.4', 88: '2', 6509: 'RpB' };
  const whole = { ...half, 86: '150.6', 85: '3' };
  const { asked, value, isOver } = converse(
    admin.orderBook!(at, 'AAPL:265598', false),
    accounts,
    told({}),
    told(half),
    told(whole),
  );
  expect(asked).toHaveLength(4);
  expect(value?.asks.map(({ size }) => formatDecimal(size))).toEqual(['3']);
  expect(isOver).toBe(true);
  const late = converse(
    admin.orderBook!(at, 'AAPL:265598', false),
    accounts,
    ...Array.from({ length: 6 }, () => told(half)),
  );
  expect(late.value).toBeUndefined();
  const old = converse(admin.orderBook!(at, 'AAPL:265598', false), accounts, told({ ...whole, 6509: 'D' }));
  expect(old.value).toBeUndefined();
});

test('a position is closed, and the broker’s questions on the way are confirmed', () => {
  const position = { instrument: 'AAPL:265598', quantity: decimal('-5'), venueAccount: 'U1234567' };
  const call = admin.closePosition!(at, position);
  expect(JSON.parse(call.request.body.toString())).toEqual({
    orders: [{ acctId: 'U1234567', conid: 265598, orderType: 'MKT', side: 'BUY', tif: 'DAY', quantity: 5 }],
  });
  const question = said([{ id: 'q-1', message: ['Are you sure?'] }]);
  const placed = said([{ order_id: '7', order_status: 'Submitted' }]);
  const { asked, value } = converse(call, question, placed);
  expect(asked).toEqual(['POST iserver/account/U1234567/orders', 'POST iserver/reply/q-1']);
  expect(value).toEqual({ isAccepted: true });
  expect(converse(call, said({ error: 'no such account' }, 400)).value).toEqual({ isAccepted: false });
  expect(converse(call, said({ error: 'Service Unavailable' }, 503)).value).toBeUndefined();
  expect(converse(call, said({})).value).toBeUndefined();
});

test('a question is no acceptance; an error neither; a cancel of what is over counts', () => {
  const question = said([{ id: 'q-1', message: ['Are you sure?'] }]);
  expect(admin.readPlaced(question)).toEqual([{ isAccepted: false, code: 'question' }]);
  expect(questionsIn(question)).toEqual([{ id: 'q-1', text: 'Are you sure?' }]);
  expect(admin.readPlaced(said({ error: 'no' }, 400))).toEqual([{ isAccepted: false, code: 'error' }]);
  const { read } = admin.cancelOrders(at, []);
  expect(read(said({ error: "OrderID 7 doesn't exist" }, 400))).toEqual({ canceled: 1, failed: 0 });
  expect(read(said({ error: 'not now' }, 400))).toEqual({ canceled: 0, failed: 1 });
  expect(read(said({}))).toBeUndefined();
});

test('whose money it is, is read from the accounts’ names', () => {
  const facts = (environment: 'live' | 'demo', ...names: string[]) =>
    admin.keyFacts!({ environment }).read(said({ accounts: names }));
  expect(facts('live', 'U1234567')).toMatchObject({ isOfEnvironment: true, venueAccounts: ['U1234567'] });
  expect(facts('live', 'DU1234567')).toMatchObject({ isOfEnvironment: false });
  expect(facts('demo', 'DU1234567')).toMatchObject({ isOfEnvironment: true });
  expect(facts('live')).toBeUndefined();
});
