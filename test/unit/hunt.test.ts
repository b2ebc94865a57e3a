// The hunt of the end-to-end tests must be able to find: every spelling, wherever it stands in the bytes.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDir, writeFile } from '../support/host-files.js';
import { filePieces, hunt, place, spellingsOf } from '../support/hunt.js';

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

test('a file in pieces is hunted whole: on the edge of two, in the overlap, at its end; found once', () => {
  const piece = 10_000;
  const needle = Buffer.from(secret, 'utf8');
  for (const at of [0, piece - 1, piece - needle.length, piece, piece + 5, 25_000 - needle.length]) {
    const bytes = Buffer.alloc(25_000);
    needle.copy(bytes, at);
    const file = writeFile(join(temporaryDir(), 'export'), bytes);
    const pieces = [...filePieces('export', file, piece)];
    expect(pieces).toHaveLength(3);
    expect(Buffer.concat(pieces.map((part) => part.bytes.subarray(0, piece)))).toEqual(bytes);
    expect(hunt({ key: secret }, pieces), `at ${at}`).toEqual([
      { place: 'export', secret: 'key', spelling: 'raw' },
    ]);
  }
});
