import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boxPaths } from '../../../src/sandbox/box-paths.js';
import { accountJournal } from '../../../src/sandbox/checkpoints.js';
import { readTrackRecord } from '../../../src/sandbox/track-record.js';
import { dayMs, demoBoxAt, livePast } from '../../support/account-past.js';
import { temporaryDir } from '../../support/host-files.js';

const start = Date.UTC(2026, 9, 1, 12);
const nowMs = start + 30 * dayMs;
const main = { id: 'okx-main', venue: 'okx', sinceMs: 0 };
const demoBox = demoBoxAt(start);
const mainBox = { ...demoBox, name: 'desk', id: 'b', account: 'okx-main', environment: 'live' } as const;
const recordOf = (state: string, rung: 'demo' | 'readonly' | 'propose' | 'live', sinceMs = 0) =>
  readTrackRecord(state, { ...main, rung, sinceMs }, nowMs);

test('play money counts for the rung demo: demo and paper accounts of the venue, no others', async () => {
  const state = temporaryDir();
  expect(recordOf(state, 'demo')).toMatchObject({ filled: 0, problems: [] });
  await livePast(state, { ...demoBox, filled: 12 });
  await livePast(state, {
    ...demoBox,
    name: 'paper',
    id: 'p',
    account: 'okx-paper',
    environment: 'paper',
    filled: 5,
  });
  await livePast(state, {
    ...demoBox,
    name: 'other',
    id: 'o',
    account: 'bybit-demo',
    venue: 'bybit',
    filled: 9,
  });
  await livePast(state, { ...mainBox, mode: 'propose', filled: 7 });
  expect(recordOf(state, 'demo').filled).toBe(17);
  expect(recordOf(state, 'propose').filled).toBe(7);
  expect(recordOf(state, 'demo').heads.map(({ journal }) => journal)).toContain('account/okx-demo');
});

test('only days of a readonly box that held the account count, and only those since the promotion', async () => {
  const state = temporaryDir();
  await livePast(state, { ...mainBox, mode: 'readonly', readDays: 5 });
  await livePast(state, {
    ...mainBox,
    name: 'two',
    id: 'c',
    mode: 'readonly',
    readDays: 3,
    atMs: start + 4 * dayMs,
  });
  await livePast(state, {
    ...mainBox,
    name: 'three',
    id: 'd',
    mode: 'propose',
    readDays: 9,
    atMs: start + 9 * dayMs,
  });
  await livePast(state, {
    ...mainBox,
    name: 'four',
    id: 'e',
    mode: 'readonly',
    account: 'okx-side',
    readDays: 9,
  });
  expect(recordOf(state, 'readonly').readDays).toBe(7);
  expect(recordOf(state, 'readonly', start + 2 * dayMs + 1).readDays).toBe(4);
});

test('taint and drift begin the count anew', async () => {
  const state = temporaryDir();
  const taint = { type: 'taint', cause: 'decoy-misuse', message: 'm' } as const;
  await livePast(state, { ...demoBox, filled: 12, afterwards: [taint] });
  expect(recordOf(state, 'demo')).toMatchObject({ filled: 0, countedFromCause: 'a box was tainted' });
  await livePast(state, { ...demoBox, id: 'a2', filled: 4, atMs: start + dayMs });
  expect(recordOf(state, 'demo').filled).toBe(4);

  const drift = {
    type: 'trading.state',
    account: 'okx-main',
    state: 'HALTED',
    cause: 'drift: x',
    by: 'sidecar',
  } as const;
  await livePast(state, { ...mainBox, mode: 'propose', filled: 3, afterwardsInAccount: [drift] });
  expect(recordOf(state, 'propose')).toMatchObject({ filled: 0, countedFromCause: 'drift halted it' });
});

test('an order of unknown outcome is told', async () => {
  const state = temporaryDir();
  const lost = { type: 'order.answered', order: 'x', outcome: 'unknown', status: 0, outcomes: [] } as const;
  await livePast(state, { ...mainBox, mode: 'propose', filled: 1, afterwardsInAccount: [lost] });
  expect(recordOf(state, 'propose')).toMatchObject({ filled: 1, unknown: 1 });
});

test('a journal that was changed, or whose box’s journal is gone, gives no evidence (S10, S11)', async () => {
  const state = temporaryDir();
  await livePast(state, { ...mainBox, mode: 'propose', filled: 12 });
  expect(recordOf(state, 'propose').filled).toBe(12);
  const file = join(accountJournal(state, 'okx-main').dir, '000001.jsonl');
  const text = readFileSync(file, 'utf8');
  // Cut after the checkpoint that the look before took: the chain alone would not tell.
  writeFileSync(file, `${text.split('\n').slice(0, -3).join('\n')}\n`);
  const cut = recordOf(state, 'propose');
  expect(cut.filled).toBe(0);
  expect(cut.problems).toEqual([expect.stringContaining('account/okx-main does not hold')]);
  writeFileSync(file, text);
  expect(recordOf(state, 'propose').filled).toBe(12);
  // The box may have been tainted, and nobody can tell any more.
  rmSync(boxPaths(state, 'desk').journal, { recursive: true });
  expect(recordOf(state, 'propose').filled).toBe(0);
});
