// The contract of a venue leaf. A leaf is pure: bytes and values in, values out; sockets, time and secrets are passed in.
import type { HeaderList, HttpAnswer, HttpRequest } from '../core/http.js';
import type { Environment, OrderIntent } from '../core/order.js';
import type { Secret } from '../core/secret.js';
import type { VenueAdmin, VenueAnswer } from './admin.js';

/** What an operation may do. `unknown` is what no table names: denied (S4). `funds` is never expressible (S7). */
export const operationClasses = ['read', 'order', 'amend', 'cancel', 'risk', 'funds', 'unknown'] as const;
export type OperationClass = (typeof operationClasses)[number];

export type { Environment } from '../core/order.js';

export interface VenueHost {
  /** Exact lower-case host name. */
  host: string;
  ports: readonly number[];
  transport: 'rest' | 'websocket';
  /** A REST host that serves sockets, too. */
  hasSockets?: true;
  environments: readonly Environment[];
  /** Which of the venue's APIs the host serves, where it has several; an operation counts only on hosts of its own API. */
  apis?: readonly string[];
}

/** One row of a venue's table of operations: what a user can audit. */
export interface Operation {
  /** Upper-case method; `*` for every method, in families only. */
  method: string;
  /** Exact path; `{name}` stands for one segment of a strict character set; a last `/**` for a whole family, which is always `funds`. */
  path: string;
  class: Exclude<OperationClass, 'unknown'>;
  /** True when the operation needs no credential. */
  isPublic: boolean;
  /** The API whose hosts serve it; every host when absent. */
  api?: string;
}

/** One field of a credential set. */
export interface CredentialField {
  /** Name in tradebox.yaml and in the vault, e.g. `secretKey`. */
  name: string;
  /** Environment variables that the venue's SDKs and CLI read. */
  env: readonly string[];
  /** True when a credential set may lack the field because another one stands in for it. */
  isOptional?: boolean;
  /** It names something and opens nothing without another field: it may be shorter than a secret, and is not hunted for then. */
  isIdentifier?: true;
  /** Fields that may be absent when this one is given: another way to authenticate. */
  insteadOf?: readonly string[];
  /** A format-valid, worthless value; `randomBytes` is the only source of chance. */
  makeDecoy(randomBytes: (size: number) => Buffer): string;
  /** Why a real value is malformed, or undefined when it is well-formed. Never quotes the value (S2). */
  explainMalformed?(value: string): string | undefined;
}

export type RealCredential = Readonly<Record<string, Secret>>;
export type DecoyCredential = Readonly<Record<string, string>>;

export interface Classification {
  class: OperationClass;
  /** Stable name of the table's row, e.g. `trade/order`; `unknown` where none matches. */
  operation: string;
  /** True when the operation needs no credential: it is forwarded unsigned. */
  isPublic: boolean;
  /** Why the request is `unknown`, for the operator; never quotes the request. */
  reason?: string;
}

/** What the client's own authentication turned out to be, checked against the decoy over the wire bytes. */
export type Authentication = { kind: 'none' } | { kind: 'valid' } | { kind: 'invalid'; reason: string };

/** What a row of an operation table can depend on. Leaves whose rows depend on the body say what they do without one. */
export type ClassifiedRequest = Pick<HttpRequest, 'host' | 'method' | 'path' | 'query'> &
  Partial<Pick<HttpRequest, 'headers' | 'body'>>;

/** Every spelling (alias, numeric id as text) a venue accepts for an instrument, and the canonical symbol it means. */
export type InstrumentList = ReadonlyMap<string, string>;

export interface ParseContext {
  account: string;
  environment: Environment;
  /** The venue's instrument list when the sidecar holds it; what a leaf cannot name without one is refused. */
  instruments?: InstrumentList;
  /** The sidecar's clock, milliseconds since the epoch; without it no switch is taken that is set to a moment. */
  nowMs?: number;
  /** The orders that a question of the venue is about, which a reply confirms; undefined for what it did not ask of this account. */
  questioned?(id: string): readonly OrderIntent[] | undefined;
  /** The terms of a quote that the venue gave this account, as `VenueQuotes.read` told them; undefined for any other, and once it expired. */
  quoted?(id: string): readonly OrderIntent[] | undefined;
}

/** What one quote offers: accepting it does what these intents say. */
export interface QuotedTerms {
  /** As the order that accepts it is read to; where ids of two products may be equal, the leaf writes the product before the number. */
  id: string;
  intents: readonly OrderIntent[];
  /** Milliseconds since the epoch, the venue's clock; absent where the venue does not tell. */
  expiresAtMs?: number;
}

/** Quotes that the venue gives in its answers, which an order accepts by their id alone. */
export interface VenueQuotes {
  /** Private rows of the operation table whose successful answers tell quotes. */
  operations: ReadonlySet<string>;
  /**
   * Each quote of the answer's body, whose terms `request` may name in part. Strict: a quote with a member that is not understood, or a
   * request with one, is left out. Never throws.
   */
  read(request: HttpRequest, body: Buffer, context: ParseContext): readonly QuotedTerms[];
}

/** How the sidecar learns an instrument list: requests, public as a rule, and a pure reader of their answers' bodies in that order. */
export interface InstrumentSource {
  /** True where clients spell instruments out but for what is refused as SYMBOL_UNKNOWN: the list is fetched for that alone. */
  isForUnnamed?: boolean;
  /** The whole list is too long: what `request` names is asked for, with the account's own key, and the answers add up. */
  isByRequest?: boolean;
  /** None where nothing is to be learned. */
  requests(
    environment: Environment,
    request?: HttpRequest,
  ): readonly Pick<HttpRequest, 'method' | 'host' | 'path' | 'query' | 'headers' | 'body'>[];
  /** Undefined when an answer is not what the venue documents. */
  read(answers: readonly Buffer[]): InstrumentList | undefined;
}

/** Everything of the outside a signature depends on. */
export interface Stamp {
  nowMs: number;
  /** Strictly increasing per credential, also across restarts: milliseconds since the epoch, or the last one plus one. */
  nonce: bigint;
  environment: Environment;
  /** The sidecar asks of its own accord, by a call of the leaf's `admin`. */
  isOwn?: true;
  /** What the session token in a socket's message really is, where it carries one. */
  token?: string;
}

/** The request as it will be sent; the signature covers exactly these bytes (S8, C3). */
export interface SignedRequest {
  method: string;
  path: string;
  query: string;
  headers: HeaderList;
  body: Buffer;
}

/** A refusal in the operator's words; the venue gives it its own shape. `requestId` lets the operator find the journal line. */
export interface Refusal {
  code: string;
  message: string;
  requestId: string;
}

export type ParsedOrders =
  | {
      ok: true;
      intents: readonly OrderIntent[];
      /** The venue only checks the order and places nothing. */
      dryRun?: boolean;
    }
  | { ok: false; code: string; message: string };

/** What a message of the client on one of the venue's sockets is. */
export type SocketMessage =
  /** Moves nothing: `text` goes to the venue. */
  | { kind: 'read'; operation: string; text: string }
  /** Proves who the client is: checked against the decoy, then written anew with the real credential (S5). */
  | {
      kind: 'login';
      operation: string;
      /** Absent where the session token proves it. */
      authenticate?(decoy: DecoyCredential): Authentication;
      /** The session token in the message: one that the sidecar handed out in a real one's place. */
      token?: string;
      write(real: RealCredential, stamp: Stamp): string;
    }
  /** Does what a REST request does: `request` goes through that request's table, parser and gate. */
  | {
      kind: 'trade';
      operation: string;
      request: HttpRequest;
      /** Where the message carries a signature of its own; absent where the login before it counts, or a token. */
      authenticate?(decoy: DecoyCredential): Authentication;
      token?: string;
      /** The message that does what `request` does now: the gate may have put client order ids into it. */
      write(request: HttpRequest, real: RealCredential, stamp: Stamp): string;
      /** What REST would have answered, when the venue's `text` answers this message. */
      answerIn(text: string): VenueAnswer | undefined;
    }
  /** No table names it (S4). `reason` is for the operator and never quotes the message. */
  | { kind: 'unknown'; operation: string; reason: string };

/** Where the handshake itself says who the client is: checked with the decoy, and written anew (S5). */
export interface SocketHandshake {
  /** A session token in it. */
  token?: string;
  /** `hasToken`: that token was handed out here, for the account whose decoy this is. `none` where the account is not asked for. */
  authenticate(decoy: DecoyCredential, hasToken: boolean): Authentication;
  /** Query and headers for the venue; `stamp.token` is what the session token really is. */
  write(real: RealCredential, stamp: Stamp): { query: string; headers: HeaderList };
}

/** One connection to a venue's socket: whatever the leaf must remember of it lives here. Pure but for that. */
export interface SocketSession {
  /** Path and query that the venue gets. */
  target: { path: string; query: string };
  /**
   * Both sides speak MessagePack in binary messages, which the upgrade asks the venue for; they carry no orders.
   * The session reads and gives the JSON of the same values. Absent: messages are text.
   */
  encoding?: 'msgpack';
  /** The session token in the target: one that the sidecar handed out in a real one's place. */
  token?: string;
  /** Absent where messages alone log in. */
  handshake?: SocketHandshake;
  /** Reads one whole text message. Never throws on agent input. */
  read(text: string): SocketMessage;
  /** A message of the venue as the client may see it, where it differs; the session learns what it is asked to sign. Never throws. */
  hear?(message: Buffer): Buffer | undefined;
  /** A refusal of that message as the venue would word it, so that its clients raise an error. */
  refuse(text: string, refusal: Refusal): string;
}

/** Answers that carry a session token, with which sockets are used: the agent gets a decoy in its place (B12). */
export interface SessionTokenSource {
  /** Rows of the operation table. */
  operations: ReadonlySet<string>;
  /** The token in an answer's body; undefined when the answer cannot be read. Never throws. */
  read(
    body: Buffer,
  ): { kind: 'none' } | { kind: 'token'; token: string; withToken(decoy: string): Buffer } | undefined;
  makeDecoy(randomBytes: (size: number) => Buffer): string;
}

/** One row of what a client may say on a venue's sockets: what a user can audit. */
export interface SocketOperation {
  /** Path of the socket. */
  path: string;
  /** In the venue's words; a subscription with its channel, where a list names the channels. */
  operation: string;
  /** `METHOD path` of the REST request that it stands for, whose class it has; absent where it asks, tells or logs in. */
  rest?: string;
}

/** The venue's WebSocket interface. Binary messages of clients are refused but where the session's encoding is. */
export interface VenueSocket {
  operations: readonly SocketOperation[];
  /**
   * Undefined where the host serves no socket at that path and query, or not to such a handshake. `contentType` is the upgrade's,
   * in small letters.
   */
  open(
    target: Pick<HttpRequest, 'host' | 'path' | 'query'> &
      Partial<Pick<HttpRequest, 'headers'>> & { contentType?: string | undefined },
    environment: Environment,
  ): SocketSession | undefined;
}

/** What of an answer is looked at. */
export interface OverheardAnswer {
  status: number;
  /** The first value of a header, by lower-case name. */
  header(name: string): string | undefined;
  /** The beginning of the content, decoded. */
  body: Buffer;
}

export interface RateLimit {
  /** The venue's own code, or the HTTP status. */
  code: string;
  /** Milliseconds that nothing but cancels may be sent. */
  waitMs: number;
  /** The venue bars the address: every account here is meant. */
  isBan: boolean;
  /** What the venue says has been used, where it says so. */
  used?: string;
}

export interface VenueRateLimits {
  /** What stands in successful answers that are none; without it only other answers are looked at. */
  marks: readonly string[];
  /** Undefined for any other answer. Never throws. */
  read(answer: OverheardAnswer, nowMs: number): RateLimit | undefined;
  /** A refusal that the venue's clients take for its rate limit: they may try again. */
  refuse(refusal: Refusal, waitMs: number): HttpAnswer;
}

/** A program of the user's own that holds the session with the venue: the venue's hosts lead to it, and nothing is signed for it. */
export interface VenueGateway {
  /** The credential's fields that say where it is and how it is known. */
  fields: readonly string[];
  /** Whether the credential names one, and nothing that signs. */
  isUsed(real: RealCredential): boolean;
  /** Whether the request is one that such a credential's clients make, who prove nothing. Never throws. */
  accepts(request: HttpRequest, real: RealCredential): boolean;
  /** Where it is, the PEM that alone is trusted there, and a name that its certificate bears. Throws TradeboxError SECRET_INVALID. */
  locate(real: RealCredential): { address: string; port: number; ca: string; servername: string };
}

export interface Venue {
  id: string;
  /** The venue's name in prose. */
  title: string;
  hosts: readonly VenueHost[];
  /** The whole table that `classify` decides by. */
  operations: readonly Operation[];
  credential: readonly CredentialField[];
  classify(request: ClassifiedRequest): Classification;
  /** Checks the client's signature made with the decoy. Never throws on agent input. */
  authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication;
  /** Where the user's own program may stand for the venue. */
  gateway?: VenueGateway;
  /** When the client says that it signed, milliseconds since the epoch; absent where its scheme has no clock. Never throws. */
  signedAtMs?(request: HttpRequest): number | undefined;
  /**
   * Removes the client's authentication and every header the venue does not need, and signs with the real credential.
   * `real` is undefined for public operations. The caller adds `host`, `content-length` and `connection`.
   * Throws TradeboxError SECRET_INVALID on an unusable credential, a plain Error on a body that parseOrders refuses.
   */
  sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest;
  /** The venue refuses a nonce below the last that it saw of the key: requests leave one at a time, in the order of their nonces. */
  hasRisingNonces?: true;
  /** Builds intents from an order, amend or cancel request; every leg, every field understood, or a refusal. */
  parseOrders(request: HttpRequest, context: ParseContext): ParsedOrders;
  /** A refusal that the venue's real clients raise as a non-retryable error. */
  refuse(refusal: Refusal): HttpAnswer;
  /** How the venue says that it is asked too often. */
  rateLimits: VenueRateLimits;
  /** Its quotes; absent where no order accepts one by its id. */
  quotes?: VenueQuotes;
  /** Where the canonical symbols come from; absent where every request spells the symbol out. */
  instrumentSource?: InstrumentSource;
  /** Where its session tokens come from; absent where it has none, or hands none out. */
  sessionTokens?: SessionTokenSource;
  /** Its sockets; without it upgrades to the venue's hosts are refused. */
  socket?: VenueSocket;
  /** The sidecar's own calls; without them a box cannot stop, reconcile or price orders, so `propose` and `live` are refused. */
  admin?: VenueAdmin;
}
