import { expect, test } from 'vitest';
import { codeOf, get, post, rowsOf, text } from '../../../../src/venues/okx/calls.js';

const at = { environment: 'demo' } as const;
const answer = (body: string) => ({ status: 200, body: Buffer.from(body) });

test('a read has its query apart, a write its body, and both go to the usual host or the account’s own', () => {
  expect(get(at, 'market/ticker?instId=BTC-USDT').request).toMatchObject({
    method: 'GET',
    host: 'www.okx.com',
    path: '/api/v5/market/ticker',
    query: 'instId=BTC-USDT',
  });
  const { request } = post({ ...at, host: 'eea.okx.com' }, 'trade/order', { instId: 'BTC-USDT' });
  expect(request).toMatchObject({
    method: 'POST',
    host: 'eea.okx.com',
    path: '/api/v5/trade/order',
    query: '',
  });
  expect(request.body.toString()).toBe('{"instId":"BTC-USDT"}');
});

test('an envelope gives its code, and rows only where the code is fine', () => {
  const fine = answer('{"code":"0","data":[{"ordId":"7"}]}');
  expect(codeOf(fine)).toBe('0');
  expect(text(rowsOf(fine)?.[0], 'ordId')).toBe('7');
  expect(rowsOf(answer('{"code":"1","data":[{"ordId":"7"}]}'))).toBeUndefined();
  expect(rowsOf(answer('{"code":"0","data":["7"]}'))).toBeUndefined();
  expect(codeOf(answer('<html>'))).toBeUndefined();
});
