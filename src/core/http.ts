// The request and answer values that parser, pipeline and venues share. No I/O.

/** Header fields in wire order; names as sent. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A parsed request, body whole. `path` and `query` are the raw bytes of the target, still percent-encoded; `query` is without `?`. */
export interface HttpRequest {
  method: string;
  host: string;
  port: number;
  path: string;
  query: string;
  headers: HeaderList;
  body: Buffer;
}

/** An answer that we make ourselves. */
export interface HttpAnswer {
  status: number;
  headers: HeaderList;
  body: Buffer;
}

/** Names in lower case, by the name as it was written: a name that is known needs no second text and no second hash. Forgotten as a whole when there are many. */
const lowerCased = new Map<string, string>();
const maxLowerCased = 256;
/** Longer ones are not kept. */
const maxKeptLength = 64;

/** A header's name in lower case. */
export function lowerCaseOf(name: string): string {
  const known = lowerCased.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (name.length > maxKeptLength) return lower;
  if (lowerCased.size >= maxLowerCased) lowerCased.clear();
  // A text of its own: a slice would keep what it was cut from.
  const own = Buffer.from(name, 'latin1').toString('latin1');
  if (own === name)
    lowerCased.set(own, own === lower ? own : Buffer.from(lower, 'latin1').toString('latin1'));
  return lower;
}

/** The first value of a header, by case-insensitive name. */
export function headerOf(headers: HeaderList, name: string): string | undefined {
  const wanted = lowerCaseOf(name);
  for (const [key, value] of headers)
    if (key.length === wanted.length && lowerCaseOf(key) === wanted) return value;
  return undefined;
}

/** The headers without the named ones (lower-case names). */
export function withoutHeaders(headers: HeaderList, names: ReadonlySet<string>): HeaderList {
  return headers.filter(([key]) => !names.has(lowerCaseOf(key)));
}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify(value)),
  };
}
