// What the one in a box's terminal is told of a taint, and when.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openJournal } from '../../../../src/audit/journal.js';
import { followTaint, taintPrompt } from '../../../../src/cli/launch/taint-line.js';
import { systemClock } from '../../../../src/core/clock.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { writeRecord } from '../../../../src/sandbox/records.js';
import { boxRecord } from '../../../support/box-record.js';
import { eventually } from '../../../support/sidecar-box.js';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function boxAt(id: string) {
  const stateDir = mkdtempSync(join(tmpdir(), 'tradebox-state-'));
  dirs.push(stateDir);
  writeRecord(stateDir, boxRecord({ id, launch: {} }));
  const told: string[] = [];
  const journal = openJournal(boxPaths(stateDir, 'lab').journal, {
    sandbox: 'lab',
    sandboxId: 'a',
    clock: systemClock,
  });
  return {
    places: { paths: { stateDir }, output: { warn: (text: string) => told.push(text) } },
    told,
    journal,
  };
}
const misuse = { type: 'taint', cause: 'decoy-misuse', message: 'in the head' } as const;

test('a taint is told when it comes, with what it was, and once', async () => {
  const { places, told, journal } = boxAt('a');
  const unfollow = followTaint(places, 'lab', 5);
  expect(told).toEqual([]);
  journal.append({ ...misuse, cause: 'boundary-probe', severity: 'warn' });
  journal.append(misuse);
  await eventually(() => told.length > 0);
  journal.append(misuse);
  unfollow();
  await journal.close();
  expect(told).toEqual([
    'lab is tainted, no order leaves until `tradebox reset lab`: in the head (2 pieces of evidence)',
  ]);
});

test('who comes later is told at once, who leaves is told what came meanwhile, and another box is none of it', async () => {
  const { places, told, journal } = boxAt('a');
  const unfollow = followTaint(places, 'lab', 60_000);
  journal.append(misuse);
  unfollow();
  expect(told).toHaveLength(1);
  followTaint(places, 'lab', 60_000)();
  expect(told).toHaveLength(2);
  await journal.close();
  const other = boxAt('b');
  other.journal.append(misuse);
  followTaint(other.places, 'lab', 60_000)();
  expect(other.told).toEqual([]);
  await other.journal.close();
});

test('bash shows it before each prompt, once', () => {
  const { stdout } = spawnSync('bash', ['--norc', '-i'], {
    input: 'PS1="own$ "\necho "<$PS1>"\necho "<$PS1>"\nexit\n',
    env: { PATH: process.env.PATH ?? '', ...taintPrompt('lab') },
    encoding: 'utf8',
  });
  expect(stdout.match(/<.*>/g)).toEqual(['<(lab: tainted) own$ >', '<(lab: tainted) own$ >']);
});
