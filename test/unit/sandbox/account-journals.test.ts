import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountJournalDir, accountMounts, paperAccountsDir } from '../../../src/sandbox/account-journals.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'tradebox-accounts-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const holder = { name: 'desk', mode: 'demo', isPaper: false, accounts: ['okx-main'] };

test('a real account keeps its journal outside of every box', () => {
  const dir = accountJournalDir(state, 'okx-main');
  expect(accountMounts(state, holder, owner)).toEqual([
    { source: dir, target: '/accounts/okx-main', isReadOnly: false },
  ]);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(dir).not.toContain('desk');
});

test('a paper box has accounts of its own', () => {
  expect(accountMounts(state, { ...holder, isPaper: true, accounts: [] }, owner)).toEqual([
    { source: paperAccountsDir(state, 'desk'), target: '/accounts', isReadOnly: false },
  ]);
});

test('a box that only reads gets none', () => {
  expect(accountMounts(state, { ...holder, mode: 'readonly' }, owner)).toEqual([]);
  expect(existsSync(join(state, 'accounts'))).toBe(false);
});
