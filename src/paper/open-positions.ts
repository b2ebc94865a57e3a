// What an account's open positions stand for, by the currency that they settle in.
import { type Decimal, decimal } from '../core/decimal.js';
import type { Desk } from './desk.js';
import type { Account } from './engine/account.js';
import { findInstrument, type SwapInstrument } from './engine/instruments.js';
import { marginOf, type Position, unrealized } from './engine/positions.js';

const zero = decimal('0');

export interface OpenPosition {
  instrument: SwapInstrument;
  position: Position;
}

/** Oldest first; of one settlement currency where it is given. */
export function openPositions({ positions }: Account, settle?: string): readonly OpenPosition[] {
  return [...positions].flatMap(([symbol, position]) => {
    const instrument = findInstrument(symbol);
    const isWanted = instrument?.kind === 'swap' && (settle === undefined || instrument.settle === settle);
    return isWanted ? [{ instrument, position }] : [];
  });
}

/** Profit at last prices. */
export function openProfit({ engine, account }: Desk, settle: string): Decimal {
  return openPositions(account, settle).reduce((sum, { instrument, position }) => {
    const last = engine.market.last(instrument, engine.second);
    return sum.plus(unrealized(position, instrument, last));
  }, zero);
}

/** Initial margin. */
export function openMargin(account: Account, settle: string): Decimal {
  return openPositions(account, settle).reduce(
    (sum, { instrument, position }) => sum.plus(marginOf(position, instrument)),
    zero,
  );
}
