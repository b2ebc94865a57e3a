// Holds what the venue shows of an account against what was sent: an order nobody sent, a position that no sent order explains.
// Pure: a fold over sent orders and two looks at the account, each not atomic, so that what was under way in a look counts as possible.
import type { IntentRecord } from '../audit/order-events.js';
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../core/decimal.js';
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
  /** Signed: negative is short. In the venue's unit, as orders count. */
  positions: readonly { instrument: string; quantity: Decimal }[];
}

/** How far orders may have moved a position; undefined: there is no telling. */
interface Reach {
  bought: Decimal | undefined;
  sold: Decimal | undefined;
  /** By orders that can only reduce. */
  boughtBack: Decimal;
  soldOff: Decimal;
}

interface Baseline {
  positions: ReadonlyMap<string, Decimal>;
  /** Resting orders that nobody sent through here. */
  foreign: AccountLook['resting'];
  /** Lists that no look has read: what is in one of them may have been there from the first. */
  unread: ReadonlySet<string>;
  /** What was or became possible since this look began. */
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
   * look, which is what later ones are held against. A look with drift does not become that.
   */
  end(look: AccountLook, known: readonly OrderEntry[]): string[] {
    const before = this.#baseline;
    const foreign = foreignOrders(look, known);
    const drift = before === undefined ? [] : [...strangers(before, foreign), ...surprises(before, look)];
    if (drift.length === 0) {
      const reach = this.#next ?? new Map<string, Reach>();
      const unread = look.unread ?? new Set();
      const seen = new Set(foreign.map(({ venueOrderId }) => venueOrderId));
      const kept = (before?.foreign ?? []).filter(
        ({ list, venueOrderId }) => unread.has(list ?? '') && !seen.has(venueOrderId),
      );
      const all = [...foreign, ...kept];
      for (const { instrument } of all) reach.set(instrument, unbounded());
      this.#baseline = {
        positions: new Map(netted(look)),
        foreign: all,
        unread: new Set([...unread].filter((list) => before?.unread.has(list) !== false)),
        reach,
      };
    }
    this.#next = undefined;
    return drift;
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
  const now = netted(look);
  const found: string[] = [];
  for (const instrument of new Set([...positions.keys(), ...now.keys()])) {
    const was = positions.get(instrument) ?? zero;
    const is = now.get(instrument) ?? zero;
    const [low, high] = bounds(was, reach.get(instrument) ?? nothing(), reach.has(anywhere));
    if ((low === undefined || !is.lt(low)) && (high === undefined || !is.gt(high))) continue;
    const verb = was.times(is).lt(zero) ? 'flipped' : 'changed';
    found.push(
      `the position in ${instrument} ${verb} from ${formatDecimal(was)} to ${formatDecimal(is)}, which no order sent from here explains`,
    );
  }
  return found;
}

/** Lowest and highest position that orders explain; an order that only reduces never leads past zero. */
function bounds(was: Decimal, reach: Reach, isAnywhere: boolean): [Decimal | undefined, Decimal | undefined] {
  if (isAnywhere) return [undefined, undefined];
  const { bought, sold, boughtBack, soldOff } = reach;
  const soldTo = most(least(was, zero), was.minus(soldOff));
  const boughtTo = least(most(was, zero), was.plus(boughtBack));
  return [
    sold === undefined ? undefined : soldTo.minus(sold),
    bought === undefined ? undefined : boughtTo.plus(bought),
  ];
}

function extend(reach: Map<string, Reach>, intent: IntentRecord): void {
  const { action, instrument, side, quantity, reduceOnly, legs } = intent;
  for (const leg of legs ?? []) extend(reach, { ...leg, instrument: leg.instrument || instrument });
  if (action === 'cancel') return;
  const value = parseDecimal(quantity?.value ?? '');
  const isCounted = quantity?.unit === 'base' || quantity?.unit === 'contracts';
  if (action === 'amend' || side === undefined || value === undefined || !isCounted || instrument === '') {
    reach.set(instrument, unbounded());
    return;
  }
  const one = reach.get(instrument) ?? nothing();
  if (reduceOnly === true && side === 'buy') one.boughtBack = one.boughtBack.plus(value);
  else if (reduceOnly === true) one.soldOff = one.soldOff.plus(value);
  else if (side === 'buy') one.bought = one.bought?.plus(value);
  else one.sold = one.sold?.plus(value);
  reach.set(instrument, one);
}

/** Resting orders that no remembered request explains, by id or as the child of an attached, trigger or algorithmic order. */
function foreignOrders({ resting }: AccountLook, known: readonly OrderEntry[]): AccountLook['resting'] {
  if (resting.length === 0) return resting;
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
  return resting.filter(
    ({ venueOrderId, clientOrderId, instrument }) =>
      !ids.has(venueOrderId) && !ids.has(clientOrderId ?? venueOrderId) && !parents.has(instrument),
  );
}

/** Long and short of one instrument as one number. */
function netted({ positions }: AccountLook): Map<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const { instrument, quantity } of positions) {
    sums.set(instrument, (sums.get(instrument) ?? zero).plus(quantity));
  }
  return sums;
}

const nothing = (): Reach => ({ bought: zero, sold: zero, boughtBack: zero, soldOff: zero });
const unbounded = (): Reach => ({ bought: undefined, sold: undefined, boughtBack: zero, soldOff: zero });
const least = (a: Decimal, b: Decimal): Decimal => (a.lt(b) ? a : b);
const most = (a: Decimal, b: Decimal): Decimal => (a.gt(b) ? a : b);
