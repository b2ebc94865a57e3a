// The hard cap of a step of `live`, beside the guardrails and whatever those say: how much one request, and a day, may move.
import { decimal, formatDecimal, parseUnsigned } from '../../core/decimal.js';
import { isDollar } from '../../core/dollars.js';
import { marginOf } from '../../guard/evaluate.js';
import { sumNotional, worthText } from '../../guard/money.js';
import { measured } from '../../guard/rule.js';
import type { Activity } from '../../orders/activity.js';
import type { Judge, Judgement, Question } from '../../orders/judge.js';
import type { Ledger } from '../../orders/ledger.js';
import type { LiveStep } from '../settings.js';
import { marginRecord } from './assess.js';
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
  const ofDay = (side: 'buy' | 'sell', except?: string) => activity.notionalOn(side, nowMs() - dayMs, except);
  const factsOf = ({ intents, entry }: Question) =>
    orderFacts(intents, ledger.openBook.sumsBut(entry), { ledger, market, maxAgeMs });
  /** What went before is counted in the currency of the guardrails. */
  const dollarsOf = () => {
    const counted = currency();
    return counted === undefined ? one : rates.rate(counted, 'USD', maxAgeMs);
  };
  return {
    async prepare(intents) {
      await market.learn(wantedFor(intents, ledger));
      const counted = currency();
      if (counted !== undefined) await rates.learn([counted], 'USD');
    },
    judge(question) {
      const { entry } = question;
      const orders = factsOf(question);
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
      const dollars = dollarsOf();
      if (dollars === undefined)
        return no('LIVE_STEP_UNPRICED', `what the day's orders are worth in dollars is not known`);
      for (const side of ['buy', 'sell'] as const) {
        if (!orders.some(({ intent }) => (intent.side ?? side) === side)) continue;
        const total = ofDay(side, entry?.id).times(dollars).plus(worth);
        if (!total.gt(mostOfDay)) continue;
        return no(
          'LIVE_STEP_DAY',
          `${formatDecimal(total)} within a day exceeds the ${step.maxDayNotional} dollars of step ${step.step}`,
        );
      }
      return { ...passed, notional: worthText(worth) };
    },
    assess(question) {
      const orders = factsOf(question);
      if (most === undefined || mostOfDay === undefined || orders.every(({ isReducing }) => isReducing))
        return { effects: [], rules: [] };
      const worth = sumNotional(orders);
      const dollars = dollarsOf();
      const margins = (['buy', 'sell'] as const).flatMap((side) => {
        if (!orders.some(({ intent }) => (intent.side ?? side) === side)) return [];
        const total = dollars && worth?.plus(ofDay(side, question.entry?.id).times(dollars));
        return [measured(`worth of a day to ${side}`, 'USD', total, mostOfDay)];
      });
      const all = [measured('worth of the request', 'USD', worth, most), ...margins];
      return { effects: [], rules: [{ rule: `live step ${step.step}`, margins: all.map(recordOf) }] };
    },
  };
}

const passed: Judgement = { decision: 'allow', approvals: 0, reasons: [] };

const recordOf = (measure: Parameters<typeof marginOf>[0]) => marginRecord(marginOf(measure));
