// The judge of the built-in reflexes: asks the venue for positions before an order on contracts, then decides at once.
import type { Clock } from '../../core/clock.js';
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import type { Judge, Judgement, Question } from '../../orders/judge.js';
import type { Ledger } from '../../orders/ledger.js';
import { hasDrifted, notionalOf } from '../../orders/notional.js';
import { judgeReflexes, type PositionFacts, type ReflexLimits } from '../../orders/reflexes.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';
import { AskedMarket } from './market-facts.js';

export interface ReflexParts {
  account: CallAccount;
  ledger: Ledger;
  ask: AskVenue;
  clock: Clock;
  limits: ReflexLimits;
  /** Values each order, for a human and for drift; costs the venue's answer to two questions. */
  isValued: boolean;
}

const deadlineMs = 3_000;
/** What was told longer ago is not known any more. */
const freshMs = 3_500;
const zero = decimal('0');

export function createReflexJudge({ account, ledger, ask, clock, limits, isValued }: ReflexParts): Judge {
  const seen = new SeenPositions(() => clock.nowMs());
  const market = new AskedMarket(account, ask, clock);
  const { admin } = account.venue;
  const askPositions = async (intents: readonly OrderIntent[]): Promise<void> => {
    if (admin === undefined || !intents.some(needsPosition)) return;
    const told = await ask(account, admin.positions({ environment: account.environment }), deadlineMs);
    if (told.isUnderstood) seen.take(told.value);
  };
  return {
    async prepare(intents) {
      await Promise.all([isValued ? market.prepare(intents) : undefined, askPositions(intents)]);
    },
    judge(question): Judgement {
      const nowMs = clock.nowMs();
      // Without calls of its own a venue's positions cannot be known; such venues do not get beyond demo.
      const positions = admin === undefined ? unasked : seen;
      const denied = judgeReflexes(question, { ledger, positions, nowMs, limits });
      const worth = isValued ? notionalOf(question.intents, market) : undefined;
      const judgement = denied ?? driftProblem(question, worth, limits.driftBps) ?? passed;
      return worth === undefined ? judgement : { ...judgement, notional: formatDecimal(worth) };
    },
  };
}

/** D11: what was approved at one price is not sent at another. An order with a price of its own cannot drift. */
function driftProblem(
  { stage, entry, intents }: Question,
  worth: Decimal | undefined,
  maxBps: number,
): Judgement | undefined {
  const isPriced = intents.every(({ price, quantity }) => price !== undefined || quantity?.unit === 'quote');
  if (stage !== 'release' || entry === undefined || entry.approvalsWanted === 0 || isPriced) return undefined;
  const before = parseDecimal(entry.notional ?? '');
  if (before === undefined) return undefined;
  const rule = 'built-in: price drift';
  const no = (code: string, message: string): Judgement => ({
    decision: 'deny',
    approvals: 0,
    reasons: [{ code, message, rule }],
  });
  if (worth === undefined) return no('PRICE_UNKNOWN', 'the price is not known at the release');
  if (!hasDrifted(before, worth, maxBps)) return undefined;
  return no('PRICE_DRIFT', `the price moved by more than ${maxBps} basis points since it was proposed`);
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
