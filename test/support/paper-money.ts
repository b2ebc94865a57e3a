// A paper account of a venue, asked as the sidecar asks, and orders drawn at random: what the money properties are made of.
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../src/core/decimal.js';
import type { HttpRequest } from '../../src/core/http.js';
import type { OrderIntent } from '../../src/core/order.js';
import type { Terms } from '../../src/guard/money.js';
import { unitOf } from '../../src/paper/desk.js';
import { dialects } from '../../src/paper/dialects.js';
import { Engine } from '../../src/paper/engine/engine.js';
import { findInstrument } from '../../src/paper/engine/instruments.js';
import { floorTo } from '../../src/paper/engine/market.js';
import type { PaperOrder } from '../../src/paper/engine/orders.js';
import type { VenueAdmin, VenueCall } from '../../src/venues/admin.js';
import { findVenue } from '../../src/venues/venues.js';
import type { MarketCase, Side, Wish } from './paper-bodies.js';
import { type ReadOrder, readBeside } from './paper-debit.js';
import { asReal, makeDecoys, stampAt } from './venue-requests.js';

export const nowMs = 1_795_000_000_000;
const at = { environment: 'paper' } as const;
const one = decimal('1');
const thousand = decimal('1000');
/** Quote currency that the largest order is worth, of what an account has; with a level of the book less than IBKR asks back about. */
const most = decimal('10000');

/** What is the same for every account of a market. */
export function marketOf(market: MarketCase) {
  const venue = findVenue(market.venue);
  const dialect = dialects.find(({ venue: id }) => id === market.venue);
  const instrument = findInstrument(market.symbol);
  if (venue === undefined || dialect === undefined || instrument === undefined) throw new Error('no market');
  const secrets = asReal(makeDecoys(venue));
  const credentials = [{ venue: venue.id, id: 'a', secrets }];
  const terms = new Map<string, Terms>();
  const read = (request: HttpRequest): readonly OrderIntent[] => {
    const { instruments } = market;
    const parsed = venue.parseOrders(request, { account: 'a', ...at, ...(instruments && { instruments }) });
    if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
    return parsed.intents;
  };

  /** A fresh account, asked as the sidecar asks. */
  const open = () => {
    const engine = new Engine({ seed: 'money', accounts: ['a'] });
    engine.advance(nowMs);
    const account = engine.account('a');
    let nonce = BigInt(nowMs);
    const send = (request: HttpRequest, isPublic = false) => {
      nonce += 1n;
      const stamp = { ...stampAt(nowMs, 'paper'), nonce };
      const signed = venue.sign(request, isPublic ? undefined : secrets, stamp);
      return dialect.answer({ ...request, ...signed }, { engine, credentials, nowMs });
    };
    const ask = <T>(call: VenueCall<T>): T | undefined => {
      const value = call.read(send(call.request, call.isPublic));
      const next = value === undefined ? undefined : call.follow?.(value);
      return next === undefined ? value : ask(next);
    };
    /** As the venue tells them. */
    const termsOf = (symbol: string): Terms => {
      const known = terms.get(symbol) ?? ask((venue.admin as VenueAdmin).contractTerms(at, symbol));
      if (known === undefined) throw new Error(`no terms of ${symbol}`);
      terms.set(symbol, known);
      return known;
    };
    /** Each order that the request made, beside what was read of it. */
    const place = (request: HttpRequest, makes?: number) => {
      const known = new Set(account.orders().map(({ id }) => id));
      const answer = send(request);
      const placed = account.orders().filter(({ id }) => !known.has(id));
      const intents = read(request);
      expect(placed, answer.body.toString()).toHaveLength(makes ?? intents.length);
      const orders = placed.map((order, index) => readOrder(intents[index], order));
      return { orders, placed, answer };
    };
    const readOrder = (intent: OrderIntent | undefined, order: PaperOrder): ReadOrder => {
      if (intent === undefined) throw new Error('an order that nobody read');
      const fills = account.fills.filter(({ orderId }) => orderId === order.id);
      return readBeside(intent, order, { fills, terms: termsOf(intent.instrument), instrument });
    };
    return { engine, account, send, ask, place, termsOf, readOrder };
  };

  const last = open().engine.market.last(instrument, nowMs / 1000);
  const isInverse = instrument.kind === 'swap' && instrument.isInverse === true;
  const contract = instrument.kind === 'swap' ? instrument.contractValue : one;
  const lots = most
    .div(isInverse ? contract : last.times(contract))
    .div(instrument.lotSize)
    .round(0, 0);
  const amountOf = (perMille: number): Decimal => {
    const size = floorTo(
      lots
        .times(instrument.lotSize)
        .times(decimal(String(perMille)))
        .div(thousand),
      instrument.lotSize,
    );
    const atLeast = size.lt(instrument.minSize) ? instrument.minSize : size;
    return atLeast.times(market.unit === 'base' ? unitOf(instrument) : one);
  };
  const priceOf = (perMille: number): Decimal =>
    floorTo(last.times(decimal(String(perMille))).div(thousand), instrument.tickSize);
  return { venue, instrument, read, open, amountOf, priceOf };
}

export const drawn = {
  name: fc.nat(),
  amount: fc.integer({ min: 1, max: 1000 }),
  away: fc.integer({ min: 10, max: 300 }),
  cents: fc.integer({ min: 1000, max: 2_000_000 }),
  isOther: fc.boolean(),
};
export type Draw = { name: number; amount: number; away: number; cents: number; isOther: boolean };
export type Market = ReturnType<typeof marketOf>;

export function wishOf(market: MarketCase, desk: Market, kind: Wish['kind'], side: Side, draw: Draw): Wish {
  // Resting orders stand away from the market; a worst price lies on the other side of it.
  const away = kind === 'limit' ? draw.away : -40;
  return {
    kind,
    side,
    name: market.names[draw.name % market.names.length] ?? '',
    amount:
      kind === 'quote'
        ? formatDecimal(decimal(String(draw.cents)).div(decimal('100')))
        : formatDecimal(desk.amountOf(draw.amount)),
    price: formatDecimal(desk.priceOf(1000 + (side === 'buy' ? -away : away))),
    isOther: draw.isOther,
  };
}
