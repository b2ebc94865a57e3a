// The one order vocabulary: a venue turns bytes into an OrderIntent, rules and ledger read it. guard/ and venues/ meet only here.
import type { Decimal } from './decimal.js';

export type OrderSide = 'buy' | 'sell';

/** Who sells what was bought, and the other way round. */
export const otherSide: Readonly<Record<OrderSide, OrderSide>> = { buy: 'sell', sell: 'buy' };

/** Of an account that holds long and short of one instrument apart: which of the two. */
export type PositionSide = 'long' | 'short';

/** `fok`, `ioc` and `post-only` are time in force, not types. */
export type OrderType =
  | 'market'
  | 'limit'
  | 'stop'
  | 'stop-limit'
  | 'take-profit'
  | 'take-profit-limit'
  | 'trailing-stop'
  | 'twap'
  /** Places orders of its own until it is stopped. */
  | 'bot'
  | 'other';

export type TimeInForce = 'gtc' | 'ioc' | 'fok' | 'gtd' | 'day' | 'post-only';

/** What a quantity counts. `contracts` need the instrument's multiplier before they are money. */
export type QuantityUnit = 'base' | 'quote' | 'contracts' | 'close-all';

export interface Quantity {
  value: Decimal;
  unit: QuantityUnit;
}

/** Which money an account or host moves. */
export type Environment = 'live' | 'demo' | 'paper';

export type MoneyMode = 'LIVE' | 'DEMO' | 'PAPER';

/** Members of a request by name, each followed by what it says; nested objects and lists are of the same form. */
export type AskedMembers = readonly (string | null | AskedMembers)[];

export interface OrderIntent {
  venue: string;
  account: string;
  /** The venue's own number of the account that the request names, where one key reaches several. */
  venueAccount?: string;
  moneyMode: MoneyMode;
  action: 'place' | 'amend' | 'cancel';
  /** The venue's own symbol, canonical spelling; empty where an amend or cancel names its order by id alone, or cancels all. */
  instrument: string;
  side?: OrderSide;
  /** Absent: of the one position that the account holds of it, or of no position at all. */
  positionSide?: PositionSide;
  type?: OrderType;
  timeInForce?: TimeInForce;
  quantity?: Quantity;
  /** Counted in base currency it makes a position all the same, as linear perpetuals do. Contracts always make one. */
  isDerivative?: true;
  /** Of an amendment: `quantity` is what shall stay open, on top of what is filled. Absent where it is the new total. */
  isOpenQuantity?: true;
  /** Limit price in quote currency. */
  price?: Decimal;
  /** Trigger price in quote currency. */
  trigger?: Decimal;
  reduceOnly?: boolean;
  /**
   * Only it or the order that it hangs on is filled, as of the two prices of one exit: the venue itself sees to that. A leg hangs on its
   * order, an order of the request on the last one before it that hangs on none.
   */
  isAlternative?: true;
  /** Of an order of the request: an exit of the last one before it that hangs on none, placed by the venue once that is filled. */
  isAttached?: true;
  leverage?: Decimal;
  /** Collateral at a leverage that the request does not name, in the venue's currency of it: `quantity` is absent, and the worth is not known. */
  margin?: Decimal;
  clientOrderId?: string;
  venueOrderId?: string;
  /** Of a cancel of what is none of these orders, as quotes: each field that names one, a space, and its id. Nothing asks for them. */
  cancels?: readonly string[];
  /** Attached or bracket orders; each is gated like an order of its own. */
  legs?: readonly OrderIntent[];
  /** What else the request asks for, in the venue's words, by the member's name: all that no other field says. */
  terms?: Readonly<Record<string, string>>;
  /** What the venue asked back about this order, which the request confirms: neutral text. A person decides on it where money is real. */
  question?: string;
  /** All that the request asks for, in one form whatever the order of its members: an approval binds it. Not recorded. */
  asks?: AskedMembers;
}

interface Sized {
  quantity?: { unit: string } | undefined;
  isDerivative?: true | undefined;
}

/** Whether the order makes or closes a position that the venue keeps, not a holding of coins or shares. */
export function makesPosition({ quantity, isDerivative }: Sized): boolean {
  return isDerivative === true || quantity?.unit === 'contracts' || quantity?.unit === 'close-all';
}

/** Whether it is counted in one of the two currencies of a pair. */
export function isSpot(order: Sized): boolean {
  return order.quantity !== undefined && !makesPosition(order);
}

/** Whether it says how much of a position it makes or closes, in the position's own unit. */
export function countsPosition({ quantity, isDerivative }: Sized): boolean {
  return quantity?.unit === 'contracts' || (isDerivative === true && quantity?.unit === 'base');
}

/**
 * Whether an order that names a position side can only reduce. Its direction says so, not the flag beside it: venues do not take one
 * there, or ignore it (OKX v5 reference "reduceOnly": "FUTURES/SWAP orders in net mode"; Binance "New Order": "Cannot be sent in Hedge
 * Mode").
 */
export function isReduceOnly(
  positionSide: PositionSide | undefined,
  side: OrderSide | undefined,
  flag: boolean | undefined,
): boolean | undefined {
  if (positionSide === undefined) return flag;
  return side === (positionSide === 'long' ? 'sell' : 'buy') ? true : undefined;
}

/** Whether what of it is not filled at once is gone: it never rests, and waits for no trigger. */
export function isImmediate({ type, timeInForce }: { type?: string; timeInForce?: string }): boolean {
  return type === 'market' || (type === 'limit' && (timeInForce === 'ioc' || timeInForce === 'fok'));
}

/** Whether the venue itself lets it do no more than close what is held: a flag that spot accounts ignore proves nothing there. */
export function isHeldToReduce(order: Sized & { reduceOnly?: boolean | undefined }): boolean {
  return order.quantity?.unit === 'close-all' || (order.reduceOnly === true && countsPosition(order));
}
