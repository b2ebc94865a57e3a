import { expect, test } from 'vitest';
import {
  explainHostName,
  explainHostPattern,
  explainVenueHost,
  matchesHost,
} from '../../../src/config/host-pattern.js';

test.each(['news.example.com', 'xn--bcher-kva.example', 'a-1.b2.example'])('takes %s', (host) => {
  expect(explainHostName(host)).toBeUndefined();
});

test.each([
  'localhost',
  'app.localhost',
  'com',
  'Example.com',
  'example.com.',
  'https://example.com',
  'example.com/path',
  'example.com:443',
  'user@example.com',
  '10.0.0.1',
  '127.1',
  '2130706433',
  '::1',
  '[::1]',
  'bücher.example',
  'exa mple.com',
  'a..b',
  '-a.example',
  'a-.example',
  `${'a'.repeat(64)}.example`,
  'tradebox.internal',
  'echo.tradebox.internal',
  '*.example.com',
  '',
])('refuses %j as an exact host', (host) => {
  expect(explainHostName(host)).toBeDefined();
});

test.each([
  '*',
  '*.com',
  '*.*.example.com',
  'a.*.example.com',
  '*example.com',
  '**.example.com',
  '*.',
  '*.10.0.0.1',
])('refuses the pattern %j', (pattern) => {
  expect(explainHostPattern(pattern)).toBeDefined();
});

test('A10: a wildcard matches names below it, not itself and not a look-alike', () => {
  expect(explainHostPattern('*.example.com')).toBeUndefined();
  expect(matchesHost('*.example.com', 'a.example.com')).toBe(true);
  expect(matchesHost('*.example.com', 'example.com')).toBe(false);
  expect(matchesHost('*.example.com', 'evil-example.com')).toBe(false);
});

test("S4: a venue's host cannot be opened by name or by pattern", () => {
  expect(explainVenueHost('www.okx.com')).toContain('OKX');
  expect(explainVenueHost('*.okx.com')).toBeDefined();
  expect(explainVenueHost('okx.example.com')).toBeUndefined();
});
