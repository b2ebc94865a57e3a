// Bybit v5 signatures: checked over the wire bytes with the decoy, made over the sent bytes with the real key (S5, C3).
// Scheme: HMAC-SHA256 in lower-case hex, or RSA-SHA256 in base64, of timestamp + key + recv_window + (query of a GET | body);
// bybit-exchange/docs docs/v5/guide.mdx "Create A Request" (2026-07-24).
import { type HttpRequest, headerOf } from '../../core/http.js';
import type { Secret } from '../../core/secret.js';
import { headersOnce, isSameText, revealHeader, signingSecret, venueHeaders } from '../client-headers.js';
import { readInstant } from '../instant.js';
import { rewriteJson } from '../json-body.js';
import { assertServes } from '../own-host.js';
import { assertSignable } from '../signable.js';
import { signPayload } from '../signing-key.js';
import type { Authentication, DecoyCredential, RealCredential, SignedRequest, Stamp } from '../venue.js';
import { fieldNames } from './credential.js';
import { hosts } from './hosts.js';
import { classify } from './operations.js';

const authHeaders: ReadonlySet<string> = new Set([
  'x-bapi-api-key',
  'x-bapi-sign',
  'x-bapi-sign-type',
  'x-bapi-timestamp',
  'x-bapi-recv-window',
]);
/** Bybit's default, used where the client names none. */
const defaultRecvWindow = '5000';
const recvWindowForm = /^[1-9]\d{0,4}$/;

/** Freshness is asked of orders alone, elsewhere: the sidecar re-stamps. */
export function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, authHeaders);
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  const { sent } = headers;
  if (sent.size === 0) return { kind: 'none' };
  const key = sent.get('x-bapi-api-key');
  const signature = sent.get('x-bapi-sign');
  const timestamp = sent.get('x-bapi-timestamp');
  if (key === undefined || signature === undefined || timestamp === undefined) {
    return invalid('X-BAPI-API-KEY, -SIGN and -TIMESTAMP are not all sent');
  }
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  if (request.method === 'GET' ? request.body.length > 0 : request.query !== '') {
    return invalid('a GET carries a body or another method a query');
  }
  if (!/^\d{13}$/.test(timestamp)) return invalid('X-BAPI-TIMESTAMP is no time in milliseconds');
  const recvWindow = sent.get('x-bapi-recv-window') ?? '';
  if (recvWindow !== '' && !recvWindowForm.test(recvWindow)) {
    return invalid('X-BAPI-RECV-WINDOW is not 1 to 99999 milliseconds');
  }
  const { [fieldNames.key]: decoyKey, [fieldNames.secret]: decoySecret } = decoy;
  if (decoyKey === undefined || decoySecret === undefined) return invalid('this box holds no Bybit decoy');
  if (!isSameText(key, decoyKey)) return invalid('X-BAPI-API-KEY is not the decoy');
  const expected = signatureOf(decoySecret, timestamp, key, recvWindow, request);
  return isSameText(signature, expected)
    ? { kind: 'valid' }
    : invalid('X-BAPI-SIGN does not match the bytes of the request');
}

export function signedAtMs({ headers }: HttpRequest): number | undefined {
  return readInstant(headerOf(headers, 'x-bapi-timestamp'));
}

/** The request Bybit gets. A body is re-serialised from what was parsed, a query goes as it was checked. */
export function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  assertServes(hosts, request.host, stamp.environment);
  assertSignable('Bybit', classify(request), stamp);
  const { method, path, query } = request;
  const body = method === 'GET' ? Buffer.alloc(0) : rewriteJson(request);
  const headers = [
    ...venueHeaders(request.headers),
    ...(body.length === 0 ? [] : ([['content-type', 'application/json']] as const)),
  ];
  if (real === undefined) return { method, path, query, headers, body };
  const key = revealHeader(real, fieldNames.key, 'Bybit');
  const secret = signingSecret(real, fieldNames.secret, 'Bybit');
  const timestamp = String(stamp.nowMs);
  const recvWindow = headerOf(request.headers, 'x-bapi-recv-window') ?? defaultRecvWindow;
  headers.push(
    ['X-BAPI-API-KEY', key],
    ['X-BAPI-TIMESTAMP', timestamp],
    ['X-BAPI-RECV-WINDOW', recvWindow],
    ['X-BAPI-SIGN', signatureOf(secret, timestamp, key, recvWindow, { method, query, body })],
  );
  return { method, path, query, headers, body };
}

function signatureOf(
  secret: Secret | string,
  timestamp: string,
  key: string,
  recvWindow: string,
  { method, query, body }: Pick<HttpRequest, 'method' | 'query' | 'body'>,
): string {
  const covered = method === 'GET' ? Buffer.from(query) : body;
  return signPayload(secret, Buffer.concat([Buffer.from(`${timestamp}${key}${recvWindow}`), covered]));
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}
