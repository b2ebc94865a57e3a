// What every dialect does at the engine: spell its symbols, place and find orders, tell prices and averages.
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Decimal, decimal, formatDecimal } from '../core/decimal.js';
import type { PaperCredential } from './dialect.js';
import type { Account } from './engine/account.js';
import type { Level } from './engine/book.js';
import type { Engine } from './engine/engine.js';
import { findInstrument, type Instrument, instruments, shares } from './engine/instruments.js';
import type { LinkedOrders, NewOrder, PaperOrder } from './engine/orders.js';
import { isInverse, worthOf } from './engine/positions.js';
import { PaperFault } from './fault.js';

const zero = decimal('0');
const day = 86_400;

/** An account at the engine: one client of one venue. */
export interface Desk {
  engine: Engine;
  account: Account;
}

/** A venue's spellings of the instruments that it lists. */
export interface Symbols {
  listed: readonly Instrument[];
  spell(instrument: Instrument): string;
  /** By any of the venue's spellings. */
  find(symbol: string): Instrument | undefined;
  /** Throws PaperFault INSTRUMENT_UNKNOWN. */
  need(symbol: string): Instrument;
  /** The venue's symbol of an order or fill. */
  of(record: { symbol: string }): string;
}

/** `spellings` gives a venue's names of an instrument, the usual one first; none when the venue does not list it. */
export function makeSymbols(
  spellings: (instrument: Instrument) => readonly string[],
  among: readonly Instrument[] = instruments,
): Symbols {
  const listed = among.filter((instrument) => spellings(instrument).length > 0);
  const bySpelling = new Map(listed.flatMap((one) => spellings(one).map((name) => [name, one] as const)));
  const usual = new Map(listed.map((one) => [one.symbol, spellings(one)[0] ?? one.symbol]));
  return {
    listed,
    spell: ({ symbol }) => usual.get(symbol) ?? symbol,
    find: (symbol) => bySpelling.get(symbol),
    need(symbol) {
      const found = bySpelling.get(symbol);
      if (found === undefined) throw new PaperFault('INSTRUMENT_UNKNOWN', symbol);
      return found;
    },
    of: ({ symbol }) => usual.get(symbol) ?? symbol,
  };
}

/** The shares of a stock broker by the broker's spellings. */
export function makeShareSymbols(spellings: (instrument: Instrument) => readonly string[]): Symbols {
  return makeSymbols(spellings, shares);
}

/** What venues count in one engine unit: base currency, which contracts have a value in; inverse contracts are counted themselves. */
export function unitOf(instrument: Instrument): Decimal {
  return instrument.kind === 'swap' && !isInverse(instrument) ? instrument.contractValue : decimal('1');
}

/** Decimals of a size as venues count it. */
export function sizeDecimals(instrument: Instrument): number {
  return formatDecimal(instrument.lotSize.times(unitOf(instrument))).split('.')[1]?.length ?? 0;
}

/** Throws PaperFault with the engine's reason. */
export function placeOrder({ engine, account }: Desk, order: NewOrder): PaperOrder {
  const placed = engine.place(account.id, order);
  if (!placed.ok) throw new PaperFault(placed.code, order.symbol);
  return placed.order;
}

/** Throws PaperFault with the engine's reason. */
export function placeTogether({ engine, account }: Desk, linked: LinkedOrders): readonly PaperOrder[] {
  const placed = engine.placeLinked(account.id, linked);
  if (!placed.ok) throw new PaperFault(placed.code, linked.others[0]?.symbol);
  return placed.orders;
}

/** Places an order with the exits that its fill starts, all of it or a part; of the exits one trades. By itself without exits. */
export function placeWithExits(desk: Desk, first: NewOrder, others: readonly NewOrder[]): PaperOrder {
  if (others.length === 0) return placeOrder(desk, first);
  const untold = others.map((other) => ({ ...other, isUntold: true as const }));
  const [order] = placeTogether(desk, { first, others: untold, isOneOf: true, startsWithPart: true });
  if (order === undefined) throw new Error('an order without itself');
  return order;
}

/** The other orders of its group, those that its fill started or will start. */
export function exitsOf(account: Account, { id, link }: PaperOrder): readonly PaperOrder[] {
  if (link === undefined || !link.isFirst) return [];
  return account.group(link.id).filter((other) => other.id !== id);
}

/** Throws PaperFault ORDER_UNKNOWN or ORDER_DONE. */
export function cancelOrder({ engine, account }: Desk, order: PaperOrder | undefined): PaperOrder {
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN');
  const failed = engine.cancel(account.id, order);
  if (failed !== undefined) throw new PaperFault(failed);
  return order;
}

/** Changes what is given of a resting order. Throws PaperFault with the engine's reason. */
export function amendOrder(
  { engine, account }: Desk,
  order: PaperOrder | undefined,
  {
    size,
    price,
    trigger,
  }: { size?: Decimal | undefined; price?: Decimal | undefined; trigger?: Decimal | undefined },
): PaperOrder {
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN');
  const change = { ...(size && { size }), ...(price && { price }), ...(trigger && { trigger }) };
  const failed = engine.amend(account.id, order, change);
  if (failed !== undefined) throw new PaperFault(failed);
  return order;
}

/** Cancels what rests and matches, and what its end has started that does; returns those orders. */
export function cancelAll(
  { engine, account }: Desk,
  matches: (order: PaperOrder) => boolean,
): readonly PaperOrder[] {
  return engine.cancelAll(account.id, matches);
}

/**
 * Average price of what is filled; undefined before the first fill. Of inverse contracts, sums of dollars, the price at which they
 * make up what was paid in coins.
 */
export function averagePrice({ symbol, filled, cost }: PaperOrder): string | undefined {
  if (filled.eq(zero)) return undefined;
  const instrument = findInstrument(symbol);
  const isOfCoins = instrument !== undefined && isInverse(instrument);
  return formatDecimal(isOfCoins ? filled.div(cost).round(8) : cost.div(filled).round(12, 2));
}

/** What an order paid so far as venues show it that tell fees in quote currency, whatever they were taken from. */
export function quoteFee({ fee, feeCurrency, symbol, filled, cost }: PaperOrder): string {
  const isOfBase = feeCurrency === findInstrument(symbol)?.base && filled.gt(zero);
  return formatDecimal(isOfBase ? fee.times(cost.div(filled)).round(12) : fee);
}

/** What is owned, at last prices of each coin in USDT; a coin without one counts as a dollar. */
export function ownedWorth({ engine, account }: Desk): Decimal {
  return account.ledger.currencies().reduce((sum, name) => {
    const pair = findInstrument(`${name}-USDT`);
    const total = account.ledger.total(name);
    return sum.plus(pair === undefined ? total : total.times(engine.market.last(pair, engine.second)));
  }, zero);
}

/** The last day of an instrument: prices in quote currency, sizes in base currency or inverse contracts, turnover in what it settles in. */
export interface DayQuote {
  last: string;
  open: string;
  high: string;
  low: string;
  bid: { price: string; size: string };
  ask: { price: string; size: string };
  volume: string;
  turnover: string;
}

export function dayQuote({ market, second }: Engine, instrument: Instrument): DayQuote {
  const { open, high, low, close, volume } = market.candle(instrument, second - day, second);
  const unit = unitOf(instrument);
  const level = ({ price, size }: Level) => ({
    price: formatDecimal(price),
    size: formatDecimal(size.times(unit)),
  });
  return {
    last: formatDecimal(close),
    open: formatDecimal(open),
    high: formatDecimal(high),
    low: formatDecimal(low),
    bid: level(market.best(instrument, second, 'bid')),
    ask: level(market.best(instrument, second, 'ask')),
    volume: formatDecimal(volume.times(unit)),
    turnover: formatDecimal(turnoverOf(instrument, close, volume)),
  };
}

/** What a volume was worth at a price, in the currency that is paid with. */
export function turnoverOf(instrument: Instrument, price: Decimal, volume: Decimal): Decimal {
  return instrument.kind === 'swap' ? worthOf(instrument, price, volume) : price.times(volume);
}

export interface MinuteBar {
  startMs: number;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: string;
}

/** The last so many bars of a minute, newest first, the present one unfinished. */
export function minuteBars({ market, second }: Engine, instrument: Instrument, count: number): MinuteBar[] {
  const present = second - (second % 60);
  return Array.from({ length: count }, (_, back) => {
    const from = present - 60 * back;
    const bar = market.candle(instrument, from, Math.min(from + 59, second));
    return {
      startMs: from * 1000,
      open: formatDecimal(bar.open),
      high: formatDecimal(bar.high),
      low: formatDecimal(bar.low),
      close: formatDecimal(bar.close),
      volume: formatDecimal(bar.volume.times(unitOf(instrument))),
    };
  });
}

/** Price and base quantity of the best `most` levels of a side. */
export function bookSide(
  { market, second }: Pick<Engine, 'market' | 'second'>,
  instrument: Instrument,
  side: 'bid' | 'ask',
  most: number,
): readonly (readonly [price: string, size: string])[] {
  const rows: (readonly [string, string])[] = [];
  for (const { price, size } of market.levels(instrument, second, side)) {
    if (rows.length >= most) break;
    rows.push([formatDecimal(price), formatDecimal(size.times(unitOf(instrument)))]);
  }
  return rows;
}

/** The credential whose field has the value. Throws PaperFault KEY_MISSING or KEY_UNKNOWN. */
export function findCredential(
  credentials: readonly PaperCredential[],
  field: string,
  sent: string | undefined,
): PaperCredential {
  if (sent === undefined || sent === '') throw new PaperFault('KEY_MISSING', field);
  const found = credentials.find(({ secrets }) => isSameSecret(secrets[field]?.reveal(), sent));
  if (found === undefined) throw new PaperFault('KEY_UNKNOWN', field);
  return found;
}

/** Compares in constant time. False when there is nothing to compare with. */
export function isSameSecret(known: string | undefined, sent: string): boolean {
  const left = Buffer.from(known ?? '');
  const right = Buffer.from(sent);
  return known !== undefined && left.length === right.length && timingSafeEqual(left, right);
}

/** A version 4 UUID that depends on the text alone; how some venues name orders. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The order that the venue names so, when `spell` gives each order's name. */
export function findSpelled(
  account: Account,
  name: string,
  spell: (order: PaperOrder) => string,
): PaperOrder | undefined {
  return account.orders().findLast((order) => spell(order) === name);
}

/** Throws PaperFault ORDER_UNKNOWN. */
export function needSpelled(
  { account }: Desk,
  name: string,
  spell: (order: PaperOrder) => string,
): PaperOrder {
  const order = findSpelled(account, name, spell);
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN', name);
  return order;
}

/** For venues that number orders in JSON numbers: an engine id squeezed below 2^53, 41 bits of milliseconds and 12 of sequence. */
export function numberOf(id: string): number {
  const whole = BigInt(id);
  return Number(((whole >> 20n) << 12n) | (whole & 0xfffn));
}

/** An account's number as brokers write it, two letters and so many digits, drawn from its id. */
export function accountNumber(letters: 'DU' | 'VA', venue: string, id: string, digits: number): string {
  const digest = createHash('sha256').update(`${venue} account ${id}`).digest();
  return `${letters}${String(digest.readUInt32BE() % 10 ** digits).padStart(digits, '0')}`;
}

/** Pairs as both exchanges of Coinbase spell them: BTC-USDT. */
export const dashedPairs = makeSymbols((one) => (one.kind === 'spot' ? [`${one.base}-${one.quote}`] : []));
