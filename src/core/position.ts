// Positions by name: of an account that holds long and short of one instrument apart, each of the two is one of its own. Pure.
import { type Decimal, decimal } from './decimal.js';
import type { PositionSide } from './order.js';

/** Which of an account's positions is meant. */
export interface PositionName {
  instrument: string;
  positionSide?: PositionSide | undefined;
}

/** A position under its name. */
export interface NamedPosition extends PositionName {
  /** Signed: negative is short. */
  quantity: Decimal;
}

/** A position as a venue tells it. */
export interface ToldPosition {
  instrument: string;
  /** Signed: negative is short. */
  quantity: Decimal;
  /** The account holds both sides apart, and this is one of the two. */
  isHedged?: true | undefined;
}

const zero = decimal('0');

/** `BTC-USDT-SWAP`, or with the side where there are two: `BTC-USDT-SWAP long`. */
export function positionKey({ instrument, positionSide }: PositionName): string {
  return positionSide === undefined ? instrument : `${instrument} ${positionSide}`;
}

export function positionNameOf({ instrument, quantity, isHedged }: ToldPosition): PositionName {
  return isHedged === true ? { instrument, positionSide: quantity.s < 0 ? 'short' : 'long' } : { instrument };
}

/** By `positionKey`. Rows of one name, as of several margins, count as one. */
export function positionsByKey(told: readonly ToldPosition[]): Map<string, NamedPosition> {
  const sums = new Map<string, NamedPosition>();
  for (const each of told) {
    const name = positionNameOf(each);
    const key = positionKey(name);
    sums.set(key, { ...name, quantity: (sums.get(key)?.quantity ?? zero).plus(each.quantity) });
  }
  return sums;
}
