// Fields that hold a private key: what is one, on many lines or one, and what only looks like it.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { privateKeyField } from '../../../../src/venues/ibkr/private-key.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const { explainMalformed, makeDecoy, ...field } = privateKeyField('k', { insteadOf: ['a'] });

test('a PEM on many lines or on one, and a decoy, have the form', () => {
  expect(field).toEqual({ name: 'k', env: [], isOptional: true, insteadOf: ['a'] });
  for (const value of [pem, pem.replaceAll('\n', '\\n').replace(/\\n$/, ''), makeDecoy(randomBytes)])
    expect(explainMalformed?.(value)).toBeUndefined();
});

test.each(['', 'none', pem.replace('END', 'end'), pem.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), `x${pem}`])(
  'others have not',
  (value) => {
    expect(explainMalformed?.(value)).toContain('private key');
  },
);
