// Binance's two credential fields, the environment variables its clients read, and decoys of the same form.
import { explainText } from '../credential-form.js';
import { explainSigningSecret } from '../signing-key.js';
import type { CredentialField } from '../venue.js';

/** Names of the fields in tradebox.yaml, the vault and the decoy record. */
export const fieldNames = { key: 'apiKey', secret: 'secretKey' } as const;

// The names that ccxt's own command line derives (`<ID>_APIKEY`, `<ID>_SECRET`) and that connectors' examples use.
export const credential: readonly CredentialField[] = [
  {
    name: fieldNames.key,
    env: ['BINANCE_API_KEY', 'BINANCE_APIKEY'],
    makeDecoy: makeText,
    explainMalformed: (value) => explainText(value, 16, 128),
  },
  {
    name: fieldNames.secret,
    env: ['BINANCE_SECRET_KEY', 'BINANCE_API_SECRET', 'BINANCE_SECRET'],
    makeDecoy: makeText,
    explainMalformed: (value) => explainSigningSecret(value, ['ed25519', 'rsa']),
  },
];

/** 64 letters and digits, the form of Binance's HMAC keys. */
function makeText(randomBytes: (size: number) => Buffer): string {
  let text = '';
  while (text.length < 64)
    text += randomBytes(64)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '');
  return text.slice(0, 64);
}
