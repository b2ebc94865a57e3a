import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import {
  createCredentialBook,
  findPlaced,
  placedSecret,
  secretPatterns,
} from '../../../src/sidecar/credentials.js';
import { Malformed, scanFields } from '../../../src/sidecar/http1/fields.js';
import type { CredentialSetting, PlainCredentialSetting } from '../../../src/sidecar/settings.js';

const secret = `real-${randomBytes(12).toString('hex')}`;
const decoy = `decoy-${randomBytes(12).toString('hex')}`;
const plain = (placement: PlainCredentialSetting['placement']): CredentialSetting => ({
  kind: 'plain',
  id: 'llm',
  hosts: ['LLM.test'],
  placement,
  secret,
  decoy,
  isLlm: true,
});
const bearer = { in: 'header', name: 'Authorization', prefix: 'Bearer ' } as const;
const basic = { in: 'basic', username: 'user' } as const;
const venue: CredentialSetting = {
  kind: 'venue',
  id: 'main',
  venue: 'okx',
  environment: 'demo',
  secrets: { apiKey: `${secret}-a`, passphrase: `${secret}-b` },
  decoys: { apiKey: `${decoy}-a`, passphrase: `${decoy}-b` },
};

const fieldsOf = (...lines: string[]) => {
  const raw = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  const fields = scanFields(raw, 0, raw.length);
  if (fields instanceof Malformed) throw new Error(fields.code);
  return fields;
};
const placedIn = (setting: CredentialSetting, ...lines: string[]) =>
  findPlaced(createCredentialBook([setting]).plainFor('llm.test'), fieldsOf(...lines));

test('credentials are found by host and by venue', () => {
  const book = createCredentialBook([plain(bearer), venue]);
  expect(book.plainFor('llm.test').map(({ id }) => id)).toEqual(['llm']);
  expect(book.plainFor('other.test')).toEqual([]);
  expect(book.isLlm('llm.test')).toBe(true);
  expect(book.isLlm('other.test')).toBe(false);
  const pin = { address: '10.0.0.9', port: 443 };
  const pins = [
    { host: 'keyless.test', isLlm: true, ...pin },
    { host: 'other.test', ...pin },
  ];
  const local = createCredentialBook([venue], { pins });
  expect([local.isLlm('keyless.test'), local.isLlm('other.test')]).toEqual([true, false]);
  expect(local.plainFor('keyless.test')).toEqual([]);
  expect(book.venueCredentials('okx').map(({ id }) => id)).toEqual(['main']);
  expect(book.venueCredentials('kraken')).toEqual([]);
});

test('a setting that stays keeps its credential, and with it what a venue granted for it; one that changes does not', () => {
  const other: CredentialSetting = { ...venue, id: 'other' };
  const book = createCredentialBook([venue, other]);
  const changed = { ...other, secrets: { ...other.secrets, apiKey: `${secret}-c` } };
  const next = createCredentialBook([venue, changed], {}, { settings: [venue, other], book });
  const [kept, anew] = next.venueCredentials('okx');
  const [before, replaced] = book.venueCredentials('okx');
  expect(kept).toBe(before);
  expect(anew?.real.passphrase).not.toBe(replaced?.real.passphrase);
  expect(anew?.real.apiKey?.reveal()).toBe(`${secret}-c`);
  expect(next.secrets).toHaveLength(4);
});

test('no printed form of the book holds a real value', () => {
  const book = createCredentialBook([plain(bearer), venue]);
  expect(inspect(book, { depth: 9, showHidden: true })).not.toContain(secret);
  expect(JSON.stringify([book, book.plainFor('llm.test'), book.venueCredentials('okx')])).not.toContain(
    secret,
  );
});

test('patterns hold every real value for the scrubber', () => {
  const book = createCredentialBook([plain(bearer), venue]);
  const texts = (patterns: { id: string; bytes: Buffer }[]) =>
    patterns.map(({ id, bytes }) => `${id} ${bytes}`);
  expect(texts(secretPatterns(book))).toEqual(
    expect.arrayContaining([`llm ${secret}`, `main ${secret}-a`, `main ${secret}-b`]),
  );
});

test('a short identifier is in no pattern: it would mask innocent text', () => {
  const at = { kind: 'venue', id: 'ib', venue: 'ibkr', environment: 'demo', decoys: {} } as const;
  const book = (clientKeyId: string) => createCredentialBook([{ ...at, secrets: { clientKeyId } }]);
  expect(secretPatterns(book('trader'))).toEqual([]);
  expect(secretPatterns(book('trader01'))).not.toEqual([]);
});

test.each([`Authorization: Bearer ${decoy}`, `authorization: bearer ${decoy}`])(
  '%s holds the decoy in its place',
  (line) => {
    const [placed] = placedIn(plain(bearer), 'X: y', line);
    expect(placed?.field).toBe(1);
    expect(placed && placedSecret(placed.credential)).toBe(`Bearer ${secret}`);
  },
);

test.each([
  `Authorization: Bearer  ${decoy}`,
  `Authorization: ${decoy}`,
  `Authorization: Bearer ${decoy}x`,
  `Authorization: Bearer ${decoy.toUpperCase()}`,
  `Authorization: Bearer x, Bearer ${decoy}`,
  `X-Authorization: Bearer ${decoy}`,
])('%s does not', (line) => {
  expect(placedIn(plain(bearer), line)).toEqual([]);
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('Basic credentials are taken apart and put together again', () => {
  const [placed] = placedIn(plain(basic), `Authorization: Basic ${base64(`user:${decoy}`)}`);
  expect(placed && placedSecret(placed.credential)).toBe(`Basic ${base64(`user:${secret}`)}`);
  expect(placedIn(plain(basic), `Authorization: Basic ${base64(`other:${decoy}`)}`)).toEqual([]);
  expect(placedIn(plain(basic), `Authorization: Bearer ${base64(`user:${decoy}`)}`)).toEqual([]);
});
