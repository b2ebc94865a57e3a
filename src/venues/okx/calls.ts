// How the sidecar's own calls to OKX are written, and how the envelope of an answer is read: a code, and rows of text.
import type { HttpRequest } from '../../core/http.js';
import type { AdminPlace, VenueAnswer, VenueCall } from '../admin.js';
import { isStrictObject, parseStrictJson, type StrictJson } from '../json-strict.js';

export const prefix = '/api/v5/';
const usualHost = 'www.okx.com';

export function get(
  { host, environment }: AdminPlace,
  target: string,
): Pick<VenueCall<never>, 'request' | 'isPublic'> {
  const [path = '', query = ''] = target.split('?');
  return { request: requestOf('GET', { host, environment }, path, query, Buffer.alloc(0)), isPublic: false };
}

export function post(
  at: AdminPlace,
  path: string,
  body: unknown,
): Pick<VenueCall<never>, 'request' | 'isPublic'> {
  return { request: requestOf('POST', at, path, '', Buffer.from(JSON.stringify(body))), isPublic: false };
}

function requestOf(
  method: string,
  { host }: AdminPlace,
  path: string,
  query: string,
  body: Buffer,
): HttpRequest {
  const headers: HttpRequest['headers'] =
    body.length === 0
      ? [['accept', 'application/json']]
      : [
          ['accept', 'application/json'],
          ['content-type', 'application/json'],
        ];
  return { method, host: host ?? usualHost, port: 443, path: `${prefix}${path}`, query, headers, body };
}

export type Row = ReadonlyMap<string, StrictJson>;

export function envelopeOf({ body }: VenueAnswer): Row | undefined {
  const parsed = parseStrictJson(body, { maxBytes: 1_048_576 });
  return parsed.ok && isStrictObject(parsed.value) ? parsed.value : undefined;
}

/** The code of the whole answer; undefined when it is no OKX answer. */
export function codeOf(answer: VenueAnswer): string | undefined {
  return text(envelopeOf(answer), 'code');
}

const isSuccess = (code: string): boolean => code === '0';

/** The rows of an answer whose code is fine; undefined when it is no OKX answer. */
export function rowsOf(
  answer: VenueAnswer,
  isFine: (code: string) => boolean = isSuccess,
): readonly Row[] | undefined {
  return rowsIn(envelopeOf(answer), isFine);
}

/** As `rowsOf`, of an answer that is read already. */
export function rowsIn(
  envelope: Row | undefined,
  isFine: (code: string) => boolean,
): readonly Row[] | undefined {
  const code = text(envelope, 'code');
  const data = envelope?.get('data');
  if (code === undefined || !isFine(code) || !Array.isArray(data)) return undefined;
  const rows: readonly StrictJson[] = data;
  return rows.every(isStrictObject) ? rows : undefined;
}

export function text(row: Row | undefined, name: string): string | undefined {
  const value = row?.get(name);
  return typeof value === 'string' ? value : undefined;
}
