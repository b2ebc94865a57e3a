// OKX's three credential fields, the environment variables its clients read, and decoys of the same form.
import { explainText } from '../credential-form.js';
import type { CredentialField } from '../venue.js';

/** Names of the fields in tradebox.yaml, the vault and the decoy record. */
export const fieldNames = { key: 'apiKey', secret: 'secretKey', passphrase: 'passphrase' } as const;

export const credential: readonly CredentialField[] = [
  {
    name: fieldNames.key,
    env: ['OKX_API_KEY'],
    makeDecoy: makeUuid,
    explainMalformed: (value) => explainText(value, 8, 64),
  },
  {
    name: fieldNames.secret,
    env: ['OKX_SECRET_KEY', 'OKX_API_SECRET', 'OKX_SECRET'],
    makeDecoy: (randomBytes) => randomBytes(16).toString('hex').toUpperCase(),
    explainMalformed: (value) => explainText(value, 8, 128),
  },
  {
    name: fieldNames.passphrase,
    env: ['OKX_PASSPHRASE', 'OKX_API_PASSPHRASE', 'OKX_PASSWORD'],
    makeDecoy: makePassphrase,
    explainMalformed: (value) => explainText(value, 1, 128),
  },
];

function makeUuid(randomBytes: (size: number) => Buffer): string {
  const hex = randomBytes(16).toString('hex');
  // RFC 9562 version 4, variant 10: the form of OKX's own keys.
  const version = `4${hex.slice(13, 16)}`;
  const variant = `${'89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4)}${hex.slice(17, 20)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), version, variant, hex.slice(20)].join('-');
}

// OKX wants 8 to 32 characters with an upper-case letter, a lower-case letter, a digit and a special character.
function makePassphrase(randomBytes: (size: number) => Buffer): string {
  return `Tb1-${randomBytes(11).toString('hex')}`;
}
