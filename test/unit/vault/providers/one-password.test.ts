import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { onePasswordProvider } from '../../../../src/vault/providers/one-password.js';
import { fakeClient, prints } from '../../../support/fake-client.js';

const source = { scheme: 'op', reference: 'op://Trading desk/okx (main)/api key' } as const;

test('asks `op read` for exactly the reference, and takes one line end off', async () => {
  const { context, argv } = fakeClient('op', prints('p$a "ss\n\n'));
  expect((await onePasswordProvider.resolve(source, context)).reveal()).toBe('p$a "ss\n');
  expect(argv()).toEqual(['read', 'op://Trading desk/okx (main)/api key']);
});

test('an absent client is named, with how it comes onto the machine', async () => {
  const { context } = fakeClient('op');
  await expect(onePasswordProvider.resolve(source, context)).rejects.toMatchObject({
    code: 'SECRET_SOURCE_FAILED',
    message: 'the 1Password CLI (op) is not installed',
    remedy: expect.stringContaining('Install it'),
  });
});

test('S2: a client that fails is told by its exit code, and nothing of what it said', async () => {
  const { context } = fakeClient(
    'op',
    `${prints('leaked-out')} console.error('leaked-err'); process.exitCode = 6;`,
  );
  const thrown = await onePasswordProvider.resolve(source, context).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ message: 'the 1Password CLI (op) ended with exit code 6' });
  expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain('leaked');
});
