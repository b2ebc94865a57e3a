import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmac } from '../../../src/venues/hmac.js';

test('equals node:crypto for keys of every length, and for parts of text and bytes', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('sha256' as const, 'sha512' as const),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 1_500 })), {
        maxLength: 4,
      }),
      fc.constantFrom('hex' as const, 'base64' as const),
      (algorithm, key, given, encoding) => {
        const parts = given.map((part) => (typeof part === 'string' ? part : Buffer.from(part)));
        const expected = createHmac(algorithm, Buffer.from(key));
        for (const part of parts) expected.update(part);
        expect(hmac(algorithm, Buffer.from(key), parts, encoding)).toBe(expected.digest(encoding));
      },
    ),
  );
});

test('a text key is its UTF-8 bytes', () => {
  const key = 'pä$$"word';
  expect(hmac('sha256', key, ['x'], 'hex')).toBe(createHmac('sha256', key).update('x').digest('hex'));
});
