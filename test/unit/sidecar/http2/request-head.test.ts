import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Malformed } from '../../../../src/sidecar/http1/fields.js';
import { parseRequestHead } from '../../../../src/sidecar/http1/head.js';
import { requestHeadOf, trailerFieldsOf } from '../../../../src/sidecar/http2/request-head.js';

const start = [':method', 'GET', ':scheme', 'https', ':authority', 'a.test', ':path', '/x?y=1'];
const textOf = (raw: readonly string[], hasBody = false) => {
  const head = requestHeadOf(raw, hasBody);
  return head instanceof Malformed ? head.code : head.toString('latin1');
};

test('a header block becomes the head of an HTTP/1.1 request', () => {
  expect(
    textOf([...start, 'accept', '*/*', 'te', 'trailers', 'cookie', 'a=1', 'x-y', 'é', 'cookie', 'b=2']),
  ).toBe('GET /x?y=1 HTTP/1.1\r\nhost: a.test\r\naccept: */*\r\nx-y: é\r\ncookie: a=1; b=2\r\n\r\n');
  expect(textOf(start, true)).toContain('transfer-encoding: chunked\r\n');
  expect(textOf([...start, 'content-length', '3'], true)).not.toContain('chunked');
  expect(textOf([':method', 'GET', ':scheme', 'https', ':path', '/', 'host', 'a.test'])).toContain(
    'host: a.test',
  );
});

test.each([
  ['an unknown pseudo field', [...start, ':protocol', 'websocket'], 'PSEUDO_FIELD'],
  ['a pseudo field twice', [...start, ':path', '/z'], 'PSEUDO_FIELD'],
  [
    'a pseudo field behind a regular one',
    [':method', 'GET', 'x', 'y', ':scheme', 'https', ':path', '/'],
    'PSEUDO_FIELD',
  ],
  [
    'another scheme',
    [':method', 'GET', ':scheme', 'http', ':authority', 'a.test', ':path', '/'],
    'PSEUDO_FIELD',
  ],
  ['no path', [':method', 'CONNECT', ':authority', 'a.test:443'], 'PSEUDO_FIELD'],
  ['no authority', [':method', 'GET', ':scheme', 'https', ':path', '/'], 'HOST_MISSING'],
  ['another host', [...start, 'host', 'b.test'], 'HOST_DUPLICATE'],
  ['an upper-case name', [...start, 'X-Y', 'z'], 'BAD_FIELD_NAME'],
  ['a line break in a value', [...start, 'x-y', 'z\r\nhost: evil.test'], 'BAD_FIELD_VALUE'],
  ['a line break in the path', [...start.slice(0, 6), ':path', '/ HTTP/1.1\r\nx: y'], 'BAD_FIELD_VALUE'],
  ['a space in the path', [...start.slice(0, 6), ':path', '/ HTTP/1.1'], 'BAD_TARGET'],
  ['white space around a value', [...start, 'x-y', ' z'], 'BAD_FIELD_VALUE'],
  ['a NUL', [...start, 'x-y', '\0'], 'BAD_FIELD_VALUE'],
  ['a hop field', [...start, 'transfer-encoding', 'chunked'], 'CONNECTION_FIELD'],
  ['a connection field', [...start, 'connection', 'close'], 'CONNECTION_FIELD'],
  ['another te', [...start, 'te', 'gzip'], 'CONNECTION_FIELD'],
  ['a length without a body', [...start, 'content-length', '3'], 'LENGTH_BAD'],
])('%s is refused', (_, raw, code) => {
  expect(textOf(raw)).toBe(code);
});

test('two lengths are refused by the parser behind it', () => {
  const head = requestHeadOf([...start, 'content-length', '3', 'content-length', '4'], true);
  expect(head instanceof Malformed || parseRequestHead(head)).toMatchObject({ code: 'LENGTH_DUPLICATE' });
});

test('whatever a header block holds, it becomes one head with its own host, or is refused', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a.test', '/', '\r\n\r\nGET / HTTP/1.1\r\n', 'chunked', '5'),
  );
  const names = fc.oneof(
    fc.constantFrom(
      ...start.filter((name) => name.startsWith(':')),
      'host',
      'content-length',
      'te',
      'cookie',
    ),
    texts,
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(names, texts), { maxLength: 6 }),
      fc.boolean(),
      fc.boolean(),
      (pairs, isWhole, hasBody) => {
        const head = requestHeadOf([...(isWhole ? start : []), ...pairs.flat()], hasBody);
        if (head instanceof Malformed) return;
        expect(head.indexOf('\r\n\r\n')).toBe(head.length - 4);
        const parsed = parseRequestHead(head);
        if (parsed instanceof Malformed) return;
        expect(parsed.fields.names.filter((name) => name === 'host')).toHaveLength(1);
        if (isWhole) expect(parsed.target).toBe('/x?y=1');
      },
    ),
    { numRuns: 500 },
  );
});

test('a trailer block becomes fields, or is refused', () => {
  const fields = trailerFieldsOf(['x-a', 'b', 'x-c', 'd']);
  expect(fields instanceof Malformed || fields.list()).toEqual([
    ['x-a', 'b'],
    ['x-c', 'd'],
  ]);
  expect(trailerFieldsOf(['x-a', 'b\r\nx: y'])).toMatchObject({ code: 'TRAILER_BAD' });
  expect(trailerFieldsOf([':path', '/'])).toMatchObject({ code: 'TRAILER_BAD' });
});
