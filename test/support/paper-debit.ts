// What orders that a leaf and the guard read must do to a paper account's ledger, currency by currency, to the last digit.
import { type Decimal, decimal, formatDecimal, parseDecimal } from '../../src/core/decimal.js';
import type { OrderIntent } from '../../src/core/order.js';
import { notionalOf, type Terms } from '../../src/guard/money.js';
import type { Account } from '../../src/paper/engine/account.js';
import { type Instrument, leverageOf } from '../../src/paper/engine/instruments.js';
import type { PaperFill, PaperOrder } from '../../src/paper/engine/orders.js';

const zero = decimal('0');
const one = decimal('1');

/** By currency: what is owned and what of it is held back. */
export type Balances = Readonly<Record<string, { total: string; held: string }>>;

export function balancesOf({ ledger }: Account): Balances {
  return Object.fromEntries(
    ledger
      .currencies()
      .map((name) => [
        name,
        { total: formatDecimal(ledger.total(name)), held: formatDecimal(ledger.held(name)) },
      ]),
  );
}

/** A part of an order at one price: traded, or resting. */
interface Part {
  price: Decimal;
  /** Quote currency. */
  notional: Decimal;
  rests: boolean;
}

/** An order as it was read, beside what the engine made of it; sizes in the engine's units. */
export interface ReadOrder {
  intent: OrderIntent;
  terms: Terms;
  instrument: Instrument;
  /** What the quantity that was read stands for. */
  whole: Decimal;
  fills: readonly PaperFill[];
  /** What rests, and at which price. */
  rest: { size: Decimal; price: Decimal } | undefined;
}

/** `intent` as it was read of `order`, which has just been placed, or changed by an amendment that the fills do not belong to. */
export function readBeside(
  intent: OrderIntent,
  order: PaperOrder,
  one: Pick<ReadOrder, 'terms' | 'instrument' | 'fills'>,
): ReadOrder {
  const { price, size, filled, state, cancelReason } = order;
  const left = size.minus(filled);
  if (left.gt(zero) && (price === undefined || state === 'canceled'))
    throw new Error(`ended as ${cancelReason}`);
  return {
    intent,
    ...one,
    // An amendment's quantity is the new total, or what shall stay open.
    whole: intent.isOpenQuantity === true ? left : size,
    rest: left.eq(zero) || price === undefined ? undefined : { size: left, price },
  };
}

/** Throws where what was read of an order cannot be what was traded. */
function partsOf(read: ReadOrder): Part[] {
  const { intent, terms, whole, fills, rest } = read;
  const { quantity } = intent;
  if (quantity === undefined) throw new Error('no quantity was read');
  if (quantity.unit === 'quote') return quoteParts(read, quantity.value);
  const worth = (size: Decimal, price: Decimal, limit: Decimal | undefined): Decimal => {
    const value = quantity.value.times(size).div(whole);
    const { price: _read, ...terse } = intent;
    const part = { ...terse, ...(limit && { price: limit }), quantity: { ...quantity, value } };
    const notional = notionalOf(part, { last: price }, terms, size);
    if (notional === undefined) throw new Error('the guard cannot value what was read');
    return notional;
  };
  const taken = fills.map(({ price, size }) => ({
    price,
    notional: worth(size, price, undefined),
    rests: false,
  }));
  if (rest === undefined) return taken;
  return [...taken, { price: rest.price, notional: worth(rest.size, rest.price, intent.price), rests: true }];
}

/** A sum of quote currency is traded but for what is too little for one more lot. */
function quoteParts({ fills, instrument }: ReadOrder, sum: Decimal): Part[] {
  const spent = fills.reduce((cost, { price, size }) => cost.plus(price.times(size)), zero);
  const last = fills.at(-1)?.price ?? zero;
  // The next level of the book may be a little dearer than the last that was taken.
  const oneLot = last.times(instrument.lotSize).times(decimal('1.01'));
  if (spent.gt(sum) || sum.minus(spent).gte(oneLot) || fills.length === 0)
    throw new Error(`${formatDecimal(spent)} was traded of ${formatDecimal(sum)}`);
  return fills.map(({ price, size }) => ({ price, notional: price.times(size), rests: false }));
}

/** What the account must own and hold after the orders, from what it had before. */
export function balancesAfter(before: Balances, orders: readonly ReadOrder[]): Balances {
  const after = new Map(
    Object.entries(before).map(([name, { total, held }]) => [
      name,
      { total: amount(total), held: amount(held) },
    ]),
  );
  const add = (name: string, change: { total?: Decimal; held?: Decimal }): void => {
    const { total, held } = after.get(name) ?? { total: zero, held: zero };
    after.set(name, { total: total.plus(change.total ?? zero), held: held.plus(change.held ?? zero) });
  };
  for (const read of orders) {
    const parts = partsOf(read);
    if (read.instrument.kind === 'spot') for (const part of parts) tradeSpot(read, part, add);
    else tradeSwap(read, parts, add);
  }
  return Object.fromEntries(
    [...after].map(([name, { total, held }]) => [
      name,
      { total: formatDecimal(total), held: formatDecimal(held) },
    ]),
  );
}

const amount = (text: string): Decimal => parseDecimal(text) ?? zero;
type Add = (name: string, change: { total?: Decimal; held?: Decimal }) => void;

/** The fee comes out of what the trade brings in. */
function tradeSpot(
  { intent, instrument: { base, quote, takerFee } }: ReadOrder,
  { price, notional, rests }: Part,
  add: Add,
) {
  const size = notional.div(price);
  const isBuy = intent.side === 'buy';
  const [paid, received] = isBuy ? [notional, size] : [size, notional];
  if (rests) add(isBuy ? quote : base, { held: paid });
  else {
    add(isBuy ? quote : base, { total: zero.minus(paid) });
    add(isBuy ? base : quote, { total: received.times(one.minus(takerFee)) });
  }
}

/** What opens something new needs its margin, and its fee, in the currency that the contract settles in. */
function tradeSwap({ instrument, terms }: ReadOrder, parts: readonly Part[], add: Add) {
  if (instrument.kind !== 'swap') return;
  const inSettlement = ({ price, notional }: Part): Decimal =>
    terms.isInverse ? notional.div(terms.multiplier).div(price).round(16).times(terms.multiplier) : notional;
  const marginOf = (worth: Decimal): Decimal => worth.div(leverageOf(instrument)).round(16, 3);
  const sum = (rests: boolean): Decimal =>
    parts.filter((part) => part.rests === rests).reduce((all, part) => all.plus(inSettlement(part)), zero);
  const fee = sum(false).times(instrument.takerFee);
  add(instrument.settle, { total: zero.minus(fee), held: marginOf(sum(false)) });
  add(instrument.settle, { held: marginOf(sum(true)).plus(sum(true).times(instrument.takerFee)) });
}

/** What of the orders was traded, in quote currency. */
export function worthTaken(orders: readonly ReadOrder[]): Decimal {
  const parts = orders.flatMap(partsOf).filter(({ rests }) => !rests);
  return parts.reduce((sum, { notional }) => sum.plus(notional), zero);
}
