import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leaveWorkdir, snapshotBeforeRun, workdirOf } from '../../../../src/cli/launch/workdir.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { openSnapshots } from '../../../../src/sandbox/snapshot/store.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../../support/host-files.js';

const settings = {
  writable: [],
  unsearched: [],
  snapshots: { keep: 3, maxMb: 10, exclude: ['node_modules'] },
};

function ground() {
  const dir = temporaryDir();
  const workdir = join(dir, 'work');
  const stateDir = join(dir, 'state');
  mkdirSync(workdir);
  const warnings: string[] = [];
  const places = {
    paths: { stateDir, snapshotsDir: join(stateDir, 'snapshots') },
    output: { warn: (text: string) => warnings.push(text) },
    clock: fixedClock(Date.UTC(2026, 10, 21)),
    env: hostEnvironment(dir),
  };
  return { places, workdir, stateDir, warnings, user: { uid: 1000, gid: 1000 } };
}

test('S13: what changed under the hands of the agent is told once, our own placeholders are not', async () => {
  const { places, workdir, warnings, user } = ground();
  writeFile(join(workdir, 'Makefile'), 'all:\n');
  const { mounts } = await workdirOf(places, 'lab', workdir, settings, 'research', async () => true).enter(
    user,
  );
  expect(mounts.length).toBeGreaterThan(0);
  writeFile(join(workdir, 'Makefile'), 'all: evil\n');
  writeFile(join(workdir, 'sub/.envrc'), 'evil\n');
  leaveWorkdir(places, 'lab', workdir);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.split('\n').slice(1)).toEqual(['  changed: Makefile', '  added: sub/.envrc']);
  expect(readdirSync(workdir).sort()).toEqual(['Makefile', 'sub']);
  leaveWorkdir(places, 'lab', workdir);
  expect(warnings).toHaveLength(1);
});

test('S4: a directory that a research box has is no trade box’s until that one has left it', async () => {
  const { places, workdir, stateDir, user } = ground();
  const around = (name: string, regime: 'research' | 'trade', isUp: boolean) =>
    workdirOf(places, name, workdir, settings, regime, async () => isUp);
  const refused = { code: 'WORKDIR_INVALID', message: expect.stringContaining('the box reader has') };
  const reader = around('reader', 'research', true);
  await reader.enter(user);
  const entered = readdirSync(workdir);
  await expect(around('desk', 'trade', false).enter(user)).rejects.toMatchObject(refused);
  expect(readdirSync(workdir)).toEqual(entered);
  // Its maker has ended since: whether it is up decides.
  const claim = { workdir, regime: 'research', maker: 2 ** 22 + 1 };
  writeFile(boxPaths(stateDir, 'reader').claim, JSON.stringify(claim));
  await expect(around('desk', 'trade', true).enter(user)).rejects.toMatchObject(refused);
  await around('desk', 'trade', false).enter(user);
  around('desk', 'trade', false).leave();
  for (const leave of [reader.leave, () => leaveWorkdir(places, 'reader', workdir)]) {
    await reader.enter(user);
    await expect(around('desk', 'trade', false).enter(user)).rejects.toMatchObject(refused);
    leave();
    await around('desk', 'trade', false).enter(user);
    around('desk', 'trade', false).leave();
  }
});

test('a directory that git runs hooks from by its configuration is shielded', async () => {
  const { places, workdir, user } = ground();
  execFileSync('git', ['init', '-q'], { cwd: workdir });
  execFileSync('git', ['config', 'core.hooksPath', '.githooks'], { cwd: workdir });
  writeFile(join(workdir, '.githooks/pre-commit'), '#!/bin/sh\n');
  const { mounts } = await workdirOf(places, 'lab', workdir, settings, 'research', async () => true).enter(
    user,
  );
  expect(mounts).toContainEqual({
    source: join(workdir, '.githooks'),
    target: '/workspace/.githooks',
    isReadOnly: true,
  });
});

test('a box that was not made leaves the directory as it was, and says nothing', async () => {
  const { places, workdir, stateDir, warnings, user } = ground();
  const around = workdirOf(places, 'lab', workdir, settings, 'research', async () => true);
  await around.enter(user);
  expect(readdirSync(workdir)).not.toEqual([]);
  around.leave();
  expect(readdirSync(workdir)).toEqual([]);
  expect(existsSync(join(stateDir, 'sandboxes', 'lab', 'hot-files.json'))).toBe(false);
  leaveWorkdir(places, 'lab', workdir);
  expect(warnings).toEqual([]);
});

test('one is taken before a run, unless the operator wants none; a failure is told and the run goes on', async () => {
  const { workdir, places, warnings } = ground();
  const store = openSnapshots(places.paths.snapshotsDir, workdir);
  writeFile(join(workdir, 'a'), 'x');
  await snapshotBeforeRun(places, workdir, { keep: 0, maxMb: 10, exclude: [] });
  expect(store.list()).toEqual([]);
  await snapshotBeforeRun(places, workdir, { keep: 2, maxMb: 10, exclude: [] });
  expect(store.list()).toHaveLength(1);
  writeFileSync(join(workdir, 'large'), Buffer.from(Array.from({ length: 2e6 }, () => Math.random() * 256)));
  await snapshotBeforeRun(places, workdir, { keep: 2, maxMb: 1, exclude: [] });
  expect(warnings.join()).toContain('takes more than 1 MB');
  expect(store.list()).toHaveLength(1);
});
