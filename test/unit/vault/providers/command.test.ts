import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { ProviderContext } from '../../../../src/vault/provider.js';
import { commandProvider } from '../../../../src/vault/providers/command.js';
import { hostEnvironment, temporaryDir } from '../../../support/host-files.js';

const run = (script: string) => {
  const dir = temporaryDir();
  const context = { env: hostEnvironment(dir), baseDir: dir } as ProviderContext;
  return commandProvider.resolve({ scheme: 'command', argv: [process.execPath, '-e', script] }, context);
};

test('gives what the program prints, without one line end', async () => {
  const value = 'p$a\\ss "w\'ö ';
  expect((await run(`console.log(${JSON.stringify(value)})`)).reveal()).toBe(value);
});

test('S2: a failure says how it ended and nothing of what it printed', async () => {
  const secret = `s3cr3t-${Math.random().toString(36).slice(2)}`;
  const script = `console.log('${secret}'); console.error('bad ${secret}'); process.exit(4)`;
  const thrown = await run(script).catch((error: unknown) => error);
  expect(thrown).toMatchObject({
    code: 'SECRET_SOURCE_FAILED',
    message: expect.stringContaining('exit code 4'),
  });
  expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain(secret);
});

test('no output is a missing secret, too much is none', async () => {
  await expect(run('')).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  await expect(run('process.stdout.write("x".repeat(50000))')).rejects.toMatchObject({
    code: 'SECRET_SOURCE_FAILED',
  });
});
