// The host's signed checkpoints of journals: made once the chain is proven up to them, kept where no sidecar can write (S10).
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Checkpoint, parseCheckpoint, readCheckpoint, signCheckpoint } from '../audit/checkpoint.js';
import type { JournalHead } from '../audit/events.js';
import { type Verification, verifyJournal } from '../audit/verify.js';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../config/private-files.js';
import { TradeboxError } from '../core/errors.js';
import { accountJournalDir, paperAccountsDir } from './account-journals.js';
import { boxPaths } from './box-paths.js';

/** A journal and where its checkpoints lie; that directory is never mounted into a sidecar. */
export interface WatchedJournal {
  /** As in Checkpoint. */
  id: string;
  dir: string;
  checkpoints: string;
}

/** The journal of a box itself. */
export function boxJournal(stateDir: string, name: string): WatchedJournal {
  const { dir, journal } = boxPaths(stateDir, name);
  return { id: `box/${name}`, dir: journal, checkpoints: join(dir, 'checkpoints.jsonl') };
}

/** The journal of a real account, which outlives every box. */
export function accountJournal(stateDir: string, account: string): WatchedJournal {
  const dir = accountJournalDir(stateDir, account);
  return { id: `account/${account}`, dir, checkpoints: join(dirname(dir), 'checkpoints.jsonl') };
}

/** The journal of a paper box's own account. */
export function paperJournal(stateDir: string, box: string, account: string): WatchedJournal {
  return {
    id: `paper/${box}/${account}`,
    dir: join(paperAccountsDir(stateDir, box), account),
    // Beside `accounts`, which the sidecar can write as a whole.
    checkpoints: join(boxPaths(stateDir, box).dir, 'checkpoints', `${account}.jsonl`),
  };
}

/** The box's own journal, those of its paper accounts, and those of the real accounts named. */
export function journalsOf(stateDir: string, box: string, accounts: readonly string[]): WatchedJournal[] {
  const paper = paperAccountsDir(stateDir, box);
  const paperIds = existsSync(paper) ? readdirSync(paper).filter((id) => accountPattern.test(id)) : [];
  return [
    boxJournal(stateDir, box),
    ...paperIds.map((id) => paperJournal(stateDir, box, id)),
    ...accounts.map((id) => accountJournal(stateDir, id)),
  ].filter(({ dir }) => existsSync(dir));
}

/** The journal of the box's own paper account of this id, else of the real one; undefined when there is neither. */
export function findJournalOfAccount(
  stateDir: string,
  box: string | undefined,
  account: string,
): WatchedJournal | undefined {
  // Nothing but an id names a directory here.
  if (!accountPattern.test(account)) return undefined;
  const places = [
    ...(box === undefined ? [] : [paperJournal(stateDir, box, account)]),
    accountJournal(stateDir, account),
  ];
  return places.find(({ dir }) => existsSync(dir));
}

/** What holds of a journal, and the newest checkpoint it was held against. */
export interface CheckedJournal extends Verification {
  checkpoint: { seq: number; at: string } | undefined;
}

/**
 * Proves the chain and that it still contains every checkpoint; if it does, signs its present head. `known` is a head kept
 * elsewhere, besides. @throws TradeboxError JOURNAL_BROKEN when the checkpoints themselves were changed, DISK_FULL.
 */
export function checkJournal(
  stateDir: string,
  journal: WatchedJournal,
  nowMs: number,
  known?: JournalHead,
): CheckedJournal {
  return checkAgainst(readCheckpoints(stateDir, journal, 'all'), journal, nowMs, known);
}

/**
 * The same whenever a box ends or lives beside a command, in a fraction of the time: of the signatures only the newest checkpoint's is
 * proven where the journal holds: a chain that contains it, and every other one kept, cannot be told from the one that was
 * signed. An earlier checkpoint that was changed fits no chain then, so all signatures are proven and say which; one whose time
 * alone was changed is left to checkJournal.
 */
export function noteJournal(
  stateDir: string,
  journal: WatchedJournal,
  nowMs: number,
  known?: JournalHead,
): CheckedJournal {
  const checked = checkAgainst(readCheckpoints(stateDir, journal, 'newest'), journal, nowMs, known);
  return checked.ok ? checked : checkJournal(stateDir, journal, nowMs, known);
}

function checkAgainst(
  { kept, key }: { kept: readonly Checkpoint[]; key: KeyObject },
  journal: WatchedJournal,
  nowMs: number,
  known: JournalHead | undefined,
): CheckedJournal {
  const verified = verifyJournal(journal.dir, known === undefined ? kept : [...kept, known]);
  const last = kept.at(-1);
  const checkpoint = last === undefined ? undefined : { seq: last.seq, at: last.at };
  if (!verified.ok || verified.head.seq === 0 || verified.head.seq === last?.seq) {
    return { ...verified, checkpoint };
  }
  const at = new Date(nowMs).toISOString();
  const next = [...kept, signCheckpoint(journal.id, verified.head, at, key)].slice(-maxCheckpoints);
  ensurePrivateDir(dirname(journal.checkpoints));
  writePrivateFile(journal.checkpoints, next.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return { ...verified, checkpoint: { seq: verified.head.seq, at } };
}

/** The chain makes a later checkpoint vouch for everything before it; earlier ones only narrow down where it broke. */
const maxCheckpoints = 500;
/** Ids as in tradebox.yaml. */
const accountPattern = /^[a-z][a-z0-9-]{0,59}$/;

/** Each signature is proven, or the newest checkpoint's alone. */
function readCheckpoints(
  stateDir: string,
  journal: WatchedJournal,
  proven: 'all' | 'newest',
): { kept: Checkpoint[]; key: KeyObject } {
  const key = hostKey(stateDir);
  const lines = readPrivateFile(journal.checkpoints)?.toString('utf8').split('\n').filter(Boolean) ?? [];
  const kept = lines.map((line, index) => {
    const checkpoint =
      proven === 'all' || index === lines.length - 1
        ? readCheckpoint(line, journal.id, key)
        : parseCheckpoint(line, journal.id);
    if (checkpoint !== undefined) return checkpoint;
    throw new TradeboxError(
      'JOURNAL_BROKEN',
      `${journal.checkpoints}:${index + 1}: this host did not sign this checkpoint.`,
      {
        remedy: 'Keep both files as evidence; move the checkpoints away only once you know who changed them.',
      },
    );
  });
  return { kept, key };
}

/** Ed25519, made once for each user; never leaves the state directory, and no box mounts it. */
export function hostKey(stateDir: string): KeyObject {
  const file = join(stateDir, 'journal-key.pem');
  const pem = readPrivateFile(file);
  if (pem !== undefined) return createPrivateKey(pem);
  const { privateKey } = generateKeyPairSync('ed25519');
  ensurePrivateDir(stateDir);
  writePrivateFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return privateKey;
}
