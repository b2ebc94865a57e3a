// A person's yes to one order, signed with a key that only that person can open: what two-person orders take. Pure.
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** What is agreed to. */
export interface ApprovalText {
  /** Id of the box whose order it is: drawn for each box, while names and accounts outlive them. */
  box: string;
  /** Id in the account's journal. */
  order: string;
  /** The whole fingerprint, SHA-256 hex: venue, account, money and every field of every leg. */
  fingerprint: string;
  /** Name of the key's owner, as pinned. */
  approver: string;
}

export interface ApprovalSignature {
  /** Until when the sidecar takes it, milliseconds since the epoch. */
  expiresMs: number;
  /** Ed25519, base64. */
  signature: string;
}

/** A signature that was checked, and whose key it is of. */
export interface SignedApproval extends ApprovalSignature {
  /** As `keyIdOf` names it. */
  key: string;
}

/** An approver's public key as it is pinned. */
export interface ApproverPin {
  name: string;
  /** Ed25519 as SubjectPublicKeyInfo (RFC 8410), DER, base64. */
  publicKey: string;
}

/** How long a signature is good for, and the longest that is taken from a clock ahead of ours. Milliseconds. */
export const approvalMs = 60_000;
const longestMs = 300_000;

export function signApproval(text: ApprovalText, key: KeyObject, nowMs: number): ApprovalSignature {
  const expiresMs = nowMs + approvalMs;
  return { expiresMs, signature: sign(null, bytesOf(text, expiresMs), key).toString('base64') };
}

/** Why a signature does not count, one sentence; undefined when it does. */
export function explainSignature(
  text: ApprovalText,
  { expiresMs, signature }: ApprovalSignature,
  pins: readonly ApproverPin[],
  nowMs: number,
): string | undefined {
  const pin = pins.find(({ name }) => name === text.approver);
  if (pin === undefined) return `${text.approver} is no approver of this box`;
  if (expiresMs <= nowMs) return 'the signature has expired';
  if (expiresMs > nowMs + longestMs) return 'the signature claims to be good for too long';
  const key = publicKeyOf(pin);
  const isTheirs =
    key !== undefined && verify(null, bytesOf(text, expiresMs), key, Buffer.from(signature, 'base64'));
  return isTheirs ? undefined : `the signature is not one of ${text.approver} over this order`;
}

/** Undefined when it is no Ed25519 key. */
export function publicKeyOf({ publicKey }: Pick<ApproverPin, 'publicKey'>): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Names a key whatever it is called and however it is written (lengths in BER, bytes after its end): the first 16 hex digits of the
 * SHA-256 of its canonical DER; empty when it is no Ed25519 key.
 */
export function keyIdOf(pin: Pick<ApproverPin, 'publicKey'>): string {
  const canonical = publicKeyOf(pin)?.export({ type: 'spki', format: 'der' });
  return canonical === undefined ? '' : createHash('sha256').update(canonical).digest('hex').slice(0, 16);
}

function bytesOf({ box, order, fingerprint, approver }: ApprovalText, expiresMs: number): Buffer {
  const decision = 'approve';
  return Buffer.from(
    JSON.stringify(['tradebox approval', 2, box, order, fingerprint, decision, approver, expiresMs]),
  );
}
