// What an approval is bound to: a digest of everything that an order request asks for (S8, ATTACKS D11).
import { createHash } from 'node:crypto';
import type { IntentRecord } from '../audit/order-events.js';
import type { OrderIntent } from '../core/order.js';
import { recordOf } from './intent-record.js';

/**
 * SHA-256 hex over venue, account, money mode, operation and every member of every leg. The client order id of an order
 * to be placed is left out: clients draw a new one for each attempt (ccxt), and it moves no money. Of an amend or a
 * cancel it names the order meant, so there it counts.
 */
export function fingerprintOf(operation: string, intents: readonly OrderIntent[]): string {
  const text = JSON.stringify([operation, intents.map((intent) => withoutOwnId(recordOf(intent)))]);
  return createHash('sha256').update(text).digest('hex');
}

function withoutOwnId(record: IntentRecord): IntentRecord {
  const { clientOrderId, legs, ...rest } = record;
  return {
    ...rest,
    ...(record.action === 'place' || clientOrderId === undefined ? {} : { clientOrderId }),
    ...(legs === undefined ? {} : { legs: legs.map(withoutOwnId) }),
  };
}

/** Shortest beginning of a fingerprint that an approval may name. */
export const shownFingerprintLength = 8;

/** Whether the beginning that a human typed names this fingerprint: lower-case hex, long enough to be no accident. */
export function isFingerprintOf(typed: string, fingerprint: string): boolean {
  return /^[0-9a-f]+$/.test(typed) && typed.length >= shownFingerprintLength && fingerprint.startsWith(typed);
}
