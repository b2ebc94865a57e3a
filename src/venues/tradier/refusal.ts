// Refusals in Tradier's shape: HTTP 400, which no client retries, with the errors property of its JSON answers.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
import { rateLimitsOf } from '../rate-limit.js';
import { refusalText } from '../refusal-text.js';
import type { Refusal } from '../venue.js';

/** documentation.tradier.com/brokerage-api/overview/errors: 400 carries a description; 200 with `errors` would look accepted. */
export function refuse(refusal: Refusal): HttpAnswer {
  return jsonAnswer(400, { errors: { error: [refusalText(refusal)] } });
}

/** documentation.tradier.com/brokerage-api/overview/rate-limiting: 60 orders or 120 questions a minute, X-Ratelimit-Expiry in milliseconds. */
export const rateLimits = rateLimitsOf({
  statuses: { 429: { windowMs: 60_000 } },
  resetHeader: { name: 'x-ratelimit-expiry', unitMs: 1 },
  usedHeader: 'x-ratelimit-used',
  refusal: { status: 429, body: (text) => ({ errors: { error: [text] } }) },
});
