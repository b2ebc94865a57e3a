// Strict MessagePack against a well-known library: the same values, and a refusal where two readers could differ.
import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatStrictJson } from '../../../src/venues/json-strict.js';
import { parseStrictMessage } from '../../../src/venues/msgpack-strict.js';

const read = (bytes: Uint8Array) => parseStrictMessage(Buffer.from(bytes));
const json = (bytes: Uint8Array): string => {
  const result = read(bytes);
  return result.ok ? formatStrictJson(result.value) : result.message;
};

test('what the library writes is read as the JSON of the same values', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', maxDepth: 6 },
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 20 }),
      // Members that look like numbers change places in JavaScript's objects.
      fc.dictionary(
        fc.string({ minLength: 1 }).map((key) => `k${key}`),
        tie('any'),
        { maxKeys: 20 },
      ),
    ),
  })).any;
  fc.assert(
    fc.property(value, (one) => {
      expect(json(encode(one))).toBe(JSON.stringify(one));
    }),
    { seed: 5, numRuns: 300 },
  );
});

test.each([
  ['nothing', '', 'cut off'],
  ['bytes behind the message', 'c0c0', 'bytes follow'],
  ['a text that ends early', 'a361', 'cut off'],
  ['a list that announces 4 GB', 'ddffffffff', 'cut off'],
  ['a map that announces 4 GB', 'dfffffffff', 'cut off'],
  ['a member named twice', '82a16101a16102', 'twice'],
  ['a member without a text for its name', '810102', 'not named by a text'],
  ['a number in more bytes than it needs', 'cc01', 'shortest'],
  ['a negative number in more bytes than it needs', 'd0ff', 'shortest'],
  ['a text with a longer header than it needs', 'd90161', 'shortest'],
  ['a list with a longer header than it needs', 'dc0001c0', 'shortest'],
  ['a map with a longer header than it needs', 'de0001a161c0', 'shortest'],
  ['text that is not UTF-8', 'a1ff', 'UTF-8'],
  ['a surrogate as text', 'a3eda080', 'UTF-8'],
  ['a binary value', 'c40161', 'binary'],
  ['a float', 'cb3ff0000000000000', 'float'],
  ['a timestamp', 'd6ff00000000', 'extension'],
  ['the tag that is never used', 'c1', 'binary'],
  ['nine lists in each other', '91'.repeat(9) + 'c0', 'deeper'],
  ['too many values', `dc7530${'c0'.repeat(30_000)}`, 'more than'],
])('%s is refused', (_, hex, why) => {
  const result = read(Buffer.from(hex, 'hex'));
  expect(result.ok ? 'passed' : result.message).toContain(why);
});

test('eight lists in each other pass', () => {
  expect(json(Buffer.from(`${'91'.repeat(8)}c0`, 'hex'))).toBe('[[[[[[[[null]]]]]]]]');
});
