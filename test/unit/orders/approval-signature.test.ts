import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  approvalMs,
  explainSignature,
  keyIdOf,
  publicKeyOf,
} from '../../../src/orders/approval-signature.js';
import { testApprover } from '../../support/approver.js';

const nowMs = Date.UTC(2026, 10, 21);
const order = { order: 'k3m7p2q', fingerprint: 'a'.repeat(64) };
const ann = testApprover('ann');
const bob = testApprover('bob');
const pins = [ann.pin, bob.pin];
const text = { ...order, box: 'test-id', approver: 'ann' };

test('a signature counts for this order, this fingerprint, this person, for a minute', () => {
  const signed = ann.sign(order, { nowMs });
  expect(explainSignature(text, signed, pins, nowMs)).toBeUndefined();
  expect(explainSignature({ ...text, order: 'other' }, signed, pins, nowMs)).toMatch(/not one of ann/);
  expect(explainSignature({ ...text, box: 'another-id' }, signed, pins, nowMs)).toMatch(/not one of ann/);
  const changed = { ...text, fingerprint: 'b'.repeat(64) };
  expect(explainSignature(changed, signed, pins, nowMs)).toMatch(/not one of ann/);
  expect(explainSignature({ ...text, approver: 'bob' }, signed, pins, nowMs)).toMatch(/not one of bob/);
  expect(explainSignature(text, signed, [bob.pin], nowMs)).toMatch(/ann is no approver/);
  expect(explainSignature(text, signed, pins, nowMs + approvalMs)).toMatch(/expired/);
  const longer = { ...signed, expiresMs: signed.expiresMs + 1 };
  expect(explainSignature(text, longer, pins, nowMs)).toMatch(/not one of ann/);
  expect(explainSignature(text, ann.sign(order, { nowMs: nowMs + 3_600_000 }), pins, nowMs)).toMatch(
    /too long/,
  );
  expect(explainSignature(text, { ...signed, signature: '' }, pins, nowMs)).toMatch(/not one of ann/);
});

test('another key under a pinned name does not count', () => {
  expect(explainSignature(text, bob.sign(order, { nowMs, as: 'ann' }), pins, nowMs)).toMatch(
    /not one of ann/,
  );
});

test('a key has one id whatever it is called, and only Ed25519 is a key', () => {
  expect(keyIdOf({ publicKey: ann.pin.publicKey })).toMatch(/^[0-9a-f]{16}$/);
  expect(keyIdOf(ann.pin)).not.toBe(keyIdOf(bob.pin));
  expect(publicKeyOf(ann.pin)?.asymmetricKeyType).toBe('ed25519');
  expect(publicKeyOf({ publicKey: 'AAAA' })).toBeUndefined();
  // OpenSSL reads past both; a person who pinned one key twice would be two people.
  const der = Buffer.from(ann.pin.publicKey, 'base64');
  for (const other of [
    Buffer.concat([der, Buffer.from([0])]),
    Buffer.concat([Buffer.from([0x30, 0x81, 0x2a]), der.subarray(2)]),
  ])
    expect(keyIdOf({ publicKey: other.toString('base64') })).toBe(keyIdOf(ann.pin));
  expect(keyIdOf({ publicKey: 'AAAA' })).toBe('');
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const curve = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  expect(publicKeyOf({ publicKey: curve })).toBeUndefined();
});
