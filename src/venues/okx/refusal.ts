// How OKX says no, such that its clients fail for good. Measured: VENUES C3.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
import { refusalText } from '../refusal-text.js';
import type { Refusal } from '../venue.js';

// "This API key doesn't have permission to use this function": no client retries it. Never "0" or "1": with `code: "1"` the okx CLI exits 0.
export const permissionCode = '50120';

/** HTTP 403 with an OKX error body: okx CLI exits 1 with the message, ccxt raises ExchangeError, okx-api rejects. */
export function refuse(refusal: Refusal): HttpAnswer {
  return jsonAnswer(403, { code: permissionCode, data: [], msg: refusalText(refusal) });
}
