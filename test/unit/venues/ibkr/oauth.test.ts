// OAuth 1.0a of Interactive Brokers against what ibind computes.
import { expect, test } from 'vitest';
import {
  baseString,
  formatOauthHeader,
  oauthSignature,
  queryParameters,
  readOauthHeader,
} from '../../../../src/venues/ibkr/oauth.js';

const oauth = new Map([
  ['oauth_consumer_key', 'TRADEBOXX'],
  ['oauth_nonce', 'abcDEF0123456789'],
  ['oauth_signature_method', 'HMAC-SHA256'],
  ['oauth_timestamp', '1800000000'],
  ['oauth_token', '0123456789abcdef0123'],
]);
const liveSessionToken = Buffer.from(Array.from({ length: 20 }, (_, index) => index)).toString('base64');

// Computed with generate_base_string and generate_hmac_sha_256_signature of github.com/Voyz/ibind a3d8fe1 (Python 3) for the
// made-up values above.
const vectors = [
  ['GET', '/v1/api/portfolio/accounts', '', 'n6uxq%2B%2BAHDW64eO1Ex7hvkmczegQsMXP5godte9XPKA%3D'],
  ['POST', '/v1/api/iserver/account/DU1234567/orders', '', '5RLr4OaTIe9YaVPI2nBt3fqizZPNLy9pOVAFinCfXSc%3D'],
  [
    'GET',
    '/v1/api/iserver/marketdata/snapshot',
    'conids=265598,8314&fields=31%2C84',
    'fegFrm9ZZLJBVwZdqEx2IumFn4FzAuoiKAiBNdgGulE%3D',
  ],
] as const;

for (const [method, path, query, signature] of vectors) {
  test(`ibind's signature of ${method} ${path}`, () => {
    const text = baseString({ method, host: 'api.ibkr.com', path }, oauth, queryParameters(query));
    expect(oauthSignature(liveSessionToken, text)).toBe(signature);
  });
}

test("ibind's base string, character by character", () => {
  expect(baseString({ method: 'GET', host: 'api.ibkr.com', path: '/v1/api/portfolio/accounts' }, oauth)).toBe(
    'GET&https%3A%2F%2Fapi.ibkr.com%2Fv1%2Fapi%2Fportfolio%2Faccounts&oauth_consumer_key%3DTRADEBOXX%26oauth_nonce%3DabcDEF0123456789' +
      '%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1800000000%26oauth_token%3D0123456789abcdef0123',
  );
});

test('the header reads back, in any order, with or without spaces', () => {
  const header = formatOauthHeader('limited_poa', new Map([...oauth, ['oauth_signature', 'a%2Bb%3D']]));
  expect(header).toMatch(/^OAuth realm="limited_poa", oauth_consumer_key="TRADEBOXX", /);
  const read = readOauthHeader(header);
  expect(read?.get('oauth_signature')).toBe('a%2Bb%3D');
  expect(read?.get('oauth_token')).toBe('0123456789abcdef0123');
  expect(readOauthHeader(header.replaceAll(', ', ','))).toEqual(read);
  expect(() => formatOauthHeader('x"', oauth)).toThrow('realm');
});

test('a header with a second reading is none', () => {
  for (const header of [
    '',
    'Bearer x',
    'OAuth',
    'OAuth oauth_token="a", oauth_token="b"',
    'OAuth oauth_token=a',
    'OAuth oauth_token="a" oauth_nonce="b"',
    'OAuth oauth_token="a", surprise="b"',
    'OAuth oauth_token="a\\"b"',
    'OAuth oauth_token="a",',
    'OAuth oauth_token="a", ',
    'OAuth oauth_token="a",,oauth_nonce="b"',
    'OAuth ,oauth_token="a"',
    `OAuth oauth_token="${'a'.repeat(513)}"`,
    `OAuth oauth_token="${'a'.repeat(5000)}"`,
  ]) {
    expect(readOauthHeader(header), header).toBeUndefined();
  }
  expect(queryParameters('a=1&a=2')).toBeUndefined();
});
