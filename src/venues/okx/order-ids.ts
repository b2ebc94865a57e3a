// What every OKX order object names: its instrument, its ids, and words from short lists.
import type { OrderIntent, OrderSide } from '../../core/order.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import { type InstrumentKind, kindOfInstrument } from './instrument.js';

/** OKX v5 reference: letters and digits, at most 32. */
export const identifier = /^[A-Za-z0-9]{1,32}$/;

/** `instId`, or `instIdCode` through the instrument list; both must mean the same. */
export function needInstrument(fields: OrderFields, context: ParseContext): string {
  const { named, resolved, isByCode } = readInstrument(fields, context);
  if (isByCode && resolved === undefined) {
    refuseOrder('SYMBOL_UNKNOWN', 'instIdCode is not in the instrument list');
  }
  return named ?? resolved ?? fields.refuse('FIELD_MISSING', 'instId', 'is missing');
}

/** The instrument of a cancel, empty where nobody knows its number: cancelling must never depend on the list. */
export function instrumentOfCancel(fields: OrderFields, context: ParseContext): string {
  const { named, resolved, isByCode } = readInstrument(fields, context);
  if (named === undefined && !isByCode) fields.refuse('FIELD_MISSING', 'instId', 'is missing');
  return named ?? resolved ?? '';
}

function readInstrument(fields: OrderFields, { instruments }: ParseContext) {
  const named = fields.match('instId', /^[A-Z0-9._-]{3,60}$/);
  const code = fields.id('instIdCode', /^\d{1,12}$/);
  const resolved = code === undefined ? undefined : instruments?.get(code);
  if (named !== undefined && resolved !== undefined && named !== resolved) {
    refuseOrder('FIELD_CONFLICT', 'instId and instIdCode name different instruments');
  }
  return { named, resolved, isByCode: code !== undefined };
}

/** How the instrument's quantities count; ids whose unit we cannot state are refused. */
export function needKind(instrument: string): InstrumentKind {
  return (
    kindOfInstrument(instrument) ??
    refuseOrder('SYMBOL_UNKNOWN', 'the unit of this instrument’s quantity is not known')
  );
}

/** The order's ids, at least one; both are kept. */
export function needOrderIds(
  fields: OrderFields,
  venueName: string,
  clientName: string,
): Pick<OrderIntent, 'venueOrderId' | 'clientOrderId'> {
  const venueOrderId = fields.match(venueName, /^\d{1,30}$/);
  const clientOrderId = fields.match(clientName, identifier);
  if (venueOrderId === undefined && clientOrderId === undefined) {
    fields.refuse('FIELD_MISSING', venueName, `is missing, and no ${clientName} stands in for it`);
  }
  return dropUndefined({ venueOrderId, clientOrderId });
}

export function needSide(fields: OrderFields): OrderSide {
  return needWord(fields, 'side', ['buy', 'sell']);
}

/** One of the words; undefined when absent. */
export function word<const T extends string>(
  fields: OrderFields,
  name: string,
  words: readonly T[],
): T | undefined {
  const value = fields.text(name);
  if (value === undefined) return undefined;
  return (
    words.find((known) => known === value) ??
    fields.refuse('FIELD_INVALID', name, 'has a value that is not understood')
  );
}

export function needWord<const T extends string>(fields: OrderFields, name: string, words: readonly T[]): T {
  return word(fields, name, words) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
}

/** Refuses the order when it has any of these fields. */
export function refuseFields(
  fields: OrderFields,
  code: Parameters<OrderFields['refuse']>[0],
  names: readonly string[],
): void {
  for (const name of names) if (fields.has(name)) fields.refuse(code, name, 'is not supported');
}
