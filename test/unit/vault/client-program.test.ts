import { expect, test } from 'vitest';
import { askClient, secretFromClient } from '../../../src/vault/client-program.js';
import { fakeClient, prints } from '../../support/fake-client.js';

const client = { title: 'Test CLI', install: 'Install it.', unlock: 'Unlock it.' };

test('nothing is expanded: what a shell would act on arrives as it is', async () => {
  const { context, argv } = fakeClient('manager', prints('ok'));
  const words = ['$HOME', '$(id)', '`id`', 'a b', "it's", '*', '; exit 1', '--'];
  await askClient(client, ['manager', ...words], context.env);
  expect(argv()).toEqual(words);
});

test('more than a secret, a signal, and nothing at all', async () => {
  const flood = fakeClient('manager', 'process.stdout.write("x".repeat(200_000));');
  await expect(secretFromClient(client, ['manager'], flood.context.env)).rejects.toMatchObject({
    message: 'the Test CLI (manager) printed more than a secret',
    remedy: 'Unlock it.',
  });
  const killed = fakeClient('manager', 'process.kill(process.pid, "SIGKILL");');
  await expect(secretFromClient(client, ['manager'], killed.context.env)).rejects.toMatchObject({
    message: 'the Test CLI (manager) was ended by a signal',
  });
  const silent = fakeClient('manager', '');
  await expect(secretFromClient(client, ['manager'], silent.context.env)).rejects.toMatchObject({
    code: 'SECRET_MISSING',
  });
});
