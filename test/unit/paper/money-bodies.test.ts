// S14: whatever body a leaf accepts, what the guard makes of it is what the paper account pays, to the last digit: by every unit and
// name, bought and sold, at a price and at the market, several at once, amended when half filled.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { listed } from '../../../src/guard/legs.js';
import { unitOf } from '../../../src/paper/desk.js';
import { dialects } from '../../../src/paper/dialects.js';
import { findInstrument } from '../../../src/paper/engine/instruments.js';
import { floorTo } from '../../../src/paper/engine/market.js';
import {
  closeAllOf,
  linkedOf,
  type MarketCase,
  marketCases,
  multilegs,
  orderListOf,
  replacementOf,
  type Side,
} from '../../support/paper-bodies.js';
import {
  balancesAfter,
  balancesOf,
  type ReadOrder,
  readBeside,
  worthTaken,
} from '../../support/paper-debit.js';
import { drawn, marketOf, wishOf } from '../../support/paper-money.js';

const one = decimal('1');
const numRuns = 6;
const sides: readonly Side[] = ['buy', 'sell'];

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

const marketNamed = (venue: string, what: string): MarketCase =>
  marketCases.find((market) => market.venue === venue && market.what === what) as MarketCase;

const calls = 'F280121C00013000';
const puts = 'F280121P00013000';

const combined = (['tradier', 'alpaca'] as const).flatMap((venue) =>
  (['market', 'debit'] as const).map((type) => ({ venue, type })),
);

test.each(combined)(
  '$venue: legs at one net price, $type, are paid as the sum of them',
  ({ venue, type }) => {
    const [long, short] = [calls, puts].map((symbol) =>
      marketOf({ ...marketNamed(venue, 'option'), symbol }),
    );
    if (long === undefined || short === undefined) throw new Error('no options');
    const ratios = fc.constantFrom([1, 1], [2, 1], [2, 3]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), ratios, (units, [first = 1, second = 1]) => {
        const { account, send, termsOf } = long.open();
        const legs = [
          { option: calls, ratio: first },
          { option: puts, ratio: second },
        ];
        const net = [long, short].reduce(
          (sum, desk, index) => sum.plus(desk.priceOf(1050).times(decimal(String(legs[index]?.ratio)))),
          decimal('0'),
        );
        const before = balancesOf(account);
        const price = type === 'debit' ? formatDecimal(net) : undefined;
        const request = multilegs[venue]({ units, legs, price });
        const [intent] = long.read(request);
        const answer = send(request);
        const orders = account.orders().map((order, index): ReadOrder => {
          const leg = intent?.legs?.[index];
          const instrument = findInstrument(order.symbol);
          if (leg === undefined || instrument === undefined) throw new Error(answer.body.toString());
          const fills = account.fills.filter(({ orderId }) => orderId === order.id);
          return readBeside(leg, order, { fills, terms: termsOf(leg.instrument), instrument });
        });
        expect(orders, answer.body.toString()).toHaveLength(2);
        expect(balancesOf(account)).toEqual(balancesAfter(before, orders));
      }),
      { numRuns },
    );
  },
);

const lists = [
  { name: 'binance: an order list', market: marketNamed('binance', 'spot'), listOf: orderListOf },
  {
    name: 'tradier: one order that triggers another',
    market: marketNamed('tradier', 'shares'),
    listOf: linkedOf,
  },
].flatMap((one) => sides.map((then) => ({ ...one, then })));

test.each(lists)(
  '$name that goes on to $then is paid as the sum of what counts in it',
  ({ market, listOf, then }) => {
    const desk = marketOf(market);
    fc.assert(
      fc.property(fc.record(drawn), (draw) => {
        const { account, send, termsOf } = desk.open();
        // The first is filled at once; what it starts rests. An exit is of no more than was bought.
        const working = wishOf(market, desk, 'market', 'buy', draw);
        const pending = { ...wishOf(market, desk, 'limit', then, draw), isOther: false };
        const request = listOf(working, pending);
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

test.each(['limit', 'market'] as const)(
  'binance: an order in the place of one that rests, %s, is paid as it is read, and the other one not at all',
  (kind) => {
    const market = marketNamed('binance', 'spot');
    const desk = marketOf(market);
    fc.assert(
      fc.property(fc.record(drawn), fc.record(drawn), (first, draw) => {
        const { account, place, send, readOrder } = desk.open();
        const before = balancesOf(account);
        const { placed, answer } = place(
          market.write({ ...wishOf(market, desk, 'limit', 'buy', first), isOther: false }),
        );
        const id = desk.venue.admin?.readPlaced(answer)?.[0]?.venueOrderId;
        if (id === undefined) throw new Error('no order');
        expect(balancesOf(account)).not.toEqual(before);
        const request = replacementOf(wishOf(market, desk, kind, 'buy', draw), id);
        const [cancel, intent] = desk.read(request);
        send(request);
        expect(cancel).toMatchObject({ action: 'cancel', venueOrderId: id });
        expect(placed.map(({ state }) => state)).toEqual(['canceled']);
        const [order] = account.orders().filter(({ id: known }) => known !== placed[0]?.id);
        if (order === undefined) throw new Error('nothing took its place');
        expect(balancesOf(account)).toEqual(balancesAfter(before, [readOrder(intent, order)]));
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
