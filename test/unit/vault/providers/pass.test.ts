import { expect, test } from 'vitest';
import { passProvider } from '../../../../src/vault/providers/pass.js';
import { fakeClient, prints } from '../../../support/fake-client.js';

const source = { scheme: 'pass', name: 'trading/okx', isWhole: false } as const;
const pem = '-----BEGIN KEY-----\nabc\n-----END KEY-----\n';

test('the first line is the password; with #all every line', async () => {
  const { context, argv } = fakeClient('pass', prints('the password \nuser: me\nurl: x\n'));
  expect((await passProvider.resolve(source, context)).reveal()).toBe('the password ');
  expect(argv()).toEqual(['show', 'trading/okx']);
  const whole = fakeClient('pass', prints(pem));
  const secret = await passProvider.resolve({ ...source, isWhole: true }, whole.context);
  expect(secret.reveal()).toBe(pem.trimEnd());
});

test('an absent client, and an entry whose first line is empty', async () => {
  const { context } = fakeClient('pass');
  await expect(passProvider.resolve(source, context)).rejects.toMatchObject({
    message: 'the password manager pass (pass) is not installed',
    remedy: expect.stringContaining('pass init'),
  });
  const empty = fakeClient('pass', prints('\nuser: me\n'));
  await expect(passProvider.resolve(source, empty.context)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
});
