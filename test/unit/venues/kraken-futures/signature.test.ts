// The text that is signed: one place for the parameters, and the path without its prefix.
// No published vector of a request exists: the guide shows parts of one, no secret and no result (looked:
// docs.kraken.com/exchange/guides/futures/rest, November 2026). Of a WebSocket challenge there is one: socket.test.ts.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { authent, explainUnsignable } from '../../../../src/venues/kraken-futures/signature.js';
import { requestOf } from '../../../support/venue-requests.js';

const url = 'https://futures.kraken.com/derivatives/api/v3/sendorder';
const form = [['content-type', 'application/x-www-form-urlencoded']] as const;

test('query and body flow sign alike; nonce, path and parameters all count', () => {
  const secret = randomBytes(64).toString('base64');
  const inQuery = requestOf('POST', `${url}?a=1&b=2`, form);
  const inBody = requestOf('POST', url, form, 'a=1&b=2');
  const signature = authent(secret, '7', inQuery);
  expect(authent(secret, '7', inBody)).toBe(signature);
  expect(authent(secret, '7', { ...inBody, path: '/api/v3/sendorder' })).toBe(signature);
  for (const other of [
    authent(secret, '8', inBody),
    authent(secret, '7', { ...inBody, path: '/derivatives/api/v3/cancelorder' }),
    authent(secret, '7', { ...inBody, path: '/derivatives/derivatives/api/v3/sendorder' }),
    authent(secret, '7', { ...inBody, body: Buffer.from('a=1&b=3') }),
    authent(randomBytes(64).toString('base64'), '7', inBody),
  ]) {
    expect(other).not.toBe(signature);
  }
});

test('a body needs a form’s type and no rival', () => {
  expect(explainUnsignable(requestOf('POST', url, form, 'a=1'))).toBeUndefined();
  expect(explainUnsignable(requestOf('POST', `${url}?a=1`))).toBeUndefined();
  for (const request of [
    requestOf('POST', `${url}?a=1`, form, 'a=1'),
    requestOf('GET', url, form, 'a=1'),
    requestOf('POST', url, [], 'a=1'),
    requestOf('POST', url, [['content-type', 'application/json']], '{}'),
    requestOf('POST', url, [...form, ['content-encoding', 'gzip']], 'a=1'),
  ]) {
    expect(explainUnsignable(request)).toBeDefined();
  }
});
