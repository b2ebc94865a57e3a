// Refusals in Bybit's shape, such that its clients fail for good.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';
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
