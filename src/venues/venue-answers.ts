// Answers to the sidecar's own calls, read strictly: JSON with numbers as text, members by name, nothing where the shape differs.
import { type Decimal, decimal, parseDecimal, parseUnsigned } from '../core/decimal.js';
import type { HttpRequest } from '../core/http.js';
import type { Environment, OrderSide } from '../core/order.js';
import type {
  AdminPlace,
  KeyFacts,
  PlacedOrder,
  RestingOrder,
  VenueAnswer,
  VenueCall,
  VenueOrderState,
} from './admin.js';
import {
  isStrictObject,
  JsonNumber,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from './json-strict.js';
import { dropUndefined } from './order-fields.js';

/** Instrument lists are the largest answers; `venue-calls` takes no more bytes than these. */
const limits = { maxBytes: 4_194_304, maxDepth: 12, maxValues: 600_000 };

export const zero = decimal('0');
export const one = decimal('1');

/** The answer's JSON; undefined when it is none. */
export function jsonOf({ body }: Pick<VenueAnswer, 'body'>): StrictJson | undefined {
  const parsed = parseStrictJson(body, limits);
  return parsed.ok ? parsed.value : undefined;
}

/** The answer's JSON object; undefined when it is none. */
export function objectOf(answer: Pick<VenueAnswer, 'body'>): StrictObject | undefined {
  const json = jsonOf(answer);
  return isStrictObject(json) ? json : undefined;
}

/** A list of objects; undefined when it is anything else. */
export function rowsOf(json: StrictJson | undefined): readonly StrictObject[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const rows: readonly StrictJson[] = json;
  return rows.every(isStrictObject) ? rows : undefined;
}

/** A nested object; undefined when it is none. */
export function objectIn(row: StrictObject | undefined, name: string): StrictObject | undefined {
  const value = row?.get(name);
  return isStrictObject(value) ? value : undefined;
}

/** A string, or a number as it was written; undefined for anything else. */
export function textIn(row: StrictObject | undefined, name: string): string | undefined {
  const value = row?.get(name);
  return value instanceof JsonNumber ? value.text : typeof value === 'string' ? value : undefined;
}

/** A text that is not empty: ids that a venue leaves out are often empty. */
export function idIn(row: StrictObject | undefined, name: string): string | undefined {
  const value = textIn(row, name);
  return value === '' ? undefined : value;
}

/** A decimal of zero or more. */
export function unsignedIn(row: StrictObject | undefined, name: string): Decimal | undefined {
  return parseUnsigned(textIn(row, name));
}

/** A decimal of either sign. */
export function signedIn(row: StrictObject | undefined, name: string): Decimal | undefined {
  return parseDecimal(textIn(row, name));
}

/** An instant in whole milliseconds since the epoch. */
export function millisIn(row: StrictObject | undefined, name: string): number | undefined {
  const ms = Number(textIn(row, name) ?? Number.NaN);
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}

/** A price: a decimal above zero. */
export function priceIn(row: StrictObject | undefined, name: string): Decimal | undefined {
  const value = unsignedIn(row, name);
  return value?.gt(zero) === true ? value : undefined;
}

/** Every element read; undefined when one of them cannot be. */
export function readAll<Row, Value>(
  rows: readonly Row[] | undefined,
  read: (row: Row) => Value | undefined,
): readonly Value[] | undefined {
  const values = rows?.map(read);
  return values?.every((value): value is Exclude<typeof value, undefined> => value !== undefined)
    ? values
    : undefined;
}

/** A request of the sidecar's own: port 443, no headers but what its body needs. */
export function ownRequest(
  method: string,
  host: string,
  target: string,
  body: { type: string; text: string } | undefined = undefined,
): HttpRequest {
  const [path = '', query = ''] = target.split('?');
  return {
    method,
    host,
    port: 443,
    path,
    query,
    headers: [
      ['accept', 'application/json'],
      ...(body === undefined ? [] : ([['content-type', body.type]] as const)),
    ],
    body: Buffer.from(body?.text ?? ''),
  };
}

export const jsonBody = (value: unknown): { type: string; text: string } => ({
  type: 'application/json',
  text: JSON.stringify(value),
});

/** A call for something that needs no request of its own: the leaf's rule says what it is. */
export type CallParts = Pick<VenueCall<never>, 'request' | 'isPublic'>;

/** How a venue of one host for each environment is asked: signed, with a JSON body where there is one. */
export function signedAt(host: Readonly<Record<Environment, string>>) {
  return (method: string, { environment }: AdminPlace, target: string, body?: unknown): CallParts => {
    const sent = body === undefined ? undefined : jsonBody(body);
    return { request: ownRequest(method, host[environment], target, sent), isPublic: false };
  };
}

/** The side that a text names, in lower case. */
export function sideOf(text: string | undefined): OrderSide | undefined {
  return text === 'buy' || text === 'sell' ? text : undefined;
}

type Told<Whole> = { [Name in keyof Whole]: Whole[Name] | undefined };

/** A resting order from what was read of it; undefined without the names it is cancelled by. */
export function restingOrderOf(
  told: Told<Required<Omit<RestingOrder, 'venueAccount'>>> & Pick<RestingOrder, 'venueAccount'>,
): RestingOrder | undefined {
  if (told.instrument === undefined || told.venueOrderId === undefined) return undefined;
  return dropUndefined(told) as RestingOrder;
}

/** An order's state from what was read of it; undefined when its state, id or filled size is not told. */
export function orderStateOf(
  told: Told<Required<Omit<VenueOrderState, 'fee'>>> & { fee?: Decimal | undefined },
): VenueOrderState | undefined {
  const { state, venueOrderId, filled } = told;
  if (state === undefined || venueOrderId === undefined || filled === undefined) return undefined;
  return dropUndefined(told) as VenueOrderState;
}

/** A list of texts; undefined when it is anything else. */
export function textsIn(row: StrictObject | undefined, name: string): readonly string[] | undefined {
  const value = row?.get(name);
  if (!Array.isArray(value)) return undefined;
  const texts: readonly StrictJson[] = value;
  return texts.every((text) => typeof text === 'string') ? texts : undefined;
}

type KeyNames = Pick<KeyFacts, 'venueAccounts' | 'mainAccount' | 'rights'>;

/**
 * What an answer tells of a key; undefined when one of the flags asked for is no truth value. Names that it does not tell are
 * left out.
 */
export function keyFlags(
  told: { [Name in keyof Omit<KeyFacts, keyof KeyNames>]: unknown },
  names: Told<KeyNames> = {},
): KeyFacts | undefined {
  if (!Object.values(told).every((value) => typeof value === 'boolean')) return undefined;
  return { ...(told as KeyFacts), ...(dropUndefined(names) as KeyNames) };
}

/** The one account that a key reaches, where its number is told. */
export const onlyAccount = (number: string | undefined): readonly string[] | undefined =>
  number === undefined ? undefined : [number];

/**
 * What `closePosition` makes of an answer to an order of which `placed` was read. Undefined where the order may have been taken all the
 * same, as it may when a server fails.
 */
export function closedBy(
  { status }: Pick<VenueAnswer, 'status'>,
  placed: readonly PlacedOrder[] | undefined,
): { isAccepted: boolean } | undefined {
  const [order] = placed ?? [];
  return order === undefined || status >= 500 ? undefined : { isAccepted: order.isAccepted };
}
