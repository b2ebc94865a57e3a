// Alpaca's credential: a key pair, or an OAuth token instead; the variables its clients read, and decoys of the same form.
import { explainText } from '../credential-form.js';
import { decoyText } from '../decoy-text.js';
import type { CredentialField } from '../venue.js';

/** Names of the fields in tradebox.yaml, the vault and the decoy record. */
export const fieldNames = { key: 'keyId', secret: 'secretKey', token: 'accessToken' } as const;

// @alpacahq/alpaca-trade-api 4.0.2 auth.ts (APCA_…), alpaca-py and alpaca-mcp-server (ALPACA_…), ccxt's command line (ALPACA_APIKEY).
// Paper keys begin with PK, live ones with AK: a decoy is never mistaken for a live key.
export const credential: readonly CredentialField[] = [
  {
    name: fieldNames.key,
    env: ['APCA_API_KEY_ID', 'ALPACA_API_KEY', 'ALPACA_API_KEY_ID', 'ALPACA_APIKEY'],
    makeDecoy: decoyText(20, { prefix: 'PK', alphabet: /[A-Z0-9]/ }),
    explainMalformed: (value) => explainText(value, 8, 64),
  },
  {
    name: fieldNames.secret,
    env: ['APCA_API_SECRET_KEY', 'ALPACA_SECRET_KEY', 'ALPACA_API_SECRET', 'ALPACA_SECRET'],
    makeDecoy: decoyText(40),
    explainMalformed: (value) => explainText(value, 16, 128),
  },
  {
    name: fieldNames.token,
    env: ['APCA_API_OAUTH_TOKEN'],
    isOptional: true,
    insteadOf: [fieldNames.key, fieldNames.secret],
    makeDecoy: decoyText(40),
    explainMalformed: (value) => explainText(value, 16, 4096),
  },
];
