// S14: of inverse contracts, whose money is coins, what the gate hears of the venue afterwards (what was filled, at which price, for
// which fee, what is held, won and owned) is what the paper account's ledger has.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../../src/core/decimal.js';
import { filledAt, fillPosition } from '../../../src/orders/held-position.js';
import type { Desk } from '../../../src/paper/desk.js';
import { findInstrument, type SwapInstrument } from '../../../src/paper/engine/instruments.js';
import { openProfit } from '../../../src/paper/open-positions.js';
import type { OrderName } from '../../../src/venues/admin.js';
import { type MarketCase, marketCases, type Side } from '../../support/paper-bodies.js';
import { drawn, marketOf, wishOf } from '../../support/paper-money.js';

const at = { environment: 'paper' } as const;
const zero = decimal('0');
const sides: readonly Side[] = ['buy', 'sell'];

const inverse = marketCases.flatMap((market) => {
  const instrument = findInstrument(market.symbol);
  return instrument?.kind === 'swap' && instrument.isInverse === true
    ? [{ name: `${market.venue} ${market.what}`, market, instrument }]
    : [];
});

test('each venue with inverse contracts is here', () => {
  expect([...new Set(inverse.map(({ market }) => market.venue))].sort()).toEqual([
    'binance',
    'bybit',
    'kraken-futures',
    'okx',
  ]);
});

/** Prices and coins that a venue tells are rounded to eight digits or more. */
const expectClose = (one: Decimal | undefined, other: Decimal, what: string): void => {
  const isClose = one?.minus(other).abs().lt('0.0000001');
  expect(isClose, `${what}: ${one && formatDecimal(one)} for ${formatDecimal(other)}`).toBe(true);
};

/** What is owned and won in open positions, by the engine's own count, in dollars. */
function worthOf(desk: Desk): Decimal {
  const { engine, account } = desk;
  return account.ledger.currencies().reduce((sum, currency) => {
    const pair = findInstrument(`${currency}-USDT`);
    const price = pair === undefined ? decimal('1') : engine.market.last(pair, engine.second);
    return sum.plus(account.ledger.total(currency).plus(openProfit(desk, currency)).times(price));
  }, zero);
}

/** An account that is asked as the sidecar asks. */
function gateAt(market: MarketCase) {
  const desk = marketOf(market);
  const admin = desk.venue.admin;
  if (admin === undefined) throw new Error('nobody asks this venue');
  const opened = desk.open();
  const { account, ask } = opened;
  /** What is told of the account's last order, and held against what the engine made of it. */
  const lastFill = (name: OrderName) => {
    const order = account.orders().at(-1);
    const told = ask(admin.findOrder(at, name));
    if (order === undefined || told === undefined || told === 'absent') throw new Error('no such order');
    const paid = order.filled.div(order.cost);
    expect(told.state).toBe('filled');
    expect(formatDecimal(told.filled)).toBe(formatDecimal(order.filled));
    expectClose(told.averagePrice, paid, 'average price');
    // A coin is worth what it was when it was paid.
    expectClose(told.fee, order.fee.times(paid), 'fee');
    const { averagePrice = zero } = told;
    const { filled } = told;
    return filledAt(filled, filled.times(averagePrice), filled.div(averagePrice), order.side === 'buy');
  };
  const positions = () => (ask(admin.positions(at)) ?? []).filter(({ quantity }) => !quantity.eq(zero));
  const equity = () => (admin.equity === undefined ? undefined : ask(admin.equity(at)));
  return { desk, admin, lastFill, positions, equity, ...opened };
}

const cases = inverse.flatMap((one) => sides.map((side) => ({ ...one, name: `${one.name}: ${side}`, side })));

test.each(cases)(
  '$name: what the venue tells of it is what the account has',
  ({ market, instrument, side }) => {
    const { settle } = instrument as SwapInstrument;
    fc.assert(
      fc.property(fc.record(drawn), (draw) => {
        const { desk, admin, engine, account, ask, equity, place, termsOf, lastFill, positions } =
          gateAt(market);
        const before = account.ledger.total(settle);
        const request = market.write(wishOf(market, desk, 'market', side, draw));
        const { orders, answer } = place(request);
        const name = orders[0]?.intent.instrument ?? '';
        const [placed] = admin.readPlaced(answer) ?? [];
        const { operation } = desk.venue.classify(request);
        const opening = lastFill({ instrument: name, operation, venueOrderId: placed?.venueOrderId });
        const [position, ...others] = positions();
        if (position === undefined) throw new Error('no position');
        expect([position.instrument, formatDecimal(position.quantity), others]).toEqual([
          name,
          formatDecimal(opening.quantity),
          [],
        ]);

        // On paper Binance is asked for its spot account alone, which has no open profits.
        if (market.venue !== 'binance') expectClose(equity(), worthOf({ engine, account }), 'equity');

        const closing = admin.closePosition?.(at, position);
        expect(closing && ask(closing)).toEqual({ isAccepted: true });
        expect(positions()).toEqual([]);
        const closed = account.orders().at(-1);
        if (closed === undefined || account.orders().length !== 2) throw new Error('nothing closed it');
        const { filled, cost } = closed;
        const price = filled.div(cost);
        const { won } = fillPosition(opening, filledAt(filled, filled.times(price), cost, side !== 'buy'));
        const coins = won?.inverse?.div(price).times(termsOf(name).multiplier);
        const fees = account.orders().reduce((sum, order) => sum.plus(order.fee), zero);
        expectClose(coins, account.ledger.total(settle).minus(before).plus(fees), 'won');
      }),
      { numRuns: 6 },
    );
  },
);
