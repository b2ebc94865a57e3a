// Net positions in swaps, linear and inverse: size and cost are exact, the average price is only ever derived.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import { type Instrument, leverageOf, type SwapInstrument } from './instruments.js';

const zero = decimal('0');
const minusOne = decimal('-1');

/** Decimals kept of a divided cost and of margin; what is cut stays in the position, so nothing is lost. */
const costDecimals = 16;

export interface Position {
  /** Contracts, negative when short. */
  contracts: Decimal;
  /** Sum of what the fills cost (`costOf`), with the sign of `contracts`. */
  cost: Decimal;
  openedMs: number;
}

export interface Change {
  /** Undefined when the position is closed. */
  position: Position | undefined;
  /** Profit of the closed part in the settlement currency, before fees. */
  realized: Decimal;
}

/**
 * What so many units cost, before the contract's value: price times size; of inverse contracts, which are worth a sum of quote
 * currency, size by price, in coins, rounded half up. Times the contract's value it is an amount of the settlement currency.
 */
export function costOf(instrument: Instrument, price: Decimal, size: Decimal): Decimal {
  return isInverse(instrument) ? size.div(price).round(costDecimals) : price.times(size);
}

/** What so many contracts are worth at a price, in the settlement currency. */
export function worthOf(instrument: SwapInstrument, price: Decimal, contracts: Decimal): Decimal {
  return costOf(instrument, price, contracts).times(instrument.contractValue);
}

export function isInverse(instrument: Instrument): boolean {
  return instrument.kind === 'swap' && instrument.isInverse === true;
}

/** Profit of what cost `before` and is worth `after` now, both with the sign of the position. */
function profit(instrument: SwapInstrument, before: Decimal, after: Decimal): Decimal {
  // Coins get dearer to the holder of a sum of dollars in them when the price falls.
  const gain = isInverse(instrument) ? before.minus(after) : after.minus(before);
  return gain.times(instrument.contractValue);
}

/** What a fill makes of a position. */
export function applyToPosition(
  before: Position | undefined,
  instrument: SwapInstrument,
  fill: { side: OrderSide; price: Decimal; size: Decimal; atMs: number },
): Change {
  const cost = (size: Decimal) => costOf(instrument, fill.price, size);
  const change = fill.side === 'buy' ? fill.size : fill.size.times(minusOne);
  if (before === undefined) return { position: opened(change, cost(change), fill), realized: zero };
  const isSameWay = before.contracts.gt(zero) === change.gt(zero);
  if (isSameWay) {
    return {
      position: {
        ...before,
        contracts: before.contracts.plus(change),
        cost: before.cost.plus(cost(change)),
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
  const realized = profit(instrument, closedCost, cost(closed.times(sign)));
  const rest = change.plus(closed.times(sign));
  if (!rest.eq(zero)) return { position: opened(rest, cost(rest), fill), realized };
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

function opened(contracts: Decimal, cost: Decimal, fill: { atMs: number }): Position {
  return { contracts, cost, openedMs: fill.atMs };
}

/** Initial margin of a position, in the settlement currency. */
export function marginOf(position: Position | undefined, instrument: SwapInstrument): Decimal {
  return position === undefined ? zero : marginOfCost(position.cost.abs(), instrument);
}

/** Initial margin of what `costOf` gives, rounded up so that a hold never falls short. */
export function marginOfCost(cost: Decimal, instrument: SwapInstrument): Decimal {
  return cost.times(instrument.contractValue).div(leverageOf(instrument)).round(costDecimals, 3);
}

export function averagePrice({ contracts, cost }: Position, instrument: SwapInstrument): Decimal {
  return (isInverse(instrument) ? contracts.div(cost) : cost.div(contracts)).round(8, 2);
}

/** Profit of the open position at a price, in the settlement currency. */
export function unrealized(position: Position, instrument: SwapInstrument, price: Decimal): Decimal {
  return profit(instrument, position.cost, costOf(instrument, price, position.contracts));
}
