// Which boxes `kill` reaches, and what it says of those it cannot.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CliContext } from '../../../../src/cli/context.js';
import { killAll, killTargets } from '../../../../src/cli/launch/kill.js';
import { writeRecord } from '../../../../src/sandbox/records.js';
import { boxRecord } from '../../../support/box-record.js';
import { engineWith, type Fate } from '../../../support/fake-boxes.js';

const stateDir = mkdtempSync(path.join(tmpdir(), 'tradebox-kill-targets-'));
const context = {
  clock: { nowMs: () => Date.parse('2026-11-20T01:00:00Z') },
  paths: { stateDir },
} as CliContext;
const targets = (
  fates: Record<string, Fate>,
  { name = undefined as string | undefined, all = true, isPaper = false } = {},
) => killTargets(context, engineWith(fates, isPaper), { name, all });
const report = (account: string, isVerified = true) => ({
  reports: [
    {
      account,
      isVerified,
      canceled: 0,
      failed: 0,
      left: 0,
      closedPositions: 0,
      firstCancelMs: 0,
      durationMs: 1,
      problem: '',
    },
  ],
});

test('a box without its sidecar is told as not verified: its orders may rest', async () => {
  const found = await targets({ one: 'answers', two: 'dead' });
  expect(found).toEqual({ alive: ['one'], dead: [{ name: 'two', accounts: [] }] });
  const killed = await killAll(found, async () => report('a'));
  expect(killed.map(({ box, isVerified }) => [box, isVerified])).toEqual([
    ['one', true],
    ['two', false],
  ]);
  expect(killed[1]?.problem).toContain('tradebox restart two');
});

test('also when it is the only one, or named', async () => {
  expect(await targets({ two: 'dead' }, { all: false })).toMatchObject({
    alive: [],
    dead: [{ name: 'two' }],
  });
  expect(await targets({ one: 'answers', two: 'dead' }, { name: 'two', all: false })).toMatchObject({
    alive: [],
    dead: [{ name: 'two' }],
  });
});

test('what traded on paper left nothing behind', async () => {
  expect(await targets({ one: 'answers', two: 'dead' }, { isPaper: true })).toEqual({
    alive: ['one'],
    dead: [],
  });
  await expect(targets({ two: 'dead' }, { isPaper: true })).rejects.toThrow('no running box can trade');
});

test('an account that another box holds now was killed there, if that was verified', async () => {
  const found = { alive: ['one'], dead: [{ name: 'two', accounts: ['a'] }] };
  expect(await killAll(found, async () => report('a'))).toHaveLength(1);
  expect(await killAll(found, async () => report('a', false))).toHaveLength(2);
  expect(await killAll(found, async () => report('b'))).toHaveLength(2);
  const deaf = await killAll(found, async () => {
    throw new Error('gave no answer');
  });
  expect(deaf).toMatchObject([{ isVerified: false, problem: 'gave no answer' }, { isVerified: false }]);
});

test('nobody guesses which box is meant', async () => {
  await expect(targets({ one: 'answers', two: 'answers' }, { all: false })).rejects.toThrow(
    '2 boxes can trade',
  );
  await expect(targets({ one: 'answers' }, { name: 'other' })).rejects.toThrow('no box named');
});

test('one that was ended is told as not verified when it is named: its orders may rest', async () => {
  writeRecord(stateDir, boxRecord({ name: 'ended', mode: 'live', isPaper: false }));
  writeRecord(stateDir, boxRecord({ name: 'rehearsed', mode: 'live', isPaper: true }));
  const found = await targets({ one: 'answers' }, { name: 'ended' });
  expect(found).toMatchObject({ alive: [], dead: [{ name: 'ended' }] });
  const [told] = await killAll(found, async () => report('a'));
  expect([told?.isVerified, told?.problem]).toEqual([
    false,
    expect.stringContaining('`tradebox reset ended` and kill again'),
  ]);
  await expect(targets({ one: 'answers' }, { name: 'rehearsed' })).rejects.toThrow('no box named');
});
