// Where the journals of trading accounts lie on the host, and how a sidecar gets exactly those of its own accounts.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrivateDir } from '../config/private-files.js';
import { boxPaths } from './box-paths.js';
import type { ContainerPlan } from './docker/shapes.js';
import { giveTree } from './ownership.js';
import { sidecarPaths, type User } from './spec.js';

/** A box as far as its accounts go. */
export interface AccountHolder {
  name: string;
  mode: string;
  isPaper: boolean;
  /** Accounts that may trade; a paper box has its own and names none. */
  accounts: readonly string[];
}

/** Directory of the account's journal: it belongs to the account, not to a box, so counters outlive every box (S12). */
export function accountJournalDir(stateDir: string, account: string): string {
  return join(stateDir, 'accounts', account, 'journal');
}

/** Directory of the journals of a paper box's own accounts, one below it for each. */
export function paperAccountsDir(stateDir: string, box: string): string {
  return join(boxPaths(stateDir, box).dir, 'accounts');
}

/** Makes the directories for the sidecar's user and gives the mounts. None in mode `readonly`. */
export function accountMounts(stateDir: string, holder: AccountHolder, owner: User): ContainerPlan['mounts'] {
  const { name, mode, isPaper, accounts } = holder;
  if (mode === 'readonly') return [];
  if (isPaper) {
    const dir = paperAccountsDir(stateDir, name);
    ensurePrivateDir(boxPaths(stateDir, name).dir);
    give(dir, owner);
    return [{ source: dir, target: sidecarPaths.accounts, isReadOnly: false }];
  }
  return accounts.map((account) => {
    const dir = accountJournalDir(stateDir, account);
    ensurePrivateDir(join(stateDir, 'accounts'));
    ensurePrivateDir(join(stateDir, 'accounts', account));
    give(dir, owner);
    return { source: dir, target: `${sidecarPaths.accounts}/${account}`, isReadOnly: false };
  });
}

function give(dir: string, owner: User): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  giveTree(dir, owner);
}
