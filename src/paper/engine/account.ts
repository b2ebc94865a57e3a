// One account of the paper exchange: its ledger, positions, orders and fills, and what a fill does to them.
import { type Decimal, decimal } from '../../core/decimal.js';
import { type Instrument, openingBalances } from './instruments.js';
import { Ledger } from './ledger.js';
import { isOpen, type PaperFill, type PaperOrder } from './orders.js';
import { applyToPosition, costOf, marginOf, marginOfCost, type Position } from './positions.js';

const zero = decimal('0');
/** Ended orders and fills that are remembered. */
const historySize = 5000;

export interface ExecutedFill {
  price: Decimal;
  size: Decimal;
  isMaker: boolean;
  atMs: number;
  id: string;
}

const isTold = ({ isUntold, waitsFor }: PaperOrder): boolean => isUntold !== true || waitsFor !== 'first';

export class Account {
  readonly ledger = new Ledger(openingBalances);
  readonly positions = new Map<string, Position>();
  readonly fills: PaperFill[] = [];
  readonly #orders = new Map<string, PaperOrder>();
  readonly #byClientId = new Map<string, string>();
  readonly #open = new Set<string>();

  constructor(readonly id: string) {}

  /** Oldest first; without those that nobody is told of yet. */
  orders(): readonly PaperOrder[] {
    return [...this.#orders.values()].filter(isTold);
  }

  openOrders(): readonly PaperOrder[] {
    return [...this.#open].flatMap((id) => this.#orders.get(id) ?? []).filter(isTold);
  }

  /** With those that nobody is told of yet. */
  get openCount(): number {
    return this.#open.size;
  }

  /** All that were placed together, oldest first. */
  group(linkId: string): readonly PaperOrder[] {
    return [...this.#orders.values()].filter(({ link }) => link?.id === linkId);
  }

  find(ids: { id?: string; clientId?: string }): PaperOrder | undefined {
    const id = ids.id ?? (ids.clientId === undefined ? undefined : this.#byClientId.get(ids.clientId));
    return id === undefined ? undefined : this.#orders.get(id);
  }

  hasClientId(clientId: string): boolean {
    return this.#byClientId.has(clientId);
  }

  add(order: PaperOrder): void {
    this.#orders.set(order.id, order);
    if (order.clientId !== undefined) this.#byClientId.set(order.clientId, order.id);
    if (isOpen(order)) this.#open.add(order.id);
    for (const [id, old] of this.#orders) {
      if (this.#orders.size <= historySize) break;
      if (isOpen(old)) continue;
      this.#orders.delete(id);
      if (old.clientId !== undefined) this.#byClientId.delete(old.clientId);
    }
  }

  /** Takes an order back that was placed with one that is refused; what it has traded by then stays. */
  forget(order: PaperOrder): void {
    if (order.filled.gt(zero)) return;
    this.setHold(order, zero);
    this.#open.delete(order.id);
    this.#orders.delete(order.id);
    const { clientId } = order;
    if (clientId !== undefined && this.#byClientId.get(clientId) === order.id)
      this.#byClientId.delete(clientId);
  }

  /** Holds exactly `amount` for the order from now on. */
  setHold(order: PaperOrder, amount: Decimal): void {
    this.ledger.release(order.heldCurrency, order.held);
    this.ledger.hold(order.heldCurrency, amount);
    order.held = amount;
  }

  end(order: PaperOrder, state: 'filled' | 'canceled', atMs: number): void {
    this.setHold(order, zero);
    order.state = state;
    order.updatedMs = atMs;
    this.#open.delete(order.id);
  }

  /**
   * What `size` of an order needs at `price` or better: quote for a spot buy, base for a spot sell; for a swap, margin and
   * fee of the part that opens something new. Closing needs nothing: it frees more than it can lose (see instruments.ts).
   */
  requiredHold(order: PaperOrder, instrument: Instrument, size: Decimal, price: Decimal): Decimal {
    if (instrument.kind === 'spot') return order.side === 'buy' ? price.times(size) : size;
    if (order.reduceOnly) return zero;
    const cost = costOf(instrument, price, this.#openingPart(order, instrument.symbol, size));
    return marginOfCost(cost, instrument).plus(
      cost.times(instrument.contractValue).times(instrument.takerFee),
    );
  }

  /** The part of a swap order that the position and the other resting orders of its side leave to open something new. */
  #openingPart(order: PaperOrder, symbol: string, size: Decimal): Decimal {
    const position = this.positions.get(symbol);
    if (position === undefined || position.contracts.gt(zero) === (order.side === 'buy')) return size;
    const resting = this.openOrders()
      .filter(
        (other) =>
          other.id !== order.id &&
          other.waitsFor === undefined &&
          other.symbol === symbol &&
          other.side === order.side,
      )
      .reduce((sum, other) => sum.plus(other.size.minus(other.filled)), zero);
    const closable = position.contracts.abs().minus(resting);
    if (closable.lte(zero)) return size;
    return closable.gte(size) ? zero : size.minus(closable);
  }

  /** Books one fill. The order's hold must already be down to what its rest needs. */
  book(order: PaperOrder, instrument: Instrument, fill: ExecutedFill): PaperFill {
    const rate = fill.isMaker ? instrument.makerFee : instrument.takerFee;
    const { fee, realized } =
      instrument.kind === 'spot'
        ? this.#bookSpot(order, instrument, fill, rate)
        : this.#bookSwap(order, instrument, fill, rate);
    order.filled = order.filled.plus(fill.size);
    order.cost = order.cost.plus(costOf(instrument, fill.price, fill.size));
    order.fee = order.fee.plus(fee);
    order.realized = order.realized.plus(realized);
    order.updatedMs = fill.atMs;
    order.state = 'partially-filled';
    const record: PaperFill = {
      ...fill,
      orderId: order.id,
      ...(order.clientId === undefined ? {} : { clientId: order.clientId }),
      symbol: order.symbol,
      side: order.side,
      fee,
      feeCurrency: order.feeCurrency,
      realized,
      memo: order.memo,
    };
    this.fills.push(record);
    if (this.fills.length > historySize) this.fills.shift();
    return record;
  }

  /** The fee comes out of what the trade brings in. */
  #bookSpot(
    order: PaperOrder,
    instrument: Instrument & { kind: 'spot' },
    fill: ExecutedFill,
    rate: Decimal,
  ): { fee: Decimal; realized: Decimal } {
    const cost = fill.price.times(fill.size);
    const isBuy = order.side === 'buy';
    const received = isBuy ? fill.size : cost;
    const fee = received.times(rate);
    this.ledger.debit(isBuy ? instrument.quote : instrument.base, isBuy ? cost : fill.size);
    this.ledger.credit(isBuy ? instrument.base : instrument.quote, received.minus(fee));
    return { fee, realized: zero };
  }

  #bookSwap(
    order: PaperOrder,
    instrument: Instrument & { kind: 'swap' },
    fill: ExecutedFill,
    rate: Decimal,
  ): { fee: Decimal; realized: Decimal } {
    const { settle, symbol } = instrument;
    const before = this.positions.get(symbol);
    const { position, realized } = applyToPosition(before, instrument, { ...fill, side: order.side });
    const fee = costOf(instrument, fill.price, fill.size).times(instrument.contractValue).times(rate);
    const gain = realized.minus(fee);
    this.ledger.release(settle, marginOf(before, instrument));
    if (gain.gt(zero)) this.ledger.credit(settle, gain);
    else this.ledger.debit(settle, gain.abs());
    this.ledger.hold(settle, marginOf(position, instrument));
    if (position === undefined) this.positions.delete(symbol);
    else this.positions.set(symbol, position);
    return { fee, realized };
  }

  /** Whether the account can bear a swap fill: margin of what it opens, and the fee. */
  canBear(order: PaperOrder, instrument: Instrument & { kind: 'swap' }, fill: ExecutedFill): boolean {
    const before = this.positions.get(instrument.symbol);
    const { position, realized } = applyToPosition(before, instrument, { ...fill, side: order.side });
    const cost = costOf(instrument, fill.price, fill.size);
    const fee = cost.times(instrument.contractValue).times(instrument.takerFee);
    const free = this.ledger.available(instrument.settle).plus(order.held);
    const margin = marginOf(position, instrument).minus(marginOf(before, instrument));
    return free.plus(realized).minus(fee).gte(margin);
  }
}
