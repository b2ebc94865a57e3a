// Who signs: OAuth 1.0a under the live session token, or the session's cookie, checked against the real credential.
// Source: ibkrcampus.com oauth-1-0a-extended ("Accessing Protected Resources"); RFC 5849 section 3.4.
import { createHmac } from 'node:crypto';
import { type HttpRequest, headerOf } from '../../core/http.js';
import { findCredential, isSameSecret } from '../desk.js';
import type { Exchange, PaperCredential } from '../dialect.js';
import { PaperFault } from '../fault.js';

/** A request is dated in seconds; as old as this it is refused. */
const oldestMs = 300_000;

/** Throws PaperFault KEY_MISSING, KEY_UNKNOWN, SIGNATURE_WRONG or TIME_OUTSIDE_WINDOW. */
export function authenticate(request: HttpRequest, exchange: Exchange): PaperCredential {
  const cookie = /^api=(\S+)$/.exec(headerOf(request.headers, 'cookie') ?? '')?.[1];
  if (cookie !== undefined) return findCredential(exchange.credentials, 'sessionToken', cookie);
  const header = headerOf(request.headers, 'authorization') ?? '';
  const sent = new Map(
    [...header.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const credential = findCredential(exchange.credentials, 'accessToken', sent.get('oauth_token'));
  const { consumerKey, liveSessionToken } = credential.secrets;
  if (!isSameSecret(consumerKey?.reveal(), sent.get('oauth_consumer_key') ?? ''))
    throw new PaperFault('KEY_UNKNOWN', 'oauth_consumer_key');
  const signed = [...sent].filter(([name]) => name !== 'realm' && name !== 'oauth_signature').sort();
  const list = signed.map(([name, value]) => `${name}=${value}`).join('&');
  const text = [request.method, `https://${request.host}${request.path}`, list]
    .map(encodeURIComponent)
    .join('&');
  const key = Buffer.from(liveSessionToken?.reveal() ?? '', 'base64');
  const expected = encodeURIComponent(createHmac('sha256', key).update(text).digest('base64'));
  if (!isSameSecret(expected, sent.get('oauth_signature') ?? '')) throw new PaperFault('SIGNATURE_WRONG');
  const atMs = Number(sent.get('oauth_timestamp')) * 1000;
  if (!(Math.abs(exchange.nowMs - atMs) <= oldestMs)) throw new PaperFault('TIME_OUTSIDE_WINDOW');
  return credential;
}
