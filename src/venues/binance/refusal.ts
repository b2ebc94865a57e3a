// Refusals in Binance's shape: HTTP 400 with a code that clients raise at once and do not retry.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
import { rateLimitsOf } from '../rate-limit.js';
import { refusalText } from '../refusal-text.js';
import type { Refusal } from '../venue.js';

/**
 * -2010 NEW_ORDER_REJECTED (binance-spot-api-docs errors.md). ccxt 4.5.84 raises InvalidOrder on every market type;
 * -2015 would be DDoSProtection, which is retried, and a body without `code` ExchangeNotAvailable. binance 3.6.5 throws {code, message}.
 */
export const rejected = -2010;

export function refuse(refusal: Refusal): HttpAnswer {
  return jsonAnswer(400, { code: rejected, msg: refusalText(refusal) });
}

/**
 * developers.binance.com rest-api/limits "IP Limits": 429, then 418 for an address that is barred for two minutes to three days,
 * both with Retry-After in seconds, or "until" in the message; errors.md: -1003 TOO_MANY_REQUESTS counts weight a minute, -1015 TOO_MANY_ORDERS orders in ten seconds.
 */
export const rateLimits = rateLimitsOf({
  statuses: { 418: { windowMs: 120_000, isBan: true }, 429: { windowMs: 60_000 } },
  codes: [
    { pattern: /"code"\s*:\s*(-1003)\b/, windowMs: 60_000 },
    { pattern: /"code"\s*:\s*(-1015)\b/, windowMs: 10_000 },
  ],
  resetText: { pattern: /banned until (\d{13})\b/, unitMs: 1 },
  usedHeader: 'x-mbx-used-weight-1m',
  refusal: { status: 429, body: (text) => ({ code: -1003, msg: text }) },
});
