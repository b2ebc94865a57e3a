// RSA keys of the operator's own among IBKR's credential fields: PEM without a passphrase.
import type { CredentialField } from '../venue.js';

// Environment files carry a PEM on one line with `\n` spelled out.
const form =
  /^-----BEGIN (?:RSA )?PRIVATE KEY-----(?:\\n|\s)+[A-Za-z0-9+/=\\\s]+-----END (?:RSA )?PRIVATE KEY-----\s*$/;

/** Optional, and never a variable of the agent's; its decoy is PKCS #8 by its looks. */
export function privateKeyField(
  name: string,
  more: Pick<CredentialField, 'insteadOf'> = {},
): CredentialField {
  return {
    name,
    env: [],
    isOptional: true,
    ...more,
    makeDecoy: (randomBytes) => {
      const lines =
        randomBytes(1217)
          .toString('base64')
          .match(/.{1,64}/g) ?? [];
      return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----'].join('\n');
    },
    explainMalformed: (value) =>
      form.test(value) ? undefined : 'is no private key in PEM without a passphrase',
  };
}
