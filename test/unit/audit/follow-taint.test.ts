// A journal that grows while it is folded: whole lines count once, whatever is written between two looks.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { TaintFollower } from '../../../src/audit/follow-taint.js';
import { openJournal } from '../../../src/audit/journal.js';
import { readTaint } from '../../../src/audit/read-taint.js';
import { systemClock } from '../../../src/core/clock.js';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});
const newDir = () => {
  const dir = mkdtempSync(join(tmpdir(), 'tradebox-follow-'));
  dirs.push(dir);
  return join(dir, 'journal');
};

test('each look folds what is new, over segments and boxes, and agrees with reading all of it', async () => {
  const dir = newDir();
  const follower = new TaintFollower(dir);
  expect(follower.look()).toMatchObject({ isTainted: false, count: 0 });
  const journal = openJournal(dir, {
    sandbox: 'lab',
    sandboxId: 'a',
    clock: systemClock,
    segmentBytes: 2_000,
  });
  for (let index = 1; index <= 40; index += 1) {
    journal.append({ type: 'policy.loaded', digest: `${index}` });
    journal.append({ type: 'taint', cause: 'decoy-misuse', message: `seen ${index}` });
    if (index % 3 === 0) expect(follower.look().count).toBe(index);
  }
  const { guardrailsProblem: _none, ...whole } = readTaint(dir);
  expect(follower.look()).toEqual(whole);
  await journal.close();
  const next = openJournal(dir, { sandbox: 'lab', sandboxId: 'b', clock: systemClock });
  expect(follower.look()).toMatchObject({ sandboxId: 'b', isTainted: false });
  await next.close();
});

test('half a line waits for its end', async () => {
  const dir = newDir();
  const journal = openJournal(dir, { sandbox: 'lab', sandboxId: 'a', clock: systemClock });
  journal.append({ type: 'taint', cause: 'canary', message: 'read' });
  await journal.close();
  const file = join(dir, '000001.jsonl');
  const bytes = readFileSync(file);
  truncateSync(file, bytes.length - 20);
  const follower = new TaintFollower(dir, { canary: 'warn' });
  expect(follower.look().count).toBe(0);
  appendFileSync(file, bytes.subarray(bytes.length - 20));
  expect(follower.look()).toMatchObject({ count: 1, isTainted: false });
});
