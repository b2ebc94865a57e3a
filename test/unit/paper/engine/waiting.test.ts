// What waits: trailing stops against a walk along every second, exits that live with their position, exits of a part.
import { describe, expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { findInstrument } from '../../../../src/paper/engine/instruments.js';
import type { LinkedOrders, NewOrder, PaperOrder, Trail } from '../../../../src/paper/engine/orders.js';
import { Waiting } from '../../../../src/paper/engine/waiting.js';

const startMs = 1_795_000_000_000;
const symbol = 'BTC-USDT';
const swap = 'BTC-USDT-SWAP';

function start(seed = 'seed') {
  const engine = new Engine({ seed, accounts: ['a'] });
  engine.advance(startMs);
  return { engine, account: engine.account('a') };
}

const order = (name: string, side: 'buy' | 'sell', size: string, more: Partial<NewOrder> = {}): NewOrder => ({
  symbol: name,
  side,
  timeInForce: more.price === undefined ? 'ioc' : 'gtc',
  quantity: { value: decimal(size), unit: 'size' },
  reduceOnly: false,
  memo: {},
  ...more,
});

function mustPlace(engine: Engine, request: NewOrder): PaperOrder {
  const placed = engine.place('a', request);
  if (!placed.ok) throw new Error(placed.code);
  return placed.order;
}

function mustPlaceLinked(engine: Engine, linked: LinkedOrders): readonly PaperOrder[] {
  const placed = engine.placeLinked('a', linked);
  if (!placed.ok) throw new Error(placed.code);
  return placed.orders;
}

function near(engine: Engine, name: string, perMille: number): Decimal {
  const last = engine.market.last(findInstrument(name)!, engine.second);
  return last
    .times(decimal(String(1000 + perMille)))
    .div(decimal('1000'))
    .round(1);
}

describe.each(['sell', 'buy'] as const)('a trailing stop that would %s', (side) => {
  const trails: readonly [string, (engine: Engine) => Trail][] = [
    ['a distance', () => ({ value: decimal('150'), unit: 'price' })],
    ['a ratio', () => ({ value: decimal('0.002'), unit: 'ratio' })],
    [
      'a distance, once the market was somewhere',
      (engine) => ({ value: decimal('150'), unit: 'price', activation: near(engine, symbol, 1) }),
    ],
  ];

  /** The trigger and the moment, from every second's last price. */
  function walk(engine: Engine, { value, unit, activation }: Trail, seconds: number) {
    const instrument = findInstrument(symbol)!;
    const tick = instrument.tickSize;
    const at = (second: number) => engine.market.last(instrument, second);
    const from = startMs / 1000;
    const isAbove = activation?.gt(at(from)) === true;
    let best = activation === undefined ? at(from) : undefined;
    for (let second = from + 1; second <= from + seconds; second += 1) {
      const last = at(second);
      if (best === undefined) {
        // A trigger is reached by the bid from below, by the ask from above.
        const reached = isAbove ? last.minus(tick).gte(activation!) : last.plus(tick).lte(activation!);
        if (reached) best = last;
        continue;
      }
      const away = unit === 'price' ? value : best.times(value);
      const exact = side === 'sell' ? best.minus(away) : best.plus(away);
      const trigger = exact.minus(exact.mod(tick));
      if (side === 'sell' ? last.plus(tick).lte(trigger) : last.minus(tick).gte(trigger))
        return { second, trigger: formatDecimal(trigger) };
      if (side === 'sell' ? last.gt(best) : last.lt(best)) best = last;
    }
    throw new Error('it was never triggered');
  }

  test.each(trails)('by %s is triggered where a walk along every second says', (_, trailOf) => {
    for (const seed of ['a', 'b', 'c']) {
      const { engine } = start(seed);
      const trail = trailOf(engine);
      const expected = walk(engine, trail, 172_800);
      const inSteps = mustPlace(engine, order(symbol, side, '0.1', { trail }));
      for (let at = startMs; inSteps.waitsFor === 'trigger'; at += 613_000) engine.advance(at);
      const { engine: other } = start(seed);
      const atOnce = mustPlace(other, order(symbol, side, '0.1', { trail }));
      other.advance(startMs + 172_800_000);
      for (const done of [inSteps, atOnce]) {
        expect(done.state).toBe('filled');
        expect(formatDecimal(done.trigger!)).toBe(expected.trigger);
        expect(done.updatedMs).toBe(expected.second * 1000);
      }
    }
  });
});

describe('exits of a position', () => {
  const exit = (trigger: Decimal, isProfit = false): NewOrder =>
    order(swap, 'sell', '1', {
      trigger,
      triggerMove: isProfit ? 'rises' : 'falls',
      reduceOnly: true,
      closesPosition: true,
    });

  test('have its size, whatever it becomes, and end with it', () => {
    const { engine, account } = start();
    expect(engine.place('a', exit(near(engine, swap, -20)))).toEqual({
      ok: false,
      code: 'NOTHING_TO_REDUCE',
    });
    mustPlace(engine, order(swap, 'buy', '2'));
    const stop = mustPlace(engine, exit(near(engine, swap, -20)));
    mustPlace(engine, order(swap, 'buy', '3'));
    expect(formatDecimal(stop.size)).toBe('5');
    mustPlace(engine, order(swap, 'sell', '1', { reduceOnly: true }));
    expect(formatDecimal(stop.size)).toBe('4');
    mustPlace(engine, order(swap, 'sell', '4'));
    expect([stop.state, stop.cancelReason]).toEqual(['canceled', 'nothing-to-reduce']);
    expect(account.openOrders()).toEqual([]);
  });

  test('replace the one of their kind, and close all when triggered', () => {
    const { engine, account } = start();
    mustPlace(engine, order(swap, 'buy', '2'));
    const old = mustPlace(engine, exit(near(engine, swap, -300)));
    const profit = mustPlace(engine, exit(near(engine, swap, 300), true));
    const stop = mustPlace(engine, exit(near(engine, swap, -1)));
    expect([old.cancelReason, profit.state, stop.state]).toEqual(['replaced', 'live', 'live']);
    for (let minute = 0; minute < 2880 && account.positions.size > 0; minute += 1)
      engine.advance(engine.nowMs + 60_000);
    expect([stop.state, formatDecimal(stop.filled)]).toEqual(['filled', '2']);
    expect([profit.state, account.positions.size]).toEqual(['canceled', 0]);
  });
});

test('a first order that ends half filled starts exits of that half where it is said so, and none where it is not', () => {
  for (const startsWithPart of [true, undefined]) {
    const { engine } = start();
    const instrument = findInstrument(swap)!;
    const best = engine.market.best(instrument, engine.second, 'ask');
    const size = best.size.plus(decimal('5'));
    const placed = engine.placeLinked('a', {
      first: order(swap, 'buy', formatDecimal(size), { price: best.price, timeInForce: 'ioc' }),
      others: [
        order(swap, 'sell', formatDecimal(size), { trigger: near(engine, swap, -50), reduceOnly: true }),
      ],
      isOneOf: true,
      ...(startsWithPart && { startsWithPart }),
    });
    if (!placed.ok) throw new Error(placed.code);
    const [first, exit] = placed.orders;
    expect(first!.cancelReason).toBe('rest-not-filled');
    if (startsWithPart) {
      expect([exit!.waitsFor, formatDecimal(exit!.size)]).toEqual(['trigger', formatDecimal(first!.filled)]);
    } else expect(exit!.cancelReason).toBe('never-started');
  }
  expect(Waiting).toBeTypeOf('function');
});

describe('exits of what was bought', () => {
  const lot = findInstrument(symbol)!.lotSize;
  const floored = (value: Decimal) => formatDecimal(value.minus(value.mod(lot)));
  const fill = (engine: Engine, exit: PaperOrder) => {
    for (let minute = 0; minute < 2880 && exit.waitsFor === 'trigger'; minute += 1)
      engine.advance(engine.nowMs + 60_000);
  };

  test('sell that less the fee, whatever the entry was counted in, where nothing else is owned', () => {
    const quantities = [
      { value: decimal('5000'), unit: 'quote' },
      { value: decimal('0.1'), unit: 'size' },
    ] as const;
    for (const quantity of quantities) {
      const { engine, account } = start();
      mustPlace(engine, order(symbol, 'sell', formatDecimal(account.ledger.total('BTC'))));
      expect(formatDecimal(account.ledger.total('BTC'))).toBe('0');
      const [entry, exit] = mustPlaceLinked(engine, {
        first: order(symbol, 'buy', '1', { quantity }),
        others: [
          order(symbol, 'sell', '1', { quantity, isSizedByFirst: true, trigger: near(engine, symbol, -1) }),
        ],
        isOneOf: true,
        startsWithPart: true,
      });
      fill(engine, exit!);
      expect([exit!.state, exit!.quantity.unit]).toEqual(['filled', 'size']);
      expect(formatDecimal(exit!.filled)).toBe(floored(entry!.filled.minus(entry!.fee)));
      expect(account.ledger.total('BTC').lt(lot)).toBe(true);
    }
  });

  test('are not begun once the first of them has traded', () => {
    const { engine, account } = start();
    const before = account.ledger.total('BTC');
    const marketable = order(symbol, 'sell', '0.1', { price: near(engine, symbol, -20) });
    const [entry, one, other] = mustPlaceLinked(engine, {
      first: order(symbol, 'buy', '0.1'),
      others: [marketable, marketable],
      isOneOf: true,
    });
    expect([entry!.state, one!.state, other!.cancelReason]).toEqual(['filled', 'filled', 'other-traded']);
    expect([formatDecimal(other!.filled), other!.state]).toEqual(['0', 'canceled']);
    expect(formatDecimal(account.ledger.total('BTC'))).toBe(formatDecimal(before.minus(entry!.fee)));
  });

  test('follow the size of an entry that is amended, where they had it', () => {
    const { engine } = start();
    const exits = ['0.1', '0.03'].map((size) =>
      order(symbol, 'sell', size, { trigger: near(engine, symbol, -100) }),
    );
    const [entry, same, own] = mustPlaceLinked(engine, {
      first: order(symbol, 'buy', '0.1', { price: near(engine, symbol, -1) }),
      others: exits,
      isOneOf: true,
    });
    expect(engine.amend('a', entry!, { size: decimal('0.05') })).toBeUndefined();
    expect([same!, own!].map(({ size }) => formatDecimal(size))).toEqual(['0.05', '0.03']);
    for (let minute = 0; minute < 2880 && entry!.state === 'live'; minute += 1)
      engine.advance(engine.nowMs + 60_000);
    expect([same!, own!].map(({ size, waitsFor }) => [formatDecimal(size), waitsFor])).toEqual([
      ['0.05', 'trigger'],
      ['0.03', 'trigger'],
    ]);
    const stopEntry = order(symbol, 'buy', '0.1', { trigger: near(engine, symbol, 50) });
    const [waiting, exit] = mustPlaceLinked(engine, { first: stopEntry, others: exits, isOneOf: true });
    expect(engine.amend('a', waiting!, { size: decimal('0.02') })).toBeUndefined();
    expect(formatDecimal(exit!.size)).toBe('0.02');
    expect(engine.amend('a', exit!, { size: decimal('0.01') })).toBeUndefined();
    expect(engine.amend('a', waiting!, { size: decimal('0.04') })).toBeUndefined();
    expect(formatDecimal(exit!.size)).toBe('0.01');
  });

  test('need what is left of them, not what has traded', () => {
    const { engine, account } = start();
    const all = formatDecimal(account.ledger.total('BTC'));
    const best = engine.market.best(findInstrument(symbol)!, engine.second, 'bid');
    // The market is below this trigger already: at the next second the rest goes to it.
    const orStop = { trigger: near(engine, symbol, 50), move: 'falls' } as const;
    const sale = mustPlace(engine, order(symbol, 'sell', all, { price: best.price, orStop }));
    expect(sale.state).toBe('partially-filled');
    engine.advance(engine.nowMs + 60_000);
    expect([sale.state, formatDecimal(sale.filled)]).toEqual(['filled', all]);
  });
});

test('an entry that cannot be paid once it is triggered ends its exits', () => {
  const { engine, account } = start();
  const orders = mustPlaceLinked(engine, {
    first: order(symbol, 'buy', '90', { trigger: near(engine, symbol, 1) }),
    others: [order(symbol, 'sell', '90', { trigger: near(engine, symbol, -100), isUntold: true })],
    isOneOf: true,
  });
  for (let minute = 0; minute < 2880 && orders[0]!.waitsFor === 'trigger'; minute += 1)
    engine.advance(engine.nowMs + 60_000);
  expect(orders.map(({ cancelReason }) => cancelReason)).toEqual(['insufficient-margin', 'never-started']);
  expect(account.openCount).toBe(0);
});

describe('what is cancelled with all', () => {
  /** One entry that rests, its exits told to nobody; filled in part when its price is the best. */
  function placeEntry(engine: Engine, isInPart: boolean) {
    const best = engine.market.best(findInstrument(swap)!, engine.second, 'ask');
    const size = formatDecimal(best.size.plus(decimal('5')));
    const exit = order(swap, 'sell', size, { reduceOnly: true, isUntold: true });
    return mustPlaceLinked(engine, {
      first: order(swap, 'buy', size, { price: isInPart ? best.price : near(engine, swap, -300) }),
      others: [
        { ...exit, trigger: near(engine, swap, -200) },
        { ...exit, price: near(engine, swap, 200), timeInForce: 'gtc' },
      ],
      isOneOf: true,
      startsWithPart: true,
    });
  }

  test.each([true, false])(
    'are its exits, too, by hand or at a deadline (filled in part: %s)',
    (isInPart) => {
      for (const isByHand of [true, false]) {
        const { engine, account } = start();
        const orders = placeEntry(engine, isInPart);
        expect(orders[0]!.state).toBe(isInPart ? 'partially-filled' : 'live');
        if (isByHand) {
          const gone = engine.cancelAll('a', ({ symbol: its }) => its === swap);
          expect(gone).toEqual(isInPart ? orders : orders.slice(0, 1));
        } else {
          engine.setDeadline('a', engine.nowMs);
          engine.advance(engine.nowMs + 1);
        }
        expect(orders.map(({ state }) => state)).toEqual(['canceled', 'canceled', 'canceled']);
        expect([account.openOrders(), account.openCount]).toEqual([[], 0]);
      }
    },
  );

  test('leaves what does not match', () => {
    const { engine, account } = start();
    const other = mustPlace(engine, order(symbol, 'buy', '0.1', { price: near(engine, symbol, -100) }));
    placeEntry(engine, false);
    engine.cancelAll('a', ({ symbol: its }) => its === swap);
    expect(account.openOrders()).toEqual([other]);
  });
});

test('a group that was refused leaves its client ids free, and exits that nobody is told of count as resting', () => {
  const { engine, account } = start();
  const price = near(engine, symbol, -100);
  const linked = (size: string, count: string): LinkedOrders => ({
    first: order(symbol, 'buy', size, { price, clientId: `${count}-entry` }),
    others: ['stop', 'profit'].map((name) =>
      order(symbol, 'sell', size, { trigger: price, isUntold: true, clientId: `${count}-${name}` }),
    ),
    isOneOf: true,
  });
  expect(engine.placeLinked('a', linked('90', '0'))).toEqual({ ok: false, code: 'INSUFFICIENT_BALANCE' });
  let groups = 0;
  for (; groups < 200; groups += 1) {
    const placed = engine.placeLinked('a', linked('0.001', String(groups)));
    if (placed.ok) continue;
    expect(placed.code).toBe('TOO_MANY_ORDERS');
    break;
  }
  expect([groups, account.openCount]).toEqual([166, 498]);
});
