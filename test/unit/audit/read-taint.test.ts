// The taint of a journal on disk, read without parsing what cannot be evidence.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openJournal } from '../../../src/audit/journal.js';
import { readTaint } from '../../../src/audit/read-taint.js';
import { probeHosts } from '../../../src/audit/taint.js';
import { fixedClock } from '../../../src/core/clock.js';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function freshDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tradebox-taint-'));
  dirs.push(dir);
  return dir;
}

const open = (dir: string, sandboxId: string) =>
  openJournal(dir, { sandbox: 'lab', sandboxId, clock: fixedClock(1_700_000_000_000) });

test('taint outlives the sidecar that recorded it, and ends with the box', async () => {
  const dir = freshDir();
  const first = open(dir, 'a');
  first.append({ type: 'taint', cause: 'forged-signature', message: 'no decoy made it', request: 'r-1' });
  await first.close();
  await open(dir, 'a').close();
  expect(readTaint(dir)).toMatchObject({ sandboxId: 'a', isTainted: true, count: 1 });
  await open(dir, 'b').close();
  expect(readTaint(dir)).toMatchObject({ sandboxId: 'b', isTainted: false, count: 0 });
});

test('a burst of denied names is found where no taint record follows it', async () => {
  const dir = freshDir();
  const journal = open(dir, 'a');
  for (let index = 0; index < probeHosts; index += 1) {
    journal.append({ type: 'dns.denied', name: `n${index}.test`, queryType: 'A', code: 'HOST_DENIED' });
  }
  expect(readTaint(dir).evidence.map(({ cause }) => cause)).toEqual(['boundary-probe']);
  expect(readTaint(dir, { 'boundary-probe': 'warn' }).isTainted).toBe(false);
  await journal.close();
});

test('agent text that looks like a record is none', async () => {
  const dir = freshDir();
  const journal = open(dir, 'a');
  const fake = '"event":{"type":"taint","cause":"x","message":"y"}';
  journal.append({ type: 'sidecar.stopped', reason: fake });
  journal.append({ type: 'policy.rejected', message: `"event":{"type":"journal.opened"${fake}` });
  await journal.close();
  expect(readTaint(dir).count).toBe(0);
});

test('no journal, no taint', () => {
  expect(readTaint(join(freshDir(), 'missing')).isTainted).toBe(false);
});

test('new guardrails that wait are told until rules are in force, or the box begins anew', async () => {
  const dir = freshDir();
  const journal = open(dir, 'a');
  expect(readTaint(dir).guardrailsProblem).toBeUndefined();
  journal.append({ type: 'guardrails.rejected', message: 'not confirmed' });
  expect(readTaint(dir)).toMatchObject({ guardrailsProblem: 'not confirmed', isTainted: false });
  journal.append({ type: 'guardrails.loaded', digest: 'd', loosened: [], by: 'ann' });
  expect(readTaint(dir).guardrailsProblem).toBeUndefined();
  journal.append({ type: 'guardrails.rejected', message: 'not confirmed' });
  await journal.close();
  await open(dir, 'a').close();
  expect(readTaint(dir).guardrailsProblem).toBeUndefined();
});
