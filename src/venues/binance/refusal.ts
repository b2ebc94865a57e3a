// Refusals in Binance's shape: HTTP 400 with a code that clients raise at once and do not retry.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
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
