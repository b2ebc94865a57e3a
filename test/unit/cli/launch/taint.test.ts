// The host's view of a box's taint, from its record and journal.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openJournal } from '../../../../src/audit/journal.js';
import { assertUntainted, boxTaint, lastRules } from '../../../../src/cli/launch/taint.js';
import { systemClock } from '../../../../src/core/clock.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { removeRecord, writeRecord } from '../../../../src/sandbox/records.js';
import { boxRecord } from '../../../support/box-record.js';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A recorded box whose journal holds the taints of the box `journalled`. */
async function recorded(id: string, journalled: string, taint: Record<string, 'warn'> = {}) {
  const stateDir = mkdtempSync(join(tmpdir(), 'tradebox-state-'));
  dirs.push(stateDir);
  const request = { profile: 'shell', workdir: '/w', mode: 'demo', paper: true, accounts: [] };
  const launch = { request, decoys: {}, echoExpectedSha256: '', preflight: [], accountIds: [], taint };
  writeRecord(stateDir, boxRecord({ id, launch }));
  const dir = boxPaths(stateDir, 'lab').journal;
  const journal = openJournal(dir, { sandbox: 'lab', sandboxId: journalled, clock: systemClock });
  journal.append({ type: 'taint', cause: 'decoy-misuse', message: 'in the head' });
  await journal.close();
  return { paths: { stateDir } };
}

test('a tainted name is not run again; the error says how to go on', async () => {
  const places = await recorded('a', 'a');
  expect(boxTaint(places, 'lab')).toMatchObject({
    guardrailsProblem: null,
    isTainted: true,
    evidence: 1,
    lastEvidence: 'in the head',
  });
  expect(() => assertUntainted(places, 'lab')).toThrow(
    expect.objectContaining({ code: 'BOX_TAINTED', remedy: expect.stringContaining('tradebox reset lab') }),
  );
});

test('what an earlier box of the name did, what only warns and what is forgotten do not count', async () => {
  const earlier = await recorded('b', 'a');
  expect(boxTaint(earlier, 'lab')).toMatchObject({ guardrailsProblem: null, isTainted: false, evidence: 0 });
  const warned = await recorded('a', 'a', { 'decoy-misuse': 'warn' });
  expect(boxTaint(warned, 'lab')).toMatchObject({ guardrailsProblem: null, isTainted: false, evidence: 1 });
  const forgotten = await recorded('a', 'a');
  removeRecord(forgotten.paths.stateDir, 'lab');
  expect(() => assertUntainted(forgotten, 'lab')).not.toThrow();
});

test('S11: a journal that cannot be read is no proof of innocence', async () => {
  const places = await recorded('a', 'b');
  rmSync(join(boxPaths(places.paths.stateDir, 'lab').journal), { recursive: true });
  writeFileSync(boxPaths(places.paths.stateDir, 'lab').journal, 'a file');
  expect(boxTaint(places, 'lab').isTainted).toBe(true);
});

test('the last rules in force are told, of an earlier box and without a record, too', async () => {
  const places = await recorded('b', 'a');
  const dir = boxPaths(places.paths.stateDir, 'lab').journal;
  expect(lastRules(places, 'lab')).toBeUndefined();
  const journal = openJournal(dir, { sandbox: 'lab', sandboxId: 'c', clock: systemClock });
  const rules = (max: string) => ({ digest: 'd', rules: { version: 1, notional: { max } }, loosened: [] });
  journal.append({
    type: 'sidecar.started',
    mode: 'demo',
    paper: true,
    policyDigest: 'p',
    guardrails: rules('1'),
  });
  journal.append({ type: 'guardrails.loaded', ...rules('2'), by: 'ann' });
  journal.append({ type: 'guardrails.rejected', message: 'not confirmed' });
  // A box that only reads has no rules.
  journal.append({ type: 'sidecar.started', mode: 'readonly', paper: false, policyDigest: 'p' });
  await journal.close();
  expect(lastRules(places, 'lab')).toEqual({ version: 1, notional: { max: '2' } });
  removeRecord(places.paths.stateDir, 'lab');
  expect(assertUntainted(places, 'lab')).toEqual({ version: 1, notional: { max: '2' } });
  rmSync(dir, { recursive: true });
  expect(lastRules(places, 'lab')).toBeUndefined();
  writeFileSync(dir, 'a file');
  expect(lastRules(places, 'lab')).toBeNull();
});
