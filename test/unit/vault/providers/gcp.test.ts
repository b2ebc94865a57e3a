import { expect, test } from 'vitest';
import { gcpProvider } from '../../../../src/vault/providers/gcp.js';
import { fakeClient, prints } from '../../../support/fake-client.js';

const source = { scheme: 'gcp-sm', name: 'okx', version: 'latest' } as const;

test('asks for one version of one secret, in the project that is named', async () => {
  const { context, argv } = fakeClient('gcloud', prints('the value'));
  expect((await gcpProvider.resolve(source, context)).reveal()).toBe('the value');
  expect(argv()).toEqual(['secrets', 'versions', 'access', 'latest', '--secret=okx', '--quiet']);
  await gcpProvider.resolve({ ...source, project: 'desk-1', version: '7' }, context);
  expect(argv()).toEqual([
    'secrets',
    'versions',
    'access',
    '7',
    '--secret=okx',
    '--project=desk-1',
    '--quiet',
  ]);
});

test('a member of a JSON secret; an absent client', async () => {
  const { context } = fakeClient('gcloud', prints('{"apiKey":"the key"}'));
  expect((await gcpProvider.resolve({ ...source, key: 'apiKey' }, context)).reveal()).toBe('the key');
  await expect(gcpProvider.resolve({ ...source, key: 'other' }, context)).rejects.toMatchObject({
    code: 'SECRET_INVALID',
  });
  const absent = fakeClient('gcloud');
  await expect(gcpProvider.resolve(source, absent.context)).rejects.toMatchObject({
    message: 'the Google Cloud CLI (gcloud) is not installed',
    remedy: expect.stringContaining('gcloud auth login'),
  });
});
