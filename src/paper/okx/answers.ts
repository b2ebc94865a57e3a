// OKX v5 answers: the envelope, and errors as OKX words them.
import { type HttpAnswer, jsonAnswer } from '../../core/http.js';

/** One element of `data`; OKX writes every number as a string. */
export type Row = Readonly<Record<string, unknown>> | readonly string[];

/** An error of the whole request. Caught in dialect.ts. */
export class OkxError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** HTTP status; OKX answers most errors with 200 and all authentication errors with 401. */
    readonly status = 200,
  ) {
    super(message);
  }
}

export function ok(data: readonly Row[]): HttpAnswer {
  return jsonAnswer(200, { code: '0', data, msg: '' });
}

/** Authentication errors carry no `data`. */
export function errorAnswer(error: OkxError): HttpAnswer {
  const { code, message: msg, status } = error;
  return jsonAnswer(status, status === 200 ? { code, data: [], msg } : { msg, code });
}

/** One entry of an order, amend or cancel answer. */
export interface Outcome extends Record<string, unknown> {
  sCode: string;
  sMsg: string;
}

/** OKX: 0 when all went well, 1 when none did, 2 when some did. */
export function outcomes(entries: readonly Outcome[], nowMs: number): HttpAnswer {
  const failed = entries.filter(({ sCode }) => sCode !== '0').length;
  const [code, msg] =
    failed === 0
      ? ['0', '']
      : failed === entries.length
        ? ['1', entries.length === 1 ? 'Operation failed.' : 'All operations failed']
        : ['2', 'Bulk operation partially succeeded.'];
  const inTime = `${nowMs}000`;
  return jsonAnswer(200, { code, data: entries, inTime, msg, outTime: inTime });
}

export const missingParameter = (name: string) =>
  new OkxError('50014', `Parameter ${name} can not be empty.`);
export const badParameter = (name: string) => new OkxError('51000', `Parameter ${name} error`);
export const unknownInstrument = () =>
  new OkxError('51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist.");
export const notOnPaper = () => new OkxError('50038', 'This feature is unavailable in demo trading.');
