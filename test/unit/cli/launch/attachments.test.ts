import { expect, test, vi } from 'vitest';
import { resolveAttachments } from '../../../../src/cli/launch/attachments.js';
import type { AccountConfig, CredentialConfig } from '../../../../src/config/config.js';
import { Secret } from '../../../../src/core/secret.js';
import type { SecretResolver } from '../../../../src/vault/resolve.js';
import { findVenue } from '../../../../src/venues/venues.js';

const okx = findVenue('okx');
const account = (id: string, environment: 'live' | 'demo' | 'paper'): AccountConfig =>
  ({ id, venue: okx, environment, credentials: {}, origin: 'tradebox.yaml:3' }) as unknown as AccountConfig;
const credential = {
  id: 'llm',
  hosts: ['llm.example'],
  placement: { in: 'header', name: 'x-api-key', prefix: '' },
  env: ['LLM_KEY'],
  isLlm: true,
} as unknown as CredentialConfig;
const profile = { name: 'p', accounts: ['okx'], credentials: ['llm'] };
const config = { accounts: [account('main', 'live'), account('demo', 'demo')], credentials: [credential] };
const resolver = async (): Promise<SecretResolver> =>
  ({
    account: async () => ({ apiKey: new Secret('k') }),
    credential: async () => new Secret('v'),
  }) as unknown as SecretResolver;
const asked = (overrides: object) => ({
  mode: 'readonly' as const,
  paper: false,
  accounts: [] as string[],
  ...overrides,
});

test('what the profile uses is attached, with its real values', async () => {
  const { accounts, plain } = await resolveAttachments(
    asked({ accounts: ['demo'] }),
    profile,
    config,
    resolver,
  );
  expect(accounts.map(({ id, environment }) => [id, environment])).toEqual([['demo', 'demo']]);
  expect(plain.map(({ id, secret }) => [id, secret.reveal()])).toEqual([['llm', 'v']]);
});

test('a profile gets no account or credential that it does not name', async () => {
  const bare = { name: 'bare', accounts: [], credentials: [] };
  const attached = await resolveAttachments(asked({}), bare, config, resolver);
  expect([attached.accounts, attached.plain]).toEqual([[], []]);
  await expect(
    resolveAttachments(asked({ accounts: ['demo'] }), bare, config, resolver),
  ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('D9: the mode demo never holds a live credential, and nothing is resolved before that is known', async () => {
  const spy = vi.fn(resolver);
  await expect(
    resolveAttachments(
      asked({ mode: 'demo', accounts: ['main'] }),
      { ...profile, credentials: [] },
      config,
      spy,
    ),
  ).rejects.toMatchObject({ code: 'MODE_UNAVAILABLE' });
  expect(spy).not.toHaveBeenCalled();
});

test('--paper makes its own account and opens no vault', async () => {
  const spy = vi.fn(resolver);
  const { accounts } = await resolveAttachments(
    asked({ paper: true }),
    { ...profile, credentials: [] },
    config,
    spy,
  );
  expect(accounts.map(({ id, environment }) => [id, environment])).toEqual([['okx-paper', 'paper']]);
  expect(spy).not.toHaveBeenCalled();
  await expect(
    resolveAttachments(asked({ paper: true, accounts: ['demo'] }), profile, config, resolver),
  ).rejects.toMatchObject({ code: 'USAGE' });
});

test('an account of the paper environment is refused without --paper', async () => {
  const paper = { accounts: [account('rehearsal', 'paper')], credentials: [] };
  await expect(resolveAttachments(asked({}), profile, paper, resolver)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});

test('an unknown account names the nearest', async () => {
  await expect(
    resolveAttachments(asked({ accounts: ['demmo'] }), profile, config, resolver),
  ).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    remedy: expect.stringContaining('demo'),
  });
});

test('shadow has a paper account of the venue whose market it reads, no key, and refuses the others by name', async () => {
  const shadow = asked({ mode: 'shadow', paper: true });
  const none = { ...config, credentials: [] };
  const unasked = async (): Promise<SecretResolver> => {
    throw new Error('no secret is needed');
  };
  const wide = { ...profile, accounts: ['okx', 'alpaca'], credentials: [] };
  const { accounts } = await resolveAttachments(shadow, wide, none, unasked);
  expect(accounts.map(({ venue, environment }) => [venue.id, environment])).toEqual([['okx', 'paper']]);
  await expect(
    resolveAttachments(shadow, { ...wide, accounts: ['tradier', 'alpaca'] }, none, unasked),
  ).rejects.toMatchObject({ code: 'MODE_UNAVAILABLE', message: expect.stringContaining('Tradier, Alpaca') });
});
