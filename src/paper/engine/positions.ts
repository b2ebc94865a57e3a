// Net positions in linear swaps: size and cost are exact, the average price is only ever derived.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import { leverage, type SwapInstrument } from './instruments.js';

const zero = decimal('0');
const minusOne = decimal('-1');

/** Decimals kept of a divided cost and of margin; what is cut stays in the position, so nothing is lost. */
const costDecimals = 16;

export interface Position {
  /** Contracts, negative when short. */
  contracts: Decimal;
  /** Sum of price times contracts, with the sign of `contracts`. */
  cost: Decimal;
  openedMs: number;
}

export interface Change {
  /** Undefined when the position is closed. */
  position: Position | undefined;
  /** Profit of the closed part in the settlement currency, before fees. */
  realized: Decimal;
}

/** What a fill makes of a position. */
export function applyToPosition(
  before: Position | undefined,
  instrument: SwapInstrument,
  fill: { side: OrderSide; price: Decimal; size: Decimal; atMs: number },
): Change {
  const change = fill.side === 'buy' ? fill.size : fill.size.times(minusOne);
  if (before === undefined) return { position: opened(change, fill), realized: zero };
  const isSameWay = before.contracts.gt(zero) === change.gt(zero);
  if (isSameWay) {
    return {
      position: {
        ...before,
        contracts: before.contracts.plus(change),
        cost: before.cost.plus(fill.price.times(change)),
      },
      realized: zero,
    };
  }
  const held = before.contracts.abs();
  const closed = fill.size.lt(held) ? fill.size : held;
  const closedCost = closed.eq(held)
    ? before.cost
    : before.cost.times(closed).div(held).round(costDecimals, 0);
  const sign = before.contracts.gt(zero) ? decimal('1') : minusOne;
  const proceeds = fill.price.times(closed).times(sign);
  const realized = proceeds.minus(closedCost).times(instrument.contractValue);
  const rest = change.plus(closed.times(sign));
  if (!rest.eq(zero)) return { position: opened(rest, fill), realized };
  if (closed.eq(held)) return { position: undefined, realized };
  return {
    position: {
      ...before,
      contracts: before.contracts.minus(closed.times(sign)),
      cost: before.cost.minus(closedCost),
    },
    realized,
  };
}

function opened(contracts: Decimal, fill: { price: Decimal; atMs: number }): Position {
  return { contracts, cost: fill.price.times(contracts), openedMs: fill.atMs };
}

/** Initial margin of a position, in the settlement currency. */
export function marginOf(position: Position | undefined, instrument: SwapInstrument): Decimal {
  return position === undefined ? zero : marginOfCost(position.cost.abs(), instrument);
}

/** Initial margin of price times contracts, rounded up so that a hold never falls short. */
export function marginOfCost(cost: Decimal, instrument: SwapInstrument): Decimal {
  return cost.times(instrument.contractValue).div(leverage).round(costDecimals, 3);
}

export function averagePrice(position: Position): Decimal {
  return position.cost.div(position.contracts).round(8, 2);
}

/** Profit of the open position at a price, in the settlement currency. */
export function unrealized(position: Position, instrument: SwapInstrument, price: Decimal): Decimal {
  return price.times(position.contracts).minus(position.cost).times(instrument.contractValue);
}
