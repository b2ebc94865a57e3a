import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { CanaryWatch } from '../../../src/sidecar/canary-watch.js';

const token = randomBytes(32).toString('hex');

test.each([
  ['as it is', token],
  ['in base64', Buffer.from(`x${token}`).toString('base64')],
  ['in upper case', token.toUpperCase()],
])('the text is heard %s, across any pieces, once', (_how, text) => {
  const read: string[] = [];
  const watch = new CanaryWatch(token, false, (request) => read.push(request));
  const ears = ['r1', 'r2'].map((request) => watch.earFor(request));
  for (const char of `{"content":"${text}"}`) for (const ear of ears) ear?.(Buffer.from(char));
  expect(read).toEqual(['r1']);
  expect(watch.earFor('r3')).toBeUndefined();
});

test('other text, halves in two bodies, and what is known already are not told', () => {
  const read: string[] = [];
  const watch = new CanaryWatch(token, false, (request) => read.push(request));
  watch.earFor('r1')?.(Buffer.from(token.slice(0, 30)));
  watch.earFor('r2')?.(Buffer.from(token.slice(30)));
  expect(read).toEqual([]);
  expect(new CanaryWatch(token, true, (request) => read.push(request)).earFor('r3')).toBeUndefined();
});
