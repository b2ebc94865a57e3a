// Holds what the venue shows of an account against what was sent: an order nobody sent, a position that no sent order explains.
// Spot balances are left out: deposits, interest, fees in a third coin and contracts' profits move them, too.
// Pure: a fold over sent orders and two looks at the account, each not atomic, so that what was under way in a look counts as possible.
import type { IntentRecord } from '../audit/order-events.js';
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../core/decimal.js';
import { type NamedPosition, positionKey, positionsByKey, type ToldPosition } from '../core/position.js';
import type { OrderEntry } from './ledger.js';

/** One look at an account at its venue. */
export interface AccountLook {
  resting: readonly {
    venueOrderId: string;
    clientOrderId?: string | undefined;
    instrument: string;
    /** The venue's list that it is in, where there are several. */
    list?: string;
  }[];
  /** Lists of the venue's that could not be read, or not to their end: what rested there may rest there still. */
  unread?: ReadonlySet<string>;
  /** In the venue's unit, as orders count. */
  positions: readonly ToldPosition[];
}

/** How far orders may have moved a position; undefined: there is no telling. */
interface Reach {
  bought: Decimal | undefined;
  sold: Decimal | undefined;
  /** By orders that can only reduce. */
  boughtBack: Decimal;
  soldOff: Decimal;
  /** Something may close it, however large it is. */
  isClosed: boolean;
}

/** What a look saw, and later ones are held against. */
export interface Seen {
  positions: readonly NamedPosition[];
  /** Resting orders that nobody sent through here. */
  foreign: AccountLook['resting'];
  /** Lists that no look has read. */
  unread: readonly string[];
  /** Instruments in which what rests came of an order that may be over itself, as an attached exit. */
  loose: readonly string[];
}

interface Baseline {
  /** By `positionKey`. */
  positions: ReadonlyMap<string, NamedPosition>;
  /** Resting orders that nobody sent through here. */
  foreign: AccountLook['resting'];
  /** Lists that no look has read: what is in one of them may have been there from the first. */
  unread: ReadonlySet<string>;
  /** As in `Seen`. */
  loose: ReadonlySet<string>;
  /** What was or became possible since this look began, by `positionKey`. */
  reach: Map<string, Reach>;
}

const zero = decimal('0');
/** An instrument for what names none. */
const anywhere = '';

export class DriftWatch {
  #baseline: Baseline | undefined;
  /** Of the look that is under way. */
  #next: Map<string, Reach> | undefined;

  /** Bytes of this request were handed to the venue. */
  sent({ intents }: Pick<OrderEntry, 'intents'>): void {
    for (const reach of [this.#baseline?.reach, this.#next]) {
      if (reach !== undefined) for (const intent of intents) extend(reach, intent);
    }
  }

  /** Before the venue is asked; `open` is every order that may still be filled. */
  begin(open: readonly Pick<OrderEntry, 'intents'>[]): void {
    this.#next = new Map();
    for (const { intents } of open) for (const intent of intents) extend(this.#next, intent);
  }

  /**
   * Takes what the venue told since `begin`. Returns one sentence for each thing that nothing sent explains; none on the first
   * look, unless an earlier sidecar's was restored: it is what later ones are held against. A look with drift does not become that.
   */
  end(look: AccountLook, known: readonly OrderEntry[]): string[] {
    const before = this.#baseline;
    const { foreign, children } = unexplained(look, known);
    const drift = before === undefined ? [] : [...strangers(before, foreign), ...surprises(before, look)];
    if (drift.length === 0) {
      const reach = this.#next ?? new Map<string, Reach>();
      const unread = look.unread ?? new Set();
      const seen = new Set(foreign.map(({ venueOrderId }) => venueOrderId));
      const kept = (before?.foreign ?? []).filter(
        ({ list, venueOrderId }) => unread.has(list ?? '') && !seen.has(venueOrderId),
      );
      const all = [...foreign, ...kept];
      this.#take({
        positions: positionsByKey(look.positions),
        foreign: all,
        unread: new Set([...unread].filter((list) => before?.unread.has(list) !== false)),
        loose: new Set(children.map(({ instrument }) => instrument)),
        reach,
      });
    }
    this.#next = undefined;
    return drift;
  }

  /** What the next look is held against; undefined: it is the first. */
  seen(): Seen | undefined {
    const last = this.#baseline;
    if (last === undefined) return undefined;
    const { positions, foreign, unread, loose } = last;
    return { positions: [...positions.values()], foreign, unread: [...unread], loose: [...loose] };
  }

  /** Goes on from what an earlier sidecar saw; `since`: all that may have been filled after it began to look. */
  restore({ positions, foreign, unread, loose }: Seen, since: Iterable<Pick<OrderEntry, 'intents'>>): void {
    this.#take({
      positions: new Map(positions.map((held) => [positionKey(held), held])),
      foreign,
      unread: new Set(unread),
      loose: new Set(loose),
      reach: new Map(),
    });
    for (const entry of since) this.sent(entry);
  }

  /**
   * What rests and is counted nowhere else may be filled, whatever it is. An attached exit rests under a number that no answer to its
   * order named, and that order may be over and forgotten: neither its size nor what is filled of it is known, so its instrument has no
   * bounds until the next look. Bounds that are too narrow would halt an account for its own stop.
   */
  #take(baseline: Baseline): void {
    const { foreign, loose, reach } = baseline;
    for (const instrument of [...foreign.map((one) => one.instrument), ...loose])
      reach.set(instrument, unbounded());
    this.#baseline = baseline;
  }

  /** A human looked at the account and lets it trade: the next look is the first. */
  reset(): void {
    this.#baseline = undefined;
  }
}

function strangers({ foreign, unread }: Baseline, found: AccountLook['resting']): string[] {
  const before = new Set(foreign.map(({ venueOrderId }) => venueOrderId));
  return found
    .filter(({ venueOrderId, list }) => !before.has(venueOrderId) && !unread.has(list ?? ''))
    .map(
      ({ venueOrderId, instrument }) =>
        `the order ${venueOrderId} of ${instrument} rests and was not sent from here`,
    );
}

function surprises({ positions, reach }: Baseline, look: AccountLook): string[] {
  const now = positionsByKey(look.positions);
  const found: string[] = [];
  for (const [key, { instrument }] of new Map([...positions, ...now])) {
    const was = positions.get(key)?.quantity ?? zero;
    const is = now.get(key)?.quantity ?? zero;
    // What names no side may be of either, as amendments.
    const both = together(reach.get(key), key === instrument ? undefined : reach.get(instrument));
    const [low, high] = bounds(was, both, reach.has(anywhere));
    if ((low === undefined || !is.lt(low)) && (high === undefined || !is.gt(high))) continue;
    const verb = was.times(is).lt(zero) ? 'flipped' : 'changed';
    found.push(
      `the position in ${key} ${verb} from ${formatDecimal(was)} to ${formatDecimal(is)}, which no order sent from here explains`,
    );
  }
  return found;
}

function together(one: Reach = nothing(), other?: Reach): Reach {
  if (other === undefined) return one;
  return {
    bought: other.bought && one.bought?.plus(other.bought),
    sold: other.sold && one.sold?.plus(other.sold),
    boughtBack: one.boughtBack.plus(other.boughtBack),
    soldOff: one.soldOff.plus(other.soldOff),
    isClosed: one.isClosed || other.isClosed,
  };
}

/** Lowest and highest position that orders explain; an order that only reduces never leads past zero. */
function bounds(was: Decimal, reach: Reach, isAnywhere: boolean): [Decimal | undefined, Decimal | undefined] {
  if (isAnywhere) return [undefined, undefined];
  const { bought, sold, boughtBack, soldOff, isClosed } = reach;
  const soldTo = isClosed ? least(was, zero) : most(least(was, zero), was.minus(soldOff));
  const boughtTo = isClosed ? most(was, zero) : least(most(was, zero), was.plus(boughtBack));
  return [
    sold === undefined ? undefined : soldTo.minus(sold),
    bought === undefined ? undefined : boughtTo.plus(bought),
  ];
}

function extend(reach: Map<string, Reach>, intent: IntentRecord): void {
  const { action, instrument, side, quantity, reduceOnly, legs } = intent;
  for (const leg of legs ?? []) extend(reach, { ...leg, instrument: leg.instrument || instrument });
  if (action === 'cancel') return;
  const key = positionKey(intent);
  if (action === 'place' && quantity?.unit === 'close-all' && instrument !== '') {
    reach.set(key, { ...(reach.get(key) ?? nothing()), isClosed: true });
    return;
  }
  const value = parseDecimal(quantity?.value);
  const isCounted = quantity?.unit === 'base' || quantity?.unit === 'contracts';
  if (action === 'amend' || side === undefined || value === undefined || !isCounted || instrument === '') {
    reach.set(key, unbounded());
    return;
  }
  const one = reach.get(key) ?? nothing();
  if (reduceOnly === true && side === 'buy') one.boughtBack = one.boughtBack.plus(value);
  else if (reduceOnly === true) one.soldOff = one.soldOff.plus(value);
  else if (side === 'buy') one.bought = one.bought?.plus(value);
  else one.sold = one.sold?.plus(value);
  reach.set(key, one);
}

/** Resting orders that no remembered request names: children of attached, trigger or algorithmic orders, and those of somebody else. */
function unexplained(
  { resting }: AccountLook,
  known: readonly OrderEntry[],
): Record<'foreign' | 'children', AccountLook['resting']> {
  if (resting.length === 0) return { foreign: resting, children: resting };
  const ids = new Set<string>();
  const parents = new Set<string>();
  for (const { intents, outcomes, clientOrderIds } of known) {
    for (const id of clientOrderIds) ids.add(id);
    for (const { venueOrderId, clientOrderId } of [...outcomes, ...intents]) {
      if (venueOrderId !== undefined) ids.add(venueOrderId);
      if (clientOrderId !== undefined) ids.add(clientOrderId);
    }
    for (const { instrument, legs, type } of intents) {
      if (legs !== undefined || (type !== 'limit' && type !== 'market')) parents.add(instrument);
    }
  }
  const unnamed = resting.filter(
    ({ venueOrderId, clientOrderId }) => !ids.has(venueOrderId) && !ids.has(clientOrderId ?? venueOrderId),
  );
  return {
    foreign: unnamed.filter(({ instrument }) => !parents.has(instrument)),
    children: unnamed.filter(({ instrument }) => parents.has(instrument)),
  };
}

const nothing = (): Reach => ({ bought: zero, sold: zero, boughtBack: zero, soldOff: zero, isClosed: false });
const unbounded = (): Reach => ({ ...nothing(), bought: undefined, sold: undefined });
const least = (a: Decimal, b: Decimal): Decimal => (a.lt(b) ? a : b);
const most = (a: Decimal, b: Decimal): Decimal => (a.gt(b) ? a : b);
