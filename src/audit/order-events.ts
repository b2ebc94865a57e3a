// What the journal of a trading account records of orders: intent, judgement, human decision, sent bytes, the venue's answer.
// Amounts are decimal strings (S14); agent text is data, escaped by JSON.

/** An OrderIntent with its amounts as plain decimal text. */
export interface IntentRecord {
  venue: string;
  account: string;
  venueAccount?: string;
  moneyMode: string;
  action: 'place' | 'amend' | 'cancel';
  instrument: string;
  side?: 'buy' | 'sell';
  positionSide?: 'long' | 'short';
  type?: string;
  timeInForce?: string;
  quantity?: { value: string; unit: string };
  isDerivative?: true;
  isOpenQuantity?: true;
  price?: string;
  trigger?: string;
  reduceOnly?: boolean;
  isAlternative?: true;
  isAttached?: true;
  leverage?: string;
  margin?: string;
  clientOrderId?: string;
  venueOrderId?: string;
  cancels?: readonly string[];
  legs?: readonly IntentRecord[];
  /** What else the request asked for, in the venue's words, by the member's name; long values are cut. */
  terms?: Readonly<Record<string, string>>;
  /** What the venue asked back about the order, which the request confirmed; neutral. */
  question?: string;
}

export interface ReasonRecord {
  code: string;
  message: string;
  rule: string;
}

/** What the agent said of an order before it placed it; its own words, cut to length, not yet neutral. */
export interface ExplanationRecord {
  rationale: string;
  /** Amount and currency, e.g. `12.5 USDT`. */
  maxLoss: string;
  /**
   * Documents that this box fetched, when it last did, milliseconds since the epoch, and the SHA-256 hex of what it got; the latter
   * is absent where no rule wanted it.
   */
  sources: readonly { url: string; host: string; fetchedMs: number; sha256?: string }[];
  /** Name and version that the MCP client gave itself; absent when it gave none. */
  client?: string;
}

/** What an order would do, as it was known when it began to wait for a human. What is absent was not known. */
export interface EffectRecord {
  instrument: string;
  /** Of the quantities: `base` or `contracts`. */
  unit: string;
  /** Signed position before and after this order, and those of the request before it. */
  before?: string;
  after?: string;
  /** Who told `before`: the venue, or this account's own fills as its journal holds them. */
  from?: 'venue' | 'fills';
  /** What the order is worth in its quote currency, where the guardrails count in another. */
  quoted?: { amount: string; currency: string };
  /** At the dearest rate, hundredths of a percent, that so many `fills` in the instrument were charged; an earning is negative. */
  fee?: { amount?: string; bps: string; fills: number };
  /** Between the middle of the market and the price to be expected; `limit`: at most, by the order's own price. */
  slippage?: { amount?: string; bps: string; from: 'book' | 'spread' | 'limit' };
}

/** A rule that was asked, and its numbers: of several orders those of the one nearest to the limit. */
export interface MarginsRecord {
  rule: string;
  margins: readonly {
    name: string;
    symbol?: string;
    /** `money`: the currency of the order's worth. */
    unit: string;
    /** This order included; absent when it was not known. */
    value?: string;
    limit: string;
    /** To the limit, negative beyond it. */
    left?: string;
    /** The value must not be below the limit; absent: not above it. */
    isLeast?: true;
  }[];
}

export interface AssessmentRecord {
  effects: readonly EffectRecord[];
  rules: readonly MarginsRecord[];
}

/** What the rules were told of one order; amounts are plain decimal text, and what is absent was not known or not asked for. */
export interface ToldOrderRecord {
  /** In the currency of the limits; of one order alone the request's. */
  worth?: string;
  /** Of the market, quote currency; how old it was, milliseconds. */
  reference?: { last: string; bid?: string; ask?: string; ageMs: number };
  /** Of its contracts; `multiplier` absent: 1. */
  terms?: { quote: string; multiplier?: string; isInverse?: true };
  /** Signed, in the unit of the order. */
  position?: string;
  /** Held or on its way where the order cannot reach it; absent: 0. */
  apart?: string;
  /** On its way or resting already, of the same side, and what of it the venue does not hold to reducing; absent: 0. */
  pending?: string;
  unbound?: string;
  /** Of the trades of so many minutes. */
  range?: { low: string; high: string; minutes: number };
  /** Balances of a spot account, and what the order can cost at most. */
  spot?: { held?: string; free?: string; cash?: string; cost?: string };
}

/** What the rules were told of a request, so that other rules can be asked later; see orders/told-facts.ts. */
export interface ToldRecord {
  /** Orders and attached legs, as rules see them; cancels are none. */
  orders: readonly ToldOrderRecord[];
  /** Worth of the account, US dollars. */
  equity?: string;
  /** Worth of all positions, and shorts against longs, in the currency of the limits. */
  gross?: string;
  net?: string;
  /** Of the limits; absent: each amount is in its own quote currency. */
  currency?: string;
  /** The account only reduced, and these were sales of what is held. */
  isDisposal?: true;
  /** The venue tells no balances of spot accounts. */
  lacksBalances?: true;
}

/** What the venue is known to have done with one order of a request. */
export interface OutcomeRecord {
  /** `absent`: the venue never accepted it. */
  state: 'accepted' | 'refused' | 'resting' | 'filled' | 'canceled' | 'absent';
  venueOrderId?: string;
  clientOrderId?: string;
  /** Filled so far, in the order's unit; absent when not told. */
  filled?: string;
  averagePrice?: string;
  /** Paid so far, quote currency, negative when it was earned; absent when not told. */
  fee?: string;
  code?: string;
}

/** Outcomes after which nothing more is told of an order. */
export const finalOutcomes: ReadonlySet<OutcomeRecord['state']> = new Set([
  'refused',
  'filled',
  'canceled',
  'absent',
]);

export type OrderEvent =
  /** A box took the account. `isFresh`: nothing that was open or held before exists any more, as with a new paper exchange. */
  | {
      type: 'account.attached';
      account: string;
      venue: string;
      environment: string;
      sandbox: string;
      isFresh: boolean;
    }
  /** What the venue said of the account's key: before anything could be sent where real orders can be, else after the start. A member is absent where it does not tell. */
  | {
      type: 'account.checked';
      account: string;
      canWithdraw?: boolean;
      canTrade?: boolean;
      hasAddressLock?: boolean;
      isSubAccount?: boolean;
      isOfEnvironment?: boolean;
      /** The venue's own numbers of the accounts that the key reaches. */
      venueAccounts?: readonly string[];
      /** Of a sub-account: the venue's own number of the main account. */
      mainAccount?: string;
      /** What the key may do, as the venue names it. */
      rights?: readonly string[];
      /** How far the venue's clock is ahead of the sidecar's, milliseconds; what the way there takes is not counted. */
      clockSkewMs?: number;
      warnings: readonly string[];
    }
  /** In mode `live`: how much the account may move, as its promotions say; dollars, see orders/ladder.ts. */
  | {
      type: 'account.step';
      account: string;
      step: number;
      maxNotional: string;
      maxDayNotional: string;
      /** A human took a rung below it without the evidence. */
      isOverridden: boolean;
    }
  /** What the venue said the account is worth in US dollars; written when it is the most yet, and at times. */
  | { type: 'account.equity'; account: string; usd: string }
  /** A position as the venue told it, signed; written when it is new, turned round, or gone: then it is 0. */
  | {
      type: 'account.position';
      account: string;
      instrument: string;
      positionSide?: 'long' | 'short';
      /** Where the venue tells positions of one instrument apart by them, as in ToldPosition. */
      venueAccount?: string;
      marginMode?: 'cross' | 'isolated';
      quantity: string;
    }
  /**
   * What a look at the venue saw, and no drift; written when it is not what the last one saw, or orders were let out since. The first look
   * of the next sidecar is held against it.
   */
  | {
      type: 'account.seen';
      account: string;
      /** When the look began, milliseconds since the epoch: what may have been filled since is not all in it. */
      fromMs: number;
      positions: readonly { instrument: string; positionSide?: 'long' | 'short'; quantity: string }[];
      /** Resting orders that nobody sent from here. */
      foreign: readonly { venueOrderId: string; instrument: string; list?: string }[];
      /** The venue's lists of orders that no look has read. */
      unread: readonly string[];
      /** Instruments in which exits or children of orders rest that may be over themselves. */
      loose: readonly string[];
      /** It was more than is written down: nothing is held against it. */
      isTooMuch?: true;
    }
  | {
      type: 'order.proposed';
      order: string;
      /** Id of the request, as in the box's own journal. */
      request: string;
      operation: string;
      /** SHA-256 hex of what is asked for; see orders/fingerprint.ts. */
      fingerprint: string;
      /** The same of what is traded alone: who repeats that repeats the order, whatever else is asked for. Absent of old ones: the fingerprint. */
      likeness?: string;
      intents: readonly IntentRecord[];
      /** What it is worth; absent when no price was at hand. */
      notional?: string;
      /** Of `notional`; absent: quote currency. */
      currency?: string;
      /** Absent where no rules were asked, and of old ones. */
      told?: ToldRecord;
      explanation?: ExplanationRecord;
      /** Of a held order: the User-Agent of its request, the client's own words. */
      client?: string;
    }
  | {
      type: 'order.judged';
      order: string;
      stage: 'proposal' | 'release';
      decision: 'allow' | 'hold' | 'deny';
      /** Approvals wanted of a held order. */
      approvals: number;
      /** Milliseconds since the epoch; of a held order. */
      expiresMs?: number;
      reasons: readonly ReasonRecord[];
      /** Of a held order. */
      assessment?: AssessmentRecord;
      /** Of a denied one: denials since the last that was recorded which were not, being like one of them or too many. */
      unrecorded?: number;
    }
  /** A human said yes; the order is approved once as many different approvers did as are wanted. */
  | {
      type: 'order.approved';
      order: string;
      fingerprint: string;
      approver: string;
      /** Of a signed approval: id of the key, and what was signed, as in orders/approval-signature.ts. */
      key?: string;
      expiresMs?: number;
      signature?: string;
    }
  | {
      type: 'order.closed';
      order: string;
      /** `timeout`: nobody decided in time. `changed`: its body changed under the same client order id. `failed`: it could not be made ready to send. */
      cause: 'human' | 'timeout' | 'changed' | 'halted' | 'failed';
      by: string;
      message: string;
    }
  /** On disk before a byte is sent; consumes the approval. */
  | {
      type: 'order.releasing';
      order: string;
      request: string;
      /** SHA-256 hex of the request as signed: target and body. */
      digest: string;
      clientOrderIds: readonly string[];
    }
  | { type: 'order.sent'; order: string }
  /** How sending ended. `unsent`: no byte left. `unknown`: bytes left, and no answer that can be understood came. */
  | {
      type: 'order.answered';
      order: string;
      outcome: 'acknowledged' | 'refused' | 'unknown' | 'unsent';
      status: number;
      problem?: string;
      outcomes: readonly OutcomeRecord[];
    }
  /** What the venue told when it was asked, one entry for each order of the request. */
  | { type: 'order.reconciled'; order: string; outcomes: readonly OutcomeRecord[] }
  | {
      type: 'trading.state';
      account: string;
      state: 'ACTIVE' | 'REDUCE_ONLY' | 'HALTED';
      cause: string;
      by: string;
    }
  /** The venue's own dead-man switch was set, could not be, or was taken back; written when that changes. */
  | {
      type: 'trading.dead-man';
      account: string;
      /** Where the venue has a switch for each market. */
      market?: string;
      isSet: boolean;
      timeoutMs: number;
      problem: string;
    }
  /** A position is about to be closed by a kill, for the `attempt`th time; `quantity` as the venue told it, signed. */
  | {
      type: 'trading.closing';
      account: string;
      instrument: string;
      /** Where the account holds both sides apart. */
      positionSide?: 'long' | 'short';
      quantity: string;
      attempt: number;
    }
  /** What the venue said to it; `problem`: no answer that can be understood. */
  | { type: 'trading.closed'; account: string; instrument: string; isAccepted: boolean; problem: string }
  /** The end of a kill, or of cancelling what a kill could not see and that came to rest later. */
  | {
      type: 'trading.killed';
      account: string;
      canceled: number;
      failed: number;
      /** Orders that still rested when it was verified. */
      left: number;
      closedPositions: number;
      firstCancelMs: number;
      durationMs: number;
    };
