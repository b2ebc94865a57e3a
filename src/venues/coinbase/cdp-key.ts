// Coinbase Developer Platform keys: an ECDSA P-256 key in PEM or an Ed25519 key in base64, and the JWTs they sign.
// Sources: docs.cdp.coinbase.com (API key authentication), coinbase-api 1.2.6 jwtNode.js, ccxt 4.5.84 coinbase createAuthToken().
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signWithKey,
  verify,
} from 'node:crypto';
import { isStrictObject, JsonNumber, parseStrictJson, type StrictObject } from '../json-strict.js';

export type JwtAlgorithm = 'ES256' | 'EdDSA';

export interface CdpKey {
  algorithm: JwtAlgorithm;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export interface JwtParts {
  header: StrictObject;
  claims: StrictObject;
}

// RFC 8410: PKCS #8 of an Ed25519 private key up to its 32-byte seed.
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
const compactJws = /^([A-Za-z0-9_-]{2,4096})\.([A-Za-z0-9_-]{2,8192})\.([A-Za-z0-9_-]{86})$/;

/** Reads a P-256 PEM (SEC 1 or PKCS #8, `\n` may be spelled out) or base64 of an Ed25519 seed, pair or PKCS #8. */
export function readCdpKey(text: string): CdpKey | undefined {
  try {
    const privateKey = createPrivateKey(keyInput(text));
    const isP256 = privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    if (!isP256 && privateKey.asymmetricKeyType !== 'ed25519') return undefined;
    return {
      algorithm: isP256 ? 'ES256' : 'EdDSA',
      privateKey,
      publicKey: createPublicKey(privateKey),
    };
  } catch {
    return undefined;
  }
}

/** A throwaway P-256 key as Coinbase hands them out: SEC 1 in PEM (RFC 5915). */
export function makeEcPem(randomBytes: (size: number) => Buffer): string {
  const ecdh = createECDH('prime256v1');
  const scalar = randomBytes(32);
  // The order of P-256 begins FFFFFFFF00000000: with the first bit clear every non-zero scalar is valid.
  scalar[0] = ((scalar[0] ?? 0) & 0x7f) | 0x01;
  ecdh.setPrivateKey(scalar);
  const der = Buffer.concat([
    Buffer.from('30770201010420', 'hex'),
    scalar,
    Buffer.from('a00a06082a8648ce3d030107a144034200', 'hex'),
    ecdh.getPublicKey(),
  ]);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN EC PRIVATE KEY-----', ...lines, '-----END EC PRIVATE KEY-----', ''].join('\n');
}

/** A compact JWS (RFC 7515) over the two objects. */
export function signJwt(key: CdpKey, header: object, claims: object): string {
  const input = `${encode({ alg: key.algorithm, typ: 'JWT', ...header })}.${encode(claims)}`;
  const signature = signWithKey(hashOf(key), Buffer.from(input), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${input}.${signature.toString('base64url')}`;
}

/** The token's parts when the key signed it, else undefined. Says nothing about what the claims mean. */
export function openJwt(key: CdpKey, token: string): JwtParts | undefined {
  const [, header = '', claims = '', signature = ''] = compactJws.exec(token) ?? [];
  if (signature === '') return undefined;
  const isSigned = verify(
    hashOf(key),
    Buffer.from(`${header}.${claims}`),
    { key: key.publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const opened = isSigned ? { header: decode(header), claims: decode(claims) } : undefined;
  if (opened?.header === undefined || opened.claims === undefined) return undefined;
  return opened.header.get('alg') === key.algorithm
    ? { header: opened.header, claims: opened.claims }
    : undefined;
}

/** What a token claims, whoever signed it. */
export function claimsOf(token: string): StrictObject | undefined {
  return decode(compactJws.exec(token)?.[2] ?? '');
}

/** Whether a claim is a time in whole seconds (RFC 7519 NumericDate as SDKs write it). */
export function isSeconds(claim: unknown): boolean {
  return claim instanceof JsonNumber && /^[1-9]\d{8,10}$/.test(claim.text);
}

function keyInput(text: string): Parameters<typeof createPrivateKey>[0] {
  if (text.includes('-----BEGIN')) return text.replaceAll('\\n', '\n');
  const bytes = Buffer.from(base64.test(text.trim()) ? text.trim() : '', 'base64');
  if (bytes.length === 48) return { key: bytes, format: 'der', type: 'pkcs8' };
  if (bytes.length !== 32 && bytes.length !== 64) throw new Error('no key');
  return { key: Buffer.concat([ed25519Prefix, bytes.subarray(0, 32)]), format: 'der', type: 'pkcs8' };
}

function hashOf(key: CdpKey): 'sha256' | null {
  return key.algorithm === 'ES256' ? 'sha256' : null;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): StrictObject | undefined {
  const parsed = parseStrictJson(Buffer.from(part, 'base64url'));
  return parsed.ok && isStrictObject(parsed.value) ? parsed.value : undefined;
}
