// Bybit's two credential fields, the environment variables its clients read, and decoys of the same form.
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
    env: ['BYBIT_API_KEY', 'BYBIT_APIKEY'],
    makeDecoy: decoyText(18),
    explainMalformed: (value) => explainText(value, 8, 128),
  },
  {
    name: fieldNames.secret,
    env: ['BYBIT_SECRET_KEY', 'BYBIT_API_SECRET', 'BYBIT_SECRET'],
    makeDecoy: decoyText(36),
    explainMalformed: (value) => explainSigningSecret(value, ['rsa']),
  },
];
