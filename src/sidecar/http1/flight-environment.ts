// What a flight needs of the sidecar around it, and the relay besides.
import type { Journal } from '../../audit/journal.js';
import type { World } from '../stage.js';
import type { Tally } from '../state.js';
import type { Upstream } from '../upstream.js';
import type { UpgradeEnvironment } from '../websocket/upgrade.js';
import type { Masker } from './answer.js';
import type { BodyLimits } from './body-limits.js';
import type { WindowBudget } from './coding.js';
import type { FlightLimits } from './flight-limits.js';

export interface FlightEnvironment {
  journal: Pick<Journal, 'append' | 'note' | 'flush' | 'durable'>;
  upstream: Upstream;
  world: Pick<
    World,
    | 'decoys'
    | 'credentials'
    | 'canary'
    | 'sessionTokens'
    | 'rateLimits'
    | 'quotes'
    | 'clock'
    | 'instruments'
    | 'questions'
  >;
  /** A masker of every real secret, for one answer. */
  newMasker(): Masker;
  /** Whether whole bytes hold no real secret. */
  isClean(bytes: Buffer): boolean;
  /** A masker of every decoy, for one streamed request body: its hits are what counts. */
  newDecoyMasker(): Masker;
  /** Whether documents of the host may be cited as evidence: their content is hashed. */
  isCitable?(host: string): boolean;
  windowBudget: WindowBudget;
  flightLimits: FlightLimits;
}

export interface RelayEnvironment extends FlightEnvironment, UpgradeEnvironment {
  /** A masker of every decoy's spellings, for the messages of one socket: its hits are what counts. */
  newSpellingMasker(): Masker;
  upstream: FlightEnvironment['upstream'];
  world: World;
  tally: Tally;
  nextRequestId(): string;
  /** Memory that all collected bodies share. */
  bodyBudget: { leftBytes: number };
  bodyLimits: BodyLimits;
}
