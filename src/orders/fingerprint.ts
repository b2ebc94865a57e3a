// What an approval is bound to: a digest of everything that an order request asks for (S8, ATTACKS D11).
import { createHash } from 'node:crypto';
import type { IntentRecord } from '../audit/order-events.js';
import type { OrderIntent } from '../core/order.js';
import { recordOf } from './intent-record.js';

/** Two digests of one request, SHA-256 hex. */
export interface Identity {
  /**
   * Of venue, account, money mode, operation, every member of every leg, and all that the request asks for beside: each member
   * that the venue takes, but for stamps and ids of its own. What an approval lets out has this very fingerprint.
   */
  fingerprint: string;
  /** Of what is traded alone: an order that differs in nothing else repeats it, whatever it is tagged with or how long it is good for. */
  likeness: string;
}

/**
 * The client order id of an order to be placed is left out: clients draw a new one for each attempt (ccxt), and it moves no
 * money. Of an amend or a cancel it names the order meant, so there it counts.
 */
export function identityOf(operation: string, intents: readonly OrderIntent[]): Identity {
  const traded = JSON.stringify([operation, intents.map((intent) => tradedBy(recordOf(intent)))]);
  const likeness = digestOf(traded);
  const asked = intents.map(({ asks = null }) => asks);
  if (asked.every((asks) => asks === null)) return { fingerprint: likeness, likeness };
  return { fingerprint: digestOf(`${traded}${JSON.stringify(asked)}`), likeness };
}

export function fingerprintOf(operation: string, intents: readonly OrderIntent[]): string {
  return identityOf(operation, intents).fingerprint;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function tradedBy(record: IntentRecord): IntentRecord {
  const { clientOrderId, legs, terms: _terms, ...rest } = record;
  return {
    ...rest,
    ...(record.action === 'place' || clientOrderId === undefined ? {} : { clientOrderId }),
    ...(legs === undefined ? {} : { legs: legs.map(tradedBy) }),
  };
}

/** Shortest beginning of a fingerprint that an approval may name. */
export const shownFingerprintLength = 8;

/** Whether the beginning that a human typed names this fingerprint: lower-case hex, long enough to be no accident. */
export function isFingerprintOf(typed: string, fingerprint: string): boolean {
  return /^[0-9a-f]+$/.test(typed) && typed.length >= shownFingerprintLength && fingerprint.startsWith(typed);
}
