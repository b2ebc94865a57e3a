// The body of /exchange has one reading or none.
import { expect, test } from 'vitest';
import { readExchangeRequest } from '../../../../src/venues/hyperliquid/exchange-request.js';
import { requestOf } from '../../../support/venue-requests.js';

const read = (body: object | string) =>
  readExchangeRequest(
    requestOf(
      'POST',
      'https://api.hyperliquid.xyz/exchange',
      [['content-type', 'application/json']],
      typeof body === 'string' ? body : JSON.stringify(body),
    ),
  );
const good = { action: { type: 'order' }, nonce: 5, signature: { r: '0x1', s: '0x2', v: 27 } };

test('nulls of the Python SDK are absent members', () => {
  expect(read({ ...good, vaultAddress: null, expiresAfter: null })).toMatchObject({
    type: 'order',
    message: { nonce: 5n },
    signature: { r: '0x1', s: '0x2', v: 27 },
  });
  const full = read({ ...good, vaultAddress: `0x${'ab'.repeat(20)}`, expiresAfter: 9 });
  expect(full).toMatchObject({ message: { expiresAfter: 9n, vaultAddress: `0x${'ab'.repeat(20)}` } });
});

test('a signature that is none is told apart from a body that is none', () => {
  for (const signature of [
    undefined,
    {},
    'x',
    { r: '0x1', s: '0x2', v: 29 },
    { r: '1', s: '0x2', v: 27 },
    { ...good.signature, x: 1 },
  ]) {
    expect(read({ ...good, signature }), JSON.stringify(signature)).toMatchObject({ signature: undefined });
  }
  for (const body of [
    { ...good, extra: 1 },
    { ...good, action: [] },
    { ...good, action: { type: 5 } },
    { ...good, nonce: '5' },
    { ...good, nonce: -5 },
    { ...good, nonce: 1.5 },
    { ...good, vaultAddress: '0x1' },
    { ...good, expiresAfter: 'soon' },
    '{"action":{"type":"order"},"nonce":5,"nonce":6}',
    '[]',
  ]) {
    expect(read(body), JSON.stringify(body)).toHaveProperty('problem');
  }
});
