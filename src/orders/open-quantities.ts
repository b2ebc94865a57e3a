// How quantities that may be filled yet are summed up, and under which names.
import { type Decimal, decimal } from '../core/decimal.js';
import { type PositionName, positionKey } from '../core/position.js';

export type Quantities = readonly (readonly [key: string, quantity: Decimal])[];

interface PendingName {
  instrument: string;
  positionSide?: string | undefined;
  side?: string | undefined;
  quantity?: { unit: string } | undefined;
}

const zero = decimal('0');

/** Same symbol, position side, side and unit of quantity. */
export function pendingKey({ instrument, positionSide = '', side = '', quantity }: PendingName): string {
  return `${instrument} ${positionSide} ${side} ${quantity?.unit ?? ''}`;
}

/** Same position and side, whatever the unit. */
export function unboundKey(named: PositionName & { side?: string | undefined }): string {
  return `${positionKey(named)} ${named.side ?? ''}`;
}

/** Adds the quantities to the sums, or takes them off; what is zero is no longer there. */
export function sumUp(sums: Map<string, Decimal>, quantities: Quantities, sign: 1 | -1): void {
  for (const [key, quantity] of quantities) {
    const before = sums.get(key) ?? zero;
    const sum = sign === 1 ? before.plus(quantity) : before.minus(quantity);
    if (sum.eq(zero)) sums.delete(key);
    else sums.set(key, sum);
  }
}
