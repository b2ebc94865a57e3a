// CDP keys and their JWTs, checked with another implementation of the curves.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { expect, test } from 'vitest';
import {
  isSeconds,
  makeEcPem,
  openJwt,
  readCdpKey,
  signJwt,
} from '../../../../src/venues/coinbase/cdp-key.js';
import { JsonNumber } from '../../../../src/venues/json-strict.js';

const seed = randomBytes(32);
const edPublic = Buffer.from(ed25519.getPublicKey(seed));
const edForms = {
  seed: seed.toString('base64'),
  pair: Buffer.concat([seed, edPublic]).toString('base64'),
  pkcs8: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]).toString('base64'),
};

test('an EC decoy is a P-256 PEM that is fresh each time', () => {
  const pem = makeEcPem(randomBytes);
  expect(pem).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
  expect(readCdpKey(pem)?.algorithm).toBe('ES256');
  expect(readCdpKey(pem.replaceAll('\n', '\\n'))?.algorithm).toBe('ES256');
  expect(makeEcPem(randomBytes)).not.toBe(pem);
  expect(readCdpKey(makeEcPem((size) => Buffer.alloc(size)))).toBeDefined();
  expect(readCdpKey(makeEcPem((size) => Buffer.alloc(size, 0xff)))).toBeDefined();
});

test('every form of one Ed25519 key signs alike, and noble verifies it', () => {
  const tokens = Object.values(edForms).map((form) => signJwt(readCdpKey(form)!, { kid: 'k' }, { sub: 'k' }));
  expect(new Set(tokens).size).toBe(1);
  const [header, claims, signature] = tokens[0]!.split('.');
  const input = Buffer.from(`${header}.${claims}`);
  expect(ed25519.verify(Buffer.from(signature!, 'base64url'), input, edPublic)).toBe(true);
});

test('an ES256 signature is the 64 bytes of r and s, and noble verifies it', () => {
  const key = readCdpKey(makeEcPem(randomBytes))!;
  const [header, claims, signature] = signJwt(key, {}, { sub: 'k' }).split('.');
  const { x, y } = key.publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  const raw = Buffer.from(signature!, 'base64url');
  expect(raw.length).toBe(64);
  expect(p256.verify(raw, Buffer.from(`${header}.${claims}`), point, { lowS: false })).toBe(true);
});

test('a token opens with its own key only, whole and unaltered', () => {
  for (const text of [makeEcPem(randomBytes), edForms.pair]) {
    const key = readCdpKey(text)!;
    const token = signJwt(key, { kid: 'k' }, { sub: 'k' });
    expect(openJwt(key, token)?.claims.get('sub')).toBe('k');
    const [header, claims, signature] = token.split('.') as [string, string, string];
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const bad of [
      `${none}.${claims}.${signature}`,
      `${header}.${Buffer.from('{"sub":"x"}').toString('base64url')}.${signature}`,
      `${header}.${claims}.`,
      `${header}.${claims}`,
      `${token}.x`,
      '',
    ]) {
      expect(openJwt(key, bad), bad).toBeUndefined();
    }
    expect(openJwt(readCdpKey(makeEcPem(randomBytes))!, token)).toBeUndefined();
  }
});

test('the algorithm in the header is the key’s own', () => {
  const key = readCdpKey(edForms.seed)!;
  expect(openJwt(key, signJwt(key, { alg: 'ES256' }, {}))).toBeUndefined();
});

test('other keys and other texts are no CDP key', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  expect(readCdpKey(other.export({ type: 'sec1', format: 'pem' }).toString())).toBeUndefined();
  for (const text of [
    '',
    'abc',
    randomBytes(33).toString('base64'),
    '-----BEGIN EC PRIVATE KEY-----\nAAAA\n',
  ]) {
    expect(readCdpKey(text), text).toBeUndefined();
  }
});

test('times are whole seconds', () => {
  expect(isSeconds(new JsonNumber('1800000000'))).toBe(true);
  for (const claim of [new JsonNumber('1800000000.5'), new JsonNumber('1'), '1800000000', undefined]) {
    expect(isSeconds(claim)).toBe(false);
  }
});
