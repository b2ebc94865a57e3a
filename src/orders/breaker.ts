// The circuit breaker of a trading account: a venue that answers abnormally too often within a window gets no new orders until a
// human says so. Pure: what was heard comes in with its time, a cause comes out.
import type { OrderEvent } from '../audit/order-events.js';

export interface BreakerLimits {
  /** Abnormal answers within the window that open the breaker. */
  breakerAnswers: number;
  /** Length of the window, milliseconds. */
  breakerMs: number;
  /** A price that its venue stamped longer ago is stale, milliseconds. */
  staleMs: number;
}

export const defaultBreakerLimits: BreakerLimits = {
  breakerAnswers: 5,
  breakerMs: 60_000,
  staleMs: 300_000,
};

/** How the cause of every stop by a breaker begins. */
const breakerCause = 'circuit breaker';

/** What an answer of a venue can be that no venue in order gives. */
export type Abnormality = 'no whole answer' | 'server error' | 'garbage' | 'stale price' | 'outcome unknown';

/** Undefined for an answer of the venue's own, whatever it says: a refusal and a rate limit are in order. */
export function abnormalityOf(answer: {
  isDone: boolean;
  status: number;
  body: Buffer;
}): Abnormality | undefined {
  if (answer.status >= 500) return 'server error';
  if (!answer.isDone || answer.status === 0) return 'no whole answer';
  // A refusal may come from a gateway, as text: only what says that it succeeded must be the venue's own words.
  return answer.status < 300 && !isJson(answer.body) ? 'garbage' : undefined;
}

function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The problem of an order whose answer an earlier sidecar did not live to hear. */
export const sidecarEnded = 'the sidecar ended before the answer came';

/** Ends of a released order that are the agent's or the sidecar's own doing. */
const ownProblems: ReadonlySet<string> = new Set(['CLIENT_GONE', sidecarEnded]);

export class Breaker {
  readonly #limits: BreakerLimits;
  #heard: { what: Abnormality; atMs: number }[] = [];

  constructor(limits: BreakerLimits) {
    this.#limits = limits;
  }

  /** Takes one abnormal answer into account; the cause once there are too many. */
  note(what: Abnormality, atMs: number): string | undefined {
    const { breakerAnswers, breakerMs } = this.#limits;
    this.#heard = [...this.#heard.filter((one) => atMs - one.atMs < breakerMs), { what, atMs }].slice(
      -breakerAnswers,
    );
    if (this.#heard.length < breakerAnswers) return undefined;
    const kinds = [...new Set(this.#heard.map((one) => one.what))].join(', ');
    return `${breakerCause}: ${breakerAnswers} abnormal answers of the venue within ${breakerMs / 1000} s (${kinds})`;
  }

  /** Takes an event of the account's journal into account: a lost order counts, a human's resumption forgets. */
  apply(event: OrderEvent, atMs: number): string | undefined {
    if (event.type === 'trading.state' && event.state === 'ACTIVE') this.#heard = [];
    if (event.type !== 'order.answered' || event.outcome !== 'unknown') return undefined;
    if (ownProblems.has(event.problem ?? '')) return undefined;
    return this.note(event.status >= 500 ? 'server error' : 'outcome unknown', atMs);
  }

  /** Takes a price into account. A last trade's time tells nothing of the venue: nobody may have traded. */
  price({ atMs, isOfTrade }: { atMs?: number; isOfTrade?: boolean }, nowMs: number): string | undefined {
    if (atMs === undefined || isOfTrade === true || nowMs - atMs <= this.#limits.staleMs) return undefined;
    return this.note('stale price', nowMs);
  }
}
