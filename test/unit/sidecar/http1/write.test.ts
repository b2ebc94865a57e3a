import { expect, test } from 'vitest';
import { Secret } from '../../../../src/core/secret.js';
import type { PlainCredential } from '../../../../src/sidecar/credentials.js';
import { Malformed, scanFields } from '../../../../src/sidecar/http1/fields.js';
import { parseAnswerHead, parseRequestHead } from '../../../../src/sidecar/http1/head.js';
import { completedEvent, decidedEvent } from '../../../../src/sidecar/http1/record.js';
import {
  hostField,
  writeAnswer,
  writeAnswerHead,
  writeRequestHead,
  writeSignedHead,
  writeTrailers,
} from '../../../../src/sidecar/http1/write.js';
import { newExchange } from '../../../../src/sidecar/pipeline.js';
import { denial } from '../../../../src/sidecar/stage.js';

function headOf(text: string) {
  const head = parseRequestHead(Buffer.from(text));
  if (head instanceof Malformed) throw new Error(head.code);
  return head;
}
const origin = { host: 'a.test', port: 443 };
const target = { path: '/p', query: '' };

test('the default port is left out of the Host field', () => {
  expect([hostField('a.test', 443), hostField('a.test', 8443)]).toEqual(['a.test', 'a.test:8443']);
});

test('a request keeps its fields but those of one hop, and gets ours', () => {
  const head = headOf(
    'POST /x HTTP/1.1\r\nHost: A.test\r\nX-A:  1\r\nConnection: close\r\nProxy-Authorization: b\r\nTE: trailers\r\nTrailer: x\r\nExpect: 100-continue\r\nAccept-Encoding: br\r\nGrpc-Accept-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nx-b: 2\r\n\r\n',
  );
  expect(writeRequestHead(head, origin, { path: '/p', query: 'q=1' }, [])).toBe(
    'POST /p?q=1 HTTP/1.1\r\nhost: a.test\r\nX-A:  1\r\nx-b: 2\r\naccept-encoding: identity\r\ntransfer-encoding: chunked\r\n\r\n',
  );
});

test('S4: to a rule of tarballs nothing goes along but the path', () => {
  const head = headOf(
    'GET /p HTTP/1.1\r\nHost: a.test\r\nUser-Agent: npm, and what it knows\r\nCookie: x\r\nRange: bytes=1-2\r\nX-A: 1\r\n\r\n',
  );
  const bare = { ...origin, rule: { tarballs: ['/p'] } };
  expect(writeRequestHead(head, bare, target, [])).toBe(
    'GET /p HTTP/1.1\r\nhost: a.test\r\nuser-agent: tradebox\r\naccept: */*\r\naccept-encoding: identity\r\n\r\n',
  );
  expect(writeRequestHead(head, { ...origin, rule: {} }, target, [])).toContain('Cookie: x');
});

test('framing is written as it was understood', () => {
  const counted = headOf('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n');
  expect(writeRequestHead(counted, origin, target, [])).toContain('content-length: 7\r\n');
  const empty = headOf('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
  expect(writeRequestHead(empty, origin, target, [])).toContain('content-length: 0\r\n');
  const none = headOf('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  expect(writeRequestHead(none, origin, target, [])).not.toContain('content-length');
});

test('the real secret stands only where the decoy stood', () => {
  const head = headOf('GET / HTTP/1.1\r\nHost: a\r\nX-Key: decoy\r\nX-Other: decoy\r\n\r\n');
  const credential: PlainCredential = {
    kind: 'plain',
    id: 'k',
    hosts: new Set(),
    placement: { in: 'header', name: 'X-Key', prefix: '' },
    header: 'x-key',
    secret: new Secret('the-real-one'),
    decoy: 'decoy',
    isLlm: false,
  };
  const text = writeRequestHead(head, origin, target, [{ credential, field: 1 }]);
  expect(text).toContain('x-key: the-real-one\r\n');
  expect(text).toContain('X-Other: decoy\r\n');
});

test('a signed request is written from the leaf alone', () => {
  const signed = {
    method: 'POST',
    path: '/o',
    query: '',
    headers: [
      ['OK-ACCESS-KEY', 'k'],
      ['Host', 'evil'],
      ['content-length', '9'],
      ['Accept-Encoding', 'gzip'],
    ] as const,
    body: Buffer.from('{}'),
  };
  expect(writeSignedHead(signed, origin)).toBe(
    'POST /o HTTP/1.1\r\nhost: a.test\r\nOK-ACCESS-KEY: k\r\naccept-encoding: identity\r\ncontent-length: 2\r\n\r\n',
  );
  expect(
    writeSignedHead({ ...signed, method: 'GET', headers: [], body: Buffer.alloc(0) }, origin),
  ).not.toContain('content-length');
  expect(writeSignedHead({ ...signed, headers: [], body: Buffer.alloc(0) }, origin)).toContain(
    'content-length: 0',
  );
});

test('an answer head', () => {
  const head = parseAnswerHead(
    Buffer.from('HTTP/1.1 200 Fine\r\nContent-Encoding: gzip\r\nA: b\r\nUpgrade: x\r\n\r\n'),
    'GET',
  );
  if (head instanceof Malformed) throw new Error(head.code);
  expect(writeAnswerHead(head, { kind: 'chunked' }, { close: true, decoded: true })).toBe(
    'HTTP/1.1 200 Fine\r\nA: b\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n',
  );
  expect(writeAnswerHead(head, { kind: 'none' }, { close: false, decoded: false, declaredLength: '5' })).toBe(
    'HTTP/1.1 200 Fine\r\nContent-Encoding: gzip\r\nA: b\r\ncontent-length: 5\r\n\r\n',
  );
});

test('an answer of our own', () => {
  const answer = { status: 403, headers: [['a', 'b']] as const, body: Buffer.from('no') };
  expect(writeAnswer(answer, { close: false, isHead: false }).toString()).toBe(
    'HTTP/1.1 403 Forbidden\r\na: b\r\ncontent-length: 2\r\n\r\nno',
  );
  expect(writeAnswer(answer, { close: true, isHead: true }).toString()).toBe(
    'HTTP/1.1 403 Forbidden\r\na: b\r\ncontent-length: 2\r\nconnection: close\r\n\r\n',
  );
});

const trailersOf = (names: readonly string[], own?: readonly { header: string }[]): string => {
  const raw = Buffer.from(`${names.map((name) => `${name}: 1\r\n`).join('')}\r\n`);
  const fields = scanFields(raw, 0, raw.length);
  return fields instanceof Malformed ? fields.code : writeTrailers(fields, own);
};

test('trailers that would change the message are left out', () => {
  expect(trailersOf(['X', 'Content-Length', 'Authorization'])).toBe('X: 1\r\n');
  expect(writeTrailers(undefined)).toBe('');
});

test('S5: a credential’s own field is none that may come as a trailer', () => {
  const own = [{ header: 'x-other-key' }, { header: 'x-api-key' }];
  expect(trailersOf(['X', 'X-Api-Key'], own)).toBe('X: 1\r\n');
  expect(trailersOf(['X', 'X-Api-Key'])).toBe('X: 1\r\nX-Api-Key: 1\r\n');
});

test.each([
  'X-HTTP-Method-Override',
  'X-HTTP-Method',
  'X-Method-Override',
  'X-Original-URL',
  'X-Rewrite-URL',
  'HTTP2-Settings',
])('D8: the trailer %s, which makes another request of this one, is left out', (name) => {
  expect(trailersOf(['X', name])).toBe('X: 1\r\n');
});

test('the journal is told of decisions and endings', () => {
  const head = headOf(`GET /${'x'.repeat(5000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
  const exchange = newExchange({
    id: 'r-1',
    ingress: 'tls',
    host: 'a.test',
    port: 443,
    head,
    headBytes: Buffer.alloc(0),
  });
  exchange.rule = {
    host: 'a.test',
    ports: [443],
    methods: [],
    paths: [],
    reason: 'because',
    origin: 'tradebox.yaml:3',
  };
  const allowed = decidedEvent(exchange, undefined);
  expect(allowed).toMatchObject({
    verdict: 'allow',
    code: 'PERMITTED',
    rule: 'tradebox.yaml:3',
    message: 'because',
  });
  expect('target' in allowed && allowed.target).toHaveLength(2048);
  expect(decidedEvent(exchange, denial('NO', 'why', 'here'))).toMatchObject({
    verdict: 'deny',
    code: 'NO',
    rule: 'here',
    message: 'why',
  });
  const result = { status: 200, bytesUp: 1, bytesDown: 2, scrubbed: 3 };
  expect(completedEvent({ exchange, startMs: performance.now() - 5 }, result)).toMatchObject({
    type: 'request.completed',
    request: 'r-1',
    ...result,
  });
});
