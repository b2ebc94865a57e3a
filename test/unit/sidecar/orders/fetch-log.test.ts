import { expect, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { citedUrl, FetchLog } from '../../../../src/sidecar/orders/fetch-log.js';

const at = '2026-11-20T10:00:00.000Z';
const decided = (request: string, more: Partial<Extract<JournalEvent, { type: 'request.decided' }>> = {}) =>
  ({
    type: 'request.decided',
    request,
    ingress: 'tls',
    host: 'news.test',
    port: 443,
    method: 'GET',
    target: '/a?b=1',
    verdict: 'allow',
    code: 'PERMITTED',
    rule: '',
    message: '',
    ...more,
  }) as const;
const completed = (request: string, status = 200, error?: string): JournalEvent => ({
  type: 'request.completed',
  request,
  status,
  bytesUp: 0,
  bytesDown: 1,
  durationMs: 1,
  scrubbed: 0,
  ...(error === undefined ? {} : { error }),
});
function logOf(...events: JournalEvent[]): FetchLog {
  const log = new FetchLog();
  for (const event of events) log.observe({ event, at });
  return log;
}
function fetched(log: FetchLog, url: string): number | undefined {
  const cited = citedUrl(url);
  return cited && log.fetched(cited)?.atMs;
}

test('a document that came whole was fetched, whatever its fragment and the case of its host', () => {
  const log = logOf(decided('1'), completed('1'));
  expect(fetched(log, 'https://NEWS.test/a?b=1#part')).toBe(Date.parse(at));
  for (const other of ['https://news.test/a', 'https://news.test:8443/a?b=1', 'https://other.test/a?b=1']) {
    expect(fetched(log, other)).toBeUndefined();
  }
});

test.each<[string, JournalEvent[]]>([
  ['only asked for', [decided('1')]],
  ['answered to another request', [decided('1'), completed('2')]],
  ['refused', [decided('1', { verdict: 'deny' }), completed('1')]],
  ['posted to', [decided('1', { method: 'POST' }), completed('1')]],
  ['only looked at', [decided('1', { method: 'HEAD' }), completed('1')]],
  ['not found', [decided('1'), completed('1', 404)]],
  ['redirected', [decided('1'), completed('1', 302)]],
  ['cut off', [decided('1'), completed('1', 200, 'UPSTREAM_CLOSED')]],
  [
    'left open by an earlier process',
    [decided('1'), { type: 'journal.opened', sandbox: 'a', sandboxId: 'b' }, completed('1')],
  ],
  ['in clear text', [decided('1', { ingress: 'http' }), completed('1')]],
])('%s is not fetched', (_title, events) => {
  expect(fetched(logOf(...events), 'https://news.test/a?b=1')).toBeUndefined();
});

test('a target that the journal cuts off names no document', () => {
  const target = `/${'a'.repeat(2_047)}`;
  expect(
    fetched(logOf(decided('1', { target }), completed('1')), `https://news.test${target}`),
  ).toBeUndefined();
});

test('the oldest is forgotten beyond two thousand', () => {
  const events = Array.from({ length: 2_001 }, (_, index) => [
    decided(`${index}`, { target: `/${index}` }),
    completed(`${index}`),
  ]).flat();
  const log = logOf(...events);
  expect(fetched(log, 'https://news.test/0')).toBeUndefined();
  expect(fetched(log, 'https://news.test/1')).toBeDefined();
});

test('answers in another order than their requests are each their own', () => {
  const asked = ['1', '2', '3'].map((id) => decided(id, { target: `/${id}` }));
  const log = logOf(...asked, completed('2'), completed('3', 404), completed('2', 200), completed('1'));
  const found = ['1', '2', '3'].filter((id) => fetched(log, `https://news.test/${id}`) !== undefined);
  expect(found).toEqual(['1', '2']);
});

test('a request that is open behind too many others is forgotten', () => {
  const asked = Array.from({ length: 4_097 }, (_, index) => decided(`${index}`, { target: `/${index}` }));
  const log = logOf(...asked, completed('0'), completed('1'));
  expect(fetched(log, 'https://news.test/0')).toBeUndefined();
  expect(fetched(log, 'https://news.test/1')).toBeDefined();
});

test.each(['http://news.test/a', 'https://user:word@news.test/', 'file:///etc/passwd', 'news', ''])(
  '%s is no document that a box can fetch',
  (url) => expect(citedUrl(url)).toBeUndefined(),
);

test('what it held is remembered by its hash, of the last time', () => {
  const [first, second] = ['a', 'b'].map((each) => each.repeat(64));
  const hashed = (request: string, contentSha256: string | undefined) =>
    ({ ...completed(request), contentSha256 }) as JournalEvent;
  const cited = citedUrl('https://news.test/a?b=1');
  if (cited === undefined) throw new Error('no URL');
  const log = logOf(decided('1'), hashed('1', first), decided('2'), hashed('2', second));
  expect(log.fetched(cited)?.sha256).toBe(second);
  expect(
    logOf(decided('1'), hashed('1', first), decided('2'), completed('2')).fetched(cited)?.sha256,
  ).toBeUndefined();
});

test('an answer is the one of its own request, in whatever order they come', () => {
  const names = ['1', '2', '3', '4', '5'];
  for (const order of [
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [2, 0, 4, 1, 3],
  ]) {
    const log = logOf(...names.map((name) => decided(name, { target: `/${name}` })));
    for (const [done, index] of order.entries()) {
      log.observe({ event: completed(names[index] ?? ''), at });
      const known = names.filter((name) => fetched(log, `https://news.test/${name}`) !== undefined);
      expect(known).toEqual(names.filter((_, other) => order.slice(0, done + 1).includes(other)));
    }
  }
});
