// How Coinbase Exchange's paper exchange judges a signature, of a request's headers or of a subscription.
// Sources: docs.cdp.coinbase.com Exchange "REST API authentication" and "WebSocket authentication".
import { createHmac } from 'node:crypto';
import { findCredential, isSameSecret } from '../desk.js';
import type { Exchange, PaperCredential } from '../dialect.js';
import { PaperFault } from '../fault.js';

const windowSeconds = 30;

export interface SentProof {
  key: string;
  timestamp: string;
  sign: string;
  passphrase: string;
}

/** Base64 of HMAC-SHA256, keyed with the decoded secret, of the timestamp and `parts`. Throws PaperFault for what the venue refuses. */
export function checkSignature(
  { key, timestamp, sign, passphrase }: SentProof,
  parts: readonly (string | Buffer)[],
  { credentials, nowMs }: Pick<Exchange, 'credentials' | 'nowMs'>,
): PaperCredential {
  const credential = findCredential(credentials, 'apiKey', key);
  if (!(Math.abs(nowMs / 1000 - Number(timestamp || Number.NaN)) <= windowSeconds))
    throw new PaperFault('TIME_OUTSIDE_WINDOW');
  const hmac = createHmac('sha256', Buffer.from(credential.secrets.secret?.reveal() ?? '', 'base64'));
  for (const part of [timestamp, ...parts]) hmac.update(part);
  if (!isSameSecret(hmac.digest('base64'), sign)) throw new PaperFault('SIGNATURE_WRONG');
  if (!isSameSecret(credential.secrets.passphrase?.reveal(), passphrase))
    throw new PaperFault('KEY_UNKNOWN', 'passphrase');
  return credential;
}
