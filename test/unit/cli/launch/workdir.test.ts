import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leaveWorkdir, workdirOf } from '../../../../src/cli/launch/workdir.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';

function ground() {
  const dir = temporaryDir();
  const workdir = join(dir, 'work');
  const stateDir = join(dir, 'state');
  mkdirSync(workdir);
  const warnings: string[] = [];
  const places = { paths: { stateDir }, output: { warn: (text: string) => warnings.push(text) } };
  return { places, workdir, stateDir, warnings, user: { uid: 1000, gid: 1000 } };
}

test('S13: what changed under the hands of the agent is told once, our own placeholders are not', async () => {
  const { places, workdir, warnings, user } = ground();
  writeFile(join(workdir, 'Makefile'), 'all:\n');
  const { mounts } = await workdirOf(places, 'lab', workdir, { writable: [] }).enter(user);
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

test('a box that was not made leaves the directory as it was, and says nothing', async () => {
  const { places, workdir, stateDir, warnings, user } = ground();
  const around = workdirOf(places, 'lab', workdir, { writable: [] });
  await around.enter(user);
  expect(readdirSync(workdir)).not.toEqual([]);
  around.leave();
  expect(readdirSync(workdir)).toEqual([]);
  expect(existsSync(join(stateDir, 'sandboxes', 'lab', 'hot-files.json'))).toBe(false);
  leaveWorkdir(places, 'lab', workdir);
  expect(warnings).toEqual([]);
});
