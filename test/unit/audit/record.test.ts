// One line: printable ASCII out, the same record in, nothing else accepted.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JournalRecord } from '../../../src/audit/events.js';
import { encodeRecord, genesisHash, hashLine, parseRecord } from '../../../src/audit/record.js';

const record = (message: string): JournalRecord => ({
  seq: 1,
  at: '2026-11-20T00:00:00.000Z',
  prev: genesisHash,
  event: { type: 'taint', cause: 'test', message },
});

test('any text makes one line of printable ASCII, and comes back', () => {
  const text = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(text, (message) => {
      const line = encodeRecord(record(message));
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      expect(parseRecord(Buffer.from(line))).toEqual(record(message));
    }),
  );
});

test('the hash is the SHA-256 of the bytes', () => {
  const line = encodeRecord(record('a'));
  expect(hashLine(line)).toBe(createHash('sha256').update(line).digest('hex'));
  expect(hashLine(Buffer.from(line))).toBe(hashLine(line));
});

test.each([
  ['other JSON', '[]'],
  ['null', 'null'],
  ['a field missing', '{"seq":1,"at":"x","event":{"type":"a"}}'],
  ['a field more', encodeRecord(record('a')).replace('{"seq"', '{"x":1,"seq"')],
  ['another order', JSON.stringify(Object.fromEntries(Object.entries(record('a')).reverse()))],
  ['a space', encodeRecord(record('a')).replace('{"seq"', '{ "seq"')],
  ['a number that is none', encodeRecord(record('a')).replace('"seq":1', '"seq":1.5')],
  ['a link that is none', encodeRecord(record('a')).replace(genesisHash, 'A'.repeat(64))],
  ['an event without a type', encodeRecord(record('a')).replace('"type":"taint"', '"type":1')],
  ['bytes beyond ASCII', encodeRecord(record('a')).replace('"a"', '"\xe9"')],
  ['an escape nobody needs', encodeRecord(record('a')).replace('"a"', '"\\u0061"')],
])('%s is not a record', (_, line) => {
  expect(parseRecord(Buffer.from(encodeRecord(record('a'))))).toBeDefined();
  expect(parseRecord(Buffer.from(line, 'latin1'))).toBeUndefined();
});
