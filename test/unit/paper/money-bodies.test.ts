// S14: whatever body a leaf accepts, what the guard makes of it is what the paper account pays, to the last digit: by every unit and
// name, bought and sold, at a price and at the market, several at once, amended when half filled.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../../src/core/decimal.js';
import type { HttpRequest } from '../../../src/core/http.js';
import type { OrderIntent } from '../../../src/core/order.js';
import { listed } from '../../../src/guard/legs.js';
import type { Terms } from '../../../src/guard/money.js';
import { unitOf } from '../../../src/paper/desk.js';
import { dialects } from '../../../src/paper/dialects.js';
import { Engine } from '../../../src/paper/engine/engine.js';
import { findInstrument } from '../../../src/paper/engine/instruments.js';
import { floorTo } from '../../../src/paper/engine/market.js';
import type { PaperOrder } from '../../../src/paper/engine/orders.js';
import type { VenueAdmin, VenueCall } from '../../../src/venues/admin.js';
import { findVenue } from '../../../src/venues/venues.js';
import {
  closeAllOf,
  type MarketCase,
  marketCases,
  multilegOf,
  orderListOf,
  type Side,
  type Wish,
} from '../../support/paper-bodies.js';
import {
  balancesAfter,
  balancesOf,
  type ReadOrder,
  readBeside,
  worthTaken,
} from '../../support/paper-debit.js';
import { asReal, makeDecoys, stampAt } from '../../support/venue-requests.js';

const nowMs = 1_795_000_000_000;
const at = { environment: 'paper' } as const;
const one = decimal('1');
const thousand = decimal('1000');
const numRuns = 6;
/** Quote currency that the largest order is worth, of what an account has; with a level of the book less than IBKR asks back about. */
const most = decimal('10000');
const sides: readonly Side[] = ['buy', 'sell'];

/** What is the same for every account of a market. */
function marketOf(market: MarketCase) {
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
    return { engine, account, send, place, termsOf };
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

const drawn = {
  name: fc.nat(),
  amount: fc.integer({ min: 1, max: 1000 }),
  away: fc.integer({ min: 10, max: 300 }),
  cents: fc.integer({ min: 1000, max: 2_000_000 }),
  isOther: fc.boolean(),
};
type Draw = { name: number; amount: number; away: number; cents: number; isOther: boolean };
type Market = ReturnType<typeof marketOf>;

function wishOf(market: MarketCase, desk: Market, kind: Wish['kind'], side: Side, draw: Draw): Wish {
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

const cases = marketCases.flatMap((market) =>
  (['limit', 'market', 'quote'] as const).flatMap((kind) =>
    (kind === 'quote' ? (market.byQuote ?? []) : (market.sides ?? sides)).map((side) => ({
      name: `${market.venue} ${market.what}: ${side} ${kind}`,
      market,
      kind,
      side,
    })),
  ),
);

test('each dialect has its markets here', () => {
  expect([...new Set(marketCases.map(({ venue }) => venue))].sort()).toEqual(
    dialects.map(({ venue }) => venue).sort(),
  );
});

test.each(cases)('$name: what is read is what is paid', ({ market, kind, side }) => {
  const desk = marketOf(market);
  const [usual = ''] = market.names;
  fc.assert(
    fc.property(fc.record(drawn), (draw) => {
      const { account, place } = desk.open();
      const wish = wishOf(market, desk, kind, side, draw);
      if (market.sellsHeld === true && side === 'sell')
        place(market.write({ ...wish, kind: 'market', side: 'buy' }));
      const before = balancesOf(account);
      const { orders } = place(market.write(wish));
      expect(balancesOf(account)).toEqual(balancesAfter(before, orders));
      const [canonical] = desk.read(market.write({ ...wish, name: usual }));
      expect(orders.map(({ intent }) => [intent.instrument, intent.side])).toEqual([
        [canonical?.instrument, side],
      ]);
    }),
    { numRuns },
  );
});

/** Sides that need nothing to be bought before. */
const freeSides = (market: MarketCase): readonly Side[] =>
  market.sellsHeld === true ? ['buy'] : (market.sides ?? sides);
const nameOf = ({ venue, what }: MarketCase) => `${venue} ${what}`;
const batching = marketCases.flatMap((market) =>
  market.batch === undefined ? [] : [{ name: nameOf(market), market, batch: market.batch }],
);

test.each(batching)('$name: several orders at once are paid as the sum of them', ({ market, batch }) => {
  const desk = marketOf(market);
  const order = fc.record({ ...drawn, side: fc.constantFrom(...freeSides(market)) });
  fc.assert(
    fc.property(fc.array(order, { minLength: 2, maxLength: 3 }), (draws) => {
      const { account, place } = desk.open();
      const before = balancesOf(account);
      const { orders } = place(
        batch(draws.map((draw) => wishOf(market, desk, 'limit', draw.side, { ...draw, isOther: false }))),
      );
      expect(orders).toHaveLength(draws.length);
      expect(balancesOf(account)).toEqual(balancesAfter(before, orders));
    }),
    { numRuns },
  );
});

const amending = marketCases.flatMap((market) =>
  market.amend === undefined
    ? []
    : freeSides(market).map((side) => ({
        name: `${nameOf(market)}: ${side}`,
        market,
        side,
        amend: market.amend as NonNullable<MarketCase['amend']>,
      })),
);

test.each(amending)('$name, half filled and amended: what is left is held', ({ market, side, amend }) => {
  const desk = marketOf(market);
  const { instrument, venue } = desk;
  const unit = market.unit === 'base' ? unitOf(instrument) : one;
  fc.assert(
    fc.property(fc.record(drawn), fc.integer({ min: 1, max: 1000 }), (draw, open) => {
      const { engine, account, place, termsOf } = desk.open();
      const best = engine.market.best(instrument, engine.second, side === 'buy' ? 'ask' : 'bid');
      const there = floorTo(best.size, instrument.lotSize).times(unit);
      const wish = { ...wishOf(market, desk, 'limit', side, draw), isOther: false };
      const before = balancesOf(account);
      const { orders, placed, answer } = place(
        market.write({
          ...wish,
          price: formatDecimal(best.price),
          amount: formatDecimal(there.plus(desk.amountOf(draw.amount))),
        }),
      );
      const [order] = placed;
      const [first] = orders;
      const id = venue.admin?.readPlaced(answer)?.[0]?.venueOrderId;
      if (order === undefined || first === undefined || id === undefined) throw new Error('no order');
      expect(order.state).toBe('partially-filled');

      const left = desk.amountOf(open);
      const total = order.filled.times(unit).plus(left);
      const request = amend(
        { id, total: formatDecimal(total), open: formatDecimal(left) },
        { ...wish, isOther: draw.isOther },
      );
      const [amendment] = desk.read(request);
      place(request, 0);
      expect(amendment).toMatchObject({ action: 'amend', venueOrderId: id });
      // What an amendment leaves out is the order's own.
      const intent = { ...first.intent, ...amendment, instrument: first.intent.instrument };
      const terms = termsOf(intent.instrument);
      const amended = readBeside(intent, order, { terms, instrument, fills: [] });
      expect(balancesOf(account)).toEqual(balancesAfter(before, [{ ...first, rest: undefined }, amended]));
    }),
    { numRuns },
  );
});

const calls = 'F280121C00013000';
const puts = 'F280121P00013000';

test.each(['market', 'debit'])('tradier: legs at one net price, %s, are paid as the sum of them', (type) => {
  const [long, short] = [calls, puts].map((symbol) => {
    const market = marketCases.find((known) => known.what === 'option') as MarketCase;
    return { symbol, desk: marketOf({ ...market, symbol }) };
  });
  if (long === undefined || short === undefined) throw new Error('no options');
  const net = long.desk.priceOf(1050).plus(short.desk.priceOf(1050));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (first, second) => {
      const { account, send, termsOf } = long.desk.open();
      const legs = [
        { option: calls, quantity: String(first) },
        { option: puts, quantity: String(type === 'debit' ? first : second) },
      ];
      const before = balancesOf(account);
      const request = multilegOf(legs, type === 'debit' ? formatDecimal(net) : undefined);
      const [intent] = long.desk.read(request);
      const answer = send(request);
      const orders = account.orders().map((order, index): ReadOrder => {
        const leg = intent?.legs?.[index];
        const instrument = findInstrument(order.symbol);
        if (leg === undefined || instrument === undefined) throw new Error(answer.body.toString());
        const fills = account.fills.filter(({ orderId }) => orderId === order.id);
        return readBeside(leg, order, { fills, terms: termsOf(leg.instrument), instrument });
      });
      expect(orders).toHaveLength(2);
      expect(balancesOf(account)).toEqual(balancesAfter(before, orders));
    }),
    { numRuns },
  );
});

test.each(sides)(
  'binance: an order list that goes on to %s is paid as the sum of what counts in it',
  (then) => {
    const market = marketCases.find(
      ({ venue, what }) => venue === 'binance' && what === 'spot',
    ) as MarketCase;
    const desk = marketOf(market);
    fc.assert(
      fc.property(fc.record(drawn), (draw) => {
        const { account, send, termsOf } = desk.open();
        // The first is filled at once; what it starts rests. An exit is of no more than was bought.
        const working = wishOf(market, desk, 'market', 'buy', draw);
        const pending = { ...wishOf(market, desk, 'limit', then, draw), isOther: false };
        const request = orderListOf(working, pending);
        const before = balancesOf(account);
        const answer = send(request);
        const placed = account.orders();
        const read = listed(desk.read(request));
        expect(placed, answer.body.toString()).toHaveLength(read.length);
        expect(placed[0]?.state).toBe('filled');
        const counted = read.flatMap(({ intent, isLeg }, index): ReadOrder[] => {
          const order = placed[index];
          if (order === undefined || isLeg) return [];
          const fills = account.fills.filter(({ orderId }) => orderId === order.id);
          return [
            readBeside(intent, order, {
              fills,
              terms: termsOf(intent.instrument),
              instrument: desk.instrument,
            }),
          ];
        });
        expect(counted).toHaveLength(then === 'buy' ? 2 : 1);
        expect(balancesOf(account).USDT).toEqual(balancesAfter(before, counted).USDT);
      }),
      { numRuns },
    );
  },
);

test('okx: a position closed whole pays the fee of what it is worth, and brings what the prices made', () => {
  const market = marketCases.find(({ what }) => what === 'swap') as MarketCase;
  const desk = marketOf(market);
  fc.assert(
    fc.property(fc.record(drawn), fc.constantFrom(...sides), (draw, side) => {
      const { account, place } = desk.open();
      const before = balancesOf(account);
      const opened = place(market.write(wishOf(market, desk, 'market', side, draw)));
      const closed = place(closeAllOf(market.symbol));
      const [bought, sold] = [opened, closed].map(({ orders }) => worthTaken(orders));
      if (bought === undefined || sold === undefined) throw new Error('nothing was traded');
      const fees = bought.plus(sold).times(desk.instrument.takerFee);
      const won = side === 'buy' ? sold.minus(bought) : bought.minus(sold);
      const had = decimal(before.USDT?.total ?? '');
      expect(account.positions.size).toBe(0);
      expect(balancesOf(account).USDT).toEqual({
        total: formatDecimal(had.plus(won).minus(fees)),
        held: '0',
      });
    }),
    { numRuns },
  );
});
