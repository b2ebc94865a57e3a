import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { AccountConfig, CredentialConfig, LocatedSource } from '../../../src/config/config.js';
import { resolvePaths } from '../../../src/config/paths.js';
import { parseSource } from '../../../src/config/secret-source.js';
import { fixedClock } from '../../../src/core/clock.js';
import { Secret } from '../../../src/core/secret.js';
import { createSecretResolver, explainMisfit, type SecretResolver } from '../../../src/vault/resolve.js';
import { findVenue } from '../../../src/venues/venues.js';
import { hostEnvironment, temporaryDir } from '../../support/host-files.js';

const located = (text: string): LocatedSource => {
  const parsed = parseSource(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { source: parsed.source, baseDir: '/', origin: 'tradebox.yaml:7' };
};

function resolver(variables: Record<string, string>): SecretResolver {
  const env = hostEnvironment(temporaryDir(), variables);
  const nobody = async (): Promise<never> => {
    throw new Error('the passphrase was asked for');
  };
  return createSecretResolver({
    env,
    clock: fixedClock(0),
    paths: resolvePaths(env),
    passphrase: { isKnown: () => false, existing: nobody, fresh: nobody },
  });
}

const okx = findVenue('okx');

function account(): AccountConfig {
  if (okx === undefined) throw new Error('no okx');
  return {
    id: 'okx-main',
    venue: okx,
    environment: 'demo',
    origin: 'tradebox.yaml:3',
    credentials: { apiKey: located('env:K'), secretKey: located('env:S'), passphrase: located('env:P') },
  };
}

const credential = (text: string): CredentialConfig => ({
  id: 'llm',
  hosts: ['llm.example.com'],
  placement: { in: 'header', name: 'x-api-key', prefix: '' },
  value: located(text),
  env: [],
  isLlm: true,
  origin: 'tradebox.yaml:9',
});

const good = { K: 'b0a1c2d3-0000-4000-8000-000000000000', S: 'A'.repeat(32), P: 'Pa$s\\"word\'1 x' };

test('gives every field of an account, exactly, without opening the vault', async () => {
  const real = await resolver(good).account(account());
  expect(real.apiKey?.reveal()).toBe(good.K);
  expect(real.passphrase?.reveal()).toBe(good.P);
  expect(inspect(real, { depth: 5 })).not.toContain(good.P);
});

test('refuses a field that the venue could not take, naming its place and not its value', async () => {
  const bad = { ...good, P: `${good.P}\n` };
  const thrown = await resolver(bad)
    .account(account())
    .catch((error: unknown) => error);
  expect(thrown).toMatchObject({
    code: 'SECRET_INVALID',
    message: expect.stringContaining('tradebox.yaml:7: the secret from env:P'),
  });
  expect(inspect(thrown, { depth: 5 })).not.toContain(good.P);
});

test('refuses short values everywhere', async () => {
  await expect(resolver({ V: '1234567' }).credential(credential('env:V'))).rejects.toMatchObject({
    code: 'SECRET_INVALID',
  });
  expect((await resolver({ V: '12345678' }).credential(credential('env:V'))).reveal()).toBe('12345678');
});

test('IBKR: what names a key, a user or an address may be short; what opens anything may not', async () => {
  const ibkr = findVenue('ibkr');
  if (ibkr === undefined) throw new Error('no ibkr');
  const values = { CLIENT: 'c1', KID: 'main', USER: 'jo', IP: '1.2.3.4', BEARER: 'b'.repeat(16) };
  const fields = {
    clientId: 'CLIENT',
    clientKeyId: 'KID',
    userName: 'USER',
    ipAddress: 'IP',
    bearerToken: 'BEARER',
  } as const;
  const credentials = Object.fromEntries(
    Object.entries(fields).map(([field, variable]) => [field, located(`env:${variable}`)]),
  );
  const one: AccountConfig = { ...account(), venue: ibkr, credentials };
  const real = await resolver(values).account(one);
  expect([real.clientKeyId?.reveal(), real.userName?.reveal()]).toEqual(['main', 'jo']);
  await expect(resolver({ ...values, BEARER: 'short-1' }).account(one)).rejects.toThrow(/is 7 bytes long/);
  const fits = (field: string, value: string) => explainMisfit(new Secret(value), { account: one, field });
  expect([fits('clientKeyId', 'kid2'), fits('bearerToken', 'kid2')]).toEqual([
    undefined,
    expect.stringContaining('is 4 bytes long'),
  ]);
});

test.each(['good-start\r\nx-evil: 1', 'line\nbreak-here', 'ünicode-value', ' space-before', 'space-after '])(
  'refuses a header value that would break or change the header',
  async (value) => {
    await expect(resolver({ V: value }).credential(credential('env:V'))).rejects.toMatchObject({
      code: 'SECRET_INVALID',
    });
  },
);

test('a name in a vault that does not exist is missing, not a question', async () => {
  await expect(resolver({}).credential(credential('vault:llm'))).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    remedy: 'Run: tradebox secrets set llm',
  });
});
