// Tradier's one credential field, the variables its clients read, and a decoy of the same form.
import { explainText } from '../credential-form.js';
import { decoyText } from '../decoy-text.js';
import type { CredentialField } from '../venue.js';

/** Name of the field in tradebox.yaml, the vault and the decoy record. */
export const fieldNames = { token: 'accessToken' } as const;

// No client of Tradier's own reads a variable; these are what open-source clients and their examples use.
export const credential: readonly CredentialField[] = [
  {
    name: fieldNames.token,
    env: ['TRADIER_ACCESS_TOKEN', 'TRADIER_API_TOKEN', 'TRADIER_API_KEY', 'TRADIER_TOKEN'],
    makeDecoy: decoyText(28),
    explainMalformed: (value) => explainText(value, 16, 256),
  },
];
