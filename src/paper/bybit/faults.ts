// How Bybit words a fault: code and message. Source: bybit-exchange/docs docs/v5/error.mdx; spot errors are of the 170xxx family.
import type { FaultCode, PaperFault } from '../fault.js';

export function wordingOf({ code, subject }: PaperFault): readonly [code: number, message: string] {
  const [number, message] = wordings[code];
  return [number, message.replace('*', subject)];
}

/** `*` stands for what the fault is about. */
const wordings: Readonly<Record<FaultCode, readonly [code: number, message: string]>> = {
  KEY_MISSING: [10003, 'API key is invalid.'],
  KEY_UNKNOWN: [10003, 'API key is invalid.'],
  SIGNATURE_WRONG: [10004, 'error sign! please check your signature generation algorithm.'],
  NONCE_NOT_RISING: [10014, 'Invalid duplicate request.'],
  TIME_OUTSIDE_WINDOW: [
    10002,
    'invalid request, please check your server timestamp or recv_window param. req_timestamp[*]',
  ],
  BODY_UNREADABLE: [10001, 'params error: unreadable'],
  PARAMETER_MISSING: [10001, 'params error: * is required'],
  PARAMETER_BAD: [10001, 'params error: *'],
  PATH_UNKNOWN: [404, 'not found'],
  NOT_ON_PAPER: [10032, 'Demo trading are not supported.'],
  INSTRUMENT_UNKNOWN: [10001, 'params error: symbol invalid *'],
  PRICE_NOT_ON_TICK: [170134, 'Order price has too many decimals.'],
  PRICE_TOO_HIGH: [170193, 'Buy order price cannot be higher than the limit.'],
  PRICE_TOO_LOW: [170194, 'Sell order price cannot be lower than the limit.'],
  SIZE_NOT_ON_LOT: [170137, 'Order volume decimal too long'],
  SIZE_TOO_SMALL: [170140, 'Order value exceeded lower limit.'],
  SIZE_TOO_LARGE: [170135, 'Order quantity exceeded upper limit.'],
  INSUFFICIENT_BALANCE: [170131, 'Insufficient balance.'],
  NOTHING_TO_REDUCE: [110017, 'current position is zero, cannot fix reduce-only order qty'],
  CLIENT_ID_TAKEN: [170141, 'Duplicate clientOrderId'],
  TOO_MANY_ORDERS: [170810, 'Cannot exceed maximum of 500 conditional, TP/SL and active orders.'],
  ORDER_UNKNOWN: [170213, 'Order does not exist.'],
  ORDER_DONE: [170213, 'Order does not exist.'],
  NO_CHANGE: [10001, 'The order remains unchanged as the parameters entered match the existing ones.'],
};
