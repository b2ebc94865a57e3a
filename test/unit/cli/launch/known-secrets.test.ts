// What is looked for in a working directory: every stored value, once, whether a box gets it or not.
import { expect, test, vi } from 'vitest';
import { knownSecrets } from '../../../../src/cli/launch/known-secrets.js';
import type { LocatedSource } from '../../../../src/config/config.js';
import type { SecretSource } from '../../../../src/config/secret-source.js';
import { TradeboxError } from '../../../../src/core/errors.js';
import { Secret } from '../../../../src/core/secret.js';

const at = (source: SecretSource): LocatedSource => ({ source, baseDir: '/', origin: 't.yaml:1' });
const env = (name: string) => at({ scheme: 'env', name } as SecretSource);
const vault = (name: string) => at({ scheme: 'vault', name } as SecretSource);
const places = {
  accounts: [{ id: 'main', credentials: { apiKey: env('MAIN_KEY'), secretKey: vault('main/secret') } }],
  credentials: [{ id: 'llm', value: env('LLM_KEY') }],
  alerts: [{ kind: 'slack' as const, url: env('HOOK') }],
};
const stored = new Map([
  ['main/secret', new Secret('value-of-main-secret')],
  ['old/secret', new Secret('value-of-old-secret')],
  ['short', new Secret('short')],
]);
const resolver = (fail?: TradeboxError) => ({
  vault: { all: async () => stored } as never,
  value: vi.fn(async ({ source }: LocatedSource) => {
    if (fail !== undefined) throw fail;
    return new Secret(`value-of-${'name' in source ? source.name : ''}`);
  }),
});
const shown = async (...args: Parameters<typeof knownSecrets>) =>
  Object.fromEntries((await knownSecrets(...args)).map(({ id, value }) => [id, value.reveal()]));

test('configuration and vault together, also what is attached nowhere', async () => {
  const one = resolver();
  expect(await shown(places, [], true, async () => one)).toEqual({
    'main.apiKey': 'value-of-MAIN_KEY',
    llm: 'value-of-LLM_KEY',
    'alerts.slack': 'value-of-HOOK',
    'vault:main/secret': 'value-of-main-secret',
    'vault:old/secret': 'value-of-old-secret',
  });
});

test('what is attached is neither asked for again nor told twice; without a vault none is opened', async () => {
  const one = resolver();
  const attached = [
    { id: 'main.apiKey', value: new Secret('value-of-MAIN_KEY') },
    { id: 'main.secretKey', value: new Secret('value-of-main-secret') },
  ];
  expect(Object.keys(await shown(places, attached, true, async () => one))).toEqual([
    'main.apiKey',
    'main.secretKey',
    'llm',
    'alerts.slack',
    'vault:old/secret',
  ]);
  expect(one.value).toHaveBeenCalledTimes(2);
  const asked = vi.fn();
  expect(await shown({ accounts: [], credentials: [] }, [], false, asked)).toEqual({});
  expect(asked).not.toHaveBeenCalled();
});

test('a place without a value is passed over; one that does not answer refuses, and says what for', async () => {
  const missing = resolver(new TradeboxError('SECRET_MISSING', 'MAIN_KEY is not set'));
  expect(Object.keys(await shown(places, [], false, async () => missing))).toEqual([]);
  const broken = resolver(
    new TradeboxError('SECRET_SOURCE_FAILED', 'op did not answer', { remedy: 'Unlock it.' }),
  );
  await expect(knownSecrets(places, [], false, async () => broken)).rejects.toMatchObject({
    code: 'SECRET_SOURCE_FAILED',
    message: expect.stringContaining('op did not answer; before a box gets the working directory'),
    remedy: 'Unlock it.',
  });
  const locked = {
    ...resolver(),
    vault: {
      all: async () => {
        throw new TradeboxError('VAULT_LOCKED', 'the vault needs its passphrase');
      },
    } as never,
  };
  await expect(
    knownSecrets({ accounts: [], credentials: [] }, [], true, async () => locked),
  ).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
});
