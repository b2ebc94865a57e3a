import { expect, test } from 'vitest';
import { compilePolicy } from '../../../src/sidecar/egress-policy.js';
import type { HostRule } from '../../../src/sidecar/settings.js';

const rule = (host: string, more: Partial<HostRule> = {}): HostRule => ({
  host,
  ports: [443],
  methods: ['GET'],
  paths: ['/**'],
  reason: 'r',
  origin: `rule of ${host}`,
  ...more,
});

test('nothing is permitted without a rule', () => {
  const policy = compilePolicy([]);
  expect(policy.allowsHost('a.test')).toBe(false);
  expect(policy.match('a.test', 443, 'GET', '/')).toEqual({ code: 'HOST_DENIED' });
});

test('host, port, method and path must all be named by one rule', () => {
  const policy = compilePolicy([
    rule('a.test', { paths: ['/get/**'] }),
    rule('a.test', { methods: ['POST'], paths: ['/post'] }),
  ]);
  expect(policy.match('a.test', 443, 'GET', '/get/x')).toHaveProperty('rule.origin', 'rule of a.test');
  expect(policy.match('a.test', 443, 'GET', '/get/x')).not.toHaveProperty('code');
  expect(policy.match('a.test', 443, 'POST', '/post')).not.toHaveProperty('code');
  expect(policy.match('b.test', 443, 'GET', '/get/x')).toHaveProperty('code', 'HOST_DENIED');
  expect(policy.match('a.test', 8443, 'GET', '/get/x')).toHaveProperty('code', 'PORT_DENIED');
  expect(policy.match('a.test', 443, 'PUT', '/post')).toHaveProperty('code', 'METHOD_DENIED');
  expect(policy.match('a.test', 443, 'get', '/get/x')).toHaveProperty('code', 'METHOD_DENIED');
  expect(policy.match('a.test', 443, 'POST', '/get/x')).toHaveProperty('code', 'PATH_DENIED');
  expect(policy.match('a.test', 443, 'POST', '/post/x')).toHaveProperty('code', 'PATH_DENIED');
});

test('tarballs of a lock file are open by their exact paths, at once among thousands', () => {
  const tarballs = Array.from({ length: 20_000 }, (_, at) => `/p${at}/-/p${at}-1.0.0.tgz`);
  const policy = compilePolicy([
    rule('registry.test', { paths: [], tarballs }),
    rule('other.test', { paths: ['/x'] }),
  ]);
  const codeOf = (path: string, method = 'GET') => {
    const verdict = policy.match('registry.test', 443, method, path);
    return 'code' in verdict ? verdict.code : 'open';
  };
  expect(codeOf('/p19999/-/p19999-1.0.0.tgz')).toBe('open');
  for (const path of [
    '/',
    '/p1',
    '/p1/-/p1-1.0.1.tgz',
    '/p1/-/p1-1.0.0.tgz/',
    '/P1/-/p1-1.0.0.tgz',
    '/%701/-/p1-1.0.0.tgz',
    '//p1/-/p1-1.0.0.tgz',
  ])
    expect(codeOf(path), path).toBe('PATH_DENIED');
  expect(codeOf('/p1/-/p1-1.0.0.tgz', 'HEAD')).toBe('METHOD_DENIED');
  const before = performance.now();
  for (let count = 0; count < 20_000; count += 1) codeOf(`/p${count}/-/p${count}-1.0.0.tgz`);
  // Some 10 ms; as patterns, one after the other, minutes.
  expect(performance.now() - before).toBeLessThan(2_000);
});

// ATTACKS A10.
test('a wildcard is neither its own domain nor a name that merely ends the same', () => {
  const policy = compilePolicy([rule('*.x.test')]);
  expect(policy.allowsHost('a.x.test')).toBe(true);
  expect(policy.allowsHost('a.b.x.test')).toBe(true);
  expect(policy.allowsHost('x.test')).toBe(false);
  expect(policy.allowsHost('evil-x.test')).toBe(false);
  expect(policy.allowsHost('.x.test')).toBe(false);
  expect(policy.allowsHost('x.test.evil.test')).toBe(false);
  expect(policy.allowsOrigin('a.x.test', 443)).toBe(true);
  expect(policy.allowsOrigin('a.x.test', 80)).toBe(false);
});

const permits = (glob: string, path: string) =>
  !('code' in compilePolicy([rule('a.test', { paths: [glob] })]).match('a.test', 443, 'GET', path));

test.each([
  ['/', '/'],
  ['/v1/*', '/v1/a'],
  ['/v1/*', '/v1/'],
  ['/v1/*/c', '/v1/b/c'],
  ['/v1/**', '/v1/a/b'],
  ['/v1/**', '/v1/'],
  ['/**/x', '/a/b/x'],
  ['/@scope%2f*', '/@scope%2Fname'],
  ['/a.b', '/a.b'],
])('%s permits %s', (glob, path) => {
  expect(permits(glob, path)).toBe(true);
});

test.each([
  ['/', '/a'],
  ['/v1/*', '/v1/a/b'],
  ['/v1/*', '/v1/a%2fb'],
  ['/v1/*', '/v1/a%5Cb'],
  ['/v1/*', '/V1/a'],
  ['/v1/**', '/v1'],
  ['/v1/**', '/v2/v1/'],
  ['/a.b', '/aXb'],
  ['/v1/x', '/v1/x\n'],
])('%s does not permit %s', (glob, path) => {
  expect(permits(glob, path)).toBe(false);
});

test.each([rule('1.2.3.4'), rule('*'), rule('a.*.test'), rule('a.test.'), rule('a.test', { paths: ['v1'] })])(
  'a malformed rule is refused by its origin: %j',
  (bad) => {
    expect(() => compilePolicy([bad])).toThrow(bad.origin);
  },
);

test('the rule for an origin does not ask for method or path', () => {
  const policy = compilePolicy([rule('a.test', { methods: [], paths: [] })]);
  expect(policy.ruleFor('a.test', 443)?.origin).toBe('rule of a.test');
  expect(policy.ruleFor('a.test', 80)).toBeUndefined();
});
