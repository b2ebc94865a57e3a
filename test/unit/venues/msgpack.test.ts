// The encoding at its edges, against the bytes of the MessagePack specification.
import { expect, test } from 'vitest';
import { JsonNumber, type StrictJson } from '../../../src/venues/json-strict.js';
import { NotPackable, packMessage } from '../../../src/venues/msgpack.js';

const hex = (value: StrictJson) => packMessage(value).toString('hex');
const integer = (text: string) => hex(new JsonNumber(text));

test('integers take the fewest bytes', () => {
  for (const [text, bytes] of [
    ['0', '00'],
    ['127', '7f'],
    ['128', 'cc80'],
    ['255', 'ccff'],
    ['256', 'cd0100'],
    ['65535', 'cdffff'],
    ['65536', 'ce00010000'],
    ['4294967295', 'ceffffffff'],
    ['4294967296', 'cf0000000100000000'],
    ['18446744073709551615', 'cfffffffffffffffff'],
    ['-1', 'ff'],
    ['-32', 'e0'],
    ['-33', 'd0df'],
    ['-128', 'd080'],
    ['-129', 'd1ff7f'],
    ['-32768', 'd18000'],
    ['-32769', 'd2ffff7fff'],
    ['-2147483649', 'd3ffffffff7fffffff'],
    ['-9223372036854775808', 'd38000000000000000'],
  ] as const) {
    expect(integer(text), text).toBe(bytes);
  }
});

test('texts, lists and maps announce their length in the fewest bytes', () => {
  expect(hex('')).toBe('a0');
  expect(hex('a'.repeat(31)).slice(0, 2)).toBe('bf');
  expect(hex('a'.repeat(32)).slice(0, 4)).toBe('d920');
  expect(hex('a'.repeat(256)).slice(0, 6)).toBe('da0100');
  expect(hex('a'.repeat(65_536)).slice(0, 10)).toBe('db00010000');
  expect(hex('é')).toBe('a2c3a9');
  expect(hex(Array(15).fill(null))).toBe(`9f${'c0'.repeat(15)}`);
  expect(hex(Array(16).fill(true)).slice(0, 6)).toBe('dc0010');
  expect(
    hex(
      new Map([
        ['b', true],
        ['a', false],
      ]),
    ),
  ).toBe('82a162c3a161c2');
  expect(hex(new Map(Array.from({ length: 16 }, (_, index) => [`k${index}`, null]))).slice(0, 6)).toBe(
    'de0010',
  );
});

test('a number without a single encoding is not packed', () => {
  for (const text of ['1.0', '1e3', '-0', '18446744073709551616', '-9223372036854775809']) {
    expect(() => integer(text), text).toThrow(NotPackable);
  }
});
