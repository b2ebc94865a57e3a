// Keys by their look: each shape meets a key made here, and neither samples, decoys nor prose.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyShapes, ShapeFinder, variableShape } from '../../../../src/sandbox/secret-scan/key-shapes.js';

const letters = (
  count: number,
  alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
) => Array.from(randomBytes(count), (byte) => alphabet[byte % alphabet.length]).join('');
const pem = (type: 'ed25519' | 'x25519') =>
  generateKeyPairSync(type as 'ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();

const made: Readonly<Record<string, () => string>> = {
  'a private key': () => pem('ed25519'),
  'a private key ': () => JSON.stringify({ private_key: pem('x25519') }),
  'a GitLab token': () => `glpat-${letters(20)}`,
  'an Anthropic key': () => `sk-ant-admin01-${letters(93)}AA`,
  'an Anthropic key ': () => `sk-ant-oat01-${letters(93)}AA`,
  'an OpenRouter key': () => `sk-or-v1-${randomBytes(32).toString('hex')}`,
  'a Groq key': () => `gsk_${letters(52)}`,
  'an xAI key': () => `xai-${letters(80)}`,
  'a Google API key': () => `AIza${letters(35)}`,
  'a Discord webhook': () => `https://discord.com/api/webhooks/${letters(18, '123456789')}/${letters(68)}`,
  'a Stripe key': () => `sk_live_${letters(24)}`,
  'a PyPI token': () => `pypi-AgE${letters(160)}`,
  'a DigitalOcean token': () => `dop_v1_${randomBytes(32).toString('hex')}`,
  'a HashiCorp Vault token': () => `hvs.${letters(90)}`,
  'an age key': () => `AGE-SECRET-KEY-1${letters(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}`,
};
const look = (text: string, finder = new ShapeFinder(keyShapes)) =>
  finder.find(Buffer.from(text), 'a.txt')?.title;

test('every shape has a key here', () => {
  const titles = new Set(Object.keys(made).map((title) => title.trim()));
  expect([...new Set(keyShapes.map(({ title }) => title))].filter((title) => !titles.has(title))).toEqual([]);
});

test.each(Object.entries(made))('%s is found in a line of other text', (title, make) => {
  for (let round = 0; round < 20; round += 1) {
    expect(look(`  "key": "${make()}",\n`)).toBe(title.trim());
    expect(look(`${make()}\n`)).toBe(title.trim());
  }
});

test.each([
  ['a sample', `gsk_${letters(45)}EXAMPLE`],
  ['a placeholder', `AIza${'x'.repeat(35)}`],
  ['half a token', 'glpat-abc'],
  ['the word alone', "if (text.includes('-----BEGIN PRIVATE KEY-----')) throw new Error();"],
  ['a certificate', `-----BEGIN CERTIFICATE-----\n${letters(64)}\n-----END CERTIFICATE-----`],
  ['a name in code', 'gsk_live, AIzaSomething, sk-ant-'],
])('%s is none', (_what, text) => {
  expect(look(text)).toBeUndefined();
});

test("a venue's variable with a value is found, without one or with a decoy it is not", () => {
  const shapes = [variableShape('OKX_SECRET_KEY'), variableShape('OKX_SECRET')];
  const finder = new ShapeFinder(shapes);
  const value = randomBytes(16).toString('hex').toUpperCase();
  for (const text of [
    `OKX_SECRET_KEY=${value}`,
    `export MY_OKX_SECRET_KEY="${value}"\n`,
    `{"OKX_SECRET_KEY": "${value}"}`,
    `OKX_SECRET_KEY: '${value}'\n`,
  ]) {
    expect(look(text, finder)).toBe('a value for OKX_SECRET_KEY');
    expect(look(text, new ShapeFinder(shapes, [value]))).toBeUndefined();
  }
  for (const text of [
    'OKX_SECRET_KEY=',
    'OKX_SECRET_KEY=your-secret-key-from-okx-1234',
    'OKX_SECRET_KEY=$(pass show okx/secretkey00)',
    'secret: process.env.OKX_SECRET_KEY,',
    'const { OKX_SECRET_KEY: secretKeyOfTheAccount } = env;',
    `OKX_SECRET_KEY=${'0123456789'.repeat(3)}`,
  ]) {
    expect(look(text, finder)).toBeUndefined();
  }
});

test('a decoy that is a whole PEM is known again in JSON', () => {
  const key = pem('ed25519');
  expect(look(JSON.stringify({ key }), new ShapeFinder(keyShapes, [key]))).toBeUndefined();
});
