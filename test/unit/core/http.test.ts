import { expect, test } from 'vitest';
import { headerOf, jsonAnswer, lowerCaseOf, withoutHeaders } from '../../../src/core/http.js';

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

test('a name is put to lower case however often it is asked for, and however many others were', () => {
  const names = Array.from({ length: 600 }, (_, index) => `X-Name-${index}`);
  for (const round of [1, 2])
    for (const name of names) expect(lowerCaseOf(name), `round ${round}`).toBe(name.toLowerCase());
  const long = 'X-'.repeat(100);
  for (const name of ['Übergröße', 'ſtrange', 'İ', long, '']) {
    expect(lowerCaseOf(name)).toBe(name.toLowerCase());
    expect(lowerCaseOf(name)).toBe(name.toLowerCase());
  }
});
