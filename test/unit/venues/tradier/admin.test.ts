// Tradier's own calls against its paper dialect, and what they make of several accounts and of answers that tell nothing.
import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { admin } from '../../../../src/venues/tradier/admin.js';
import { testAdminOf } from '../../../support/venue-admin.js';

testAdminOf('tradier');

const at = { environment: 'live' } as const;
const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const account = (account_number: string, status = 'active') => ({ account_number, status, type: 'margin' });
const profileOf = (...accounts: unknown[]) => said({ profile: { id: 'id-a', account: accounts } });
const two = profileOf(account('VA1111111'), account('VA2222222'));

/** Puts the answers in turn to a question and what follows it; gives what was asked and what came of it. */
function converse<T>(call: VenueCall<T>, ...answers: ReturnType<typeof said>[]) {
  const asked: string[] = [];
  let next: VenueCall<T> | undefined = call;
  let value: T | undefined;
  for (const answer of answers) {
    if (next === undefined) throw new Error('nothing more was asked');
    asked.push(`${next.request.method} ${next.request.path}`);
    value = next.read(answer);
    next = value === undefined ? undefined : next.follow?.(value);
  }
  return { asked, value, isOver: next === undefined };
}

const order = (id: number, more: object = {}) => ({
  id,
  symbol: 'AAPL',
  side: 'sell_short',
  status: 'open',
  exec_quantity: 0.0,
  avg_fill_price: 0.0,
  ...more,
});

test('what rests is asked of every account, and cancelled in its own', () => {
  const open = said({ orders: { order: order(7, { tag: 'a1' }) } });
  const many = said({
    orders: {
      order: [
        order(8, { symbol: 'SPY', option_symbol: 'SPY261218C00700000' }),
        order(9, { status: 'filled' }),
      ],
    },
  });
  const { asked, value, isOver } = converse(admin.openOrders(at), two, open, many);
  expect(asked).toEqual([
    'GET /v1/user/profile',
    'GET /v1/accounts/VA1111111/orders',
    'GET /v1/accounts/VA2222222/orders',
  ]);
  expect(isOver).toBe(true);
  expect(value?.orders).toEqual([
    {
      instrument: 'AAPL',
      venueOrderId: '7',
      venueAccount: 'VA1111111',
      kind: 'plain',
      side: 'sell',
      clientOrderId: 'a1',
    },
    {
      instrument: 'SPY261218C00700000',
      venueOrderId: '8',
      venueAccount: 'VA2222222',
      kind: 'plain',
      side: 'sell',
    },
  ]);
  const { path } = admin.cancelOrders(at, value?.orders.slice(1) ?? []).request;
  expect(path).toBe('/v1/accounts/VA2222222/orders/8');
});

test.each([
  ['an order of a status that nobody knows', { orders: { order: order(7, { status: 'napping' }) } }],
  ['an order without a number', { orders: { order: { ...order(7), id: null } } }],
  ['no list', { orders: {} }],
  ['nothing', {}],
])('%s is no answer', (_name, body) => {
  const { value } = converse(admin.openOrders(at), profileOf(account('VA1111111')), said(body));
  expect(value).toBeUndefined();
});

test('an order is looked for until an account has it; two with the same tag are neither', () => {
  const none = said({ orders: 'null' });
  const find = (name: object) => admin.findOrder(at, { instrument: 'AAPL', ...name });
  const mine = said({
    orders: { order: [order(7, { tag: 'other' }), order(8, { tag: 'a1', exec_quantity: 2 })] },
  });
  expect(converse(find({ clientOrderId: 'a1' }), two, none, mine).value).toMatchObject({
    venueOrderId: '8',
    state: 'resting',
  });
  const early = converse(find({ clientOrderId: 'a1' }), two, mine);
  expect(early.isOver).toBe(true);
  expect(converse(find({ clientOrderId: 'a1' }), two, none, none).value).toBe('absent');
  const twins = said({ orders: { order: [order(7, { tag: 'a1' }), order(8, { tag: 'a1' })] } });
  expect(converse(find({ clientOrderId: 'a1' }), two, twins).value).toBeUndefined();
  const elsewhere = said({ errors: { error: 'order not found' } }, 400);
  const found = said({ order: order(8, { status: 'filled', exec_quantity: 3.0, avg_fill_price: 270.125 }) });
  const { value, asked } = converse(find({ venueOrderId: '8' }), two, elsewhere, found);
  expect(asked.at(-1)).toBe('GET /v1/accounts/VA2222222/orders/8');
  expect(value).toMatchObject({ state: 'filled', venueOrderId: '8' });
  expect(converse(find({ venueOrderId: '8' }), two, said({ fault: {} }, 500)).value).toBeUndefined();
});

test('positions and worth of all accounts are put together; each is closed in its own account', () => {
  const none = said({ positions: 'null' });
  const held = said({
    positions: {
      position: [
        { symbol: 'AAPL', quantity: 10.0 },
        { symbol: 'F', quantity: -5.0 },
        { symbol: 'SPXW261218P05000000', quantity: 2.0 },
      ],
    },
  });
  const { value } = converse(admin.positions(at), two, none, held);
  expect(value?.map(({ instrument, quantity }) => [instrument, formatDecimal(quantity)])).toEqual([
    ['AAPL', '10'],
    ['F', '-5'],
    ['SPXW261218P05000000', '2'],
  ]);
  const closings = value?.map((position) => admin.closePosition?.(at, position).request);
  expect(closings?.map((request) => request?.path)).toEqual(Array(3).fill('/v1/accounts/VA2222222/orders'));
  expect(closings?.map((request) => request?.body.toString())).toEqual([
    'class=equity&symbol=AAPL&side=sell&quantity=10&type=market&duration=day',
    'class=equity&symbol=F&side=buy_to_cover&quantity=5&type=market&duration=day',
    'class=option&symbol=SPXW&option_symbol=SPXW261218P05000000&side=sell_to_close&quantity=2&type=market&duration=day',
  ]);
  const [closing] = value?.map((position) => admin.closePosition?.(at, position)) ?? [];
  expect(closing?.read(said({ order: { id: 7, status: 'ok' } }))).toEqual({ isAccepted: true });
  expect(closing?.read(said({ errors: { error: 'no' } }, 400))).toEqual({ isAccepted: false });
  for (const lost of [said({ order: { id: 7 } }), said({ fault: {} }, 500), said('x', 502)])
    expect(closing?.read(lost)).toBeUndefined();
  const worth = converse(
    admin.equity!(at),
    two,
    said({ balances: { total_equity: 100.5 } }),
    said({ balances: { total_equity: 20 } }),
  ).value;
  expect(worth === undefined ? '' : formatDecimal(worth)).toBe('120.5');
  expect(converse(admin.equity!(at), two, said({ balances: {} })).value).toBeUndefined();
});

test('an account that is closed is left out, and a token without one is not understood', () => {
  const facts = admin.keyFacts!(at);
  expect(facts.read(profileOf(account('VA1111111', 'closed'), account('VA2222222', 'restricted')))).toEqual({
    canTrade: false,
    isOfEnvironment: true,
    venueAccounts: ['VA2222222'],
  });
  expect(facts.read(profileOf(account('VA1111111', 'closed')))).toBeUndefined();
  expect(facts.read(profileOf(account('../x')))).toBeUndefined();
  expect(facts.read(said({ fault: { faultstring: 'Invalid Access Token' } }, 401))).toBeUndefined();
  expect(admin.serverTime!(at).read(said({ clock: { timestamp: 1_795_000_000 } }))).toBe(1_795_000_000_000);
});

test('an option is of as many shares as its contract, and without a trade there is no price', () => {
  const quote = {
    symbol: 'SPY261218C00700000',
    type: 'option',
    contract_size: 100,
    last: null,
    bid: 1.2,
    ask: 1.3,
  };
  const terms = admin.contractTerms(at, quote.symbol).read(said({ quotes: { quote } }));
  expect(terms === undefined ? '' : formatDecimal(terms.multiplier)).toBe('100');
  expect(admin.referencePrice(at, quote.symbol).read(said({ quotes: { quote } }))).toBeUndefined();
  expect(admin.contractTerms(at, 'SPY').read(said({ quotes: { quote } }))).toBeUndefined();
  const traded = { quotes: { quote: { ...quote, last: 1.25, trade_date: 1_795_000_000_000 } } };
  expect(admin.referencePrice(at, quote.symbol).read(said(traded))).toMatchObject({
    isOfTrade: true,
    atMs: 1_795_000_000_000,
  });
});

test('a cancel that comes too late counts, one that was refused does not', () => {
  const { read } = admin.cancelOrders(at, []);
  const refused = (error: unknown, status = 400) => read(said({ errors: { error } }, status));
  expect(refused('order already in finalized state: filled')).toEqual({ canceled: 1, failed: 0 });
  expect(refused(['Backoffice', 'rejected'], 200)).toEqual({ canceled: 0, failed: 1 });
  expect(read(said({ order: { id: 7, status: 'ok' } }))).toEqual({ canceled: 1, failed: 0 });
  expect(read(said({ order: { id: 7 } }))).toBeUndefined();
});

test('errors are a refusal even with status 200; a tag of the client’s stays; a pair shares none', () => {
  expect(admin.readPlaced(said({ errors: { error: 'no buying power' } }))).toMatchObject([
    { isAccepted: false },
  ]);
  expect(admin.readPlaced(said({ fault: { faultstring: 'Datastore Error' } }, 200))).toBeUndefined();
  const placing = (body: string) => ({
    method: 'POST',
    host: 'api.tradier.com',
    port: 443,
    path: '/v1/accounts/VA1111111/orders',
    query: '',
    headers: [['content-type', 'application/x-www-form-urlencoded'] as const],
    body: Buffer.from(body),
  });
  const stamp = (body: string) => admin.withClientOrderIds?.(placing(body), () => 'id1')?.body.toString();
  expect(stamp('class=equity&symbol=F')).toBe('class=equity&symbol=F&tag=id1');
  expect(stamp('class=equity&tag=&symbol=F')).toBe('class=equity&tag=id1&symbol=F');
  expect(stamp('class=equity&tag=mine')).toBeUndefined();
  expect(stamp('class=oco')).toBeUndefined();
});
