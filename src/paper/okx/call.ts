// One call of the OKX dialect: its parameters, account and engine, and how handlers read them.
import { type Decimal, formatDecimal, parseUnsigned } from '../../core/decimal.js';
import { isStrictObject, JsonNumber, type StrictJson, type StrictObject } from '../../venues/json-strict.js';
import { makeSymbols } from '../desk.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import { type Instrument, instruments, inverseFutures, inverseSwaps } from '../engine/instruments.js';
import { badParameter, missingParameter, unknownInstrument } from './answers.js';

/** Named as the engine names them, coin-margined perpetuals and dated futures among them. */
export const listed = makeSymbols(
  ({ symbol }) => [symbol],
  [...instruments, ...inverseSwaps, ...inverseFutures],
);

export interface PublicCall {
  engine: Engine;
  query: ReadonlyMap<string, string>;
}

export interface PrivateCall extends PublicCall {
  account: Account;
  /** The parsed JSON body; undefined for GET. */
  body: StrictJson | undefined;
}

/** Parameters of a call as text, as OKX takes them: strings, numbers and booleans alike. */
export class Params {
  constructor(private readonly values: ReadonlyMap<string, StrictJson>) {}

  /** Undefined when absent or empty. */
  text(name: string): string | undefined {
    const value = this.values.get(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    if (value instanceof JsonNumber) return value.text;
    if (typeof value === 'boolean') return String(value);
    throw badParameter(name);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missingParameter(name);
    return value;
  }

  /** A plain decimal above zero. */
  amount(name: string): Decimal | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parseUnsigned(text);
    if (value === undefined || formatDecimal(value) === '0') throw badParameter(name);
    return value;
  }

  /** A whole number between `min` and `max`. */
  count(name: string, otherwise: number, max: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    if (!/^\d{1,6}$/.test(text) || Number(text) < 1) throw badParameter(name);
    return Math.min(Number(text), max);
  }

  /** Milliseconds since the epoch. */
  time(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,15}$/.test(text)) throw badParameter(name);
    return Number(text);
  }

  /** An id of the exchange's own making. */
  id(name: string): bigint | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,30}$/.test(text)) throw badParameter(name);
    return BigInt(text);
  }

  /** `instId`, or what `instIdCode` of the list stands for: the number counts where both are sent, as at OKX. */
  symbol(): string {
    const code = this.text('instIdCode');
    if (code === undefined) return this.required('instId');
    const found = /^[1-9]\d{0,3}$/.test(code) ? listed.listed[Number(code) - 1] : undefined;
    if (found === undefined) throw unknownInstrument();
    return found.symbol;
  }

  instrument(): Instrument {
    const found = listed.find(this.symbol());
    if (found === undefined) throw unknownInstrument();
    return found;
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The objects of a list; none when it is absent. */
  children(name: string): readonly Params[] {
    const value = this.values.get(name);
    if (value === undefined || value === null) return [];
    const entries: readonly StrictJson[] = Array.isArray(value) ? value : [];
    if (entries.length === 0 || !entries.every(isStrictObject)) throw badParameter(name);
    return entries.map((entry) => new Params(entry));
  }
}

export function queryOf(call: PublicCall): Params {
  return new Params(call.query);
}

/** The body of a call that takes one object. */
export function bodyOf(call: PrivateCall): Params {
  if (!isStrictObject(call.body)) throw badParameter('body');
  return new Params(call.body);
}

/** The body of a call that takes one object or a list of them. */
export function bodiesOf(call: PrivateCall, most: number): readonly Params[] {
  const { body } = call;
  if (!Array.isArray(body)) throw badParameter('body');
  const entries = body as readonly StrictJson[];
  if (entries.length === 0 || entries.length > most) throw badParameter('body');
  return entries.map((entry) => {
    if (!isStrictObject(entry)) throw badParameter('body');
    return new Params(entry satisfies StrictObject);
  });
}

/** OKX's `instType`; SPOT where nothing is known of it. */
export function typeOf(instrument: Instrument | undefined): 'SPOT' | 'SWAP' | 'FUTURES' {
  if (instrument?.kind !== 'swap') return 'SPOT';
  return instrument.delivery === undefined ? 'SWAP' : 'FUTURES';
}

/** Instruments of OKX's `instType`, narrowed by `instId`; none for products that are not on paper. */
export function instrumentsOf(params: Params): readonly Instrument[] {
  const type = params.required('instType');
  if (!/^(SPOT|MARGIN|SWAP|FUTURES|OPTION|EVENTS)$/.test(type)) throw badParameter('instType');
  const only = params.text('instId');
  const family = params.text('instFamily') ?? params.text('uly');
  return listed.listed.filter(
    (instrument) =>
      typeOf(instrument) === type &&
      (only === undefined || instrument.symbol === only) &&
      (family === undefined || familyOf(instrument) === family),
  );
}

export function familyOf(instrument: Instrument): string {
  return instrument.kind === 'swap' ? `${instrument.base}-${instrument.quote}` : '';
}
