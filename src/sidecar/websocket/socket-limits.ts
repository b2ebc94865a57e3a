// How long a WebSocket may take for what, and how much it may hold.

/** Deadlines in milliseconds, bounds in bytes. */
export interface SocketLimits {
  /** From the dial to the upstream's 101. */
  openMs: number;
  /** Without any frame in either direction. */
  idleMs: number;
  /** A side that does not read. */
  stallMs: number;
  /** From the first close to the end of both sides. */
  closeMs: number;
  /** Bytes waiting for a slow side before the other one is paused. */
  highWaterBytes: number;
  /** What all sockets together may hold of messages; see held-bytes.ts. */
  maxHeldBytes: number;
  /** Longest message of the upstream. */
  maxAnswerBytes: number;
  /** Refused messages after which the connection is ended: no journal is filled by one. */
  maxRefused: number;
}

export const defaultSocketLimits: SocketLimits = {
  openMs: 15_000,
  idleMs: 600_000,
  stallMs: 120_000,
  closeMs: 3_000,
  highWaterBytes: 262_144,
  maxHeldBytes: 192 * 1_048_576,
  maxAnswerBytes: 16 * 1_048_576,
  maxRefused: 100,
};
