// Orders and fills of the paper exchange, as records; who changes them is the engine.
import type { Decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';

export type PaperTimeInForce = 'gtc' | 'ioc' | 'fok' | 'post-only';

export type TriggerMove = 'falls' | 'rises';

/** Which way the market goes to a stop, or to a take-profit, of this side. */
export const triggerMoveOf = (side: OrderSide, isTakeProfit: boolean): TriggerMove =>
  (side === 'sell') === isTakeProfit ? 'rises' : 'falls';

/** How far behind the best price since it began a trailing stop waits. */
export interface Trail {
  value: Decimal;
  /** `ratio`: of the best price, 0.01 for a hundredth. */
  unit: 'price' | 'ratio';
  /** It begins once the market is here; at once when absent. */
  activation?: Decimal;
}

/** An order as a dialect hands it in, already parsed. */
export interface NewOrder {
  symbol: string;
  side: OrderSide;
  /** Limit price; absent for market orders. */
  price?: Decimal;
  timeInForce: PaperTimeInForce;
  /** Base currency or contracts; or quote currency to spend or to receive, for spot market orders. */
  quantity: { value: Decimal; unit: 'size' | 'quote' };
  reduceOnly: boolean;
  clientId?: string;
  /** It waits, and holds nothing back, until the market stands here, as a stop does: at or below it for a sale, at or above it for a purchase. */
  trigger?: Decimal;
  /** Where the market has to go to reach the trigger, when it is not a stop's. */
  triggerMove?: TriggerMove;
  /** A trailing stop: its trigger follows the market. */
  trail?: Trail;
  /** An exit of the whole position, whatever that is: its size follows, and it ends with the position. Reduce-only. */
  closesPosition?: true;
  /** An exit of a part: never larger than what is left of the position, and ends with it. Reduce-only. */
  endsWithPosition?: true;
  /** Linked to a first order: as large as that was filled, less a fee in the coin bought, in whole lots, whatever `quantity` says. */
  isSizedByFirst?: true;
  /** Linked to a first order: no list has it before that starts it. */
  isUntold?: true;
  /** With a limit price: at the market instead, once that stands here. */
  orStop?: { trigger: Decimal; move: TriggerMove };
  /** What the dialect wants to see again: its own spelling of the order. */
  memo: Readonly<Record<string, string>>;
}

/** Orders placed as one. */
export interface LinkedOrders {
  /** Its whole fill starts the others, its end without one ends them; absent where they start at once. */
  first?: NewOrder;
  others: readonly NewOrder[];
  /** As soon as one of the others is triggered or filled in part, the rest of them end. */
  isOneOf: boolean;
  /** Where the first ends after a part of it was filled, that part starts the others, of no more than it. */
  startsWithPart?: true;
}

/** Orders that are filled together and whole, or not at all; in one settlement currency, each of another instrument, sizes whole. */
export interface CombinedOrders {
  legs: readonly NewOrder[];
  /** Most that one unit may cost, below zero for what it has to bring; any price when absent. */
  net?: Decimal;
}

export type OrderState = 'live' | 'partially-filled' | 'filled' | 'canceled';

/** Why the engine, not the client, ended an order. */
export type CancelReason =
  | 'by-client'
  | 'would-take'
  | 'not-filled-at-once'
  | 'rest-not-filled'
  | 'no-liquidity'
  | 'nothing-to-reduce'
  | 'insufficient-margin'
  | 'other-traded'
  | 'never-started'
  | 'replaced';

export interface PaperOrder extends Omit<NewOrder, 'price'> {
  id: string;
  /** Limit price; absent for what goes to the market. */
  price?: Decimal | undefined;
  state: OrderState;
  cancelReason?: CancelReason;
  /** Not in the market yet: until the first of its group is filled, or the market is at its trigger or at the group's net price. */
  waitsFor?: 'first' | 'trigger' | 'net' | undefined;
  /** The group that it was placed in. */
  link?: { id: string; isFirst: boolean; isOneOf: boolean; startsWithPart?: true };
  /** Of a trailing stop that has begun: the best price since then. */
  best?: Decimal;
  /** Base currency or contracts; for quote quantities, what was filled so far. */
  size: Decimal;
  filled: Decimal;
  /** Sum over the fills of price times size, of inverse contracts size by price (`costOf`). */
  cost: Decimal;
  /** Fees so far, zero or more, in `feeCurrency`. */
  fee: Decimal;
  feeCurrency: string;
  realized: Decimal;
  /** What the order holds back, and of which currency. */
  held: Decimal;
  heldCurrency: string;
  createdMs: number;
  updatedMs: number;
  /** The last second up to which the path was searched for a fill. */
  searchedSecond: number;
}

export interface PaperFill {
  id: string;
  orderId: string;
  clientId?: string;
  symbol: string;
  side: OrderSide;
  price: Decimal;
  /** Base currency or contracts. */
  size: Decimal;
  fee: Decimal;
  feeCurrency: string;
  isMaker: boolean;
  realized: Decimal;
  atMs: number;
  memo: Readonly<Record<string, string>>;
}

export type RejectCode =
  | 'INSTRUMENT_UNKNOWN'
  | 'PRICE_NOT_ON_TICK'
  | 'PRICE_TOO_HIGH'
  | 'PRICE_TOO_LOW'
  | 'SIZE_NOT_ON_LOT'
  | 'SIZE_TOO_SMALL'
  | 'SIZE_TOO_LARGE'
  | 'INSUFFICIENT_BALANCE'
  | 'NOTHING_TO_REDUCE'
  | 'CLIENT_ID_TAKEN'
  | 'TOO_MANY_ORDERS'
  | 'ORDER_UNKNOWN'
  | 'ORDER_DONE'
  | 'NO_CHANGE';

export type PlacedTogether =
  | { ok: true; id: string; orders: readonly PaperOrder[] }
  | { ok: false; code: RejectCode };

export type Placed = { ok: true; order: PaperOrder } | { ok: false; code: RejectCode };

export function isOpen(order: PaperOrder): boolean {
  return order.state === 'live' || order.state === 'partially-filled';
}

export function remaining(order: PaperOrder): Decimal {
  return order.size.minus(order.filled);
}
