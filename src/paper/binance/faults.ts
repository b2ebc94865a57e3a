// How Binance words a fault: status, code and message, on spot and on futures.
// Source: binance-spot-api-docs errors.md (2026-07-21).
import type { HttpRequest } from '../../core/http.js';
import type { FaultCode, PaperFault } from '../fault.js';

type Wording = readonly [status: number, code: number, message: string];
const unsupported: Wording = [400, -1020, 'This operation is not supported.'];

/** errors.md; `*` stands for what the fault is about. */
const wordings: Readonly<Record<FaultCode, Wording>> = {
  KEY_MISSING: [401, -2014, 'API-key format invalid.'],
  KEY_UNKNOWN: [401, -2015, 'Invalid API-key, IP, or permissions for action.'],
  SIGNATURE_WRONG: [400, -1022, 'Signature for this request is not valid.'],
  NONCE_NOT_RISING: unsupported,
  TIME_OUTSIDE_WINDOW: [400, -1021, 'Timestamp for this request is outside of the recvWindow.'],
  BODY_UNREADABLE: [400, -1101, 'Too many parameters; expected fewer.'],
  PARAMETER_MISSING: [400, -1102, "Mandatory parameter '*' was not sent, was empty/null, or malformed."],
  PARAMETER_BAD: [400, -1100, "Illegal characters found in parameter '*'."],
  PATH_UNKNOWN: [404, -1, 'Not found.'],
  NOT_ON_PAPER: unsupported,
  INSTRUMENT_UNKNOWN: [400, -1121, 'Invalid symbol.'],
  PRICE_NOT_ON_TICK: [400, -1013, 'Filter failure: PRICE_FILTER'],
  PRICE_TOO_HIGH: [400, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
  PRICE_TOO_LOW: [400, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
  SIZE_NOT_ON_LOT: [400, -1013, 'Filter failure: LOT_SIZE'],
  SIZE_TOO_SMALL: [400, -1013, 'Filter failure: LOT_SIZE'],
  SIZE_TOO_LARGE: [400, -1013, 'Filter failure: LOT_SIZE'],
  INSUFFICIENT_BALANCE: [400, -2010, 'Account has insufficient balance for requested action.'],
  NOTHING_TO_REDUCE: [400, -2010, 'Order would trigger immediately.'],
  CLIENT_ID_TAKEN: [400, -2010, 'Duplicate order sent.'],
  TOO_MANY_ORDERS: [400, -1013, 'Filter failure: MAX_NUM_ORDERS'],
  ORDER_UNKNOWN: [400, -2011, 'Unknown order sent.'],
  ORDER_DONE: [400, -2011, 'Unknown order sent.'],
  NO_CHANGE: [400, -2038, 'The requested action would change no state; rejecting.'],
};

/** errors.md: a query of an order that does not exist is told otherwise than a cancel of one. */
const noSuchOrder: Wording = [400, -2013, 'Order does not exist.'];

/** Where futures say it otherwise (developers.binance.com USDⓈ-M Futures, "Error Codes"; COIN-M and portfolio margin use the same). */
const futuresWordings: Partial<Readonly<Record<FaultCode, Wording>>> = {
  PRICE_NOT_ON_TICK: [400, -4014, 'Price not increased by tick size.'],
  PRICE_TOO_HIGH: [400, -4016, "Limit price can't be higher than the cap."],
  PRICE_TOO_LOW: [400, -4024, "Limit price can't be lower than the floor."],
  SIZE_NOT_ON_LOT: [400, -4023, 'Quantity not increased by step size.'],
  SIZE_TOO_SMALL: [400, -4003, 'Quantity less than or equal to zero.'],
  SIZE_TOO_LARGE: [400, -4005, 'Quantity greater than max quantity.'],
  INSUFFICIENT_BALANCE: [400, -2019, 'Margin is insufficient.'],
  NOTHING_TO_REDUCE: [400, -2022, 'ReduceOnly Order is rejected.'],
  CLIENT_ID_TAKEN: [400, -4116, 'ClientOrderId is duplicated.'],
  TOO_MANY_ORDERS: [400, -2025, 'Reach max open order limit.'],
  NO_CHANGE: [400, -5027, 'No need to modify the order.'],
};

/** What REST answers to the request, and the WebSocket API to the same. */
export function wordingOf(
  { code: fault, subject }: PaperFault,
  { method, path }: Pick<HttpRequest, 'method' | 'path'>,
): Wording {
  const isFutures = /^\/(?:[fd]api|papi)\//.test(path);
  const isAbsent = fault === 'ORDER_UNKNOWN' && (method === 'GET' || method === 'PUT');
  const usual = (isFutures ? futuresWordings[fault] : undefined) ?? wordings[fault];
  const [status, code, message] = isAbsent ? noSuchOrder : usual;
  return [status, code, message.replace('*', subject)];
}
