// What the last look at an account saw, as a fold over its journal, and what may have been filled since: what happens at the venue while no
// sidecar looks is found by the next one's first look (S8).
import type { JournalEvent } from '../audit/events.js';
import type { IntentRecord, OrderEvent } from '../audit/order-events.js';
import { decimal, formatDecimal, parseDecimal } from '../core/decimal.js';
import type { PositionName } from '../core/position.js';
import type { DriftWatch, Seen } from './drift.js';
import type { Ledger, OrderEntry } from './ledger.js';
import { outStates } from './lifecycle.js';

type SeenEvent = Extract<OrderEvent, { type: 'account.seen' }>;

/** Positions, foreign orders or instruments in one record: a line of the journal stays short enough to be read at once. */
const maxRows = 200;
/** A market order that closes a position may be filled so long after it was journaled, milliseconds. */
const closingMs = 60_000;
const zero = decimal('0');

export class LastSeen {
  #seen: SeenEvent | undefined;
  #place: string | undefined;
  /** Let out since that record, as a fold only: later on the watch itself counts them. */
  #since: OrderEntry[] = [];
  #closings: { intent: IntentRecord; atMs: number }[] = [];
  #isSent = false;
  /** Ids of those that could be filled at that look; undefined: an earlier sidecar's. */
  #open: string | undefined;

  /** Takes an event of an earlier sidecar that the ledger has applied. */
  apply(event: JournalEvent, atMs: number, ledger: Pick<Ledger, 'order'>): void {
    switch (event.type) {
      case 'account.attached': {
        const place = `${event.venue} ${event.environment}`;
        if (event.isFresh || (this.#place !== undefined && place !== this.#place)) this.#forget();
        this.#place = place;
        return;
      }
      case 'account.seen':
        this.#seen = event;
        this.#since = [];
        this.#closings = this.#closings.filter((one) => one.atMs >= event.fromMs - closingMs);
        return;
      case 'trading.state':
        // A human took it as it was; the look that follows is written down.
        if (event.state === 'ACTIVE') this.#forget();
        return;
      case 'order.releasing': {
        const entry = this.#seen === undefined ? undefined : ledger.order(event.order);
        if (entry !== undefined) this.#since.push(entry);
        return;
      }
      case 'trading.closing':
        this.#closings.push({ intent: closingIntent(event, event.account), atMs });
        return;
      default:
    }
  }

  /** Lets the watch go on from there, if anything was seen; once, after all was applied. */
  restore(watch: DriftWatch, ledger: Pick<Ledger, 'orders'>): void {
    const seen = this.#seen;
    if (seen !== undefined && seen.isTooMuch !== true) {
      const since = new Set(this.#since);
      for (const entry of ledger.orders()) if (mayHaveFilled(entry, seen.fromMs)) since.add(entry);
      const closings = this.#closings.map(({ intent }) => ({ intents: [intent] }));
      watch.restore(read(seen), [...since, ...closings]);
      this.#isSent = since.size + closings.length > 0;
    }
    this.#since = [];
    this.#closings = [];
  }

  /** An order was let out: the next look is written down whatever it sees. */
  sent(): void {
    this.#isSent = true;
  }

  /**
   * What has to be written down of a look without drift that began at `fromMs`, when the orders `open` could be filled; undefined when it
   * is known. What is over by now explains nothing more.
   */
  news(
    account: string,
    seen: Seen,
    { fromMs, open }: { fromMs: number; open: readonly Pick<OrderEntry, 'id'>[] },
  ): SeenEvent | undefined {
    const event = write(account, seen, fromMs);
    const ids = open.map(({ id }) => id).join();
    const isKnown = this.#seen !== undefined && text(event) === text(this.#seen);
    if (isKnown && !this.#isSent && ids === (this.#open ?? ids)) return undefined;
    this.#seen = event;
    this.#isSent = false;
    this.#open = ids;
    return event;
  }

  /** A human looked and let it trade: the next look is written down. */
  resumed(): void {
    this.#forget();
  }

  #forget(): void {
    this.#seen = undefined;
    this.#since = [];
    this.#closings = [];
  }
}

/** A kill's order for a position, as one that closes whatever there is. */
export function closingIntent(name: PositionName, account: string, venue = ''): IntentRecord {
  const { instrument, positionSide } = name;
  return {
    venue,
    account,
    moneyMode: '',
    action: 'place',
    instrument,
    ...(positionSide === undefined ? {} : { positionSide }),
    quantity: { value: '1', unit: 'close-all' },
    reduceOnly: true,
  };
}

function mayHaveFilled({ state, changedMs, releasedMs }: OrderEntry, fromMs: number): boolean {
  return outStates.has(state) || (releasedMs !== undefined && changedMs >= fromMs);
}

function write(account: string, { positions, foreign, unread, loose }: Seen, fromMs: number): SeenEvent {
  const about = { type: 'account.seen', account, fromMs } as const;
  if ([positions, foreign, unread, loose].some(({ length }) => length > maxRows))
    return { ...about, positions: [], foreign: [], unread: [], loose: [], isTooMuch: true };
  return {
    ...about,
    positions: positions.map(({ instrument, positionSide, quantity }) => ({
      instrument,
      ...(positionSide === undefined ? {} : { positionSide }),
      quantity: formatDecimal(quantity),
    })),
    foreign: foreign.map(({ venueOrderId, instrument, list }) => ({
      venueOrderId,
      instrument,
      ...(list === undefined ? {} : { list }),
    })),
    unread,
    loose,
  };
}

function read({ positions, foreign, unread, loose }: SeenEvent): Seen {
  const held = positions.map((one) => ({ ...one, quantity: parseDecimal(one.quantity) ?? zero }));
  return { positions: held, foreign, unread, loose };
}

/** The same whatever order the venue tells them in, and whenever it was. */
function text({ positions, foreign, unread, loose, isTooMuch }: SeenEvent): string {
  const rows = [positions, foreign, unread, loose].map((list) =>
    list.map((one) => JSON.stringify(one)).sort(),
  );
  return JSON.stringify([rows, isTooMuch]);
}
