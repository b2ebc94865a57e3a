// What is looked for in a working directory: every stored value, once, whether a box gets it or not.
import { expect, test, vi } from 'vitest';
import { explainUnsearched, knownSecrets } from '../../../../src/cli/launch/known-secrets.js';
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
const ask = (from: () => Promise<ReturnType<typeof resolver>>, hasVault = true, isVaultOpen = hasVault) => ({
  hasVault,
  isVaultOpen,
  resolver: from,
});
const shown = async (...args: Parameters<typeof knownSecrets>) => {
  const { secrets, unsearched } = await knownSecrets(...args);
  return { secrets: Object.fromEntries(secrets.map(({ id, value }) => [id, value.reveal()])), unsearched };
};

test('configuration and vault together, also what is attached nowhere', async () => {
  const one = resolver();
  expect(
    await shown(
      places,
      [],
      ask(async () => one),
    ),
  ).toEqual({
    secrets: {
      'main.apiKey': 'value-of-MAIN_KEY',
      llm: 'value-of-LLM_KEY',
      'alerts.slack': 'value-of-HOOK',
      'vault:main/secret': 'value-of-main-secret',
      'vault:old/secret': 'value-of-old-secret',
    },
    unsearched: [],
  });
});

test('what is attached is neither asked for again nor told twice; without a vault none is opened', async () => {
  const one = resolver();
  const attached = [
    { id: 'main.apiKey', value: new Secret('value-of-MAIN_KEY') },
    { id: 'main.secretKey', value: new Secret('value-of-main-secret') },
  ];
  expect(
    Object.keys(
      (
        await shown(
          places,
          attached,
          ask(async () => one),
        )
      ).secrets,
    ),
  ).toEqual(['main.apiKey', 'main.secretKey', 'llm', 'alerts.slack', 'vault:old/secret']);
  expect(one.value).toHaveBeenCalledTimes(2);
  const asked = vi.fn();
  expect(await shown({ accounts: [], credentials: [] }, [], ask(asked, false))).toEqual({
    secrets: {},
    unsearched: [],
  });
  expect(asked).not.toHaveBeenCalled();
});

// Each of these may ask for its own unlock, at every run, for a box that does not get the value.
test.each<SecretSource>([
  { scheme: 'op', reference: 'op://vault/item/field' },
  { scheme: 'keyring', service: 's', account: 'a' },
  { scheme: 'pass', name: 'okx', isWhole: false },
  { scheme: 'command', argv: ['my-vault'] },
  { scheme: 'hcvault', path: 'secret/okx', field: 'f' },
  { scheme: 'aws-sm', secretId: 'okx' },
  { scheme: 'gcp-sm', name: 'okx', version: 'latest' },
])('of what no box gets $scheme is not asked: it is named, and refuses nothing', async (source) => {
  const one = resolver();
  const live = { id: 'live', credentials: { apiKey: at(source), secretKey: at(source) } };
  const all = { accounts: [...places.accounts, live], credentials: [{ id: 'other', value: at(source) }] };
  const { secrets, unsearched } = await shown(
    all,
    [],
    ask(async () => one),
  );
  expect(unsearched).toEqual(['live', 'other']);
  expect(Object.keys(secrets)).toEqual(['main.apiKey', 'vault:main/secret', 'vault:old/secret']);
  expect(one.value.mock.calls.map(([from]) => from.source.scheme)).toEqual(['env']);
  // Attached, it is known by the time the search begins.
  const attached = ['live.apiKey', 'live.secretKey', 'other'].map((id) => ({
    id,
    value: new Secret(`is-${id}`),
  }));
  expect(
    await shown(
      all,
      attached,
      ask(async () => one),
    ),
  ).toMatchObject({
    secrets: { 'live.apiKey': 'is-live.apiKey', other: 'is-other' },
    unsearched: [],
  });
});

test('a place without a value has none to find; one that fails, and a locked vault, are named', async () => {
  const missing = resolver(new TradeboxError('SECRET_MISSING', 'MAIN_KEY is not set'));
  expect(
    await shown(
      places,
      [],
      ask(async () => missing, false),
    ),
  ).toEqual({ secrets: {}, unsearched: [] });
  const broken = resolver(new TradeboxError('CONFIG_MODE_LOOSE', 'others can read it'));
  expect(
    (
      await shown(
        places,
        [],
        ask(async () => broken, false),
      )
    ).unsearched,
  ).toEqual(['main', 'llm', 'alerts.slack']);
  const none = { accounts: [], credentials: [] };
  const asked = vi.fn();
  expect(await shown(none, [], ask(asked, true, false))).toEqual({ secrets: {}, unsearched: ['the vault'] });
  expect(asked).not.toHaveBeenCalled();
  const all = async () => {
    throw new TradeboxError('VAULT_PASSPHRASE_WRONG', 'not the passphrase');
  };
  const wrong = { ...resolver(), vault: { all } as never };
  expect(
    (
      await shown(
        none,
        [],
        ask(async () => wrong),
      )
    ).unsearched,
  ).toEqual(['the vault']);
  const bug = async () => {
    throw new TypeError('a bug');
  };
  const faulty = { ...resolver(), vault: { all: bug } as never };
  await expect(
    shown(
      none,
      [],
      ask(async () => faulty),
    ),
  ).rejects.toThrow('a bug');
});

test('what was not looked for is one line, and none where all was', () => {
  expect(explainUnsearched([])).toBeUndefined();
  expect(explainUnsearched(['live', 'the vault'])).toMatch(/cannot be read without asking: live, the vault$/);
  expect(explainUnsearched(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])).toMatch(
    /: a, b, c, d, e, f and 2 more$/,
  );
});
