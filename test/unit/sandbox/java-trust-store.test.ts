import { createHash, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { javaTrustStore } from '../../../src/sandbox/java-trust-store.js';
import { makeCertificate } from '../../support/throwaway-ca.js';

/** Reads a JKS store as the JDK's JavaKeyStore.engineLoad does: entries, then SHA-1 over password, whitener and all before. */
function load(store: Buffer, password = 'changeit') {
  let at = 0;
  const take = (length: number) => {
    at += length;
    return store.subarray(at - length, at);
  };
  const u32 = () => take(4).readUInt32BE();
  const text = () => take(take(2).readUInt16BE()).toString('utf8');
  expect(u32()).toBe(0xfeedfeed);
  expect(u32()).toBe(2);
  const entries = Array.from({ length: u32() }, () => {
    expect(u32()).toBe(2);
    const alias = text();
    const createdMs = take(8).readBigInt64BE();
    const type = text();
    return { alias, createdMs, type, der: take(u32()) };
  });
  const words = Buffer.from([...password].flatMap((letter) => [0, letter.charCodeAt(0)]));
  const seal = createHash('sha1').update(words).update('Mighty Aphrodite').update(store.subarray(0, at));
  expect(store.subarray(at)).toEqual(seal.digest());
  return entries;
}

test('each certificate is an entry that a JVM trusts', () => {
  const [one, two] = [makeCertificate(['a.test']), makeCertificate(['b.test'])];
  const entries = load(javaTrustStore(`${one.ca}between\n${two.ca}`));
  expect(entries).toEqual([
    { alias: 'tradebox-0', createdMs: 0n, type: 'X.509', der: new X509Certificate(one.ca).raw },
    { alias: 'tradebox-1', createdMs: 0n, type: 'X.509', der: new X509Certificate(two.ca).raw },
  ]);
});

test('B11: a key is no certificate, and without one nobody is trusted', () => {
  const { key } = makeCertificate(['a.test']);
  expect(load(javaTrustStore(key))).toEqual([]);
});
