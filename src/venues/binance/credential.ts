// Binance's two credential fields, the environment variables its clients read, and decoys of the same form.
import { explainText } from '../credential-form.js';
import { decoyText } from '../decoy-text.js';
import { explainSigningSecret } from '../signing-key.js';
import type { CredentialField } from '../venue.js';

/** Names of the fields in tradebox.yaml, the vault and the decoy record. */
export const fieldNames = { key: 'apiKey', secret: 'secretKey' } as const;

// The names that ccxt's own command line derives (`<ID>_APIKEY`, `<ID>_SECRET`) and that connectors' examples use.
export const credential: readonly CredentialField[] = [
  {
    name: fieldNames.key,
    env: ['BINANCE_API_KEY', 'BINANCE_APIKEY'],
    makeDecoy: decoyText(64),
    explainMalformed: (value) => explainText(value, 16, 128),
  },
  {
    name: fieldNames.secret,
    env: ['BINANCE_SECRET_KEY', 'BINANCE_API_SECRET', 'BINANCE_SECRET'],
    makeDecoy: decoyText(64),
    explainMalformed: (value) => explainSigningSecret(value, ['ed25519', 'rsa']),
  },
];
