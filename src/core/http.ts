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

/** The first value of a header, by case-insensitive name. */
export function headerOf(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of headers)
    if (key.length === wanted.length && key.toLowerCase() === wanted) return value;
  return undefined;
}

/** The headers without the named ones (lower-case names). */
export function withoutHeaders(headers: HeaderList, names: ReadonlySet<string>): HeaderList {
  return headers.filter(([key]) => !names.has(key.toLowerCase()));
}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify(value)),
  };
}
