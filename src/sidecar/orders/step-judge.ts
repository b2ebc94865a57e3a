// The hard cap of a step of `live`, beside the guardrails and whatever those say: how much one request, and a day, may move.
import { decimal, formatDecimal, parseUnsigned } from '../../core/decimal.js';
import { isDollar } from '../../core/dollars.js';
import { sumNotional, worthText } from '../../guard/money.js';
import type { Activity } from '../../orders/activity.js';
import type { Judge, Judgement } from '../../orders/judge.js';
import type { Ledger } from '../../orders/ledger.js';
import type { LiveStep } from '../settings.js';
import type { ExchangeRates } from './exchange-rates.js';
import type { MarketMemory } from './market-memory.js';
import { orderFacts, wantedFor } from './order-facts.js';

export interface StepParts {
  step: LiveStep;
  ledger: Ledger;
  activity: Pick<Activity, 'notionalOn'>;
  market: MarketMemory;
  rates: ExchangeRates;
  /** Of the amounts in the ledger: that of the guardrails; undefined where each is in its own quote currency. */
  currency(): string | undefined;
  nowMs(): number;
}

/** A price or position that was told longer ago is not known any more, milliseconds. */
const maxAgeMs = 15_000;
const one = decimal('1');
const dayMs = 86_400_000;

/** Exits of known positions pass, whatever they are worth. What cannot be valued in dollars does not (S11). */
export function createStepJudge({
  step,
  ledger,
  activity,
  market,
  rates,
  currency,
  nowMs,
}: StepParts): Judge {
  const rule = `built-in: live step ${step.step}`;
  const no = (code: string, message: string): Judgement => ({
    decision: 'deny',
    approvals: 0,
    reasons: [{ code, message, rule }],
  });
  const most = parseUnsigned(step.maxNotional);
  const mostOfDay = parseUnsigned(step.maxDayNotional);
  return {
    async prepare(intents) {
      await market.learn(wantedFor(intents, ledger));
      const counted = currency();
      if (counted !== undefined) await rates.learn([counted], 'USD');
    },
    judge({ intents, entry }) {
      const orders = orderFacts(intents, ledger.openBook.sumsBut(entry), { ledger, market, maxAgeMs });
      if (orders.length > 0 && orders.every(({ isReducing }) => isReducing)) return passed;
      const worth = sumNotional(orders);
      if (most === undefined || mostOfDay === undefined || worth === undefined) {
        return no('LIVE_STEP_UNPRICED', 'what the request is worth is not known');
      }
      for (const { intent } of orders) {
        const quote = market.terms(intent.instrument)?.quote ?? '';
        if (isDollar(quote)) continue;
        const of = quote === '' ? 'its currency is not known' : `it is in ${quote}`;
        return no(
          'LIVE_STEP_CURRENCY',
          `${intent.instrument} cannot be held against a cap in dollars: ${of}`,
        );
      }
      if (worth.gt(most)) {
        return no(
          'LIVE_STEP_EXCEEDED',
          `${formatDecimal(worth)} exceeds the ${step.maxNotional} dollars of step ${step.step}`,
        );
      }
      // What went before is counted in the currency of the guardrails.
      const counted = currency();
      const dollars = counted === undefined ? one : rates.rate(counted, 'USD', maxAgeMs);
      if (dollars === undefined)
        return no('LIVE_STEP_UNPRICED', `what the day's orders are worth in dollars is not known`);
      for (const side of ['buy', 'sell'] as const) {
        if (!orders.some(({ intent }) => (intent.side ?? side) === side)) continue;
        const total = activity
          .notionalOn(side, nowMs() - dayMs, entry?.id)
          .times(dollars)
          .plus(worth);
        if (!total.gt(mostOfDay)) continue;
        return no(
          'LIVE_STEP_DAY',
          `${formatDecimal(total)} within a day exceeds the ${step.maxDayNotional} dollars of step ${step.step}`,
        );
      }
      return { ...passed, notional: worthText(worth) };
    },
  };
}

const passed: Judgement = { decision: 'allow', approvals: 0, reasons: [] };
