// The positions that an account held last, and when each was first seen to be gone, as a fold over its journal: a close that comes again
// opens the reverse, also after a restart.
import type { OrderEvent } from '../audit/order-events.js';
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../core/decimal.js';
import {
  marginModeOf,
  type PlacedName,
  type PositionName,
  type PositionPlace,
  placedKey,
  positionNameOf,
  type ToldPosition,
} from '../core/position.js';

type PositionEvent = Extract<OrderEvent, { type: 'account.position' }>;

export interface HeldBefore {
  /** Signed, as it was when it was first seen on its side. */
  quantity: Decimal;
  /** When it was first seen to be gone, milliseconds since the epoch; undefined while it is held. */
  closedMs: number | undefined;
}

type Name = Pick<PositionEvent, 'instrument' | 'positionSide' | 'venueAccount' | 'marginMode'>;

const zero = decimal('0');

export class LastHeld {
  /** By `placedKey`. */
  readonly #held = new Map<string, HeldBefore & { name: Name }>();

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, atMs: number): void {
    if (event.type === 'account.attached' && event.isFresh) this.#held.clear();
    if (event.type !== 'account.position') return;
    const name = nameIn(event);
    const key = placedKey(name);
    const quantity = parseDecimal(event.quantity) ?? zero;
    const known = this.#held.get(key);
    if (!quantity.eq(zero)) this.#held.set(key, { name, quantity, closedMs: undefined });
    else if (known !== undefined) this.#held.set(key, { ...known, closedMs: atMs });
  }

  /** Of a venue that does not tell such positions apart, it is the one of the name. */
  of(order: PositionName & PositionPlace): HeldBefore | undefined {
    const { venueAccount } = order;
    const marginMode = marginModeOf(order);
    const own = this.#held.get(placedKey({ ...order, venueAccount, marginMode }));
    return own ?? this.#held.get(placedKey({ ...order, venueAccount: undefined, marginMode: undefined }));
  }

  /** What has to be written down of all positions as the venue tells them: one that is new, turned round or gone. */
  news(account: string, told: readonly ToldPosition[]): PositionEvent[] {
    const now = new Map<string, { name: Name; quantity: Decimal }>();
    for (const each of told) {
      const name = nameIn({ ...each, ...positionNameOf(each) });
      const key = placedKey(name);
      now.set(key, { name, quantity: (now.get(key)?.quantity ?? zero).plus(each.quantity) });
    }
    const news: PositionEvent[] = [];
    const note = (name: Name, quantity: Decimal) =>
      news.push({ type: 'account.position', account, ...name, quantity: formatDecimal(quantity) });
    for (const [key, { name, quantity }] of now) {
      const known = this.#held.get(key);
      const isKnown = known?.closedMs === undefined && known?.quantity.gt(zero) === quantity.gt(zero);
      if (!quantity.eq(zero) && !isKnown) note(name, quantity);
    }
    for (const [key, { name, closedMs }] of this.#held)
      if (closedMs === undefined && (now.get(key)?.quantity ?? zero).eq(zero)) note(name, zero);
    return news;
  }
}

function nameIn({ instrument, positionSide, venueAccount, marginMode }: PlacedName): Name {
  return {
    instrument,
    ...(positionSide === undefined ? {} : { positionSide }),
    ...(venueAccount === undefined ? {} : { venueAccount }),
    ...(marginMode === undefined ? {} : { marginMode }),
  };
}
