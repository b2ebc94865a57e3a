import { expect, test } from 'vitest';
import { isSameOrigin, parseTarget } from '../../../src/sidecar/request-target.js';

const parse = (target: string) => parseTarget(target, 'https', 'a.test', 443);

test.each([
  ['/', '/', ''],
  ['/v1/a?b=c?d', '/v1/a', 'b=c?d'],
  ['/@scope%2fname', '/@scope%2fname', ''],
  ['/a/.well-known/x', '/a/.well-known/x', ''],
  ['/a...b/..c', '/a...b/..c', ''],
  ['/?x=../..', '/', 'x=../..'],
  ['https://a.test/x', '/x', ''],
  ['HTTPS://A.test:443/x?y', '/x', 'y'],
  ['https://a.test', '/', ''],
  ['https://a.test?x', '/', 'x'],
])('%s is path %s and query %s', (target, path, query) => {
  expect(parse(target)).toEqual({ ok: true, path, query });
});

test.each([
  ['https://b.test/', 'AUTHORITY_MISMATCH'],
  ['https://a.test:8443/', 'AUTHORITY_MISMATCH'],
  ['https://a.test@b.test/', 'AUTHORITY_MISMATCH'],
  ['https://a.test.b.test/', 'AUTHORITY_MISMATCH'],
  ['http://a.test/', 'TARGET_FORM'],
  ['a.test:443', 'TARGET_FORM'],
  ['*', 'TARGET_FORM'],
  ['//../x', 'PATH_AMBIGUOUS'],
  ['/a/../b', 'PATH_AMBIGUOUS'],
  ['/a/..', 'PATH_AMBIGUOUS'],
  ['/a/./b', 'PATH_AMBIGUOUS'],
  ['/a/..;x=y/b', 'PATH_AMBIGUOUS'],
  ['/a/%2e%2e/b', 'PATH_AMBIGUOUS'],
  ['/a/.%2E/b', 'PATH_AMBIGUOUS'],
  ['/a/..%2fb', 'PATH_AMBIGUOUS'],
  ['/a%2f..%5cb', 'PATH_AMBIGUOUS'],
  ['/a/%252e%252e/b', 'PATH_AMBIGUOUS'],
  ['/a/%25252e./b', 'PATH_AMBIGUOUS'],
  ['/a%00', 'PATH_AMBIGUOUS'],
  ['/a%0d%0ab', 'PATH_AMBIGUOUS'],
  ['/a%zz', 'PATH_AMBIGUOUS'],
  ['/a%2', 'PATH_AMBIGUOUS'],
])('%s is refused as %s', (target, code) => {
  expect(parse(target)).toEqual({ ok: false, code });
});

test('a Host field names the origin with or without its port', () => {
  expect(isSameOrigin('a.test', 'https', 'a.test', 8443)).toBe(true);
  expect(isSameOrigin('a.test:8443', 'https', 'a.test', 8443)).toBe(true);
  expect(isSameOrigin('a.test:443', 'https', 'a.test', 8443)).toBe(false);
  expect(isSameOrigin('a.test.', 'https', 'a.test', 443)).toBe(false);
  expect(isSameOrigin('b.test', 'https', 'a.test', 443)).toBe(false);
  expect(isSameOrigin('a.test, b.test', 'https', 'a.test', 443)).toBe(false);
});
