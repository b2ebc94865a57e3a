// The evidence for a promotion, read from every journal on this host that holds: a journal that was changed gives none (S10).
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TaintPolicy } from '../audit/taint.js';
import { type AccountPast, type BoxPast, foldAccount, foldBoxes } from '../audit/track-record.js';
import { readJournal } from '../audit/verify.js';
import { messageOf } from '../core/errors.js';
import type { Evidence, Rung } from '../orders/ladder.js';
import { accountJournal, boxJournal, checkJournal, journalsOf, type WatchedJournal } from './checkpoints.js';
import { recordedNames, recordIfReadable } from './records.js';

/** The account whose promotion is asked for. */
export interface Candidate {
  id: string;
  /** Id of its venue. */
  venue: string;
  rung: Rung;
  /** When it came there; milliseconds since the epoch, 0 when it always was. */
  sinceMs: number;
}

export interface TrackRecord extends Evidence {
  /** From when on it was counted; milliseconds since the epoch. */
  countedFromMs: number;
  /** Why not from the last promotion on, one sentence; empty when from there. */
  countedFromCause: string;
  /** A box that held the account left no journal that holds: what it did there is not known. */
  isUnproven: boolean;
  /** Journals that gave no evidence, and why; one sentence each. */
  problems: readonly string[];
  /** The journals that were counted, as they were. */
  heads: readonly { journal: string; seq: number; hash: string }[];
}

interface AccountSource {
  journal: WatchedJournal;
  past: AccountPast;
}

interface Sources {
  boxes: ReadonlyMap<string, BoxPast>;
  accounts: readonly AccountSource[];
  problems: string[];
  heads: TrackRecord['heads'][number][];
}

/** `policyOf`: what the operator of a box said that evidence of misbehaviour weighs. Nothing is thrown for a journal: it is told. */
export function readTrackRecord(
  stateDir: string,
  candidate: Candidate,
  nowMs: number,
  policyOf: (launch: unknown) => TaintPolicy | undefined = () => undefined,
): TrackRecord {
  const sources = readSources(stateDir, nowMs, policyOf);
  const { id, venue, rung, sinceMs } = candidate;
  const own = sources.accounts.find(({ journal }) => journal.id === `account/${id}`);
  const isOnDemo = rung === 'demo';
  const counted = isOnDemo
    ? sources.accounts.filter(({ past }) => past.venue === venue && past.environment !== 'live')
    : own === undefined
      ? []
      : [own];
  const held = new Set(counted.flatMap(({ past }) => [...past.sandboxIds]));
  if (!isOnDemo) for (const box of sources.boxes.values()) if (box.accounts.has(id)) held.add(box.sandboxId);
  const boxes = [...held].flatMap((sandboxId) => sources.boxes.get(sandboxId) ?? []);
  const taintedMs = Math.max(0, ...boxes.flatMap((box) => box.taintedMs));
  const driftMs = Math.max(0, ...counted.flatMap(({ past }) => past.driftMs));
  const countedFromMs = Math.max(sinceMs, taintedMs, driftMs);
  const days = new Set(
    boxes
      .filter(({ mode, accounts }) => mode === 'readonly' && accounts.has(id))
      .flatMap(({ reads }) => [...(reads.get(venue) ?? [])])
      .flatMap(([day, lastMs]) => (lastMs > countedFromMs ? [day] : [])),
  );
  // S11: what a box sent whose own journal is gone or changed may hide its taint.
  const isProven = (sandboxId: string): boolean => sources.boxes.has(sandboxId);
  return {
    filled: counted
      .flatMap(({ past }) => past.fills)
      .filter(({ atMs, sandboxId }) => atMs > countedFromMs && isProven(sandboxId)).length,
    readDays: days.size,
    unknown: isOnDemo ? 0 : (own?.past.unknown.size ?? 0),
    countedFromMs,
    countedFromCause:
      countedFromMs === sinceMs ? '' : countedFromMs === taintedMs ? 'a box was tainted' : 'drift halted it',
    isUnproven: ![...held].every(isProven),
    problems: sources.problems,
    heads: sources.heads,
  };
}

function readSources(
  stateDir: string,
  nowMs: number,
  policyOf: (launch: unknown) => TaintPolicy | undefined,
): Sources {
  const problems: string[] = [];
  const heads: Sources['heads'] = [];
  const boxes = new Map<string, BoxPast>();
  const accounts: AccountSource[] = [];
  const read = (journal: WatchedJournal, fold: () => void, known?: { seq: number; hash: string }): void => {
    try {
      const { problem, head } = checkJournal(stateDir, journal, nowMs, known);
      if (problem !== undefined && problem.kind !== 'unfinished') {
        problems.push(`the journal ${journal.id} does not hold: ${problem.message}`);
        return;
      }
      fold();
      heads.push({ journal: journal.id, ...head });
    } catch (thrown) {
      problems.push(`the journal ${journal.id} does not hold: ${messageOf(thrown)}`);
    }
  };
  const readAccount = (journal: WatchedJournal): void =>
    read(journal, () => {
      const past = foldAccount(readJournal(journal.dir));
      if (past !== undefined) accounts.push({ journal, past });
    });
  for (const name of recordedNames(stateDir)) {
    const record = recordIfReadable(stateDir, name);
    const own = boxJournal(stateDir, name);
    for (const journal of journalsOf(stateDir, name, [])) {
      if (journal.id !== own.id) readAccount(journal);
      else {
        const policy = policyOf(record?.launch) ?? {};
        const fold = (): void => {
          for (const [sandboxId, past] of foldBoxes(readJournal(journal.dir), policy)) {
            boxes.set(sandboxId, past);
          }
        };
        read(journal, fold, record?.journalHead);
      }
    }
  }
  for (const id of accountIds(stateDir)) {
    const journal = accountJournal(stateDir, id);
    if (existsSync(journal.dir)) readAccount(journal);
  }
  return { boxes, accounts, problems, heads };
}

function accountIds(stateDir: string): string[] {
  const dir = join(stateDir, 'accounts');
  return existsSync(dir) ? readdirSync(dir).sort() : [];
}
