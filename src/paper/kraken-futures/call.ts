// One call of the Kraken Futures dialect: its perpetuals, its order ids, its numbers. One multi-collateral contract is one of the base
// currency, one inverse contract a dollar (docs.kraken.com Futures REST "Get instruments", `contractSize`).
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { type Desk, findSpelled, makeSymbols, unitOf, uuidOf } from '../desk.js';
import {
  dollarFutures,
  dollarSwaps,
  findInstrument,
  type Instrument,
  instruments,
} from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { isInverse } from '../engine/positions.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';

/** Undefined for perpetuals. */
export const deliveryOf = (one: Instrument): string | undefined =>
  one.kind === 'swap' ? one.delivery : undefined;

export const nameOfBase = (base: string): string => (base === 'BTC' ? 'XBT' : base);

/** PF_XBTUSD, inverse PI_XBTUSD, with a day of delivery FI_XBTUSD_280331; symbols may come in any case. */
export const contracts = makeSymbols(
  (one) => {
    if (one.kind !== 'swap') return [];
    const day = deliveryOf(one);
    const family = isInverse(one) ? (day === undefined ? 'PI' : 'FI') : 'PF';
    const name = `${family}_${nameOfBase(one.base)}USD${day === undefined ? '' : `_${day.slice(2).replaceAll('-', '')}`}`;
    return [name, name.toLowerCase()];
  },
  [...instruments, ...dollarSwaps, ...dollarFutures],
);

export const orderIdOf = ({ id }: { id: string }): string => uuidOf(id);

/** As JSON numbers, which the venue tells prices and sizes in. */
export const numberOf = (value: Decimal | string): number =>
  Number(typeof value === 'string' ? value : formatDecimal(value));

/** Engine contracts as those of the venue. */
export function sizeOf({ symbol }: { symbol: string }, units: Decimal): number {
  const instrument = findInstrument(symbol);
  return numberOf(instrument === undefined ? units : units.times(unitOf(instrument)));
}

export function orderById({ account }: Desk, id: string): PaperOrder | undefined {
  return findSpelled(account, id, orderIdOf);
}
