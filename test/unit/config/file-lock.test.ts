import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { removeIfLeft, withFileLock } from '../../../src/config/file-lock.js';
import { temporaryDir, writeFile } from '../../support/host-files.js';

test('one after the other', async () => {
  const path = join(temporaryDir(), 'lock');
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(5);
    inside -= 1;
  };
  const ends = await Promise.all(Array.from({ length: 8 }, () => withFileLock(path, 5000, work)));
  expect(ends.every(({ held }) => held)).toBe(true);
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

test('says who holds it when it is not free in time, and does not run the work', async () => {
  const path = writeFile(join(temporaryDir(), 'lock'), `${process.pid}\n`);
  const end = await withFileLock(path, 30, async () => {
    throw new Error('must not run');
  });
  expect(end).toEqual({ held: false, holder: process.pid });
});

test('takes over from a dead process, also when several want it', async () => {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const path = writeFile(join(temporaryDir(), 'lock'), `${dead}\n`);
  let inside = 0;
  let most = 0;
  const ends = await Promise.all(
    Array.from({ length: 4 }, () =>
      withFileLock(path, 5000, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(2);
        inside -= 1;
      }),
    ),
  );
  expect(ends.every(({ held }) => held)).toBe(true);
  expect(most).toBe(1);
});

test.skipIf(!existsSync('/proc/self/stat'))(
  'takes over from a dead process whose id another one has now, also when several want it',
  async () => {
    const path = join(temporaryDir(), 'lock');
    let written = '';
    await withFileLock(path, 0, async () => {
      written = readFileSync(path, 'utf8');
      expect(await withFileLock(path, 30, async () => 1)).toEqual({ held: false, holder: process.pid });
    });
    const [pid, ticks] = written.trim().split(' ');
    expect([pid, Number(ticks)]).toEqual([`${process.pid}`, expect.any(Number)]);
    writeFile(path, `${pid} ${Number(ticks) - 1}\n`);
    let inside = 0;
    const ends = await Promise.all(
      Array.from({ length: 4 }, () =>
        withFileLock(path, 5000, async () => {
          inside += 1;
          await sleep(2);
          return inside--;
        }),
      ),
    );
    expect(ends).toEqual(Array(4).fill({ held: true, result: 1 }));
  },
);

test('a lock that only a person can judge is named', () => {
  expect(removeIfLeft('/state/a/lock')).toBe('If that process is no tradebox, remove /state/a/lock.');
});

test('an empty lock is respected while it is young and taken over when it is old', async () => {
  const path = writeFile(join(temporaryDir(), 'lock'), '');
  expect(await withFileLock(path, 30, async () => 1)).toEqual({ held: false, holder: undefined });
  const longAgo = Date.now() / 1000 - 3600;
  utimesSync(path, longAgo, longAgo);
  expect(await withFileLock(path, 1000, async () => 1)).toEqual({ held: true, result: 1 });
});

test('is released when the work throws', async () => {
  const path = join(temporaryDir(), 'lock');
  await expect(
    withFileLock(path, 1000, async () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});
