import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { awsProvider } from '../../../../src/vault/providers/aws.js';
import { fakeClient, prints } from '../../../support/fake-client.js';

const source = {
  scheme: 'aws-sm',
  secretId: 'arn:aws:secretsmanager:eu-west-1:1:secret:okx-AbCdEf',
} as const;

test('asks for the one secret as JSON, so that every line end of the value is its own', async () => {
  const { context, argv } = fakeClient('aws', prints(`${JSON.stringify('line\nline\n')}\n`));
  expect((await awsProvider.resolve(source, context)).reveal()).toBe('line\nline\n');
  expect(argv()).toEqual([
    'secretsmanager',
    'get-secret-value',
    '--secret-id',
    source.secretId,
    '--query',
    'SecretString',
    '--output',
    'json',
    '--no-cli-pager',
  ]);
});

test('a member of a JSON secret, and one that is not there', async () => {
  const { context } = fakeClient('aws', prints(JSON.stringify(JSON.stringify({ apiKey: 'the key', n: 1 }))));
  expect((await awsProvider.resolve({ ...source, key: 'apiKey' }, context)).reveal()).toBe('the key');
  for (const key of ['secretKey', 'n', '__proto__', 'toString'])
    await expect(awsProvider.resolve({ ...source, key }, context)).rejects.toMatchObject({
      code: 'SECRET_INVALID',
    });
});

test('S2: binary, broken and absent are told without what was printed', async () => {
  for (const text of ['null', '{"leaked": 1}', 'leaked']) {
    const { context } = fakeClient('aws', prints(text));
    const thrown = await awsProvider.resolve(source, context).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'SECRET_MISSING' });
    expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain('leaked');
  }
  const { context } = fakeClient('aws');
  await expect(awsProvider.resolve(source, context)).rejects.toMatchObject({
    message: 'the AWS CLI (aws) is not installed',
    remedy: expect.stringContaining('aws configure'),
  });
});
