// Alpaca signs nothing: the credential travels in headers, so the decoy is taken out and the real one put in (S5).
// Source: @alpacahq/alpaca-trade-api 4.0.2 auth.ts.
import { type HeaderList, type HttpRequest, headerOf } from '../../core/http.js';
import { headersOnce, isSameText, revealHeader, venueHeaders } from '../client-headers.js';
import { rewriteJson } from '../json-body.js';
import { assertServes } from '../own-host.js';
import { assertSignable } from '../signable.js';
import type { Authentication, DecoyCredential, RealCredential, SignedRequest, Stamp } from '../venue.js';
import { fieldNames } from './credential.js';
import { hosts } from './hosts.js';
import { classify } from './operations.js';

const keyHeader = 'apca-api-key-id';
const secretHeader = 'apca-api-secret-key';
const authHeaders: ReadonlySet<string> = new Set([keyHeader, secretHeader, 'authorization']);
const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** The decoy pair, or the decoy token as Bearer; never both. */
export function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, authHeaders);
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  const { sent } = headers;
  if (sent.size === 0) return { kind: 'none' };
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  if (request.body.length > 0 && !withBody.has(request.method)) {
    return invalid(`a ${request.method} carries a body`);
  }
  const {
    [fieldNames.key]: decoyKey,
    [fieldNames.secret]: decoySecret,
    [fieldNames.token]: decoyToken,
  } = decoy;
  const authorization = sent.get('authorization');
  if (authorization !== undefined) {
    if (sent.size > 1) return invalid('a key pair is sent beside Authorization');
    return decoyToken !== undefined && isSameText(authorization, `Bearer ${decoyToken}`)
      ? { kind: 'valid' }
      : invalid('Authorization is not the decoy token as Bearer');
  }
  const key = sent.get(keyHeader);
  const secret = sent.get(secretHeader);
  if (key === undefined || secret === undefined) return invalid('only half of the key pair is sent');
  if (decoyKey === undefined || decoySecret === undefined) return invalid('this box holds no Alpaca decoy');
  if (!isSameText(key, decoyKey)) return invalid('APCA-API-KEY-ID is not the decoy');
  return isSameText(secret, decoySecret)
    ? { kind: 'valid' }
    : invalid('APCA-API-SECRET-KEY is not the decoy');
}

/** The request Alpaca gets: a JSON body re-serialised from what was parsed, and the real pair or token. */
export function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  assertServes(hosts, request.host, stamp.environment);
  assertSignable('Alpaca', classify(request), stamp);
  const { method, path, query } = request;
  const body = withBody.has(method) ? rewriteJson(request) : Buffer.alloc(0);
  const headers: HeaderList = [
    ...venueHeaders(request.headers),
    ...(body.length === 0 ? [] : ([['content-type', 'application/json']] as const)),
    ...(real === undefined ? [] : credentialHeaders(real)),
  ];
  return { method, path, query, headers, body };
}

function credentialHeaders(real: RealCredential): HeaderList {
  if (real[fieldNames.key] === undefined && real[fieldNames.token] !== undefined) {
    return [['Authorization', `Bearer ${revealHeader(real, fieldNames.token, 'Alpaca')}`]];
  }
  return [
    ['APCA-API-KEY-ID', revealHeader(real, fieldNames.key, 'Alpaca')],
    ['APCA-API-SECRET-KEY', revealHeader(real, fieldNames.secret, 'Alpaca')],
  ];
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}
