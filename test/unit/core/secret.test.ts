import { randomBytes } from 'node:crypto';
import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.js';

test('no printable form holds the value', () => {
  const value = randomBytes(12).toString('hex');
  const secret = new Secret(value);
  const forms = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: 9, getters: true }),
    inspect({ nested: [secret] }, { customInspect: true }),
    format('%s %o %j', secret, secret, secret),
    new Error(`failed with ${secret}`).stack ?? '',
    Object.values(secret).join(),
    JSON.stringify(Object.getOwnPropertyNames(secret)),
  ];
  for (const form of forms) expect(form).not.toContain(value);
  expect(String(secret)).toBe('[redacted]');
  expect(secret.reveal()).toBe(value);
});
