// One call of the Hyperliquid dialect: its numbers and names of markets, its order ids, sizes in base currency.
import { createHash } from 'node:crypto';
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { type Desk, makeSymbols, unitOf } from '../desk.js';
import type { Engine } from '../engine/engine.js';
import { findInstrument, instruments } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import type { Fields } from '../fields.js';

export interface PublicCall {
  engine: Engine;
  fields: Fields;
}

/** A question about an account. */
export type PrivateCall = PublicCall & Desk;
export type Row = Readonly<Record<string, unknown>>;

const spotBase = 10_000;
export const perpetuals = instruments.filter(({ kind }) => kind === 'swap');
export const spots = instruments.filter(({ kind }) => kind === 'spot');
/** Token 0 is the money; the others follow the pairs. */
export const money = 'USDC';

/** Perpetuals by their coin, spot pairs by `@` and their index; both also by the number that orders name them by. */
export const coins = makeSymbols((one) => {
  if (one.kind === 'swap') return [one.base, String(perpetuals.indexOf(one))];
  const index = spots.indexOf(one);
  return [`@${index}`, String(spotBase + index)];
});

/** The engine's money is Hyperliquid's. */
export const tokenOf = (currency: string): string => (currency === 'USDT' ? money : currency);

/** A number that JavaScript holds exactly, drawn from the engine's id. */
export function oidOf({ id }: { id: string }): number {
  return createHash('sha256').update(id).digest().readUIntBE(0, 6);
}

/** Engine units as base currency. */
export function sizeOf({ symbol }: { symbol: string }, units: Decimal): string {
  const instrument = findInstrument(symbol);
  return formatDecimal(instrument === undefined ? units : units.times(unitOf(instrument)));
}

/** The order of an oid or a cloid. */
export function orderOf({ account }: Desk, name: string): PaperOrder | undefined {
  if (name.startsWith('0x')) return account.find({ clientId: name.toLowerCase() });
  return account.orders().findLast((order) => String(oidOf(order)) === name);
}
