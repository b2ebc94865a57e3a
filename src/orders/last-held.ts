// The positions that an account held last, and when each was first seen to be gone, as a fold over its journal: a close that comes again
// opens the reverse, also after a restart.
import type { OrderEvent } from '../audit/order-events.js';
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../core/decimal.js';
import {
  type NamedPosition,
  type PositionName,
  positionKey,
  positionsByKey,
  type ToldPosition,
} from '../core/position.js';

type PositionEvent = Extract<OrderEvent, { type: 'account.position' }>;

export interface HeldBefore {
  /** Signed, as it was when it was first seen on its side. */
  quantity: Decimal;
  /** When it was first seen to be gone, milliseconds since the epoch; undefined while it is held. */
  closedMs: number | undefined;
}

const zero = decimal('0');

export class LastHeld {
  readonly #held = new Map<string, HeldBefore & { name: PositionName }>();

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, atMs: number): void {
    if (event.type === 'account.attached' && event.isFresh) this.#held.clear();
    if (event.type !== 'account.position') return;
    const { instrument, positionSide } = event;
    const name = { instrument, positionSide };
    const key = positionKey(name);
    const quantity = parseDecimal(event.quantity) ?? zero;
    const known = this.#held.get(key);
    if (!quantity.eq(zero)) this.#held.set(key, { name, quantity, closedMs: undefined });
    else if (known !== undefined) this.#held.set(key, { ...known, closedMs: atMs });
  }

  of(name: PositionName): HeldBefore | undefined {
    return this.#held.get(positionKey(name));
  }

  /** What has to be written down of all positions as the venue tells them: one that is new, turned round or gone. */
  news(account: string, told: readonly ToldPosition[]): PositionEvent[] {
    const now = positionsByKey(told);
    const news: PositionEvent[] = [];
    const note = ({ instrument, positionSide, quantity }: NamedPosition) =>
      news.push({
        type: 'account.position',
        account,
        instrument,
        ...(positionSide === undefined ? {} : { positionSide }),
        quantity: formatDecimal(quantity),
      });
    for (const [key, position] of now) {
      const { quantity } = position;
      const known = this.#held.get(key);
      const isKnown = known?.closedMs === undefined && known?.quantity.gt(zero) === quantity.gt(zero);
      if (!quantity.eq(zero) && !isKnown) note(position);
    }
    for (const [key, { name, closedMs }] of this.#held)
      if (closedMs === undefined && (now.get(key)?.quantity ?? zero).eq(zero))
        note({ ...name, quantity: zero });
    return news;
  }
}
