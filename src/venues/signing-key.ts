// The secret half of an API key that signs: an HMAC-SHA256 text, or a private key in PEM (Ed25519, RSA) as Binance and Bybit issue.
import { createPrivateKey, type KeyObject, sign as signWithKey } from 'node:crypto';
import { TradeboxError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import { explainText } from './credential-form.js';
import { hmac } from './hmac.js';

/** Kinds of private key that venues accept: Ed25519 signs the payload itself, RSA its SHA-256 digest (PKCS #1 v1.5). */
export type PemKind = 'ed25519' | 'rsa';

/** Whether the secret is a private key rather than an HMAC text. */
export function isPem(secret: string): boolean {
  return secret.includes('PRIVATE KEY');
}

/** Private keys already parsed, which takes ten times as long as an Ed25519 signature. Lives and dies with the Secret. */
const parsedKeys = new WeakMap<Secret, KeyObject>();

/**
 * Signs with the kind of key that the secret is: lower-case hex for HMAC, padded base64 for a private key. All three are
 * deterministic, so a signature is checked by making it again. Throws SECRET_INVALID for a private key of another kind.
 */
export function signPayload(secret: Secret | string, payload: Buffer | string): string {
  const text = typeof secret === 'string' ? secret : secret.reveal();
  if (!isPem(text)) return hmac('sha256', text, [payload], 'hex');
  const cached = typeof secret === 'string' ? undefined : parsedKeys.get(secret);
  const key = cached ?? needKey(text);
  if (typeof secret !== 'string') parsedKeys.set(secret, key);
  return signWithKey(kindOf(key) === 'rsa' ? 'sha256' : null, Buffer.from(payload), key).toString('base64');
}

function needKey(text: string): KeyObject {
  const key = readPem(text);
  if (key !== undefined && kindOf(key) !== undefined) return key;
  throw new TradeboxError(
    'SECRET_INVALID',
    'The stored private key cannot sign: it is neither Ed25519 nor RSA.',
    {
      remedy: 'Store the PKCS #8 PEM file of an Ed25519 or RSA key again.',
    },
  );
}

/** Why a real secret cannot sign, or undefined. `kinds` are the private keys the venue accepts beside HMAC. */
export function explainSigningSecret(value: string, kinds: readonly PemKind[]): string | undefined {
  if (!isPem(value)) return explainText(value, 16, 256);
  const key = readPem(value);
  const kind = key === undefined ? undefined : kindOf(key);
  if (kind === undefined || !kinds.includes(kind)) {
    return `is not a readable private key in PEM without a passphrase (${kinds.join(' or ')})`;
  }
  const bits = key?.asymmetricKeyDetails?.modulusLength;
  return bits !== undefined && bits < 2048 ? `is an RSA key of ${bits} bits, not 2048 or more` : undefined;
}

function readPem(pem: string): KeyObject | undefined {
  try {
    // Environment files carry a PEM on one line with `\n` spelled out.
    return createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    return undefined;
  }
}

function kindOf(key: KeyObject): PemKind | undefined {
  const type = key.asymmetricKeyType;
  return type === 'ed25519' || type === 'rsa' ? type : undefined;
}
