// A person with an approver key, for tests: the pin, and signatures over orders.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  type ApprovalSignature,
  type ApproverPin,
  signApproval,
} from '../../src/orders/approval-signature.js';

export interface SignOptions {
  nowMs?: number;
  /** Instead of the person's own name. */
  as?: string;
  /** Id of the box; that of test sidecars when absent. */
  box?: string;
}

export interface TestApprover {
  pin: ApproverPin;
  key: KeyObject;
  /** Signs as this person, or with this person's key under another name. */
  sign(order: { order: string; fingerprint: string }, options?: SignOptions): ApprovalSignature;
}

export function testApprover(name: string): TestApprover {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pin = { name, publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64') };
  return {
    pin,
    key: privateKey,
    sign: ({ order, fingerprint }, { nowMs = Date.now(), as = name, box = 'test-id' } = {}) =>
      signApproval({ box, order, fingerprint, approver: as }, privateKey, nowMs),
  };
}
