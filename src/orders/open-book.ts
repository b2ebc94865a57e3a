// What the requests of which something may be filled yet add up to, kept as they come and go: a verdict costs the same however many rest.
import type { IntentRecord, OutcomeRecord } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import {
  countsPosition,
  isHeldToReduce,
  isImmediate,
  makesPosition,
  type OrderIntent,
  type OrderSide,
} from '../core/order.js';
import { areApart, type PositionName } from '../core/position.js';
import { AmendedOrders } from './amended-orders.js';
import { InFlight } from './in-flight.js';
import { fillableStates, type OrderState } from './lifecycle.js';
import { isCanceledBy, isTaken } from './named-order.js';
import { pendingKey, type Quantities, sumUp, unboundKey } from './open-quantities.js';
import { type HangingExit, hangingExits, withHanging } from './own-orders.js';

/** What is asked of a request. */
export interface OpenRequest {
  readonly state: OrderState;
  /** When it began, milliseconds since the epoch. */
  readonly changedMs: number;
  readonly intents: readonly IntentRecord[];
  /** What the venue told of each of its orders; absent before it told anything. */
  readonly outcomes?: readonly OutcomeRecord[];
  /** Ids under which it was sent. */
  readonly clientOrderIds?: readonly string[];
  /** Worth in quote currency when it was proposed. */
  readonly notional: string | undefined;
}

/** Sums over all such requests but one. */
export interface OpenSums {
  /** Quantity on its way or resting under a key of `pendingKey`. */
  pending(key: string): Decimal;
  /** What of it is surely about another position than this order's. Walks through all requests. */
  pendingApart(order: OrderIntent): Decimal;
  /**
   * Of a position, quantity to be bought or sold that the venue does not hold to reducing: it rests, waits for a trigger or was not
   * answered yet. Once the position is closed it opens another.
   */
  unbound(named: PositionName, side: OrderSide): Decimal;
  /** Orders to be placed. */
  count: number;
  /** What the requests that place were worth, quote currency. */
  notional: Decimal;
  /** The same of requests that hold an order of the side. */
  worthOf(side: OrderSide): Decimal;
  /** Whether one that places is in the symbol. */
  symbols: { has(symbol: string): boolean };
}

/** Of exits that outlive what they hang on: they count until the venue told that they are over. */
interface Hanging {
  pending: Quantities;
  unbound: Quantities;
}

/** What one request adds. */
interface Share {
  pending: Quantities;
  unbound: Quantities;
  /** The same of orders that are over with the venue's answer. */
  fleeting: Quantities;
  hanging: Hanging;
  count: number;
  notional: Decimal;
  sides: ReadonlySet<OrderSide | undefined>;
  /** The side of all its orders; undefined when they are of both, or when one does not say. */
  sole: OrderSide | undefined;
  symbols: readonly string[];
}

const zero = decimal('0');

export class OpenBook<Request extends OpenRequest> {
  readonly #shares = new Map<Request, Share>();
  readonly #pending = new Map<string, Decimal>();
  readonly #unbound = new Map<string, Decimal>();
  readonly #symbols = new Map<string, number>();
  #count = 0;
  #notional = zero;
  readonly #bySide = { buy: zero, sell: zero };
  /** Requests of orders of one side only. */
  readonly #sole = { buy: 0, sell: 0 };
  readonly inFlight = new InFlight<Request>();
  readonly #amended = new AmendedOrders<Request>(
    (request) => {
      const share = this.#shares.get(request);
      const isUnbound =
        share !== undefined &&
        [share.unbound, share.fleeting, share.hanging.unbound].some(({ length }) => length > 0);
      return { isOpen: share !== undefined, isUnbound };
    },
    () => this.#shares.keys(),
  );

  /** Takes a request's present state into account. */
  note(entry: Request): void {
    this.#noteShare(entry);
    this.#amended.note(entry, fillableStates.has(entry.state));
  }

  #noteShare(entry: Request): void {
    this.inFlight.note(entry);
    if (entry.state === 'acknowledged') this.#noteCancels(entry);
    let share = this.#shares.get(entry);
    const isOpen = fillableStates.has(entry.state);
    if (share !== undefined && !isOpen) {
      this.#shares.delete(entry);
      this.#add(share, -1);
      return;
    }
    if (share === undefined) {
      if (!isOpen) return;
      share = shareOf(entry);
      this.#shares.set(entry, share);
      this.#add(share, 1);
    }
    if (share.hanging !== noneHanging) {
      this.#hang(share.hanging, -1);
      share.hanging = hangingOf(hangingExits(entry));
      this.#hang(share.hanging, 1);
    }
    if (entry.state === 'acknowledged' && share.fleeting.length > 0) {
      sumUp(this.#unbound, share.fleeting, -1);
      share.fleeting = [];
    }
  }

  /**
   * A cancel that the venue acknowledged leaves nothing to open a position, though the order itself is asked about only later: else the
   * exit that comes right after would be refused. Of a request with several orders nothing is taken off.
   */
  #noteCancels(entry: Request): void {
    if (entry.outcomes?.some(isTaken) !== true) return;
    for (const [place, { action }] of entry.intents.entries()) {
      if (action !== 'cancel') continue;
      this.#amended.cancel(entry, place);
      if (this.#unbound.size === 0) continue;
      for (const [request, share] of this.#shares) {
        if (share.unbound.length !== 1 || request.intents.length !== 1) continue;
        if (request.intents[0]?.action !== 'place' || !isCanceledBy(entry, place, request, 0)) continue;
        sumUp(this.#unbound, share.unbound, -1);
        share.unbound = [];
      }
    }
  }

  /** The requests, oldest first, but for one, and for those that hold nothing but orders of a side. */
  others(own: Request | undefined, but?: OrderSide): Request[] {
    // All of one side, as a strategy's often are, is answered without a walk.
    if (but !== undefined && this.#sole[but] === this.#shares.size) return [];
    const others: Request[] = [];
    for (const [entry, { sole }] of this.#shares)
      if (entry !== own && (but === undefined || sole !== but)) others.push(entry);
    return others;
  }

  /** By how much amendments may have made orders under a key of `pendingKey` larger, in all. */
  grown(key: string): Decimal {
    return this.#amended.pending.get(key) ?? zero;
  }

  sumsBut(own: Request | undefined): OpenSums {
    const less = own && this.#shares.get(own);
    const amended = this.#amended;
    const lessAmended = own && amended.lessOf(own);
    const isOnlyOwn = (symbol: string) =>
      less?.symbols.includes(symbol) === true && this.#symbols.get(symbol) === 1;
    return {
      pending: (key) => {
        const sum = sumOf(key, this.#pending, [less?.pending, less?.hanging.pending]);
        return amended.pending.size === 0
          ? sum
          : sum.plus(sumOf(key, amended.pending, [lessAmended?.pending]));
      },
      pendingApart: (order) => {
        const key = pendingKey(order);
        let sum = zero;
        for (const each of this.others(own).flatMap(({ intents }) => withHanging(intents))) {
          if (each.action !== 'place' || pendingKey(each) !== key || !areApart(each, order)) continue;
          sum = sum.plus(quantityOf(each) ?? zero);
        }
        return sum;
      },
      unbound: (named, side) => {
        let sum = zero;
        for (const key of [unboundKey({ ...named, side }), unboundKey({ ...named, side: undefined })]) {
          sum = sum.plus(sumOf(key, this.#unbound, [less?.unbound, less?.fleeting, less?.hanging.unbound]));
          if (amended.unbound.size > 0) sum = sum.plus(sumOf(key, amended.unbound, [lessAmended?.unbound]));
        }
        return sum;
      },
      count: this.#count - (less?.count ?? 0),
      notional: this.#notional
        .plus(amended.notional)
        .minus(less?.notional ?? zero)
        .minus(lessAmended?.worth ?? zero),
      worthOf: (side) =>
        this.#bySide[side]
          .plus(amended.bySide[side])
          .minus(less?.sides.has(side) ? less.notional : zero)
          .minus(lessAmended?.sides.has(side) ? lessAmended.worth : zero),
      symbols: { has: (symbol) => this.#symbols.has(symbol) && !isOnlyOwn(symbol) },
    };
  }

  #hang({ pending, unbound }: Hanging, sign: 1 | -1): void {
    sumUp(this.#pending, pending, sign);
    sumUp(this.#unbound, unbound, sign);
  }

  #add(share: Share, sign: 1 | -1): void {
    const { pending, unbound, fleeting, hanging, count, notional, sides, sole, symbols } = share;
    if (sole !== undefined) this.#sole[sole] += sign;
    const signed = (value: Decimal) => (sign === 1 ? value : zero.minus(value));
    sumUp(this.#pending, pending, sign);
    sumUp(this.#unbound, unbound, sign);
    sumUp(this.#unbound, fleeting, sign);
    this.#hang(hanging, sign);
    for (const symbol of symbols) {
      const left = (this.#symbols.get(symbol) ?? 0) + sign;
      if (left === 0) this.#symbols.delete(symbol);
      else this.#symbols.set(symbol, left);
    }
    this.#count += sign * count;
    this.#notional = this.#notional.plus(signed(notional));
    for (const side of ['buy', 'sell'] as const)
      if (sides.has(side)) this.#bySide[side] = this.#bySide[side].plus(signed(notional));
  }
}

/** What stands under a key, without what a request adds to it. */
function sumOf(
  key: string,
  sums: ReadonlyMap<string, Decimal>,
  less: readonly (Quantities | undefined)[],
): Decimal {
  let sum = sums.get(key) ?? zero;
  for (const quantities of less)
    for (const [name, quantity] of quantities ?? []) if (name === key) sum = sum.minus(quantity);
  return sum;
}

/** Quantity of each of these orders that may open a position. */
function unboundOf(placing: readonly IntentRecord[]): Quantities {
  return placing.flatMap((intent) => {
    if (!makesPosition(intent) || isHeldToReduce(intent)) return [];
    return [[unboundKey(intent), quantityOf(intent) ?? zero] as const];
  });
}

const noneHanging: Hanging = { pending: [], unbound: [] };

function hangingOf(exits: readonly HangingExit[]): Hanging {
  const counted = exits.flatMap(({ record }) => (countsPosition(record) ? [record] : []));
  return counted.length === 0 ? noneHanging : { pending: pendingOf(counted), unbound: unboundOf(counted) };
}

function pendingOf(placing: readonly IntentRecord[]): Quantities {
  return placing.flatMap((intent) => {
    const quantity = quantityOf(intent);
    return quantity === undefined ? [] : [[pendingKey(intent), quantity] as const];
  });
}

function shareOf(request: OpenRequest): Share {
  const { intents: named, notional } = request;
  const intents = withHanging(named);
  const placing = intents.filter(({ action }) => action === 'place');
  const isPlacing = placing.length > 0;
  // An exit that hangs on another order of the request rests, too, once that is filled.
  const sides = new Set([...named, ...intents].map(({ side }) => side));
  const exits = hangingExits(request);
  const all = new Set([...sides, ...exits.map(({ record }) => record.side)]);
  const [sole] = all.size === 1 ? all : [];
  return {
    pending: pendingOf(placing),
    unbound: unboundOf(placing.filter((intent) => !isImmediate(intent))),
    fleeting: unboundOf(placing.filter(isImmediate)),
    hanging: hangingOf(exits),
    count: placing.length,
    notional: (isPlacing && notional !== undefined && parseDecimal(notional)) || zero,
    sides,
    sole,
    symbols: isPlacing ? [...new Set(intents.map(({ instrument }) => instrument))] : [],
  };
}

/** @throws Error when it is no plain decimal: the record is not one of ours. */
function quantityOf({ quantity }: IntentRecord): Decimal | undefined {
  return quantity === undefined ? undefined : decimal(quantity.value);
}
