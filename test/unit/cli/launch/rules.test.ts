// The rules of a request, as they would be at the start of its box and at a reload.
import { expect, test } from 'vitest';
import { rulesOf } from '../../../../src/cli/launch/rules.js';
import type { Config } from '../../../../src/config/config.js';
import type { HostEnvironment } from '../../../../src/config/paths.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { rule } from '../../../support/pipeline-world.js';

// Without registries nothing of the environment is read.
const context = { env: {} as HostEnvironment };
const config: Config = {
  files: [],
  mode: 'readonly',
  accounts: [{ id: 'main', venue: okx, environment: 'demo', credentials: {}, origin: 't.yaml:4' }],
  credentials: [],
  hosts: [rule('news.test')],
  registries: [],
  pins: [],
  workdir: { writable: [], snapshots: { keep: 0, maxMb: 1, exclude: [] } },
  limits: { memoryMb: 1024, cpus: 1, pids: 64 },
};
const attached = {
  accounts: [{ id: 'main', venue: okx, environment: 'demo' as const }],
  credentials: [],
};
const wide = { hosts: [rule('*.wide.test')] };

test('profile, configuration and account each open theirs', async () => {
  const rules = await rulesOf(context, { paper: false }, { hosts: [rule('docs.test')] }, config, attached);
  const hosts = rules.map(({ host }) => host);
  expect(hosts).toEqual(expect.arrayContaining(['docs.test', 'news.test']));
  expect(rules.some(({ venue }) => venue === 'okx')).toBe(true);
});

test('S4: a wildcard, also one of the profile, is not opened to a box with an account', async () => {
  await expect(rulesOf(context, { paper: false }, wide, config, attached)).rejects.toThrow(
    /the account main/,
  );
  const research = { ...config, regime: 'research' as const };
  await expect(rulesOf(context, { paper: false }, { hosts: [] }, research, attached)).rejects.toThrow(
    /^t\.yaml:4: regime: research/,
  );
});

test('a paper account is nobody’s: it may be held beside a wildcard', async () => {
  const rules = await rulesOf(context, { paper: true }, wide, config, attached);
  expect(rules.map(({ host }) => host)).toContain('*.wide.test');
});
