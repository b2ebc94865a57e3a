// The paper exchange's own judgement of a Coinbase Exchange signature.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkSignature } from '../../../../src/paper/coinbase-exchange/authentication.js';
import { coinbaseExchange } from '../../../../src/venues/coinbase-exchange/coinbase-exchange.js';
import { asReal, makeDecoys } from '../../../support/venue-requests.js';

const secrets = makeDecoys(coinbaseExchange);
const { apiKey = '', secret = '', passphrase = '' } = secrets;
const nowMs = 1_800_000_000_000;
const exchange = {
  credentials: [{ venue: 'coinbase-exchange', id: 'paper', secrets: asReal(secrets) }],
  nowMs,
};
const text = 'POST/orders{}';
const signAt = (timestamp: string) =>
  createHmac('sha256', Buffer.from(secret, 'base64')).update(`${timestamp}${text}`).digest('base64');
const proofAt = (timestamp: string) => ({ key: apiKey, timestamp, sign: signAt(timestamp), passphrase });

test('the real key’s signature of these bytes at this time passes', () => {
  expect(checkSignature(proofAt('1800000000'), ['POST/orders', Buffer.from('{}')], exchange).id).toBe(
    'paper',
  );
  expect(checkSignature(proofAt('1799999971'), [text], exchange).id).toBe('paper');
});

test.each([
  ['KEY_UNKNOWN', { key: 'x'.repeat(32) }],
  ['KEY_MISSING', { key: '' }],
  ['SIGNATURE_WRONG', { sign: signAt('1800000001') }],
  ['KEY_UNKNOWN', { passphrase: 'other' }],
  ['TIME_OUTSIDE_WINDOW', proofAt('1799999969')],
  ['TIME_OUTSIDE_WINDOW', proofAt('')],
])('%s: %j', (code, change) => {
  expect(() => checkSignature({ ...proofAt('1800000000'), ...change }, [text], exchange)).toThrow(code);
});
