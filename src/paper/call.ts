// What one call of a dialect that reads named fields is: the engine, the fields and, once signed, an account.
import type { Desk } from './desk.js';
import type { Engine } from './engine/engine.js';
import type { Fields } from './fields.js';

export interface PublicCall {
  engine: Engine;
  fields: Fields;
}

export type PrivateCall = PublicCall & Desk;

/** A JSON object of an answer. */
export type Row = Readonly<Record<string, unknown>>;

export const isoTime = (ms: number): string => new Date(ms).toISOString();
