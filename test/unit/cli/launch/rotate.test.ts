import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CliContext } from '../../../../src/cli/context.js';
import {
  affectedBoxes,
  describeUse,
  requireFit,
  rereadInBoxes,
  switchBox,
  usesOf,
} from '../../../../src/cli/launch/rotate.js';
import type { AccountConfig, CredentialConfig, LocatedSource } from '../../../../src/config/config.js';
import { Secret } from '../../../../src/core/secret.js';
import { writeRecord } from '../../../../src/sandbox/records.js';
import type { ControlRequest } from '../../../../src/sidecar/control.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { boxRecord } from '../../../support/box-record.js';
import { emptyConfig } from '../../../support/empty-config.js';
import { engineWith } from '../../../support/fake-boxes.js';
import { hostEnvironment, temporaryDir, thrownBy } from '../../../support/host-files.js';

const from = (name: string): LocatedSource => ({
  source: { scheme: 'vault', name },
  baseDir: '/',
  origin: 'x:1',
});
const account: AccountConfig = {
  id: 'main',
  venue: okx,
  environment: 'demo',
  credentials: {
    apiKey: from('okx/key'),
    secretKey: from('okx/secret'),
    passphrase: { ...from(''), source: { scheme: 'env', name: 'okx/key' } },
  },
  origin: 'x:1',
};
const credential = { id: 'model', value: from('anthropic'), origin: 'x:2' } as CredentialConfig;

test('a secret is found wherever the vault gives it, and nowhere else', () => {
  const find = (...names: string[]) =>
    usesOf(new Set(names), { accounts: [account], credentials: [credential] }).map(describeUse);
  expect(find('okx/key')).toEqual(['main.apiKey']);
  expect(find('okx/key', 'okx/secret', 'anthropic')).toEqual(['main.apiKey', 'main.secretKey', 'model']);
  expect(find('other')).toEqual([]);
});

test('S2: a value that does not fit where it is used is refused without being quoted', () => {
  const uses = usesOf(new Set(['anthropic']), { accounts: [], credentials: [credential] });
  const value = 'sk-with-a-line\nbreak-in-it';
  const thrown = thrownBy(() => requireFit(new Map([['anthropic', new Secret(value)]]), uses));
  expect(thrown).toMatchObject({ code: 'SECRET_INVALID' });
  expect(String(thrown)).toMatch(/used as model, holds a line break/);
  expect(String(thrown)).not.toContain('sk-with');
  requireFit(new Map([['anthropic', new Secret('sk-on-one-line-only')]]), uses);
});

/** Two boxes that run, of which one uses the model's credential, and one whose configuration cannot be read. */
function world(switched = 1) {
  const dir = temporaryDir();
  const stateDir = join(dir, 'state');
  const model = {
    ...credential,
    hosts: ['api.anthropic.com'],
    placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
    env: [],
    isLlm: true,
  } as CredentialConfig;
  const configs = new Map([
    ['/srv/user', { ...emptyConfig, credentials: [model] }],
    ['/srv/other', emptyConfig],
  ]);
  for (const name of ['user', 'other', 'broken']) {
    const request = {
      profile: 'shell',
      workdir: `/srv/${name}`,
      mode: 'readonly',
      paper: false,
      accounts: [],
    };
    const launch = { request, decoys: {}, echoExpectedSha256: '', preflight: [], accountIds: [] };
    writeRecord(stateDir, boxRecord({ name, launch }));
  }
  const asked: ControlRequest[] = [];
  const engine = engineWith({ user: 'answers', other: 'answers', broken: 'answers' }, false, (request) => {
    asked.push(request);
    return { switched };
  });
  const context = {
    env: hostEnvironment(dir),
    paths: { stateDir, profilesDir: join(dir, 'profiles') },
    clock: { nowMs: () => Date.parse('2026-11-20T01:00:00Z') },
    loadConfig: () => Promise.reject(new Error('asked about a changed file')),
    loadApprovedConfig: async (workdir: string) => {
      const found = configs.get(workdir);
      if (found === undefined) throw new Error('not approved');
      return found;
    },
    secretResolver: async () => ({ credential: async () => new Secret('sk-of-its-source') }),
  } as unknown as CliContext;
  return { context, engine, asked };
}
const untold = { box: 'broken', uses: [], problem: 'not approved' };

test('the boxes that use a secret are found, those that do not are left alone, and who cannot be read is told', async () => {
  const { context, engine, asked } = world();
  const affected = await affectedBoxes(context, engine, new Set(['anthropic']));
  expect(affected.map(({ box, uses, problem }) => [box, uses.map(describeUse), problem])).toEqual([
    ['broken', [], 'not approved'],
    ['user', ['model'], null],
  ]);
  const values = new Map([['anthropic', new Secret('sk-a-new-one')]]);
  expect(await switchBox(engine, 'user', affected[1]?.uses ?? [], values)).toEqual({
    box: 'user',
    uses: ['model'],
    problem: null,
  });
  expect(asked).toEqual([{ op: 'rotate', changes: [{ credential: 'model', secret: 'sk-a-new-one' }] }]);
});

test('a source is read again for the boxes that have it attached; one that gives what they have is told', async () => {
  const { context, engine, asked } = world();
  const changed = await rereadInBoxes(context, engine, 'model');
  expect(changed).toEqual([untold, { box: 'user', uses: ['model'], problem: null }]);
  expect(asked).toEqual([
    { op: 'rotate', changes: [{ credential: 'model', secret: 'sk-of-its-source' }], isReread: true },
  ]);
  const same = world(0);
  expect(await rereadInBoxes(same.context, same.engine, 'model')).toEqual([
    untold,
    { box: 'user', uses: ['model'], problem: 'its sources give what the box has already' },
  ]);
  expect(await rereadInBoxes(context, engine, 'nothing')).toEqual([untold]);
});
