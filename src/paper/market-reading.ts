// What real venues' answers about their markets share, read strictly: rows, levels of a book, prices.
import { type Decimal, parseUnsigned } from '../core/decimal.js';
import type { HttpRequest } from '../core/http.js';
import { isStrictObject, type StrictJson } from '../venues/json-strict.js';
import { jsonOf as answerOf } from '../venues/venue-answers.js';
import { unitOf } from './desk.js';
import type { Level } from './engine/book.js';
import type { Instrument } from './engine/instruments.js';
import { PaperFault } from './fault.js';
import type { Fields } from './fields.js';

/** Undefined for what is no JSON. */
export function jsonOf(body: Buffer): StrictJson | undefined {
  return answerOf({ body });
}

export function memberOf(value: StrictJson | undefined, name: string): StrictJson | undefined {
  return isStrictObject(value) ? value.get(name) : undefined;
}

export function textOf(value: StrictJson | undefined, name: string): string | undefined {
  const found = memberOf(value, name);
  return typeof found === 'string' ? found : undefined;
}

export function amountOf(value: StrictJson | undefined, name: string): Decimal | undefined {
  return parseUnsigned(textOf(value, name));
}

/** Undefined for what is no price and size. */
export function levelOf([price, size]: readonly (StrictJson | undefined)[]): Level | undefined {
  const [at, of] = [price, size].map((text) => (typeof text === 'string' ? parseUnsigned(text) : undefined));
  return at === undefined || of === undefined ? undefined : { price: at, size: of };
}

/** Undefined for a side without levels. */
export function levelsOf(list: StrictJson | undefined): readonly Level[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const levels = list.flatMap((entry: StrictJson) => (Array.isArray(entry) ? (levelOf(entry) ?? []) : []));
  return levels.length === 0 ? undefined : levels;
}

/** Levels that the venue counts in base currency, in the engine's units. */
export function inUnits(levels: readonly Level[], instrument: Instrument): readonly Level[] {
  const unit = unitOf(instrument);
  return levels.map(({ price, size }) => ({ price, size: size.div(unit) }));
}

/** An instrument's best levels and last price, counted in base currency, in the engine's units; none where one is not told. */
export function tickersOf(
  instrument: Instrument | undefined,
  last: Decimal | undefined,
  [bid, ask]: readonly (Level | undefined)[],
) {
  if (instrument === undefined || last === undefined || bid === undefined || ask === undefined) return [];
  const [bids, asks] = [inUnits([bid], instrument), inUnits([ask], instrument)];
  return [{ symbol: instrument.symbol, last, bids, asks }];
}

/** A book whose sides bear these names, counted in base currency, in the engine's units; undefined without both. */
export function bookOf(told: StrictJson | undefined, [bid, ask]: [string, string], instrument: Instrument) {
  const [bids, asks] = [bid, ask].map((side) => levelsOf(memberOf(told, side)));
  if (bids === undefined || asks === undefined) return undefined;
  return { bids: inUnits(bids, instrument), asks: inUnits(asks, instrument) };
}

/** What the entries of a list in a request say by that name; none when there is no list, or the request cannot be read. */
export function parametersOf(read: () => readonly Fields[], name: string): readonly string[] {
  try {
    return read().flatMap((entry) => entry.peek(name) ?? []);
  } catch (thrown) {
    if (thrown instanceof PaperFault) return [];
    throw thrown;
  }
}

/** A parameter of a request; undefined when there is none, or the request cannot be read. */
export function parameterOf(
  request: HttpRequest,
  read: (request: HttpRequest) => Fields,
  name: string,
): string | undefined {
  try {
    return read(request).text(name);
  } catch (thrown) {
    if (thrown instanceof PaperFault) return undefined;
    throw thrown;
  }
}
