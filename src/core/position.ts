// Positions by name: of an account that holds long and short of one instrument apart, each of the two is one of its own. Pure.
import { type Decimal, decimal } from './decimal.js';
import type { PositionSide } from './order.js';

/** Which of an account's positions is meant. */
export interface PositionName {
  instrument: string;
  positionSide?: PositionSide | undefined;
}

/** What keeps positions of one name apart, as an order says it. */
export interface PositionPlace {
  /** As in OrderIntent. */
  venueAccount?: string | undefined;
  /** As in OrderIntent: OKX names the margin mode there (OKX v5 reference: `tdMode` of "Place order", `mgnMode` of "Close positions"). */
  terms?: Readonly<Record<string, string>> | undefined;
}

/** A position's name, and what keeps it apart from others of that name. */
export interface PlacedName extends PositionName {
  venueAccount?: string | undefined;
  marginMode?: MarginMode | undefined;
}

/** A position under its name. */
export interface NamedPosition extends PositionName {
  /** Signed: negative is short. */
  quantity: Decimal;
}

/** A position as a venue tells it. */
export interface ToldPosition {
  /** The venue's own symbol. */
  instrument: string;
  /** Signed: negative is short. In base currency or contracts. */
  quantity: Decimal;
  /** The account holds long and short of one instrument apart, and this is one of the two. */
  isHedged?: true | undefined;
  /** The venue's own number of the account that holds it, where one key reaches several. */
  venueAccount?: string | undefined;
  /** Where closing it takes that, and one instrument may be held in both (OKX v5 reference, "Get positions": `mgnMode`). */
  marginMode?: MarginMode | undefined;
}

export type MarginMode = 'cross' | 'isolated';

const zero = decimal('0');

/** `BTC-USDT-SWAP`, or with the side where there are two: `BTC-USDT-SWAP long`. */
export function positionKey({ instrument, positionSide }: PositionName): string {
  return positionSide === undefined ? instrument : `${instrument} ${positionSide}`;
}

/** The same of a position that others of its name may be held apart from. */
export function placedKey(placed: PlacedName): string {
  return `${positionKey(placed)} ${placed.venueAccount ?? ''} ${placed.marginMode ?? ''}`;
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

export function marginModeOf({ terms }: PositionPlace): MarginMode | undefined {
  return readMarginMode(terms?.['tdMode'] ?? terms?.['mgnMode']);
}

export function readMarginMode(text: string | undefined): MarginMode | undefined {
  return text === 'cross' || text === 'isolated' ? text : undefined;
}

/** Whether the two surely are about different positions, whatever their names. */
export function areApart(one: PositionPlace, other: PositionPlace): boolean {
  if (differ(one.venueAccount, other.venueAccount)) return true;
  return differ(marginModeOf(one), marginModeOf(other));
}

/**
 * Signed, what an order of that name and place is filled into: zero when that is none of these. `other`: nobody can say which is meant. The
 * account holds both sides apart and none is named, or one is named and it does not; or these are told apart by what the order does not name.
 */
export function heldBy(
  order: PositionName & PositionPlace,
  told: readonly ToldPosition[],
): Decimal | 'other' {
  const { instrument, positionSide, venueAccount } = order;
  let sum = zero;
  for (const each of told) {
    if (each.instrument !== instrument || differ(each.venueAccount, venueAccount)) continue;
    if ((each.isHedged === true) !== (positionSide !== undefined)) return 'other';
    const marginMode = marginModeOf(order);
    if (differ(each.marginMode, marginMode)) continue;
    if (positionSide !== undefined && each.quantity.gt(zero) !== (positionSide === 'long')) continue;
    if (each.venueAccount !== undefined && venueAccount === undefined) return 'other';
    if (each.marginMode !== undefined && marginMode === undefined) return 'other';
    sum = sum.plus(each.quantity);
  }
  return sum;
}

/** Of positions of the same name that are surely apart from an order's own: their quantities, none taken off another. */
export function heldApart(
  { instrument, positionSide, ...place }: PositionName & PositionPlace,
  told: readonly ToldPosition[],
): Decimal {
  const marginMode = marginModeOf(place);
  let sum = zero;
  for (const each of told) {
    if (each.instrument !== instrument) continue;
    if (positionSide !== undefined && each.quantity.gt(zero) !== (positionSide === 'long')) continue;
    if (differ(each.venueAccount, place.venueAccount) || differ(each.marginMode, marginMode))
      sum = sum.plus(each.quantity.abs());
  }
  return sum;
}

/** What is not named proves nothing. */
function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}
