// Decoys of one form: length, alphabet, prefix, and never twice the same.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { decoyText } from '../../../src/venues/decoy-text.js';

test('a decoy has the length and letters asked for, and chance decides all of it', () => {
  for (const length of [18, 64, 200]) {
    const make = decoyText(length);
    const made = Array.from({ length: 50 }, () => make(randomBytes));
    for (const one of made) expect(one).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`));
    expect(new Set(made).size).toBe(50);
  }
  const key = decoyText(20, { prefix: 'PK', alphabet: /[A-Z0-9]/ })(randomBytes);
  expect(key).toMatch(/^PK[A-Z0-9]{18}$/);
  expect(decoyText(8)(() => Buffer.alloc(64))).toBe('AAAAAAAA');
});
