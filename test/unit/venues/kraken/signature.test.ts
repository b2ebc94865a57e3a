// The private body: read one way only, and the same body with the sidecar's nonce.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apiSign, readPrivateBody } from '../../../../src/venues/kraken/signature.js';
import { requestOf } from '../../../support/venue-requests.js';

const url = 'https://api.kraken.com/0/private/Balance';
const read = (type: string, body: string) =>
  readPrivateBody(requestOf('POST', url, [['content-type', type]], body));

test('a form body keeps every byte but the nonce', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/).filter((text) => text !== 'nonce');
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, fc.stringMatching(/^[A-Za-z0-9%.]{0,8}$/).map(encodeURIComponent)), {
        selector: ([key]) => key,
      }),
      fc.nat(5),
      fc.bigInt(0n, 2n ** 64n - 1n),
      (pairs, at, own) => {
        const around = pairs.map(([key, value]) => `${key}=${value}`);
        const withNonce = (nonce: string) =>
          [...around.slice(0, at), `nonce=${nonce}`, ...around.slice(at)].join('&');
        const body = read('application/x-www-form-urlencoded', withNonce('17'));
        expect(body).not.toHaveProperty('problem');
        if ('problem' in body) return;
        expect(body.nonce).toBe('17');
        expect(body.withNonce(own).toString()).toBe(withNonce(String(own)));
      },
    ),
  );
});

test('a nested JSON nonce is not the nonce', () => {
  const body = read('application/json', '{"orders":[{"nonce":1}],"nonce":2}');
  if ('problem' in body) throw new Error(body.problem);
  expect(body.withNonce(9n).toString()).toBe('{"orders":[{"nonce":1}],"nonce":9}');
});

test('what has two readings or none is a problem, in words', () => {
  for (const [type, body] of [
    ['application/x-www-form-urlencoded', 'nonce=1&nonce=2'],
    ['application/x-www-form-urlencoded', 'nonce=0x1'],
    ['application/x-www-form-urlencoded', 'nonce=99999999999999999999999'],
    ['application/json', '{"nonce":1,"nonce":2}'],
    ['application/json', '{"nonce":1.0}'],
    ['application/json', '[1]'],
    ['multipart/form-data', 'nonce=1'],
  ] as const) {
    expect(read(type, body), `${type} ${body}`).toHaveProperty('problem');
  }
});

test('the signature covers path, nonce and body, written out independently', () => {
  const secret = randomBytes(64);
  const body = Buffer.from('nonce=5&pair=XBTUSD');
  const inner = createHash('sha256')
    .update(Buffer.concat([Buffer.from('5'), body]))
    .digest();
  const expected = createHmac('sha512', secret)
    .update(Buffer.concat([Buffer.from('/0/private/Balance'), inner]))
    .digest('base64');
  expect(apiSign(secret.toString('base64'), '/0/private/Balance', '5', body)).toBe(expected);
});
