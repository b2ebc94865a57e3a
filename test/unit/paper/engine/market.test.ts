// The seeded market: repeatable, bounded, additive, and searchable without walking it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { bookDepth, levels, scale, takenSide } from '../../../../src/paper/engine/book.js';
import {
  findInstrument,
  instruments,
  leverage,
  openingBalances,
} from '../../../../src/paper/engine/instruments.js';
import { floorTo, Market } from '../../../../src/paper/engine/market.js';
import { chanceBytes, Noise } from '../../../../src/paper/engine/noise.js';
import { PriceTree } from '../../../../src/paper/engine/price-tree.js';

const now = 1_795_000_000;
const second = fc.integer({ min: now - 40_000_000, max: now + 40_000_000 });
const btc = findInstrument('BTC-USDT')!;
const swap = findInstrument('BTC-USDT-SWAP')!;

describe('noise', () => {
  const octaves = [
    { period: 4, amplitude: 60 },
    { period: 64, amplitude: 250 },
    { period: 1024, amplitude: 1000 },
  ];

  test('is a function of seed, series and step, and stays within its amplitudes', () => {
    const first = new Noise('s', 'a', octaves);
    const again = new Noise('s', 'a', octaves);
    const otherSeed = new Noise('t', 'a', octaves);
    const otherSeries = new Noise('s', 'b', octaves);
    const line = (noise: Noise) => Array.from({ length: 300 }, (_, step) => noise.at(now + step));
    const values = line(first);
    expect(line(again)).toEqual(values);
    expect(line(otherSeed)).not.toEqual(values);
    expect(line(otherSeries)).not.toEqual(values);
    expect(values.every((value) => Number.isInteger(value) && Math.abs(value) <= 1310)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(50);
  });

  test('a full cache changes nothing', () => {
    const noise = new Noise('s', 'a', [{ period: 1, amplitude: 1000 }]);
    const before = noise.at(5);
    for (let step = 0; step < 20_000; step += 1) noise.at(step);
    expect(noise.at(5)).toBe(before);
  });

  test('places do not run into each other', () => {
    expect(chanceBytes('s', 'a', 1).equals(chanceBytes('s', 'a1'))).toBe(false);
  });
});

describe('price tree', () => {
  const tree = new PriceTree('s', 'x');
  const walk = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, step) => tree.at(from + step));
  const moment = fc.integer({ min: now - 200_000, max: now + 200_000 });

  test('first crossings and extremes are those that walking finds', () => {
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: -3_000_000, max: 3_000_000 }),
        (from, length, shift) => {
          const steps = walk(from, from + length);
          const limit = tree.at(from) + shift;
          const at = (index: number) => (index === -1 ? undefined : from + index);
          expect(tree.first(from, from + length, ({ low }) => low <= limit)).toBe(
            at(steps.findIndex((price) => price <= limit)),
          );
          expect(tree.first(from, from + length, ({ high }) => high >= limit)).toBe(
            at(steps.findIndex((price) => price >= limit)),
          );
          expect(tree.extremes(from, from + length)).toEqual({
            low: Math.min(...steps),
            high: Math.max(...steps),
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a whole day is no more and no less than its seconds', () => {
    const midnight = Math.floor(now / 86_400) * 86_400;
    const steps = walk(midnight - 1, midnight + 86_400);
    const day = steps.slice(1, -1);
    const low = day.reduce((a, b) => Math.min(a, b));
    const high = day.reduce((a, b) => Math.max(a, b));
    expect(tree.extremes(midnight, midnight + 86_399)).toEqual({ low, high });
    expect(high - low).toBeGreaterThan(1_000_000);
    const leaps = steps.slice(1).map((price, index) => Math.abs(price - steps[index]!));
    expect(Math.max(...leaps.slice(0, 40_000)), 'no second leaps by half a per cent').toBeLessThan(5_000_000);
    expect(new Set(day).size, 'and it moves all the time').toBeGreaterThan(40_000);
  });

  test('it is a function of seed, series and second, whatever was asked before', () => {
    const fresh = new PriceTree('s', 'x');
    const asked = [now, now + 1, now - 90_000, now + 5_000_000];
    expect(asked.map((at) => fresh.at(at))).toEqual(
      asked
        .toReversed()
        .map((at) => tree.at(at))
        .toReversed(),
    );
    expect(new PriceTree('t', 'x').at(now)).not.toBe(tree.at(now));
    expect(new PriceTree('s', 'y').at(now)).not.toBe(tree.at(now));
    expect(asked.every((at) => Number.isInteger(tree.at(at)))).toBe(true);
  });

  test('nothing is found in a way that runs backwards', () => {
    expect(tree.first(now, now - 1, () => true)).toBeUndefined();
  });

  test('years are searched as quickly as days', () => {
    const started = performance.now();
    expect(tree.first(now, now + 20 * 31_557_600, ({ high }) => high > 90_000_000)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('market', () => {
  const market = new Market('seed');

  test('the same seed is the same market, another seed another', () => {
    const again = new Market('seed');
    const other = new Market('other');
    for (const instrument of instruments) {
      expect(formatDecimal(again.last(instrument, now))).toBe(formatDecimal(market.last(instrument, now)));
      expect(again.candle(instrument, now - 600, now)).toEqual(market.candle(instrument, now - 600, now));
    }
    expect(formatDecimal(other.last(btc, now))).not.toBe(formatDecimal(market.last(btc, now)));
  });

  test('no price ever strays so far that a position at the fixed leverage could lose more than its margin', () => {
    let low = market.last(btc, now);
    let high = low;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (at) => {
        const price = market.last(swap, at);
        if (price.lt(low)) low = price;
        if (price.gt(high)) high = price;
        const base = decimal('92000');
        expect(price.gt(base.times(decimal('0.919'))) && price.lt(base.times(decimal('1.081')))).toBe(true);
      }),
      { numRuns: 300 },
    );
    // Both worst fills come from the far end of the book.
    const worst = decimal('1.081')
      .times(decimal('1.021'))
      .div(decimal('0.919').times(decimal('0.979')));
    expect(worst.minus(decimal('1')).times(leverage).lt(decimal('1'))).toBe(true);
    expect(high.gt(low)).toBe(true);
  });

  test('a candle holds every price of its seconds, and candles join', () => {
    fc.assert(
      fc.property(second, fc.integer({ min: 1, max: 300 }), (from, length) => {
        const candle = market.candle(btc, from, from + length);
        for (let at = from; at <= from + length; at += 7) {
          const last = market.last(btc, at);
          expect(last.lte(candle.high) && last.gte(candle.low)).toBe(true);
        }
        expect(formatDecimal(candle.open)).toBe(formatDecimal(market.last(btc, from)));
        expect(formatDecimal(candle.close)).toBe(formatDecimal(market.last(btc, from + length)));
        expect(candle.volume.gte(decimal('0'))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('the volume of an hour is that of its minutes, to the last lot of rounding', () => {
    const hour = market.candle(btc, now, now + 3599).volume;
    let sum = decimal('0');
    for (let minute = 0; minute < 60; minute += 1) {
      sum = sum.plus(market.candle(btc, now + minute * 60, now + minute * 60 + 59).volume);
    }
    expect(
      hour
        .minus(sum)
        .abs()
        .lte(btc.lotSize.times(decimal('60'))),
    ).toBe(true);
    expect(sum.gt(decimal('0'))).toBe(true);
  });

  test('a resting price is reached exactly when the book stands at it', () => {
    fc.assert(
      fc.property(
        second,
        fc.integer({ min: -400, max: 400 }),
        fc.constantFrom('buy' as const, 'sell' as const),
        (from, shift, side) => {
          const price = market.last(btc, from).plus(btc.tickSize.times(decimal(String(shift))));
          const found = market.firstReach(btc, side, price, from, from + 200);
          for (let at = from; at < (found ?? from + 201); at += 1) {
            const best = market.best(btc, at, takenSide(side)).price;
            expect(side === 'buy' ? best.gt(price) : best.lt(price)).toBe(true);
          }
          if (found !== undefined) {
            const best = market.best(btc, found, takenSide(side)).price;
            expect(side === 'buy' ? best.lte(price) : best.gte(price)).toBe(true);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('what is sold short has the prices and the book of its share', () => {
    const [share, short] = [findInstrument('F.US')!, findInstrument('F.US-SHORT')!];
    expect(market.last(short, now)).toEqual(market.last(share, now));
    expect(market.best(short, now, 'bid')).toEqual(market.best(share, now, 'bid'));
    expect(market.candle(short, now - 600, now).high).toEqual(market.candle(share, now - 600, now).high);
  });

  test('a call rises and a put falls with its share, and a resting price is found where its book stands', () => {
    const named = (symbol: string) => findInstrument(symbol)!;
    const [call, put] = [named('AAPL280121C00270000'), named('AAPL280121P00270000')];
    const times = [0, 20_000, 86_400, 500_000].map((after) => now + after);
    const ranked = [...times].sort((a, b) =>
      market.last(named('AAPL.US'), a).cmp(market.last(named('AAPL.US'), b)),
    );
    const [low, high] = [ranked[0]!, ranked.at(-1)!];
    expect(market.last(call, low).lt(market.last(call, high))).toBe(true);
    expect(market.last(put, low).gt(market.last(put, high))).toBe(true);
    const bar = market.candle(put, now, now + 20_000);
    expect(bar.low.lt(bar.high)).toBe(true);
    const goal = bar.high.minus(put.tickSize);
    const found = market.firstReach(put, 'sell', goal, now, now + 20_000)!;
    expect(market.best(put, found, 'bid').price.gte(goal)).toBe(true);
    if (found > now) expect(market.best(put, found - 1, 'bid').price.gte(goal)).toBe(false);
  });

  test('trades and index prices are of the market', () => {
    const trade = market.trade(btc, now);
    expect(formatDecimal(trade.price)).toBe(formatDecimal(market.last(btc, now)));
    expect(trade.size.gte(btc.minSize)).toBe(true);
    expect(formatDecimal(market.index(swap, now))).toBe(formatDecimal(market.last(btc, now)));
    const basis = market.last(swap, now).minus(market.last(btc, now)).abs();
    expect(basis.lt(decimal('92000').times(decimal('0.001')))).toBe(true);
  });
});

describe('book', () => {
  test.each(instruments.map((instrument) => [instrument.symbol, instrument] as const))(
    '%s: sorted, on tick, on lot, not crossed',
    (_, instrument) => {
      const market = new Market('seed');
      const bids = [...market.levels(instrument, now, 'bid')];
      const asks = [...market.levels(instrument, now, 'ask')];
      expect([bids.length, asks.length]).toEqual([bookDepth, bookDepth]);
      expect(bids[0]!.price.lt(asks[0]!.price)).toBe(true);
      for (const [side, sign] of [
        [bids, -1],
        [asks, 1],
      ] as const) {
        side.forEach(({ price, size }, index) => {
          expect(formatDecimal(price.mod(instrument.tickSize))).toBe('0');
          expect(formatDecimal(size.mod(instrument.lotSize))).toBe('0');
          expect(size.gt(decimal('0'))).toBe(true);
          if (index > 0) expect(price.cmp(side[index - 1]!.price)).toBe(sign);
        });
      }
    },
  );

  test('ends where prices do', () => {
    expect([...levels('s', btc, now, 'bid', 50n)].length).toBeLessThan(20);
    expect(formatDecimal(scale(15n, decimal('0.1')))).toBe('1.5');
    expect(formatDecimal(floorTo(decimal('1.2399'), decimal('0.01')))).toBe('1.23');
  });
});

test('instruments are what they say, and an account starts with their currencies', () => {
  expect(new Set(instruments.map(({ symbol }) => symbol)).size).toBe(instruments.length);
  expect(findInstrument('NOPE')).toBeUndefined();
  for (const instrument of instruments) {
    expect(instrument.minSize.gte(instrument.lotSize)).toBe(true);
    expect(instrument.maxSize.gt(instrument.minSize)).toBe(true);
    if (instrument.kind === 'swap') expect(findInstrument(instrument.underlying)?.kind).toBe('spot');
  }
  for (const currency of openingBalances.keys()) {
    expect(
      instruments.some(({ base, quote }) => [base, quote].includes(currency)),
      currency,
    ).toBe(true);
  }
});
