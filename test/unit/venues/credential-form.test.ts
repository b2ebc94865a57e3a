// Malformed credentials are explained without being quoted.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { explainBase64, explainText } from '../../../src/venues/credential-form.js';

test('a well-formed text has no complaint, each fault its own', () => {
  expect(explainText('abcdef', 4, 8)).toBeUndefined();
  expect(explainText('', 4, 8)).toBe('is empty');
  expect(explainText('abcdef\n', 4, 8)).toContain('line break');
  expect(explainText('abc\u2019def', 4, 8)).toContain('printable ASCII');
  expect(explainText(' abcdef', 4, 8)).toContain('space');
  expect(explainText('abc', 4, 8)).toBe('is 3 characters long, not 4 to 8');
});

test('base64 is checked for form and size', () => {
  expect(explainBase64(randomBytes(64).toString('base64'), 32, 128)).toBeUndefined();
  expect(explainBase64(randomBytes(8).toString('base64'), 32, 128)).toBe(
    'is base64 of 8 bytes, not 32 to 128',
  );
  expect(explainBase64(randomBytes(64).toString('base64url'), 32, 128)).toBe('is not base64');
});

test('no complaint quotes the value', () => {
  const value = `secret${randomBytes(8).toString('hex')} `;
  for (const complaint of [
    explainText(value, 1, 99),
    explainText(value, 1, 2),
    explainBase64(value, 1, 99),
  ]) {
    expect(complaint).not.toContain(value.trim());
  }
});
