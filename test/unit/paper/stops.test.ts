// Orders that wait for a price, at every venue whose paper dialect takes them: each rests, is triggered where it says and not before, and
// then trades or rests at its own price; one that is cancelled never trades.
import { describe, expect, test } from 'vitest';
import { type Decimal, decimal } from '../../../src/core/decimal.js';
import { venues } from '../../../src/venues/venues.js';
import { stopCases, stopDesk } from '../../support/paper-stops.js';

const kinds = stopCases.flatMap((one) => one.kinds.map((kind) => [one.name, kind, one] as const));

describe.each(kinds)('%s: a %s', (_, kind, one) => {
  const side = one.side ?? 'sell';
  const digits = one.digits ?? 0;
  const rises = (kind === 'stop') === (side === 'buy');
  /** The market stands at the trigger or beyond. */
  const isAt = (last: Decimal, trigger: Decimal) => (rises ? last.gte(trigger) : last.lte(trigger));

  /** Off the market by so many ten-thousandths, to the side on which the order waits. */
  const away = (price: Decimal, tenThousandths: number) =>
    price.times(decimal(String(1 + (rises ? tenThousandths : -tenThousandths) / 10_000))).round(digits);

  /** Where there is none at market, a price that takes what is there. */
  const cheap = (trigger: Decimal) =>
    one.isLimited === true
      ? {
          price: trigger
            .times(decimal(side === 'sell' ? '0.97' : '1.03'))
            .round(digits)
            .toFixed(),
        }
      : {};

  test('rests, and trades at market once the market is at its trigger', () => {
    const { last, place, stateOf, resting, waitUntil, id } = stopDesk(one, venues, { rises });
    const trigger = away(last(), 2);
    expect(place({ side, kind, trigger, ...cheap(trigger), id: 'mine1' }).placed).toMatchObject([
      { isAccepted: true },
    ]);
    expect(resting()).toEqual([id('mine1')]);
    expect(stateOf('mine1')).toMatchObject({ state: 'resting' });
    waitUntil(() => {
      const told = stateOf('mine1');
      return told !== 'absent' && told?.state === 'filled';
    });
    const told = stateOf('mine1');
    const average = told === 'absent' ? undefined : told?.averagePrice;
    const difference = average?.minus(trigger).abs().div(trigger);
    expect(difference?.lt('0.001')).toBe(true);
    expect(resting()).toEqual([]);
  });

  test('rests at its own price after the trigger, if it has one that is far', () => {
    const { last, place, stateOf, resting, waitUntil, clock, id } = stopDesk(one, venues, { rises });
    const trigger = away(last(), 2);
    const price = trigger
      .times(decimal(side === 'sell' ? '1.04' : '0.96'))
      .round(digits)
      .toFixed();
    expect(place({ side, kind, trigger, price, id: 'mine1' }).placed).toMatchObject([{ isAccepted: true }]);
    waitUntil(() => isAt(last(), trigger));
    clock.set(clock.nowMs() + 1_000);
    expect(stateOf('mine1')).toMatchObject({ state: 'resting', clientOrderId: id('mine1') });
    expect(resting()).toEqual([id('mine1')]);
  });

  if (kind !== one.kinds[0]) return;
  test('trades never once it is cancelled', () => {
    const { last, place, stateOf, resting, waitUntil, ask, admin } = stopDesk(one, venues, { rises });
    const trigger = away(last(), 2);
    place({ side, kind, trigger, ...cheap(trigger), id: 'mine1' });
    const at = { environment: 'paper' } as const;
    for (let page: string | undefined, count = 0; count < 20; count += 1) {
      const step = ask(admin.openOrders(at, page));
      for (const order of step?.orders ?? [])
        expect(ask(admin.cancelOrders(at, [order]))).toEqual({ canceled: 1, failed: 0 });
      page = step?.next;
      if (page === undefined) break;
    }
    expect(resting()).toEqual([]);
    waitUntil(() => isAt(last(), trigger));
    const told = stateOf('mine1');
    expect(told).toMatchObject({ state: 'canceled' });
    expect(told !== 'absent' && told?.filled.eq(decimal('0'))).toBe(true);
  });
});

test('a trigger between two ticks is refused in the venue’s own words', () => {
  for (const one of stopCases) {
    const { last, place } = stopDesk(one, venues);
    const off = last().times(decimal('0.99')).round(0).plus(decimal('0.001234'));
    const price = one.isLimited === true ? last().round(0).toFixed() : undefined;
    const side = one.side ?? 'sell';
    const { placed } = place({
      side,
      kind: 'stop',
      trigger: off,
      ...(price && { price }),
      id: 'mine1',
    });
    expect(placed, one.name).toMatchObject([{ isAccepted: false }]);
  }
});
