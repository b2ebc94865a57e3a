// Signatures on paper, as venues check them: each kind of key, by its public half; nothing else passes.
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSignedBy } from '../../../src/paper/signature-check.js';

const payload = Buffer.from('symbol=BTCUSDT&timestamp=1');
const pem = { type: 'pkcs8', format: 'pem' } as const;
const ed25519 = generateKeyPairSync('ed25519').privateKey.export(pem) as string;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem) as string;
const text = randomBytes(32).toString('hex');

const made: readonly [kind: string, secret: string, signature: string][] = [
  ['HMAC', text, createHmac('sha256', text).update(payload).digest('hex')],
  ['Ed25519', ed25519, sign(null, payload, ed25519).toString('base64')],
  ['RSA', rsa, sign('sha256', payload, rsa).toString('base64')],
];

test.each(made)('%s: its own signature over this payload, and no other', (_kind, secret, signature) => {
  expect(isSignedBy(secret, payload, signature)).toBe(true);
  expect(isSignedBy(secret.replaceAll('\n', '\\n'), payload, signature)).toBe(true);
  expect(isSignedBy(secret, Buffer.from(`${payload}0`), signature)).toBe(false);
  expect(isSignedBy(undefined, payload, signature)).toBe(false);
  for (const other of made)
    if (other[1] !== secret) expect(isSignedBy(other[1], payload, signature)).toBe(false);
  for (const odd of ['', signature.slice(1), `${signature} `, `${signature}AAAA`])
    expect(isSignedBy(secret, payload, odd)).toBe(false);
});
