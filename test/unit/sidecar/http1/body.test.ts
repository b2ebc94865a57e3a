import { expect, test } from 'vitest';
import { BodyReader, encodeChunk, lastChunk } from '../../../../src/sidecar/http1/body.js';
import { Fields, Malformed, scanFields } from '../../../../src/sidecar/http1/fields.js';
import {
  answerFraming,
  declaredFraming,
  type Framing,
  requestFraming,
} from '../../../../src/sidecar/http1/framing.js';

/** Feeds `bytes` in pieces of `size`; gives the content, what was left over, and the reader. */
function read(framing: Framing, bytes: string, size = bytes.length || 1) {
  const reader = new BodyReader(framing);
  const all = Buffer.from(bytes, 'latin1');
  const content: Buffer[] = [];
  let rest = '';
  for (let from = 0; from < all.length; from += size) {
    const piece = all.subarray(from, from + size);
    const used = reader.write(piece, 0, (data) => content.push(Buffer.from(data)));
    rest += piece.subarray(used).toString('latin1');
  }
  return { reader, content: Buffer.concat(content).toString('latin1'), rest };
}

const chunked: Framing = { kind: 'chunked' };

test.each([1, 2, 3, 7, 1000])('a chunked body in pieces of %i bytes', (size) => {
  const body = '5\r\nhello\r\n00a;name="v"\r\n, world!!!\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\nGET';
  const { reader, content, rest } = read(chunked, body, size);
  expect(content).toBe('hello, world!!!');
  expect(reader.done).toBe(true);
  expect(reader.failed).toBeUndefined();
  expect(reader.trailers?.list()).toEqual([
    ['X-Sum', '1'],
    ['Y', '2'],
  ]);
  expect(rest).toBe('GET');
});

test.each([1, 4, 1000])('a counted body in pieces of %i bytes', (size) => {
  const { reader, content, rest } = read({ kind: 'length', length: 5 }, 'helloGET', size);
  expect([content, rest, reader.done]).toEqual(['hello', 'GET', true]);
});

test('a close-delimited body never ends by itself', () => {
  const { reader, content, rest } = read({ kind: 'close' }, 'hello', 2);
  expect([content, rest, reader.done]).toEqual(['hello', '', false]);
});

test('no body and an empty one are over at once', () => {
  expect(new BodyReader({ kind: 'none' }).done).toBe(true);
  expect(new BodyReader({ kind: 'length', length: 0 }).done).toBe(true);
  expect(read(chunked, '0\r\n\r\n').reader.trailers).toBeUndefined();
});

test.each([
  ['5\nhello\r\n0\r\n\r\n', 'BARE_LF'],
  ['5\r\nhello\n0\r\n\r\n', 'BARE_LF'],
  ['5\r\nhello0\r\n\r\n', 'CHUNK_END_BAD'],
  ['5\r\nhelloX\r\n0\r\n\r\n', 'CHUNK_END_BAD'],
  ['-5\r\nhello\r\n', 'CHUNK_SIZE_BAD'],
  ['+5\r\nhello\r\n', 'CHUNK_SIZE_BAD'],
  ['0x5\r\nhello\r\n', 'CHUNK_SIZE_BAD'],
  [' 5\r\nhello\r\n', 'CHUNK_SIZE_BAD'],
  ['5 \r\nhello\r\n', 'CHUNK_SIZE_BAD'],
  ['5_0\r\nhello\r\n', 'CHUNK_SIZE_BAD'],
  ['\r\nhello\r\n', 'CHUNK_SIZE_BAD'],
  [`${'f'.repeat(13)}\r\nhello\r\n`, 'CHUNK_SIZE_BAD'],
  ['5;a=\x00\r\nhello\r\n', 'CHUNK_SIZE_BAD'],
  [`5;${'a'.repeat(300)}\r\nhello\r\n`, 'CHUNK_EXTENSION_TOO_LARGE'],
  [`5;${'a'.repeat(300)}`, 'CHUNK_EXTENSION_TOO_LARGE'],
  [`${`1;${'a'.repeat(250)}\r\nx\r\n`.repeat(80)}`, 'CHUNK_EXTENSION_TOO_LARGE'],
  ['0\r\nBad Trailer: x\r\n\r\n', 'TRAILER_BAD'],
  ['0\r\nA: b\n\r\n', 'BARE_LF'],
  [`0\r\nA: ${'b'.repeat(17_000)}\r\n\r\n`, 'TRAILER_BAD'],
])('the chunked body %j is refused', (body, code) => {
  for (const size of [1, body.length]) {
    const { reader } = read(chunked, body, size);
    expect(reader.failed?.code).toBe(code);
  }
});

test('nothing of a refused body is read on', () => {
  const { content, rest } = read(chunked, '3\r\nabc\r\nZ\r\nhello\r\n');
  expect([content, rest]).toEqual(['abc', 'hello\r\n']);
});

test('chunks are written as they are read', () => {
  const bytes = Buffer.concat([
    encodeChunk(Buffer.from('x'.repeat(300))),
    encodeChunk(Buffer.from('y')),
    lastChunk,
  ]);
  expect(bytes.toString().slice(0, 5)).toBe('12c\r\n');
  const { reader, content } = read(chunked, bytes.toString('latin1'));
  expect([content, reader.done]).toEqual([`${'x'.repeat(300)}y`, true]);
});

test('framing depends on the message', () => {
  const none = new Fields(Buffer.alloc(0));
  expect(declaredFraming(none)).toBeUndefined();
  expect(requestFraming(none)).toEqual({ kind: 'none' });
  expect(answerFraming(none, 'GET', 200)).toEqual({ kind: 'close' });
  expect(answerFraming(none, 'GET', 100)).toEqual({ kind: 'none' });
  const fields = scanFields(Buffer.from('Content-Length: 4\r\n\r\n'), 0, 21);
  if (fields instanceof Malformed) throw new Error(fields.code);
  expect(answerFraming(fields, 'GET', 200)).toEqual({ kind: 'length', length: 4 });
  expect(answerFraming(fields, 'HEAD', 200)).toEqual({ kind: 'none' });
});
