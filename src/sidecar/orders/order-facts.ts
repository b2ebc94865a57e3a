// What is known of each order of a request: position, price, worth, what is on its way already. For reflexes, rules and the human's view alike.
import { finalOutcomes, type IntentRecord, type OutcomeRecord } from '../../audit/order-events.js';
import { type Decimal, decimal } from '../../core/decimal.js';
import { isHeldToReduce, isSpot, makesPosition, type OrderIntent, type OrderSide } from '../../core/order.js';
import { positionKey } from '../../core/position.js';
import type { OrderFacts } from '../../guard/facts.js';
import { alternativesIn, isPackage, listed } from '../../guard/legs.js';
import { closingSide, isReducing, notionalOf } from '../../guard/money.js';
import { intentOf } from '../../orders/intent-record.js';
import type { Ledger, OrderEntry } from '../../orders/ledger.js';
import type { OpenSums } from '../../orders/open-book.js';
import { pendingKey } from '../../orders/open-quantities.js';
import type { MarketMemory } from './market-memory.js';
import { spotFacts } from './spot-facts.js';
import type { BookName, Wanted } from './wanted.js';

export interface KnownParts {
  ledger: Ledger;
  market: MarketMemory;
  /** A price or position older than this is none, milliseconds. */
  maxAgeMs: number;
  /** Into the currency of the limits; absent: amounts stay in quote currency. */
  rateOf?: ((currency: string) => Decimal | undefined) | undefined;
  /** The venue tells what a spot account holds, and a rule asks for it. */
  hasBalances?: boolean;
  /** Orders of other requests that the balances may not show yet. */
  unseen?: readonly OrderIntent[];
  /** Of the range of trades that a rule wants. */
  rangeMinutes?: number | undefined;
}

const zero = decimal('0');
const one = decimal('1');
const bothSides: readonly OrderSide[] = ['buy', 'sell'];
/** What may rest of those requests: placed and amended orders of which nothing final is told. */
export function restingIntents(others: readonly OrderEntry[], ledger: Ledger): OrderIntent[] {
  const resting: OrderIntent[] = [];
  for (const { intents, outcomes } of others) {
    for (const [index, record] of intents.entries()) {
      const state = outcomes[index]?.state;
      const isOpen = state === undefined || !finalOutcomes.has(state);
      if (isOpen && record.action !== 'cancel') resting.push(whole(intentOf(record), ledger));
    }
  }
  return resting;
}

/** What those requests place and amend, each as a whole at its dearest price, and what hangs on it but closes nothing. */
export function movingIntents(others: readonly OrderEntry[], ledger: Ledger): OrderIntent[] {
  return others.flatMap(({ intents }) => {
    const wholes = intents.map((record) => whole(intentOf(record), ledger));
    const alternatives = alternativesIn(wholes);
    return listed(wholes).flatMap(({ intent, isLeg }) =>
      isLeg ? [] : [atDearest(intent, alternatives.get(intent) ?? [])],
    );
  });
}

/** The books that orders at any price would take from, legs included. */
export function booksOf(intents: readonly OrderIntent[], ledger: Ledger): BookName[] {
  const taking = listed(intents.map((intent) => whole(intent, ledger))).filter(
    ({ intent: { type } }) => type !== 'limit' && type !== 'stop-limit',
  );
  return taking.map(({ intent }) => ({ instrument: intent.instrument, isDerivative: makesPosition(intent) }));
}

/** What has to be learned before these orders can be valued and compared with positions. */
export function wantedFor(intents: readonly OrderIntent[], ledger: Ledger): Wanted {
  const flat = listed(intents.map((intent) => whole(intent, ledger))).map(({ intent }) => intent);
  return {
    instruments: flat.flatMap(({ instrument }) => (instrument === '' ? [] : [instrument])),
    positions: flat.some(makesPosition) ? 'now' : 'recent',
  };
}

/** Orders and legs, each with what is known of it. Cancels are always allowed and not among them. */
export function orderFacts(
  intents: readonly OrderIntent[],
  others: Pick<OpenSums, 'pending' | 'pendingApart' | 'unbound'>,
  { ledger, market, maxAgeMs, rateOf, hasBalances = false, unseen = [], rangeMinutes }: KnownParts,
): OrderFacts[] {
  /** Of this request, what came before the order at hand. */
  const before = new Map<string, Decimal>();
  const earlier: OrderIntent[] = [];
  const note = (intent: OrderIntent) => {
    if (intent.action !== 'place' || intent.quantity === undefined) return;
    const key = pendingKey(intent);
    before.set(key, (before.get(key) ?? zero).plus(intent.quantity.value));
    if (makesPosition(intent) && !isHeldToReduce(intent)) earlier.push(intent);
  };
  /** Against the position, or without one against nothing: then all of it. */
  const unboundBy = (intent: OrderIntent, known: Decimal | undefined): Decimal => {
    const sides = known === undefined || known.eq(zero) ? bothSides : [closingSide(known)];
    let sum = zero;
    for (const side of sides) sum = sum.plus(others.unbound(intent, side));
    for (const each of earlier)
      if (positionKey(each) === positionKey(intent) && (each.side === undefined || sides.includes(each.side)))
        sum = sum.plus(each.quantity?.value ?? zero);
    return sum;
  };
  const wholes = intents.map((intent) => whole(intent, ledger));
  const alternatives = alternativesIn(wholes);
  /** Of the last order that counts by itself: its alternative comes instead of it, not on top. */
  let head: Pick<OrderFacts, 'pending' | 'unbound'> | undefined;
  return listed(wholes).map(({ intent, isLeg }) => {
    const { instrument } = intent;
    const reference = market.price(instrument, maxAgeMs);
    const terms = market.terms(instrument);
    const key = pendingKey(intent);
    const known = makesPosition(intent) ? market.position(intent, maxAgeMs) : undefined;
    const on = isLeg && intent.isAlternative === true ? head : undefined;
    const heldApart = known === undefined ? zero : market.positionApart(intent, maxAgeMs);
    // Only then does anything on its way concern another position.
    const movesApart = heldApart.eq(zero) ? zero : others.pendingApart(intent);
    const already =
      on?.pending ??
      others
        .pending(key)
        .minus(movesApart)
        .plus(before.get(key) ?? zero);
    const unbound = on?.unbound ?? (makesPosition(intent) ? unboundBy(intent, known) : zero);
    if (!isLeg) {
      note(intent); // the next order of the same batch comes on top
      head = { pending: already, unbound };
    }
    const instead = alternatives.get(intent);
    // Most orders have no legs, and all that their worth needs is at hand.
    const cost =
      intent.legs === undefined && instead === undefined
        ? notionalOf(intent, reference, terms, known)
        : costOf(intent, market, maxAgeMs, instead);
    return {
      intent,
      isLeg,
      reference,
      book: market.book({ instrument, isDerivative: makesPosition(intent) }, maxAgeMs),
      range: rangeMinutes === undefined ? undefined : market.range(instrument, rangeMinutes, maxAgeMs),
      position: known,
      ...(heldApart.eq(zero) ? {} : { apart: heldApart.plus(movesApart) }),
      ...(hasBalances && isSpot(intent)
        ? { spot: spotFacts(terms, cost, { market, maxAgeMs, unseen }) }
        : {}),
      pending: already,
      unbound,
      notional: converted(cost, terms?.quote, rateOf),
      isReducing: isReducing(intent, known, { pending: already, unbound }),
    };
  });
}

/**
 * What an order can cost at most beside the orders that count by themselves, quote currency: of alternatives the dearest, of several
 * orders at one net price what that is above what they cost.
 */
function costOf(
  intent: OrderIntent,
  market: MarketMemory,
  maxAgeMs: number,
  instead: readonly OrderIntent[] = [],
): Decimal | undefined {
  if (isPackage(intent)) return premiumOf(intent, market, maxAgeMs);
  const { instrument, legs = [] } = intent;
  const known = makesPosition(intent) ? market.position(intent, maxAgeMs) : undefined;
  // Triggers and prices of the legs of an amendment may be the order's own, not those of an exit.
  const own = intent.action === 'amend' ? listed([intent]).map((each) => each.intent) : [];
  const priced = atDearest(intent, own);
  let cost = notionalOf(priced, market.price(instrument, maxAgeMs), market.terms(instrument), known);
  for (const leg of [...legs, ...instead]) {
    if (leg.isAlternative !== true) continue;
    const other = costOf(leg, market, maxAgeMs);
    if (cost === undefined || other === undefined) return undefined;
    if (other.gt(cost)) cost = other;
  }
  return cost;
}

/** An order at the dearest price in it or beside it. */
function atDearest(intent: OrderIntent, beside: readonly OrderIntent[]): OrderIntent {
  if (beside.length === 0) return intent;
  const prices = beside.flatMap(({ price, trigger }) => [price, trigger]);
  let highest = intent.price;
  for (const each of prices) if (each !== undefined && !highest?.gte(each)) highest = each;
  return highest === undefined ? intent : { ...intent, price: highest };
}

/** Undefined when one of its orders cannot be valued. There are no more units than the smallest of them holds. */
function premiumOf(
  { price = zero, legs = [] }: OrderIntent,
  market: MarketMemory,
  maxAgeMs: number,
): Decimal | undefined {
  let sum = zero;
  let units: Decimal | undefined;
  let multiplier = one;
  for (const leg of legs) {
    const cost = costOf(leg, market, maxAgeMs);
    const size = market.terms(leg.instrument)?.multiplier;
    if (cost === undefined || leg.quantity === undefined || size === undefined) return undefined;
    sum = sum.plus(cost);
    if (units === undefined || leg.quantity.value.lt(units)) units = leg.quantity.value;
    if (size.gt(multiplier)) multiplier = size;
  }
  const premium = price
    .abs()
    .times(units ?? zero)
    .times(multiplier)
    .minus(sum);
  return premium.gt(zero) ? premium : zero;
}

/** An amount of one currency in that of the limits; undefined when it, or the rate, is not known. */
export function converted(
  amount: Decimal | undefined,
  currency: string | undefined,
  rateOf: KnownParts['rateOf'],
): Decimal | undefined {
  if (amount === undefined || rateOf === undefined) return amount;
  const rate = currency === undefined ? undefined : rateOf(currency);
  return rate && amount.times(rate);
}

/**
 * The first amendment of these that names another instrument than its order was placed in: venues that go by the id alone change that
 * order, whatever the request says of it.
 */
export function misnamedIn(intents: readonly OrderIntent[], ledger: Ledger): OrderIntent | undefined {
  return intents.find((intent) => originalOf(intent, ledger) === 'misnamed');
}

interface Original {
  placed: OrderIntent;
  /** What is known to be filled of it. */
  filled: string | undefined;
}

/** What an amendment amends; undefined when it is not known. An id may come again in another book: there it is another order. */
function originalOf(amendment: OrderIntent, ledger: Ledger): Original | 'misnamed' | undefined {
  const { action, clientOrderId, venueOrderId, instrument } = amendment;
  if (action !== 'amend' || (clientOrderId === undefined && venueOrderId === undefined)) return undefined;
  // Which of two ids counts is the venue's to say: both have to be of one order.
  const isMeant = (each: IntentRecord, told: Partial<OutcomeRecord>) =>
    each.action === 'place' &&
    told.state !== 'refused' &&
    told.state !== 'absent' &&
    (clientOrderId === undefined || [each.clientOrderId, told.clientOrderId].includes(clientOrderId)) &&
    (venueOrderId === undefined || [each.venueOrderId, told.venueOrderId].includes(venueOrderId));
  let isMisnamed = false;
  for (const { releasedMs, state, intents, outcomes } of ledger.orders().toReversed()) {
    // What never reached the venue rests nowhere, by whatever name.
    if (releasedMs === undefined || state === 'rejected-by-venue') continue;
    for (const [index, each] of intents.entries()) {
      const told = outcomes[index];
      if (!isMeant(each, told ?? {})) continue;
      if (instrument === '' || each.instrument === instrument)
        return { placed: intentOf(each), filled: told?.filled };
      isMisnamed = true;
    }
  }
  return isMisnamed ? 'misnamed' : undefined;
}

/** An amendment with what its order was placed with; alone, as it came, when that order is not known. */
function whole(intent: OrderIntent, ledger: Ledger): OrderIntent {
  const original = originalOf(intent, ledger);
  if (original === undefined) return intent;
  if (original === 'misnamed') {
    // Worth what nobody can say: the quantity is one of something else.
    const { quantity: _quantity, legs: _legs, ...rest } = intent;
    return rest;
  }
  // What it hung on is none of the amendments beside it.
  const { legs: _legs, isAlternative: _isAlternative, isAttached: _isAttached, ...placed } = original.placed;
  const given = Object.fromEntries(Object.entries(intent).filter(([, value]) => value !== undefined));
  // The margin mode is among the terms, and no amendment changes it.
  const terms = intent.terms && { terms: { ...intent.terms, ...placed.terms } };
  const merged = { ...placed, ...given, ...terms, instrument: placed.instrument } as OrderIntent;
  if (isPackage(original.placed)) return repackaged(merged, original.placed);
  return withTotal(withAlternatives(inUnitOf(placed, merged), original.placed), original.filled);
}

/**
 * Several orders at one net price change with it. What the amendment says of them counts, on top of what was placed; where it says nothing,
 * only the venue knows how, and it is worth what nobody can say.
 */
function repackaged(merged: OrderIntent, { legs: placed = [] }: OrderIntent): OrderIntent {
  const { legs, quantity: _quantity, ...rest } = merged;
  if (legs === undefined) return rest;
  // Which of them is which, their places tell.
  return { ...merged, legs: legs.map((leg, index) => ({ ...placed[index], ...leg })) };
}

/** Amendments that do not name their instrument cannot tell contracts from coins: the order that was placed does. */
function inUnitOf({ quantity: placed }: OrderIntent, merged: OrderIntent): OrderIntent {
  const { quantity } = merged;
  return placed?.unit === 'contracts' && quantity?.unit === 'base'
    ? { ...merged, quantity: { ...quantity, unit: 'contracts' } }
    : merged;
}

/** Of two prices of one exit an amendment may leave one as it is: it counts on, for as much as the order does then. */
function withAlternatives(amended: OrderIntent, { legs = [] }: OrderIntent): OrderIntent {
  const others = legs.filter(({ isAlternative }) => isAlternative === true);
  if (others.length === 0) return amended;
  const { quantity } = amended;
  const kept = others.map((leg) => ({ ...leg, action: 'amend' as const, ...(quantity && { quantity }) }));
  return { ...amended, legs: [...(amended.legs ?? []), ...kept] };
}

/** What an amendment makes of the order in all: what shall stay open, and what is known to be filled. */
function withTotal(intent: OrderIntent, filled = '0'): OrderIntent {
  const { isOpenQuantity, quantity, ...rest } = intent;
  if (isOpenQuantity !== true || quantity === undefined) return intent;
  return { ...rest, quantity: { ...quantity, value: quantity.value.plus(decimal(filled)) } };
}
