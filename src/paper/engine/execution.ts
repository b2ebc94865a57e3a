// How an order meets the book: what it takes at once, what rests, what is given up, and how resting orders are filled.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import type { Account, ExecutedFill } from './account.js';
import { type Level, takenSide } from './book.js';
import type { Instrument } from './instruments.js';
import { floorTo, type Market } from './market.js';
import { takeFrom, totalCost, totalSize } from './matching.js';
import { type CancelReason, type PaperOrder, type RejectCode, remaining } from './orders.js';
import { isInverse } from './positions.js';

const zero = decimal('0');

export class Execution {
  /** What orders took from the synthetic book in one second, by symbol and side. */
  readonly #gone = new Map<string, { second: number; size: Decimal }>();

  /** What an order may take at once, of what it asks for; all of it where absent. */
  takeShare: Decimal | undefined;

  constructor(
    private readonly market: Market,
    private readonly nextId: () => string,
  ) {}

  /** Refuses for lack of funds before anything is changed; then takes from the book and rests or cancels the remainder. */
  execute(
    account: Account,
    instrument: Instrument,
    order: PaperOrder,
    nowMs: number,
  ): RejectCode | undefined {
    const second = Math.floor(nowMs / 1000);
    const takes = this.#takes(account, instrument, order, second);
    if (!isFunded(account, instrument, order, takes)) return 'INSUFFICIENT_BALANCE';
    account.add(order);
    if (order.timeInForce === 'post-only' && takes.length > 0) {
      cancel(account, order, 'would-take', nowMs);
      return undefined;
    }
    if (order.timeInForce === 'fok' && totalSize(takes).lt(wanted(account, instrument, order))) {
      cancel(account, order, 'not-filled-at-once', nowMs);
      return undefined;
    }
    account.setHold(order, zero);
    for (const take of takes) {
      account.book(order, instrument, { ...take, isMaker: false, atMs: nowMs, id: this.nextId() });
    }
    this.#take(instrument, order.side, second, totalSize(takes));
    finish(account, instrument, order, nowMs);
    return undefined;
  }

  /** Fills a resting order at its own price, as maker. */
  fillResting(account: Account, instrument: Instrument, order: PaperOrder, atMs: number): void {
    const size = wanted(account, instrument, order);
    if (order.price === undefined || size.lte(zero)) {
      cancel(account, order, 'nothing-to-reduce', atMs);
      return;
    }
    const fill: ExecutedFill = { price: order.price, size, isMaker: true, atMs, id: this.nextId() };
    if (instrument.kind === 'swap' && !account.canBear(order, instrument, fill)) {
      cancel(account, order, 'insufficient-margin', atMs);
      return;
    }
    account.setHold(order, zero);
    account.book(order, instrument, fill);
    if (remaining(order).eq(zero)) account.end(order, 'filled', atMs);
    else cancel(account, order, 'nothing-to-reduce', atMs);
  }

  /** What a market order would take now, and what the account would need for it. */
  preview(
    account: Account,
    instrument: Instrument,
    order: PaperOrder,
    nowMs: number,
  ): { takes: readonly Level[]; needed: Decimal } {
    const takes = this.#takes(account, instrument, order, Math.floor(nowMs / 1000));
    const price = dearest(instrument, order, takes);
    const needed =
      price === undefined ? zero : account.requiredHold(order, instrument, totalSize(takes), price);
    return { takes, needed };
  }

  #takes(account: Account, instrument: Instrument, order: PaperOrder, second: number): readonly Level[] {
    return takeFrom(this.market.levels(instrument, second, takenSide(order.side)), {
      side: order.side,
      limit: order.price,
      quantity:
        order.quantity.unit === 'quote'
          ? { value: this.#part(order.quantity.value), unit: 'quote' }
          : { value: this.#part(wanted(account, instrument, order), instrument.lotSize), unit: 'size' },
      lotSize: instrument.lotSize,
      gone: this.#goneOf(instrument, order.side, second),
    });
  }

  #part(value: Decimal, step?: Decimal): Decimal {
    if (this.takeShare === undefined) return value;
    const part = value.times(this.takeShare);
    return step === undefined ? part : floorTo(part, step);
  }

  #goneOf(instrument: Instrument, side: OrderSide, second: number): Decimal {
    const gone = this.#gone.get(`${instrument.symbol} ${side}`);
    return gone?.second === second ? gone.size : zero;
  }

  #take(instrument: Instrument, side: OrderSide, second: number, size: Decimal): void {
    const sum = this.#goneOf(instrument, side, second).plus(size);
    this.#gone.set(`${instrument.symbol} ${side}`, { second, size: sum });
  }
}

export function cancel(account: Account, order: PaperOrder, reason: CancelReason, atMs: number): void {
  order.cancelReason = reason;
  account.end(order, 'canceled', atMs);
}

/** Contracts that an order of this side could close. */
export function reducible(account: Account, instrument: Instrument, side: OrderSide): Decimal {
  const contracts = account.positions.get(instrument.symbol)?.contracts ?? zero;
  const signed = side === 'buy' ? zero.minus(contracts) : contracts;
  return signed.gt(zero) ? signed : zero;
}

/** What is still to fill, in base currency or contracts; a reduce-only order never wants more than there is to close. */
function wanted(account: Account, instrument: Instrument, order: PaperOrder): Decimal {
  const left = remaining(order);
  if (!order.reduceOnly) return left;
  const most = reducible(account, instrument, order.side);
  return left.lt(most) ? left : most;
}

function isFunded(
  account: Account,
  instrument: Instrument,
  order: PaperOrder,
  takes: readonly Level[],
): boolean {
  const free = account.ledger.available(order.heldCurrency).plus(order.held);
  if (instrument.kind === 'spot' && order.price === undefined) {
    if (order.side === 'buy')
      return free.gte(order.quantity.unit === 'quote' ? order.quantity.value : totalCost(takes));
    return free.gte(order.quantity.unit === 'quote' ? totalSize(takes) : remaining(order));
  }
  const size = order.price === undefined ? totalSize(takes) : remaining(order);
  const price = dearest(instrument, order, takes);
  return price === undefined || free.gte(account.requiredHold(order, instrument, size, price));
}

/** The price at which no fill costs more: takes come best first, the rest at the limit. Inverse contracts cost most when they are cheap. */
function dearest(instrument: Instrument, order: PaperOrder, takes: readonly Level[]): Decimal | undefined {
  const prices = [order.price, takes[0]?.price, takes.at(-1)?.price].filter((price) => price !== undefined);
  return prices.reduce<Decimal | undefined>(
    (most, price) =>
      most === undefined || (isInverse(instrument) ? price.lt(most) : price.gt(most)) ? price : most,
    undefined,
  );
}

/** Rests what is left of a limit order, ends any other. */
function finish(account: Account, instrument: Instrument, order: PaperOrder, nowMs: number): void {
  if (order.quantity.unit === 'quote') order.size = order.filled;
  if (order.filled.gt(zero) && order.filled.eq(order.size)) {
    account.end(order, 'filled', nowMs);
    return;
  }
  const reason = endOfRest(account, instrument, order);
  if (reason !== undefined) {
    cancel(account, order, reason, nowMs);
    return;
  }
  if (order.price !== undefined) {
    account.setHold(order, account.requiredHold(order, instrument, remaining(order), order.price));
  }
}

/** Why the rest of an order does not stay in the book; undefined when it does. */
function endOfRest(account: Account, instrument: Instrument, order: PaperOrder): CancelReason | undefined {
  if (order.price === undefined) return 'no-liquidity';
  if (order.timeInForce === 'ioc') return 'rest-not-filled';
  if (order.reduceOnly && wanted(account, instrument, order).eq(zero)) return 'nothing-to-reduce';
  const needed = account.requiredHold(order, instrument, remaining(order), order.price);
  return needed.gt(account.ledger.available(order.heldCurrency)) ? 'insufficient-margin' : undefined;
}
