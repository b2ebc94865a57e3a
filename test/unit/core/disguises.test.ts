// Normal forms: what each decodes, that nothing else changes, and that hostile bytes cost no more than their length.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasEscape,
  mayBeDisguised,
  openEscapes,
  requestEncodingsOf,
  squeeze,
  squeezedSpellings,
} from '../../../src/core/disguises.js';

const opened = (text: string): string => openEscapes(Buffer.from(text, 'latin1')).toString('latin1');
const squeezed = (text: string): string => squeeze(Buffer.from(text, 'latin1')).toString('latin1');

test.each([
  ['percent', '%61%62c%2D', 'abc-'],
  ['percent of JavaScript', '%u0061%U0062', 'ab'],
  ['JSON', '\\u0061b\\u0063\\/', 'abc\0/'],
  ['braces', '\\u{61}\\u{000062}', 'ab'],
  ['C', '\\x61\\142c', 'abc'],
  ['line ends', 'a\\nb\\r\\nc\\td', 'a\0b\0\0c\0d'],
  ['decimal references, with and without an end', '&#97;&#98-&#0099;', 'ab-c'],
  ['hexadecimal references', '&#x61;&#X62;', 'ab'],
  ['a backslash of its own', 'a\\\\u0062', 'a\\u0062'],
  ['not of ASCII', '%e9\\u00e9&#233;&#99999999;', '\0\0\0\0'],
])('opens escapes: %s', (_name, text, expected) => {
  expect(opened(text)).toBe(expected);
  expect(hasEscape(Buffer.from(text))).toBe(true);
});

test.each([
  '%',
  '%6',
  '%6g',
  '%u006',
  '\\',
  '\\u006',
  '\\u{',
  '\\x6',
  '\\18',
  '&',
  '&#',
  '&#;',
  '&#x;',
  '&b=2',
  '&;',
])('what is no whole escape keeps its length: %s', (text) => {
  expect(opened(`a${text}`)).toHaveLength(1 + text.length);
  expect(opened(text)).toHaveLength(text.length);
});

test('squeezing leaves letters and digits, in any order of the rest', () => {
  expect(squeezed('61 62:63-64\r\n\t"e",\0f+/=_{}')).toBe('61626364ef');
  expect(squeeze(Buffer.alloc(0))).toHaveLength(0);
});

test('bytes of any kind get no longer, and no more is read than there is', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom('%', '\\', '&#', '&', 'x', 'u', '{', '}', ';', '6', '1', 'f', '\n', '\0', '\xff'),
          fc.string({ maxLength: 3 }),
        ),
      ),
      (parts) => {
        const bytes = Buffer.from(parts.join(''), 'latin1');
        const out = openEscapes(bytes);
        expect(out.length).toBeLessThanOrEqual(bytes.length);
        if (!hasEscape(bytes)) expect(out.equals(bytes)).toBe(true);
        expect(squeeze(out).toString('latin1')).toMatch(/^[A-Za-z0-9]*$/);
      },
    ),
  );
});

describe('a sign of a disguise', () => {
  const line = randomBytes(57).toString('base64');
  test.each([
    ['percent', 'a%b', true, true],
    ['backslash', 'a\\b', true, true],
    ['reference', 'a&#b', true, true],
    ['line end', 'a\nb', false, true],
    ['NUL', 'a\0b', false, true],
    ['lines with blanks between', `x ${line} ${line}`, true, true],
    ['one long word', `Bearer ${line}\r`, false, false],
    ['a form', 'a=1&b=2', false, false],
    ['JSON', '{"side":"buy","sz":"1"}', false, false],
  ])('%s', (_name, text, inHead, inContent) => {
    expect(mayBeDisguised(Buffer.from(text), true)).toBe(inHead);
    expect(mayBeDisguised(Buffer.from(text), false)).toBe(inContent);
  });
});

test('a plain body of 64 KB costs microseconds, hostile ones a few milliseconds at most', () => {
  const costMs = (text: string): number => {
    const bytes = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
    const start = performance.now();
    if (mayBeDisguised(bytes, false)) squeeze(openEscapes(bytes));
    return performance.now() - start;
  };
  // Whatever grows with the square of the length needs seconds.
  for (const text of [
    '%',
    '\\',
    '&',
    '&#',
    '&#0000000',
    '\\u{0',
    'A',
    `${'A'.repeat(47)} `,
    `${'A'.repeat(48)}.`,
  ])
    expect(costMs(text), text.slice(0, 9)).toBeLessThan(200);
});

describe('needles', () => {
  test('are telling: no text that innocent bytes could be squeezed to', () => {
    for (const value of ['198.18.7.9', '10.1.2.3:1024', 'QWERTYASD', randomBytes(42).toString('base64')])
      for (const needle of squeezedSpellings(value)) {
        expect(needle.length).toBeGreaterThanOrEqual(8);
        if (/^\d*$/.test(needle.toString())) expect(needle.length).toBeGreaterThanOrEqual(18);
      }
    expect(squeezedSpellings('198.18.7.9').map(String)).not.toContain('1981879');
  });

  test('of a key in PEM its middle, not the ends that all have', () => {
    const pem = `-----BEGIN PRIVATE KEY-----\n${randomBytes(300).toString('base64')}\n-----END PRIVATE KEY-----`;
    const needles = [...squeezedSpellings(pem), ...requestEncodingsOf(pem).slice(-30)].map(String);
    for (const needle of needles) expect(needle).not.toContain('PRIVATE');
    const middle = squeezed(pem).slice(200, 220);
    expect(needles.some((needle) => needle.includes(middle))).toBe(true);
  });
});
