// What waits, and for what: a price, fixed or trailing; the order that starts it; the position that it closes.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { Account } from './account.js';
import { cancel, type Execution, reducible } from './execution.js';
import { findInstrument, type Instrument } from './instruments.js';
import { floorTo, type Market } from './market.js';
import {
  isOpen,
  type PaperOrder,
  type RejectCode,
  type Trail,
  type TriggerMove,
  triggerMoveOf,
} from './orders.js';

const zero = decimal('0');

interface Reached {
  order: PaperOrder;
  instrument: Instrument;
  second: number;
}

export class Waiting {
  constructor(
    private readonly market: Market,
    private readonly execution: Execution,
  ) {}

  /** Lets an order into the market, or has it wait for its trigger. */
  begin(account: Account, order: PaperOrder, atMs: number): RejectCode | undefined {
    order.searchedSecond = Math.floor(atMs / 1000);
    const waits = order.trigger !== undefined || order.trail !== undefined;
    order.waitsFor = waits ? 'trigger' : undefined;
    order.updatedMs = atMs;
    if (!waits) return this.#enter(account, order, atMs);
    if (order.trail !== undefined) this.#beginTrail(order, order.trail);
    if (order.closesPosition === true) replaceExits(account, order, atMs);
    account.add(order);
    this.#sizeExit(account, order, atMs);
    return undefined;
  }

  /** What other orders do when one was filled, in part or whole, or has ended. */
  follow(account: Account, order: PaperOrder, atMs: number): void {
    this.#followLink(account, order, atMs);
    for (const other of account.openOrders())
      if (other.symbol === order.symbol) this.#sizeExit(account, other, atMs);
  }

  /** An exit of a position is as large as that, one of a part no larger, and ends with it. */
  #sizeExit(account: Account, exit: PaperOrder, atMs: number): void {
    const instrument = findInstrument(exit.symbol);
    const isExit = exit.closesPosition === true || exit.endsWithPosition === true;
    if (instrument === undefined || !isExit || exit.waitsFor !== 'trigger') return;
    const closable = reducible(account, instrument, exit.side);
    if (closable.gt(zero)) {
      if (exit.closesPosition === true || exit.size.gt(closable)) exit.size = closable;
    } else cancel(account, exit, 'nothing-to-reduce', atMs);
  }

  /** Fills what the path reached until a second, earliest first: each fill may change what the next can do. */
  fillReached(account: Account, until: number): void {
    for (;;) {
      const next = this.#nextReached(account, until);
      if (next === undefined) return;
      const { order, instrument, second } = next;
      if (order.waitsFor !== 'trigger' && this.#isStopped(order, instrument, second))
        this.#stop(account, order, second * 1000);
      else if (order.waitsFor !== 'trigger') {
        this.execution.fillResting(account, instrument, order, second * 1000);
        this.follow(account, order, second * 1000);
      } else if (order.trail !== undefined && order.best === undefined) {
        order.searchedSecond = second;
        moveTrail(order, order.trail, instrument, this.market.last(instrument, second));
      } else this.#trigger(account, order, second * 1000);
    }
  }

  #enter(account: Account, order: PaperOrder, atMs: number): RejectCode | undefined {
    const instrument = findInstrument(order.symbol);
    if (instrument === undefined) return 'INSTRUMENT_UNKNOWN';
    const refused = this.execution.execute(account, instrument, order, atMs);
    if (refused === undefined) this.follow(account, order, atMs);
    return refused;
  }

  #enterOrEnd(account: Account, order: PaperOrder, atMs: number): void {
    if (this.#enter(account, order, atMs) === undefined) return;
    cancel(account, order, 'insufficient-margin', atMs);
    this.follow(account, order, atMs);
  }

  /** The market is at its trigger: what it excludes ends first, for what that holds back may be what it needs. */
  #trigger(account: Account, order: PaperOrder, atMs: number): void {
    order.waitsFor = undefined;
    order.updatedMs = atMs;
    order.searchedSecond = Math.floor(atMs / 1000);
    endOthers(account, order, atMs);
    this.#enterOrEnd(account, order, atMs);
  }

  #isStopped({ orStop }: PaperOrder, instrument: Instrument, second: number): boolean {
    if (orStop === undefined) return false;
    return this.#firstAt(instrument, orStop.move, orStop.trigger, second, second) !== undefined;
  }

  /** Its limit counts no more: what is left of it goes to the market. */
  #stop(account: Account, order: PaperOrder, atMs: number): void {
    order.price = undefined;
    order.timeInForce = 'ioc';
    this.#enterOrEnd(account, order, atMs);
  }

  #followLink(account: Account, order: PaperOrder, atMs: number): void {
    const { link, state, filled } = order;
    if (link === undefined) return;
    if (!link.isFirst) {
      if (filled.gt(zero)) endOthers(account, order, atMs);
      return;
    }
    const isStarted = state === 'filled' || (link.startsWithPart === true && filled.gt(zero));
    for (const other of membersOf(account, link.id)) {
      // One that was begun just now may have ended this one.
      if (other.waitsFor !== 'first' || !isOpen(other)) continue;
      sizeByFirst(other, order);
      if (isOpen(order)) continue;
      if (!isStarted || other.size.lte(zero)) cancel(account, other, 'never-started', atMs);
      else if (this.begin(account, other, atMs) !== undefined)
        cancel(account, other, 'insufficient-margin', atMs);
    }
  }

  #beginTrail(order: PaperOrder, trail: Trail): void {
    const instrument = findInstrument(order.symbol);
    if (instrument === undefined) return;
    const last = this.market.last(instrument, order.searchedSecond);
    if (trail.activation === undefined) moveTrail(order, trail, instrument, last);
    else order.triggerMove = trail.activation.gt(last) ? 'rises' : 'falls';
  }

  #nextReached(account: Account, until: number): Reached | undefined {
    let earliest: Reached | undefined;
    for (const order of account.openOrders()) {
      const instrument = findInstrument(order.symbol);
      if (instrument === undefined || order.waitsFor === 'first' || order.waitsFor === 'net') continue;
      const limit = earliest === undefined ? until : earliest.second - 1;
      const second = this.#reach(order, instrument, limit);
      if (second !== undefined) earliest = { order, instrument, second };
    }
    const searched = earliest === undefined ? until : earliest.second - 1;
    for (const order of account.openOrders()) {
      if (order.searchedSecond >= searched) continue;
      if (order.waitsFor === 'trigger' && order.best !== undefined) this.#trailUntil(order, searched);
      order.searchedSecond = searched;
    }
    return earliest;
  }

  /** When the market is where the order trades, is triggered, or begins to trail. */
  #reach(order: PaperOrder, instrument: Instrument, until: number): number | undefined {
    const from = order.searchedSecond + 1;
    const { trail, best, price, trigger, side } = order;
    if (order.waitsFor !== 'trigger') {
      if (price === undefined) return undefined;
      const filled = this.market.firstReach(instrument, side, price, from, until);
      const { orStop } = order;
      if (orStop === undefined) return filled;
      return this.#firstAt(instrument, orStop.move, orStop.trigger, from, filled ?? until) ?? filled;
    }
    if (trail !== undefined && best !== undefined)
      return this.#trailReach(side, trail, instrument, best, from, until);
    const target = trail === undefined ? trigger : trail.activation;
    const move = order.triggerMove ?? triggerMoveOf(side, false);
    return target === undefined ? undefined : this.#firstAt(instrument, move, target, from, until);
  }

  /** Where the market falls to a trigger a resting purchase would be filled. */
  #firstAt(instrument: Instrument, move: TriggerMove, price: Decimal, from: number, until: number) {
    return this.market.firstReach(instrument, move === 'falls' ? 'buy' : 'sell', price, from, until);
  }

  /** From one best price to the next, until the market comes back to the trigger of one. */
  #trailReach(
    side: PaperOrder['side'],
    trail: Trail,
    instrument: Instrument,
    first: Decimal,
    from: number,
    until: number,
  ): number | undefined {
    const [back, on] = side === 'sell' ? (['falls', 'rises'] as const) : (['rises', 'falls'] as const);
    // A last price beyond the best is a bid or an ask at it: half the spread away.
    const spread = instrument.tickSize.times(decimal(instrument.halfSpreadTicks.toString()));
    const step = instrument.tickSize.minus(spread);
    let best = first;
    for (let start = from; start <= until; ) {
      const hit = this.#firstAt(instrument, back, triggerBehind(side, trail, instrument, best), start, until);
      const beyond = side === 'sell' ? best.plus(step) : best.minus(step);
      const record = this.#firstAt(instrument, on, beyond, start, (hit ?? until + 1) - 1);
      if (record === undefined) return hit;
      best = better(side, best, this.market.last(instrument, record));
      start = record + 1;
    }
    return undefined;
  }

  #trailUntil(order: PaperOrder, second: number): void {
    const instrument = findInstrument(order.symbol);
    if (instrument === undefined || order.trail === undefined || order.best === undefined) return;
    const { high, low } = this.market.candle(instrument, order.searchedSecond + 1, second);
    moveTrail(
      order,
      order.trail,
      instrument,
      better(order.side, order.best, order.side === 'sell' ? high : low),
    );
  }
}

const better = (side: PaperOrder['side'], one: Decimal, other: Decimal): Decimal =>
  (side === 'sell') === other.gt(one) ? other : one;

function triggerBehind(
  side: PaperOrder['side'],
  { value, unit }: Trail,
  instrument: Instrument,
  best: Decimal,
): Decimal {
  const away = unit === 'price' ? value : best.times(value);
  return floorTo(side === 'sell' ? best.minus(away) : best.plus(away), instrument.tickSize);
}

function moveTrail(order: PaperOrder, trail: Trail, instrument: Instrument, best: Decimal): void {
  order.best = best;
  order.trigger = triggerBehind(order.side, trail, instrument, best);
  order.triggerMove = triggerMoveOf(order.side, false);
}

/** Of the exits that close a whole position there is one of each kind, wherever a trailing one begins: the newest. */
function replaceExits(account: Account, order: PaperOrder, atMs: number): void {
  const kindOf = ({ symbol, side, triggerMove, trail }: PaperOrder) =>
    [symbol, side, trail === undefined ? triggerMove : 'trails'].join();
  for (const other of account.openOrders())
    if (
      other.id !== order.id &&
      other.closesPosition === true &&
      other.waitsFor === 'trigger' &&
      kindOf(other) === kindOf(order)
    )
      cancel(account, other, 'replaced', atMs);
}

function endOthers(account: Account, { id, link }: PaperOrder, atMs: number): void {
  if (link === undefined || link.isFirst || !link.isOneOf) return;
  for (const other of membersOf(account, link.id))
    if (other.id !== id && other.link?.isFirst === false) cancel(account, other, 'other-traded', atMs);
}

/** An exit that was placed as large as its first order, or is counted by that, stays so: of its size while it is open, then of its fill. */
function sizeByFirst(exit: PaperOrder, first: PaperOrder): void {
  const { isSizedByFirst = false } = exit;
  const isLarger = first.state === 'canceled' && exit.size.gt(first.filled);
  if (!isLarger && !isSizedByFirst && !isOfItsSize(exit, first)) return;
  if (isOpen(first)) exit.size = first.size;
  else {
    exit.size = isSizedByFirst ? receivedOf(first) : first.filled;
    exit.quantity = { value: exit.size, unit: 'size' };
  }
}

const isOfItsSize = (exit: PaperOrder, { symbol, side, quantity }: PaperOrder): boolean =>
  exit.symbol === symbol &&
  exit.side !== side &&
  exit.quantity.unit === quantity.unit &&
  exit.quantity.value.eq(quantity.value);

/** What there is to sell again, in whole lots: the fee of a purchase comes out of the coins. */
function receivedOf({ symbol, filled, fee, feeCurrency }: PaperOrder): Decimal {
  const instrument = findInstrument(symbol);
  const isOfBase = instrument?.kind === 'spot' && feeCurrency === instrument.base;
  return isOfBase ? floorTo(filled.minus(fee), instrument.lotSize) : filled;
}

/** Those of a group that have not ended. */
function membersOf(account: Account, linkId: string): readonly PaperOrder[] {
  return account.group(linkId).filter(isOpen);
}
