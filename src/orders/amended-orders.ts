// What amendments may make of orders that rest, beyond what those were placed as: until both are over the larger of the two counts, since a
// venue may take an amendment later than it answers, or not at all, and some put another order in its place.
import type { IntentRecord } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import { isHeldToReduce, makesPosition, type OrderSide } from '../core/order.js';
import { isCanceledBy, isNamed, type Naming } from './named-order.js';
import { pendingKey, type Quantities, sumUp, unboundKey } from './open-quantities.js';
import { standingRecords } from './own-orders.js';

interface Amending extends Naming {
  readonly notional: string | undefined;
}

/** How the order that is amended counts by itself. */
export interface BaseShare {
  isOpen: boolean;
  /** It may open a position yet. */
  isUnbound: boolean;
}

/** One order, and the amendments of it that may hold. */
interface Amended<Request> {
  /** Absent where it was not sent from here, or is over. */
  base: { request: Request; index: number; record: IntentRecord } | undefined;
  by: Map<Request, IntentRecord>;
  isCanceled: boolean;
  pending: Quantities;
  unbound: Quantities;
}

/** The same orders amended together: a request's worth is told for all of them. */
interface Together<Request> {
  orders: readonly Amended<Request>[];
  by: Map<Request, Decimal>;
  worth: Decimal;
  sides: ReadonlySet<OrderSide>;
}

interface Less {
  pending: Quantities;
  unbound: Quantities;
  worth: Decimal;
  sides: ReadonlySet<OrderSide>;
}

const zero = decimal('0');
const noLess: Less = { pending: [], unbound: [], worth: zero, sides: new Set() };
const bothSides: ReadonlySet<OrderSide> = new Set(['buy', 'sell']);

export class AmendedOrders<Request extends Amending> {
  readonly #shareOf: (request: Request) => BaseShare;
  readonly #open: () => Iterable<Request>;
  /** By the request that amends, one for each of its amendments. */
  readonly #of = new Map<Request, readonly (Amended<Request> | undefined)[]>();
  /** By the request that placed them. */
  readonly #placed = new Map<Request, Set<Amended<Request>>>();
  readonly #together = new Map<Amended<Request>, Set<Together<Request>>>();
  readonly pending = new Map<string, Decimal>();
  readonly unbound = new Map<string, Decimal>();
  notional = zero;
  readonly bySide: Record<OrderSide, Decimal> = { buy: zero, sell: zero };

  /** `open`: requests of which something may be filled yet. */
  constructor(shareOf: (request: Request) => BaseShare, open: () => Iterable<Request>) {
    this.#shareOf = shareOf;
    this.#open = open;
  }

  /** Takes a request's present state into account, after its own share was. */
  note(entry: Request, isOpen: boolean): void {
    const known = this.#of.get(entry);
    if (known === undefined && isOpen && entry.intents.some(isAmendment)) this.#add(entry);
    else if (known !== undefined && !isOpen) this.#drop(entry, known);
    for (const order of this.#placed.get(entry) ?? []) this.#count(order);
    if (known !== undefined && isOpen) for (const order of known) if (order) this.#count(order);
    if (!isOpen) this.#placed.delete(entry);
  }

  /** The venue answered the cancel at `place` of a request: what it took away opens no position any more. */
  cancel(canceling: Request, place: number): void {
    if (this.#of.size === 0) return;
    const order = this.#find((request, index) => isCanceledBy(canceling, place, request, index));
    if (order === undefined) return;
    order.isCanceled = true;
    this.#count(order);
  }

  /** How much less these sums would be without a request. */
  lessOf(own: Request): Less {
    const orders = (this.#of.get(own) ?? []).flatMap((order) => order ?? []);
    if (orders.length === 0) return noLess;
    const [pending, unbound]: [[string, Decimal][], [string, Decimal][]] = [[], []];
    for (const order of orders) {
      const rest = this.#extraOf(order, own);
      pending.push(...order.pending.map(copied), ...rest.pending.map(negated));
      unbound.push(...order.unbound.map(copied), ...rest.unbound.map(negated));
    }
    const [first] = orders;
    const all = first === undefined ? [] : [...(this.#together.get(first) ?? [])];
    const together = all.find(({ by }) => by.has(own));
    if (together === undefined) return { ...noLess, pending, unbound };
    const worth = together.worth.minus(this.#worthOf(together, own));
    return { pending, unbound, worth, sides: together.sides };
  }

  #add(entry: Request): void {
    const orders = entry.intents.map((intent) => (isAmendment(intent) ? this.#meant(intent) : undefined));
    this.#of.set(entry, orders);
    for (const [index, order] of orders.entries()) {
      const intent = entry.intents[index];
      if (order !== undefined && intent !== undefined) order.by.set(entry, intent);
    }
    // What is placed beside counts with the worth of all.
    const worth = entry.intents.some(({ action }) => action === 'place')
      ? undefined
      : parseDecimal(entry.notional);
    const changed = [...new Set(orders.flatMap((order) => order ?? []))];
    if (worth !== undefined) this.#join(entry, changed, worth);
    for (const order of changed) this.#count(order);
  }

  #drop(entry: Request, orders: readonly (Amended<Request> | undefined)[]): void {
    this.#of.delete(entry);
    const left = new Set(orders.flatMap((each) => each ?? []));
    const ended = [...left].flatMap((order) => [...(this.#together.get(order) ?? [])]);
    for (const order of left) order.by.delete(entry);
    for (const together of ended) together.by.delete(entry);
    for (const order of left) this.#count(order);
    for (const together of ended)
      if (together.by.size === 0)
        for (const order of together.orders) this.#together.get(order)?.delete(together);
    for (const order of left) {
      this.#count(order);
      if (order.by.size > 0) continue;
      this.#together.delete(order);
      if (order.base !== undefined) this.#placed.get(order.base.request)?.delete(order);
    }
  }

  #join(entry: Request, orders: readonly Amended<Request>[], worth: Decimal): void {
    const [first] = orders;
    if (first === undefined) return;
    const known = [...(this.#together.get(first) ?? [])].find(
      (each) => each.orders.length === orders.length && orders.every((order) => each.orders.includes(order)),
    );
    const together = known ?? { orders, by: new Map(), worth: zero, sides: sidesOf(orders) };
    together.by.set(entry, worth);
    if (known !== undefined) return;
    for (const order of orders) {
      const all = this.#together.get(order);
      if (all === undefined) this.#together.set(order, new Set([together]));
      else all.add(together);
    }
  }

  /** The order that an amendment names, as it is known here already, or anew. */
  #meant(intent: IntentRecord): Amended<Request> {
    const found = this.#find((request, index) => isNamed(intent, request, index));
    if (found !== undefined) return found;
    const order: Amended<Request> = {
      base: this.#placedAs(intent),
      by: new Map(),
      isCanceled: false,
      pending: [],
      unbound: [],
    };
    const { base } = order;
    if (base !== undefined) {
      const siblings = this.#placed.get(base.request);
      if (siblings === undefined) this.#placed.set(base.request, new Set([order]));
      else siblings.add(order);
    }
    return order;
  }

  /** By what amended it, or by what placed it. */
  #find(isMeant: (request: Request, index: number) => boolean): Amended<Request> | undefined {
    for (const [request, orders] of this.#of)
      for (const [index, order] of orders.entries()) {
        if (order === undefined) continue;
        const { base } = order;
        if (isMeant(request, index) || (base !== undefined && isMeant(base.request, base.index)))
          return order;
      }
    return undefined;
  }

  #placedAs(named: IntentRecord): Amended<Request>['base'] {
    for (const request of this.#open())
      for (const [index, record] of request.intents.entries())
        if (record.action === 'place' && isNamed(named, request, index)) return { request, index, record };
    return undefined;
  }

  /** Counts an order, and what it was amended with, as they are now. */
  #count(order: Amended<Request>): void {
    const { pending, unbound } = this.#extraOf(order);
    sumUp(this.pending, order.pending, -1);
    sumUp(this.unbound, order.unbound, -1);
    Object.assign(order, { pending, unbound });
    sumUp(this.pending, pending, 1);
    sumUp(this.unbound, unbound, 1);
    for (const together of this.#together.get(order) ?? []) {
      const worth = this.#worthOf(together);
      const more = worth.minus(together.worth);
      together.worth = worth;
      this.notional = this.notional.plus(more);
      for (const side of together.sides) this.bySide[side] = this.bySide[side].plus(more);
    }
  }

  #extraOf(
    { base, by, isCanceled }: Amended<Request>,
    except?: Request,
  ): Pick<Amended<Request>, 'pending' | 'unbound'> {
    const most = new Map<string, { whole: IntentRecord; quantity: Decimal }>();
    for (const [request, intent] of by) {
      if (request === except) continue;
      const whole = wholeOf(intent, base);
      const quantity = totalOf(whole, base);
      const key = pendingKey(whole);
      if (quantity !== undefined && most.get(key)?.quantity.gte(quantity) !== true)
        most.set(key, { whole, quantity });
    }
    const { isOpen, isUnbound } = base === undefined ? nowhere : this.#shareOf(base.request);
    if (base !== undefined && !isOpen && isOver(base, by)) return nothing;
    const own = base && {
      key: pendingKey(base.record),
      quantity: parseDecimal(base.record.quantity?.value) ?? zero,
    };
    const beyond = (key: string, quantity: Decimal, isCounted: boolean) =>
      isCounted && own?.key === key ? quantity.minus(own.quantity) : quantity;
    const all = [...most];
    return {
      pending: all.flatMap(([key, { quantity }]) => above(key, beyond(key, quantity, isOpen))),
      unbound: all.flatMap(([key, { whole, quantity }]) =>
        isCanceled || !makesPosition(whole) || isHeldToReduce(whole)
          ? []
          : above(unboundKey(whole), beyond(key, quantity, isOpen && isUnbound)),
      ),
    };
  }

  /** What amendments of these orders were worth at most, beyond what the requests count that placed them. */
  #worthOf({ orders, by }: Together<Request>, except?: Request): Decimal {
    let most = zero;
    for (const [request, worth] of by) if (request !== except && worth.gt(most)) most = worth;
    const rest = most.minus(this.#countedOf(orders));
    return rest.gt(zero) ? rest : zero;
  }

  /** Of requests that placed none but these orders, which are amended together alone; else nothing can be told apart. */
  #countedOf(orders: readonly Amended<Request>[]): Decimal {
    let sum = zero;
    const requests = new Set<Request>();
    for (const order of orders) {
      const { base } = order;
      if (base === undefined || this.#together.get(order)?.size !== 1 || !this.#shareOf(base.request).isOpen)
        return zero;
      requests.add(base.request);
    }
    for (const request of requests) {
      const placed = standingRecords(request.intents).filter(({ action }) => action !== 'cancel');
      if (!placed.every((record) => orders.some(({ base }) => base?.record === record))) return zero;
      sum = sum.plus(parseDecimal(request.notional) ?? zero);
    }
    return sum;
  }
}

const nothing = { pending: [], unbound: [] };
const nowhere: BaseShare = { isOpen: false, isUnbound: false };

const isAmendment = ({ action }: IntentRecord): boolean => action === 'amend';

const copied = ([key, quantity]: Quantities[number]): [string, Decimal] => [key, quantity];
const negated = ([key, quantity]: Quantities[number]): [string, Decimal] => [key, zero.minus(quantity)];

function above(key: string, quantity: Decimal): Quantities {
  return quantity.gt(zero) ? [[key, quantity]] : [];
}

/** Whether what ended is the amended order itself: it is filled, or kept its number. Else another may be in its place. */
function isOver<Request extends Amending>(
  { request, index }: NonNullable<Amended<Request>['base']>,
  by: ReadonlyMap<Request, IntentRecord>,
): boolean {
  const told = request.outcomes?.[index];
  const isItself = ([amending, intent]: [Request, IntentRecord]): boolean => {
    const now = amending.outcomes?.[amending.intents.indexOf(intent)]?.venueOrderId;
    return now !== undefined && now === told?.venueOrderId;
  };
  return told?.state === 'filled' || [...by].every(isItself);
}

/** An amendment with what its order was placed with. */
function wholeOf(intent: IntentRecord, base: Amended<Amending>['base']): IntentRecord {
  if (base === undefined) return intent;
  const whole = { ...base.record, ...intent, instrument: base.record.instrument };
  const { quantity } = intent;
  // Without its instrument an amendment cannot tell contracts from coins.
  return base.record.quantity?.unit === 'contracts' && quantity?.unit === 'base'
    ? { ...whole, quantity: { ...quantity, unit: 'contracts' } }
    : whole;
}

/** In all: what shall stay open, and what is known to be filled. */
function totalOf(
  { quantity, isOpenQuantity }: IntentRecord,
  base: Amended<Amending>['base'],
): Decimal | undefined {
  const value = quantity && parseDecimal(quantity.value);
  if (isOpenQuantity !== true || base === undefined) return value;
  return value?.plus(parseDecimal(base.request.outcomes?.[base.index]?.filled) ?? zero);
}

/** Of an order whose side is not told, either. */
function sidesOf(orders: readonly Amended<Amending>[]): ReadonlySet<OrderSide> {
  const sides = orders.flatMap(({ base, by }) =>
    [...by.values()].map((intent) => wholeOf(intent, base).side),
  );
  return sides.includes(undefined) ? bothSides : new Set(sides.filter((side) => side !== undefined));
}
