// Refusals in Bybit's shape, such that its clients fail for good.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
import { rateLimitsOf } from '../rate-limit.js';
import { refusalText } from '../refusal-text.js';
import type { Refusal } from '../venue.js';

/**
 * retCode 10005 "Permission denied" (docs/v5/error.mdx): ccxt 4.5.84 raises PermissionDenied. The status is 400 because
 * bybit-api 4.7.7 takes every HTTP 200 for a success, and 403 is what Bybit answers to an exceeded rate.
 */
export function refuse(refusal: Refusal): HttpAnswer {
  return jsonAnswer(400, {
    retCode: 10005,
    retMsg: refusalText(refusal),
    result: {},
    retExtInfo: {},
    time: 0,
  });
}

/**
 * bybit-exchange.github.io/docs/v5/rate-limit: rolling seconds, 10006 with HTTP 200, and when it ends in a header, in milliseconds;
 * 10018 and HTTP 403 "access too frequent" bar the address for ten minutes. docs/v5/error: HTTP 429 and, on the trade socket, 10429
 * for the whole system, 20003 for one session; ccxt 4.5.84: 170222 of the spot market.
 */
export const rateLimits = rateLimitsOf({
  statuses: { 429: { windowMs: 1_000 } },
  codes: [
    { pattern: /"retCode"\s*:\s*(10006|10429|20003|170222)\b/, windowMs: 1_000 },
    { pattern: /"retCode"\s*:\s*(10018)\b/, windowMs: 600_000, isBan: true },
    { pattern: /(access too frequent)/, windowMs: 600_000, isBan: true },
  ],
  marks: ['10006', '10018', '10429', '20003', '170222'],
  resetHeader: { name: 'x-bapi-limit-reset-timestamp', unitMs: 1 },
  refusal: {
    status: 429,
    body: (text) => ({ retCode: 10006, retMsg: text, result: {}, retExtInfo: {}, time: 0 }),
  },
});
