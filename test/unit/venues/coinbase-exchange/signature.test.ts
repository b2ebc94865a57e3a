// Coinbase Exchange's signature beside node:crypto's own, over requests and over a subscription.
// No published vector was found: "Exchange REST API Authentication" (docs.cdp.coinbase.com/exchange/rest-api/authentication) and Coinbase's
// samples of 2015 in Ruby, Node.js and PHP (searched November 2026) show code, no whole secret and no signature.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { accessSign, feedSign } from '../../../../src/venues/coinbase-exchange/signature.js';

const secret = Buffer.alloc(64, 7).toString('base64');
const oracle = (text: string) =>
  createHmac('sha256', Buffer.from(secret, 'base64')).update(text).digest('base64');

test.each([
  ['GET', '/accounts', '', '', '1800000000GET/accounts'],
  ['GET', '/orders', 'status=open', '', '1800000000GET/orders?status=open'],
  ['POST', '/orders', '', '{"size":"1"}', '1800000000POST/orders{"size":"1"}'],
])('%s %s?%s %s signs %s', (method, path, query, body, text) => {
  expect(accessSign(secret, '1800000000', { method, path, query, body: Buffer.from(body) })).toBe(
    oracle(text),
  );
});

test('a subscription signs the question who one is', () => {
  expect(feedSign(secret, '1800000000')).toBe(oracle('1800000000GET/users/self/verify'));
  expect(feedSign(secret, '1800000001')).not.toBe(feedSign(secret, '1800000000'));
});
