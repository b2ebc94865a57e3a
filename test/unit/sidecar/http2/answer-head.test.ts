import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerHeadOf, answerTrailersOf } from '../../../../src/sidecar/http2/answer-head.js';

const textOf = (raw: string[], method = 'GET', isWhole = false) => {
  const head = answerHeadOf(raw, { method, isWhole });
  return head === undefined ? undefined : head.bytes.toString('latin1');
};

test('an answer is framed by its length, or in chunks; trailers need chunks', () => {
  expect(textOf([':status', '200', 'x-a', 'b'])).toBe(
    'HTTP/1.1 200 \r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n',
  );
  expect(textOf([':status', '200', 'content-length', '3'])).toBe(
    'HTTP/1.1 200 \r\ncontent-length: 3\r\n\r\n',
  );
  expect(textOf([':status', '200', 'content-type', 'application/grpc', 'content-length', '3'])).toContain(
    'chunked',
  );
  expect(textOf([':status', '200', 'trailer', 'x-t', 'content-length', '3'])).toContain('chunked');
  expect(textOf([':status', '200', 'grpc-status', '0'], 'POST', true)).toContain('content-length: 0\r\n');
  expect(textOf([':status', '200', 'content-length', '3'], 'HEAD', true)).toContain('content-length: 3\r\n');
  expect(textOf([':status', '304'], 'GET', true)).toBe('HTTP/1.1 304 \r\n\r\n');
});

test.each([
  ['no status', ['x-a', 'b']],
  ['a status that is none', [':status', '2000']],
  ['an interim status', [':status', '101']],
  ['a line break in a value', [':status', '200', 'x-a', 'b\r\nset-cookie: c']],
  ['a name that is none', [':status', '200', 'x a', 'b']],
])('%s is no answer', (_, raw) => {
  expect(textOf(raw)).toBeUndefined();
});

test('whatever fields come, a head is one head, and trailers are lines', () => {
  const pairs = fc.array(
    fc.tuple(fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 6 })),
  );
  fc.assert(
    fc.property(pairs, (fields) => {
      const raw = [':status', '200', ...fields.flat()];
      const text = textOf(raw);
      if (text !== undefined) expect(text.indexOf('\r\n\r\n')).toBe(text.length - 4);
      expect(answerTrailersOf(raw) ?? '').toMatch(/^(?:[^\r\n]+\r\n)*$/);
    }),
    { numRuns: 300 },
  );
});
