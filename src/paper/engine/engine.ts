// The paper exchange's engine: accounts, time, and what may be asked of an order. Knows no venue.
import { type Decimal, decimal } from '../../core/decimal.js';
import { Account } from './account.js';
import { checkPrice, checkQuantity, checkSize, checkTick } from './checks.js';
import { CombinedBook } from './combined-orders.js';
import { cancel, Execution, reducible } from './execution.js';
import { findInstrument, type Instrument } from './instruments.js';
import { Market } from './market.js';
import {
  type CombinedOrders,
  isOpen,
  type LinkedOrders,
  type NewOrder,
  type PaperOrder,
  type Placed,
  type PlacedTogether,
  type RejectCode,
} from './orders.js';
import { Waiting } from './waiting.js';

const zero = decimal('0');
/** Resting orders that an account may have, with those that nobody is told of yet. */
const mostResting = 500;

export interface EngineOptions {
  seed: string;
  accounts: readonly string[];
  /** Made of the seed when absent. */
  market?: Market;
}

/** How a market in disorder meets one request. */
export interface Disorder {
  /** What an order takes at once of what it asks for, as if no more were offered. */
  takeShare?: Decimal;
  /** How old what is told of the market is, milliseconds. Only for what changes nothing. */
  behindMs?: number;
}

interface Deadline {
  account: Account;
  symbol: string | undefined;
  /** Milliseconds since the epoch. */
  atMs: number;
}

/** Times are milliseconds since the epoch; they never run backwards, whatever the caller's clock does. */
export class Engine {
  readonly market: Market;
  readonly #execution: Execution;
  readonly #combined: CombinedBook;
  readonly #waiting: Waiting;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #deadlines = new Map<string, Deadline>();
  #nowMs = 0;
  #sequence = 0n;

  constructor(options: EngineOptions) {
    this.market = options.market ?? new Market(options.seed);
    this.#execution = new Execution(this.market, () => this.#nextId());
    this.#combined = new CombinedBook(this.#execution);
    this.#waiting = new Waiting(this.market, this.#execution);
    this.#accounts = new Map(options.accounts.map((id) => [id, new Account(id)]));
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get second(): number {
    return Math.floor(this.#nowMs / 1000);
  }

  account(id: string): Account {
    const account = this.#accounts.get(id);
    if (account === undefined) throw new Error(`the paper exchange has no account ${id}`);
    return account;
  }

  /** Moves time on: resting orders that the path has reached are filled, in the order of their moments. */
  advance(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    const due = [...this.#deadlines].filter(([, { atMs }]) => atMs <= nowMs);
    for (const [key, { account, symbol, atMs }] of due.sort(([, one], [, other]) => one.atMs - other.atMs)) {
      this.#waiting.fillReached(account, Math.floor(atMs / 1000));
      this.#cancelAll(account, (order) => symbol === undefined || order.symbol === symbol, atMs);
      this.#deadlines.delete(key);
    }
    for (const account of this.#accounts.values())
      this.#waiting.fillReached(account, Math.floor(nowMs / 1000));
    this.#nowMs = nowMs;
    this.#combined.fill(nowMs);
  }

  /** Runs what one request asks for in a market in disorder. */
  under<Result>({ takeShare, behindMs = 0 }: Disorder, run: () => Result): Result {
    const nowMs = this.#nowMs;
    this.#execution.takeShare = takeShare;
    this.#nowMs = nowMs - behindMs;
    try {
      return run();
    } finally {
      this.#execution.takeShare = undefined;
      this.#nowMs = nowMs;
    }
  }

  /** Cancels everything, or all of a symbol, at `deadlineMs` unless called again before; undefined disarms. */
  setDeadline(accountId: string, deadlineMs: number | undefined, symbol?: string): void {
    const key = JSON.stringify([accountId, symbol]);
    if (deadlineMs === undefined) this.#deadlines.delete(key);
    else this.#deadlines.set(key, { account: this.account(accountId), symbol, atMs: deadlineMs });
  }

  place(accountId: string, request: NewOrder): Placed {
    const account = this.account(accountId);
    const instrument = findInstrument(request.symbol);
    if (instrument === undefined) return { ok: false, code: 'INSTRUMENT_UNKNOWN' };
    const rejected = this.#checkNew(account, instrument, request);
    if (rejected !== undefined) return { ok: false, code: rejected };
    const order = this.#newOrder(instrument, request);
    const refused = this.#waiting.begin(account, order, this.#nowMs);
    return refused === undefined ? { ok: true, order } : { ok: false, code: refused };
  }

  /** Places all of them or none. */
  placeLinked(accountId: string, { first, others, isOneOf, startsWithPart }: LinkedOrders): PlacedTogether {
    const account = this.account(accountId);
    const id = this.#nextId();
    const requests = first === undefined ? others : [first, ...others];
    const orders = this.#addTogether(account, requests, (request) => ({
      link: { id, isFirst: request === first, isOneOf, ...(startsWithPart && { startsWithPart }) },
      waitsFor: 'first',
      startsLater: first !== undefined && request !== first,
    }));
    if (typeof orders === 'string') return { ok: false, code: orders };
    for (const order of first === undefined ? orders : orders.slice(0, 1)) {
      if (!isOpen(order)) continue;
      const refused = this.#waiting.begin(account, order, this.#nowMs);
      if (refused === undefined) continue;
      for (const other of orders) account.forget(other);
      return { ok: false, code: refused };
    }
    return { ok: true, id, orders };
  }

  /** They wait, holding nothing back, until the market has their net price. */
  placeCombined(accountId: string, { legs, net }: CombinedOrders): PlacedTogether {
    const account = this.account(accountId);
    const id = this.#nextId();
    const link = { id, isFirst: false, isOneOf: false };
    const orders = this.#addTogether(account, legs, () => ({ link, waitsFor: 'net', startsLater: false }));
    if (typeof orders === 'string') return { ok: false, code: orders };
    this.#combined.add(id, account, orders, net);
    if (!this.#combined.isFunded(id, this.#nowMs)) {
      this.#combined.forget(id);
      for (const order of orders) account.forget(order);
      return { ok: false, code: 'INSUFFICIENT_BALANCE' };
    }
    this.#combined.fill(this.#nowMs);
    return { ok: true, id, orders };
  }

  /** All of them, waiting; none, and why, when one would be refused. */
  #addTogether(
    account: Account,
    requests: readonly NewOrder[],
    roleOf: (request: NewOrder) => Required<Pick<PaperOrder, 'link' | 'waitsFor'>> & { startsLater: boolean },
  ): readonly PaperOrder[] | RejectCode {
    const orders: PaperOrder[] = [];
    for (const request of requests) {
      const instrument = findInstrument(request.symbol);
      const { startsLater, ...role } = roleOf(request);
      if (instrument === undefined) return 'INSTRUMENT_UNKNOWN';
      const rejected = this.#checkNew(account, instrument, request, startsLater, orders.length);
      if (rejected !== undefined) return rejected;
      orders.push({ ...this.#newOrder(instrument, request), ...role });
    }
    for (const order of orders) account.add(order);
    return orders;
  }

  cancel(accountId: string, order: PaperOrder): RejectCode | undefined {
    if (!isOpen(order)) return 'ORDER_DONE';
    const account = this.account(accountId);
    cancel(account, order, 'by-client', this.#nowMs);
    this.#waiting.follow(account, order, this.#nowMs);
    return undefined;
  }

  /** Cancels what rests and matches, and what its end has started that does; returns those orders. */
  cancelAll(accountId: string, matches: (order: PaperOrder) => boolean): readonly PaperOrder[] {
    return this.#cancelAll(this.account(accountId), matches, this.#nowMs);
  }

  #cancelAll(account: Account, matches: (order: PaperOrder) => boolean, atMs: number): readonly PaperOrder[] {
    const found = new Set<PaperOrder>();
    for (;;) {
      const open = account.openOrders().filter(matches);
      if (open.length === 0) return [...found].filter(({ state }) => state === 'canceled');
      for (const order of open) {
        found.add(order);
        if (!isOpen(order)) continue;
        cancel(account, order, 'by-client', atMs);
        this.#waiting.follow(account, order, atMs);
      }
    }
  }

  /**
   * Changes total size, price or both of a resting order, which may fill at once; of one that waits its trigger, too, and its quantity in
   * the unit that it has. What follows a position or another order has no size of its own to change. A refused change leaves it as it was.
   */
  amend(
    accountId: string,
    order: PaperOrder,
    change: { size?: Decimal; price?: Decimal; trigger?: Decimal },
  ): RejectCode | undefined {
    const instrument = findInstrument(order.symbol);
    const { size: oldSize, price: oldPrice } = order;
    if (instrument === undefined || !isOpen(order)) return 'ORDER_DONE';
    if (order.waitsFor !== undefined) return this.#amendWaiting(accountId, instrument, order, change);
    if (oldPrice === undefined || change.trigger !== undefined) return 'ORDER_DONE';
    const size = change.size ?? oldSize;
    const price = change.price ?? oldPrice;
    if (size.eq(oldSize) && price.eq(oldPrice)) return 'NO_CHANGE';
    const last = this.market.last(instrument, this.second);
    const bounds = this.market.boundsOf(instrument);
    const rejected = checkSize(bounds, size) ?? checkPrice(bounds, order.side, price, last);
    if (rejected !== undefined) return rejected;
    if (size.lte(order.filled)) return 'SIZE_TOO_SMALL';
    Object.assign(order, { size, price });
    const refused = this.#execution.execute(this.account(accountId), instrument, order, this.#nowMs);
    if (refused !== undefined) Object.assign(order, { size: oldSize, price: oldPrice });
    else {
      if (isOpen(order)) Object.assign(order, { updatedMs: this.#nowMs, searchedSecond: this.second });
      this.#waiting.follow(this.account(accountId), order, this.#nowMs);
    }
    return refused;
  }

  #amendWaiting(
    accountId: string,
    instrument: Instrument,
    order: PaperOrder,
    { size, price = order.price, trigger = order.trigger }: Parameters<Engine['amend']>[2],
  ): RejectCode | undefined {
    // What trails has no trigger of its own, and of a combination the net price counts.
    const isFixed = order.trail === undefined && order.waitsFor !== 'net';
    if (!isFixed || (order.price === undefined) !== (price === undefined)) return 'ORDER_DONE';
    if ((order.trigger === undefined) !== (trigger === undefined)) return 'ORDER_DONE';
    const isSized =
      order.closesPosition === true || (order.isSizedByFirst === true && order.waitsFor === 'first');
    if (isSized && size?.eq(order.size) === false) return 'ORDER_DONE';
    const bounds = this.market.boundsOf(instrument);
    const last = trigger ?? this.market.last(instrument, this.second);
    const quantity = { ...order.quantity, ...(size && !isSized && { value: size }) };
    const rejected =
      (size && !isSized ? checkQuantity(bounds, quantity, last) : undefined) ??
      (price && checkPrice(bounds, order.side, price, last)) ??
      checkTick(bounds, trigger);
    if (rejected !== undefined) return rejected;
    // An exit of a size of its own follows its first order's no more.
    const isOwnSize = size !== undefined && order.waitsFor === 'first' && !size.eq(order.size);
    if (isOwnSize || order.quantity.unit === 'quote') order.quantity = quantity;
    if (size !== undefined && quantity.unit === 'size') order.size = size;
    Object.assign(order, { price, trigger, updatedMs: this.#nowMs, searchedSecond: this.second });
    this.#waiting.follow(this.account(accountId), order, this.#nowMs);
    return undefined;
  }

  /** `waits` for another order, whose fill may give it what there is to close; so many `before` it are placed together with it. */
  #checkNew(
    account: Account,
    instrument: Instrument,
    request: NewOrder,
    waits = false,
    before = 0,
  ): RejectCode | undefined {
    if (request.clientId !== undefined && account.hasClientId(request.clientId)) return 'CLIENT_ID_TAKEN';
    if (account.openCount + before >= mostResting) return 'TOO_MANY_ORDERS';
    const last = this.market.last(instrument, this.second);
    const bounds = this.market.boundsOf(instrument);
    const rejected =
      (request.isSizedByFirst === true ? undefined : checkQuantity(bounds, request.quantity, last)) ??
      (request.price === undefined
        ? undefined
        : checkPrice(bounds, request.side, request.price, request.trigger ?? last));
    if (rejected !== undefined) return rejected;
    const offTick = checkTick(bounds, request.trigger) ?? checkTick(bounds, request.trail?.activation);
    if (offTick !== undefined) return offTick;
    if (request.reduceOnly && !waits && reducible(account, instrument, request.side).lte(zero))
      return 'NOTHING_TO_REDUCE';
    return undefined;
  }

  #newOrder(instrument: Instrument, request: NewOrder): PaperOrder {
    const isBuy = request.side === 'buy';
    const spotFee = isBuy ? instrument.base : instrument.quote;
    const spotHeld = isBuy ? instrument.quote : instrument.base;
    return {
      ...request,
      id: this.#nextId(),
      state: 'live',
      size: request.quantity.unit === 'size' ? request.quantity.value : zero,
      filled: zero,
      cost: zero,
      fee: zero,
      feeCurrency: instrument.kind === 'swap' ? instrument.settle : spotFee,
      realized: zero,
      held: zero,
      heldCurrency: instrument.kind === 'swap' ? instrument.settle : spotHeld,
      createdMs: this.#nowMs,
      updatedMs: this.#nowMs,
      searchedSecond: this.second,
    };
  }

  /** Rising with time and unique: 19 digits, as venues make them. */
  #nextId(): string {
    this.#sequence += 1n;
    return ((BigInt(this.#nowMs) << 20n) + (this.#sequence & 0xfffffn)).toString();
  }
}
