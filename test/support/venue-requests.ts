// Requests and credentials for venue tests, all made at run time.
import { randomBytes } from 'node:crypto';
import type { HeaderList, HttpRequest } from '../../src/core/http.js';
import { Secret } from '../../src/core/secret.js';
import type { RealCredential, Stamp, Venue } from '../../src/venues/venue.js';

/** A whole decoy set of the venue, fresh each time. */
export const makeDecoys = (venue: Venue): Record<string, string> =>
  Object.fromEntries(venue.credential.map((field) => [field.name, field.makeDecoy(randomBytes)]));

/** The values as the sidecar holds real ones. */
export const asReal = (values: Record<string, string>): RealCredential =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));

export const stampAt = (nowMs: number, environment: Stamp['environment'] = 'live'): Stamp => ({
  nowMs,
  nonce: BigInt(nowMs),
  environment,
});

export function requestOf(
  method: string,
  url: string,
  headers: HeaderList = [],
  body: string | Buffer = '',
): HttpRequest {
  const { hostname, port, pathname, search } = new URL(url);
  return {
    method,
    host: hostname,
    port: port === '' ? 443 : Number(port),
    path: pathname,
    query: search.slice(1),
    headers,
    body: Buffer.from(body),
  };
}
