// Tradier signs nothing: a Bearer token travels in a header, so the decoy is taken out and the real one put in (S5).
// Source: documentation.tradier.com/brokerage-api/overview/authentication.
import { type HttpRequest, headerOf } from '../../core/http.js';
import { headersOnce, isSameText, revealHeader, venueHeaders } from '../client-headers.js';
import { formType, rewriteForm } from '../form-body.js';
import { assertServes } from '../own-host.js';
import { assertSignable } from '../signable.js';
import type { Authentication, DecoyCredential, RealCredential, SignedRequest, Stamp } from '../venue.js';
import { fieldNames } from './credential.js';
import { hosts } from './hosts.js';
import { classify } from './operations.js';

const withBody: ReadonlySet<string> = new Set(['POST', 'PUT']);

/** The decoy token as Bearer, once. */
export function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, new Set(['authorization']));
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  const authorization = headers.sent.get('authorization');
  if (authorization === undefined) return { kind: 'none' };
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  if (request.body.length > 0 && !withBody.has(request.method)) {
    return invalid(`a ${request.method} carries a body`);
  }
  const token = decoy[fieldNames.token];
  if (token === undefined) return invalid('this box holds no Tradier decoy');
  return isSameText(authorization, `Bearer ${token}`)
    ? { kind: 'valid' }
    : invalid('Authorization is not the decoy as Bearer');
}

/** The request Tradier gets: a form re-serialised from what was parsed, and the real token. */
export function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  assertServes(hosts, request.host, stamp.environment);
  assertSignable('Tradier', classify(request), stamp);
  const { method, path, query } = request;
  const body = withBody.has(method) ? rewriteForm(request) : Buffer.alloc(0);
  const headers = [
    ...venueHeaders(request.headers),
    ...(body.length === 0 ? [] : ([['content-type', formType]] as const)),
  ];
  if (real !== undefined) {
    headers.push(['Authorization', `Bearer ${revealHeader(real, fieldNames.token, 'Tradier')}`]);
  }
  return { method, path, query, headers, body };
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}
