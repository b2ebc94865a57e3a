// The judge that the guardrails make: gathers the facts of a request and asks every rule.
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import { evaluate } from '../../guard/evaluate.js';
import type { Facts, OrderFacts } from '../../guard/facts.js';
import type { Guardrails } from '../../guard/guardrails.js';
import { isReducing, notionalOf, sumNotional } from '../../guard/money.js';
import type { Activity } from '../../orders/activity.js';
import { intentOf } from '../../orders/intent-record.js';
import type { Judge, Judgement, Question } from '../../orders/judge.js';
import type { Ledger, OrderEntry } from '../../orders/ledger.js';
import type { MarketMemory } from './market-memory.js';

export interface RulesJudgeParts {
  guardrails: Guardrails;
  ledger: Ledger;
  activity: Activity;
  market: MarketMemory;
  nowMs(): number;
}

const zero = decimal('0');
const openStates = ['approved', 'releasing', 'sent', 'acknowledged', 'unknown'] as const;

export function createRulesJudge(parts: RulesJudgeParts): Judge {
  const { guardrails, ledger, activity, market, nowMs } = parts;
  return {
    async prepare(intents) {
      const flat = flatten(intents.map((intent) => whole(intent, ledger)));
      await market.learn(
        new Set(flat.flatMap(({ intent }) => (intent.instrument === '' ? [] : [intent.instrument]))),
      );
    },
    judge({ intents, fingerprint, stage, entry }: Question): Judgement {
      const others = ledger.openIn(...openStates).filter((each) => each !== entry);
      const orders = orderFacts(intents, others, parts);
      const facts: Facts = {
        nowMs: nowMs(),
        fingerprint,
        orders,
        activity: activity.facts(entry?.id),
        open: openFacts(others),
        grossExposure: exposureOf(parts),
      };
      const verdict = evaluate(guardrails, facts);
      const cause = verdict.findings.find(({ halts }) => halts === true)?.message ?? '';
      const worth = sumNotional(orders);
      return {
        decision: verdict.outcome,
        approvals: verdict.approvers,
        reasons: verdict.findings.map(({ code, message, rule }) => ({
          code,
          message,
          rule: `guardrails: ${rule}`,
        })),
        ...(worth === undefined ? {} : { notional: formatDecimal(worth) }),
        ...(verdict.halts && stage === 'proposal' ? { latch: { state: 'HALTED', cause } } : {}),
      };
    },
  };
}

/** Orders and legs, each with what is known of it. Cancels are always allowed and not among them. */
function orderFacts(
  intents: readonly OrderIntent[],
  others: readonly OrderEntry[],
  { guardrails, ledger, market }: RulesJudgeParts,
): OrderFacts[] {
  const positions = market.positions(guardrails.referenceMaxAgeSeconds * 1000);
  const pending = new Map<string, Decimal>();
  const keyOf = ({ instrument, side, quantity }: OrderIntent) =>
    `${instrument} ${side ?? ''} ${quantity?.unit ?? ''}`;
  const note = (intent: OrderIntent) => {
    if (intent.action !== 'place' || intent.quantity === undefined) return;
    const key = keyOf(intent);
    pending.set(key, (pending.get(key) ?? zero).plus(intent.quantity.value));
  };
  for (const other of others) for (const record of other.intents) note(intentOf(record));
  return flatten(intents.map((intent) => whole(intent, ledger))).map(({ intent, isLeg }) => {
    const { instrument } = intent;
    const position = positions === undefined ? undefined : held(positions, instrument);
    const isDerivative = intent.quantity?.unit === 'contracts' || intent.quantity?.unit === 'close-all';
    const reference = market.price(instrument);
    const already = pending.get(keyOf(intent)) ?? zero;
    if (!isLeg) note(intent); // the next order of the same batch comes on top
    const known = isDerivative ? position : undefined;
    return {
      intent,
      isLeg,
      reference,
      position: known,
      pending: already,
      notional: notionalOf(intent, reference, market.terms(instrument), known),
      isReducing: isReducing(intent, known, already),
    };
  });
}

function held(positions: readonly { instrument: string; quantity: Decimal }[], instrument: string): Decimal {
  return positions
    .filter((each) => each.instrument === instrument)
    .reduce((sum, { quantity }) => sum.plus(quantity), zero);
}

function openFacts(others: readonly OrderEntry[]): Facts['open'] {
  const placing = others.filter(({ intents }) => intents.some(({ action }) => action === 'place'));
  let notional = zero;
  for (const { notional: worth } of placing) notional = notional.plus((worth && parseDecimal(worth)) || zero);
  return {
    count: placing.reduce(
      (sum, { intents }) => sum + intents.filter(({ action }) => action === 'place').length,
      0,
    ),
    notional,
    symbols: new Set(placing.flatMap(({ intents }) => intents.map(({ instrument }) => instrument))),
  };
}

/** Worth of all positions; undefined when they or a price of theirs are not known. */
function exposureOf({ guardrails, market }: RulesJudgeParts): Decimal | undefined {
  const positions = market.positions(guardrails.referenceMaxAgeSeconds * 1000);
  if (positions === undefined) return undefined;
  let sum = zero;
  for (const { instrument, quantity } of positions) {
    const order = {
      side: 'sell',
      type: 'market',
      quantity: { value: quantity.abs(), unit: 'contracts' },
    } as const;
    const worth = notionalOf(order, market.price(instrument), market.terms(instrument), quantity);
    if (worth === undefined) return undefined;
    sum = sum.plus(worth);
  }
  return sum;
}

/** An amendment with what its order was placed with; alone, as it came, when that order is not known. */
function whole(intent: OrderIntent, ledger: Ledger): OrderIntent {
  if (intent.action !== 'amend') return intent;
  const { clientOrderId, venueOrderId } = intent;
  const isMeant = (one: { clientOrderId?: string; venueOrderId?: string }) =>
    (clientOrderId !== undefined && one.clientOrderId === clientOrderId) ||
    (venueOrderId !== undefined && one.venueOrderId === venueOrderId);
  for (const entry of ledger.orders().toReversed()) {
    const index = entry.intents.findIndex((each, at) => isMeant(each) || isMeant(entry.outcomes[at] ?? {}));
    const original = entry.intents[index];
    if (original === undefined || original.action !== 'place') continue;
    const { legs: _legs, ...placed } = intentOf(original);
    const given = Object.fromEntries(Object.entries(intent).filter(([, value]) => value !== undefined));
    return { ...placed, ...given, instrument: intent.instrument || placed.instrument } as OrderIntent;
  }
  return intent;
}

function flatten(intents: readonly OrderIntent[], isLeg = false): { intent: OrderIntent; isLeg: boolean }[] {
  return intents.flatMap((intent) =>
    intent.action === 'cancel'
      ? []
      : [
          { intent, isLeg },
          ...flatten(
            (intent.legs ?? []).map((leg) => ({ ...leg, instrument: leg.instrument || intent.instrument })),
            true,
          ),
        ],
  );
}
