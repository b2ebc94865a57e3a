// Refusals in Alpaca's shape, such that its clients fail for good.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
import { rateLimitsOf } from '../rate-limit.js';
import { refusalText } from '../refusal-text.js';
import type { Refusal } from '../venue.js';

/**
 * HTTP 422 with an error envelope. ccxt 4.5.84 turns 400 and 403 with an unmapped code into ExchangeNotAvailable, which is
 * retried, and 422 into ExchangeError; the SDK 4.0.2 raises ValidationError. 40310000 is Alpaca's own code for a forbidden order.
 */
export function refuse(refusal: Refusal): HttpAnswer {
  return jsonAnswer(422, { code: 40310000, message: refusalText(refusal) });
}

/** docs.alpaca.markets/docs/rate-limits: 200 requests a minute, 429 with 42910000, and X-RateLimit-Reset in seconds since the epoch. */
export const rateLimits = rateLimitsOf({
  statuses: { 429: { windowMs: 60_000 } },
  codes: [{ pattern: /"code"\s*:\s*(42910000)\b/, windowMs: 60_000 }],
  resetHeader: { name: 'x-ratelimit-reset', unitMs: 1_000 },
  refusal: { status: 429, body: (text) => ({ code: 42910000, message: text }) },
});
