import { expect, test } from 'vitest';
import { headerOf, jsonAnswer, withoutHeaders } from '../../../src/core/http.js';

test('names compare without case, and the first value wins', () => {
  const headers = [
    ['OK-ACCESS-Key', 'a'],
    ['ok-access-key', 'b'],
    ['Host', 'h'],
  ] as const;
  expect(headerOf(headers, 'ok-access-KEY')).toBe('a');
  expect(headerOf(headers, 'absent')).toBeUndefined();
  expect(withoutHeaders(headers, new Set(['ok-access-key']))).toEqual([['Host', 'h']]);
});

test('a JSON answer says what it is', () => {
  expect(jsonAnswer(403, { a: 1 })).toMatchObject({ status: 403, body: Buffer.from('{"a":1}') });
});
