// Keys by the kept scanner's rules: each rule is asked about, and finds, a key made here, and no sample, decoy or placeholder.
import { randomBytes } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { loadKeyRules } from '../../../../src/sandbox/secret-scan/key-rules.js';
import { type KeyShape, ShapeFinder } from '../../../../src/sandbox/secret-scan/key-shapes.js';

const letters = (count: number, alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz123456789') =>
  Array.from(randomBytes(count), (byte) => alphabet[byte % alphabet.length]).join('');
const digits = (count: number) => letters(count, '123456789');
const onePassword = () =>
  `ops_${Buffer.from(JSON.stringify({ email: letters(20), secretKey: letters(93), v: { n: [1] } })).toString('base64')}`;

/** For each anchor a key that holds it. */
const made: Readonly<Record<string, readonly [title: string, make: () => string, path?: string]>> = {
  AKIA: ['an AWS access key', () => `AKIA${letters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`],
  ASIA: ['an AWS access key', () => `ASIA${letters(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`],
  secretaccesskey: ['an AWS secret key', () => `secretAccessKey: '${letters(40)}'`],
  secret_access_key: ['an AWS secret key', () => `AWS_SECRET_ACCESS_KEY=${letters(40)}`],
  secretaccess_key: ['an AWS secret key', () => `secretAccess_key=${letters(40)}`],
  secret_accesskey: ['an AWS secret key', () => `secret_accesskey=${letters(40)}`],
  npm_: ['an npm token', () => `npm_${letters(36)}`],
  '_authToken=': ['an npm token', () => `_authToken=${letters(36)}`, 'below/.npmrc'],
  'x-oauth-basic': [
    'an npm token',
    () => `https://${letters(40)}:x-oauth-basic@github.com/a/b.git`,
    'package.json',
  ],
  ...Object.fromEntries(
    ['xoxb-', 'xoxp-', 'xapp-', 'xoxa-', 'xoxo-', 'xoxr-'].map((anchor) => [
      anchor,
      ['a Slack token', () => `${anchor}${digits(12)}-${digits(12)}-${letters(24)}`],
    ]),
  ),
  'hooks.slack.com/services/': [
    'a Slack webhook',
    () => `https://hooks.slack.com/services/T${letters(8)}/B${letters(8)}/${letters(24)}`,
  ],
  'SG.': ['a SendGrid key', () => `SG.${letters(22)}.${letters(43)}`],
  ...Object.fromEntries(
    ['shppa_', 'shpca_', 'shpat_', 'shpss_'].map((anchor) => [
      anchor,
      ['a Shopify key', () => `${anchor}${letters(32)}`],
    ]),
  ),
  ...Object.fromEntries(
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((anchor) => [
      anchor,
      ['a GitHub token', () => `${anchor}${letters(36)}`],
    ]),
  ),
  github_pat_: ['a GitHub token', () => `github_pat_${letters(22)}_${letters(59)}`],
  T3BlbkFJ: ['an OpenAI key', () => `sk-proj-${letters(74)}T3BlbkFJ${letters(74)}`],
  'sk-ant-api0': ['an Anthropic key', () => `sk-ant-api03-${letters(93)}AA`],
  lin_api_: ['a Linear key', () => `lin_api_${letters(40)}`],
  ops_ey: ['a 1Password token', onePassword],
};

let rules: readonly KeyShape[];
beforeAll(async () => {
  rules = await loadKeyRules();
});
const look = (text: string, path = 'config.txt', decoys: readonly string[] = []) =>
  new ShapeFinder(rules, decoys).find(Buffer.from(text), path)?.title;

test('every anchor has a key here', () => {
  expect(Object.keys(made).sort()).toEqual(rules.flatMap(({ anchors }) => anchors).sort());
});

test.each(Object.entries(made))(
  '%s: found in a line of other text, as a decoy it is not',
  (_anchor, [title, make, path]) => {
    for (let round = 0; round < 20; round += 1) {
      const key = make();
      expect(look(`# Text.\n${key}\n`, path)).toBe(title);
      expect(look(`# Text.\n${key}\n`, path, [key])).toBeUndefined();
    }
  },
);

test.each([
  ['a sample', 'AKIAIOSFODNN7EXAMPLE'],
  ['a placeholder', `ghp_${'x'.repeat(36)}`],
  ['half a token', 'ghp_abc'],
  ['a variable', `//registry.example.test/:_authToken=${'$'}{NPM_TOKEN}`],
  ['an account', 'aws_account_id = 1111-2222-3333'],
  ['a name in code', 'npm_config_cache, SG.prototype.of, sk-ant-api03, secretAccessKey: process.env.KEY'],
])('%s is none', (_what, text) => {
  expect(look(text, '.npmrc')).toBeUndefined();
});

test('a file cannot silence what is found in it', () => {
  expect(look(`# secretlint-disable\nghp_${letters(36)} # secretlint-disable-line\n`)).toBe('a GitHub token');
});
