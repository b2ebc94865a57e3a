import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  encodeValue,
  findMember,
  findParameter,
  findSegment,
  replaceSpot,
} from '../../../src/sidecar/placements.js';

const decoy = 'decoy/1+2';

test.each([
  ['a=1&key=decoy%2F1%2B2&b=2', 'placed'],
  ['key=decoy%2f1%2b2', 'placed'],
  ['k%65y=decoy/1%2B2', 'placed'],
  ['key=decoy/1+2', 'foreign'],
  ['key=decoy%2F1%2B2x', 'foreign'],
  ['key', 'foreign'],
  ['key=decoy%2F1%2B2&key=decoy%2F1%2B2', 'twice'],
  ['key=decoy%2F1%2B2&k%65y=x', 'twice'],
  ['KEY=decoy%2F1%2B2', 'none'],
  ['', 'none'],
])('the parameter in %j is %s', (text, kind) => {
  expect(findParameter(text, 'key', decoy).kind).toBe(kind);
});

test.each([
  ['/bot7-abc/getMe', 'placed'],
  ['/%62ot7-abc', 'placed'],
  ['/bot7-abc/bot7-abc', 'twice'],
  ['/bot7-abcd/getMe', 'none'],
  ['/7-abc', 'none'],
])('the segment in %j is %s', (path, kind) => {
  expect(findSegment(path, 'bot', '7-abc').kind).toBe(kind);
});

test.each([
  ['{"auth":{"token":"t-1"},"n":1.50}', 'placed'],
  ['{"auth":{"\\u0074oken":"t-\\u0031"}}', 'placed'],
  ['{"auth":{"token":"t-2"}}', 'foreign'],
  ['{"auth":{"token":["t-1"]}}', 'foreign'],
  ['{"auth":{"token":"x","token":"t-1"}}', 'none'],
  ['{"auth":"t-1"}', 'none'],
  ['["t-1"]', 'none'],
  ['{"auth":{"token":"t-1"}', 'none'],
])('the member in %s is %s', (text, kind) => {
  expect(findMember(Buffer.from(text), ['auth', 'token'], 't-1').kind).toBe(kind);
});

test('a member is replaced, and everything else stays as it was written', () => {
  const found = findMember(
    Buffer.from('{"n":1.50,"auth":{"token":"t-1","x":[1e3]}}'),
    ['auth', 'token'],
    't-1',
  );
  if (found.kind !== 'placed') throw new Error(found.kind);
  expect(found.withValue('"real"').toString()).toBe('{"n":1.50,"auth":{"token":"\\"real\\"","x":[1e3]}}');
});

test('whatever stands around it, a parameter is found once, and the server reads the value that was put there', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const others = fc.array(fc.tuple(word, word), { maxLength: 4 });
  fc.assert(
    fc.property(others, others, word, word, (before, after, placeholder, value) => {
      const clean = (pairs: [string, string][]) => pairs.filter(([name]) => name !== 'key');
      const text = new URLSearchParams([...clean(before), ['key', placeholder], ...clean(after)]).toString();
      const found = findParameter(text, 'key', placeholder);
      if (found.kind !== 'placed') throw new Error(found.kind);
      const sent = new URLSearchParams(replaceSpot(text, found.spot, encodeValue(value)));
      expect(sent.get('key')).toBe(value);
      expect([...sent].filter(([name]) => name !== 'key')).toEqual([...clean(before), ...clean(after)]);
    }),
    { numRuns: 300 },
  );
});
