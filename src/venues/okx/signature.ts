// OKX v5 signatures: checked over the wire bytes with the decoy, made over the sent bytes with the real secret (S5, C3).
// Scheme: base64(HMAC-SHA256(secret, timestamp + METHOD + path[?query] + body)), OKX v5 reference "Making Requests".
import { createHmac, timingSafeEqual } from 'node:crypto';
import { TradeboxError } from '../../core/errors.js';
import { type HeaderList, type HttpRequest, headerOf } from '../../core/http.js';
import { formatStrictJson, parseStrictJson } from '../json-strict.js';
import type {
  Authentication,
  DecoyCredential,
  Environment,
  RealCredential,
  SignedRequest,
  Stamp,
} from '../venue.js';
import { fieldNames } from './credential.js';
import { classify } from './operations.js';

const authHeaders = [
  'ok-access-key',
  'ok-access-sign',
  'ok-access-timestamp',
  'ok-access-passphrase',
] as const;

// What may go upstream of the client's own headers. Everything else is dropped: method overrides, expTime, cookies, forwarding.
const forwardedHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'user-agent',
]);

/** The signature of one request; `secret` is the only secret input. */
export function signatureOf(
  secret: string,
  timestamp: string,
  request: Pick<HttpRequest, 'method' | 'path' | 'query' | 'body'>,
): string {
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  return createHmac('sha256', secret)
    .update(`${timestamp}${request.method}${target}`)
    .update(request.body)
    .digest('base64');
}

/** The four headers once each, all made with the decoy; or none of them. Freshness is not asked: the sidecar re-stamps. */
export function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const sent = new Map<string, string>();
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (!lower.startsWith('ok-access-')) continue;
    if (sent.has(lower)) return invalid(`${lower} is sent twice`);
    sent.set(lower, value);
  }
  if (sent.size === 0) return { kind: 'none' };
  const [key, sign, timestamp, passphrase] = authHeaders.map((name) => sent.get(name));
  if (key === undefined || sign === undefined || timestamp === undefined || passphrase === undefined) {
    return invalid(`only ${sent.size} of the four OK-ACCESS headers are sent`);
  }
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  if (request.method === 'GET' && request.body.length > 0) return invalid('a GET carries a body');
  if (!/^[0-9TZ:.+-]{1,40}$/.test(timestamp)) return invalid('OK-ACCESS-TIMESTAMP is no time');
  const {
    [fieldNames.key]: decoyKey,
    [fieldNames.secret]: decoySecret,
    [fieldNames.passphrase]: decoyPhrase,
  } = decoy;
  if (decoyKey === undefined || decoySecret === undefined || decoyPhrase === undefined) {
    return invalid('this box holds no OKX decoy');
  }
  if (!equalInConstantTime(key, decoyKey)) return invalid('OK-ACCESS-KEY is not the decoy');
  if (!equalInConstantTime(passphrase, decoyPhrase)) return invalid('OK-ACCESS-PASSPHRASE is not the decoy');
  if (!equalInConstantTime(sign, signatureOf(decoySecret, timestamp, request))) {
    return invalid('OK-ACCESS-SIGN does not match the bytes of the request');
  }
  return { kind: 'valid' };
}

/** The request OKX gets: bytes, headers and signature all ours. Orders are re-serialised from what was parsed (C3). */
export function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, path, query } = request;
  const body = bodyToSend(request);
  const headers: (readonly [string, string])[] = [
    ...request.headers.filter(([name]) => forwardedHeaders.has(name.toLowerCase())),
    ...environmentHeaders(stamp.environment),
  ];
  if (body.length > 0) headers.push(['content-type', 'application/json']);
  if (real !== undefined) headers.push(...authentication(real, stamp, { method, path, query, body }));
  return { method, path, query, headers, body };
}

function bodyToSend(request: HttpRequest): Buffer {
  if (request.method === 'GET') return Buffer.alloc(0);
  const { class: kind, operation } = classify(request);
  if (kind !== 'order' && kind !== 'amend' && kind !== 'cancel') return request.body;
  const parsed = parseStrictJson(request.body);
  if (!parsed.ok)
    throw new Error(`${operation} reached signing with a body that parseOrders refuses: ${parsed.code}`);
  return Buffer.from(formatStrictJson(parsed.value));
}

/** Demo and live differ by this header alone, so the client's own never counts. */
function environmentHeaders(environment: Environment): HeaderList {
  return environment === 'live' ? [] : [['x-simulated-trading', '1']];
}

function authentication(
  real: RealCredential,
  stamp: Stamp,
  request: Pick<HttpRequest, 'method' | 'path' | 'query' | 'body'>,
): HeaderList {
  const timestamp = new Date(stamp.nowMs).toISOString();
  return [
    ['OK-ACCESS-KEY', reveal(real, fieldNames.key)],
    ['OK-ACCESS-SIGN', signatureOf(reveal(real, fieldNames.secret), timestamp, request)],
    ['OK-ACCESS-TIMESTAMP', timestamp],
    ['OK-ACCESS-PASSPHRASE', reveal(real, fieldNames.passphrase)],
  ];
}

function reveal(real: RealCredential, field: string): string {
  const value = real[field]?.reveal();
  if (value === undefined || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) {
    throw new TradeboxError(
      'SECRET_INVALID',
      `The OKX credential's ${field} is missing or cannot be a header value.`,
      {
        remedy: `Store it again with: tradebox secrets set, without a trailing newline or space.`,
      },
    );
  }
  return value;
}

function equalInConstantTime(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  // Lengths of decoys are no secret; the comparison of equal lengths does not tell where they differ.
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}
