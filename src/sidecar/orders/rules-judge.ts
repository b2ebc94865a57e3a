// The judge that the guardrails make: gathers the facts of a request and asks every rule.
import { type Decimal, decimal } from '../../core/decimal.js';
import { isSpot, type OrderIntent } from '../../core/order.js';
import { evaluate } from '../../guard/evaluate.js';
import type { Facts, LimitCurrency, OrderFacts } from '../../guard/facts.js';
import type { Guardrails } from '../../guard/guardrails.js';
import { notionalOf, sumNotional, worthText } from '../../guard/money.js';
import type { Activity } from '../../orders/activity.js';
import type { Judge, Judgement, Question } from '../../orders/judge.js';
import type { Ledger, OrderEntry } from '../../orders/ledger.js';
import { toldOf } from '../../orders/told-facts.js';
import { assess } from './assess.js';
import type { ExchangeRates } from './exchange-rates.js';
import { isExit, sellsHolding } from './exits.js';
import type { MarketMemory } from './market-memory.js';
import { booksOf, converted, movingIntents, orderFacts, restingIntents, wantedFor } from './order-facts.js';
import { untoldWallet } from './spot-facts.js';

export interface RulesJudgeParts {
  /** The rules as they are at that moment. */
  guardrails(): Guardrails;
  ledger: Ledger;
  activity: Activity;
  market: MarketMemory;
  rates: ExchangeRates;
  /** The venue tells what a spot account holds. */
  tellsBalances: boolean;
  /** False for operations that spend another wallet than that; every one spends it when absent. */
  spendsBalances?: ((operation: string) => boolean) | undefined;
  /** Writes down what the account is worth. @throws what the journal throws. */
  noteEquity(usd: Decimal): void;
  nowMs(): number;
}

const zero = decimal('0');
/** A day on which clocks are set back. */
const longestDayMs = 90_000_000;

export function createRulesJudge(parts: RulesJudgeParts): Omit<Required<Judge>, 'isExit'> {
  const { ledger, activity, market, rates, nowMs } = parts;
  const unseenBut = (own: OrderEntry | undefined, askedMs = 0): OrderIntent[] =>
    movingIntents(ledger.openBook.inFlight.unseen(own, askedMs), ledger);
  const factsOf = (
    { operation, intents, likeness, entry, explanation = entry?.explanation }: Question,
    guardrails: Guardrails,
  ): Facts => {
    const maxAgeMs = guardrails.referenceMaxAgeSeconds * 1000;
    const others = ledger.openBook.sumsBut(entry);
    const rangeMinutes = guardrails.volatilityHalt?.minutes;
    const currency = currencyOf(guardrails, rates, maxAgeMs);
    const rateOf = currency?.rateOf;
    const known = orderFacts(intents, others, {
      ledger,
      market,
      maxAgeMs,
      rateOf,
      hasBalances: needsBalances(guardrails) && parts.tellsBalances,
      unseen: guardrails.spotBalance === undefined ? [] : unseenBut(entry, market.balancesAskedMs()),
      rangeMinutes,
    });
    const orders = parts.spendsBalances?.(operation) === false ? known.map(untoldWallet) : known;
    const exposure = needsExposure(guardrails) ? exposureOf(market, maxAgeMs, rateOf) : undefined;
    return {
      nowMs: nowMs(),
      likeness,
      orders,
      activity: activity.facts(entry?.id),
      open: {
        ...others,
        orders: (but) => restingIntents(ledger.openBook.others(entry, but), ledger),
      },
      termsOf: (symbol) => market.terms(symbol),
      equity: market.equity(maxAgeMs),
      isDisposal:
        ledger.tradingState === 'REDUCE_ONLY' &&
        intents.some(sellsHolding) &&
        isExit({ operation, intents, entry }, parts),
      ...(currency === undefined ? {} : { currency }),
      grossExposure: exposure?.gross,
      netExposure: exposure?.net,
      ...(explanation === undefined ? {} : { evidence: explanation.sources }),
    };
  };
  return {
    async prepare(intents) {
      const wanted = wantedFor(intents, ledger);
      const guardrails = parts.guardrails();
      const realised = guardrails.daily?.realisedLoss === undefined ? [] : tradedContracts(parts);
      const equity = needsEquity(guardrails);
      const spending =
        guardrails.spotBalance !== undefined && intents.some(isSpot) ? unseenBut(undefined, nowMs()) : [];
      await market.learn({
        ...wanted,
        instruments: [...wanted.instruments, ...realised, ...spending.map(({ instrument }) => instrument)],
        books: typeof guardrails.marketOrders === 'object' ? booksOf(intents, ledger) : [],
        rangeMinutes: guardrails.volatilityHalt?.minutes,
        equity,
        balances: needsBalances(guardrails) && intents.some(isSpot),
      });
      const held = needsExposure(guardrails) ? heldSymbols(market, guardrails) : [];
      if (held.length > 0) await market.learn({ instruments: held, positions: 'none' });
      if (guardrails.currency !== undefined) {
        const paid = guardrails.daily?.fees === undefined ? [] : feeSymbols(parts);
        if (paid.length > 0) await market.learn({ instruments: paid, positions: 'none' });
        const symbols = [...wanted.instruments, ...realised, ...held, ...paid];
        const quotes = symbols.flatMap((symbol) => market.terms(symbol)?.quote ?? []);
        await rates.learn([...quotes, ...(equity ? ['USD'] : [])], guardrails.currency);
      }
      const worth = equity ? market.equity(guardrails.referenceMaxAgeSeconds * 1000) : undefined;
      if (worth !== undefined && activity.equityMarks.isNews(worth, nowMs())) parts.noteEquity(worth);
    },
    judge(question: Question): Judgement {
      const guardrails = parts.guardrails();
      const facts = factsOf(question, guardrails);
      const { orders, currency } = facts;
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
        ...(worth === undefined ? {} : { notional: worthText(worth) }),
        ...named(currency?.name ?? soleQuote(orders, market)),
        ...(question.stage === 'proposal'
          ? { told: () => toldOf(facts, guardrails, parts.tellsBalances) }
          : {}),
        ...(verdict.halts && question.stage === 'proposal' ? { latch: { cause, endsWaiting: true } } : {}),
      };
    },
    assess(question) {
      const guardrails = parts.guardrails();
      const past = { orders: ledger.orders(), holdings: activity.holdings() };
      return assess(factsOf(question, guardrails), guardrails, past);
    },
  };
}

function needsEquity({
  maxLeverage,
  maxEquityShare,
  maxConcentration,
  maxDrawdown,
  daily,
}: Guardrails): boolean {
  const limits = [maxLeverage, maxEquityShare, maxConcentration, maxDrawdown, daily?.loss];
  return limits.some((limit) => limit !== undefined);
}

/** Symbols whose contracts have to be known before a day's result is: those in which something was won or lost since yesterday. */
function tradedContracts({ activity, nowMs }: RulesJudgeParts): string[] {
  return activity
    .facts()
    .results.realisedSince(nowMs() - longestDayMs)
    .filter((each) => each.isContracts && !(each.amount.eq(zero) && (each.inverse ?? zero).eq(zero)))
    .map(({ instrument }) => instrument);
}

function needsBalances({ spotBalance, maxPositionNotional, maxConcentration }: Guardrails): boolean {
  return [spotBalance, maxPositionNotional, maxConcentration].some((limit) => limit !== undefined);
}

function needsExposure({ maxLeverage, maxGrossExposure, maxNetExposure }: Guardrails): boolean {
  return [maxLeverage, maxGrossExposure, maxNetExposure].some((limit) => limit !== undefined);
}

function heldSymbols(market: MarketMemory, { referenceMaxAgeSeconds }: Guardrails): string[] {
  return (market.positions(referenceMaxAgeSeconds * 1000) ?? []).map(({ instrument }) => instrument);
}

/** Symbols in which fees were paid since yesterday: what they are quoted in has to be known. */
function feeSymbols({ activity, nowMs }: RulesJudgeParts): string[] {
  const paid = activity.facts().fees.paidSince(nowMs() - longestDayMs);
  return paid.filter(({ amount }) => !amount.eq(zero)).map(({ instrument }) => instrument);
}

function currencyOf(
  { currency: name }: Guardrails,
  rates: ExchangeRates,
  maxAgeMs: number,
): LimitCurrency | undefined {
  return name === undefined ? undefined : { name, rateOf: (from) => rates.rate(from, name, maxAgeMs) };
}

/** What all orders are quoted in; undefined when it is not known, or not one. */
function soleQuote(orders: readonly OrderFacts[], market: MarketMemory): string | undefined {
  const [first] = orders;
  if (first === undefined) return undefined;
  const quote = market.terms(first.intent.instrument)?.quote;
  const isSole = orders.every(({ intent }) => market.terms(intent.instrument)?.quote === quote);
  return isSole ? quote : undefined;
}

const named = (currency: string | undefined) => (currency === undefined ? {} : { currency });

/** Worth of all positions; undefined when they or a price of theirs are not known. */
function exposureOf(
  market: MarketMemory,
  maxAgeMs: number,
  rateOf: LimitCurrency['rateOf'] | undefined,
): { gross: Decimal; net: Decimal } | undefined {
  const positions = market.positions(maxAgeMs);
  if (positions === undefined) return undefined;
  let [gross, net] = [zero, zero];
  for (const { instrument, quantity } of positions) {
    const order = {
      side: 'sell',
      type: 'market',
      quantity: { value: quantity.abs(), unit: 'contracts' },
    } as const;
    const terms = market.terms(instrument);
    const quoted = notionalOf(order, market.price(instrument, maxAgeMs), terms, quantity);
    const worth = converted(quoted, terms?.quote, rateOf);
    if (worth === undefined) return undefined;
    gross = gross.plus(worth);
    net = quantity.lt(zero) ? net.minus(worth) : net.plus(worth);
  }
  return { gross, net };
}
