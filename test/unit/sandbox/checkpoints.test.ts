// Signed checkpoints against a sidecar that owns its journal: it may rewrite the whole chain, and it still shows.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import { openJournal } from '../../../src/audit/journal.js';
import { fixedClock } from '../../../src/core/clock.js';
import {
  accountJournal,
  boxJournal,
  checkJournal,
  findJournalOfAccount,
  journalsOf,
  noteJournal,
  paperJournal,
  type WatchedJournal,
} from '../../../src/sandbox/checkpoints.js';
import { temporaryDir } from '../../support/host-files.js';

const nowMs = Date.UTC(2026, 10, 20, 12);
const taint = (message: string): JournalEvent => ({ type: 'taint', cause: 'test', message });

/** Opens the journal again, so the chain grows by `journal.opened` and one record for each message. */
async function write({ dir }: WatchedJournal, ...messages: string[]): Promise<void> {
  const journal = openJournal(dir, { sandbox: 'lab', sandboxId: 'a', clock: fixedClock(nowMs) });
  for (const message of messages) journal.append(taint(message));
  await journal.close();
}

const fileOf = ({ dir }: WatchedJournal): string => join(dir, '000001.jsonl');

test('the key is made once, 0600, and a checkpoint is taken whenever the head moved', async () => {
  const state = temporaryDir();
  const journal = boxJournal(state, 'lab');
  await write(journal, 'one');
  expect(checkJournal(state, journal, nowMs)).toMatchObject({ ok: true, checkpoint: { seq: 2 } });
  const key = readFileSync(join(state, 'journal-key.pem'), 'utf8');
  expect(statSync(join(state, 'journal-key.pem')).mode & 0o777).toBe(0o600);
  expect(statSync(journal.checkpoints).mode & 0o777).toBe(0o600);
  checkJournal(state, journal, nowMs + 1_000);
  await write(journal, 'two');
  expect(checkJournal(state, journal, nowMs + 2_000)).toMatchObject({ ok: true, checkpoint: { seq: 4 } });
  expect(readFileSync(journal.checkpoints, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  expect(readFileSync(join(state, 'journal-key.pem'), 'utf8')).toBe(key);
});

test('a cut at the end shows against the last checkpoint, also when the chain grew anew past it', async () => {
  const state = temporaryDir();
  const journal = accountJournal(state, 'okx-main');
  await write(journal, 'one', 'two');
  checkJournal(state, journal, nowMs);
  const lines = readFileSync(fileOf(journal), 'utf8').split('\n');
  writeFileSync(fileOf(journal), `${lines.slice(0, 2).join('\n')}\n`);
  const cut = checkJournal(state, journal, nowMs);
  expect(cut).toMatchObject({ ok: false, problem: { kind: 'truncated', seq: 3 }, checkpoint: { seq: 3 } });

  await write(journal, 'another two', 'another three');
  const regrown = checkJournal(state, journal, nowMs);
  expect(regrown).toMatchObject({ ok: false, problem: { kind: 'edited', seq: 3, line: 3 } });
  // What does not hold is never signed.
  expect(readFileSync(journal.checkpoints, 'utf8').trimEnd().split('\n')).toHaveLength(1);
});

test('a chain written anew as a whole breaks at the first checkpoint after the change', async () => {
  const state = temporaryDir();
  const journal = boxJournal(state, 'lab');
  await write(journal, 'one');
  checkJournal(state, journal, nowMs);
  const early = join(state, 'early');
  cpSync(journal.dir, early, { recursive: true });
  await write(journal, 'two', 'three');
  checkJournal(state, journal, nowMs);
  await write(journal, 'four');
  checkJournal(state, journal, nowMs);
  rmSync(journal.dir, { recursive: true });
  cpSync(early, journal.dir, { recursive: true });
  await write(journal, 'forged', 'three', 'four', 'five', 'six');
  const { ok, problem, head } = checkJournal(state, journal, nowMs);
  expect(ok).toBe(false);
  expect(problem).toMatchObject({ kind: 'edited', seq: 5 });
  expect(problem?.message).toContain('from record 3 on');
  expect(head.seq).toBe(4);
});

test('a checkpoint that this host did not sign stops the check with its place', async () => {
  const state = temporaryDir();
  const journal = boxJournal(state, 'lab');
  await write(journal, 'one');
  checkJournal(state, journal, nowMs);
  const own = readFileSync(journal.checkpoints, 'utf8');
  writeFileSync(journal.checkpoints, own.replace('"seq":2', '"seq":1'));
  expect(() => checkJournal(state, journal, nowMs)).toThrow(
    expect.objectContaining({ code: 'JOURNAL_BROKEN', message: expect.stringContaining('jsonl:1') }),
  );
  // Signed by this host, but of another journal.
  const other = boxJournal(state, 'desk');
  await write(other, 'one');
  mkdirSync(dirname(other.checkpoints), { recursive: true });
  writeFileSync(other.checkpoints, own, { mode: 0o600 });
  expect(() => checkJournal(state, other, nowMs)).toThrow('did not sign');
});

test('as a box ends, only the newest signature is proven while the journal holds, and each one once it does not', async () => {
  const state = temporaryDir();
  const journal = boxJournal(state, 'lab');
  for (const message of ['one', 'two', 'three']) {
    await write(journal, message);
    expect(noteJournal(state, journal, nowMs).ok).toBe(true);
  }
  const kept = readFileSync(journal.checkpoints, 'utf8');
  const [first = '', second = '', third = ''] = kept.trimEnd().split('\n');
  const keep = (...lines: string[]) => writeFileSync(journal.checkpoints, `${lines.join('\n')}\n`);
  const isBroken = (line: number) => {
    const broken = { code: 'JOURNAL_BROKEN', message: expect.stringContaining(`jsonl:${line}`) };
    for (const check of [checkJournal, noteJournal]) {
      expect(() => check(state, journal, nowMs)).toThrow(expect.objectContaining(broken));
    }
  };
  const forged = (line: string, change: object) => JSON.stringify({ ...JSON.parse(line), ...change });
  // The newest, and what no longer fits the chain: an earlier one of another record, or one beyond the journal's end.
  keep(first, second, forged(third, { at: 'then' }));
  isBroken(3);
  keep(first, forged(second, { hash: 'a'.repeat(64) }), third);
  isBroken(2);
  keep(forged(first, { seq: 99 }), second, third);
  isBroken(1);
  keep(first, 'no checkpoint', third);
  isBroken(2);
  // What says nothing false of the chain is left to the thorough check.
  keep(forged(first, { at: 'then' }), second, third);
  expect(noteJournal(state, journal, nowMs)).toMatchObject({ ok: true, checkpoint: { seq: 6 } });
  expect(() => checkJournal(state, journal, nowMs)).toThrow('jsonl:1');

  keep(first, second, third);
  const lines = readFileSync(fileOf(journal), 'utf8').split('\n');
  writeFileSync(fileOf(journal), `${lines.slice(0, 5).join('\n')}\n`);
  const cut = { ok: false, problem: { kind: 'truncated', seq: 6 } };
  expect(noteJournal(state, journal, nowMs)).toMatchObject(cut);
  // Nor does a checkpoint of the shorter journal hide it that this host did not sign.
  const shorter = { ...JSON.parse(second), seq: 5, hash: noteJournal(state, journal, nowMs).head.hash };
  keep(first, second, JSON.stringify(shorter));
  isBroken(3);
  expect(readFileSync(journal.checkpoints, 'utf8')).toBe(`${first}\n${second}\n${JSON.stringify(shorter)}\n`);
});

test('journals are found by box and account, the box’s own first, and by nothing that is no id', async () => {
  const state = temporaryDir();
  expect(findJournalOfAccount(state, 'lab', 'okx-main')).toBeUndefined();
  await write(accountJournal(state, 'okx-main'));
  expect(findJournalOfAccount(state, 'lab', 'okx-main')?.id).toBe('account/okx-main');
  await write(paperJournal(state, 'lab', 'okx-main'));
  expect(findJournalOfAccount(state, 'lab', 'okx-main')?.id).toBe('paper/lab/okx-main');
  expect(findJournalOfAccount(state, undefined, 'okx-main')?.id).toBe('account/okx-main');
  expect(findJournalOfAccount(state, 'lab', '../okx-main/journal')).toBeUndefined();
  await write(boxJournal(state, 'lab'));
  expect(journalsOf(state, 'lab', ['okx-main', 'never-held']).map(({ id }) => id)).toEqual([
    'box/lab',
    'paper/lab/okx-main',
    'account/okx-main',
  ]);
});

test('no checkpoint lies where a sidecar can write', async () => {
  const state = temporaryDir();
  const mounted = [join(state, 'sandboxes/lab/journal'), join(state, 'sandboxes/lab/accounts')];
  mounted.push(join(state, 'accounts/okx-main/journal'));
  for (const journal of [
    boxJournal(state, 'lab'),
    paperJournal(state, 'lab', 'p'),
    accountJournal(state, 'okx-main'),
  ]) {
    await write(journal, 'one');
    checkJournal(state, journal, nowMs);
    expect(existsSync(journal.checkpoints)).toBe(true);
    expect(mounted.some((dir) => journal.dir.startsWith(dir))).toBe(true);
    expect(mounted.filter((dir) => `${journal.checkpoints}/`.startsWith(`${dir}/`))).toEqual([]);
  }
});
