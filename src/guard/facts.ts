// What the rules judge: one order request with everything known about the account and the market. Plain values; nothing is asked for.
import type { Decimal } from '../core/decimal.js';
import type { OrderIntent, OrderSide } from '../core/order.js';

/** A price of the instrument that does not come from the order. */
export interface Reference {
  /** Quote currency. */
  last: Decimal;
  bid?: Decimal;
  ask?: Decimal;
  /** Milliseconds since it was learned. */
  ageMs: number;
}

/** What is offered at one price; the size in the unit of orders: base currency or contracts. */
export interface Level {
  price: Decimal;
  size: Decimal;
}

/** The order book as the venue told it, each side best first. */
export interface MarketBook {
  bids: readonly Level[];
  asks: readonly Level[];
  /** Milliseconds since it was learned. */
  ageMs: number;
}

/** What a spot account holds of the two currencies of an order; members are undefined where the venue did not tell. */
export interface SpotFacts {
  /** Of the base currency, what resting orders lock included. */
  held: Decimal | undefined;
  /** Of it without them, and without what sales on their way spend. */
  free: Decimal | undefined;
  /** Free of the quote currency, less what purchases on their way spend, and which it is. */
  cash: Decimal | undefined;
  quote: string;
  /** What the order can cost at most, quote currency. */
  cost: Decimal | undefined;
}

/** One order of a request, attached legs included, each as an order of its own. */
export interface OrderFacts {
  intent: OrderIntent;
  /** True for an attached order that can fill nothing on top of the one it hangs on: its exit or its alternative. */
  isLeg: boolean;
  /** What it can cost or bring at most, in the currency of the limits; undefined when no price, contract size or rate is at hand. */
  notional: Decimal | undefined;
  reference: Reference | undefined;
  /** Absent when it is not known. */
  book?: MarketBook | undefined;
  /** The lowest and the highest trade of the minutes that the rule wants; absent when they are not known. */
  range?: { low: Decimal; high: Decimal } | undefined;
  /** Signed position in the unit of the order; undefined where it is not known, as on spot accounts. */
  position: Decimal | undefined;
  /** In the symbol, held or on its way where the order cannot reach it, in another account of the key or margin mode; absent: nothing. */
  apart?: Decimal;
  /** Of an order on spot, where a rule asked for balances and the venue tells them. */
  spot?: SpotFacts | undefined;
  /** Quantity of the same symbol and side that is on its way or rests already, in the unit of the order. */
  pending: Decimal;
  /** Of what is on its way or rests against the position, the quantity that the venue does not hold to reducing. */
  unbound: Decimal;
  /** True when it can only make a known position smaller: an exit. */
  isReducing: boolean;
}

/** What an account's own fills won and lost, before fees, as far as the venue has told of them. */
export interface ResultFacts {
  /** By symbol: in quote currency, of contracts for a multiplier of 1, and `inverse` what it is if they are inverse. */
  realisedSince(
    sinceMs: number,
  ): readonly { instrument: string; isContracts: boolean; amount: Decimal; inverse?: Decimal | undefined }[];
  /** Orders that closed at a loss since the last that won, or since a human let the account trade again. */
  lossesInRow(): number;
  /** When something of a position in the symbol was last closed, milliseconds since the epoch. */
  lastCloseOf(symbol: string): number | undefined;
  /** When an order last closed at a loss, milliseconds since the epoch. */
  lastLossMs: number | undefined;
  /** When something was filled or could be whose result is not told, as of triggers and legs; a human's look ends it. */
  unknownMs: number | undefined;
}

/** What the fills of an account cost, in quote currency, as far as the venue has told of them. */
export interface FeeFacts {
  paidSince(sinceMs: number): readonly { instrument: string; amount: Decimal }[];
  /** True when something was filled whose fee is not told, or told in a currency of its own. */
  isUntoldSince(sinceMs: number): boolean;
}

/** What an account was worth, US dollars, as far as the venue was asked. */
export interface EquityFacts {
  /** The most since a human last let the account trade again; undefined when it was never told. */
  peak: Decimal | undefined;
  /** At the start of a day: the last that was told within the day before, else the first since. */
  atStart(sinceMs: number): Decimal | undefined;
}

/** What an account did, as counted from its journal. */
export interface ActivityFacts {
  /** Orders that were allowed or held since an instant, milliseconds since the epoch; of cancels, the orders that they name. */
  countSince(sinceMs: number, kind: 'place' | 'amend' | 'cancel'): number;
  /** Orders of which something was first filled since an instant. */
  fillsSince(sinceMs: number): number;
  /** Worth of the requests that may have reached the venue, or still may, since an instant. */
  notionalSince(sinceMs: number): Decimal;
  /** The same of one symbol and side. */
  notionalOf(symbol: string, side: string, sinceMs: number): Decimal;
  /** When a request of these very orders was last let through or held; undefined when never. */
  lastSame(likeness: string): number | undefined;
  /** When an order of the symbol was last let through or held. */
  lastOf(symbol: string): number | undefined;
  /** The same of one side. */
  lastOn(symbol: string, side: string): number | undefined;
  results: ResultFacts;
  fees: FeeFacts;
  equity: EquityFacts;
  /** When a human last let the account trade again, milliseconds since the epoch; 0 when never. */
  rearmedMs: number;
  /** Orders that the venue ever accepted. */
  accepted: number;
}

/** The currency that the guardrails name for their amounts. */
export interface LimitCurrency {
  name: string;
  /** What one unit of another currency is worth in it; undefined when the venue tells no rate. */
  rateOf(currency: string): Decimal | undefined;
}

export interface Facts {
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** Digest of what is traded alone. */
  likeness: string;
  /** What is placed or amended; cancels are never judged. */
  orders: readonly OrderFacts[];
  activity: ActivityFacts;
  /** Requests whose orders may rest at the venue, and what those are worth. */
  open: {
    count: number;
    notional: Decimal;
    symbols: { has(symbol: string): boolean };
    /** The same of one side; a request of both sides counts whole for each. */
    worthOf(side: OrderSide): Decimal;
    /**
     * Each order that may rest, amendments as orders of their own: either price may be the one that counts. Orders of the side `but`
     * may be left out.
     */
    orders(but?: OrderSide): readonly OrderIntent[];
  };
  /** What one contract of the symbol stands for; undefined when it is not known. */
  termsOf(symbol: string): { multiplier: Decimal; isInverse: boolean; quote: string } | undefined;
  /** What the account is worth in US dollars, open profits and losses included; undefined when the venue did not tell. */
  equity: Decimal | undefined;
  /** The account only reduces, and these are sales of coins or shares, or purchases of what was sold short, within what is held. */
  isDisposal?: boolean;
  /** Of the limits, of `notional` and of both exposures; absent: each amount is in the quote currency of its instrument. */
  currency?: LimitCurrency;
  /** Absolute worth of all known positions in the currency of the limits; undefined when one of them cannot be priced. */
  grossExposure: Decimal | undefined;
  /** The same, short positions against long ones: negative is short. */
  netExposure: Decimal | undefined;
  /** The documents that the request was announced with; absent or empty: none. `fetchedMs`: when this box last fetched it. */
  evidence?: readonly { url: string; host: string; fetchedMs: number | undefined }[];
}
