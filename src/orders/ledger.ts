// A trading account's orders as a fold over its journal: same records, same ledger (DESIGN §3). Rebuilt on start, then fed each new event.
import type { JournalEvent } from '../audit/events.js';
import type { OrderEvent } from '../audit/order-events.js';
import { Groups } from '../core/groups.js';
import { NewestMap } from '../core/newest-map.js';
import type { Identity } from './fingerprint.js';
import { clientOrderIdsOf } from './intent-record.js';
import { finalStates, nextState, type OrderState } from './lifecycle.js';
import { OpenBook } from './open-book.js';
import { newEntry, noteEvent, type OrderEntry } from './order-entry.js';
import { ownOrders } from './own-orders.js';

export type { OrderEntry } from './order-entry.js';

export type TradingState = 'ACTIVE' | 'REDUCE_ONLY' | 'HALTED';

/** Finished orders that are remembered for listing; the journal keeps all of them. */
const maxFinished = 1_000;
/** So many may be too old before they are dropped together. */
const trimStep = 1_000;
/** Longest window that orders are counted in. */
const countedMs = 86_400_000;
const undecidedStates: ReadonlySet<OrderState> = new Set(['held', 'approved']);

export class Ledger {
  tradingState: TradingState = 'ACTIVE';
  /** When a human last resumed trading: throttles count from there. Milliseconds since the epoch. */
  resumedMs = Number.NEGATIVE_INFINITY;
  /** Why trading is not ACTIVE, and who said so. */
  stateCause = '';
  stateBy = '';
  /** A human halted it, whatever was found before or since. */
  isHaltedByHuman = false;
  /** Orders whose outcome is known to be final, newest last; bounded. */
  readonly #orders = new NewestMap<OrderEntry>();
  readonly #open = new NewestMap<OrderEntry>();
  /** Of the open ones, by state. */
  readonly #openCounts = new Map<OrderState, number>();
  /** Those that wait for a human or for being claimed: few, and looked through with every order. */
  readonly #undecided = new NewestMap<OrderEntry>();
  /** Made when it is first asked for: a rebuild passes a million orders that are over. */
  #openBook: OpenBook<OrderEntry> | undefined;
  readonly #byClientId = new NewestMap<OrderEntry>();
  /** All that are remembered, by likeness; made as the open book is. */
  #same: Groups<OrderEntry> | undefined;
  /** Finished ones that are still remembered, in the order in which they ended. */
  readonly #finished = new NewestMap<OrderEntry>(maxFinished);
  /** Those of them that placed or changed nothing at the venue: a flood of them makes no other one forgotten. */
  readonly #fruitless = new NewestMap<OrderEntry>(maxFinished);
  /** When orders were let out, oldest first, one entry for each order to be placed or amended. */
  readonly #released: number[] = [];
  readonly #onApplied: ((event: OrderEvent, entry: OrderEntry | undefined, atMs: number) => void) | undefined;

  /** `onApplied` sees each event after it took effect: counters and other folds hang on it. */
  constructor(onApplied?: (event: OrderEvent, entry: OrderEntry | undefined, atMs: number) => void) {
    this.#onApplied = onApplied;
  }

  order(id: string): OrderEntry | undefined {
    return this.#orders.get(id);
  }

  /** All that are remembered, oldest first. */
  orders(): readonly OrderEntry[] {
    return this.#orders.oldestFirst();
  }

  /** What may be filled yet. */
  get openBook(): OpenBook<OrderEntry> {
    if (this.#openBook === undefined) {
      this.#openBook = new OpenBook();
      for (const entry of this.open()) this.#openBook.note(entry);
    }
    return this.#openBook;
  }

  /** Those that trade the same, oldest first. */
  same(likeness: string): Iterable<OrderEntry> {
    if (this.#same === undefined) {
      this.#same = new Groups();
      for (const entry of this.orders()) this.#same.add(entry.likeness, entry);
    }
    return this.#same.of(likeness);
  }

  /** Orders for which something may still happen. */
  open(): readonly OrderEntry[] {
    return this.#open.oldestFirst();
  }

  openIn(...states: readonly OrderState[]): readonly OrderEntry[] {
    if (!this.#hasOpenIn(...states)) return [];
    const among = states.every((state) => undecidedStates.has(state)) ? this.#undecided : this.#open;
    return among.oldestFirst().filter(({ state }) => states.includes(state));
  }

  #hasOpenIn(...states: readonly OrderState[]): boolean {
    return states.some((state) => (this.#openCounts.get(state) ?? 0) > 0);
  }

  /** The request of this fingerprint that waits for a human or for being claimed, but for those in `except`. */
  waiting({ fingerprint, likeness }: Identity, except: ReadonlySet<string>): OrderEntry | undefined {
    if (!this.#hasOpenIn('held', 'approved')) return undefined;
    for (const entry of this.same(likeness)) {
      const isWaiting = undecidedStates.has(entry.state) && !except.has(entry.id);
      if (isWaiting && entry.fingerprint === fingerprint) return entry;
    }
    return undefined;
  }

  /** The last request that placed an order under this client order id. */
  byClientOrderId(id: string): OrderEntry | undefined {
    return this.#byClientId.get(id);
  }

  /** Orders placed or amended within so many milliseconds before; at most a day is remembered. */
  releasedWithin(nowMs: number, windowMs: number): number {
    let low = 0;
    let high = this.#released.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#released[middle] ?? 0) > nowMs - windowMs) high = middle;
      else low = middle + 1;
    }
    return this.#released.length - low;
  }

  /** Whether the event could happen now; asked before it is journaled. */
  accepts(event: OrderEvent): boolean {
    if (!('order' in event)) return true;
    const entry = this.#orders.get(event.order);
    return this.#next(entry, event) !== undefined;
  }

  /** Takes one record into account. @throws Error on an event that cannot follow: the journal is not one that this program wrote. */
  apply(event: JournalEvent, atMs: number): void {
    switch (event.type) {
      case 'account.attached':
        if (event.isFresh) this.#forgetOpen(atMs);
        break;
      case 'trading.state':
        this.isHaltedByHuman = event.state === 'HALTED' && (this.isHaltedByHuman || event.by !== 'sidecar');
        this.tradingState = event.state;
        if (event.state === 'ACTIVE') this.resumedMs = atMs;
        this.stateCause = event.cause;
        this.stateBy = event.by;
        break;
      case 'order.proposed':
      case 'order.judged':
      case 'order.approved':
      case 'order.closed':
      case 'order.releasing':
      case 'order.sent':
      case 'order.answered':
      case 'order.reconciled':
        this.#applyOrder(event, atMs);
        return;
      case 'trading.killed':
      case 'account.equity':
      case 'account.position':
        break;
      default:
        return;
    }
    this.#onApplied?.(event, undefined, atMs);
  }

  #next(entry: OrderEntry | undefined, event: OrderEvent): OrderState | undefined {
    let approvals = entry?.approvers.size ?? 0;
    if (event.type === 'order.approved') {
      if (event.fingerprint !== entry?.fingerprint) return undefined;
      // A key counts once, whatever its owner is called by now.
      if (event.key !== undefined && entry.approvalsWanted > 1) {
        approvals = entry.signers.size + (entry.signers.has(event.key) ? 0 : 1);
      } else if (!entry.approvers.has(event.approver)) approvals += 1;
    }
    return nextState(entry?.state, event, { approvals, approvalsWanted: entry?.approvalsWanted ?? 0 });
  }

  #applyOrder(event: Extract<OrderEvent, { order: string }>, atMs: number): void {
    const known = this.#orders.get(event.order);
    const state = this.#next(known, event);
    if (state === undefined)
      throw new Error(`the event ${event.type} cannot follow the state ${known?.state}`);
    const entry = known ?? newEntry(event, atMs);
    if (known === undefined) this.#add(entry);
    noteEvent(entry, event, atMs);
    if (event.type === 'order.releasing') {
      this.#countReleased(entry, atMs);
      // An approval may be claimed by the same order under another client order id.
      for (const id of event.clientOrderIds) this.#byClientId.set(id, entry);
    }
    if (entry.state !== state) this.#enter(entry, state, atMs);
    this.#openBook?.note(entry);
    if (finalStates.has(state)) this.#finish(entry);
    this.#onApplied?.(event, entry, atMs);
  }

  #enter(entry: OrderEntry, state: OrderState, atMs: number): void {
    this.#countOpen(entry.state, -1);
    const [wasUndecided, isUndecided] = [undecidedStates.has(entry.state), undecidedStates.has(state)];
    if (isUndecided && !wasUndecided) this.#undecided.set(entry.id, entry);
    else if (wasUndecided && !isUndecided) this.#undecided.delete(entry.id);
    entry.state = state;
    entry.changedMs = atMs;
    this.#countOpen(state, 1);
  }

  #countOpen(state: OrderState, more: 1 | -1): void {
    this.#openCounts.set(state, (this.#openCounts.get(state) ?? 0) + more);
  }

  #add(entry: OrderEntry): void {
    this.#orders.set(entry.id, entry);
    this.#open.set(entry.id, entry);
    this.#same?.add(entry.likeness, entry);
    this.#countOpen(entry.state, 1);
    for (const id of clientOrderIdsOf(entry.intents)) this.#byClientId.set(id, entry);
  }

  #countReleased({ intents }: OrderEntry, atMs: number): void {
    for (let count = ownOrders(intents); count > 0; count -= 1) this.#released.push(atMs);
    if ((this.#released[trimStep] ?? atMs) > atMs - countedMs) return;
    this.#released.splice(0, this.#released.length - this.releasedWithin(atMs, countedMs));
  }

  #finish(entry: OrderEntry): void {
    if (!this.#open.delete(entry.id)) return;
    this.#countOpen(entry.state, -1);
    const oldest = (isFruitless(entry) ? this.#fruitless : this.#finished).set(entry.id, entry);
    if (oldest === undefined) return;
    this.#orders.delete(oldest.id);
    this.#same?.delete(oldest.likeness, oldest);
    this.#forgetIds(oldest, clientOrderIdsOf(oldest.intents));
    this.#forgetIds(oldest, oldest.clientOrderIds);
  }

  #forgetIds(entry: OrderEntry, ids: readonly string[]): void {
    for (const id of ids) if (this.#byClientId.get(id) === entry) this.#byClientId.delete(id);
  }

  /** What was open at an exchange that no longer exists. */
  #forgetOpen(atMs: number): void {
    for (const entry of this.open()) {
      entry.note = 'the exchange it was meant for is gone';
      this.#enter(entry, undecidedStates.has(entry.state) ? 'expired' : 'reconciled', atMs);
      this.#openBook?.note(entry);
      this.#finish(entry);
    }
  }
}

function isFruitless({ state, intents }: OrderEntry): boolean {
  return state !== 'reconciled' || intents.every(({ action }) => action === 'cancel');
}
