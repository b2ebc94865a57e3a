// The contract of a pipeline stage: it reads the exchange, fills in what it learned, or says no. Pure: no sockets, no clock of its own.
import type { Ingress } from '../audit/events.js';
import type { TaintCause } from '../audit/taint.js';
import type { Clock } from '../core/clock.js';
import type { HttpRequest } from '../core/http.js';
import type { OrderIntent } from '../core/order.js';
import type {
  Classification,
  Environment,
  InstrumentList,
  OverheardAnswer,
  ParseContext,
  SignedRequest,
  Venue,
} from '../venues/venue.js';
import type { CanaryWatch } from './canary-watch.js';
import type { CredentialBook, PlacedDecoy, VenueCredential } from './credentials.js';
import type { EgressPolicy } from './egress-policy.js';
import type { RequestHead } from './http1/head.js';
import type { SessionTokens } from './session-tokens.js';
import type { HostRule, Settings } from './settings.js';

/** A no. `code` and `message` are for the journal and the operator; the agent gets only the status and a generic text. */
export interface Denial {
  status: number;
  code: string;
  message: string;
  /** Line of the policy, or name of the built-in table, that decided. */
  rule: string;
  taint?: TaintCause;
  /** It weighs no more than that, whatever its cause weighs. */
  taintSeverity?: 'warn';
  /** `hold` in the journal where the request waits for a human; `deny` when absent. */
  verdict?: 'hold';
  /** What the agent is told instead of the status's generic text; nothing that is the operator's alone. */
  agentMessage?: string;
  /** The order in the account's journal that this is about. */
  order?: string;
  /** The venue may be asked again after so many milliseconds: its clients are told of a rate limit. */
  retryMs?: number;
}

/** Begins when it is its turn; the function it gets gives the turn on, however often it is called. */
export type NonceTurn = (leave: () => void) => void;

/** One request on its way through the pipeline: what came in, then what each stage found out. */
export interface Exchange {
  readonly id: string;
  readonly ingress: Ingress;
  /** The connection's host: SNI, and CONNECT's authority where there was one. */
  readonly host: string;
  readonly port: number;
  readonly head: RequestHead;
  /** The head's bytes. */
  readonly headBytes: Buffer;
  path: string;
  query: string;
  rule: HostRule | undefined;
  /** Plain credentials whose decoy stands in its place. */
  placed: readonly PlacedDecoy[];
  venue: Venue | undefined;
  /** The whole request, once its body is here; only for hosts whose bodies a stage must see. */
  request: HttpRequest | undefined;
  classification: Classification | undefined;
  credential: VenueCredential | undefined;
  environment: Environment | undefined;
  /** What the order was read with besides its bytes. */
  context: ParseContext | undefined;
  /** The order is to be read again once the list is learned. */
  lacksInstruments: boolean;
  /** What an order request asks for, to the last field. */
  intents: readonly OrderIntent[] | undefined;
  /** What lets an order request out, once. */
  release: OrderRelease | undefined;
  /** The venue only checks the order and places nothing. */
  isDryRun: boolean | undefined;
  /** The body with a plain credential's secret in its place, to be sent instead of the client's. */
  injected: Buffer | undefined;
  /** The request that a venue gets instead of the client's. */
  signed: SignedRequest | undefined;
  /** Its head as it is sent. */
  signedHead: Buffer | undefined;
}

/** One order request on its way: journaled before it leaves, listened to on its way back (S8). */
export interface OrderRelease {
  /** Id of the order in the account's journal. */
  readonly order: string;
  /** Journals that these bytes are about to leave. @throws what the journal throws, and when the order was released before. */
  commit(signed: SignedRequest): void;
  /** Resolves once the account's journal is on disk up to the release. */
  durable(): Promise<void>;
  /** The request will not be sent. Without effect once it is committed. */
  abandon(message: string): void;
  /** Bytes are handed to a connection. @throws what the journal throws; nothing may be sent then. */
  sent(): void;
  /** Bytes of the answer as they came. */
  heard(chunk: Buffer): void;
  /** The upstream connection is gone; `clean` when its end was announced. */
  closed(clean: boolean): void;
  /** The flight is over, whatever became of it. Safe to call twice. */
  ended(problem: string | undefined): void;
}

export type GateDecision =
  | { release: OrderRelease; denied?: undefined }
  | { denied: Denial; release?: undefined };

/** The stage between parse and sign. */
export interface OrderGate {
  /**
   * Decides on an exchange whose intents are parsed; may keep its client waiting. On a release the exchange's request may
   * have got client order ids. Rejects when the journal does.
   */
  admit(exchange: Exchange, isGone: () => boolean): Promise<GateDecision>;
}

/** Finds decoys in bytes. */
export interface DecoyFinder {
  /** The first hit from `from` on; `id` is the credential's. */
  find(bytes: Buffer, from?: number): { index: number; length: number; id: string } | undefined;
  /** The id of a decoy in a form that mixes spellings, wraps or spreads them; `isHead`: the bytes are lines of fields anyway. */
  findDisguised(bytes: Buffer, isHead: boolean, isAtHome?: (id: string) => boolean): string | undefined;
}

/** Whose environment a list is of; where the questions are public, the credential only lends its turn. */
export type InstrumentOwner = Pick<VenueCredential, 'id' | 'real'> & {
  venue: Venue;
  environment: Environment;
};

/** The venues' instrument lists, as the venues themselves tell them. */
export interface InstrumentBook {
  /** Undefined when none is held, or only one that is too old. */
  listFor(owner: InstrumentOwner): InstrumentList | undefined;
  /**
   * Asks for the list that is not held, or for what `request` names. Undefined when it was asked for in vain a moment ago.
   * Bounded in time, never rejects.
   */
  learn(owner: InstrumentOwner, request?: HttpRequest): Promise<void> | undefined;
}

/** The head of an answer. */
export interface HeardHead {
  status: number;
  fields: { get(name: string): string | undefined };
}

/** Listens to one answer. */
export interface Overheard {
  /** Content, decoded. */
  add(piece: Buffer): void;
  /** The answer is over, whole or not. */
  end(): void;
}

/** Whose limit it is; no account where the operation is public. */
export interface LimitOwner {
  venue: Venue;
  account?: string | undefined;
}

/** Venues that are asked too often. */
export interface RateLimitBook {
  /** Undefined where the answer cannot be a rate limit. */
  overhear(
    exchange: Pick<Exchange, 'venue' | 'credential' | 'classification' | 'id'>,
    head: HeardHead,
  ): Overheard | undefined;
  /** Takes an answer into account, whatever it says. */
  note(owner: LimitOwner, answer: OverheardAnswer, request?: string): void;
  /** How long the venue is to be left alone, milliseconds; 0 when it is not. */
  waitMs(owner: LimitOwner): number;
}

/** Quotes that venues gave to the box's accounts. */
export interface QuoteBook {
  /** Undefined where the answer tells no quotes. `context`: what the request is read with. */
  overhear(
    exchange: Pick<Exchange, 'venue' | 'credential' | 'classification' | 'request'>,
    head: HeardHead,
    context: ParseContext,
  ): Overheard | undefined;
  /** The terms of a quote that this account got; undefined when it got none of that id, or it expired. */
  about(account: string, id: string): readonly OrderIntent[] | undefined;
}

/** What stages decide by. */
export interface World {
  mode: Settings['mode'];
  /** True when the embedded exchange stands in for the venues. */
  paper: boolean;
  policy: EgressPolicy;
  credentials: CredentialBook;
  decoys: DecoyFinder;
  /** The venue that owns a host, whatever the policy says of it. */
  venueOf(host: string): Venue | undefined;
  clock: Clock;
  /** The next nonce of a credential: strictly increasing. */
  nextNonce(credentialId: string): bigint;
  /** Waits for the turn of a credential whose venue has rising nonces; absent: nobody waits. */
  takeNonceTurn?(credentialId: string, begin: NonceTurn): void;
  isTainted(): boolean;
  /** Hears the canary file's text in what models are sent; absent where there is no such file. */
  canary?: CanaryWatch;
  /** Counts a request against the rule's cap; false when it is one too many. Absent: what has a cap is denied (S11). */
  takeRequest?(rule: HostRule): boolean;
  /** What venues said of being asked too often. Absent: nobody listens. */
  rateLimits?: RateLimitBook;
  /** Absent where no session token is handed out. */
  sessionTokens?: SessionTokens;
  /** Absent where no order passes. */
  instruments?: InstrumentBook;
  /** What venues asked back about orders; absent where no order passes. */
  questions?: { about(account: string, id: string): readonly OrderIntent[] | undefined };
  /** What venues quoted to accounts; absent where no order passes. */
  quotes?: QuoteBook;
  /** Decides on orders. Absent: no order passes (S11). */
  gate?: OrderGate;
}

export interface Stage {
  readonly name: string;
  /** Undefined lets the request go on to the next stage. */
  run(exchange: Exchange, world: World): Denial | undefined;
}

export function denial(code: string, message: string, rule: string, status = 403): Denial {
  return { status, code, message, rule };
}
