import http2 from 'node:http2';
import { expect, test } from 'vitest';
import { type AnswerStream, AnswerWriter } from '../../../../src/sidecar/http2/answer-writer.js';

/** Calls that the writer made, in order. */
function recorder() {
  const calls: unknown[][] = [];
  let onTrailers = (): void => {};
  const stream = {
    additionalHeaders: (...args: unknown[]) => void calls.push(['interim', ...args]),
    respond: (...args: unknown[]) => void calls.push(['head', ...args]),
    write: (data: Buffer) => {
      calls.push(['data', data.toString()]);
      return !data.includes('full');
    },
    end: () => {
      calls.push(['end']);
      onTrailers();
    },
    sendTrailers: (...args: unknown[]) => void calls.push(['trailers', ...args]),
    once: (_: string, act: () => void) => {
      onTrailers = act;
    },
    close: (...args: unknown[]) => void calls.push(['close', ...args]),
  };
  return { calls, stream: stream as unknown as AnswerStream };
}

const whole =
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-t: u\r\n\r\n';

test.each([1, 7, 1000])('an answer in pieces of %i bytes: interim head, head, content, trailers', (size) => {
  const { calls, stream } = recorder();
  const writer = new AnswerWriter(stream, 'GET');
  for (let at = 0; at < whole.length; at += size) writer.write(Buffer.from(whole.slice(at, at + size)));
  expect(calls[0]).toEqual(['interim', { ':status': 100 }]);
  expect(calls[1]).toEqual(['head', { 'x-a': 'b', ':status': 200 }, { waitForTrailers: true }]);
  const data = calls.filter(([kind]) => kind === 'data');
  expect(data.map(([, text]) => text).join('')).toBe('abc');
  expect(calls.at(-2)).toEqual(['end']);
  expect(calls.at(-1)?.[1]).toMatchObject({ 'x-t': 'u' });
  expect(writer.isDone).toBe(true);
});

test('an answer without a body ends with its head, and a full stream says so', () => {
  const empty = recorder();
  new AnswerWriter(empty.stream, 'HEAD').write(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n'));
  expect(empty.calls).toEqual([['head', { 'content-length': '5', ':status': 200 }, { endStream: true }]]);
  const { stream } = recorder();
  const writer = new AnswerWriter(stream, 'GET');
  expect(writer.write(Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nfull'))).toBe(false);
  expect(writer.isDone).toBe(false);
  expect(() => new AnswerWriter(stream, 'GET').write(Buffer.from('nonsense\r\n\r\n'))).toThrow();
});

test('trailers that the stream refuses end that stream, and nothing else', () => {
  const { calls, stream } = recorder();
  const sendTrailers = () => {
    throw new Error('refused');
  };
  new AnswerWriter({ ...stream, sendTrailers } as AnswerStream, 'GET').write(Buffer.from(whole));
  expect(calls.slice(-2)).toEqual([['end'], ['close', http2.constants.NGHTTP2_INTERNAL_ERROR]]);
});
