// Warnings about keys that were journaled while the agent had the terminal, for those who attached.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from '../../../../src/audit/journal.js';
import { keyWarnings } from '../../../../src/cli/launch/key-warnings.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { accountJournal, boxJournal } from '../../../../src/sandbox/checkpoints.js';
import { writeRecord } from '../../../../src/sandbox/records.js';
import { temporaryDir } from '../../../support/host-files.js';

const startMs = Date.UTC(2026, 10, 20, 12);

const network = { id: 'n', name: 'n', subnet: { base: 0, bits: 28 } };

type Options = { mode?: string; accountIds?: string[]; atMs?: number };

async function boxIn({ mode = 'readonly', accountIds = ['main'], atMs = startMs + 3_000 }: Options = {}) {
  const stateDir = temporaryDir();
  const request = { profile: 'shell', workdir: '/w', mode, paper: false, accounts: [] };
  const launch = { request, decoys: {}, echoExpectedSha256: '', preflight: [], accountIds };
  writeRecord(stateDir, {
    version: 1,
    name: 'lab',
    id: 'a',
    profile: 'shell',
    mode,
    isPaper: false,
    createdAt: new Date(startMs).toISOString(),
    workdir: '/w',
    images: { agent: 'agent', sidecar: 'sidecar' },
    networks: { inside: network, egress: network },
    decoys: {},
    launch,
  });
  const write = async (dir: string, account: string, warnings: string[]) => {
    const journal = openJournal(dir, { sandbox: 'lab', sandboxId: 'a', clock: fixedClock(atMs) });
    for (let times = 0; times < 2; times += 1) journal.append({ type: 'account.checked', account, warnings });
    await journal.close();
  };
  const own = boxJournal(stateDir, 'lab').dir;
  await write(own, 'main', ['main: its key can withdraw']);
  await write(accountJournal(stateDir, 'main').dir, 'main', ['main: no address lock']);
  return { stateDir, own };
}

test('in readonly the box’s own journal has them, in demo the accounts’ too; each is told once', async () => {
  const { stateDir } = await boxIn();
  expect(keyWarnings(stateDir, 'lab', startMs)).toEqual(['main: its key can withdraw']);
  const demo = await boxIn({ mode: 'demo' });
  expect(keyWarnings(demo.stateDir, 'lab', startMs)).toEqual([
    'main: its key can withdraw',
    'main: no address lock',
  ]);
});

test.each<[string, Options]>([
  ['a box that was told before its start', { mode: 'live' }],
  ['a box without accounts', { accountIds: [] }],
  ['another account', { accountIds: ['other'] }],
  ['an earlier run', { atMs: startMs - 3_600_000 }],
])('%s has none', async (_, options) => {
  const { stateDir } = await boxIn(options);
  expect(keyWarnings(stateDir, 'lab', startMs)).toEqual([]);
});

test('a journal that cannot be read is no crash', async () => {
  const { stateDir, own } = await boxIn();
  writeFileSync(join(own, '000001.jsonl'), 'garbage\n');
  expect(keyWarnings(stateDir, 'lab', startMs)).toEqual([]);
  expect(keyWarnings(stateDir, 'nobody', startMs)).toEqual([]);
});
