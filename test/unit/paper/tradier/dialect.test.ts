// Tradier on paper by plain HTTP, as its users write it: read, order, change, cancel, refusals, the token's check.
import { expect, test } from 'vitest';
import { fixedClock } from '../../../../src/core/clock.js';
import { createPaperExchange } from '../../../../src/paper/exchange.js';
import { needOwn } from '../../../../src/paper/tradier/account.js';
import { orderNumberOf } from '../../../../src/paper/tradier/call.js';
import { tradierDialect } from '../../../../src/paper/tradier/dialect.js';
import { marketRoute } from '../../../../src/paper/tradier/market-data.js';
import { placeMultileg } from '../../../../src/paper/tradier/multileg.js';
import { entryRow, orderRow } from '../../../../src/paper/tradier/order-rows.js';
import { tradingRoute } from '../../../../src/paper/tradier/trading.js';
import { listIn, orderState, restingOrder } from '../../../../src/venues/tradier/answers.js';
import { tradier } from '../../../../src/venues/tradier/tradier.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { asReal, makeDecoys, requestOf } from '../../../support/venue-requests.js';

function connect(seed?: string) {
  const paper = paperVenue(tradier, seed);
  const ask = (method: string, target: string, fields: Record<string, string> = {}, token?: string) => {
    const body = method === 'GET' ? '' : new URLSearchParams(fields).toString();
    const headers: (readonly [string, string])[] = [
      ['Authorization', `Bearer ${token ?? paper.secrets.accessToken}`],
      ['Accept', 'application/json'],
    ];
    if (body !== '') headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
    const request = requestOf(method, `https://sandbox.tradier.com${target}`, headers, body);
    const { status, body: text } = paper.handle(request);
    return { status, told: JSON.parse(text.toString()) };
  };
  const account = ask('GET', '/v1/user/profile').told.profile.account.account_number as string;
  return { paper, ask, own: `/v1/accounts/${account}` };
}

const limit = {
  class: 'equity',
  symbol: 'AAPL',
  side: 'buy',
  type: 'limit',
  duration: 'gtc',
  quantity: '3',
  price: '150',
};

test('an order rests, changes its price, is seen with its tag, and is cancelled', () => {
  const { ask, own } = connect();
  const { told } = ask('POST', `${own}/orders`, { ...limit, tag: 'one' });
  expect(told.order).toMatchObject({ status: 'ok', id: expect.any(Number) });
  const { id } = told.order;
  expect(Number.isSafeInteger(id)).toBe(true);
  const rests = {
    id,
    symbol: 'AAPL',
    status: 'open',
    price: 150,
    quantity: 3,
    remaining_quantity: 3,
    exec_quantity: 0,
  };
  expect(ask('GET', `${own}/orders?includeTags=true`).told.orders.order).toMatchObject({
    ...rests,
    tag: 'one',
  });
  expect(ask('GET', `${own}/orders/${id}`).told.order.tag).toBeUndefined();
  expect(ask('GET', `${own}/balances`).told.balances.margin.stock_buying_power).toBe(100_000 - 450);
  expect(ask('PUT', `${own}/orders/${id}`, { price: '151.25' }).told.order).toMatchObject({
    id,
    status: 'ok',
  });
  expect(ask('GET', `${own}/orders/${id}`).told.order).toMatchObject({ ...rests, price: 151.25 });
  expect(ask('DELETE', `${own}/orders/${id}`).told.order).toMatchObject({ id, status: 'ok' });
  const late = ask('DELETE', `${own}/orders/${id}`);
  expect(late).toMatchObject({
    status: 400,
    told: { errors: { error: expect.stringContaining('finalized state') } },
  });
  expect(ask('GET', `${own}/balances`).told.balances).toMatchObject({ total_cash: 100_000, pending_cash: 0 });
});

test('shares are bought, held, worth what they were and sold', () => {
  const { ask, own } = connect();
  expect(ask('GET', `${own}/positions`).told.positions).toBe('null');
  const market = { class: 'equity', symbol: 'F', type: 'market', duration: 'day', quantity: '100' };
  ask('POST', `${own}/orders`, { ...market, side: 'buy' });
  expect(ask('GET', `${own}/positions`).told.positions.position).toMatchObject({
    symbol: 'F',
    quantity: 100,
  });
  const { quote } = ask('GET', '/v1/markets/quotes?symbols=F').told.quotes;
  expect(quote.bid).toBeLessThan(quote.ask);
  const { balances } = ask('GET', `${own}/balances`).told;
  expect(balances.total_equity).toBeCloseTo(balances.total_cash + balances.long_market_value, 6);
  expect(balances.total_cash).toBeLessThan(100_000);
  expect(ask('POST', `${own}/orders`, { ...market, side: 'sell' }).told.order.status).toBe('ok');
  expect(ask('GET', `${own}/positions`).told.positions).toBe('null');
});

test('a preview places nothing; what the account cannot pay is refused with status 200', () => {
  const { ask, own } = connect();
  const preview = ask('POST', `${own}/orders`, { ...limit, preview: 'true' });
  expect(preview.told.order).toMatchObject({ status: 'ok', cost: '450' });
  expect(preview.told.order.id).toBeUndefined();
  expect(ask('GET', `${own}/orders`).told.orders).toBe('null');
  const dear = ask('POST', `${own}/orders`, { ...limit, quantity: '99999' });
  expect(dear).toMatchObject({
    status: 200,
    told: { errors: { error: expect.stringContaining('buying power') } },
  });
  const refused = [
    { ...limit, quantity: '1.5' },
    { ...limit, symbol: 'ZZZ' },
    { ...limit, price: '150.001' },
    { ...limit, class: 'multileg' },
    { ...limit, class: 'combo' },
    { ...limit, class: 'option', side: 'buy_to_open' },
    { ...limit, class: 'option', option_symbol: 'F280121C00013000', side: 'buy_to_open' },
    { ...limit, side: 'sell_short', price: '300' },
    { ...limit, side: 'short' },
    { ...limit, tag: 'a_b' },
  ];
  for (const fields of refused)
    expect(ask('POST', `${own}/orders`, fields).status, JSON.stringify(fields)).toBe(400);
  expect(ask('GET', '/v1/markets/quotes?symbols=F,ZZZ').told.quotes).toMatchObject({
    quote: { symbol: 'F' },
    unmatched_symbols: { symbol: 'ZZZ' },
  });
});

test('shares are sold short against 150 %, covered, and refused beyond either', () => {
  const { ask, own } = connect();
  const market = { class: 'equity', symbol: 'F', type: 'market', duration: 'day', quantity: '1000' };
  const order = (side: string, fields: object = {}) =>
    ask('POST', `${own}/orders`, { ...market, side, ...fields });
  const balances = () => ask('GET', `${own}/balances`).told.balances;
  const refused = (status: number, text: string) => ({
    status,
    told: { errors: { error: expect.stringContaining(text) } },
  });
  expect(order('buy_to_cover')).toMatchObject(refused(200, 'closing a position'));
  // Worth more than twice the account's money.
  expect(order('sell_short', { quantity: '20000' })).toMatchObject(refused(200, 'buying power'));
  const { id } = order('sell_short').told.order;
  expect(ask('GET', `${own}/orders/${id}`).told.order).toMatchObject({
    symbol: 'F',
    side: 'sell_short',
    status: 'filled',
  });
  const { position } = ask('GET', `${own}/positions`).told.positions;
  expect(position).toMatchObject({ symbol: 'F', quantity: -1000 });
  const worth = -position.cost_basis;
  const held = balances();
  expect(held).toMatchObject({ account_type: 'margin', long_market_value: 0, pending_cash: 0 });
  expect(held.total_cash).toBeCloseTo(100_000 + worth, 6);
  expect(held.current_requirement).toBeCloseTo(1.5 * worth, 6);
  expect(held.margin.stock_buying_power).toBeCloseTo(held.total_cash - held.current_requirement, 6);
  expect(held.total_equity).toBeCloseTo(held.total_cash + held.short_market_value, 6);
  expect(held.short_market_value).toBeLessThan(0);
  expect(order('buy')).toMatchObject(refused(400, 'side'));
  expect(order('buy_to_cover', { quantity: '1001' })).toMatchObject(refused(200, 'closing a position'));
  const resting = order('buy_to_cover', { type: 'limit', price: '5', quantity: '400' }).told.order;
  expect(order('buy_to_cover', { quantity: '601' })).toMatchObject(refused(200, 'closing a position'));
  expect(order('buy_to_cover', { quantity: '600' }).told.order.status).toBe('ok');
  expect(ask('DELETE', `${own}/orders/${resting.id}`).status).toBe(200);
  expect(order('buy_to_cover', { quantity: '400' }).told.order.status).toBe('ok');
  expect(ask('GET', `${own}/positions`).told.positions).toBe('null');
  const after = balances();
  expect(after).toMatchObject({ current_requirement: 0, short_market_value: 0 });
  expect(after.margin.stock_buying_power).toBe(after.total_cash);
  expect(order('buy', { quantity: '1' }).told.order.status).toBe('ok');
  expect(order('sell_short')).toMatchObject(refused(400, 'side'));
});

test('an option is found in its chain, bought for a hundred times its premium, and sold again', () => {
  const { ask, own } = connect();
  const chain = '/v1/markets/options';
  const [date] = ask('GET', `${chain}/expirations?symbol=F`).told.expirations.date;
  expect(ask('GET', `${chain}/strikes?symbol=F&expiration=${date}`).told.strikes).toEqual({ strike: [13] });
  const { option } = ask('GET', `${chain}/chains?symbol=F&expiration=${date}`).told.options;
  const [call, put] = ['F280121C00013000', 'F280121P00013000'];
  const terms = { type: 'option', underlying: 'F', strike: 13, contract_size: 100, expiration_date: date };
  expect(option).toMatchObject([
    { ...terms, symbol: call, option_type: 'call' },
    { ...terms, symbol: put, option_type: 'put' },
  ]);
  const { quote } = ask('GET', `/v1/markets/quotes?symbols=${call}`).told.quotes;
  expect(quote.bid).toBeLessThan(quote.ask);
  const order = (side: string, fields: object = {}) =>
    ask('POST', `${own}/orders`, {
      class: 'option',
      symbol: 'F',
      option_symbol: call,
      quantity: '5',
      type: 'market',
      duration: 'day',
      side,
      ...fields,
    });
  const balances = () => ask('GET', `${own}/balances`).told.balances;
  const cheap = { type: 'limit', price: '0.5' };
  const resting = order('buy_to_open', cheap).told.order;
  expect(balances()).toMatchObject({ total_cash: 100_000, pending_cash: 250 });
  expect(ask('GET', `${own}/orders/${resting.id}`).told.order).toMatchObject({
    class: 'option',
    symbol: 'F',
    option_symbol: call,
    side: 'buy_to_open',
  });
  ask('DELETE', `${own}/orders/${resting.id}`);
  expect(order('buy_to_open', { ...cheap, preview: 'true' }).told.order.cost).toBe('250');
  const closing = { status: 200, told: { errors: { error: expect.stringContaining('closing a position') } } };
  expect(order('sell_to_close')).toMatchObject(closing);
  expect(order('buy_to_open').told.order.status).toBe('ok');
  const { position } = ask('GET', `${own}/positions`).told.positions;
  expect(position).toMatchObject({ symbol: call, quantity: 5 });
  const held = balances();
  expect(held.total_cash).toBeCloseTo(100_000 - position.cost_basis, 6);
  expect(held.margin.option_buying_power).toBe(held.total_cash);
  expect(held.total_equity).toBeCloseTo(held.total_cash + held.option_long_value, 6);
  expect(held.option_long_value).toBeGreaterThan(0);
  expect(order('sell_to_close', { quantity: '6' })).toMatchObject(closing);
  for (const side of ['sell_to_open', 'buy_to_close', 'buy']) expect(order(side).status, side).toBe(400);
  expect(order('buy_to_open', { symbol: 'AAPL' }).status).toBe(400);
  expect(order('buy_to_open', { duration: 'pre' }).status).toBe(400);
  expect(order('buy_to_open', { quantity: '9000' })).toMatchObject({
    told: { errors: { error: expect.stringContaining('buying power') } },
  });
  expect(order('sell_to_close').told.order.status).toBe('ok');
  expect(ask('GET', `${own}/positions`).told.positions).toBe('null');
  expect(balances()).toMatchObject({ option_long_value: 0, pending_cash: 0 });
});

test('a resting order of one way keeps the other out', () => {
  const { ask, own } = connect();
  const short = { ...limit, side: 'sell_short', duration: 'day', price: '400' };
  expect(ask('POST', `${own}/orders`, short).told.order.status).toBe('ok');
  expect(ask('POST', `${own}/orders`, limit)).toMatchObject({
    told: { errors: { error: expect.stringContaining('side') } },
  });
  expect(ask('POST', `${own}/orders`, { ...limit, symbol: 'MSFT' }).told.order.status).toBe('ok');
  expect(ask('POST', `${own}/orders`, { ...short, symbol: 'MSFT', price: '900' })).toMatchObject({
    told: { errors: { error: expect.stringContaining('side') } },
  });
});

test('the token opens its own account alone', () => {
  const { ask, own } = connect();
  const fault = { status: 401, told: { fault: { faultstring: 'Invalid Access Token' } } };
  expect(ask('GET', '/v1/user/profile', {}, 'x'.repeat(28))).toMatchObject(fault);
  expect(ask('GET', '/v1/accounts/VA99999999/orders')).toMatchObject(fault);
  expect(ask('POST', '/v1/accounts/VA99999999/orders', limit)).toMatchObject(fault);
  expect(ask('GET', `${own}/orders/123456789`).status).toBe(404);
  expect(ask('GET', '/v1/markets/calendar').status).toBe(400);
  expect(ask('GET', '/elsewhere').status).toBe(404);
  expect(tradierDialect.venue).toBe('tradier');
  for (const part of [needOwn, orderNumberOf, marketRoute, entryRow, orderRow, placeMultileg, tradingRoute])
    expect(part).toBeTypeOf('function');
});

test('bars of a minute begin where they are asked for; one stands alone, none is null', () => {
  const secrets = makeDecoys(tradier);
  const clock = fixedClock(Date.UTC(2026, 10, 20, 15, 5, 30)); // 10:05 in New York
  const credentials = [{ venue: 'tradier', id: 'a', secrets: asReal(secrets) }];
  const exchange = createPaperExchange({ seed: 'bars', credentials, clock });
  const timesales = (start: string, interval = '1min') => {
    const query = new URLSearchParams({ symbol: 'AAPL', interval, start });
    const headers = [['Authorization', `Bearer ${secrets.accessToken}`]] as const;
    const url = `https://sandbox.tradier.com/v1/markets/timesales?${query}`;
    const { status, body } = exchange.handle(requestOf('GET', url, headers, ''));
    return { status, told: JSON.parse(body.toString()) };
  };
  const { data } = timesales('2026-11-20 10:00').told.series;
  expect(data).toHaveLength(6);
  expect(data[0]).toMatchObject({
    time: '2026-11-20T10:00:00',
    timestamp: Date.UTC(2026, 10, 20, 15) / 1000,
  });
  expect(timesales('2026-11-20 10:05').told.series.data).toMatchObject({ low: expect.any(Number) });
  expect(timesales('2026-11-20 10:06').told.series).toBeNull();
  expect(timesales('2026-11-20 10:00', '5min').status).toBe(400);
  expect(timesales('today').status).toBe(400);
});

/** The fields of linked orders, numbered as Tradier numbers them. */
const numbered = (kind: string, ...orders: Record<string, string>[]) => ({
  class: kind,
  duration: 'gtc',
  ...Object.fromEntries(
    orders.flatMap((order, index) =>
      Object.entries(order).map(([name, value]) => [`${name}[${index}]`, value] as const),
    ),
  ),
});

/** Advances by minutes until the order is what it should be; throws when it is not within five days. */
function waitFor({ paper, ask, own }: ReturnType<typeof connect>, id: number, status: string) {
  for (let minute = 0; minute < 7200; minute += 1) {
    const { order } = ask('GET', `${own}/orders/${id}`).told;
    if (order.status === status) return order;
    paper.clock.set(paper.clock.nowMs() + 60_000);
  }
  throw new Error(`the order was never ${status}`);
}

test('a bracket: the entry fills, one exit fills, the other ends; as the leaf reads it', () => {
  const box = connect('bracket');
  const { ask, own } = box;
  // The same market every time.
  box.paper.clock.set(2_000_000_000_000);
  const { ask: best } = ask('GET', '/v1/markets/quotes?symbols=AAPL').told.quotes.quote;
  const price = (offset: number) => (best * (1 + offset)).toFixed(2);
  const share = { symbol: 'AAPL', quantity: '10' };
  const bracket = numbered(
    'otoco',
    { ...share, side: 'buy', type: 'limit', price: price(0.01) },
    { ...share, side: 'sell', type: 'limit', price: price(0.005) },
    { ...share, side: 'sell', type: 'stop', stop: price(-0.01) },
  );
  const { told } = ask('POST', `${own}/orders`, { ...bracket, tag: 'bracket' });
  const { id } = told.order;
  const { order } = ask('GET', `${own}/orders?includeTags=true`).told.orders;
  expect(order).toMatchObject({ id, class: 'otoco', num_legs: 3, status: 'open', tag: 'bracket' });
  expect(order.leg.map(({ status }: { status: string }) => status)).toEqual(['filled', 'open', 'open']);
  expect(order.leg[2]).toMatchObject({ type: 'stop', stop_price: Number(price(-0.01)) });
  const [row] =
    listIn(
      {
        status: 200,
        body: Buffer.from(JSON.stringify({ orders: { order } })),
      },
      'orders',
      'order',
    ) ?? [];
  expect(restingOrder(row!, 'VA1')).toMatchObject({ instrument: 'AAPL', venueOrderId: String(id) });
  expect(orderState(row!)).toMatchObject({ state: 'resting', clientOrderId: 'bracket' });
  expect(ask('PUT', `${own}/orders/${id}`, { price: '1' }).status).toBe(400);

  const { leg } = waitFor(box, id, 'filled');
  const states = leg.map(({ status }: { status: string }) => status);
  expect([states[0], ...states.slice(1).sort()]).toEqual(['filled', 'canceled', 'filled']);
  expect(ask('GET', `${own}/positions`).told.positions).toBe('null');
  expect(ask('DELETE', `${own}/orders/${id}`).status).toBe(400);
});

test('an entry that never fills takes its second order with it; of a pair the shares are held once', () => {
  const { ask, own } = connect();
  const share = { symbol: 'F', quantity: '100' };
  const far = { ...share, side: 'sell_short', type: 'limit', price: '400' };
  const oto = numbered('oto', far, { ...share, side: 'buy_to_cover', type: 'limit', price: '1' });
  const { id } = ask('POST', `${own}/orders`, { ...oto, duration: 'day' }).told.order;
  expect(ask('GET', `${own}/orders/${id}`).told.order.leg[1].status).toBe('pending');
  expect(ask('DELETE', `${own}/orders/${id}`).told.order).toMatchObject({ id, status: 'ok' });
  const { order } = ask('GET', `${own}/orders/${id}`).told;
  expect([order.status, order.leg[1].status]).toEqual(['canceled', 'canceled']);

  const sale = { ...share, side: 'sell' };
  const oco = numbered(
    'oco',
    { ...sale, type: 'limit', price: '400' },
    { ...sale, type: 'stop_limit', stop: '2', price: '1.9' },
  );
  expect(ask('POST', `${own}/orders`, oco).told.errors.error).toContain('buying power');
  ask('POST', `${own}/orders`, { ...share, class: 'equity', side: 'buy', type: 'market', duration: 'day' });
  expect(ask('POST', `${own}/orders`, oco).told.order.status).toBe('ok');
  for (const wrong of [
    { ...oco, preview: 'true' },
    { ...oco, 'side[1]': 'sideways' },
    { ...oco, 'stop[1]': '2.001' },
    numbered('oco', sale),
  ])
    expect(ask('POST', `${own}/orders`, wrong).status, JSON.stringify(wrong)).toBe(400);
});

test('a stop by itself waits, and cannot be changed', () => {
  const { ask, own } = connect();
  const stop = { ...limit, type: 'stop', stop: '900' };
  const { id } = ask('POST', `${own}/orders`, stop).told.order;
  expect(ask('GET', `${own}/orders/${id}`).told.order).toMatchObject({
    type: 'stop',
    stop_price: 900,
    status: 'open',
  });
  expect(ask('GET', `${own}/balances`).told.balances.pending_cash).toBe(0);
  expect(ask('PUT', `${own}/orders/${id}`, { price: '151' }).status).toBe(400);
});

test('a straddle is bought and sold at one net price, whole or not at all', () => {
  const { ask, own } = connect();
  const [date] = ask('GET', '/v1/markets/options/expirations?symbol=F').told.expirations.date;
  const { option } = ask('GET', `/v1/markets/options/chains?symbol=F&expiration=${date}`).told.options;
  const [call, put] = option as { symbol: string; bid: number; ask: number }[];
  const legs = (side: string, quantity = '2') => ({
    class: 'multileg',
    symbol: 'F',
    duration: 'day',
    ...Object.fromEntries(
      [call!, put!].flatMap(({ symbol }, index) => [
        [`option_symbol[${index}]`, symbol],
        [`side[${index}]`, side],
        [`quantity[${index}]`, quantity],
      ]),
    ),
  });
  const send = (fields: Record<string, string>) => ask('POST', `${own}/orders`, fields);
  const positions = () => ask('GET', `${own}/positions`).told.positions;
  const worth = call!.ask + put!.ask;

  const low = send({ ...legs('buy_to_open'), type: 'debit', price: (worth / 2).toFixed(2), tag: 'low' });
  const { id } = low.told.order;
  expect(ask('GET', `${own}/orders/${id}?includeTags=true`).told.order).toMatchObject({
    class: 'multileg',
    type: 'debit',
    status: 'open',
    price: Number((worth / 2).toFixed(2)),
    tag: 'low',
    leg: [{ option_symbol: call!.symbol }, { option_symbol: put!.symbol }],
  });
  expect(ask('DELETE', `${own}/orders/${id}`).told.order.status).toBe('ok');
  expect(positions()).toBe('null');

  const debit = (worth * 1.1).toFixed(2);
  const bought = send({ ...legs('buy_to_open'), type: 'debit', price: debit }).told.order;
  expect(ask('GET', `${own}/orders/${bought.id}`).told.order.status).toBe('filled');
  const held = positions().position as { quantity: number; cost_basis: number }[];
  expect(held.map(({ quantity }) => quantity)).toEqual([2, 2]);
  const paid = held.reduce((sum, { cost_basis }) => sum + cost_basis, 0);
  expect(paid).toBeLessThanOrEqual(Number(debit) * 200);
  expect(paid).toBeGreaterThan(0);

  const credit = send({ ...legs('sell_to_close'), type: 'credit', price: (worth / 2).toFixed(2) });
  expect(ask('GET', `${own}/orders/${credit.told.order.id}`).told.order.status).toBe('filled');
  expect(positions()).toBe('null');
  expect(send({ ...legs('buy_to_open'), type: 'market' }).told.order.status).toBe('ok');
  expect(positions().position).toHaveLength(2);

  const dear = send({ ...legs('buy_to_open', '5000'), type: 'debit', price: debit });
  expect(dear.told.errors.error).toContain('buying power');
  expect(send({ ...legs('sell_to_close', '3'), type: 'market' }).told.errors.error).toContain('closing');
  for (const wrong of [
    { ...legs('sell_to_open'), type: 'market' },
    { ...legs('buy_to_open'), type: 'even', price: '1' },
    { ...legs('buy_to_open'), type: 'debit' },
    { ...legs('buy_to_open'), type: 'limit', price: '1' },
    { ...legs('buy_to_open'), type: 'market', 'option_symbol[1]': call!.symbol },
    { ...legs('buy_to_open'), type: 'market', symbol: 'SPY' },
    { ...legs('buy_to_open'), type: 'market', 'side[1]': '' },
    { ...legs('buy_to_open'), type: 'market', preview: 'true' },
  ])
    expect(send(wrong).status, JSON.stringify(wrong)).toBe(400);
  expect(positions().position).toHaveLength(2);
});
