// Signatures as Binance and Bybit check them: HMAC-SHA256 in hex, or by the public half of an Ed25519 or RSA key. Independent of venues/ on purpose.
// Source: binance-spot-api-docs rest-api.md "SIGNED Endpoint examples" (RSASSA-PKCS1-v1_5 over SHA-256, Ed25519; base64); Bybit guide.mdx.
import { createHmac, createPublicKey, verify } from 'node:crypto';
import { isSameSecret } from './desk.js';

/** Whether the account's secret, an HMAC text or a private key in PEM, made the signature over the payload. Never throws on the signature. */
export function isSignedBy(secret: string | undefined, payload: Buffer, signature: string): boolean {
  if (secret === undefined) return false;
  if (secret.includes('PRIVATE KEY')) return isSignedByKey(secret, payload, signature);
  return isSameSecret(createHmac('sha256', secret).update(payload).digest('hex'), signature);
}

function isSignedByKey(pem: string, payload: Buffer, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.toString('base64') !== signature) return false;
  const key = createPublicKey(pem.replaceAll('\\n', '\n'));
  return verify(key.asymmetricKeyType === 'rsa' ? 'sha256' : null, payload, key, bytes);
}
