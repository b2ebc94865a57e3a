// What a human should know of a held order beyond its worth: its effect on the position, what it may cost, and how near it comes to each
// limit. Only from what the judges asked for anyway and the account's own journal; what neither tells stays unknown.
import type { AssessmentRecord, EffectRecord, MarginsRecord } from '../../audit/order-events.js';
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../../core/decimal.js';
import { isSpot, makesPosition } from '../../core/order.js';
import { marginModeOf, placedKey } from '../../core/position.js';
import { distanceBps } from '../../guard/book.js';
import { type Margin, marginsOf } from '../../guard/evaluate.js';
import type { Facts, OrderFacts, Reference } from '../../guard/facts.js';
import type { Guardrails } from '../../guard/guardrails.js';
import { notionalOf } from '../../guard/money.js';
import { anyPrice, fillsOf } from '../../guard/rules/market-orders.js';
import { intentOf } from '../../orders/intent-record.js';
import type { OrderEntry } from '../../orders/ledger.js';

/** What the account's journal tells. */
export interface Past {
  /** Oldest first. */
  orders: readonly OrderEntry[];
  /** Positions that own fills made, in base currency or contracts. */
  holdings: readonly { instrument: string; quantity: Decimal }[];
}

const zero = decimal('0');
const two = decimal('2');
const tenThousand = decimal('10000');
/** Orders of one request that are told of. */
const maxEffects = 20;
/** Fills that a fee is estimated from. */
const maxFills = 20;

/** Pure. Amounts are in the currency of the order's worth. */
export function assess(facts: Facts, guardrails: Guardrails, past: Past): AssessmentRecord {
  const orders = facts.orders.filter(({ isLeg }) => !isLeg).slice(0, maxEffects);
  const slippage = slippageOf(orders, guardrails);
  /** Where the orders before leave each position. */
  const moved = new Map<string, Decimal | undefined>();
  const effects = orders.map((order): EffectRecord => {
    const { instrument, quantity } = order.intent;
    const unit = quantity?.unit === 'contracts' || quantity?.unit === 'close-all' ? 'contracts' : 'base';
    const place = placedKey({ ...order.intent, marginMode: marginModeOf(order.intent) });
    const key = `${makesPosition(order.intent) ? 'position' : 'coins'} ${place}`;
    const held = positionOf(order, facts, past);
    const before = moved.has(key) ? moved.get(key) : held?.quantity;
    const after = before && afterOf(order, before);
    moved.set(key, after);
    const quoted = quotedOf(order, facts);
    const fee = feeOf(order, facts, past);
    const slips = slippage.get(order);
    return {
      instrument,
      unit,
      ...(before === undefined || held === undefined ? {} : { before: short(before), from: held.from }),
      ...(after === undefined ? {} : { after: short(after) }),
      ...(quoted === undefined ? {} : { quoted }),
      ...(fee === undefined ? {} : { fee }),
      ...(slips === undefined ? {} : { slippage: slips }),
    };
  });
  const rules = marginsOf(guardrails, facts).map(
    ({ rule, margins }): MarginsRecord => ({ rule, margins: margins.map(marginRecord) }),
  );
  return { effects, rules };
}

function positionOf(
  { intent, position, spot }: OrderFacts,
  { activity }: Facts,
  { holdings }: Past,
): { quantity: Decimal; from: 'venue' | 'fills' } | undefined {
  const told = position ?? spot?.held;
  if (told !== undefined) return { quantity: told, from: 'venue' };
  // Contracts are the venue's to tell; of coins it is at least known what was bought and sold here.
  const counted = holdings.find((each) => each.instrument === intent.instrument);
  if (!isSpot(intent) || counted === undefined || activity.results.unknownMs !== undefined) return undefined;
  return { quantity: counted.quantity, from: 'fills' };
}

/** Undefined for an amendment, of which a part may be in the position already. */
function afterOf({ intent, reference }: OrderFacts, before: Decimal): Decimal | undefined {
  const { action, side, quantity } = intent;
  if (action !== 'place' || quantity === undefined) return undefined;
  if (quantity.unit === 'close-all') return zero;
  const price = intent.price ?? reference?.last;
  const isQuote = quantity.unit === 'quote';
  const amount = isQuote ? (price?.gt(zero) ? quantity.value.div(price) : undefined) : quantity.value;
  if (amount === undefined || side === undefined) return undefined;
  return side === 'buy' ? before.plus(amount) : before.minus(amount);
}

/** Undefined where the worth is in quote currency anyway, or not known. */
function quotedOf(
  { intent: { instrument }, notional }: OrderFacts,
  { termsOf, currency }: Facts,
): EffectRecord['quoted'] {
  const quote = termsOf(instrument)?.quote;
  if (currency === undefined || quote === undefined || quote === currency.name) return undefined;
  const rate = currency.rateOf(quote);
  if (notional === undefined || !rate?.gt(zero)) return undefined;
  return { amount: short(notional.div(rate)), currency: quote };
}

function feeOf(
  { intent: { instrument }, notional }: OrderFacts,
  { termsOf }: Facts,
  { orders }: Past,
): EffectRecord['fee'] {
  const rates: Decimal[] = [];
  for (const { intents, outcomes } of orders.toReversed()) {
    for (const [index, { fee = '', filled = '', averagePrice = '' }] of outcomes.entries()) {
      const record = intents[index];
      const [paid, amount, price] = [fee, filled, averagePrice].map((text) => parseDecimal(text));
      if (record?.instrument !== instrument || !paid || !amount || !price) continue;
      const { side, quantity } = intentOf(record);
      const unit = quantity?.unit === 'close-all' ? 'contracts' : (quantity?.unit ?? 'base');
      const filledOrder = {
        type: 'market',
        quantity: { value: amount, unit },
        ...(side && { side }),
      } as const;
      const worth = notionalOf(filledOrder, { last: price }, termsOf(instrument), undefined);
      if (worth?.gt(zero)) rates.push(paid.div(worth));
    }
    if (rates.length >= maxFills) break;
  }
  const [first] = rates;
  if (first === undefined) return undefined;
  const dearest = rates.reduce((highest, each) => (each.gt(highest) ? each : highest), first);
  return {
    ...(notional === undefined ? {} : { amount: short(notional.times(dearest)) }),
    bps: formatDecimal(dearest.times(tenThousand).round(4, 3)),
    fills: rates.length,
  };
}

/** Between the middle of the market and what each order would get. */
function slippageOf(
  orders: readonly OrderFacts[],
  { referenceMaxAgeSeconds }: Guardrails,
): Map<OrderFacts, NonNullable<EffectRecord['slippage']>> {
  const found = new Map<OrderFacts, NonNullable<EffectRecord['slippage']>>();
  const note = (order: OrderFacts, bps: Decimal | undefined, from: 'book' | 'spread' | 'limit') => {
    if (bps === undefined) return;
    const { notional } = order;
    found.set(order, {
      ...(notional === undefined ? {} : { amount: short(notional.times(bps).div(tenThousand)) }),
      bps: formatDecimal(bps.round(2, 3)),
      from,
    });
  };
  const taking = orders.filter(({ intent }) => anyPrice.has(intent.type));
  for (const { order, fill } of fillsOf(taking, referenceMaxAgeSeconds * 1000)) {
    if ('bps' in fill) note(order, fill.bps, 'book');
    else if (fill.code !== 'BOOK_TOO_THIN') note(order, halfSpread(order.reference), 'spread');
  }
  for (const order of orders) {
    if (order.intent.type === 'limit') note(order, beyondMiddle(order), 'limit');
  }
  return found;
}

function middleOf({ bid, ask }: Reference): Decimal | undefined {
  const sum = bid && ask?.plus(bid);
  return sum?.gt(zero) ? sum.div(two) : undefined;
}

function halfSpread(reference: Reference | undefined): Decimal | undefined {
  const middle = reference && middleOf(reference);
  return middle && reference?.ask && distanceBps(reference.ask, middle);
}

/** How far a limit price lets an order go beyond the middle; nothing for one on its own side of it. */
function beyondMiddle({ intent: { side, price }, reference }: OrderFacts): Decimal | undefined {
  const middle = reference && middleOf(reference);
  if (middle === undefined || price === undefined || side === undefined) return undefined;
  const isBeyond = side === 'buy' ? price.gt(middle) : price.lt(middle);
  return isBeyond ? distanceBps(price, middle) : zero;
}

/** As the journal keeps it. */
export function marginRecord({
  name,
  symbol,
  unit,
  value,
  limit,
  left,
  isLeast,
}: Margin): MarginsRecord['margins'][number] {
  return {
    name,
    ...(symbol === undefined ? {} : { symbol }),
    unit,
    ...(value === undefined ? {} : { value: short(value) }),
    limit: short(limit),
    ...(left === undefined ? {} : { left: short(left) }),
    ...(isLeast === undefined ? {} : { isLeast }),
  };
}

/** Rounded to 8 digits after the point: to read, not to reckon with. */
const short = (value: Decimal): string => formatDecimal(value.round(8));
