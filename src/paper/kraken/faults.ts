// How Kraken words a fault: over REST and on sockets alike. Source: docs.kraken.com, "Error messages".
import type { FaultCode, PaperFault } from '../fault.js';

export function wordingOf({ code, subject }: PaperFault): string {
  return wordings[code].replace('*', subject);
}

/** `*` stands for what the fault is about. */
const wordings: Readonly<Record<FaultCode, string>> = {
  KEY_MISSING: 'EAPI:Invalid key',
  KEY_UNKNOWN: 'EAPI:Invalid key',
  SIGNATURE_WRONG: 'EAPI:Invalid signature',
  NONCE_NOT_RISING: 'EAPI:Invalid nonce',
  TIME_OUTSIDE_WINDOW: 'EAPI:Invalid nonce',
  BODY_UNREADABLE: 'EGeneral:Invalid arguments',
  PARAMETER_MISSING: 'EGeneral:Invalid arguments:*',
  PARAMETER_BAD: 'EGeneral:Invalid arguments:*',
  PATH_UNKNOWN: 'EGeneral:Unknown method',
  NOT_ON_PAPER: 'EGeneral:Permission denied',
  INSTRUMENT_UNKNOWN: 'EQuery:Unknown asset pair',
  PRICE_NOT_ON_TICK: 'EOrder:Invalid price',
  PRICE_TOO_HIGH: 'EOrder:Invalid price',
  PRICE_TOO_LOW: 'EOrder:Invalid price',
  SIZE_NOT_ON_LOT: 'EGeneral:Invalid arguments:volume',
  SIZE_TOO_SMALL: 'EGeneral:Invalid arguments:volume minimum not met',
  SIZE_TOO_LARGE: 'EGeneral:Invalid arguments:volume',
  INSUFFICIENT_BALANCE: 'EOrder:Insufficient funds',
  NOTHING_TO_REDUCE: 'EOrder:Reduce only:No position exists',
  CLIENT_ID_TAKEN: 'EGeneral:Invalid arguments:cl_ord_id',
  TOO_MANY_ORDERS: 'EOrder:Orders limit exceeded',
  ORDER_UNKNOWN: 'EOrder:Unknown order',
  ORDER_DONE: 'EOrder:Unknown order',
  NO_CHANGE: 'EGeneral:Invalid arguments',
};
