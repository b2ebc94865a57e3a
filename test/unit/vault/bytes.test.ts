import { expect, test } from 'vitest';
import { TradeboxError } from '../../../src/core/errors.js';
import { Secret } from '../../../src/core/secret.js';
import { explainUnusable, linesOf, maxSecretBytes, secretFromBytes } from '../../../src/vault/bytes.js';
import { thrownBy } from '../../support/host-files.js';

// The OKX passphrase trap: what a shell, an editor or a YAML parser would change must arrive unchanged.
const passphrases = [
  'p$a$HOME$(x)ss',
  'back\\slash\\n\\\\',
  `quo"te's\``,
  'ünï–cödé🔑',
  ' leading and trailing ',
  'tab\there',
  'percent%20plus+',
  '#comment: {yaml}',
  '\ufeffwith a byte order mark',
];

test.each(passphrases)('%j survives, with and without one line end', (passphrase) => {
  expect(secretFromBytes(Buffer.from(passphrase), 'x').reveal()).toBe(passphrase);
  expect(secretFromBytes(Buffer.from(`${passphrase}\n`), 'x').reveal()).toBe(passphrase);
  expect(secretFromBytes(Buffer.from(`${passphrase}\r\n`), 'x').reveal()).toBe(passphrase);
});

test('exactly one line end is taken off, and nothing else', () => {
  expect(secretFromBytes(Buffer.from('value\n\n'), 'x').reveal()).toBe('value\n');
  expect(secretFromBytes(Buffer.from('value\r'), 'x').reveal()).toBe('value\r');
  expect(secretFromBytes(Buffer.from('value \n'), 'x').reveal()).toBe('value ');
  expect(secretFromBytes(Buffer.from('\nvalue'), 'x').reveal()).toBe('\nvalue');
});

test('S2: refuses what is not text, without a trace of it', () => {
  const thrown = thrownBy(() => secretFromBytes(Buffer.from([0x6b, 0x65, 0x79, 0xff]), 'the file'));
  expect(thrown).toMatchObject({ code: 'SECRET_INVALID' });
  expect((thrown as TradeboxError).cause).toBeUndefined();
  expect((thrown as TradeboxError).message).toBe('the file does not hold UTF-8 text');
});

test('refuses too many bytes', () => {
  expect(() => secretFromBytes(Buffer.alloc(maxSecretBytes + 1, 'a'), 'x')).toThrow(TradeboxError);
  expect(secretFromBytes(Buffer.alloc(maxSecretBytes, 'a'), 'x').reveal()).toHaveLength(maxSecretBytes);
});

test.each([
  ['', 'is empty'],
  ['1234567', 'is 7 bytes long'],
  ['1234567\0', 'NUL'],
  ['x'.repeat(maxSecretBytes + 1), 'longer than'],
])('S6: a value that cannot be kept or scrubbed is named so', (value, problem) => {
  expect(explainUnusable(new Secret(value))).toContain(problem);
});

test('an identifier may be short, and nothing else of it is let through', () => {
  expect(explainUnusable(new Secret('main'), { isIdentifier: true })).toBeUndefined();
  expect(explainUnusable(new Secret('main'), {})).toContain('is 4 bytes long');
  for (const value of ['', 'a\0b', 'x'.repeat(maxSecretBytes + 1)])
    expect(explainUnusable(new Secret(value), { isIdentifier: true })).toBeDefined();
});

test('eight bytes are enough, counted in UTF-8', () => {
  expect(explainUnusable(new Secret('12345678'))).toBeUndefined();
  expect(explainUnusable(new Secret('üüüü'))).toBeUndefined();
});

test('a value of several lines is as many values, spaces kept', () => {
  expect(linesOf(new Secret('one\n two \r\nthree')).map((line) => line.reveal())).toEqual([
    'one',
    ' two ',
    'three',
  ]);
});
