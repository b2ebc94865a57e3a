// IBKR's session as a cookie: of the credential, or as an answer to a tickle gave it; and the decoy that the agent gets for that (B12).
// Sources: ibkrcampus.com cpapi-v1 ("Ping the server"), interactivebrokers.github.io/cpwebapi/RealtimeSubscription ("How to connect").
import { TradeboxError } from '../../core/errors.js';
import { revealHeader } from '../client-headers.js';
import { formatStrictJson } from '../json-strict.js';
import { membersOf } from '../socket-frames.js';
import type { RealCredential, SessionTokenSource } from '../venue.js';
import { ticklePath } from './operations.js';

const title = 'Interactive Brokers';
/** RFC 6265 section 4.1.1, cookie-octet. */
const cookieValue = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/** The credential's own session, or the one that `token` is. Throws TradeboxError SECRET_INVALID on what no cookie can hold. */
export function sessionCookie(real: RealCredential, token?: string): string {
  const value = token ?? revealHeader(real, 'sessionToken', title);
  if (cookieValue.test(value)) return `api=${value}`;
  throw new TradeboxError('SECRET_INVALID', `The ${title} credential's sessionToken cannot be a cookie.`, {
    remedy: 'Store the value of the session alone, without its name.',
  });
}

/** The session alone in a cookie header; undefined where it holds anything else. */
export function sessionIn(cookie: string): string | undefined {
  return /^api=([^;\s"]{8,256})$/.exec(cookie)?.[1];
}

export const sessionTokens: SessionTokenSource = {
  operations: new Set([ticklePath.slice(1)]),
  read(body) {
    const answer = membersOf(body.toString());
    if (answer.size === 0) return undefined;
    const token = answer.get('session');
    if (typeof token !== 'string' || token === '') return { kind: 'none' };
    const withToken = (decoy: string) =>
      Buffer.from(formatStrictJson(new Map([...answer, ['session', decoy]])));
    return { kind: 'token', token, withToken };
  },
  makeDecoy: (randomBytes) => randomBytes(16).toString('hex'),
};
