// Kraken Futures' signature: over the parameters exactly as they travel, in the query or in a form body, never in both.
import { createHash } from 'node:crypto';
import { type HttpRequest, headerOf } from '../../core/http.js';
import { hmac } from '../hmac.js';

type Signable = Pick<HttpRequest, 'path' | 'query' | 'body'>;

/**
 * `Authent`: base64 of HMAC-SHA512 under the decoded secret over SHA-256 of parameters, nonce and path without `/derivatives`.
 * Source: docs.kraken.com/api/docs/guides/futures-rest (flow of 20 February 2024), krakenfx/api-go pkg/derivatives.
 */
export function authent(secret: string, nonce: string, { path, query, body }: Signable): string {
  const digest = createHash('sha256')
    .update(body.length > 0 ? body : query)
    .update(nonce + path.replace(/^\/derivatives(?=\/)/, ''))
    .digest();
  return signDigest(secret, digest);
}

/** `signed_challenge` of the WebSocket: the same without parameters and path. Source: docs.kraken.com guide "Futures Websockets". */
export function signChallenge(secret: string, challenge: string): string {
  return signDigest(secret, createHash('sha256').update(challenge).digest());
}

function signDigest(secret: string, digest: Buffer): string {
  return hmac('sha512', Buffer.from(secret, 'base64'), [digest], 'base64');
}

/** Why the parameters cannot be signed as one text, or undefined. */
export function explainUnsignable(
  request: Pick<HttpRequest, 'method' | 'query' | 'headers' | 'body'>,
): string | undefined {
  if (request.body.length === 0) return undefined;
  if (request.query !== '') return 'parameters stand in query and body';
  if (request.method === 'GET') return 'a GET carries a body';
  if (headerOf(request.headers, 'content-encoding') !== undefined) return 'the body is compressed';
  const type = headerOf(request.headers, 'content-type');
  if (type === undefined || !/^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i.test(type)) {
    return 'the body is not sent as a form';
  }
  return undefined;
}
