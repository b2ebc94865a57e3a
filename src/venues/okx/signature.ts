// OKX v5 signatures: checked over the wire bytes with the decoy, made over the sent bytes with the real secret (S5, C3).
// Scheme: base64(HMAC-SHA256(secret, timestamp + METHOD + path[?query] + body)), OKX v5 reference "Making Requests".
import { type HeaderList, type HttpRequest, headerOf } from '../../core/http.js';
import { isoTime } from '../../core/iso-time.js';
import {
  headersOnce,
  isSameText,
  revealHeader,
  revealSigningSecret,
  venueHeaders,
} from '../client-headers.js';
import { hmac } from '../hmac.js';
import { readInstant } from '../instant.js';
import { formatStrictJson, parseStrictJson } from '../json-strict.js';
import { assertServes } from '../own-host.js';
import { assertSignable } from '../signable.js';
import type {
  Authentication,
  Classification,
  DecoyCredential,
  Environment,
  RealCredential,
  SignedRequest,
  Stamp,
} from '../venue.js';
import { fieldNames } from './credential.js';
import { restHosts } from './hosts.js';
import { classify } from './operations.js';

type SignedParts = Pick<HttpRequest, 'method' | 'path' | 'query' | 'body'>;

const headerNames = ['ok-access-key', 'ok-access-sign', 'ok-access-timestamp', 'ok-access-passphrase'];
const headerSet: ReadonlySet<string> = new Set(headerNames);

/** The signature of one request; `secret` is the only secret input. */
export function signatureOf(
  secret: string,
  timestamp: string,
  { method, path, query, body }: SignedParts,
): string {
  const target = query === '' ? path : `${path}?${query}`;
  return hmac('sha256', secret, [`${timestamp}${method}${target}`, body], 'base64');
}

/**
 * The four headers once each, all made with the decoy; or none of them. Freshness is asked of orders alone, elsewhere: the sidecar re-stamps.
 * Public operations are sent unsigned whatever the client signed: okx-api 3.2.3 repeats the headers of its last private
 * request on them, so only a key that is not the decoy counts as forged there.
 */
export function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, headerSet);
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  const { sent } = headers;
  if (sent.size === 0) return { kind: 'none' };
  const [key, sign, timestamp, passphrase] = headerNames.map((name) => sent.get(name));
  const {
    [fieldNames.key]: decoyKey,
    [fieldNames.secret]: secret,
    [fieldNames.passphrase]: decoyPhrase,
  } = decoy;
  if (decoyKey === undefined || secret === undefined || decoyPhrase === undefined) {
    return invalid('this box holds no OKX decoy');
  }
  if (key === undefined || sign === undefined || timestamp === undefined || passphrase === undefined) {
    return invalid(`only ${sent.size} of the four OK-ACCESS headers are sent`);
  }
  if (!isSameText(key, decoyKey)) return invalid('OK-ACCESS-KEY is not the decoy');
  if (!isSameText(passphrase, decoyPhrase)) return invalid('OK-ACCESS-PASSPHRASE is not the decoy');
  if (classify(request).isPublic) return { kind: 'none' };
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  if (request.method === 'GET' && request.body.length > 0) return invalid('a GET carries a body');
  if (!/^[0-9TZ:.+-]{1,40}$/.test(timestamp)) return invalid('OK-ACCESS-TIMESTAMP is no time');
  if (!isSameText(sign, signatureOf(secret, timestamp, request))) {
    return invalid('OK-ACCESS-SIGN does not match the bytes of the request');
  }
  return { kind: 'valid' };
}

export function signedAtMs({ headers }: HttpRequest): number | undefined {
  return readInstant(headerOf(headers, 'ok-access-timestamp'));
}

/** The request OKX gets: bytes, headers and signature all ours. Orders are re-serialised from what was parsed (C3). */
export function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  assertServes(restHosts, request.host, stamp.environment);
  const { method, path, query } = request;
  const classification = classify(request);
  assertSignable('OKX', classification, stamp);
  const body = bodyToSend(request, classification);
  const headers: (readonly [string, string])[] = [
    ...venueHeaders(request.headers),
    ...environmentHeaders(stamp.environment),
  ];
  if (body.length > 0) headers.push(['content-type', 'application/json']);
  if (real !== undefined) headers.push(...authentication(real, stamp, { method, path, query, body }));
  return { method, path, query, headers, body };
}

const nothing = Buffer.alloc(0);

function bodyToSend(request: HttpRequest, { class: kind, operation }: Classification): Buffer {
  if (request.method === 'GET') return nothing;
  if (kind !== 'order' && kind !== 'amend' && kind !== 'cancel') return request.body;
  // A cancel of all that names nothing, as okx-api sends it; of what an order says nothing is read from no body.
  if (kind === 'cancel' && request.body.length === 0) return nothing;
  const parsed = parseStrictJson(request.body);
  if (!parsed.ok)
    throw new Error(`${operation} reached signing with a body that parseOrders refuses: ${parsed.code}`);
  return Buffer.from(formatStrictJson(parsed.value));
}

/** Demo and live differ by this header alone, so the client's own never counts. */
function environmentHeaders(environment: Environment): HeaderList {
  return environment === 'live' ? [] : [['x-simulated-trading', '1']];
}

function authentication(real: RealCredential, stamp: Stamp, parts: SignedParts): HeaderList {
  const timestamp = isoTime(stamp.nowMs);
  const secret = revealSigningSecret(real, fieldNames.secret, 'OKX');
  return [
    ['OK-ACCESS-KEY', revealHeader(real, fieldNames.key, 'OKX')],
    ['OK-ACCESS-SIGN', signatureOf(secret, timestamp, parts)],
    ['OK-ACCESS-TIMESTAMP', timestamp],
    ['OK-ACCESS-PASSPHRASE', revealHeader(real, fieldNames.passphrase, 'OKX')],
  ];
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}
