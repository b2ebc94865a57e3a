// The judge of the built-in reflexes: asks the venue for positions before an order on contracts, then decides at once.
import type { Clock } from '../../core/clock.js';
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import type { Judge, Judgement } from '../../orders/judge.js';
import type { Ledger } from '../../orders/ledger.js';
import { judgeReflexes, type PositionFacts, type ReflexLimits } from '../../orders/reflexes.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';

export interface ReflexParts {
  account: CallAccount;
  ledger: Ledger;
  ask: AskVenue;
  clock: Clock;
  limits: ReflexLimits;
}

const deadlineMs = 3_000;
/** What was told longer ago is not known any more. */
const freshMs = 3_500;
const zero = decimal('0');

export function createReflexJudge({ account, ledger, ask, clock, limits }: ReflexParts): Judge {
  const seen = new SeenPositions(() => clock.nowMs());
  const { admin } = account.venue;
  return {
    async prepare(intents) {
      if (admin === undefined || !intents.some(needsPosition)) return;
      const told = await ask(account, admin.positions({ environment: account.environment }), deadlineMs);
      if (told.isUnderstood) seen.take(told.value);
    },
    judge(question): Judgement {
      const nowMs = clock.nowMs();
      // Without calls of its own a venue's positions cannot be known; such venues do not get beyond demo.
      const positions = admin === undefined ? unasked : seen;
      return judgeReflexes(question, { ledger, positions, nowMs, limits }) ?? passed;
    },
  };
}

const passed: Judgement = { decision: 'allow', approvals: 0, reasons: [] };
const unasked: PositionFacts = { now: () => zero, last: () => undefined };

function needsPosition({ action, quantity, reduceOnly }: OrderIntent): boolean {
  return action === 'place' && quantity?.unit === 'contracts' && reduceOnly !== true;
}

class SeenPositions implements PositionFacts {
  readonly #nowMs: () => number;
  #now = new Map<string, Decimal>();
  readonly #last = new Map<string, { quantity: Decimal; seenMs: number }>();
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  take(told: readonly { instrument: string; quantity: Decimal }[]): void {
    this.#toldMs = this.#nowMs();
    this.#now = new Map(told.map(({ instrument, quantity }) => [instrument, quantity]));
    for (const { instrument, quantity } of told) {
      this.#last.set(instrument, { quantity, seenMs: this.#toldMs });
    }
  }

  now(instrument: string): Decimal | undefined {
    if (this.#nowMs() - this.#toldMs > freshMs) return undefined;
    return this.#now.get(instrument) ?? zero;
  }

  last(instrument: string): { quantity: Decimal; seenMs: number } | undefined {
    return this.#last.get(instrument);
  }
}
