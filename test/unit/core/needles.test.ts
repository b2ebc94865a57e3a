// Spellings as independent encoders write them: the platform's, Python's where it is installed, and the RFCs' words.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Matcher } from '../../../src/core/matcher.js';
import {
  encodingsOf,
  minPatternBytes,
  minSecretBytes,
  shortSecretReason,
} from '../../../src/core/needles.js';

const isSeen = (value: string, text: string): boolean =>
  new Matcher(encodingsOf(value).map((bytes) => ({ id: 'x', bytes }))).find(Buffer.from(text)) !== undefined;

const awkward = 'p&ss "w/rd"+\\<é漢😀>\n=%?~\'`';

const upperHex = (text: string): string => text.replace(/%[0-9a-f]{2}/gi, (octet) => octet.toUpperCase());
const percentFull = (value: string): string =>
  [...Buffer.from(value)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const jsonFull = (value: string): string =>
  value.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const spellings: Record<string, (value: string) => string> = {
  raw: (value) => value,
  'upper case': (value) => value.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  'percent, every byte': percentFull,
  'percent, every byte, upper case': (value) => upperHex(percentFull(value)),
  'percent, every byte, twice': (value) => percentFull(value).replaceAll('%', '%25'),
  encodeURIComponent: (value) => encodeURIComponent(value),
  'encodeURIComponent, lower case': (value) =>
    encodeURIComponent(value).replace(/%../g, (octet) => octet.toLowerCase()),
  encodeURI: (value) => encodeURI(value),
  'twice encodeURIComponent': (value) => encodeURIComponent(encodeURIComponent(value)),
  URLSearchParams: (value) => new URLSearchParams({ q: value }).toString(),
  'URL query': (value) =>
    new URL(`https://a.example/?q=${value.replaceAll('\n', '%0A').replaceAll('#', '%23')}`).search,
  JSON: (value) => JSON.stringify({ value }),
  'JSON in JSON': (value) => JSON.stringify(JSON.stringify({ value })),
  'JSON with escaped slashes': (value) => JSON.stringify(value).replaceAll('/', '\\/'),
  'JSON, every character': jsonFull,
  'JSON, every character, upper case': (value) =>
    jsonFull(value).replace(/u..../g, (e) => `u${e.slice(1).toUpperCase()}`),
  'JSON, HTML-safe as Go writes it': (value) =>
    JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026'),
  HTML: (value) =>
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  hex: (value) => Buffer.from(value).toString('hex'),
  'hex, upper case': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  'Basic credentials': (value) => Buffer.from(`user:${value}`).toString('base64'),
};

describe.each(Object.entries(spellings))('%s', (_, spell) => {
  test('of awkward, plain and random values', () => {
    for (const value of [
      awkward,
      'abcdefgh',
      randomBytes(24).toString('base64'),
      randomBytes(16).toString('hex'),
    ]) {
      const text = spell(value);
      if (spell === spellings['upper case'] && /[^\x20-\x7e]/.test(value)) continue;
      expect(isSeen(value, `before ${text} after`), text).toBe(true);
    }
  });
});

test('base64 and base64url are seen at every alignment, padded or not, percent-encoded or not', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: minSecretBytes, maxLength: 40 }),
      fc.uint8Array({ maxLength: 7 }),
      fc.uint8Array({ maxLength: 7 }),
      (value, before, after) => {
        const text = Buffer.concat([before, Buffer.from(value), after]).toString('base64');
        const url = text.replaceAll('+', '-').replaceAll('/', '_');
        const spelled = [
          text,
          text.replace(/=+$/, ''),
          url,
          url.replace(/=+$/, ''),
          encodeURIComponent(text),
        ];
        for (const one of [...spelled, text.replaceAll('/', '\\/')])
          expect(isSeen(value, one), one).toBe(true);
      },
    ),
  );
});

test.skipIf(!hasPython())("Python's encoders are covered", () => {
  const script = `
import base64, html, json, sys, urllib.parse
v = sys.stdin.buffer.read().decode()
out = [json.dumps(v), json.dumps(v, ensure_ascii=False), urllib.parse.quote(v), urllib.parse.quote_plus(v),
  urllib.parse.quote(v, safe=''), urllib.parse.urlencode({'a': v}), html.escape(v), v.encode().hex(),
  base64.b64encode(('x' + v).encode()).decode(), base64.urlsafe_b64encode(v.encode()).decode()]
print(json.dumps(out))
`;
  const out = execFileSync('python3', ['-c', script], { input: awkward, encoding: 'utf8' });
  for (const text of JSON.parse(out) as string[]) expect(isSeen(awkward, text), text).toBe(true);
});

test('patterns are long enough, unique, and few for plain values', () => {
  for (const value of [awkward, 'abcdefgh', randomBytes(24).toString('base64')]) {
    const texts = encodingsOf(value).map((bytes) => bytes.toString('latin1').toLowerCase());
    expect(Math.min(...texts.map((text) => text.length))).toBeGreaterThanOrEqual(minPatternBytes);
    expect(new Set(texts).size).toBe(texts.length);
  }
  expect(encodingsOf(randomBytes(16).toString('hex')).length).toBeLessThanOrEqual(12);
});

test('short values have no short patterns, and the policy says why', () => {
  expect(encodingsOf('abc').every((bytes) => bytes.length >= minPatternBytes)).toBe(true);
  expect(encodingsOf('')).toEqual([]);
  expect(isSeen('abc', 'abc')).toBe(false);
  expect(shortSecretReason).toContain(String(minSecretBytes));
});

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
