import { EventEmitter } from 'node:events';
import http2, { type ClientHttp2Session, type OutgoingHttpHeaders } from 'node:http2';
import { expect, test, vi } from 'vitest';
import { UpstreamStream } from '../../../../src/sidecar/http2/upstream-stream.js';

function setUp() {
  const sent: string[] = [];
  let asked: OutgoingHttpHeaders = {};
  const stream = Object.assign(new EventEmitter(), {
    rstCode: 0,
    id: 1 as number | undefined,
    write: (data: Buffer) => {
      sent.push(data.toString());
      return false;
    },
    end: () => void sent.push('end'),
    close: (code: number) => void sent.push(`close ${code}`),
    pause: () => {},
    resume: () => {},
    sendTrailers: (): void => {},
  });
  const session = {
    request: (headers: OutgoingHttpHeaders) => {
      asked = headers;
      return stream;
    },
  };
  let gone = 0;
  const owner = {
    isOver: false,
    heard: () => {},
    isUntouched: (id: number) => id > 5,
    streamGone: () => {
      gone += 1;
    },
  };
  const link = new UpstreamStream(session as unknown as ClientHttp2Session, owner);
  const got: string[] = [];
  link.handler = {
    onUpstreamData: (data) => void got.push(data.toString()),
    onUpstreamDrain: () => void got.push('drain'),
    onUpstreamClose: () => void got.push('closed'),
  };
  return { link, owner, stream, sent, got, asked: () => asked, gone: () => gone };
}

test('a request in HTTP/1.1 form becomes a stream: head, content without chunks, end', () => {
  const { link, sent, asked } = setUp();
  link.write('POST /a?b HTTP/1.1\r\nhost: h.test\r\nX-Y: z\r\ntransfer-enc');
  expect(link.write('oding: chunked\r\n\r\n3\r\nabc\r\n')).toBe(false);
  link.write('0\r\n\r\n');
  expect(asked()).toMatchObject({
    ':method': 'POST',
    ':path': '/a?b',
    ':authority': 'h.test',
    ':scheme': 'https',
    te: 'trailers',
    'x-y': 'z',
  });
  expect(asked()).not.toHaveProperty('transfer-encoding');
  expect(sent).toEqual(['abc', 'end']);
});

// RFC 7541 section 7.1.3: by what a field adds to a compression table its value could be guessed.
test('S6: no field of a request enters a compression table: each may hold a secret', () => {
  const { link, asked } = setUp();
  link.write(
    'GET / HTTP/1.1\r\nhost: h.test\r\nauthorization: Bearer x\r\nX-Api-Key: y\r\ncookie: z\r\n\r\n',
  );
  expect(Reflect.get(asked(), http2.sensitiveHeaders)).toEqual(['authorization', 'x-api-key', 'cookie']);
});

test('an answer comes out in HTTP/1.1 form, trailers last', () => {
  const { link, stream, got, gone } = setUp();
  link.write('GET / HTTP/1.1\r\nhost: h.test\r\n\r\n');
  stream.emit('response', {}, 0, [':status', '200', 'x-a', 'b']);
  stream.emit('data', Buffer.from('hi'));
  stream.emit('trailers', {}, 1, ['x-t', 'u']);
  stream.emit('end');
  expect(got.join('')).toBe(
    'HTTP/1.1 200 \r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-t: u\r\n\r\n',
  );
  link.release();
  stream.emit('close');
  expect(gone()).toBe(1);
  expect(got.at(-1)).not.toBe('closed');
});

test('a reset is told as an end in the middle, never as a whole answer', () => {
  const { link, stream, got } = setUp();
  link.write('GET / HTTP/1.1\r\nhost: h.test\r\n\r\n');
  stream.emit('response', {}, 0, [':status', '200']);
  stream.rstCode = 8;
  stream.emit('end');
  stream.emit('close');
  expect(got.slice(1)).toEqual(['closed']);
  expect(link.isGone).toBe(true);
});

test('an answer that is none, and a request that is none, end the stream', () => {
  const bad = setUp();
  bad.link.write('GET / HTTP/1.1\r\nhost: h.test\r\n\r\n');
  bad.stream.emit('response', {}, 0, [':status', 'x']);
  expect([bad.sent.at(-1), bad.got.at(-1)]).toEqual(['close 8', 'closed']);
  const none = setUp();
  none.link.write('nonsense\r\n\r\n');
  expect(none.got).toEqual(['closed']);
});

test.each([
  ['refused it', { rstCode: 7 }, true],
  ['left before it', { id: 7 }, true],
  ['was not reached', { id: undefined }, true],
  ['reset it', { rstCode: 8 }, false],
])('whether anything was done with a request whose upstream %s', (_name, how, isUntouched) => {
  const { link, stream } = setUp();
  link.write('GET / HTTP/1.1\r\nhost: h.test\r\n\r\n');
  Object.assign(stream, how).emit('close');
  expect(link.isUntouched).toBe(isUntouched);
});

test.each([[true], [false]])('a connection that is over (%s) may have ended behind the request', (isOver) => {
  const { link, owner, stream } = setUp();
  Object.assign(owner, { isOver });
  link.reused = true;
  link.write('GET / HTTP/1.1\r\nhost: h.test\r\n\r\n');
  stream.emit('close');
  expect(link.reused).toBe(isOver);
});

test('interim answers are counted', () => {
  const { link, stream, sent } = setUp();
  link.write('GET / HTTP/1.1\r\nhost: h.test\r\n\r\n');
  for (let n = 0; n < 8; n += 1) stream.emit('headers', { ':status': 103 });
  expect(sent).toEqual([]);
  stream.emit('headers', { ':status': 103 });
  expect(sent).toEqual(['close 8']);
});

test('a stream that goes on behind an answer which is whole by its length is let go of', () => {
  vi.useFakeTimers();
  try {
    const { link, sent, gone } = setUp();
    link.write('GET / HTTP/1.1\r\nhost: h.test\r\n\r\n');
    link.release();
    vi.advanceTimersByTime(4_999);
    expect([sent.includes('close 8'), gone()]).toEqual([false, 0]);
    vi.advanceTimersByTime(1);
    expect([sent.includes('close 8'), gone()]).toEqual([true, 1]);
  } finally {
    vi.useRealTimers();
  }
});

test('what is thrown while Node calls back ends the stream, and nothing else: trailers it refuses, a fault on drain', () => {
  const fail = () => {
    throw new Error('refused');
  };
  for (const event of ['wantTrailers', 'drain']) {
    const { link, stream, sent, got } = setUp();
    link.write('GET / HTTP/1.1\r\nhost: h.test\r\n\r\n');
    stream.sendTrailers = fail;
    if (link.handler !== undefined) link.handler.onUpstreamDrain = fail;
    stream.emit(event);
    expect([sent, got], event).toEqual([['close 8'], ['closed']]);
  }
});
