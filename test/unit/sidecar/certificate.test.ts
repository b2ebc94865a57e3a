// The extensions as Node's own parser sees them; acceptance by real clients is authority.test.ts.
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  certifiedKey,
  makeAuthorityCertificate,
  makeLeafCertificate,
} from '../../../src/sidecar/certificate.js';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const leafKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const validity = { notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2026, 0, 31) };
const issuer = {
  commonName: 'a test',
  publicKey: certifiedKey(keys.publicKey),
  privateKey: keys.privateKey,
};
const leafKey = certifiedKey(leafKeys.publicKey);

test('the authority is marked as one, without room for another below it', () => {
  const der = makeAuthorityCertificate(issuer, validity);
  const certificate = new X509Certificate(der);
  expect(certificate.ca).toBe(true);
  // basicConstraints, critical: SEQUENCE { TRUE, 0 } (RFC 5280 4.2.1.9).
  expect(der.toString('hex')).toContain('0603551d130101ff040830060101ff020100');
  // keyUsage, critical: keyCertSign alone (4.2.1.3).
  expect(der.toString('hex')).toContain('0603551d0f0101ff040403020204');
  expect(certificate.validFrom).toBe('Jan  1 00:00:00 2026 GMT');
  expect(certificate.validTo).toBe('Jan 31 00:00:00 2026 GMT');
});

test('a leaf points at the key that signed it', () => {
  const authority = makeAuthorityCertificate(issuer, validity);
  const leaf = makeLeafCertificate('a.example', leafKey, issuer, validity);
  const subjectKey = /0603551d0e0416(0414[0-9a-f]{40})/.exec(authority.toString('hex'))?.[1] ?? 'none';
  const authorityKey = /0603551d230418301680(14[0-9a-f]{40})/.exec(leaf.toString('hex'))?.[1] ?? 'none';
  expect(authorityKey).toBe(subjectKey.slice(2));
  expect(new X509Certificate(leaf).checkIssued(new X509Certificate(authority))).toBe(true);
});

test('a leaf serves TLS and nothing else', () => {
  const leaf = new X509Certificate(makeLeafCertificate('a.example', leafKey, issuer, validity));
  expect(leaf.ca).toBe(false);
  // Node lists the extended key usages under this name.
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
});
