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
