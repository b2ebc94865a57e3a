// What waits: trailing stops against a walk along every second, exits that live with their position, exits of a part.
import { describe, expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { findInstrument } from '../../../../src/paper/engine/instruments.js';
import type { NewOrder, PaperOrder, Trail } from '../../../../src/paper/engine/orders.js';
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
