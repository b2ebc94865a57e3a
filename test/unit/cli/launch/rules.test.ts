// The rules of a request, as they would be at the start of its box and at a reload.
import { expect, test } from 'vitest';
import { rulesOf } from '../../../../src/cli/launch/rules.js';
import type { Config, CredentialConfig } from '../../../../src/config/config.js';
import type { HostEnvironment } from '../../../../src/config/paths.js';
import type { HostRule } from '../../../../src/sidecar/settings.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { emptyConfig } from '../../../support/empty-config.js';
import { rule } from '../../../support/pipeline-world.js';

// Without registries nothing of the environment is read.
const context = { env: {} as HostEnvironment };
const config: Config = {
  ...emptyConfig,
  accounts: [{ id: 'main', venue: okx, environment: 'demo', credentials: {}, origin: 't.yaml:4' }],
  hosts: [rule('news.test')],
};
const attached = {
  accounts: [{ id: 'main', venue: okx, environment: 'demo' as const }],
  credentials: [],
};
const wide = { hosts: [rule('*.wide.test')] };

test('profile, configuration and account each open theirs', async () => {
  const model = { preset: 'llm:openai', ...rule('api.openai.com') };
  const own = { ...config, hosts: [model] };
  const rules = await rulesOf(
    context,
    { paper: false },
    { hosts: [rule('api.anthropic.com')] },
    own,
    attached,
  );
  const hosts = rules.map(({ host }) => host);
  expect(hosts).toEqual(expect.arrayContaining(['api.anthropic.com', 'api.openai.com']));
  expect(rules.some(({ venue }) => venue === 'okx')).toBe(true);
});

test('S4: a box with an account reaches venues and models, whoever opens more: configuration, profile, credential, pin', async () => {
  const bare = { ...config, hosts: [] };
  const open = (profile: HostRule[], more: Partial<Config> = {}, credentials: CredentialConfig[] = []) =>
    rulesOf(
      context,
      { paper: false },
      { hosts: profile },
      { ...bare, ...more },
      { ...attached, credentials },
    );
  await open([]);
  const refused = /is not opened to a box that holds the account main/;
  await expect(open([rule('docs.test')])).rejects.toThrow(refused);
  await expect(open(wide.hosts)).rejects.toThrow(refused);
  await expect(open([], { hosts: [rule('news.test')] })).rejects.toThrow(refused);
  const pin = { host: 'pin.test', address: '10.0.0.9', port: 443, reason: 'ours', origin: 't.yaml:9' };
  await expect(open([], { pins: [pin] })).rejects.toThrow(/^t\.yaml:9: the host pin\.test/);
  const credential = (isLlm: boolean) =>
    ({ id: 'c', hosts: ['pin.test'], env: [], isLlm, origin: 't.yaml:8' }) as unknown as CredentialConfig;
  await expect(open([], {}, [credential(false)])).rejects.toThrow(/^t\.yaml:8: the host pin\.test/);
  await open([], { pins: [pin] }, [credential(true)]);
  await open([], { pins: [{ ...pin, isLlm: true }] });
  // What is a model's is that host, and nothing beside it.
  await expect(open([rule('docs.test')], { pins: [{ ...pin, isLlm: true }] })).rejects.toThrow(refused);
  // Nor does a registry's pin lead another rule to a private address, or open anything.
  const registry = { ...pin, isRegistry: true as const };
  expect((await open([], { pins: [registry] })).map(({ host }) => host)).not.toContain('pin.test');
  const cited = { ...rule('pin.test'), methods: ['GET'], maxBodyBytes: 0, evidence: true as const };
  await open([cited]);
  await expect(open([cited], { pins: [registry] })).rejects.toThrow(refused);
  const research = { ...config, regime: 'research' as const };
  await expect(rulesOf(context, { paper: false }, { hosts: [] }, research, attached)).rejects.toThrow(
    /^t\.yaml:4: regime: research/,
  );
});

test('a paper account is nobody’s: it may be held beside a wildcard', async () => {
  const rules = await rulesOf(context, { paper: true }, wide, config, attached);
  expect(rules.map(({ host }) => host)).toContain('*.wide.test');
});
