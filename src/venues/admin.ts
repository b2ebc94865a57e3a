// The contract of a venue's own calls: what the sidecar asks a venue of its own accord to stop trading, to learn an order's
// outcome and to know prices and positions. Pure: each call is a request without authentication and a reader of its answer.
import type { Decimal } from '../core/decimal.js';
import type { HttpRequest } from '../core/http.js';
import type { Environment, OrderSide } from '../core/order.js';
import type { ToldPosition } from '../core/position.js';
import type { Secret } from '../core/secret.js';

/** Which money, and which of the venue's hosts: the one the account trades at, the leaf's usual one when absent. */
export interface AdminPlace {
  environment: Environment;
  host?: string;
}

/** A call and how to understand its answer. */
export interface VenueCall<Result> {
  /** Whole but for its authentication, which `Venue.sign` adds; its headers are only those that `sign` keeps. */
  request: HttpRequest;
  /** True when it needs no credential. */
  isPublic: boolean;
  /** Milliseconds to wait before it is asked, where the venue's pacing or a cold cache wants it. */
  delayMs?: number;
  /** Undefined when the answer is not what the venue documents: nothing is known then (S11). Never throws. */
  read(answer: VenueAnswer): Result | undefined;
  /** Another call whose answer counts instead of this one's value: where one question takes several requests. */
  follow?(value: Result): VenueCall<Result> | undefined;
}

export interface VenueAnswer {
  status: number;
  body: Buffer;
  /** The header `date` as it was sent: whole seconds (RFC 9110 section 6.6.1). */
  date?: string | undefined;
}

/** An order that rests at the venue. */
export interface RestingOrder {
  /** The venue's own symbol. */
  instrument: string;
  venueOrderId: string;
  clientOrderId?: string;
  side?: OrderSide;
  /** The venue's own number of the account that holds it, where one key reaches several. */
  venueAccount?: string;
  /** `algo` where a trigger order is cancelled by another call than a plain one. */
  kind: 'plain' | 'algo';
}

/** What became of an order, as the venue tells it. */
export interface VenueOrderState {
  state: 'resting' | 'filled' | 'canceled' | 'rejected';
  venueOrderId: string;
  clientOrderId?: string;
  /** In the unit of the order: base currency or contracts. */
  filled: Decimal;
  /** Average price of what is filled, in quote currency. */
  averagePrice?: Decimal;
  /** Paid for it, in quote currency, negative when it was earned; absent where the venue does not tell, or tells a third currency. */
  fee?: Decimal;
}

/** Of a spot account there is none. */
export type VenuePosition = ToldPosition;

/** What a spot account holds of one currency. */
export interface CurrencyBalance {
  currency: string;
  /** What resting orders lock included. */
  total: Decimal;
  free: Decimal;
}

/** What the venue answered to one order of a request. */
export interface PlacedOrder {
  isAccepted: boolean;
  venueOrderId?: string;
  clientOrderId?: string;
  /** The venue's error code when it was refused. */
  code?: string;
}

/** What a venue asks back before it places an order. */
export interface VenueQuestion {
  id: string;
  /** In the venue's words; absent where they cannot be read. */
  text?: string;
}

/** Prices of an instrument that do not depend on the order. */
export interface ReferencePrice {
  bid?: Decimal;
  ask?: Decimal;
  last: Decimal;
  /** Milliseconds since the epoch, the venue's clock; absent where it does not tell. */
  atMs?: number;
  /** `atMs` is when the last trade was: it is old where nobody trades. */
  isOfTrade?: true;
}

/** What is offered at one price; the size in the unit of orders: base currency or contracts. */
export interface BookLevel {
  price: Decimal;
  size: Decimal;
}

/** An order book as far as it is told, each side best first. */
export interface OrderBook {
  bids: readonly BookLevel[];
  asks: readonly BookLevel[];
}

/** The lowest and the highest trade of a window. */
export interface PriceRange {
  low: Decimal;
  high: Decimal;
}

/** From one instant to another, milliseconds since the epoch. */
export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

/** What one unit of quantity is worth. */
export interface ContractTerms {
  /** Base currency that one contract stands for; 1 for spot. Of an inverse contract quote currency. */
  multiplier: Decimal;
  isInverse: boolean;
  /** Currency of prices. */
  quote: string;
  /** Currency that is traded; of spot pairs, where the venue's balances are told. */
  base?: string;
}

/** How an order is named when its outcome is asked for. */
export interface OrderName {
  instrument: string;
  /** Row of the operation table that placed it, e.g. `fapi/v1/order`: where a venue has several books of orders. */
  operation?: string;
  clientOrderId?: string;
  venueOrderId?: string;
}

/** What a key may do and whose it is; a member is absent where the venue does not tell. */
export interface KeyFacts {
  canWithdraw?: boolean;
  canTrade?: boolean;
  /** The venue takes the key from listed addresses only. */
  hasAddressLock?: boolean;
  /** It belongs to a sub-account, so the main account's money is out of its reach. */
  isSubAccount?: boolean;
  /** It is of the environment it was asked in: a demo key there, a live key here. */
  isOfEnvironment?: boolean;
  /** The venue's own numbers of the accounts that it reaches. */
  venueAccounts?: readonly string[];
  /** Of a sub-account: the venue's own number of the main account. */
  mainAccount?: string;
  /** What it may do, as the venue names it. */
  rights?: readonly string[];
}

export interface OpenOrdersCall extends VenueCall<{ orders: readonly RestingOrder[]; next?: string }> {
  /** The first page of the list after this one, whatever the answer is; absent at the last list. */
  nextList?: string;
}

export interface VenueAdmin {
  /** Names of `KeyFacts.rights` that move money to other accounts: who holds one needs no withdrawal. */
  transferRights?: ReadonlySet<string>;
  /** Keeps the session open that the venue wants of a key; absent where a key is enough. */
  session?: {
    /** Between two times that `keep` is asked, milliseconds. */
    everyMs: number;
    /**
     * Opens what is closed, and tells whether orders and prices are served now. `randomBytes` is the only source of chance;
     * `onGranted` hears of each token that authenticates in the key's place, before it is used.
     * Throws TradeboxError SECRET_INVALID on a credential that cannot open one.
     */
    keep(
      at: AdminPlace,
      real: Readonly<Record<string, Secret>>,
      randomBytes: (size: number) => Buffer,
      onGranted: (token: Secret) => void,
    ): VenueCall<{ isOpen: boolean }>;
  };
  /** Absent where the venue tells nothing of its keys. */
  keyFacts?(at: AdminPlace): VenueCall<KeyFacts>;
  /** The venue's clock, milliseconds since the epoch; one told in whole seconds is up to a second behind. */
  serverTime?(at: AdminPlace): VenueCall<number>;
  /**
   * False for operations whose orders these calls neither find nor cancel: they are refused, because nobody could stop
   * them. Every operation when absent.
   */
  covers?(operation: string): boolean;
  /**
   * What rests, newest first; `next` asks for the rest, of this list and of those after it. Plain and trigger orders may be separate
   * `kind`s of list.
   */
  openOrders(at: AdminPlace, page?: string): OpenOrdersCall;
  /** Most orders that one `cancelOrders` takes. */
  cancelBatchSize: number;
  /** Cancels these orders. An order that is gone already counts as canceled. */
  cancelOrders(
    at: AdminPlace,
    orders: readonly RestingOrder[],
  ): VenueCall<{ canceled: number; failed: number }>;
  /** One order, by client order id when there is one. `absent`: the venue has never accepted it. */
  findOrder(at: AdminPlace, name: OrderName): VenueCall<VenueOrderState | 'absent'>;
  /**
   * Orders of a symbol that ended, those of these ids and others around them, each told as `findOrder` tells it. One that is not
   * among them may have ended all the same. Absent where no one call tells as much.
   */
  endedOrders?(
    at: AdminPlace,
    instrument: string,
    venueOrderIds: readonly string[],
  ): VenueCall<readonly VenueOrderState[]>;
  /**
   * Sets the venue's own dead-man switch: all that rests goes unless it is set again within `timeoutMs` of `nowMs`; 0 takes it
   * back. False when the venue refuses. Absent where the venue documents none that requests alone can set.
   * `market`: which of several switches; of no meaning where one is of the whole account.
   */
  setDeadMan?(at: AdminPlace, timeoutMs: number, nowMs: number, market?: string): VenueCall<boolean>;
  /** Where each market has a switch of its own: the market whose switch reaches this order; undefined where none does. */
  deadManMarket?(order: OrderName): string | undefined;
  positions(at: AdminPlace): VenueCall<readonly VenuePosition[]>;
  /** What the whole account is worth, in US dollars, open profits and losses included; absent where the venue does not tell. */
  equity?(at: AdminPlace): VenueCall<Decimal>;
  /** All that the spot account holds; a currency that is not named is none. Absent where the venue does not tell. */
  balances?(at: AdminPlace): VenueCall<readonly CurrencyBalance[]>;
  /** False for operations whose orders spend another wallet than the one that `balances` tells. Every one spends it when absent. */
  spendsBalances?(operation: string): boolean;
  /**
   * Orders that bring the position to zero at market; absent where the venue has no such operation. Not understood: it may have been
   * taken all the same.
   */
  closePosition?(at: AdminPlace, position: VenuePosition): VenueCall<{ isAccepted: boolean }>;
  /** The venue lets it do no more than reduce, however often it comes. Absent: it is sent again only where it was refused. */
  isCloseHeldToReduce?: true;
  /** Ticker of an instrument. */
  referencePrice(at: AdminPlace, instrument: string): VenueCall<ReferencePrice>;
  /** The venue's symbol of a pair of two currencies, whether or not it lists it; absent where it trades none. */
  pairName?(base: string, quote: string): string | undefined;
  /**
   * The book, deep enough for large orders; `isDerivative` where spot and contracts share a spelling. Absent where the venue does
   * not tell.
   */
  orderBook?(at: AdminPlace, instrument: string, isDerivative: boolean): VenueCall<OrderBook>;
  /** Of the trades in the window, by bars of a minute; not understood when there are none. Absent where the venue tells none. */
  priceRange?(at: AdminPlace, instrument: string, window: TimeWindow): VenueCall<PriceRange>;
  /** Environments that answer from fixed examples and list no instruments: whatever an order there names, nothing trades. */
  listless?: readonly Environment[];
  /** Not understood where the venue lists no such instrument. */
  contractTerms(at: AdminPlace, instrument: string): VenueCall<ContractTerms>;
  /** At least one of these stands in each of the venue's own answers to it, a no included: what has none says nothing. */
  termsMembers: readonly string[];
  /**
   * The answer says that the venue cannot serve anybody now, or does not know what it did, whatever was asked. Absent where such answers
   * have an HTTP status of their own, 500 or above.
   */
  isTrouble?(answer: VenueAnswer): boolean;
  /**
   * What the venue said to an order request, one entry for each order in its order; undefined when nothing is known. `isCancel`: it only
   * cancels, and its answer may name no order.
   */
  readPlaced(answer: VenueAnswer, isCancel?: boolean): readonly PlacedOrder[] | undefined;
  /** What the answer to an order asked back: it is placed once that is confirmed. Absent where nothing is asked. */
  questionsIn?(answer: VenueAnswer): readonly VenueQuestion[];
  /**
   * The request with a client order id in every order that has none, drawn from `makeId`. The id lets an unknown outcome
   * be asked for (S8). Undefined when the request cannot carry one.
   */
  withClientOrderIds?(request: HttpRequest, makeId: () => string): HttpRequest | undefined;
}
