// What is known of each order of a request: position, price, worth, what is on its way already. For reflexes, rules and the human's view alike.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import type { OrderFacts } from '../../guard/facts.js';
import { isReducing, notionalOf } from '../../guard/money.js';
import { intentOf } from '../../orders/intent-record.js';
import type { Ledger, OrderEntry } from '../../orders/ledger.js';
import { type OpenSums, pendingKey } from '../../orders/open-book.js';
import type { BookName, MarketMemory, Wanted } from './market-memory.js';
import { isSpot, spotFacts } from './spot-facts.js';

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
/** What may rest of those requests: placed and amended orders of which nothing final is told. */
export function restingIntents(others: readonly OrderEntry[], ledger: Ledger): OrderIntent[] {
  const resting: OrderIntent[] = [];
  for (const { intents, outcomes } of others) {
    for (const [index, record] of intents.entries()) {
      const state = outcomes[index]?.state;
      const isOpen = state === undefined || state === 'accepted' || state === 'resting';
      if (isOpen && record.action !== 'cancel') resting.push(whole(intentOf(record), ledger));
    }
  }
  return resting;
}

/** What those requests place and amend, each as a whole. */
export function movingIntents(others: readonly OrderEntry[], ledger: Ledger): OrderIntent[] {
  return others.flatMap(({ intents }) =>
    intents.filter(({ action }) => action !== 'cancel').map((record) => whole(intentOf(record), ledger)),
  );
}

/** The books that orders at any price would take from, legs included. */
export function booksOf(intents: readonly OrderIntent[], ledger: Ledger): BookName[] {
  const taking = flatten(intents.map((intent) => whole(intent, ledger))).filter(
    ({ intent: { type } }) => type !== 'limit' && type !== 'stop-limit',
  );
  return taking.map(({ intent }) => ({ instrument: intent.instrument, isDerivative: isDerivative(intent) }));
}

/** What has to be learned before these orders can be valued and compared with positions. */
export function wantedFor(intents: readonly OrderIntent[], ledger: Ledger): Wanted {
  const flat = flatten(intents.map((intent) => whole(intent, ledger))).map(({ intent }) => intent);
  return {
    instruments: flat.flatMap(({ instrument }) => (instrument === '' ? [] : [instrument])),
    positions: flat.some(isDerivative) ? 'now' : 'recent',
  };
}

/** Orders and legs, each with what is known of it. Cancels are always allowed and not among them. */
export function orderFacts(
  intents: readonly OrderIntent[],
  others: Pick<OpenSums, 'pending'>,
  { ledger, market, maxAgeMs, rateOf, hasBalances = false, unseen = [], rangeMinutes }: KnownParts,
): OrderFacts[] {
  /** Of this request, what came before the order at hand. */
  const before = new Map<string, Decimal>();
  const note = (intent: OrderIntent) => {
    if (intent.action !== 'place' || intent.quantity === undefined) return;
    const key = pendingKey(intent);
    before.set(key, (before.get(key) ?? zero).plus(intent.quantity.value));
  };
  return flatten(intents.map((intent) => whole(intent, ledger))).map(({ intent, isLeg }) => {
    const { instrument } = intent;
    const reference = market.price(instrument, maxAgeMs);
    const terms = market.terms(instrument);
    const key = pendingKey(intent);
    const already = others.pending(key).plus(before.get(key) ?? zero);
    if (!isLeg) note(intent); // the next order of the same batch comes on top
    const known = isDerivative(intent) ? market.position(instrument, maxAgeMs) : undefined;
    const cost = notionalOf(intent, reference, terms, known);
    return {
      intent,
      isLeg,
      reference,
      book: market.book({ instrument, isDerivative: isDerivative(intent) }, maxAgeMs),
      range: rangeMinutes === undefined ? undefined : market.range(instrument, rangeMinutes, maxAgeMs),
      position: known,
      ...(hasBalances && isSpot(intent)
        ? { spot: spotFacts(terms, cost, { market, maxAgeMs, unseen }) }
        : {}),
      pending: already,
      notional: converted(cost, terms?.quote, rateOf),
      isReducing: isReducing(intent, known, already),
    };
  });
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

function isDerivative({ quantity }: OrderIntent): boolean {
  return quantity?.unit === 'contracts' || quantity?.unit === 'close-all';
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
    const merged = { ...placed, ...given, instrument: intent.instrument || placed.instrument } as OrderIntent;
    return withTotal(merged, entry.outcomes[index]?.filled);
  }
  return intent;
}

/** What an amendment makes of the order in all: what shall stay open, and what is known to be filled. */
function withTotal(intent: OrderIntent, filled = '0'): OrderIntent {
  const { isOpenQuantity, quantity, ...rest } = intent;
  if (isOpenQuantity !== true || quantity === undefined) return intent;
  return { ...rest, quantity: { ...quantity, value: quantity.value.plus(decimal(filled)) } };
}

function flatten(intents: readonly OrderIntent[], isLeg = false): { intent: OrderIntent; isLeg: boolean }[] {
  return intents.flatMap((intent) => {
    if (intent.action === 'cancel') return [];
    const { legs = [] } = intent;
    if (legs.length === 0) return [{ intent, isLeg }];
    const named = legs.map((leg) => ({ ...leg, instrument: leg.instrument || intent.instrument }));
    return [{ intent, isLeg }, ...flatten(named, true)];
  });
}
