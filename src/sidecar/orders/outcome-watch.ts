// Asks the venue what became of an account's orders, sooner and then later, until each is final. Those that are due together are looked
// up in one list of what ended, where the venue has one; each that it does not hold is asked for by itself.
import { TradeboxError } from '../../core/errors.js';
import type { OrderEntry } from '../../orders/ledger.js';
import type { VenueOrderState } from '../../venues/admin.js';
import { type EndedOrders, type ReconcileParts, reconcileOrder } from './reconcile.js';

export interface OutcomeWatchParts extends ReconcileParts {
  /** More of an order is filled than was known. */
  onFill(): void;
  /** The venue still has an order of the request, or may have. */
  onOpen?(): void;
}

/** Waits between questions about an order, in milliseconds; the last one repeats. */
const patience = [300, 1_000, 3_000, 10_000, 60_000];
/** Orders that become due within so long are asked for together, milliseconds. */
const companyMs = 100;
/** From so many on a list is worth its length. */
const listFrom = 4;
/** Symbols of which a list is asked for at a time. */
const maxLists = 4;
/** Questions about single orders at a time. */
const maxAsking = 8;
const deadlineMs = 5_000;

interface Due {
  entry: OrderEntry;
  /** Questions that were asked before. */
  attempt: number;
}

export class OutcomeWatch {
  readonly #parts: OutcomeWatchParts;
  /** By the moment at which they are asked for, in steps of `companyMs`. */
  readonly #due = new Map<number, Due[]>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(parts: OutcomeWatchParts) {
    this.#parts = parts;
  }

  /** Begins, or goes on, to ask for an order; nothing where its state is final or the venue has no calls. */
  follow(order: string, attempt = 0): void {
    const { desk, account } = this.#parts;
    const entry = desk.ledger.order(order);
    if (entry === undefined || account.venue.admin === undefined) return;
    if (entry.state !== 'unknown' && entry.state !== 'acknowledged') return;
    const nowMs = performance.now();
    const waitMs = patience[Math.min(attempt, patience.length - 1)] ?? 0;
    const step = Math.ceil((nowMs + waitMs) / companyMs);
    const due = this.#due.get(step);
    if (due !== undefined) {
      due.push({ entry, attempt });
      return;
    }
    const group = [{ entry, attempt }];
    this.#due.set(step, group);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#due.delete(step);
        // Of a journal that has failed: no order passes any more, and the next start asks again (S11).
        this.#ask(group).catch(() => undefined);
      },
      step * companyMs - nowMs,
    );
    timer.unref();
    this.#timers.add(timer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #ask(group: readonly Due[]): Promise<void> {
    const ended = await this.#listEnded(group).catch(() => new Map<string, VenueOrderState>());
    const left = group.values();
    const askRest = async (): Promise<void> => {
      for (const { entry, attempt } of left) {
        const before = filledOf(entry);
        const isFinal = await reconcileOrder(entry, this.#parts, ended).catch(notNow);
        if (filledOf(entry) !== before) this.#parts.onFill();
        if (entry.state === 'acknowledged') this.#parts.onOpen?.();
        if (!isFinal) this.follow(entry.id, attempt + 1);
      }
    };
    await Promise.all(Array.from({ length: Math.min(maxAsking, group.length) }, askRest));
  }

  /** What ended of the symbols in which several are due; nothing where no list can be had. */
  async #listEnded(group: readonly Due[]): Promise<EndedOrders> {
    const { account, ask } = this.#parts;
    const { endedOrders } = account.venue.admin ?? {};
    const ended = new Map<string, VenueOrderState>();
    if (endedOrders === undefined || group.length < listFrom) return ended;
    const ids = new Map<string, string[]>();
    for (const { entry } of group) {
      for (const [index, { venueOrderId }] of entry.outcomes.entries()) {
        const instrument = entry.intents[index]?.instrument;
        if (instrument === undefined || venueOrderId === undefined) continue;
        const known = ids.get(instrument);
        if (known === undefined) ids.set(instrument, [venueOrderId]);
        else known.push(venueOrderId);
      }
    }
    const listed = [...ids].filter(([, known]) => known.length >= listFrom).slice(0, maxLists);
    const at = { environment: account.environment };
    await Promise.all(
      listed.map(async ([instrument, known]) => {
        const told = await ask(account, endedOrders(at, instrument, known), deadlineMs);
        if (told.isUnderstood)
          for (const state of told.value) ended.set(`${instrument} ${state.venueOrderId}`, state);
      }),
    );
    return ended;
  }
}

/**
 * One order whose answer trips its reader takes no other with it, and is asked for again, later and later. What a journal throws that
 * takes no record any more ends the asking (S11).
 */
function notNow(thrown: unknown): false {
  if (thrown instanceof TradeboxError && ofJournal.has(thrown.code)) throw thrown;
  return false;
}

const ofJournal: ReadonlySet<string> = new Set(['DISK_FULL', 'JOURNAL_BUSY', 'FAULT']);

/** What is filled of a request, as text to compare. */
function filledOf({ outcomes }: OrderEntry): string {
  return outcomes.map(({ filled }) => filled ?? '0').join(' ');
}
