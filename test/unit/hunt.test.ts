// The hunt of the end-to-end tests must be able to find: every spelling, wherever it stands in the bytes.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hunt, place, spellingsOf } from '../support/hunt.js';

const secret = `Aa1!${randomBytes(12).toString('base64')}/+ü`;

for (const [spelling, needle] of Object.entries(spellingsOf(secret))) {
  test(`finds it as ${spelling}`, () => {
    const bytes = Buffer.concat([randomBytes(5), needle, randomBytes(3)]);
    expect(hunt({ key: secret }, [{ name: 'file', bytes }])).toContainEqual({
      place: 'file',
      secret: 'key',
      spelling,
    });
  });
}

test.each([0, 1, 2, 3, 4, 5])('finds it in the base64 of a text that holds it after %i bytes', (before) => {
  const text = Buffer.from(`${'x'.repeat(before)}${secret} and more`).toString('base64');
  expect(hunt({ key: secret }, [place('file', text)])).not.toEqual([]);
});

test('finds nothing where there is nothing', () => {
  expect(hunt({ key: secret }, [{ name: 'noise', bytes: randomBytes(1_000_000) }])).toEqual([]);
});

test('a finding does not quote the secret', () => {
  expect(JSON.stringify(hunt({ key: secret }, [place('file', secret)]))).not.toContain(secret);
});

test('a secret too short to hunt for is refused', () => {
  expect(() => hunt({ pin: '1234' }, [])).toThrow(/too short/);
});
