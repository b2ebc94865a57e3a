// One call of the Tradier dialect: shares, account and order numbers, and lists as Tradier writes them.
import { createHash } from 'node:crypto';
import { type Desk, findSpelled, makeShareSymbols } from '../desk.js';
import type { Engine } from '../engine/engine.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';

export interface PublicCall {
  engine: Engine;
  fields: Fields;
}

export type PrivateCall = PublicCall & Desk;
export type Row = Readonly<Record<string, unknown>>;

/** Options are not on paper. */
export const stocks = makeShareSymbols(({ base }) => [base]);

/** `VA` and eight digits, as sandbox accounts are numbered. */
export function accountNumberOf({ id }: { id: string }): string {
  const digest = createHash('sha256').update(`tradier account ${id}`).digest();
  return `VA${String(digest.readUInt32BE() % 100_000_000).padStart(8, '0')}`;
}

/** Tradier numbers orders in JSON numbers: 41 bits of milliseconds and 12 of sequence. */
export function orderNumberOf({ id }: { id: string }): number {
  const whole = BigInt(id);
  return Number(((whole >> 20n) << 12n) | (whole & 0xfffn));
}

/** Throws PaperFault ORDER_UNKNOWN; crypto orders of another dialect are not Tradier's. */
export function needOrder({ account }: PrivateCall, number: string): PaperOrder {
  const order = findSpelled(account, number, (one) => String(orderNumberOf(one)));
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN', number);
  return order;
}

/** One entry stands alone, none is the text `null` (documentation.tradier.com, "Response format"). */
export function listOf(name: string, rows: readonly Row[]): unknown {
  if (rows.length === 0) return 'null';
  return { [name]: rows.length === 1 ? rows[0] : rows };
}

export const isoTime = (ms: number) => new Date(ms).toISOString();
