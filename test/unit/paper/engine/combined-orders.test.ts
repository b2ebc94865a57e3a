// Orders that trade together: at a net price, whole, or not at all.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { shareOptions } from '../../../../src/paper/engine/instruments.js';
import type { NewOrder } from '../../../../src/paper/engine/orders.js';

const [call, put] = shareOptions.filter(({ base }) => base === 'F');

function start() {
  const engine = new Engine({ seed: 'pair', accounts: ['a'] });
  engine.advance(1_795_000_000_000);
  return { engine, account: engine.account('a') };
}

const leg = (symbol: string | undefined, size: string): NewOrder => ({
  symbol: symbol ?? '',
  side: 'buy',
  timeInForce: 'ioc',
  quantity: { value: decimal(size), unit: 'size' },
  reduceOnly: false,
  memo: {},
});
const pair = (one: string, other: string) => [leg(call?.symbol, one), leg(put?.symbol, other)];

test('the net price counts for one unit, which is the legs over what divides all of them', () => {
  const { engine, account } = start();
  const asks = [call!, put!].map((one) => engine.market.best(one, engine.second, 'ask').price);
  // Two calls and one put.
  const unit = asks[0]!.times(decimal('2')).plus(asks[1]!);
  const place = (net: typeof unit) => engine.placeCombined('a', { legs: pair('4', '2'), net });
  const states = () => account.orders().map(({ state }) => state);
  place(unit.minus(decimal('0.01')));
  expect(states()).toEqual(['live', 'live']);
  place(unit);
  expect(states()).toEqual(['live', 'live', 'filled', 'filled']);
  expect(formatDecimal(account.positions.get(call!.symbol)!.contracts)).toBe('4');
});

test('a leg that is cancelled takes the other along; nothing is held while they wait', () => {
  const { engine, account } = start();
  const placed = engine.placeCombined('a', { legs: pair('1', '1'), net: decimal('0.01') });
  if (!placed.ok) throw new Error(placed.code);
  expect(formatDecimal(account.ledger.held('USDT'))).toBe('0');
  engine.cancel('a', placed.orders[0]!);
  engine.advance(engine.nowMs + 1000);
  expect(placed.orders.map(({ state }) => state)).toEqual(['canceled', 'canceled']);
});

test('what cannot be paid is not placed, and what waits fills when the market comes', () => {
  const { engine, account } = start();
  const dear = engine.placeCombined('a', { legs: pair('5000', '5000') });
  expect(dear).toEqual({ ok: false, code: 'INSUFFICIENT_BALANCE' });
  expect(account.orders()).toEqual([]);
  const asks = [call!, put!].map((one) => engine.market.best(one, engine.second, 'ask').price);
  const net = asks[0]!.plus(asks[1]!).minus(decimal('0.01'));
  const placed = engine.placeCombined('a', { legs: pair('1', '1'), net });
  if (!placed.ok) throw new Error(placed.code);
  for (let second = 0; second < 100_000 && placed.orders[0]?.state === 'live'; second += 30)
    engine.advance(engine.nowMs + 30_000);
  expect(placed.orders.map(({ state }) => state)).toEqual(['filled', 'filled']);
  const paid = [call!, put!].reduce(
    (sum, { symbol }) => sum.plus(account.positions.get(symbol)!.cost),
    decimal('0'),
  );
  expect(paid.lte(net)).toBe(true);
});
