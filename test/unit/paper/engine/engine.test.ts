// The engine as a whole: random trading never loses or makes a digit, never owes, and comes out the same every time.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { Account } from '../../../../src/paper/engine/account.js';
import { checkPrice, checkSize, priceBand } from '../../../../src/paper/engine/checks.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { reducible } from '../../../../src/paper/engine/execution.js';
import {
  findInstrument,
  type Instrument,
  instruments,
  openingBalances,
} from '../../../../src/paper/engine/instruments.js';
import {
  isOpen,
  type LinkedOrders,
  type NewOrder,
  type PaperOrder,
  remaining,
  triggerMoveOf,
} from '../../../../src/paper/engine/orders.js';

const zero = decimal('0');
const startMs = 1_795_000_000_000;
const symbols = ['BTC-USDT', 'ETH-USDT', 'BTC-USDT-SWAP', 'ETH-USDT-SWAP'];

function start(seed = 'seed') {
  const engine = new Engine({ seed, accounts: ['a'] });
  engine.advance(startMs);
  return { engine, account: engine.account('a') };
}

const order = (
  symbol: string,
  side: 'buy' | 'sell',
  size: string,
  more: Partial<NewOrder> = {},
): NewOrder => ({
  symbol,
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
const codeOf = (engine: Engine, request: NewOrder) => {
  const placed = engine.place('a', request);
  return placed.ok ? 'ok' : placed.code;
};
/** The last price moved by so many ticks. */
function near(engine: Engine, symbol: string, ticks: number): Decimal {
  const instrument = findInstrument(symbol)!;
  return engine.market
    .last(instrument, engine.second)
    .plus(instrument.tickSize.times(decimal(String(ticks))));
}
/** Advances by minutes until the test holds; throws when it does not within two days. */
function advanceUntil(engine: Engine, holds: () => boolean): void {
  for (let minute = 0; minute < 2880 && !holds(); minute += 1) engine.advance(engine.nowMs + 60_000);
  if (!holds()) throw new Error('the market never came there');
}
function mustPlaceLinked(engine: Engine, linked: LinkedOrders): readonly PaperOrder[] {
  const placed = engine.placeLinked('a', linked);
  if (!placed.ok) throw new Error(placed.code);
  return placed.orders;
}
const total = (account: Account, currency: string) => formatDecimal(account.ledger.total(currency));
const held = (account: Account, currency: string) => formatDecimal(account.ledger.held(currency));

describe('orders', () => {
  test('a market buy takes from the book, pays the price and a fee in what it got', () => {
    const { engine, account } = start();
    const bought = mustPlace(engine, order('BTC-USDT', 'buy', '0.01'));
    const [fill] = account.fills;
    expect(bought.state).toBe('filled');
    expect(fill).toMatchObject({ isMaker: false, feeCurrency: 'BTC' });
    const best = engine.market.best(findInstrument('BTC-USDT')!, engine.second, 'ask');
    expect(formatDecimal(fill!.price)).toBe(formatDecimal(best.price));
    expect(total(account, 'BTC')).toBe('1.00999');
    expect(account.ledger.total('USDT').eq(decimal('100000').minus(best.price.times(decimal('0.01'))))).toBe(
      true,
    );
  });

  test('a market buy for an amount spends no more than that, in whole lots', () => {
    const { engine, account } = start();
    const bought = mustPlace(
      engine,
      order('BTC-USDT', 'buy', '1', { quantity: { value: decimal('500'), unit: 'quote' } }),
    );
    const spent = decimal('100000').minus(account.ledger.total('USDT'));
    expect(bought.state).toBe('filled');
    expect(spent.lte(decimal('500')) && spent.gt(decimal('499.99'))).toBe(true);
    expect(formatDecimal(bought.filled.mod(decimal('0.00000001')))).toBe('0');
  });

  test('the second taker of a second finds what the first left', () => {
    const { engine, account } = start();
    const first = engine.market.best(findInstrument('BTC-USDT')!, engine.second, 'ask');
    mustPlace(engine, order('BTC-USDT', 'buy', formatDecimal(first.size)));
    mustPlace(engine, order('BTC-USDT', 'buy', '0.001'));
    expect(account.fills[1]!.price.gt(first.price)).toBe(true);
    engine.advance(startMs + 1000);
    mustPlace(engine, order('BTC-USDT', 'buy', '0.001'));
    const fresh = engine.market.best(findInstrument('BTC-USDT')!, engine.second, 'ask');
    expect(formatDecimal(account.fills[2]!.price)).toBe(formatDecimal(fresh.price));
  });

  test('a limit order away from the market rests and holds, and gives back when cancelled', () => {
    const { engine, account } = start();
    const price = near(engine, 'BTC-USDT', -5000);
    const resting = mustPlace(engine, order('BTC-USDT', 'buy', '0.1', { price }));
    expect([resting.state, held(account, 'USDT')]).toEqual([
      'live',
      formatDecimal(price.times(decimal('0.1'))),
    ]);
    expect(engine.cancel('a', resting)).toBeUndefined();
    expect([resting.state, held(account, 'USDT'), total(account, 'USDT')]).toEqual([
      'canceled',
      '0',
      '100000',
    ]);
    expect(engine.cancel('a', resting)).toBe('ORDER_DONE');
  });

  test('it is filled at its own price, as maker, at the second the market reaches it', () => {
    const { engine, account } = start();
    const instrument = findInstrument('BTC-USDT')!;
    const price = near(engine, 'BTC-USDT', -40);
    const resting = mustPlace(engine, order('BTC-USDT', 'buy', '0.01', { price }));
    const reached = engine.market.firstReach(
      instrument,
      'buy',
      price,
      engine.second + 1,
      engine.second + 100_000,
    )!;
    engine.advance(reached * 1000 - 1);
    expect(resting.state).toBe('live');
    engine.advance(reached * 1000);
    expect(resting.state).toBe('filled');
    expect(account.fills[0]).toMatchObject({ isMaker: true, atMs: reached * 1000 });
    expect(formatDecimal(account.fills[0]!.price)).toBe(formatDecimal(price));
  });

  test('however long nobody asks, each is filled at the first second that reached it, earliest first', () => {
    const { engine, account } = start();
    const instrument = findInstrument('BTC-USDT')!;
    const firstReached = [-300, -20, -150, 300, 20, 150].map((distance) => {
      const way = distance < 0 ? ('buy' as const) : ('sell' as const);
      const price = near(engine, 'BTC-USDT', distance);
      mustPlace(engine, order('BTC-USDT', way, '0.01', { price }));
      return engine.market.firstReach(instrument, way, price, engine.second + 1, engine.second + 7 * 86_400)!;
    });
    engine.advance(startMs + 7 * 86_400_000);
    const moments = account.fills.map(({ atMs }) => atMs / 1000);
    expect(moments).toEqual(firstReached.sort((a, b) => a - b));
  });

  test('post-only never takes, FOK fills whole or not, IOC leaves no rest', () => {
    const { engine, account } = start();
    const through = { price: near(engine, 'BTC-USDT', 30) };
    expect(
      mustPlace(engine, order('BTC-USDT', 'buy', '0.01', { ...through, timeInForce: 'post-only' })),
    ).toMatchObject({
      state: 'canceled',
      cancelReason: 'would-take',
    });
    expect(
      mustPlace(engine, order('BTC-USDT', 'buy', '1', { ...through, timeInForce: 'fok' })),
    ).toMatchObject({
      state: 'canceled',
      cancelReason: 'not-filled-at-once',
    });
    expect(account.fills).toEqual([]);
    const ioc = mustPlace(engine, order('BTC-USDT', 'buy', '1', { ...through, timeInForce: 'ioc' }));
    expect(ioc).toMatchObject({ state: 'canceled', cancelReason: 'rest-not-filled' });
    expect(ioc.filled.gt(zero) && ioc.filled.lt(ioc.size)).toBe(true);
    engine.advance(startMs + 1000);
    const fresh = { price: near(engine, 'BTC-USDT', 30) };
    expect(mustPlace(engine, order('BTC-USDT', 'buy', '0.001', { ...fresh, timeInForce: 'fok' })).state).toBe(
      'filled',
    );
    expect(held(account, 'USDT')).toBe('0');
  });

  test('a limit order through the market fills what it can and rests with the remainder', () => {
    const { engine, account } = start();
    const part = mustPlace(engine, order('BTC-USDT', 'buy', '1', { price: near(engine, 'BTC-USDT', 30) }));
    expect(part.state).toBe('partially-filled');
    expect(held(account, 'USDT')).toBe(formatDecimal(part.price!.times(remaining(part))));
  });

  test('amending moves the hold, may fill at once, and a refused change changes nothing', () => {
    const { engine, account } = start();
    const resting = mustPlace(
      engine,
      order('BTC-USDT', 'buy', '0.1', { price: near(engine, 'BTC-USDT', -5000) }),
    );
    expect(engine.amend('a', resting, { size: decimal('0.2') })).toBeUndefined();
    expect(held(account, 'USDT')).toBe(formatDecimal(resting.price!.times(decimal('0.2'))));
    expect(engine.amend('a', resting, { size: decimal('0.2') })).toBe('NO_CHANGE');
    expect(engine.amend('a', resting, { size: decimal('400') })).toBe('INSUFFICIENT_BALANCE');
    expect(engine.amend('a', resting, { price: decimal('1.05') })).toBe('PRICE_NOT_ON_TICK');
    expect(formatDecimal(resting.size)).toBe('0.2');
    expect(engine.amend('a', resting, { price: near(engine, 'BTC-USDT', 20) })).toBeUndefined();
    expect(resting.filled.gt(zero)).toBe(true);
  });

  test('what a venue refuses', () => {
    const { engine } = start();
    const limit = (price: Decimal, size = '0.01') => order('BTC-USDT', 'buy', size, { price });
    expect(codeOf(engine, order('NOPE-USDT', 'buy', '1'))).toBe('INSTRUMENT_UNKNOWN');
    expect(codeOf(engine, order('BTC-USDT', 'buy', '0.000001'))).toBe('SIZE_TOO_SMALL');
    expect(codeOf(engine, order('BTC-USDT', 'buy', '501'))).toBe('SIZE_TOO_LARGE');
    expect(codeOf(engine, order('BTC-USDT', 'buy', '0.000000015'))).toBe('SIZE_NOT_ON_LOT');
    expect(codeOf(engine, limit(decimal('91000.05')))).toBe('PRICE_NOT_ON_TICK');
    expect(codeOf(engine, limit(decimal('100000')))).toBe('PRICE_TOO_HIGH');
    expect(codeOf(engine, order('BTC-USDT', 'sell', '0.01', { price: decimal('80000') }))).toBe(
      'PRICE_TOO_LOW',
    );
    expect(codeOf(engine, limit(near(engine, 'BTC-USDT', -100), '2'))).toBe('INSUFFICIENT_BALANCE');
    expect(codeOf(engine, order('BTC-USDT', 'sell', '1.5'))).toBe('INSUFFICIENT_BALANCE');
    expect(
      codeOf(engine, order('BTC-USDT', 'buy', '1', { quantity: { value: decimal('0.5'), unit: 'quote' } })),
    ).toBe('SIZE_TOO_SMALL');
    expect(
      codeOf(
        engine,
        order('BTC-USDT', 'buy', '1', { quantity: { value: decimal('100000.01'), unit: 'quote' } }),
      ),
    ).toBe('INSUFFICIENT_BALANCE');
    expect(codeOf(engine, order('BTC-USDT-SWAP', 'sell', '1', { reduceOnly: true }))).toBe(
      'NOTHING_TO_REDUCE',
    );
    expect(codeOf(engine, order('BTC-USDT', 'buy', '0.01', { clientId: 'x' }))).toBe('ok');
    expect(codeOf(engine, order('BTC-USDT', 'buy', '0.01', { clientId: 'x' }))).toBe('CLIENT_ID_TAKEN');
  });

  test('no more than 500 rest', () => {
    const { engine } = start();
    const request = order('BTC-USDT', 'buy', '0.00001', { price: near(engine, 'BTC-USDT', -5000) });
    for (let count = 0; count < 500; count += 1) mustPlace(engine, request);
    expect(codeOf(engine, request)).toBe('TOO_MANY_ORDERS');
  });

  test('the dead-man switch cancels at its moment, unless set again', () => {
    const { engine } = start();
    const resting = mustPlace(
      engine,
      order('BTC-USDT', 'buy', '0.01', { price: near(engine, 'BTC-USDT', -4000) }),
    );
    engine.setDeadline('a', startMs + 10_000);
    engine.advance(startMs + 9_999);
    engine.setDeadline('a', startMs + 20_000);
    engine.advance(startMs + 15_000);
    expect(isOpen(resting)).toBe(true);
    engine.advance(startMs + 30_000);
    expect(resting).toMatchObject({ state: 'canceled', updatedMs: startMs + 20_000 });
  });

  test('a clock that runs backwards stands still', () => {
    const { engine } = start();
    engine.advance(startMs - 5000);
    expect(engine.nowMs).toBe(startMs);
    expect(() => engine.account('b')).toThrow();
  });
});

describe('positions', () => {
  test('opening holds margin, closing gives it back with the profit', () => {
    const { engine, account } = start();
    const opened = mustPlace(engine, order('BTC-USDT-SWAP', 'sell', '10'));
    const notional = opened.cost.times(decimal('0.01'));
    expect(
      account.ledger
        .held('USDT')
        .minus(notional.div(decimal('3')))
        .abs()
        .lt(decimal('0.0001')),
    ).toBe(true);
    const instrument = findInstrument('BTC-USDT-SWAP')!;
    expect(formatDecimal(reducible(account, instrument, 'buy'))).toBe('10');
    expect(formatDecimal(reducible(account, instrument, 'sell'))).toBe('0');
    engine.advance(startMs + 60_000);
    const closed = mustPlace(engine, order('BTC-USDT-SWAP', 'buy', '10', { reduceOnly: true }));
    expect(account.positions.size).toBe(0);
    expect(held(account, 'USDT')).toBe('0');
    const profit = opened.cost.minus(closed.cost).times(decimal('0.01'));
    expect(formatDecimal(closed.realized)).toBe(formatDecimal(profit));
    const fees = opened.fee.plus(closed.fee);
    expect(total(account, 'USDT')).toBe(formatDecimal(decimal('100000').plus(profit).minus(fees)));
  });

  test('reduce-only closes what is there and no more; an order twice the size turns the position', () => {
    const { engine, account } = start();
    mustPlace(engine, order('ETH-USDT-SWAP', 'buy', '5'));
    const reduced = mustPlace(engine, order('ETH-USDT-SWAP', 'sell', '8', { reduceOnly: true }));
    expect([formatDecimal(reduced.filled), account.positions.size]).toEqual(['5', 0]);
    mustPlace(engine, order('ETH-USDT-SWAP', 'buy', '5'));
    mustPlace(engine, order('ETH-USDT-SWAP', 'sell', '8'));
    expect(formatDecimal(account.positions.get('ETH-USDT-SWAP')!.contracts)).toBe('-3');
  });

  test('margin that is not there is refused', () => {
    const { engine } = start();
    expect(codeOf(engine, order('BTC-USDT-SWAP', 'buy', '400'))).toBe('INSUFFICIENT_BALANCE');
    expect(codeOf(engine, order('BTC-USDT-SWAP', 'sell', '300'))).toBe('ok');
    expect(codeOf(engine, order('BTC-USDT-SWAP', 'sell', '300'))).toBe('INSUFFICIENT_BALANCE');
    expect(codeOf(engine, order('BTC-USDT-SWAP', 'buy', '300'))).toBe('ok');
  });
});

type Step =
  | { do: 'wait'; seconds: number }
  | {
      do: 'place';
      symbol: string;
      side: 'buy' | 'sell';
      lots: number;
      ticks: number | undefined;
      kind: NewOrder['timeInForce'];
      reduceOnly: boolean;
      quote: boolean;
    }
  | { do: 'cancel' | 'amend'; which: number; lots: number; ticks: number };

const side = fc.constantFrom('buy' as const, 'sell' as const);
const ticks = fc.integer({ min: -250, max: 250 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 5000 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('place' as const),
      symbol: fc.constantFrom(...symbols),
      side,
      lots: fc.integer({ min: 1, max: 40 }),
      ticks: fc.option(ticks, { nil: undefined }),
      kind: fc.constantFrom('gtc' as const, 'ioc' as const, 'fok' as const, 'post-only' as const),
      reduceOnly: fc.boolean(),
      quote: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('cancel' as const, 'amend' as const),
      which: fc.nat(20),
      lots: fc.integer({ min: 1, max: 40 }),
      ticks,
    }),
  },
);

/** Steps of a size that spends the whole stake now and then: spot by 0.05 and 1, swaps by 10 and 25 contracts. */
const stride = (instrument: Instrument) =>
  decimal(
    instrument.kind === 'swap'
      ? instrument.base === 'BTC'
        ? '10'
        : '25'
      : instrument.base === 'BTC'
        ? '0.05'
        : '1',
  );

function run(engine: Engine, account: Account, steps: readonly Step[]): void {
  for (const one of steps) {
    if (one.do === 'wait') engine.advance(engine.nowMs + one.seconds * 1000);
    else if (one.do === 'place') {
      const instrument = findInstrument(one.symbol)!;
      const size = stride(instrument).times(decimal(String(one.lots)));
      const isQuote = one.quote && one.ticks === undefined && instrument.kind === 'spot';
      engine.place('a', {
        symbol: one.symbol,
        side: one.side,
        ...(one.ticks === undefined ? {} : { price: near(engine, one.symbol, one.ticks) }),
        timeInForce: one.kind,
        quantity: isQuote
          ? { value: size.times(decimal('7777.77')), unit: 'quote' }
          : { value: size, unit: 'size' },
        reduceOnly: one.reduceOnly && instrument.kind === 'swap',
        memo: {},
      });
    } else {
      const open = account.openOrders();
      const target = open[one.which % Math.max(open.length, 1)];
      if (target === undefined) continue;
      if (one.do === 'cancel') engine.cancel('a', target);
      else {
        const size = stride(findInstrument(target.symbol)!).times(decimal(String(one.lots)));
        engine.amend('a', target, { size, price: near(engine, target.symbol, one.ticks) });
      }
    }
    expectSound(account);
  }
}

function expectSound(account: Account): void {
  for (const currency of account.ledger.currencies()) {
    expect(account.ledger.held(currency).gte(zero), `held ${currency}`).toBe(true);
    expect(account.ledger.available(currency).gte(zero), `available ${currency}`).toBe(true);
  }
  for (const one of account.orders()) {
    expect(one.filled.lte(one.size), 'never filled beyond its size').toBe(true);
    if (!isOpen(one)) expect(formatDecimal(one.held), 'an ended order holds nothing').toBe('0');
  }
}

/** What the fills alone say each balance must be. */
function balancesFromFills(account: Account): Map<string, Decimal> {
  const sums = new Map(openingBalances);
  const add = (currency: string, amount: Decimal) =>
    sums.set(currency, (sums.get(currency) ?? zero).plus(amount));
  for (const { symbol, side: way, price, size, fee, feeCurrency, realized } of account.fills) {
    const instrument = findInstrument(symbol)!;
    const sign = decimal(way === 'buy' ? '1' : '-1');
    add(feeCurrency, zero.minus(fee));
    if (instrument.kind === 'swap') {
      add(instrument.settle, realized);
      continue;
    }
    add(instrument.base, size.times(sign));
    add(instrument.quote, zero.minus(price.times(size).times(sign)));
  }
  return sums;
}

function snapshot(account: Account): string {
  return JSON.stringify([
    account.orders(),
    account.fills,
    [...account.positions],
    account.ledger.currencies().map((one) => total(account, one)),
  ]);
}

describe('whatever is traded', () => {
  const steps = fc.array(step, { minLength: 5, maxLength: 40 });

  test('balances never go below zero and follow from the fills to the last digit', () => {
    let fills = 0;
    fc.assert(
      fc.property(fc.string({ maxLength: 4 }), steps, (seed, list) => {
        const { engine, account } = start(seed);
        run(engine, account, list);
        for (const [currency, amount] of balancesFromFills(account)) {
          expect(total(account, currency), currency).toBe(formatDecimal(amount));
        }
        fills += account.fills.length;
      }),
      { numRuns: 60 },
    );
    expect(fills, 'the runs traded at all').toBeGreaterThan(100);
  });

  test('once all is closed, nothing is held, and a swap’s profit is what was received less what was paid', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const { engine, account } = start();
        run(engine, account, list);
        for (const open of account.openOrders()) engine.cancel('a', open);
        for (let round = 0; round < 20 && account.positions.size > 0; round += 1) {
          engine.advance(engine.nowMs + 1000);
          for (const [symbol, { contracts }] of account.positions) {
            const way = contracts.gt(zero) ? 'sell' : 'buy';
            engine.place('a', order(symbol, way, formatDecimal(contracts.abs()), { reduceOnly: true }));
          }
        }
        expect(account.positions.size).toBe(0);
        for (const currency of account.ledger.currencies()) expect(held(account, currency)).toBe('0');
        for (const symbol of symbols) {
          const instrument = findInstrument(symbol)!;
          if (instrument.kind !== 'swap') continue;
          const fills = account.fills.filter((fill) => fill.symbol === symbol);
          const flow = fills.reduce(
            (sum, { side: way, price, size }) =>
              way === 'sell' ? sum.plus(price.times(size)) : sum.minus(price.times(size)),
            zero,
          );
          const realized = fills.reduce((sum, fill) => sum.plus(fill.realized), zero);
          expect(formatDecimal(realized)).toBe(formatDecimal(flow.times(instrument.contractValue)));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the same seed and the same steps come out the same', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 4 }), steps, (seed, list) => {
        const outcome = () => {
          const { engine, account } = start(seed);
          run(engine, account, list);
          return snapshot(account);
        };
        expect(outcome()).toBe(outcome());
      }),
      { numRuns: 15 },
    );
  });
});

test('checks: increments, sizes and the price band', () => {
  const btc = instruments[0]!;
  const last = decimal('92000');
  const band = priceBand(btc, last);
  expect([formatDecimal(band.highestBuy), formatDecimal(band.lowestSell)]).toEqual(['96600', '87400']);
  expect(checkPrice(btc, 'buy', decimal('96600'), last)).toBeUndefined();
  expect(checkPrice(btc, 'buy', decimal('96600.1'), last)).toBe('PRICE_TOO_HIGH');
  expect(checkPrice(btc, 'sell', decimal('87399.9'), last)).toBe('PRICE_TOO_LOW');
  expect(checkPrice(btc, 'sell', decimal('999999'), last)).toBeUndefined();
  expect(checkSize(btc, btc.minSize)).toBeUndefined();
  expect(checkSize(btc, btc.maxSize.plus(btc.lotSize))).toBe('SIZE_TOO_LARGE');
});

describe('orders that wait', () => {
  const symbol = 'BTC-USDT';

  test('a stop holds nothing back, and sells once the market is at its trigger', () => {
    const { engine, account } = start();
    const stop = mustPlace(engine, order(symbol, 'sell', '0.1', { trigger: near(engine, symbol, -200) }));
    expect([stop.state, stop.waitsFor, held(account, 'BTC')]).toEqual(['live', 'trigger', '0']);
    expect(engine.amend('a', stop, { price: decimal('1') })).toBe('ORDER_DONE');
    expect(engine.amend('a', stop, { trigger: decimal('1.23456') })).toBe('PRICE_NOT_ON_TICK');
    expect(engine.amend('a', stop, { size: decimal('0.2') })).toBeUndefined();
    advanceUntil(engine, () => !isOpen(stop));
    expect(stop.state).toBe('filled');
    const [fill] = account.fills;
    expect(fill?.isMaker).toBe(false);
    expect(fill?.price.lte(stop.trigger!)).toBe(true);
  });

  test('a stop-limit rests once it is triggered, a purchase above the market', () => {
    const { engine } = start();
    const price = near(engine, symbol, -50_000);
    const trigger = near(engine, symbol, 200);
    const stop = mustPlace(engine, order(symbol, 'buy', '0.1', { price, trigger }));
    advanceUntil(engine, () => stop.waitsFor === undefined);
    expect([stop.state, formatDecimal(stop.held)]).toEqual([
      'live',
      formatDecimal(price.times(decimal('0.1'))),
    ]);
    expect(codeOf(engine, order(symbol, 'sell', '0.1', { trigger: decimal('1.23456') }))).toBe(
      'PRICE_NOT_ON_TICK',
    );
  });

  test('a take-profit waits on the other side: it sells once the market has risen to it', () => {
    const { engine, account } = start();
    const trigger = near(engine, symbol, 200);
    const profit = mustPlace(engine, order(symbol, 'sell', '0.1', { trigger, triggerMove: 'rises' }));
    engine.advance(engine.nowMs + 1_000);
    expect(profit.waitsFor).toBe('trigger');
    advanceUntil(engine, () => !isOpen(profit));
    const [fill] = account.fills;
    // At the bid, when the last price was there.
    expect(fill?.price.gte(trigger.times(decimal('0.9995')))).toBe(true);
    expect([triggerMoveOf('buy', true), triggerMoveOf('buy', false)]).toEqual(['falls', 'rises']);
  });

  test('of two that exclude each other one trades, whichever way the market goes', () => {
    const ways = new Set<string>();
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const { engine, account } = start(seed);
      const all = decimal(total(account, 'BTC'));
      const sell = (more: Partial<NewOrder>) => order(symbol, 'sell', formatDecimal(all), more);
      const [taken, stop] = mustPlaceLinked(engine, {
        others: [sell({ price: near(engine, symbol, 600) }), sell({ trigger: near(engine, symbol, -600) })],
        isOneOf: true,
      });
      advanceUntil(engine, () => account.openOrders().length === 0);
      expect([taken!.state, stop!.state].sort()).toEqual(['canceled', 'filled']);
      const ended = taken!.state === 'canceled' ? taken! : stop!;
      expect([ended.cancelReason, formatDecimal(ended.filled)]).toEqual(['other-traded', '0']);
      expect(held(account, 'BTC')).toBe('0');
      ways.add(taken!.state);
    }
    expect(ways.size).toBe(2);
  });

  test('the fill of the first starts the others, its end ends them, and none is placed when one is refused', () => {
    const { engine, account } = start();
    const exits = () => [
      order(symbol, 'sell', '0.1', { price: near(engine, symbol, 2000) }),
      order(symbol, 'sell', '0.1', { trigger: near(engine, symbol, -2000) }),
    ];
    const entry = order(symbol, 'buy', '0.1', { price: near(engine, symbol, -100) });
    const [first, ...others] = mustPlaceLinked(engine, { first: entry, others: exits(), isOneOf: true });
    expect(others.map(({ waitsFor }) => waitsFor)).toEqual(['first', 'first']);
    advanceUntil(engine, () => first!.state === 'filled');
    expect(others.every((one) => one.waitsFor !== 'first')).toBe(true);
    expect(engine.cancel('a', others[0]!)).toBeUndefined();
    expect(others.map(({ state }) => state)).toEqual(['canceled', 'live']);
    engine.cancel('a', others[1]!);

    const [again, ...idle] = mustPlaceLinked(engine, {
      first: order(symbol, 'buy', '0.1', { price: near(engine, symbol, -50_000) }),
      others: exits(),
      isOneOf: false,
    });
    engine.cancel('a', again!);
    expect(idle.map(({ cancelReason }) => cancelReason)).toEqual(['never-started', 'never-started']);

    const before = account.orders().length;
    const resting = order(symbol, 'buy', '0.1', { price: near(engine, symbol, -40_000) });
    const dear = order(symbol, 'buy', '90', { price: near(engine, symbol, -100) });
    for (const linked of [
      { first: dear, others: exits(), isOneOf: true },
      { others: [resting, dear], isOneOf: true },
    ])
      expect(engine.placeLinked('a', linked)).toEqual({ ok: false, code: 'INSUFFICIENT_BALANCE' });
    expect([account.orders().length, account.openOrders().length]).toEqual([before, 0]);
    expect([held(account, 'USDT'), held(account, 'BTC')]).toEqual(['0', '0']);
  });

  test('a market order that fills at once starts the others at once', () => {
    const { engine, account } = start();
    const [first, stop] = mustPlaceLinked(engine, {
      first: order(symbol, 'buy', '0.1'),
      others: [order(symbol, 'sell', '0.1', { trigger: near(engine, symbol, -500) })],
      isOneOf: false,
    });
    expect([first!.state, stop!.waitsFor]).toEqual(['filled', 'trigger']);
    expect(account.orders().map(({ id }) => id)).toEqual([first!.id, stop!.id]);
  });
});
