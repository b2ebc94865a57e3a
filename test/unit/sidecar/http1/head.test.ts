import { expect, test } from 'vitest';
import { findHeadEnd, Malformed, maxHeadBytes } from '../../../../src/sidecar/http1/fields.js';
import { parseAnswerHead, parseRequestHead } from '../../../../src/sidecar/http1/head.js';

const request = (text: string) => parseRequestHead(Buffer.from(text, 'latin1'));
const withFields = (...fields: string[]) =>
  request(`POST / HTTP/1.1\r\nHost: a.test\r\n${fields.map((one) => `${one}\r\n`).join('')}\r\n`);
const codeOf = (result: unknown) => (result instanceof Malformed ? result.code : undefined);

test('a plain request is read', () => {
  const head = request('GET /a?b HTTP/1.1\r\nHost: a.test\r\nX-Y:  z \t\r\nempty:\r\n\r\n');
  expect(head).toMatchObject({
    method: 'GET',
    target: '/a?b',
    host: 'a.test',
    framing: { kind: 'none' },
    close: false,
  });
  if (head instanceof Malformed) throw new Error(head.code);
  expect(head.fields.list()).toEqual([
    ['Host', 'a.test'],
    ['X-Y', 'z'],
    ['empty', ''],
  ]);
  expect(head.fields.line(1)).toBe('X-Y:  z');
});

test('framing, closing, expectation and upgrade are read', () => {
  expect(withFields('Content-Length: 12')).toMatchObject({ framing: { kind: 'length', length: 12 } });
  expect(withFields('Content-Length: 0')).toMatchObject({ framing: { kind: 'none' } });
  expect(withFields('Transfer-Encoding: Chunked')).toMatchObject({ framing: { kind: 'chunked' } });
  expect(withFields('Connection: keep-alive, Close')).toMatchObject({ close: true });
  expect(withFields('Expect: 100-Continue')).toMatchObject({ expectsContinue: true });
  expect(withFields('Connection: Upgrade', 'Upgrade: websocket')).toMatchObject({ upgrade: 'websocket' });
});

// ATTACKS B4: whatever two parsers could read differently.
test.each([
  ['LENGTH_WITH_CHUNKED', withFields('Content-Length: 1', 'Transfer-Encoding: chunked')],
  ['LENGTH_WITH_CHUNKED', withFields('Transfer-Encoding: chunked', 'Content-Length: 0')],
  ['LENGTH_DUPLICATE', withFields('Content-Length: 1', 'Content-Length: 1')],
  ['LENGTH_DUPLICATE', withFields('Content-Length: 1', 'content-length: 2')],
  ['LENGTH_BAD', withFields('Content-Length: 1, 1')],
  ['LENGTH_BAD', withFields('Content-Length: +1')],
  ['LENGTH_BAD', withFields('Content-Length: -1')],
  ['LENGTH_BAD', withFields('Content-Length: 0x10')],
  ['LENGTH_BAD', withFields('Content-Length: 1e3')],
  ['LENGTH_BAD', withFields('Content-Length: 01')],
  ['LENGTH_BAD', withFields('Content-Length: 1 2')],
  ['LENGTH_BAD', withFields('Content-Length: 9999999999999999')],
  ['LENGTH_BAD', withFields('Content-Length:')],
  ['CODING_UNKNOWN', withFields('Transfer-Encoding: gzip, chunked')],
  ['CODING_UNKNOWN', withFields('Transfer-Encoding: chunked, chunked')],
  ['CODING_UNKNOWN', withFields('Transfer-Encoding: identity')],
  ['CODING_UNKNOWN', withFields('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
  ['CODING_UNKNOWN', withFields('Transfer-Encoding: "chunked"')],
  ['CODING_UNKNOWN', withFields('Transfer-Encoding: chunked;q=1')],
  ['CODING_UNKNOWN', withFields('Transfer-Encoding:')],
  ['BAD_FIELD_NAME', withFields('Transfer-Encoding : chunked')],
  ['BAD_FIELD_NAME', withFields('Content-Length\t: 1')],
  ['BAD_FIELD_NAME', withFields(': x')],
  ['BAD_FIELD_NAME', withFields('no colon')],
  ['BAD_FIELD_NAME', withFields('b\xe9d: x')],
  ['BAD_FIELD_NAME', withFields('a\0b: x')],
  ['BAD_FIELD_VALUE', withFields('a: x\0y')],
  ['BAD_FIELD_VALUE', withFields('a: x\x7fy')],
  ['BAD_FIELD_VALUE', withFields('a: x\ry')],
  ['BAD_FIELD_VALUE', withFields('a: x\x1b[31m')],
  ['BARE_LF', withFields('a: x\nTransfer-Encoding: chunked')],
  ['OBS_FOLD', withFields('a: x', ' folded')],
  ['OBS_FOLD', withFields('a: x', '\tfolded')],
  ['OBS_FOLD', request('GET / HTTP/1.1\r\n Host: a.test\r\n\r\n')],
  ['HOST_DUPLICATE', withFields('Host: a.test')],
  ['HOST_DUPLICATE', withFields('hOST: b.test')],
  ['HOST_MISSING', request('GET / HTTP/1.1\r\n\r\n')],
  ['HOST_MISSING', request('GET / HTTP/1.1\r\nHost:\r\n\r\n')],
  ['CONNECTION_OPTION', withFields('Connection: close, Authorization')],
  ['CONNECTION_OPTION', withFields('Proxy-Connection: x')],
  ['EXPECT_UNKNOWN', withFields('Expect: 200-ok')],
  ['FIELD_DUPLICATE', withFields('Content-Encoding: identity', 'content-encoding: gzip')],
  ['FIELD_DUPLICATE', withFields('Grpc-Encoding: identity', 'Grpc-Encoding: gzip')],
  ['FIELD_DUPLICATE', withFields('Content-Type: application/json', 'Content-Type: multipart/form-data')],
  ['TOO_MANY_FIELDS', withFields(...Array.from({ length: 201 }, (_, index) => `f${index}: x`))],
  ['BAD_VERSION', request('GET / HTTP/1.0\r\nHost: a.test\r\n\r\n')],
  ['BAD_VERSION', request('GET / HTTP/2.0\r\nHost: a.test\r\n\r\n')],
  ['BAD_VERSION', request('GET / http/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_VERSION', request('GET /  HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_START_LINE', request('GET / HTTP/1.1 \r\nHost: a.test\r\n\r\n')],
  ['BAD_START_LINE', request('GET / HTTP/1.11\r\nHost: a.test\r\n\r\n')],
  ['BARE_LF', request('GET / HTTP/1.1\nHost: a.test\r\n\r\n')],
  ['BAD_TARGET', request('GET  / HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_TARGET', request('GET /a\tb HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_TARGET', request('GET /a#b HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_TARGET', request('GET /a\\b HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_TARGET', request('GET /\xe9 HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_TARGET', request('GET /\r\nHost: a.test\r\n\r\n')],
  ['BAD_METHOD', request('\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_METHOD', request('get / HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_METHOD', request('GEt / HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_METHOD', request(' GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_METHOD', request('G(T / HTTP/1.1\r\nHost: a.test\r\n\r\n')],
  ['BAD_METHOD', request(`${'A'.repeat(33)} / HTTP/1.1\r\nHost: a.test\r\n\r\n`)],
])('%s is refused', (code, result) => {
  expect(codeOf(result)).toBe(code);
});

test('CONNECT alone may come without a Host field and as HTTP/1.0', () => {
  expect(request('CONNECT a.test:443 HTTP/1.0\r\n\r\n')).toMatchObject({
    method: 'CONNECT',
    host: 'a.test:443',
  });
});

test('the end of a head is found, and what can never be one is refused early', () => {
  expect(findHeadEnd(Buffer.from('GET / HTTP/1.1\r\n'))).toBe(-1);
  expect(findHeadEnd(Buffer.from('GET / HTTP/1.1\r\n\r\nrest'))).toBe(18);
  expect(codeOf(findHeadEnd(Buffer.from('GET / HTTP/1.1\nHost')))).toBe('BARE_LF');
  expect(codeOf(findHeadEnd(Buffer.from('\nGET')))).toBe('BARE_LF');
  expect(codeOf(findHeadEnd(Buffer.alloc(maxHeadBytes + 1, 97)))).toBe('HEAD_TOO_LARGE');
  expect(codeOf(findHeadEnd(Buffer.from(`${'a'.repeat(maxHeadBytes)}\r\n\r\n`)))).toBe('HEAD_TOO_LARGE');
});

const answer = (text: string, method = 'GET') => parseAnswerHead(Buffer.from(text, 'latin1'), method);

test.each([
  [
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n',
    'GET',
    { status: 200, statusLine: '200 OK', framing: { kind: 'length', length: 3 }, keepAlive: true },
  ],
  [
    'HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n',
    'GET',
    { statusLine: '200 ', framing: { kind: 'chunked' }, keepAlive: true },
  ],
  ['HTTP/1.1 200 OK\r\n\r\n', 'GET', { framing: { kind: 'close' }, keepAlive: false }],
  ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', 'HEAD', { framing: { kind: 'none' }, keepAlive: true }],
  ['HTTP/1.1 204 No Content\r\n\r\n', 'GET', { framing: { kind: 'none' } }],
  ['HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n', 'GET', { framing: { kind: 'none' } }],
  ['HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n', 'GET', { keepAlive: false }],
  ['HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 3\r\n\r\n', 'GET', { keepAlive: false }],
])('the answer head %j to %s is read', (text, method, expected) => {
  expect(answer(text, method)).toMatchObject(expected);
});

test('each start line is read as itself, whatever the one before said', () => {
  const lines = ['1.1 200 OK', '1.1 404 Not Found', '1.1 200 OKAY', '1.1 200 O', '1.0 200 OK', '1.1 200 OK'];
  for (const line of lines) {
    const [version, status, reason] = line.split(/ (.*?) (.*)/);
    expect(answer(`HTTP/${line}\r\ncontent-length: 0\r\n\r\n`)).toMatchObject({
      status: Number(status),
      statusLine: `${status} ${reason}`,
      keepAlive: version === '1.1',
    });
  }
  expect(answer('HTTP/1.1 200 OK\n\r\n\r\n')).toBeInstanceOf(Malformed);
});

test.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n', 'LENGTH_DUPLICATE'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n', 'LENGTH_WITH_CHUNKED'],
  ['HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'CODING_UNKNOWN'],
  ['HTTP/1.1 200 OK\r\nA : b\r\n\r\n', 'BAD_FIELD_NAME'],
  ['HTTP/1.1 2000 OK\r\n\r\n', 'BAD_STATUS'],
  ['HTTP/1.1 600 OK\r\n\r\n', 'BAD_STATUS'],
  ['HTTP/2 200 OK\r\n\r\n', 'BAD_STATUS'],
  ['HTTP/1.1 200 OK\n\r\n\r\n', 'BAD_STATUS'],
  ['ICY 200 OK\r\n\r\n', 'BAD_STATUS'],
])('the answer head %j is refused', (text, code) => {
  expect(codeOf(answer(text))).toBe(code);
});

test('names that were met before are told apart by all of their bytes', () => {
  // `Aa` and `BB` have one hash by the usual rule of 31; the last has the length of the first, too.
  const names = ['X-Aa', 'x-aa', 'X-BB', 'X-Aa', 'X-AaBB', 'X-BBAa', 'X-A'];
  for (const _ of [1, 2]) {
    const head = withFields(...names.map((name, index) => `${name}: ${index}`));
    if (head instanceof Malformed) throw new Error(head.code);
    const sent = names.map((name, index) => [name, String(index)]);
    expect(head.fields.list()).toEqual([['Host', 'a.test'], ...sent]);
    expect(head.fields.names).toEqual(['host', ...names.map((name) => name.toLowerCase())]);
  }
});
