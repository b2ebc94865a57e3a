import { expect, test } from 'vitest';
import {
  commandSource,
  describeSource,
  explainVaultName,
  parseSource,
  splitWords,
} from '../../../src/config/secret-source.js';

test('reads the four kinds of source', () => {
  expect(parseSource('vault:okx-main/apiKey')).toEqual({
    ok: true,
    source: { scheme: 'vault', name: 'okx-main/apiKey' },
  });
  expect(parseSource('env:OKX_PASSPHRASE')).toEqual({
    ok: true,
    source: { scheme: 'env', name: 'OKX_PASSPHRASE' },
  });
  expect(parseSource('file:~/a b:c')).toEqual({ ok: true, source: { scheme: 'file', path: '~/a b:c' } });
  expect(parseSource('command:op read "op://a b/c"')).toEqual({
    ok: true,
    source: { scheme: 'command', argv: ['op', 'read', 'op://a b/c'] },
  });
});

test('S2: refuses a secret that stands where its source should, and does not repeat it', () => {
  const secret = `sk-ant-${Math.random().toString(36).slice(2)}`;
  for (const text of [
    secret,
    `env:${secret}`,
    `vault:${secret} `,
    `vault:../${secret}`,
    `command:'${secret}`,
    `file:\0${secret}`,
    '',
  ]) {
    const parsed = parseSource(text);
    expect(parsed.ok, text).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain(secret);
  }
});

test.each([
  '../x',
  'a/../b',
  '/a',
  'a/',
  'a//b',
  '.hidden',
  'a b',
  '',
  'a\n',
  'a'.repeat(65),
  'a/b/c/d/e',
  '-x',
  '__proto__',
])('refuses the vault name %j', (name) => {
  expect(explainVaultName(name)).toBeDefined();
});

test.each([
  ['a b', ['a', 'b']],
  ["  a  'b c'  ", ['a', 'b c']],
  ['a "b \\"c\\" \\\\ \\n"', ['a', 'b "c" \\ \\n']],
  ["'$HOME' \\$x ~", ['$HOME', '$x', '~']],
  ["a''b ''", ['ab', '']],
  ['a\\ b', ['a b']],
])('splits %j without expanding anything', (line, words) => {
  expect(splitWords(line)).toEqual({ ok: true, words });
});

test.each(['a "b', "a 'b", 'a\\'])('refuses the unfinished %j', (line) => {
  expect(splitWords(line).ok).toBe(false);
});

test('a command needs a program', () => {
  expect(commandSource([]).ok).toBe(false);
  expect(commandSource(['']).ok).toBe(false);
  expect(parseSource('command:   ').ok).toBe(false);
});

test('shows a command without its arguments, which may say too much', () => {
  expect(describeSource({ scheme: 'command', argv: ['pass', 'show', 'x'] })).toBe('command:pass …');
  expect(describeSource({ scheme: 'env', name: 'A' })).toBe('env:A');
});

test.each([
  ['keyring:trading desk/okx key', { scheme: 'keyring', service: 'trading desk', account: 'okx key' }],
  [
    'op://Trading desk/okx (main)/api key',
    { scheme: 'op', reference: 'op://Trading desk/okx (main)/api key' },
  ],
  ['op://a/b/section/c', { scheme: 'op', reference: 'op://a/b/section/c' }],
  ['hcvault:secret/trading/okx#apiKey', { scheme: 'hcvault', path: 'secret/trading/okx', field: 'apiKey' }],
  ['pass:trading/okx', { scheme: 'pass', name: 'trading/okx', isWhole: false }],
  ['pass:trading/okx#all', { scheme: 'pass', name: 'trading/okx', isWhole: true }],
  ['aws-sm:prod/okx', { scheme: 'aws-sm', secretId: 'prod/okx' }],
  ['aws-sm:prod/okx#apiKey', { scheme: 'aws-sm', secretId: 'prod/okx', key: 'apiKey' }],
  ['gcp-sm:okx', { scheme: 'gcp-sm', name: 'okx', version: 'latest' }],
  ['gcp-sm:desk-1/okx@7#key', { scheme: 'gcp-sm', project: 'desk-1', name: 'okx', version: '7', key: 'key' }],
])('reads %s, and shows it again', (text, source) => {
  const parsed = parseSource(text);
  expect(parsed).toEqual({ ok: true, source });
  if (!parsed.ok) throw new Error('not parsed');
  expect(parseSource(describeSource(parsed.source))).toEqual(parsed);
});

test.each([
  'keyring:alone',
  'keyring:-s/x',
  'op:vault/item',
  'op://vault/item',
  'op://vault/it\nem/field',
  'hcvault:secret/okx',
  'hcvault:-format=json#x',
  'hcvault:../x/--y#z',
  'pass:--clip',
  'pass:a b',
  'aws-sm:--profile',
  'aws-sm:',
  'gcp-sm:--project=x',
  'gcp-sm:a@-1',
  'toString:x',
])('an option or another form in place of a name is refused: %j', (text) => {
  expect(parseSource(text).ok).toBe(false);
});

test('S2: a secret after another manager’s scheme is not repeated', () => {
  const secret = `s3cr3t ${Math.random().toString(36).slice(2)}`;
  for (const scheme of ['keyring', 'op', 'hcvault', 'pass', 'aws-sm', 'gcp-sm']) {
    const parsed = parseSource(`${scheme}:${secret}`);
    expect(parsed.ok, scheme).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain(secret);
  }
});
