// One call of the Kraken Futures dialect: its perpetuals, its order ids, its numbers. One contract is one of the base currency.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { type Desk, findSpelled, makeSymbols, unitOf, uuidOf } from '../desk.js';
import { findInstrument, type Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';

export const nameOfBase = (base: string): string => (base === 'BTC' ? 'XBT' : base);

/** PF_XBTUSD; symbols may come in any case. */
export const contracts = makeSymbols((one) => {
  const name = `PF_${nameOfBase(one.base)}USD`;
  return one.kind === 'swap' ? [name, name.toLowerCase()] : [];
});

export const orderIdOf = ({ id }: { id: string }): string => uuidOf(id);

/** As JSON numbers, which the venue tells prices and sizes in. */
export const numberOf = (value: Decimal | string): number =>
  Number(typeof value === 'string' ? value : formatDecimal(value));

/** Engine contracts as those of the venue. */
export function sizeOf({ symbol }: { symbol: string }, units: Decimal): number {
  const instrument = findInstrument(symbol);
  return numberOf(instrument === undefined ? units : units.times(unitOf(instrument)));
}

/** Decimals of a size. */
export function sizeDecimals(instrument: Instrument): number {
  return formatDecimal(instrument.lotSize.times(unitOf(instrument))).split('.')[1]?.length ?? 0;
}

export function orderById({ account }: Desk, id: string): PaperOrder | undefined {
  return findSpelled(account, id, orderIdOf);
}
