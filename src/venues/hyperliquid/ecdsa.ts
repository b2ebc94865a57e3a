// ECDSA on secp256k1 over a digest, with the nonces of RFC 6979 and low s: what every Hyperliquid client signs with.
// Source: RFC 6979 section 3.2 (HMAC-SHA-256), SEC 1 4.1.3; equal to libsecp256k1 and noble-curves, which the clients use.
import { createECDH } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { hmacBytes } from '../hmac.js';
import { signByLibrary } from './libsecp256k1.js';

export interface Signature {
  /** 0x-hex of at most 32 bytes; python-sdk leaves leading zeros out. */
  r: string;
  s: string;
  v: 27 | 28;
}

const { Point } = secp256k1;
const { Fn } = Point;
const half = Fn.ORDER >> 1n;

/** Signs a 32-byte digest with a 32-byte key, in constant time where it counts: libsecp256k1, OpenSSL until that is there. */
export function signDigest(key: Uint8Array, digest: Uint8Array): Signature {
  const signed = signByLibrary(key, digest);
  if (signed === undefined) return signByOpenssl(key, digest);
  const { r, s, isOdd } = signed;
  return { r: `0x${r.toString('hex')}`, s: `0x${s.toString('hex')}`, v: isOdd ? 28 : 27 };
}

/** The same bytes, three times as slow. */
function signByOpenssl(key: Uint8Array, digest: Uint8Array): Signature {
  const k = nonceOf(key, digest);
  const { x, y } = baseTimes(k);
  const r = Fn.create(x);
  const s = Fn.mul(Fn.inv(k), Fn.add(numberOf(digest), Fn.mul(r, numberOf(key))));
  // Neither happens in the age of the world; a signature of zero or of a reduced x would tell of the key or be refused.
  if (r === 0n || s === 0n || r !== x) throw new Error('no signature comes of this digest');
  const isHigh = s > half;
  const isOdd = (y & 1n) === 1n;
  return { r: hexOf(r), s: hexOf(isHigh ? Fn.neg(s) : s), v: isOdd === isHigh ? 27 : 28 };
}

/**
 * Whether that key made the signature. Who knows the key d gets the nonce k = (z + r·d) / s from the signature. When it is
 * the one of RFC 6979, which nobody else can know, the signer knew d. Any other nonce must have the point that r and v
 * stand for, at the price of a multiplication. Not in constant time: for worthless keys only.
 */
export function isDigestSignedBy(decoyKey: Uint8Array, signature: Signature, digest: Uint8Array): boolean {
  const r = BigInt(signature.r);
  const s = BigInt(signature.s);
  if (r <= 0n || r >= Fn.ORDER || s <= 0n || s >= Fn.ORDER) return false;
  /** s · k */
  const product = Fn.add(Fn.create(numberOf(digest)), Fn.mul(r, numberOf(decoyKey)));
  if (product === 0n) return false;
  const expected = Fn.mul(s, nonceOf(decoyKey, digest));
  if (product === expected || product === Fn.neg(expected)) return true;
  const k = Fn.mul(product, Fn.inv(s));
  const { x, y } = baseTimes(k);
  // An x beyond the order, of which r would be the rest, no signer meets in the age of the world; v cannot say it either.
  return x === r && Number(y & 1n) === signature.v - 27;
}

/** The Ethereum address of a key, 0x and 40 lower-case hex digits. */
export function addressOf(key: Uint8Array): string {
  return addressOfPoint(publicKeyOf(key));
}

/** The address whose key made the signature, for digests that anyone may have signed; undefined when it is no signature. */
export function signerOf({ r, s, v }: Signature, digest: Uint8Array): string | undefined {
  const compact = Buffer.from([r, s].map((part) => part.slice(2).padStart(64, '0')).join(''), 'hex');
  try {
    const recovered = Buffer.concat([Buffer.of(v - 27), compact]);
    const point = secp256k1.recoverPublicKey(recovered, digest, { prehash: false });
    return addressOfPoint(Point.fromBytes(point).toBytes(false));
  } catch {
    return undefined;
  }
}

function addressOfPoint(point: Uint8Array): string {
  return `0x${Buffer.from(keccak_256(point.subarray(1)))
    .subarray(12)
    .toString('hex')}`;
}

/** The base point times the number, by OpenSSL. */
function baseTimes(k: bigint): { x: bigint; y: bigint } {
  const point = publicKeyOf(bytesOf(k));
  return { x: numberOf(point.subarray(1, 33)), y: numberOf(point.subarray(33)) };
}

/** 65 bytes: 4, x, y. */
function publicKeyOf(key: Uint8Array): Buffer {
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(key);
  return ecdh.getPublicKey();
}

/** RFC 6979 section 3.2 for a digest as long as the order. */
function nonceOf(key: Uint8Array, digest: Uint8Array): bigint {
  const seed = Buffer.concat([key, bytesOf(Fn.create(numberOf(digest)))]);
  let v: Buffer = Buffer.alloc(32, 1);
  let mac: Buffer = Buffer.alloc(32);
  for (const step of [0, 1]) {
    mac = hmacBytes('sha256', mac, [v, Buffer.of(step), seed]);
    v = hmacBytes('sha256', mac, [v]);
  }
  for (;;) {
    v = hmacBytes('sha256', mac, [v]);
    const k = numberOf(v);
    if (k > 0n && k < Fn.ORDER) return k;
    mac = hmacBytes('sha256', mac, [v, Buffer.of(0)]);
    v = hmacBytes('sha256', mac, [v]);
  }
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

function hexOf(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`;
}
