// S14: an order that brings its exits along costs what is read of it and no more; its fill starts them, one of them closes what it opened
// to the last digit, and its cancel ends them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { listed } from '../../../src/guard/legs.js';
import type { VenueAdmin } from '../../../src/venues/admin.js';
import { bracketCases, marketOfBracket } from '../../support/paper-brackets.js';
import { type Balances, balancesAfter, balancesOf, worthTaken } from '../../support/paper-debit.js';
import { drawn, marketOf, nowMs } from '../../support/paper-money.js';

const at = { environment: 'paper' } as const;
const zero = decimal('0');
const ownedOf = (balances: Balances) =>
  Object.fromEntries(Object.entries(balances).filter(([, { total }]) => total !== '0'));
const numRuns = 3;
const kinds = bracketCases.flatMap((one) =>
  (one.sides ?? (['buy', 'sell'] as const)).map(
    (side) => [`${one.market}, ${one.how}, ${side}`, one, side] as const,
  ),
);

describe.each(kinds)('%s', (_, one, side) => {
  const market = marketOfBracket(one);
  const desk = marketOf(market);
  const { instrument, venue } = desk;
  const isSpot = instrument.kind === 'spot';
  const sign = side === 'buy' ? 1 : -1;

  function start(draw: { name: number; amount: number }, stopAway: number, price?: string) {
    const opened = desk.open();
    const { engine, account, send, ask } = opened;
    const request = one.write({
      side,
      name: market.names[draw.name % market.names.length] ?? '',
      amount: formatDecimal(desk.amountOf(draw.amount)),
      ...(price === undefined ? {} : { price }),
      takeProfit: formatDecimal(desk.priceOf(1000 + sign * 200)),
      stopLoss: formatDecimal(desk.priceOf(1000 - sign * stopAway)),
    });
    const admin = venue.admin as VenueAdmin;
    const resting = () => {
      const found = [];
      for (let page: string | undefined, count = 0; count < 20; count += 1) {
        const step = ask(admin.openOrders(at, page));
        if (step === undefined) throw new Error('the list was not understood');
        found.push(...step.orders);
        page = step.next;
        if (page === undefined) break;
      }
      return found;
    };
    const before = balancesOf(account);
    const answer = send(request);
    expect(
      admin.readPlaced(answer)?.every(({ isAccepted }) => isAccepted),
      answer.body.toString(),
    ).toBe(true);
    const [entry] = account.orders();
    const intent = listed(desk.read(request)).find(({ isLeg }) => !isLeg)?.intent;
    if (entry === undefined || intent === undefined) throw new Error(answer.body.toString());
    return { ...opened, engine, before, entry, intent, resting, admin };
  }

  test('costs what was read, and one exit closes it', () => {
    fc.assert(
      fc.property(fc.record(drawn), (draw) => {
        const { engine, account, before, entry, intent, resting, readOrder } = start(draw, 2);
        expect(entry.state).toBe('filled');
        const read = readOrder(intent, entry);
        const after = balancesAfter(before, [read]);
        expect(balancesOf(account).USDT).toEqual(after.USDT);
        expect(resting()).toHaveLength(one.told);
        for (let steps = 1; account.openOrders().length > 0 && steps < 20_000; steps += 1)
          engine.advance(nowMs + steps * 60_000);
        expect(resting()).toEqual([]);
        const sold = account.orders().filter(({ id, filled }) => id !== entry.id && filled.gt(zero));
        expect(sold).toHaveLength(1);
        const [exit] = sold;
        // What is sized by what was bought leaves the fee, which came out of the coins, and less than a lot.
        const isNet = exit!.isSizedByFirst === true && entry.feeCurrency === instrument.base;
        const bought = isNet ? entry.filled.minus(entry.fee) : entry.filled;
        expect(formatDecimal(exit!.filled)).toBe(
          formatDecimal(isNet ? bought.minus(bought.mod(instrument.lotSize)) : bought),
        );
        expect(account.positions.size).toBe(0);
        // What came back is what the exit's fills were worth, less fees; nothing is held any more.
        const held = Object.values(balancesOf(account)).filter((row) => row.held !== '0');
        expect(held).toEqual([]);
        const fee = isSpot ? zero : entry.fee;
        const owned = decimal(before.USDT?.total ?? '');
        const expected = isSpot
          ? owned
              .minus(worthTaken([read]))
              .plus(exit!.cost)
              .minus(exit!.fee)
          : owned.plus(exit!.realized).minus(fee).minus(exit!.fee);
        expect(balancesOf(account).USDT?.total).toBe(formatDecimal(expected));
      }),
      { numRuns },
    );
  });

  test('ends with an entry that is cancelled before it is filled', () => {
    const price = formatDecimal(desk.priceOf(1000 - sign * 30));
    const { account, before, resting, admin, ask } = start({ name: 0, amount: 300 }, 100, price);
    expect(resting()).toHaveLength(one.toldBefore ?? 1);
    const [first] = resting();
    ask(admin.cancelOrders(at, first === undefined ? [] : [first]));
    const left = resting();
    // IBKR lists in no order: a child may have been the first.
    for (const order of left) ask(admin.cancelOrders(at, [order]));
    expect(resting()).toEqual([]);
    expect(ownedOf(balancesOf(account))).toEqual(ownedOf(before));
    expect(account.fills).toEqual([]);
  });

  test('its exits can be cancelled', () => {
    const { account, resting, admin, ask } = start({ name: 0, amount: 300 }, 100);
    for (const order of resting()) ask(admin.cancelOrders(at, [order]));
    expect(resting()).toEqual([]);
    expect(account.fills.every(({ side: its }) => its === side)).toBe(true);
  });
});
