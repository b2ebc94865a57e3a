import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import { createPassphrase } from '../../../src/vault/passphrase.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../support/host-files.js';

const answering = (...answers: string[]) => {
  const questions: string[] = [];
  const ask = async (question: string): Promise<Secret> => {
    questions.push(question);
    return new Secret(answers.shift() ?? '');
  };
  return { ask, questions };
};

test('the file wins over the variable, the variable over the question', async () => {
  const dir = temporaryDir();
  const file = writeFile(join(dir, 'pass'), 'from the $file\\\n');
  const { ask, questions } = answering('typed by hand!');
  const both = hostEnvironment(dir, { TRADEBOX_PASSPHRASE_FILE: file, TRADEBOX_PASSPHRASE: 'from variable' });
  expect((await createPassphrase(both, ask).existing()).reveal()).toBe('from the $file\\');
  const variable = hostEnvironment(dir, { TRADEBOX_PASSPHRASE: 'from variable\n' });
  expect((await createPassphrase(variable, ask).existing()).reveal()).toBe('from variable\n');
  expect(questions).toEqual([]);
  expect((await createPassphrase(hostEnvironment(dir), ask).existing()).reveal()).toBe('typed by hand!');
});

test('is asked for once', async () => {
  const { ask, questions } = answering('typed by hand!', 'second');
  const passphrase = createPassphrase(hostEnvironment(temporaryDir()), ask);
  expect(passphrase.isKnown()).toBe(false);
  await passphrase.existing();
  expect(passphrase.isKnown()).toBe(true);
  const given = hostEnvironment(temporaryDir(), { TRADEBOX_PASSPHRASE: 'from variable' });
  expect(createPassphrase(given, ask).isKnown()).toBe(true);
  expect((await passphrase.existing()).reveal()).toBe('typed by hand!');
  expect(questions).toHaveLength(1);
});

test('a new one is asked for twice and must be the same and long', async () => {
  const env = hostEnvironment(temporaryDir());
  const fresh = (...answers: string[]) => createPassphrase(env, answering(...answers).ask).fresh();
  expect((await fresh('long enough 1', 'long enough 1')).reveal()).toBe('long enough 1');
  await expect(fresh('long enough 1', 'long enough 2')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
  await expect(fresh('short', 'short')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
});

test('with nobody to ask, says which variables help', async () => {
  const passphrase = createPassphrase(hostEnvironment(temporaryDir()), undefined);
  await expect(passphrase.existing()).rejects.toMatchObject({
    code: 'VAULT_LOCKED',
    remedy: expect.stringContaining('TRADEBOX_PASSPHRASE_FILE'),
  });
});

test('a passphrase file that others can read, or that is not there, is refused', async () => {
  const dir = temporaryDir();
  const loose = writeFile(join(dir, 'pass'), 'from the file', 0o644);
  const from = (file: string) =>
    createPassphrase(hostEnvironment(dir, { TRADEBOX_PASSPHRASE_FILE: file }), undefined).existing();
  await expect(from(loose)).rejects.toMatchObject({ code: 'CONFIG_MODE_LOOSE' });
  await expect(from(join(dir, 'none'))).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
});
