import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../../src/core/decimal.js';
import { type Filled, filledAt, fillPosition } from '../../../src/orders/held-position.js';
import { findInstrument, type SwapInstrument } from '../../../src/paper/engine/instruments.js';
import { applyToPosition, type Position } from '../../../src/paper/engine/positions.js';

const fills = fc.array(
  fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    size: fc.integer({ min: 1, max: 50 }).map((size) => decimal(String(size))),
    price: fc.integer({ min: 1_000_000, max: 12_000_000 }).map((cents) => decimal(String(cents)).div('100')),
  }),
  { maxLength: 20 },
);
const swapOf = (symbol: string): SwapInstrument => {
  const found = findInstrument(symbol);
  if (found?.kind !== 'swap') throw new Error(`no swap ${symbol}`);
  return found;
};
/** The engine keeps 16 digits of a cost. */
const isClose = (one: Decimal, other: Decimal) => one.minus(other).abs().lt('0.0000000001');

// What a position won or lost, as the exchange books it: of inverse contracts in coins, which the fill's own price makes dollars.
test.each(['BTC-USDT-SWAP', 'BTC-USD-SWAP'])(
  '%s: the paper engine realises the same of any fills',
  (symbol) => {
    const swap = swapOf(symbol);
    let compared = 0;
    fc.assert(
      fc.property(fills, (all) => {
        let position: Position | undefined;
        let held: Filled | undefined;
        for (const { side, size, price } of all) {
          const change = applyToPosition(position, swap, { side, size, price, atMs: 1 });
          position = change.position;
          const filled = fillPosition(
            held,
            filledAt(size, size.times(price), size.div(price), side === 'buy'),
          );
          held = filled.held;
          expect(formatDecimal(held?.quantity ?? decimal('0'))).toBe(
            formatDecimal(position?.contracts ?? decimal('0')),
          );
          const { amount = decimal('0'), inverse = decimal('0') } = filled.won ?? {};
          const told = (swap.isInverse ? inverse.div(price) : amount).times(swap.contractValue);
          expect(
            isClose(told, change.realized),
            `${formatDecimal(told)} ${formatDecimal(change.realized)}`,
          ).toBe(true);
          if (!change.realized.eq('0')) compared += 1;
        }
      }),
    );
    expect(compared).toBeGreaterThan(50);
  },
);

test('what is bought and sold again at one price won nothing, by either count', () => {
  const bought = fillPosition(undefined, filledAt(decimal('3'), decimal('21'), decimal('3').div('7'), true));
  const { held, won } = fillPosition(
    bought.held,
    filledAt(decimal('3'), decimal('21'), decimal('3').div('7'), false),
  );
  expect(held).toBeUndefined();
  expect([won?.amount, won?.inverse].map((each) => each && formatDecimal(each))).toEqual(['0', '0']);
});

test('on spot there is one result', () => {
  const bought = fillPosition(undefined, filledAt(decimal('2'), decimal('20'), undefined, true));
  const { held, won } = fillPosition(bought.held, filledAt(decimal('1'), decimal('7'), undefined, false));
  expect(held?.coins).toBeUndefined();
  expect([won?.amount && formatDecimal(won.amount), won?.inverse]).toEqual(['-3', undefined]);
});
