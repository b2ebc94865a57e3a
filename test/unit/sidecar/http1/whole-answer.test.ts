import { expect, test } from 'vitest';
import { WholeAnswer } from '../../../../src/sidecar/http1/whole-answer.js';

const read = (text: string, pieces = 1, max = 1_000): WholeAnswer => {
  const answer = new WholeAnswer('POST', max);
  const bytes = Buffer.from(text, 'latin1');
  const size = Math.ceil(bytes.length / pieces);
  for (let from = 0; from < bytes.length; from += size) answer.write(bytes.subarray(from, from + size));
  return answer;
};

test.each([1, 3, 50])('an answer in %i pieces is read whole', (pieces) => {
  const plain = read('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello', pieces);
  expect([plain.isDone, plain.status, plain.body.toString(), plain.isReusable]).toEqual([
    true,
    200,
    'hello',
    true,
  ]);
  const chunked = read(
    'HTTP/1.1 201 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    pieces,
  );
  expect([chunked.isDone, chunked.body.toString()]).toEqual([true, 'abcde']);
});

test('an interim answer is not the answer', () => {
  const answer = read('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx');
  expect([answer.isDone, answer.status]).toEqual([true, 200]);
});

test('an answer that breaks off is none; one that ends with its connection is whole only after a clean end', () => {
  const cut = read('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel');
  cut.end(true);
  expect([cut.isDone, cut.isMalformed]).toEqual([false, true]);
  for (const clean of [true, false]) {
    const open = read('HTTP/1.1 200 OK\r\n\r\nhello');
    open.end(clean);
    expect(open.isDone).toBe(clean);
  }
});

test.each([
  ['no HTTP', 'hello\r\n\r\n'],
  ['too much', `HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n${'x'.repeat(2_000)}`],
  ['a coding', 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx'],
  [
    'a second coding',
    'HTTP/1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx',
  ],
  ['an endless head', 'x'.repeat(70_000)],
])('%s is malformed', (_, text) => {
  const answer = read(text);
  expect([answer.isDone, answer.isMalformed]).toEqual([false, true]);
});
