// Our ECDSA against noble-curves, which ccxt and the SDKs sign with: the same bytes, and nobody else's are taken.
import { randomBytes } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import ccxt from 'ccxt';
import { expect, test, vi } from 'vitest';
import {
  addressOf,
  isDigestSignedBy,
  type Signature,
  signDigest,
  signerOf,
} from '../../../../src/venues/hyperliquid/ecdsa.js';

const fresh = () => Uint8Array.from([0x3f, ...randomBytes(31)]);

/** noble's bytes: recovery bit, r, s. */
function signed(key: Uint8Array, digest: Uint8Array, extraEntropy: Uint8Array | false): Signature {
  const bytes = secp256k1.sign(digest, key, { prehash: false, format: 'recovered', extraEntropy });
  const hex = Buffer.from(bytes).toString('hex');
  return { r: `0x${hex.slice(2, 66)}`, s: `0x${hex.slice(66)}`, v: bytes[0] === 0 ? 27 : 28 };
}

test('signatures are those of noble, low s and recovery bit included, before libsecp256k1 is there and after', async () => {
  vi.resetModules();
  const fromStart = await import('../../../../src/venues/hyperliquid/ecdsa.js');
  const library = await import('../../../../src/venues/hyperliquid/libsecp256k1.js');
  const compare = () => {
    for (let round = 0; round < 40; round += 1) {
      const [key, digest] = [fresh(), randomBytes(32)];
      expect(fromStart.signDigest(key, digest)).toEqual(signed(key, digest, false));
    }
  };
  expect(library.signByLibrary(fresh(), randomBytes(32))).toBeUndefined();
  compare();
  expect(await library.loadLibrary()).toBe(true);
  expect(library.signByLibrary(fresh(), randomBytes(32))).toBeDefined();
  compare();
});

test('a digest above the order, which SEC 1 reduces, is signed too', () => {
  const [key, high] = [fresh(), Buffer.alloc(32, 0xff)];
  expect(isDigestSignedBy(key, signDigest(key, high), high)).toBe(true);
});

test('a signature is the key’s with nonces of RFC 6979 and with others, and nobody else’s', () => {
  for (let round = 0; round < 8; round += 1) {
    const [key, digest] = [fresh(), randomBytes(32)];
    for (const given of [signed(key, digest, false), signed(key, digest, randomBytes(32))]) {
      expect(isDigestSignedBy(key, given, digest)).toBe(true);
      const highS = `0x${(secp256k1.Point.Fn.ORDER - BigInt(given.s)).toString(16).padStart(64, '0')}`;
      const other = given.v === 27 ? 28 : 27;
      expect(isDigestSignedBy(key, { ...given, s: highS, v: other }, digest)).toBe(true);
      expect(isDigestSignedBy(fresh(), given, digest)).toBe(false);
      expect(isDigestSignedBy(key, given, randomBytes(32))).toBe(false);
      expect(isDigestSignedBy(key, { ...given, r: given.s }, digest)).toBe(false);
      expect(isDigestSignedBy(key, { ...given, s: given.r }, digest)).toBe(false);
    }
    const random = signed(key, digest, randomBytes(32));
    expect(isDigestSignedBy(key, { ...random, v: random.v === 27 ? 28 : 27 }, digest)).toBe(false);
  }
});

test('who signed is recovered, and an address is Ethereum’s', () => {
  const [key, digest] = [fresh(), randomBytes(32)];
  const text = `0x${Buffer.from(key).toString('hex')}`;
  const address = String(new ccxt.hyperliquid().ethGetAddressFromPrivateKey(text)).toLowerCase();
  expect(addressOf(key)).toBe(address);
  expect(signerOf(signed(key, digest, false), digest)).toBe(address);
  expect(signerOf(signDigest(key, digest), randomBytes(32))).not.toBe(address);
  expect(signerOf({ r: '0x0', s: '0x0', v: 27 }, digest)).toBeUndefined();
});
