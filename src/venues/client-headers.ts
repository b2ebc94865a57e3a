// What is read from and kept of a client's own headers: credentials once each, and few others (C2, D8).
import { TradeboxError } from '../core/errors.js';
import { type HeaderList, headerOf, lowerCaseOf } from '../core/http.js';
import type { Secret } from '../core/secret.js';
import type { RealCredential } from './venue.js';

/** What the sidecar calls itself at venues, with and without a client: Coinbase Exchange refuses requests that bear no User-Agent. */
export const ownUserAgent = 'tradebox';

/** Headers in which a client says what it likes of itself; at venues none of them leaves as it was written. */
export const clientWords: ReadonlySet<string> = new Set([
  'user-agent',
  'accept',
  'accept-language',
  'sec-websocket-protocol',
]);

/** Tradier answers in XML unless it is asked for JSON. */
const mediaTypes: ReadonlySet<string> = new Set([
  'application/json',
  '*/*',
  'application/xml',
  'text/plain',
  'text/html',
  'text/csv',
]);

/**
 * The headers of a request to a venue, but for those that its leaf writes: our own name, and the first known media type that the
 * client accepts. Everything else stays behind, whatever its text (A16): the client's name, languages, method overrides, forwarding
 * claims, cookies, brokers' referral headers, other credentials.
 */
export function venueHeaders(headers: HeaderList): HeaderList {
  const type = mediaTypeOf(headerOf(headers, 'accept'));
  return type === undefined
    ? [['user-agent', ownUserAgent]]
    : [
        ['user-agent', ownUserAgent],
        ['accept', type],
      ];
}

function mediaTypeOf(accepted: string | undefined): string | undefined {
  if (accepted === undefined || mediaTypes.has(accepted)) return accepted;
  return accepted
    .toLowerCase()
    .split(',')
    .map((one) => one.split(';')[0]?.trim() ?? '')
    .find((type) => mediaTypes.has(type));
}

/** The named headers (lower case) that were sent, or the name of one that was sent twice. */
export function headersOnce(
  headers: HeaderList,
  names: ReadonlySet<string>,
): { ok: true; sent: ReadonlyMap<string, string> } | { ok: false; twice: string } {
  const sent = new Map<string, string>();
  for (const [name, value] of headers) {
    const lower = lowerCaseOf(name);
    if (!names.has(lower)) continue;
    if (sent.has(lower)) return { ok: false, twice: lower };
    sent.set(lower, value);
  }
  return { ok: true, sent };
}

/** Equality that does not tell where two texts of one length differ. */
export function isSameText(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < given.length; at += 1) difference |= given.charCodeAt(at) ^ expected.charCodeAt(at);
  return difference === 0;
}

const headerValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const pem = /^[\x20-\x7e\r\n]*PRIVATE KEY[\x20-\x7e\r\n]*$/;

/** A field of the real credential that travels as a header value. Throws SECRET_INVALID; the text never quotes the value (S2). */
export function revealHeader(real: RealCredential, field: string, venue: string): string {
  return needSecret([headerValue], real, field, venue).reveal();
}

/** A field of the real credential that signs: an HMAC text or a PEM. Throws SECRET_INVALID like revealHeader. */
export function revealSigningSecret(real: RealCredential, field: string, venue: string): string {
  return signingSecret(real, field, venue).reveal();
}

/** The same, not yet revealed: for signPayload, which keeps the parsed key beside it. */
export function signingSecret(real: RealCredential, field: string, venue: string): Secret {
  return needSecret([headerValue, pem], real, field, venue);
}

function needSecret(forms: readonly RegExp[], real: RealCredential, field: string, venue: string): Secret {
  const secret = real[field];
  const value = secret?.reveal();
  if (secret !== undefined && value !== undefined && forms.some((form) => form.test(value))) return secret;
  throw new TradeboxError(
    'SECRET_INVALID',
    `The ${venue} credential's ${field} is missing or not printable ASCII.`,
    {
      remedy: 'Store it again with: tradebox secrets set, without a trailing newline or space.',
    },
  );
}
