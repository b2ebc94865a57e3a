// OKX's credential fields: decoys that its clients accept, and real values that could not be a header.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { credential } from '../../../../src/venues/okx/credential.js';

const [key, secret, passphrase] = credential;

test('decoys have the form of OKX’s own: UUID, 32 hex digits, a passphrase its rules accept', () => {
  for (let round = 0; round < 50; round += 1) {
    expect(key!.makeDecoy(randomBytes)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(secret!.makeDecoy(randomBytes)).toMatch(/^[0-9A-F]{32}$/);
    const phrase = passphrase!.makeDecoy(randomBytes);
    expect(phrase.length).toBeGreaterThanOrEqual(8);
    expect(phrase.length).toBeLessThanOrEqual(32);
    for (const needed of [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/]) expect(phrase).toMatch(needed);
    // Survives every shell, .env and TOML file unquoted.
    expect(phrase).toMatch(/^[A-Za-z0-9-]+$/);
  }
});

test('chance comes from the caller alone', () => {
  const fixed = (size: number) => Buffer.alloc(size, 7);
  for (const field of credential) expect(field.makeDecoy(fixed)).toBe(field.makeDecoy(fixed));
});

test('every variable that an OKX client reads gets the decoy', () => {
  expect(credential.flatMap(({ env }) => env)).toEqual(
    expect.arrayContaining([
      'OKX_API_KEY',
      'OKX_SECRET_KEY',
      'OKX_PASSPHRASE',
      'OKX_API_SECRET',
      'OKX_API_PASSPHRASE',
    ]),
  );
});

test('a real passphrase with shell characters is well-formed, one with a trailing newline is told', () => {
  expect(passphrase!.explainMalformed?.('a$b\\c"d\'e%f')).toBeUndefined();
  expect(passphrase!.explainMalformed?.('good-Pass1\n')).toMatch(/newline|line break/);
  expect(passphrase!.explainMalformed?.('')).toMatch(/empty/);
  expect(key!.explainMalformed?.('short')).toMatch(/characters/);
});
