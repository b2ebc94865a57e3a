// The contract of a dialect: one venue's REST interface spoken over the paper engine. Pure but for the engine's state.
import type { HttpAnswer, HttpRequest } from '../core/http.js';
import type { Secret } from '../core/secret.js';
import type { Engine } from './engine/engine.js';

/** A paper account and the real credential that opens it. */
export interface PaperCredential {
  /** Id of the venue. */
  venue: string;
  /** Name of the account; one paper account per id. */
  id: string;
  /** By the venue's field names. */
  secrets: Readonly<Record<string, Secret>>;
}

/** What a dialect answers with. */
export interface Exchange {
  engine: Engine;
  /** Those of the dialect's own venue. */
  credentials: readonly PaperCredential[];
  /** The venue's clock, which signatures are dated by. */
  nowMs: number;
}

export interface Dialect {
  /** Id of the venue; its leaf says which hosts are its own. */
  venue: string;
  /** Never throws on its input: what it cannot answer is an error in the venue's shape. */
  answer(request: HttpRequest, exchange: Exchange): HttpAnswer;
}
