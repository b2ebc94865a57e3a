// Strict forms: one reading or none.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrictForm } from '../../../src/venues/form-strict.js';

const read = (text: string, plus: 'space' | 'literal' = 'literal') => {
  const form = parseStrictForm(text, { plus });
  return form.ok ? [...form.fields] : form.code;
};

test('what URLSearchParams writes is read back, in order', () => {
  const pairs = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), {
    selector: ([name]) => name,
  });
  fc.assert(
    fc.property(pairs, (list) => {
      const text = new URLSearchParams(list as [string, string][]).toString();
      const expected = [...new URLSearchParams(text)];
      const form = read(text, 'space');
      expect(form).toEqual(/%[01][0-9A-F]|%7F/.test(text) ? 'FORM_BAD_CHARACTER' : expected);
    }),
  );
});

test('plus means what the caller says', () => {
  expect(read('a=1+2', 'space')).toEqual([['a', '1 2']]);
  expect(read('a=1+2', 'literal')).toEqual([['a', '1+2']]);
  expect(read('a=1%2B2', 'space')).toEqual([['a', '1+2']]);
});

test('empty text has no fields, empty values are values', () => {
  expect(read('')).toEqual([]);
  expect(read('a=&b==')).toEqual([
    ['a', ''],
    ['b', '='],
  ]);
});

describe('is refused (D1)', () => {
  const refused: Record<string, readonly [string, string]> = {
    'a name twice': ['a=1&a=2', 'FORM_DUPLICATE'],
    'a name twice, once escaped': ['a=1&%61=2', 'FORM_DUPLICATE'],
    'no equals sign': ['a', 'FORM_SYNTAX'],
    'an empty name': ['=1', 'FORM_SYNTAX'],
    'an empty pair': ['a=1&&b=2', 'FORM_SYNTAX'],
    'a trailing ampersand': ['a=1&', 'FORM_SYNTAX'],
    'a semicolon': ['a=1;b=2', 'FORM_BAD_CHARACTER'],
    'a space': ['a=1 2', 'FORM_BAD_CHARACTER'],
    'a fragment': ['a=1#x', 'FORM_BAD_CHARACTER'],
    'a raw letter beyond ASCII': ['a=é', 'FORM_BAD_CHARACTER'],
    'an escaped newline': ['a=1%0Ab', 'FORM_BAD_CHARACTER'],
    'an escaped NUL': ['a%00=1', 'FORM_BAD_CHARACTER'],
    'half an escape': ['a=%4', 'FORM_BAD_ESCAPE'],
    'an escape that is none': ['a=%zz', 'FORM_BAD_ESCAPE'],
    'escaped bytes that are no UTF-8': ['a=%ff', 'FORM_BAD_ESCAPE'],
    'an overlong escape': ['a=%c0%af', 'FORM_BAD_ESCAPE'],
    'a megabyte': [`a=${'x'.repeat(1_000_000)}`, 'FORM_TOO_LARGE'],
  };
  test.each(Object.entries(refused))('%s', (_, [text, code]) => expect(read(text)).toBe(code));
});
