// What is kept of a client's headers, and how a real credential's fields are read (C2, D8, S2).
import { expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import {
  headersOnce,
  isSameText,
  revealHeader,
  revealSigningSecret,
  signingSecret,
  venueHeaders,
} from '../../../src/venues/client-headers.js';

test('A16: a venue hears our own name and a known media type, and nothing else that the client says', () => {
  expect(
    venueHeaders([
      ['User-Agent', 'sdk/1 or any text'],
      ['ACCEPT', 'application/x-any-text; q=1, Application/JSON;v=any-text, text/plain'],
      ['Accept-Language', 'any-text'],
      ['Accept-Encoding', 'gzip'],
      ['X-HTTP-Method-Override', 'DELETE'],
      ['Cookie', 'a=b'],
      ['X-Forwarded-For', '10.0.0.1'],
      ['Authorization', 'Bearer x'],
      ['Host', 'other'],
      ['Content-Length', '3'],
      ['Referer', 'CCXT'],
    ]),
  ).toEqual([
    ['user-agent', 'tradebox'],
    ['accept', 'application/json'],
  ]);
  for (const headers of [[], [['Accept', 'application/x-any-text']]] as const)
    expect(venueHeaders(headers)).toEqual([['user-agent', 'tradebox']]);
  expect(venueHeaders([['accept', '*/*']])).toContainEqual(['accept', '*/*']);
});

test('a credential header is read once or not at all', () => {
  const names = new Set(['x-key', 'x-sign']);
  const once = headersOnce(
    [
      ['X-KEY', 'a'],
      ['other', 'b'],
    ],
    names,
  );
  expect(once.ok && [...once.sent]).toEqual([['x-key', 'a']]);
  expect(
    headersOnce(
      [
        ['X-Key', 'a'],
        ['x-key', 'a'],
      ],
      names,
    ),
  ).toEqual({ ok: false, twice: 'x-key' });
});

test('texts of unequal length or content differ', () => {
  expect(isSameText('abc', 'abc')).toBe(true);
  expect(isSameText('abc', 'abd')).toBe(false);
  expect(isSameText('abc', 'abcd')).toBe(false);
  expect(isSameText('é', 'e')).toBe(false);
});

test('a field that cannot be a header value is refused without being quoted', () => {
  const real = { key: new Secret('good value'), broken: new Secret('hunter2\n'), empty: new Secret('') };
  expect(revealHeader(real, 'key', 'Test')).toBe('good value');
  for (const field of ['broken', 'empty', 'absent']) {
    expect(() => revealHeader(real, field, 'Test')).toThrow(`Test credential's ${field} is missing`);
    expect(() => signingSecret(real, field, 'Test')).toThrow(expect.not.stringContaining('hunter2'));
  }
});

test('a signing secret may be a PEM of several lines', () => {
  const text = ['-----BEGIN', 'PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'].join(' ');
  expect(signingSecret({ secret: new Secret(text) }, 'secret', 'Test').reveal()).toBe(text);
  expect(revealSigningSecret({ secret: new Secret(text) }, 'secret', 'Test')).toBe(text);
  expect(() => revealHeader({ secret: new Secret(text) }, 'secret', 'Test')).toThrow('missing');
});
