// Coinbase Exchange's signature: HMAC-SHA256 over time, method, target and body, keyed with the decoded secret.
import type { HttpRequest } from '../../core/http.js';
import { hmac } from '../hmac.js';

type Signable = Pick<HttpRequest, 'method' | 'path' | 'query' | 'body'>;

/** `CB-ACCESS-SIGN`. Source: docs.cdp.coinbase.com/exchange/docs/rest-auth. */
export function accessSign(
  secret: string,
  timestamp: string,
  { method, path, query, body }: Signable,
): string {
  const target = query === '' ? path : `${path}?${query}`;
  return hmac('sha256', Buffer.from(secret, 'base64'), [`${timestamp}${method}${target}`, body], 'base64');
}

const verification: Signable = {
  method: 'GET',
  path: '/users/self/verify',
  query: '',
  body: Buffer.alloc(0),
};

/** `signature` of the WebSocket feed: as if one asked who one is. Source: docs.cdp.coinbase.com/exchange/websocket-feed/authentication. */
export function feedSign(secret: string, timestamp: string): string {
  return accessSign(secret, timestamp, verification);
}
