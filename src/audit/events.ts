// The union of everything the journal records. Fields hold no secret (S2); agent text is data, escaped by JSON.
import type { OrderEvent } from './order-events.js';

/** How a connection came in: DNS + transparent TLS, CONNECT then TLS, or clear-text HTTP. */
export type Ingress = 'tls' | 'connect' | 'http' | 'control';

/** Order rules that came into force. */
export interface StartedRules {
  /** SHA-256 hex of the rules as JSON. */
  digest: string;
  /** The rules themselves, so that the next start can be held against them; absent in journals of older versions. */
  rules?: unknown;
  /** Limits that allow more than those before, as a human agreed. */
  loosened: readonly string[];
  /** Who agreed; absent where nothing became looser. */
  by?: string;
}

/** A rung of the ladder that a live account came to without the evidence. */
export interface OverriddenRung {
  /** Id of the account. */
  account: string;
  rung: string;
  /** From 1 in `live`; 0 below. */
  step: number;
  /** Who took it, and when; ISO 8601, UTC. */
  by: string;
  at: string;
  /** In the person's own words. */
  reason: string;
  /** What the evidence lacked. */
  missing: readonly string[];
}

export type JournalEvent =
  | OrderEvent
  | { type: 'journal.opened'; sandbox: string; sandboxId: string }
  | { type: 'journal.recovered'; droppedBytes: number; reason: string }
  | {
      type: 'sidecar.started';
      mode: string;
      paper: boolean;
      policyDigest: string;
      /** Trading accounts attached, in `readonly`, too; absent in journals of older versions. */
      accounts?: readonly { id: string; venue: string; environment: string }[];
      /** Order rules of a box that may trade; absent in journals of older versions. */
      guardrails?: StartedRules;
      /** Rungs of the ladder that its live accounts came to without the evidence, in every mode. */
      overrides?: readonly OverriddenRung[];
    }
  | { type: 'sidecar.stopped'; reason: string }
  | {
      type: 'request.decided';
      request: string;
      ingress: Ingress;
      host: string;
      port: number;
      method: string;
      /** Path and query as sent by the agent, at most 2,048 characters. */
      target: string;
      verdict: 'allow' | 'hold' | 'deny';
      code: string;
      rule: string;
      message: string;
      venue?: string;
      class?: string;
      operation?: string;
      /** Id of the order in the account's journal. */
      order?: string;
    }
  | {
      type: 'request.completed';
      request: string;
      /** HTTP status given to the agent; 0 when the connection ended before one. */
      status: number;
      bytesUp: number;
      bytesDown: number;
      durationMs: number;
      /** How many secrets were taken out of the answer (S6). */
      scrubbed: number;
      /** SHA-256 hex of the content as the agent got it, of a document that may be cited as evidence. */
      contentSha256?: string;
      error?: string;
    }
  /** A message of the agent on a WebSocket that was refused, or that logs in or trades; other messages are only counted. */
  | {
      type: 'socket.message';
      /** The upgrade's request. */
      request: string;
      verdict: 'allow' | 'hold' | 'deny';
      code: string;
      rule: string;
      message: string;
      class?: string;
      operation?: string;
    }
  | {
      type: 'socket.closed';
      request: string;
      /** WebSocket close code; 1006 when the connection broke off. */
      code: number;
      by: 'agent' | 'upstream' | 'sidecar';
      messagesUp: number;
      messagesDown: number;
      bytesUp: number;
      bytesDown: number;
      refused: number;
      /** How many secrets were taken out of the upstream's messages (S6). */
      scrubbed: number;
      durationMs: number;
      error?: string;
    }
  | { type: 'connection.denied'; ingress: Ingress; host: string; port: number; code: string; message: string }
  | { type: 'dns.denied'; name: string; queryType: string; code: string }
  /** A venue said that it is asked too often. At most one line in ten seconds for each account. */
  | {
      type: 'venue.limited';
      venue: string;
      /** Absent for public operations. */
      account?: string;
      /** The venue's own code, or the HTTP status. */
      code: string;
      status: number;
      /** For so long nothing but cancels is sent. */
      waitMs: number;
      /** The venue bars the address: all accounts are meant. */
      isBan: boolean;
      /** How often it said so since the last line, beyond this one. */
      repeats: number;
      /** What it says has been used, where it does. */
      used?: string;
      /** The agent's request; absent where the sidecar itself asked. */
      request?: string;
    }
  /** `severity`: it weighs no more than that, whatever its cause weighs. */
  | { type: 'taint'; cause: string; message: string; request?: string; severity?: 'warn' }
  /** How telling a receiver of so many things ended; its address is a secret. */
  | { type: 'alert.sent'; kind: string; notes: number }
  | { type: 'alert.failed'; kind: string; notes: number; problem: string }
  | { type: 'policy.loaded'; digest: string }
  | { type: 'policy.rejected'; message: string }
  | ({ type: 'guardrails.loaded'; by: string } & StartedRules)
  | { type: 'guardrails.rejected'; message: string }
  /** `field` of an account's credential; neither value stands here. */
  | { type: 'secret.rotated'; credential: string; field?: string };

/**
 * One line of a journal file: this object as JSON, then `\n`.
 * `prev` is the lower-case hex SHA-256 of the previous line's bytes without its `\n` (64 zeros in the first line of the first file).
 */
export interface JournalRecord {
  /** 1, 2, 3 … without a gap. */
  seq: number;
  /** ISO 8601, milliseconds, UTC. */
  at: string;
  prev: string;
  event: JournalEvent;
}

/** The last record's place in the chain: what a checkpoint keeps elsewhere so that truncation shows. */
export interface JournalHead {
  seq: number;
  /** Hex SHA-256 of the last line's bytes without `\n`. */
  hash: string;
}
