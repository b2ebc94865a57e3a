// How OKX says no, such that its clients fail for good. Measured: VENUES C3.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
import { rateLimitsOf } from '../rate-limit.js';
import { refusalText } from '../refusal-text.js';
import type { Refusal } from '../venue.js';

// "This API key doesn't have permission to use this function": no client retries it. Never "0" or "1": with `code: "1"` the okx CLI exits 0.
export const permissionCode = '50120';

/** HTTP 403 with an OKX error body: okx CLI exits 1 with the message, ccxt raises ExchangeError, okx-api rejects. */
export function refuse(refusal: Refusal): HttpAnswer {
  return jsonAnswer(403, { code: permissionCode, data: [], msg: refusalText(refusal) });
}

/** www.okx.com/docs-v5 "Rate limits" and "Error Code": 50011 (HTTP 429) and 50061 (1,000 orders of the sub-account), both over two seconds. */
export const rateLimits = rateLimitsOf({
  statuses: { 429: { windowMs: 2_000 } },
  codes: [{ pattern: /"s?[cC]ode"\s*:\s*"(50011|50061)"/, windowMs: 2_000 }],
  marks: ['"50011"', '"50061"'],
  refusal: { status: 429, body: (text) => ({ code: '50011', data: [], msg: text }) },
});
