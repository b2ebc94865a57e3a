// The contract of a pipeline stage: it reads the exchange, fills in what it learned, or says no. Pure: no sockets, no clock of its own.
import type { Ingress } from '../audit/events.js';
import type { TaintCause } from '../audit/taint.js';
import type { Clock } from '../core/clock.js';
import type { HttpRequest } from '../core/http.js';
import type { Classification, Environment, SignedRequest, Venue } from '../venues/venue.js';
import type { CredentialBook, PlacedDecoy, VenueCredential } from './credentials.js';
import type { EgressPolicy } from './egress-policy.js';
import type { RequestHead } from './http1/head.js';
import type { HostRule, Settings } from './settings.js';

/** A no. `code` and `message` are for the journal and the operator; the agent gets only the status and a generic text. */
export interface Denial {
  status: number;
  code: string;
  message: string;
  /** Line of the policy, or name of the built-in table, that decided. */
  rule: string;
  taint?: TaintCause;
}

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
  /** The request that a venue gets instead of the client's. */
  signed: SignedRequest | undefined;
}

/** Finds decoys in bytes. */
export interface DecoyFinder {
  /** The first hit from `from` on; `id` is the credential's. */
  find(bytes: Buffer, from?: number): { index: number; length: number; id: string } | undefined;
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
  isTainted(): boolean;
  /** Counts a request against the rule's cap; false when it is one too many. Absent: what has a cap is denied (S11). */
  takeRequest?(rule: HostRule): boolean;
}

export interface Stage {
  readonly name: string;
  /** Undefined lets the request go on to the next stage. */
  run(exchange: Exchange, world: World): Denial | undefined;
}

export function denial(code: string, message: string, rule: string, status = 403): Denial {
  return { status, code, message, rule };
}
