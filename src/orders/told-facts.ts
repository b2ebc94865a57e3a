// What the rules were told of an order, as its journal keeps it: prices, positions, balances and exposure of that moment, which nobody can
// ask for later. For replay alone; nothing that decides reads it.
import type { ToldOrderRecord, ToldRecord } from '../audit/order-events.js';
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../core/decimal.js';
import { isSpot, type OrderIntent } from '../core/order.js';
import type { Facts, OrderFacts, Reference, SpotFacts } from '../guard/facts.js';
import type { Guardrails } from '../guard/guardrails.js';
import { worthText } from '../guard/money.js';

type Terms = NonNullable<ReturnType<Facts['termsOf']>>;

const zero = decimal('0');
const one = decimal('1');

/** What is written down; `tellsBalances`: the venue says what a spot account holds. */
export function toldOf(facts: Facts, { volatilityHalt }: Guardrails, tellsBalances: boolean): ToldRecord {
  const { orders, termsOf, equity, grossExposure, netExposure, currency, isDisposal } = facts;
  const isAlone = orders.length === 1;
  return {
    orders: orders.map((order) =>
      toldOrder(order, termsOf(order.intent.instrument), { isAlone, minutes: volatilityHalt?.minutes }),
    ),
    ...(equity === undefined ? {} : { equity: worthText(equity) }),
    ...(grossExposure === undefined ? {} : { gross: worthText(grossExposure) }),
    ...(netExposure === undefined ? {} : { net: worthText(netExposure) }),
    ...(currency === undefined ? {} : { currency: currency.name }),
    ...(isDisposal === true ? { isDisposal } : {}),
    ...(tellsBalances ? {} : { lacksBalances: true }),
  };
}

function toldOrder(
  { notional, reference, position, apart, pending, unbound, range, spot }: OrderFacts,
  terms: Terms | undefined,
  { isAlone, minutes }: { isAlone: boolean; minutes: number | undefined },
): ToldOrderRecord {
  return {
    // Of one order alone the request says what it is worth.
    ...(isAlone || notional === undefined ? {} : { worth: worthText(notional) }),
    ...(reference === undefined ? {} : { reference: referenceRecord(reference) }),
    ...(terms === undefined ? {} : { terms: termsRecord(terms) }),
    ...(position === undefined ? {} : { position: formatDecimal(position) }),
    ...(apart === undefined ? {} : { apart: formatDecimal(apart) }),
    ...(pending.eq(zero) ? {} : { pending: formatDecimal(pending) }),
    ...(unbound.eq(zero) ? {} : { unbound: formatDecimal(unbound) }),
    ...(range === undefined || minutes === undefined
      ? {}
      : { range: { low: formatDecimal(range.low), high: formatDecimal(range.high), minutes } }),
    ...(spot === undefined ? {} : { spot: spotRecord(spot) }),
  };
}

function referenceRecord({ last, bid, ask, ageMs }: Reference): ToldOrderRecord['reference'] & object {
  return {
    last: formatDecimal(last),
    ...(bid === undefined ? {} : { bid: formatDecimal(bid) }),
    ...(ask === undefined ? {} : { ask: formatDecimal(ask) }),
    ageMs,
  };
}

function termsRecord({ multiplier, isInverse, quote }: Terms): ToldOrderRecord['terms'] & object {
  return {
    quote,
    ...(multiplier.eq(one) ? {} : { multiplier: formatDecimal(multiplier) }),
    ...(isInverse ? { isInverse } : {}),
  };
}

function spotRecord({ held, free, cash, cost }: SpotFacts): ToldOrderRecord['spot'] & object {
  return {
    ...(held === undefined ? {} : { held: worthText(held) }),
    ...(free === undefined ? {} : { free: worthText(free) }),
    ...(cash === undefined ? {} : { cash: worthText(cash) }),
    ...(cost === undefined ? {} : { cost: worthText(cost) }),
  };
}

/** What was told of one order, read again for other rules; members are undefined where it was not told, or is not what they ask for. */
export interface ReadOrder
  extends Pick<OrderFacts, 'reference' | 'range' | 'position' | 'apart' | 'spot' | 'pending' | 'unbound'> {
  worth: Decimal | undefined;
  terms: Terms | undefined;
}

/** `told` is undefined for an order of an older journal, or of a box without rules. */
export function readOrder(
  told: ToldOrderRecord | undefined,
  intent: OrderIntent,
  { referenceMaxAgeSeconds, volatilityHalt }: Guardrails,
  lacksBalances = false,
): ReadOrder {
  const { reference, range, terms, spot } = told ?? {};
  const apart = parseDecimal(told?.apart);
  const isFresh = reference !== undefined && reference.ageMs <= referenceMaxAgeSeconds * 1000;
  const isWindow = range !== undefined && range.minutes === volatilityHalt?.minutes;
  const hasSpot = isSpot(intent) && !lacksBalances;
  return {
    worth: parseDecimal(told?.worth),
    reference: isFresh ? readReference(reference) : undefined,
    range: isWindow ? readRange(range) : undefined,
    terms:
      terms === undefined
        ? undefined
        : {
            quote: terms.quote,
            multiplier: parseDecimal(terms.multiplier) ?? one,
            isInverse: terms.isInverse === true,
          },
    position: parseDecimal(told?.position),
    ...(apart === undefined ? {} : { apart }),
    pending: parseDecimal(told?.pending) ?? zero,
    unbound: parseDecimal(told?.unbound) ?? zero,
    // Without them a rule must not take the order for one of a venue that tells no balances.
    spot: hasSpot
      ? {
          held: parseDecimal(spot?.held),
          free: parseDecimal(spot?.free),
          cash: parseDecimal(spot?.cash),
          cost: parseDecimal(spot?.cost),
          quote: terms?.quote ?? '',
        }
      : undefined,
  };
}

function readReference({
  last,
  bid,
  ask,
  ageMs,
}: NonNullable<ToldOrderRecord['reference']>): Reference | undefined {
  const price = parseDecimal(last);
  if (price === undefined) return undefined;
  const [best, offered] = [parseDecimal(bid), parseDecimal(ask)];
  return {
    last: price,
    ...(best === undefined ? {} : { bid: best }),
    ...(offered === undefined ? {} : { ask: offered }),
    ageMs,
  };
}

function readRange({ low, high }: NonNullable<ToldOrderRecord['range']>): OrderFacts['range'] {
  const [lowest, highest] = [parseDecimal(low), parseDecimal(high)];
  return lowest === undefined || highest === undefined ? undefined : { low: lowest, high: highest };
}
