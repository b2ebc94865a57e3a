// What the agent says of orders that it is about to place: kept until the next order that is just so. It decides nothing.
import type { ExplanationRecord } from '../audit/order-events.js';
import type { Decimal } from '../core/decimal.js';
import type { OrderIntent } from '../core/order.js';

/** The order that is announced, and what the agent says of it. */
export interface Announcement {
  instrument: string;
  side: 'buy' | 'sell';
  /** In the unit of the order. */
  quantity: Decimal;
  /** Absent: of an order at any price. */
  price?: Decimal;
  explanation: ExplanationRecord;
}

/** Announcements kept at once; one more forgets the oldest. */
const maxKept = 50;
const keptMs = 600_000;

export class ProposalBook {
  readonly #nowMs: () => number;
  #kept: { until: number; announcement: Announcement }[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(announcement: Announcement): void {
    this.#kept = [...this.#alive(), { until: this.#nowMs() + keptMs, announcement }].slice(-maxKept);
  }

  /** What was said of such a request, once: only when every order of it is the announced one. */
  take(intents: readonly OrderIntent[]): ExplanationRecord | undefined {
    const orders = intents.filter(({ action }) => action !== 'cancel');
    const alive = this.#alive();
    const found = alive.find(({ announcement }) => orders.every((order) => isSame(order, announcement)));
    if (orders.length === 0 || found === undefined) return undefined;
    this.#kept = alive.filter((each) => each !== found);
    return found.announcement.explanation;
  }

  #alive(): { until: number; announcement: Announcement }[] {
    const now = this.#nowMs();
    return this.#kept.filter(({ until }) => until > now);
  }
}

/** An amendment says only what it changes; a new order all of it. */
function isSame(order: OrderIntent, announced: Announcement): boolean {
  const isAmendment = order.action === 'amend';
  const { side, quantity, price } = order;
  if (order.instrument !== announced.instrument) return false;
  if (side === undefined ? !isAmendment : side !== announced.side) return false;
  if (quantity === undefined ? !isAmendment : !quantity.value.eq(announced.quantity)) return false;
  if (announced.price === undefined) return true;
  return price === undefined ? isAmendment : price.eq(announced.price);
}
