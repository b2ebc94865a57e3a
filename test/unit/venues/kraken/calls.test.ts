import { expect, test } from 'vitest';
import { errorsOf, open, resultOf, signed } from '../../../../src/venues/kraken/calls.js';

test('a private call is a POST with a nonce to come, a public one a GET', () => {
  expect(signed('Balance', { a: 'b' })).toMatchObject({
    isPublic: false,
    request: { method: 'POST', host: 'api.kraken.com', path: '/0/private/Balance' },
  });
  expect(signed('Balance', { a: 'b' }).request.body.toString()).toBe('nonce=0&a=b');
  expect(open('Time')).toMatchObject({ isPublic: true, request: { method: 'GET', path: '/0/public/Time' } });
});

test('an answer is errors and a result; anything else is none', () => {
  const read = (text: string) => ({ status: 200, body: Buffer.from(text) });
  expect(errorsOf(read('{"error":["E:x"],"result":{}}'))).toEqual(['E:x']);
  expect(resultOf(read('{"error":["E:x"],"result":{}}'))).toBeUndefined();
  expect(resultOf(read('{"error":[],"result":{"a":"b"}}'))?.get('a')).toBe('b');
  for (const text of ['<html>', '{}', '{"error":[1]}', '{"error":"x"}'])
    expect(errorsOf(read(text))).toBeUndefined();
});
