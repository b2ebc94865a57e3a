// Binance signatures: checked over the wire bytes with the decoy, made over the sent bytes with the real key (S5, C3).
// Scheme: HMAC-SHA256 hex, or RSA (PKCS #1 v1.5, SHA-256) or Ed25519 base64, of query + body; binance-spot-api-docs rest-api.md
// "SIGNED Endpoint security" (2026-07-21). One scheme for /api, /sapi, /fapi, /dapi, /eapi and /papi.
import { type HttpRequest, headerOf } from '../../core/http.js';
import { headersOnce, isSameText, revealHeader, signingSecret, venueHeaders } from '../client-headers.js';
import { formatForm, formType } from '../form-body.js';
import { readInstant } from '../instant.js';
import { assertServes } from '../own-host.js';
import { assertSignable } from '../signable.js';
import { isPem, signPayload } from '../signing-key.js';
import type { Authentication, DecoyCredential, RealCredential, SignedRequest, Stamp } from '../venue.js';
import { fieldNames } from './credential.js';
import { hosts } from './hosts.js';
import { classify, needsKeyOnly } from './operations.js';
import { readParameters } from './parameters.js';

const keyHeader = 'x-mbx-apikey';
/** Milliseconds or microseconds since the epoch. */
const timestampForm = /^(?:\d{13}|\d{16})$/;
const recvWindowForm = /^\d{1,5}(?:\.\d{1,3})?$/;
const recvWindowMaxMs = 60_000;

/** Freshness is asked of orders alone, elsewhere: the sidecar re-stamps. The key alone suffices where Binance wants no signature. */
export function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, new Set([keyHeader]));
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  const key = headers.sent.get(keyHeader);
  const unreadable = explainUnreadable(request);
  if (unreadable !== undefined) return invalid(unreadable);
  const parameters = readParameters(request);
  if (!parameters.ok) return invalid(parameters.message);
  const { fields, payload, signature } = parameters;
  if (key === undefined && signature === undefined) return { kind: 'none' };
  if (key === undefined) return invalid('a signature is sent without X-MBX-APIKEY');
  const { [fieldNames.key]: decoyKey, [fieldNames.secret]: decoySecret } = decoy;
  if (decoyKey === undefined || decoySecret === undefined) return invalid('this box holds no Binance decoy');
  if (!isSameText(key, decoyKey)) return invalid('X-MBX-APIKEY is not the decoy');
  if (signature === undefined) {
    const { isPublic, operation } = classify(request);
    return isPublic || needsKeyOnly(operation) ? { kind: 'valid' } : invalid('the request is not signed');
  }
  if (!timestampForm.test(fields.get('timestamp') ?? '')) return invalid('timestamp is missing or no time');
  const recvWindow = fields.get('recvWindow');
  if (
    recvWindow !== undefined &&
    !(recvWindowForm.test(recvWindow) && Number(recvWindow) <= recvWindowMaxMs)
  ) {
    return invalid('recvWindow is not 0 to 60000 milliseconds');
  }
  const expected = signPayload(decoySecret, payload);
  // An HMAC may be upper-case hex; base64 is case-sensitive.
  const given = isPem(decoySecret) ? signature : signature.toLowerCase();
  return isSameText(given, expected)
    ? { kind: 'valid' }
    : invalid('the signature does not match the bytes sent');
}

export function signedAtMs(request: HttpRequest): number | undefined {
  const parameters = readParameters(request);
  return parameters.ok ? readInstant(parameters.fields.get('timestamp')) : undefined;
}

/** The request Binance gets, re-serialised from what was parsed, with our key, timestamp and signature. */
export function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  assertServes(hosts, request.host, stamp.environment);
  const classification = classify(request);
  assertSignable('Binance', classification, stamp);
  const { operation } = classification;
  const parameters = readParameters(request);
  if (!parameters.ok) throw new Error(`${operation} reached signing unreadable: ${parameters.code}`);
  const inBody = request.method !== 'GET' && request.body.length > 0;
  const text = parametersToSend(parameters.fields, real, stamp, needsKeyOnly(operation));
  return {
    method: request.method,
    path: request.path,
    query: inBody ? '' : text,
    headers: [
      ...venueHeaders(request.headers),
      ...(inBody ? ([['content-type', formType]] as const) : []),
      ...(real === undefined
        ? []
        : ([['X-MBX-APIKEY', revealHeader(real, fieldNames.key, 'Binance')]] as const)),
    ],
    body: inBody ? Buffer.from(text) : Buffer.alloc(0),
  };
}

function parametersToSend(
  given: ReadonlyMap<string, string>,
  real: RealCredential | undefined,
  stamp: Stamp,
  keyOnly: boolean,
): string {
  const fields = new Map(given);
  if (real === undefined || keyOnly) {
    fields.delete('timestamp');
    fields.delete('recvWindow');
    // Futures have one stream for each account; what clients send beside is the decoy.
    fields.delete('listenKey');
    return formatForm(fields);
  }
  fields.set('timestamp', String(stamp.nowMs));
  const payload = formatForm(fields);
  const secret = signingSecret(real, fieldNames.secret, 'Binance');
  return `${payload}&signature=${encodeURIComponent(signPayload(secret, payload))}`;
}

function explainUnreadable(request: HttpRequest): string | undefined {
  if (headerOf(request.headers, 'content-encoding') !== undefined) return 'the body is compressed';
  if (request.body.length === 0) return undefined;
  if (request.method === 'GET') return 'a GET carries a body';
  const type = headerOf(request.headers, 'content-type');
  return type === undefined || type.toLowerCase().split(';')[0]?.trim() === formType
    ? undefined
    : 'the body is no form';
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}
