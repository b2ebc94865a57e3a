// Strict JSON: what JSON.parse reads one way is read the same way, everything doubtful is refused with a stable code.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  parseStrictJson,
  type StrictJson,
} from '../../../src/venues/json-strict.js';

const parse = (text: string | Buffer, limits = {}) => parseStrictJson(Buffer.from(text), limits);
const codeOf = (text: string | Buffer, limits = {}) => {
  const result = parse(text, limits);
  return result.ok ? 'ok' : result.code;
};

function plain(value: StrictJson): unknown {
  if (value instanceof JsonNumber) return JSON.parse(value.text);
  if (isStrictObject(value))
    return Object.fromEntries([...value].map(([key, member]) => [key, plain(member)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

test('every JSON value is read as JSON.parse reads it, and written back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3, depthSize: 'xsmall', stringUnit: 'binary' }), (value) => {
      const text = JSON.stringify(value);
      const parsed = parse(text);
      if (!parsed.ok) throw new Error(`${parsed.code} for ${text}`);
      expect(plain(parsed.value)).toEqual(JSON.parse(text));
      expect(JSON.parse(formatStrictJson(parsed.value))).toEqual(JSON.parse(text));
    }),
    { numRuns: 50 },
  );
});

test('numbers stay the text they were: no digit is lost or gained', () => {
  const text = '[0.1,1e5,-0,123456789012345678901234567890.10]';
  const parsed = parse(text);
  expect(parsed.ok && formatStrictJson(parsed.value)).toBe(text);
});

test('keys that mean something to JavaScript are keys like others', () => {
  const parsed = parse('{"__proto__":{"sz":"1"},"constructor":"x"}');
  expect(parsed.ok && isStrictObject(parsed.value) && [...parsed.value.keys()]).toEqual([
    '__proto__',
    'constructor',
  ]);
});

describe('is refused (D1, D2)', () => {
  const refused: Record<string, readonly [string | Buffer, string]> = {
    'a key twice': ['{"sz":"1","sz":"2"}', 'JSON_DUPLICATE_KEY'],
    'a key twice, once escaped': ['{"sz":"1","\\u0073z":"2"}', 'JSON_DUPLICATE_KEY'],
    'a key twice, deeper': ['[{"a":{"b":1,"b":1}}]', 'JSON_DUPLICATE_KEY'],
    'text after the value': ['{} {}', 'JSON_SYNTAX'],
    nothing: ['', 'JSON_SYNTAX'],
    'a comment': ['{/*x*/}', 'JSON_SYNTAX'],
    'a trailing comma': ['{"a":1,}', 'JSON_SYNTAX'],
    'single quotes': ["{'a':1}", 'JSON_SYNTAX'],
    'a leading zero': ['[01]', 'JSON_SYNTAX'],
    'a leading plus': ['[+1]', 'JSON_SYNTAX'],
    hexadecimal: ['[0x10]', 'JSON_SYNTAX'],
    'an underscore': ['[1_000]', 'JSON_SYNTAX'],
    'a bare point': ['[.5]', 'JSON_SYNTAX'],
    NaN: ['[NaN]', 'JSON_SYNTAX'],
    Infinity: ['[-Infinity]', 'JSON_SYNTAX'],
    'a raw newline in a string': ['["a\nb"]', 'JSON_SYNTAX'],
    'a string without an end': ['["ab', 'JSON_SYNTAX'],
    'half a word': ['[tru]', 'JSON_SYNTAX'],
    'a word with a tail': ['[nullx]', 'JSON_SYNTAX'],
    'a vertical tab between values': ['[\v1]', 'JSON_SYNTAX'],
    'broken UTF-8 behind plain text': [
      Buffer.from([...Buffer.from('{"abc":"'), 0xe2, 0x28]),
      'JSON_NOT_UTF8',
    ],
    'a NUL in a string': ['["a\u0000"]', 'JSON_SYNTAX'],
    'an unknown escape': ['["\\x41"]', 'JSON_SYNTAX'],
    'half a surrogate pair': ['["\\ud800"]', 'JSON_SYNTAX'],
    'an unclosed object': ['{"a":1', 'JSON_SYNTAX'],
    'a byte order mark': ['\ufeff{}', 'JSON_SYNTAX'],
    'a no-break space': ['\u00a0{}', 'JSON_SYNTAX'],
    'UTF-16': [Buffer.from('{"a":1}', 'utf16le'), 'JSON_SYNTAX'],
    'broken UTF-8': [Buffer.from([0x22, 0xff, 0x22]), 'JSON_NOT_UTF8'],
    'an overlong slash': [Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'JSON_NOT_UTF8'],
    'deep nesting': ['['.repeat(9) + ']'.repeat(9), 'JSON_TOO_DEEP'],
    'a million brackets': ['['.repeat(200_000), 'JSON_TOO_DEEP'],
    'too many values': [`[${'1,'.repeat(20_000)}1]`, 'JSON_TOO_MANY'],
    'two megabytes': [`"${'x'.repeat(2_000_000)}"`, 'JSON_TOO_LARGE'],
  };
  test.each(Object.entries(refused))('%s', (_, [text, code]) => expect(codeOf(text)).toBe(code));

  test('and the limits can be set', () => {
    expect(codeOf('[[1]]', { maxDepth: 1 })).toBe('JSON_TOO_DEEP');
    expect(codeOf('[[1]]', { maxDepth: 2 })).toBe('ok');
    expect(codeOf('[1,2]', { maxValues: 2 })).toBe('JSON_TOO_MANY');
    expect(codeOf('[1]', { maxBytes: 2 })).toBe('JSON_TOO_LARGE');
  });
});

test('a string as long as the limit is read without trouble', () => {
  expect(codeOf(`"${'\\n'.repeat(130_000)}"`)).toBe('ok');
  expect(codeOf(`"${'\\'.repeat(200_001)}`)).toBe('JSON_SYNTAX');
});

test('spaces, tabs and line ends stand between values, in whichever alphabet the strings are', () => {
  for (const word of ['abc', 'déjà', '価格'])
    expect(plainOf(`\t{ "${word}" :\r\n[ true,false , null ] }\n `)).toEqual({ [word]: [true, false, null] });
});

function plainOf(text: string): unknown {
  const parsed = parse(text);
  return parsed.ok ? plain(parsed.value) : parsed.code;
}
