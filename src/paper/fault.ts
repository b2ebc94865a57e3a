// Why a paper venue refuses, in the exchange's own words; each dialect has a table that words it as its venue does.
import type { RejectCode } from './engine/orders.js';

export type FaultCode =
  | RejectCode
  | 'KEY_MISSING'
  | 'KEY_UNKNOWN'
  | 'SIGNATURE_WRONG'
  | 'TIME_OUTSIDE_WINDOW'
  | 'NONCE_NOT_RISING'
  | 'BODY_UNREADABLE'
  | 'PARAMETER_MISSING'
  | 'PARAMETER_BAD'
  | 'PATH_UNKNOWN'
  | 'NOT_ON_PAPER';

/** Caught by the dialect, which answers in its venue's shape. */
export class PaperFault extends Error {
  constructor(
    readonly code: FaultCode,
    /** The parameter, symbol or id that it is about. */
    readonly subject = '',
  ) {
    super(code);
  }
}
