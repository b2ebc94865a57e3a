// Orders that trade together at one net price or not at all: they wait until the market has it at a moment that the engine is moved to.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { Account } from './account.js';
import { cancel, type Execution } from './execution.js';
import { findInstrument, type Instrument } from './instruments.js';
import { totalCost, totalSize } from './matching.js';
import { isOpen, type PaperOrder } from './orders.js';

const zero = decimal('0');

interface Combination {
  account: Account;
  legs: readonly Leg[];
  /** Most that one unit may cost, below zero for what it has to bring; any price when absent. */
  net: Decimal | undefined;
}

interface Leg {
  order: PaperOrder;
  instrument: Instrument;
}

export class CombinedBook {
  readonly #waiting = new Map<string, Combination>();

  constructor(private readonly execution: Execution) {}

  add(id: string, account: Account, orders: readonly PaperOrder[], net: Decimal | undefined): void {
    const legs = orders.flatMap((order) => {
      const instrument = findInstrument(order.symbol);
      return instrument === undefined ? [] : [{ order, instrument }];
    });
    this.#waiting.set(id, { account, legs, net });
  }

  /** Whether the account could pay for it now. */
  isFunded(id: string, nowMs: number): boolean {
    const combination = this.#waiting.get(id);
    return combination === undefined || this.#isFunded(combination, nowMs);
  }

  forget(id: string): void {
    this.#waiting.delete(id);
  }

  /** Fills what the market has now; what was cancelled in part ends. */
  fill(nowMs: number): void {
    for (const [id, combination] of this.#waiting) {
      const { account, legs } = combination;
      const open = legs.filter(({ order }) => isOpen(order));
      const isWhole = open.length === legs.length;
      if (isWhole && !this.#isThere(combination, nowMs)) continue;
      this.#waiting.delete(id);
      const isFunded = this.#isFunded(combination, nowMs);
      // What is sold pays for what is bought.
      const [sales, purchases] = (['sell', 'buy'] as const).map((side) =>
        open.filter(({ order }) => order.side === side),
      );
      for (const { order, instrument } of [...(sales ?? []), ...(purchases ?? [])]) {
        if (!isWhole) cancel(account, order, 'by-client', nowMs);
        else if (!isFunded) cancel(account, order, 'insufficient-margin', nowMs);
        else {
          order.waitsFor = undefined;
          this.execution.execute(account, instrument, order, nowMs);
        }
      }
    }
  }

  #isThere({ account, legs, net }: Combination, nowMs: number): boolean {
    let cost = zero;
    for (const { order, instrument } of legs) {
      const { takes } = this.execution.preview(account, instrument, order, nowMs);
      if (totalSize(takes).lt(order.size)) return false;
      cost = order.side === 'buy' ? cost.plus(totalCost(takes)) : cost.minus(totalCost(takes));
    }
    return net === undefined || cost.lte(net.times(unitsOf(legs)));
  }

  #isFunded({ account, legs }: Combination, nowMs: number): boolean {
    const needed = legs.reduce<Decimal>(
      (sum, { order, instrument }) =>
        sum.plus(this.execution.preview(account, instrument, order, nowMs).needed),
      zero,
    );
    const currency = legs[0]?.order.heldCurrency ?? '';
    return account.ledger.available(currency).gte(needed);
  }
}

/** How many units the legs are: the greatest number that divides the sizes of all, which are whole. */
function unitsOf(legs: readonly Leg[]): Decimal {
  const divisor = (one: bigint, other: bigint): bigint => (other === 0n ? one : divisor(other, one % other));
  return decimal(
    legs.reduce((common, { order }) => divisor(common, BigInt(order.size.toFixed(0))), 0n).toString(),
  );
}
