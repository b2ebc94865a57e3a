// Order books and bars of a minute in venues' answers, read strictly: rows are lists or objects, numbers text or as written.
import { type Decimal, parseUnsigned } from '../core/decimal.js';
import type { BookLevel, OrderBook, PriceRange, TimeWindow } from './admin.js';
import { isStrictObject, JsonNumber, type StrictJson } from './json-strict.js';
import { readAll, zero } from './venue-answers.js';

/** Where a row says something: a place in a list, or a member's name. */
type Column = number | string;

/** What a bar's columns are, and in what its time is written. */
export interface BarShape {
  time: Column;
  high: Column;
  low: Column;
  unit: 'milliseconds' | 'seconds' | 'iso';
}

const minuteMs = 60_000;

/** A book of these sides, best first; undefined when one is no such list, or when they are crossed. */
export function bookOf(
  bids: StrictJson | undefined,
  asks: StrictJson | undefined,
  columns: { price: Column; size: Column } = { price: 0, size: 1 },
): OrderBook | undefined {
  const [bidLevels, askLevels] = [bids, asks].map((side) =>
    readAll(rowsIn(side), (row): BookLevel | undefined => {
      const price = decimalAt(row, columns.price);
      const size = decimalAt(row, columns.size);
      return price?.gt(zero) === true && size !== undefined ? { price, size } : undefined;
    }),
  );
  if (bidLevels === undefined || askLevels === undefined) return undefined;
  const [bid, ask] = [bidLevels[0], askLevels[0]];
  if (bid !== undefined && ask !== undefined && bid.price.gt(ask.price)) return undefined;
  const isSorted = isBestFirst(askLevels, 'ask') && isBestFirst(bidLevels, 'bid');
  return isSorted ? { bids: bidLevels, asks: askLevels } : undefined;
}

/** The range of the bars of a minute that reach into the window; undefined without one, or when one cannot be read. */
export function rangeOf(
  bars: StrictJson | undefined,
  { time, high, low, unit }: BarShape,
  { fromMs, toMs }: TimeWindow,
): PriceRange | undefined {
  const read = readAll(rowsIn(bars), (row) => {
    const startMs = timeAt(row, time, unit);
    const [highest, lowest] = [decimalAt(row, high), decimalAt(row, low)];
    const isBar = startMs !== undefined && highest !== undefined && lowest?.gt(zero) === true;
    return isBar ? { startMs, high: highest, low: lowest } : undefined;
  });
  const within = (read ?? []).filter(
    ({ startMs }) => startMs > fromMs - minuteMs && startMs <= toMs + minuteMs,
  );
  const [first, ...others] = within;
  if (first === undefined) return undefined;
  return others.reduce<PriceRange>(
    (range, bar) => ({
      low: bar.low.lt(range.low) ? bar.low : range.low,
      high: bar.high.gt(range.high) ? bar.high : range.high,
    }),
    { low: first.low, high: first.high },
  );
}

/** Whole minutes that bars of a window count, the present one included. */
export function barsIn({ fromMs, toMs }: TimeWindow): number {
  return Math.ceil((toMs - fromMs) / minuteMs) + 1;
}

function rowsIn(json: StrictJson | undefined): readonly StrictJson[] | undefined {
  return Array.isArray(json) ? json : undefined;
}

function textAt(row: StrictJson, column: Column): string | undefined {
  const list: readonly StrictJson[] = Array.isArray(row) ? row : [];
  const value = typeof column === 'number' ? list[column] : isStrictObject(row) ? row.get(column) : undefined;
  return value instanceof JsonNumber ? value.text : typeof value === 'string' ? value : undefined;
}

function decimalAt(row: StrictJson, column: Column): Decimal | undefined {
  return parseUnsigned(textAt(row, column));
}

function timeAt(row: StrictJson, column: Column, unit: BarShape['unit']): number | undefined {
  const text = textAt(row, column) ?? '';
  const ms =
    unit === 'iso' ? Date.parse(text) : Number(text || Number.NaN) * (unit === 'seconds' ? 1_000 : 1);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

function isBestFirst(levels: readonly BookLevel[], side: 'bid' | 'ask'): boolean {
  return levels.every(({ price }, index) => {
    const before = levels[index - 1]?.price;
    return before === undefined || (side === 'ask' ? price.gte(before) : price.lte(before));
  });
}
