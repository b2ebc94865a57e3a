// A checkpoint holds only as it was signed, by this key, for this journal.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseCheckpoint, readCheckpoint, signCheckpoint } from '../../../src/audit/checkpoint.js';

const { privateKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519').privateKey;
const head = { seq: 7, hash: 'a'.repeat(64) };
const at = '2026-11-20T12:00:00.000Z';
const signed = signCheckpoint('box/lab', head, at, privateKey);
const read = (change: object, key = privateKey, journal = 'box/lab') =>
  readCheckpoint(JSON.stringify({ ...signed, ...change }), journal, key);

test('what was signed is read again', () => {
  expect(read({})).toEqual(signed);
  expect(signed).toMatchObject({ journal: 'box/lab', ...head, at });
});

test.each([
  ['another sequence number', { seq: 6 }],
  ['another hash', { hash: 'b'.repeat(64) }],
  ['another time', { at: '2026-11-21T12:00:00.000Z' }],
  ['no number', { seq: '7' }],
  ['another version', { version: 2 }],
  ['no signature', { signature: undefined }],
  ['an empty signature', { signature: '' }],
])('%s is refused', (_what, change) => {
  expect(read(change)).toBeUndefined();
});

test('another key, another journal and no JSON are refused', () => {
  expect(read({}, other)).toBeUndefined();
  expect(read({}, privateKey, 'box/desk')).toBeUndefined();
  expect(read({ journal: 'box/desk' }, privateKey, 'box/desk')).toBeUndefined();
  for (const text of ['', 'null', '[]', '7', '{']) {
    expect(readCheckpoint(text, 'box/lab', privateKey)).toBeUndefined();
  }
});

test('what a line says is told apart from who signed it', () => {
  const forged = { ...signed, seq: 6 };
  expect(parseCheckpoint(JSON.stringify(forged), 'box/lab')).toEqual(forged);
  expect(parseCheckpoint(JSON.stringify(signed), 'box/desk')).toBeUndefined();
  expect(parseCheckpoint(JSON.stringify({ ...signed, seq: 0 }), 'box/lab')).toBeUndefined();
});
