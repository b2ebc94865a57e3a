// Where an order desk's events go: into the account's journal first, then into its ledger.
import type { OrderEvent } from '../audit/order-events.js';
import type { DeskParts } from './desk-parts.js';

export class OrderRecorder {
  readonly #parts: Pick<DeskParts, 'ledger' | 'journal' | 'clock'>;

  constructor(parts: Pick<DeskParts, 'ledger' | 'journal' | 'clock'>) {
    this.#parts = parts;
  }

  /**
   * The line is in the file on return. Returns its place.
   * @throws Error for an event that cannot happen now; nothing is written then. What the journal throws.
   */
  record(event: OrderEvent): number {
    return this.#take(event, this.#parts.journal.append(this.#possible(event)));
  }

  /** As `record`, for what has no effect before a later record is durable: it is written with that. */
  note(event: OrderEvent): number {
    return this.#take(event, this.#parts.journal.note(this.#possible(event)));
  }

  #possible(event: OrderEvent): OrderEvent {
    if (!this.#parts.ledger.accepts(event)) throw new Error(`the event ${event.type} cannot happen now`);
    return event;
  }

  /** S10: recorded, then true. */
  #take(event: OrderEvent, seq: number): number {
    const { ledger, clock } = this.#parts;
    ledger.apply(event, clock.nowMs());
    return seq;
  }
}
