// The judge of the built-in reflexes: asks the venue for positions before an order on contracts, then decides at once.
import type { Clock } from '../../core/clock.js';
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import { hasDrifted, sumNotional } from '../../guard/money.js';
import { canOnlyReduce } from '../../orders/admission.js';
import type { Judge, Judgement, Question } from '../../orders/judge.js';
import type { LastHeld } from '../../orders/last-held.js';
import type { Ledger } from '../../orders/ledger.js';
import {
  judgeReflexes,
  letsExitsOnly,
  needsPosition,
  type PositionFacts,
  type ReflexLimits,
} from '../../orders/reflexes.js';
import type { ExchangeRates } from './exchange-rates.js';
import { type ExitParts, isExit, sellsHolding } from './exits.js';
import type { MarketMemory } from './market-memory.js';
import { misnamedIn, orderFacts, wantedFor } from './order-facts.js';
import { newSymbolsPerMinute } from './untold-terms.js';

export interface ReflexParts {
  ledger: Ledger;
  market: MarketMemory;
  /** For what was valued in the currency of the guardrails; whoever valued it has them learned. */
  rates: Pick<ExchangeRates, 'rate'>;
  /** What was held before, as the account's journal has it. */
  lastHeld: Pick<LastHeld, 'of'>;
  /** False where the venue has no calls of its own: its positions cannot be known, and it does not get beyond demo. */
  isAsked: boolean;
  clock: Clock;
  limits: ReflexLimits;
  /** Values each order, for a human and for drift, not only those that wait; costs the venue's answer to two questions. */
  isValued: boolean;
  /** As in ExitParts. */
  tellsBalances: boolean;
  spendsBalances?: ExitParts['spendsBalances'];
  /** Lets no order out in a symbol of which the venue has not told that it lists it; else what is known to be unlisted stays. */
  isListWanted: boolean;
}

/** A position that was told longer ago is not known any more, milliseconds. */
const freshMs = 3_500;
/** The same of a price. */
const pricedMs = 15_000;
const zero = decimal('0');

export function createReflexJudge({
  ledger,
  market,
  rates,
  lastHeld,
  isAsked,
  clock,
  limits,
  isValued,
  isListWanted,
  tellsBalances,
  spendsBalances,
}: ReflexParts): Judge {
  const exits = { ledger, market, tellsBalances, spendsBalances };
  const positions: PositionFacts = isAsked
    ? {
        now: (named) => market.held(named, freshMs),
        last: (named) => lastHeld.of(named),
      }
    : unasked;
  // In the currency that it was valued in when it was proposed, else in quote currency.
  const worthOf = ({ intents, entry }: Question): Decimal | undefined => {
    const into = entry?.currency;
    const rateOf = into === undefined ? undefined : (from: string) => rates.rate(from, into, pricedMs);
    const known = { ledger, market, maxAgeMs: pricedMs, rateOf };
    return sumNotional(orderFacts(intents, ledger.openBook.sumsBut(entry), known));
  };
  return {
    async prepare(intents) {
      const needed = intents.some((intent) => needsPosition(intent, ledger)) ? 'now' : 'none';
      const { instruments, positions: valued } = wantedFor(intents, ledger);
      const isSale = intents.some(sellsHolding) && letsExitsOnly(ledger, clock.nowMs(), limits);
      // Guardrails hold where nothing else is valued, and may be gone by then: what waits is held against its price when it leaves.
      const isWorthWanted = isValued || ledger.openIn('held', 'approved').length > 0;
      await market.learn({
        instruments: isWorthWanted ? instruments : [],
        terms: isListWanted || isSale ? placedIn(intents) : [],
        positions: isSale || (isWorthWanted && valued === 'now') ? 'now' : needed,
        balances: isSale && tellsBalances,
      });
      const isDoubtful = placedIn(intents.filter(mayExit)).some(
        (name) => market.isUnlisted(name) || market.terms(name) === undefined,
      );
      if (isAsked && isDoubtful) await market.learn({ instruments: [], positions: 'now' });
    },
    judge(question): Judgement {
      const nowMs = clock.nowMs();
      const leaves = () => isExit(question, exits);
      const denied = judgeReflexes(question, { ledger, positions, nowMs, limits, isExit: leaves });
      const worth = isValued || question.stage === 'release' ? worthOf(question) : undefined;
      const judgement =
        denied ??
        misnamedProblem(question, ledger) ??
        unlistedProblem(question, market, isListWanted) ??
        driftProblem(question, worth, limits.driftBps) ??
        passed;
      return worth === undefined ? judgement : { ...judgement, notional: formatDecimal(worth) };
    },
    isExit: (question) => isAsked && isExit(question, exits),
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
  const before = parseDecimal(entry.notional);
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

/** What it would make of an order that it does not name nobody can value, and no human sees. */
function misnamedProblem({ intents }: Question, ledger: Ledger): Judgement | undefined {
  const misnamed = misnamedIn(intents, ledger);
  if (misnamed === undefined) return undefined;
  const { instrument, venueOrderId, clientOrderId = '' } = misnamed;
  const message = `the order ${venueOrderId ?? clientOrderId} was not placed in ${instrument}`;
  const rule = 'built-in: amendments';
  return { decision: 'deny', approvals: 0, reasons: [{ code: 'AMENDMENT_MISNAMED', message, rule }] };
}

/** S4: what is on none of the venue's lists nobody can value, so nobody is asked to approve it. */
function unlistedProblem(
  { stage, intents }: Question,
  market: MarketMemory,
  isListWanted: boolean,
): Judgement | undefined {
  if (stage !== 'proposal') return undefined;
  const no = (code: string, message: string): Judgement => ({
    decision: 'deny',
    approvals: 0,
    reasons: [{ code, message, rule: 'built-in: instrument list' }],
  });
  // An exit needs no list: what is held was listed. It is none where nothing is.
  const isHeld = (name: string) =>
    market.positions(freshMs)?.some(({ instrument, quantity }) => instrument === name && !quantity.eq(zero));
  const isExit = (intent: OrderIntent) => isExitOf(intent, isHeld);
  const opened = placedIn(intents.filter((intent) => !isExit(intent)));
  const unheld = placedIn(intents.filter(isExit)).filter((name) => isHeld(name) === false);
  const symbol = [...opened, ...unheld].find((name) => market.isUnlisted(name));
  if (symbol !== undefined) return no('SYMBOL_UNKNOWN', `the venue lists no ${symbol}`);
  const more = opened.find((name) => market.isCapped(name));
  if (more !== undefined) {
    const cap = `it is asked about ${newSymbolsPerMinute} new symbols a minute at most`;
    return no('INSTRUMENT_LIST_MISSING', `the venue was not asked whether it lists ${more}: ${cap}`);
  }
  // S11: who was not told does not know.
  const postponed = opened.find((name) => market.isPostponed(name));
  if (postponed !== undefined)
    return no('INSTRUMENT_LIST_MISSING', `the venue cannot be asked now whether it lists ${postponed}`);
  const unasked = isListWanted ? opened.find((name) => market.terms(name) === undefined) : undefined;
  if (unasked === undefined) return undefined;
  return no('INSTRUMENT_LIST_MISSING', `the venue could not be asked whether it lists ${unasked}`);
}

function placedIn(intents: readonly OrderIntent[]): string[] {
  const placed = intents.filter(({ action }) => action === 'place').flatMap(namesOf);
  return placed.filter((name) => name !== '');
}

/** Of coins and shares the flag proves nothing, on spot it is ignored: only a position that the venue told does. */
function isExitOf(intent: OrderIntent, isHeld: (name: string) => boolean | undefined): boolean {
  const { quantity, legs = [], instrument } = intent;
  const isProven = canOnlyReduce(intent) || quantity?.unit === 'close-all' || isHeld(instrument) === true;
  return mayExit(intent) && isProven && legs.every((leg) => isExitOf(leg, isHeld));
}

function mayExit({ action, reduceOnly, quantity }: OrderIntent): boolean {
  return action === 'cancel' || reduceOnly === true || quantity?.unit === 'close-all';
}

function namesOf({ instrument, legs = [] }: OrderIntent): string[] {
  return [instrument, ...legs.map((leg) => leg.instrument)];
}

const passed: Judgement = { decision: 'allow', approvals: 0, reasons: [] };
const unasked: PositionFacts = { now: () => zero, last: () => undefined };
