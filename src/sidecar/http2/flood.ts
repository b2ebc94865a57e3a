// Counts what an HTTP/2 peer can make us do for almost nothing: resets, pings, settings (CVE-2023-44487, CVE-2019-9512, -9515), and ends who does.
import http2, { type Http2Session } from 'node:http2';

/** What is counted, with the number of it that is too many within a window. */
export interface FloodLimits {
  windowMs: number;
  /** Streams that the client gave up before their answer: each cost a decision and lines of the journal. */
  resets: number;
  /** gRPC clients measure the path with pings while they download, so many are honest. */
  pings: number;
  settings: number;
}

export const defaultFloodLimits: FloodLimits = {
  windowMs: 10_000,
  resets: 200,
  pings: 20_000,
  settings: 100,
};

export type FloodKind = 'resets' | 'pings' | 'settings';

export class FloodMeter {
  readonly #limits: FloodLimits;
  #windowEndsMs = 0;
  #counts = { resets: 0, pings: 0, settings: 0 };

  constructor(limits: FloodLimits) {
    this.#limits = limits;
  }

  /** Counts one more; true when it is one too many. `nowMs` is on the monotonic clock. */
  isFlood(kind: FloodKind, nowMs: number): boolean {
    if (nowMs >= this.#windowEndsMs) {
      this.#windowEndsMs = nowMs + this.#limits.windowMs;
      this.#counts = { resets: 0, pings: 0, settings: 0 };
    }
    this.#counts[kind] += 1;
    return this.#counts[kind] > this.#limits[kind];
  }
}

/** Ends the connection and tells the peer why: without an error Node would leave the code out, too. */
export function sendAway(session: Http2Session): void {
  if (!session.destroyed) session.destroy(new Error('flood'), http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
}
