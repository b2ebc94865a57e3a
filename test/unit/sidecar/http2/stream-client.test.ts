import { EventEmitter } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { expect, test } from 'vitest';
import {
  type ConnectionHandler,
  defaultClientLimits,
} from '../../../../src/sidecar/http1/client-connection.js';
import { StreamClient } from '../../../../src/sidecar/http2/stream-client.js';

const post = [':method', 'POST', ':scheme', 'https', ':authority', 'a.test', ':path', '/'];

function setUp(raw: string[], flags = 0) {
  const calls: string[] = [];
  const emitter = Object.assign(new EventEmitter(), {
    closed: false,
    destroyed: false,
    aborted: false,
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
    close: (code: number) => void calls.push(`close ${code}`),
    respond: () => void calls.push('respond'),
    write: () => true,
    end: () => void calls.push('end'),
  });
  const handler: ConnectionHandler = {
    onRequest: (head) => void calls.push(`request ${head.method}`),
    onBody: (data) => void calls.push(`body ${data}`),
    onBodyEnd: () => void calls.push('body end'),
    onMalformed: ({ code }) => void calls.push(code),
    onDrain: () => void calls.push('drain'),
    onAbort: () => void calls.push('abort'),
  };
  const client = new StreamClient(
    emitter as unknown as ServerHttp2Stream,
    handler,
    defaultClientLimits,
    flags,
  );
  client.start(raw);
  return { calls, client, emitter };
}

test('a body goes to the handler piece by piece; what is declared is held to', () => {
  const { calls, emitter } = setUp([...post, 'content-length', '3']);
  emitter.emit('data', Buffer.from('ab'));
  emitter.emit('data', Buffer.from('c'));
  emitter.emit('end');
  expect(calls).toEqual(['request POST', 'body ab', 'body c', 'body end']);
  const long = setUp([...post, 'content-length', '1']);
  long.emitter.emit('data', Buffer.from('ab'));
  expect(long.calls.at(-1)).toBe('LENGTH_BAD');
  const short = setUp([...post, 'content-length', '3']);
  short.emitter.emit('end');
  expect(short.calls.at(-1)).toBe('LENGTH_BAD');
});

test('a stream that is given up aborts its request once, and an answered one does not', () => {
  const { calls, emitter } = setUp(post);
  emitter.emit('aborted');
  emitter.emit('close');
  expect(calls).toEqual(['request POST', 'abort']);
  const done = setUp(post, 1);
  done.client.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  done.client.finish();
  done.emitter.emit('close');
  expect(done.calls).toEqual(['request POST', 'respond', 'resume']);
});

test('an answer before the end of the body asks the client to stop sending', () => {
  const { calls, client } = setUp(post);
  client.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
  client.finish();
  expect(calls.at(-1)).toBe('close 0');
});

test('deadlines: a body that stands still is ended, a paused one is not', () => {
  const { calls, client } = setUp(post);
  const late = performance.now() + defaultClientLimits.bodyIdleMs + 1000;
  client.pauseBody();
  client.checkDeadline(late);
  expect(calls).not.toContain('abort');
  client.resumeBody();
  client.checkDeadline(performance.now() + defaultClientLimits.bodyIdleMs + 1000);
  expect(calls).toContain('abort');
});

test('the end of a body is told when the handler takes the body, not while it is paused', () => {
  const { calls, client, emitter } = setUp(post);
  client.pauseBody();
  emitter.emit('end');
  expect(calls).toEqual(['request POST', 'pause']);
  client.resumeBody();
  expect(calls).toEqual(['request POST', 'pause', 'resume', 'body end']);
  client.pauseBody();
  client.resumeBody();
  expect(calls.filter((call) => call === 'body end')).toHaveLength(1);
});
