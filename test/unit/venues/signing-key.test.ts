// Signatures with HMAC, Ed25519 and RSA keys, against Node's own verification and a published vector.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import { explainSigningSecret, isPem, signPayload } from '../../../src/venues/signing-key.js';

const pemOf = (kind: 'ed25519' | 'rsa' | 'ec', bits = 2048) => {
  const pair =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : kind === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

test('an HMAC secret gives the hex of RFC 4231 test case 2', () => {
  expect(signPayload('Jefe', 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test('private keys give base64 that the public key verifies, whether line breaks are real or spelled out', () => {
  for (const kind of ['ed25519', 'rsa'] as const) {
    const pem = pemOf(kind);
    expect(isPem(pem)).toBe(true);
    for (const text of [pem, pem.replaceAll('\n', '\\n')]) {
      const signature = Buffer.from(signPayload(text, 'a=1'), 'base64');
      const digest = kind === 'rsa' ? 'sha256' : null;
      expect(verify(digest, Buffer.from('a=1'), createPublicKey(pem), signature)).toBe(true);
    }
    expect(signPayload(pem, 'x')).toBe(signPayload(pem, 'x'));
  }
});

test('a Secret signs like its text, the second time as the first', () => {
  for (const text of ['plain', pemOf('ed25519'), pemOf('rsa')]) {
    const secret = new Secret(text);
    for (let round = 0; round < 2; round += 1)
      expect(signPayload(secret, 'a=1')).toBe(signPayload(text, 'a=1'));
    expect(signPayload(new Secret(pemOf('ed25519')), 'a=1')).not.toBe(signPayload(secret, 'a=1'));
  }
});

test('a key of another kind is refused', () => {
  expect(() => signPayload(pemOf('ec'), 'x')).toThrow('neither Ed25519 nor RSA');
  expect(() => signPayload('PRIVATE KEY garbage', 'x')).toThrow('cannot sign');
});

test('malformed secrets are explained without being quoted', () => {
  expect(explainSigningSecret('a'.repeat(64), ['rsa'])).toBeUndefined();
  expect(explainSigningSecret('short', ['rsa'])).toContain('5 characters');
  expect(explainSigningSecret(pemOf('ed25519'), ['ed25519', 'rsa'])).toBeUndefined();
  expect(explainSigningSecret(pemOf('ed25519'), ['rsa'])).toBe(
    'is not a readable private key in PEM without a passphrase (rsa)',
  );
  expect(explainSigningSecret(pemOf('rsa', 1024), ['rsa'])).toContain('1024 bits');
});
