import { describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../../../src/audit/order-events.js';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { HttpRequest } from '../../../../src/core/http.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { heldApart, heldBy } from '../../../../src/core/position.js';
import { projectedWorth, sumNotional } from '../../../../src/guard/money.js';
import { recordOf } from '../../../../src/orders/intent-record.js';
import { Ledger, type OrderEntry } from '../../../../src/orders/ledger.js';
import { OpenBook } from '../../../../src/orders/open-book.js';
import type { MarketMemory } from '../../../../src/sidecar/orders/market-memory.js';
import {
  movingIntents,
  orderFacts,
  restingIntents,
  wantedFor,
} from '../../../../src/sidecar/orders/order-facts.js';
import { findVenue } from '../../../../src/venues/venues.js';

const ledger = new Ledger();
const intent = (more: Partial<OrderIntent> = {}): OrderIntent => ({
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'X',
  side: 'sell',
  type: 'market',
  quantity: { value: decimal('2'), unit: 'contracts' },
  ...more,
});
const market = (maxKnownMs: number) =>
  ({
    price: (_: string, maxAgeMs: number) =>
      maxAgeMs < maxKnownMs ? undefined : { last: decimal('10'), ageMs: maxKnownMs },
    book: () => undefined,
    terms: () => ({ multiplier: decimal('1'), isInverse: false }),
    position: () => decimal('3'),
    positionApart: () => decimal('0'),
  }) as unknown as MarketMemory;
const spot = intent({ quantity: { value: decimal('1'), unit: 'base' } });

const restingId = '61e69015-8549-4bfd-b9c3-01e75843f47d';
/** A ledger of one request whose first order rests as `restingId`. */
function traded(intents: readonly OrderIntent[], filled = '0'): Ledger {
  const known = new Ledger();
  const outcomes = [{ state: 'resting', filled, venueOrderId: restingId }];
  const events: readonly object[] = [
    {
      type: 'order.proposed',
      request: 'r',
      operation: 'sendorder',
      fingerprint: 'f',
      intents: intents.map(recordOf),
    },
    { type: 'order.judged', stage: 'release', decision: 'allow', approvals: 0, reasons: [] },
    { type: 'order.releasing', request: 'r', digest: 'd', clientOrderIds: ['c-1'] },
    { type: 'order.sent' },
    { type: 'order.answered', outcome: 'acknowledged', status: 200, outcomes },
  ];
  for (const event of events) known.apply({ order: 'o-1', ...event } as OrderEvent, 1);
  return known;
}

test('contracts want the position of now, spot orders one of a moment ago, and cancels want nothing', () => {
  expect(wantedFor([intent()], ledger)).toEqual({ instruments: ['X'], positions: 'now' });
  expect(wantedFor([intent({ legs: [intent()] })], ledger).instruments).toEqual(['X', 'X']);
  expect(wantedFor([spot], ledger).positions).toBe('recent');
  expect(wantedFor([intent({ action: 'cancel' })], ledger)).toEqual({ instruments: [], positions: 'recent' });
});

test('an order is held against its own side of a position: what sells to open the short side is no exit of the long one', () => {
  const sides = { long: decimal('10'), short: decimal('0') };
  const hedged = {
    ...market(0),
    position: ({ positionSide }: OrderIntent) => positionSide && sides[positionSide],
  } as unknown as MarketMemory;
  const isExit = (more: Partial<OrderIntent>) =>
    orderFacts([intent(more)], ledger.openBook.sumsBut(undefined), {
      ledger,
      market: hedged,
      maxAgeMs: 1_000,
    })[0]?.isReducing;
  expect(isExit({ positionSide: 'long' })).toBe(true);
  expect(isExit({ positionSide: 'short' })).toBe(false);
  expect(isExit({})).toBe(false);
  const all = { quantity: { value: decimal('1'), unit: 'close-all' } } as const;
  expect(isExit({ ...all, positionSide: 'long' })).toBe(true);
  expect(isExit(all)).toBe(false);
});

test('what is on its way on one side of a position is not on the other', () => {
  const known = traded([intent({ positionSide: 'short' })]);
  const facts = (positionSide?: 'long' | 'short') =>
    orderFacts([intent({ ...(positionSide && { positionSide }) })], known.openBook.sumsBut(undefined), {
      ledger: known,
      market: market(0),
      maxAgeMs: 1_000,
    }).map(({ pending }) => formatDecimal(pending));
  expect([facts(), facts('long'), facts('short')]).toEqual([['0'], ['0'], ['2']]);
});

test('the second order of a batch comes on top of the first: together they would turn the position round', () => {
  const facts = orderFacts([intent(), intent()], ledger.openBook.sumsBut(undefined), {
    ledger,
    market: market(0),
    maxAgeMs: 1_000,
  });
  expect(facts.map(({ pending, isReducing }) => [formatDecimal(pending), isReducing])).toEqual([
    ['0', true],
    ['2', false],
  ]);
  expect(facts.map(({ notional }) => notional?.toString())).toEqual(['20', '20']);
});

test('an OCO is worth the dearer of its parts, and each part is judged as if the other were not there', () => {
  const sale = (price: string, more: Partial<OrderIntent> = {}) =>
    intent({ type: 'limit', price: decimal(price), ...more });
  const factsOf = (intents: OrderIntent[]) =>
    orderFacts(intents, ledger.openBook.sumsBut(undefined), { ledger, market: market(0), maxAgeMs: 1_000 });
  const other = { isAlternative: true, type: 'stop-limit', trigger: decimal('11') } as const;
  const facts = factsOf([sale('9'), sale('12', other)]);
  expect(facts.map(({ isLeg, pending }) => [isLeg, formatDecimal(pending)])).toEqual([
    [false, '0'],
    [true, '0'],
  ]);
  expect(facts.map(({ notional }) => notional?.toString())).toEqual(['24', '24']);
  expect(facts.map(({ intent: { price } }) => price?.toString())).toEqual(['9', '12']);
  expect(sumNotional(facts)?.toString()).toBe('24');
  // What comes after it comes on top of it once, and two orders are two.
  expect(
    factsOf([sale('9'), sale('12', other), sale('9')]).map(({ pending }) => formatDecimal(pending)),
  ).toEqual(['0', '0', '2']);
  expect(sumNotional(factsOf([sale('9'), sale('12')]))?.toString()).toBe('44');
  // A larger one counts by itself.
  const larger = sale('12', { ...other, quantity: { value: decimal('3'), unit: 'contracts' } });
  expect(factsOf([sale('9'), larger]).map(({ isLeg, pending }) => [isLeg, formatDecimal(pending)])).toEqual([
    [false, '0'],
    [false, '2'],
  ]);
});

test('amendments of two parts of other orders are two orders, whatever their orders hung on', () => {
  const other = spot.price === undefined ? { ...spot, price: decimal('12') } : spot;
  const known = traded([{ ...other, isAlternative: true }]);
  const amend = (id: string) => intent({ action: 'amend', venueOrderId: id, quantity: other.quantity });
  const facts = orderFacts([amend('unknown'), amend(restingId)], known.openBook.sumsBut(undefined), {
    ledger: known,
    market: market(0),
    maxAgeMs: 1_000,
  });
  expect(facts.map(({ isLeg }) => isLeg)).toEqual([false, false]);
});

test('what an OCO may spend before balances show it is the dearer of its parts', () => {
  const buy = (price: string, more: Partial<OrderIntent> = {}) =>
    ({ ...spot, side: 'buy', type: 'limit', price: decimal(price), ...more }) as OrderIntent;
  const entry = {
    intents: [buy('9'), buy('12', { type: 'stop-limit', trigger: decimal('11'), isAlternative: true })].map(
      recordOf,
    ),
  } as unknown as OrderEntry;
  expect(movingIntents([entry], ledger).map(({ price }) => price?.toString())).toEqual(['12']);
});

const json = [['content-type', 'application/json']] as const;
const instruments = new Map([
  ['A_B 1', 'A'],
  ['A_B 2', 'B'],
  ['C_D 1', 'C'],
  ['C_D 2', 'D'],
]);

/** What a request comes to in all, as its venue's leaf reads it; each symbol costs 10. */
function sumOf(
  venue: string,
  request: Partial<HttpRequest> & { path: string },
  {
    sizes = {},
    known = ledger,
    told = market(0),
  }: { sizes?: Record<string, string>; known?: Ledger; told?: MarketMemory } = {},
) {
  const parsed = findVenue(venue)?.parseOrders(
    { method: 'POST', host: 'x', query: '', headers: [], body: Buffer.alloc(0), ...request } as HttpRequest,
    { account: 'main', environment: 'live', instruments },
  );
  if (parsed?.ok !== true) throw new Error(JSON.stringify(parsed));
  const terms = (name: string) => ({ multiplier: decimal(sizes[name] ?? '1'), isInverse: false });
  const facts = orderFacts(parsed.intents, known.openBook.sumsBut(undefined), {
    ledger: known,
    market: { ...told, terms } as unknown as MarketMemory,
    maxAgeMs: 1_000,
  });
  const sum = sumNotional(facts);
  return sum && formatDecimal(sum);
}
const binanceList = (kind: string, fields: Record<string, string>) => ({
  host: 'api.binance.com',
  path: `/api/v3/orderList/${kind}`,
  query: String(
    new URLSearchParams({ symbol: 'BTCUSDT', workingType: 'LIMIT', workingTimeInForce: 'GTC', ...fields }),
  ),
});
const tradierForm = (fields: Record<string, string>) => ({
  host: 'api.tradier.com',
  path: '/v1/accounts/6YA12345/orders',
  headers: [['content-type', 'application/x-www-form-urlencoded']] as const,
  body: Buffer.from(String(new URLSearchParams({ duration: 'day', ...fields }))),
});
const alpaca = (body: object, rest: object = {}) => ({
  host: 'api.alpaca.markets',
  path: '/v2/orders',
  headers: json,
  body: Buffer.from(JSON.stringify(body)),
  ...rest,
});

test('Binance: what an order list buys after its working order counts, its exits do not', () => {
  const working = { workingSide: 'BUY', workingQuantity: '1', workingPrice: '6' };
  const pending = { pendingType: 'MARKET', pendingQuantity: '100' };
  expect(sumOf('binance', binanceList('oto', { ...working, ...pending, pendingSide: 'BUY' }))).toBe('1010');
  expect(sumOf('binance', binanceList('oto', { ...working, ...pending, pendingSide: 'SELL' }))).toBe('1010');
  expect(
    sumOf(
      'binance',
      binanceList('oto', { ...working, ...pending, pendingSide: 'SELL', pendingQuantity: '1' }),
    ),
  ).toBe('10');
  const exits = {
    pendingAboveType: 'LIMIT_MAKER',
    pendingAbovePrice: '20',
    pendingBelowType: 'STOP_LOSS',
    pendingBelowStopPrice: '5',
  };
  const otoco = { ...working, ...exits, pendingQuantity: '1' };
  expect(sumOf('binance', binanceList('otoco', { ...otoco, pendingSide: 'SELL' }))).toBe('10');
  expect(sumOf('binance', binanceList('otoco', { ...otoco, pendingSide: 'BUY' }))).toBe('40');
});

test('Tradier: an order that hangs on one in another symbol counts', () => {
  const of = (symbol: string, side: string) =>
    tradierForm({
      class: 'oto',
      ...{ 'symbol[0]': 'F', 'side[0]': 'buy', 'quantity[0]': '1', 'type[0]': 'market' },
      ...{ 'symbol[1]': symbol, 'side[1]': side, 'quantity[1]': '1', 'type[1]': 'limit', 'price[1]': '900' },
    });
  expect(sumOf('tradier', of('F', 'sell'))).toBe('10');
  expect(sumOf('tradier', of('SPY', 'sell'))).toBe('910');
  expect(sumOf('tradier', of('F', 'buy'))).toBe('910');
});

const call = 'AAPL281215C00200000';
const put = 'AAPL281215P00200000';
const multileg = (ratio: string, more: object = {}) => ({
  order_class: 'mleg',
  type: 'market',
  time_in_force: 'day',
  qty: '1',
  legs: [
    { symbol: call, side: 'buy', ratio_qty: ratio },
    { symbol: put, side: 'sell', ratio_qty: '1' },
  ],
  ...more,
});

test('Alpaca: several options at one net price are worth all of them, or what the net price says if that is more', () => {
  const sizes = { [call]: '100', [put]: '100' };
  expect(sumOf('alpaca', alpaca(multileg('9999')), { sizes })).toBe('10000000');
  expect(sumOf('alpaca', alpaca(multileg('1', { type: 'limit', limit_price: '-4' })), { sizes })).toBe(
    '2000',
  );
  expect(sumOf('alpaca', alpaca(multileg('1', { type: 'limit', limit_price: '50' })), { sizes })).toBe(
    '5000',
  );
});

test('an amendment keeps to the contracts that its order was placed in', () => {
  const placed = (body: Partial<OrderIntent>) =>
    traded([intent({ clientOrderId: 'c-1', side: 'buy', ...body })]);
  const contracts = (instrument: string) =>
    placed({ instrument, quantity: { value: decimal('1'), unit: 'contracts' } });
  const patch = alpaca({ qty: '100' }, { method: 'PATCH', path: `/v2/orders/${restingId}` });
  expect(sumOf('alpaca', patch, { sizes: { [call]: '100' }, known: contracts(call) })).toBe('100000');
  const edit = {
    host: 'api.coinbase.com',
    path: '/api/v3/brokerage/orders/edit',
    headers: [['content-type', 'application/json']] as const,
    body: Buffer.from(JSON.stringify({ order_id: restingId, size: '7' })),
  };
  const future = 'BIT-28NOV26-CDE';
  expect(sumOf('coinbase', edit, { sizes: { [future]: '0.01' }, known: contracts(future) })).toBe('0.7');
  const shares = placed({ instrument: 'F', quantity: { value: decimal('1'), unit: 'base' } });
  expect(sumOf('alpaca', patch, { known: shares })).toBe('1000');
});

test('an amendment of several orders at one net price is worth what nobody can say', () => {
  const { side: _side, ...net } = intent({ clientOrderId: 'c-1', legs: [intent(), intent()] });
  const patch = alpaca({ qty: '100' }, { method: 'PATCH', path: `/v2/orders/${restingId}` });
  expect(sumOf('alpaca', patch, { known: traded([net]) })).toBeUndefined();
});

/** A spread of 1 A against 1 B, as it is placed. */
function spreadOf(change: Partial<OrderIntent> = {}): OrderIntent {
  const quantity = { value: decimal('1'), unit: 'base' } as const;
  const legs = [intent({ instrument: 'A', quantity }), intent({ instrument: 'B', side: 'buy', quantity })];
  const { side: _side, ...placed } = intent({ instrument: 'A_B', clientOrderId: 'c-1', legs });
  return { ...placed, quantity: { ...quantity, unit: 'contracts' }, ...change };
}
const bybit = (path: string, body: object) => ({
  path,
  headers: json,
  host: 'api.bybit.com',
  body: Buffer.from(JSON.stringify(body)),
});

test.each([
  // Each of its legs, by the market's 10, and what the net price is above them.
  ['another size', { qty: '2' }, '40'],
  ['another price alone', { price: '-4' }, '20'],
  ['a price far below zero', { price: '-500' }, '500'],
  ['a price far above', { price: '500' }, '500'],
])('Bybit: an amendment of a spread to %s is worth what placing it so is', (_, change, expected) => {
  const known = traded([spreadOf()]);
  // Of a spread whose difference is none or below zero, no market tells a price.
  const unpriced = {
    ...market(0),
    price: (name: string) => (name === 'A_B' ? undefined : { last: decimal('10') }),
  };
  for (const told of [market(0), unpriced as unknown as MarketMemory]) {
    const amendment = bybit('/v5/spread/order/amend', { symbol: 'A_B', orderId: restingId, ...change });
    expect(sumOf('bybit', amendment, { known, told })).toBe(expected);
  }
});

test('an amendment that names another instrument than its order was placed in is worth what nobody can say', () => {
  const amend = (symbol: string, ids: object, known: Ledger) =>
    sumOf('bybit', bybit('/v5/spread/order/amend', { symbol, qty: '2', ...ids }), { known });
  const known = traded([spreadOf()]);
  expect(amend('A_B', { orderId: restingId }, known)).toBe('40');
  expect(amend('C_D', { orderId: restingId }, known)).toBeUndefined();
  expect(amend('C_D', { orderLinkId: 'c-1' }, known)).toBeUndefined();
  // An id of another book comes again in this one.
  const both = traded([spreadOf({ instrument: 'C_D' }), spreadOf()]);
  expect(amend('A_B', { orderLinkId: 'c-1' }, both)).toBe('40');
  const plain = traded([intent({ instrument: 'BTCUSDT', clientOrderId: 'c-1' })]);
  const change = { category: 'linear', qty: '3', orderId: restingId };
  const worthIn = (symbol: string) =>
    sumOf('bybit', bybit('/v5/order/amend', { ...change, symbol }), { known: plain });
  expect([worthIn('BTCUSDT'), worthIn('DOGEUSDT')]).toEqual(['30', undefined]);
});

test('Interactive Brokers: an option that is sent as shares is worth its contracts', () => {
  const option = { quantity: { value: decimal('1'), unit: 'base' }, instrument: call } as const;
  const [fact] = orderFacts([intent(option)], ledger.openBook.sumsBut(undefined), {
    ledger,
    market: {
      ...market(0),
      terms: () => ({ multiplier: decimal('100'), isInverse: false }),
    } as unknown as MarketMemory,
    maxAgeMs: 1_000,
  });
  expect(fact?.notional?.toString()).toBe('1000');
});

test('of two prices of one exit the dearer counts', () => {
  const leg = intent({ side: 'buy', trigger: decimal('40'), isAlternative: true });
  const [fact] = orderFacts([intent({ side: 'buy', legs: [leg] })], ledger.openBook.sumsBut(undefined), {
    ledger,
    market: market(0),
    maxAgeMs: 1_000,
  });
  expect(fact?.notional?.toString()).toBe('80');
});

test('what hangs on an order on its way, and closes nothing, is on its way as well', () => {
  const unit = { quantity: { value: decimal('2'), unit: 'contracts' }, side: 'buy' } as const;
  const known = traded([
    intent({ ...unit, clientOrderId: 'c-1', legs: [intent({ ...unit, clientOrderId: 'c-2' })] }),
  ]);
  const [fact] = orderFacts([intent(unit)], known.openBook.sumsBut(undefined), {
    ledger: known,
    market: market(0),
    maxAgeMs: 1_000,
  });
  expect(fact && formatDecimal(fact.pending)).toBe('4');
  const others = known.openBook.others(undefined);
  expect(movingIntents(others, known)).toHaveLength(2);
});

test('an amendment that says what shall stay open is worth that and what is filled', () => {
  const known = traded([intent({ clientOrderId: 'c-1' })], '1.5');
  const quantityOf = (amendment: Partial<OrderIntent>) => {
    const amended = intent({ action: 'amend', clientOrderId: 'c-1', ...amendment });
    const [fact] = orderFacts([amended], new OpenBook().sumsBut(undefined), {
      ledger: known,
      market: market(0),
      maxAgeMs: 1_000,
    });
    return [fact?.intent.quantity?.value.toString(), fact?.notional?.toString()];
  };
  expect(quantityOf({ isOpenQuantity: true })).toEqual(['3.5', '35']);
  expect(quantityOf({})).toEqual(['2', '20']);
});

test('an amendment by two ids is of the one order that has both, and of none that was never sent', () => {
  const known = traded([
    intent({ clientOrderId: 'c-1', quantity: { value: decimal('100'), unit: 'contracts' } }),
  ]);
  const tiny = recordOf(
    intent({ clientOrderId: 'c-2', quantity: { value: decimal('1'), unit: 'contracts' } }),
  );
  const denied = { request: 'q', operation: 'sendorder', fingerprint: 'g', intents: [tiny] };
  known.apply({ order: 'o-2', type: 'order.proposed', ...denied } as unknown as OrderEvent, 2);
  const { quantity: _quantity, ...amendment } = intent({ action: 'amend', price: decimal('20') });
  const worthOf = (ids: Partial<OrderIntent>) =>
    orderFacts([{ ...amendment, ...ids }], new OpenBook().sumsBut(undefined), {
      ledger: known,
      market: market(0),
      maxAgeMs: 1_000,
    })[0]?.notional?.toString();
  expect(worthOf({ venueOrderId: restingId, clientOrderId: 'c-1' })).toBe('2000');
  expect(worthOf({ venueOrderId: restingId })).toBe('2000');
  expect(worthOf({ venueOrderId: restingId, clientOrderId: 'c-2' })).toBeUndefined();
  expect(worthOf({ clientOrderId: 'c-2' })).toBeUndefined();
});

test('OKX: a conditional order that is amended is worth its new price', () => {
  const at = { price: decimal('11'), trigger: decimal('11') };
  const buy = { instrument: 'BTC-USDT-SWAP', side: 'buy', type: 'stop-limit', ...at } as const;
  const known = traded([intent({ ...buy, clientOrderId: 'c1' })]);
  const amended = (fields: object) => ({
    host: 'www.okx.com',
    path: '/api/v5/trade/amend-algos',
    headers: [['content-type', 'application/json']] as const,
    body: Buffer.from(JSON.stringify({ instId: 'BTC-USDT-SWAP', algoClOrdId: 'c1', ...fields })),
  });
  const worthOf = (fields: object) => sumOf('okx', amended(fields), { known });
  expect(worthOf({ newSz: '3' })).toBe('33');
  expect(worthOf({ newSlOrdPx: '1000' })).toBe('2000');
  expect(worthOf({ newTpTriggerPx: '500', newTpOrdPx: '-1', newSz: '3' })).toBe('1500');
});

test('OKX: an order of two prices that is amended in size alone is worth the dearer of them', () => {
  const first = {
    instrument: 'BTC-USDT-SWAP',
    side: 'buy',
    type: 'take-profit-limit',
    price: decimal('11'),
    trigger: decimal('11'),
  } as const;
  const other = intent({
    ...first,
    isAlternative: true,
    type: 'stop-limit',
    price: decimal('40'),
    trigger: decimal('40'),
  });
  const known = traded([intent({ ...first, clientOrderId: 'c1', legs: [other] })]);
  const worthOf = (fields: object) =>
    sumOf(
      'okx',
      {
        host: 'www.okx.com',
        path: '/api/v5/trade/amend-algos',
        headers: [['content-type', 'application/json']] as const,
        body: Buffer.from(JSON.stringify({ instId: 'BTC-USDT-SWAP', algoClOrdId: 'c1', ...fields })),
      },
      { known },
    );
  expect(worthOf({ newSz: '3' })).toBe('120');
  expect(worthOf({ newSz: '3', newTpTriggerPx: '12', newTpOrdPx: '12' })).toBe('120');
  expect(worthOf({ newSz: '3', newTpTriggerPx: '500', newTpOrdPx: '500' })).toBe('1500');
});

test('an order is not valued at a price that is too old', () => {
  const [fact] = orderFacts([intent()], new OpenBook().sumsBut(undefined), {
    ledger,
    market: market(5_000),
    maxAgeMs: 1_000,
  });
  expect(fact?.reference).toBeUndefined();
  expect(fact?.notional).toBeUndefined();
});

test('what is final of a request, and a cancel, rests no more', () => {
  const intents = ['A', 'B', 'C', 'D'].map((instrument) => recordOf(intent({ instrument })));
  const outcomes = [{ state: 'resting' }, { state: 'filled' }, { state: 'accepted' }];
  const cancel = recordOf(intent({ action: 'cancel' }));
  const others = [
    { intents, outcomes },
    { intents: [cancel], outcomes: [] },
  ] as unknown as OrderEntry[];
  expect(restingIntents(others, ledger).map(({ instrument }) => instrument)).toEqual(['A', 'C', 'D']);
});

describe('of two accounts of one key', () => {
  const own = (venueAccount: string, more: Partial<OrderIntent> = {}) =>
    intent({ venueAccount, quantity: { value: decimal('5'), unit: 'contracts' }, ...more });
  const row = (venueAccount: string) => ({ instrument: 'X', quantity: decimal('5'), venueAccount });
  const factsOf = (
    order: OrderIntent,
    told: Parameters<typeof heldBy>[1],
    sent: readonly OrderIntent[] = [],
  ) => {
    const known = sent.length === 0 ? new Ledger() : traded(sent);
    const memory = {
      ...market(0),
      position: (named: OrderIntent) => heldBy(named, told),
      positionApart: (named: OrderIntent) => heldApart(named, told),
    } as unknown as MarketMemory;
    const [fact] = orderFacts([order], known.openBook.sumsBut(undefined), {
      ledger: known,
      market: memory,
      maxAgeMs: 1_000,
    });
    if (fact === undefined) throw new Error('no fact');
    return fact;
  };

  test('a sale in one reduces nothing that the other holds, which counts for the worth all the same', () => {
    const told = [row('U1')];
    expect([factsOf(own('U1'), told).isReducing, factsOf(own('U2'), told).isReducing]).toEqual([true, false]);
    const worth = projectedWorth(factsOf(own('U2', { side: 'buy' }), told));
    expect(worth && formatDecimal(worth)).toBe('100');
  });

  test('what is on its way in one takes nothing off what the other holds', () => {
    const told = [row('U1'), row('U2')];
    const fact = factsOf(own('U2'), told, [own('U1')]);
    expect([fact.isReducing, formatDecimal(fact.pending), fact.apart && formatDecimal(fact.apart)]).toEqual([
      true,
      '0',
      '10',
    ]);
    expect(factsOf(own('U1'), told, [own('U1')]).isReducing).toBe(false);
  });

  test('an amendment of OKX is of the margin mode that its order was placed in, whatever else it asks for', () => {
    const told = [{ instrument: 'X', quantity: decimal('5'), marginMode: 'isolated' as const }];
    const placed = intent({ terms: { tdMode: 'isolated' } });
    const amendment = { action: 'amend', venueOrderId: restingId, terms: { cxlOnFail: 'true' } } as const;
    const { position } = factsOf(intent(amendment), told, [placed]);
    expect(position && formatDecimal(position)).toBe('5');
  });

  test('an attached order of OKX is of the margin mode of its order', () => {
    const leg = intent({ type: 'stop', reduceOnly: true });
    const seen: unknown[] = [];
    const memory = {
      ...market(0),
      position: ({ terms }: OrderIntent) => void seen.push(terms?.['tdMode']),
    } as unknown as MarketMemory;
    orderFacts(
      [intent({ side: 'buy', terms: { tdMode: 'isolated' }, legs: [leg] })],
      ledger.openBook.sumsBut(undefined),
      {
        ledger,
        market: memory,
        maxAgeMs: 1_000,
      },
    );
    expect([seen.length > 1, ...new Set(seen)]).toEqual([true, 'isolated']);
  });
});
