import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openSnapshots, surplus, type TakeOptions } from '../../../../src/sandbox/snapshot/store.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';

function ground() {
  const dir = temporaryDir();
  const workdir = join(dir, 'work');
  writeFile(join(workdir, 'a.txt'), 'one');
  let nowMs = Date.UTC(2026, 10, 21);
  const store = openSnapshots(join(dir, 'snapshots'), workdir);
  const take = (more: Partial<TakeOptions> = {}) => {
    nowMs += 1000;
    return store.take({ keep: 3, maxBytes: 10e6, exclude: ['node_modules'], reason: 'test', nowMs, ...more });
  };
  return { dir, workdir, store, take };
}

test('one is taken, kept privately, and not taken again while nothing changes', async () => {
  const { dir, workdir, store, take } = ground();
  const first = await take();
  expect(first).toMatchObject({
    isNew: true,
    snapshot: { id: '20261121T000001.000Z', reason: 'test', workdir },
  });
  expect(await take()).toMatchObject({ isNew: false, snapshot: { id: first.snapshot.id } });
  writeFile(join(workdir, 'node_modules/x'), 'left out');
  expect((await take()).isNew).toBe(false);
  writeFile(join(workdir, 'a.txt'), 'two');
  expect((await take()).isNew).toBe(true);
  expect(store.list()).toHaveLength(2);
  const [home = ''] = readdirSync(join(dir, 'snapshots'));
  for (const name of readdirSync(join(dir, 'snapshots', home))) {
    expect(statSync(join(dir, 'snapshots', home, name)).mode & 0o777, name).toBe(0o600);
  }
});

test('the oldest go when there are too many', async () => {
  const { workdir, store, take } = ground();
  for (let round = 1; round <= 5; round += 1) {
    writeFile(join(workdir, 'a.txt'), `round ${round}`);
    await take();
  }
  expect(store.list().map(({ at }) => at.slice(17, 19))).toEqual(['03', '04', '05']);
});

test('one that takes more than allowed is not kept, and leaves nothing behind', async () => {
  const { dir, workdir, store, take } = ground();
  await take();
  writeFileSync(join(workdir, 'large'), randomBytes(200_000));
  await expect(take({ maxBytes: 100_000 })).rejects.toMatchObject({ code: 'WORKDIR_INVALID' });
  expect(store.list()).toHaveLength(1);
  const [home = ''] = readdirSync(join(dir, 'snapshots'));
  expect(readdirSync(join(dir, 'snapshots', home))).toHaveLength(2);
});

test('what a killed one left behind goes with the next, the kept ones and their index do not', async () => {
  const { dir, workdir, store, take } = ground();
  const first = await take();
  const [home = ''] = readdirSync(join(dir, 'snapshots'));
  const remains = ['20261120T000001.000Z.tar.gz', '20261120T000002.000Z.tar.gz.tmp', '2.json.00ff.tmp'];
  const leave = () => {
    for (const name of remains) writeFile(join(dir, 'snapshots', home, name), randomBytes(100));
  };
  const there = () => readdirSync(join(dir, 'snapshots', home)).sort();
  const kept = there();
  leave();
  expect((await take()).isNew).toBe(false);
  expect(there()).toEqual(kept);
  leave();
  writeFile(join(workdir, 'a.txt'), 'two');
  const second = await take();
  expect(store.list().map(({ id }) => id)).toEqual([first.snapshot.id, second.snapshot.id]);
  expect(there()).toHaveLength(4);
});

test('one is not taken for remains while it is written: another waits for it', async () => {
  const { store, take } = ground();
  const taken = await Promise.all([take(), take()]);
  expect(taken.map(({ isNew }) => isNew).sort()).toEqual([false, true]);
  expect(store.list()).toHaveLength(1);
});

test('a lock whose holder began at another time is taken over; one that tells no time is waited for and named', async () => {
  const { dir, take } = ground();
  await take();
  const [home = ''] = readdirSync(join(dir, 'snapshots'));
  const lock = join(dir, 'snapshots', home, 'lock');
  const clock = vi.spyOn(performance, 'now');
  let nowMs = 0;
  clock.mockImplementation(() => {
    nowMs += 60_000;
    return nowMs;
  });
  try {
    writeFile(lock, `${process.pid}\n`);
    await expect(take()).rejects.toMatchObject({ code: 'USAGE', remedy: expect.stringContaining(lock) });
    if (!existsSync('/proc/self/stat')) return;
    writeFile(lock, `${process.pid} 1\n`);
    expect(await take()).toMatchObject({ isNew: false });
  } finally {
    clock.mockRestore();
  }
});

test('the limits of number and size, and what is needed all the same', () => {
  const kept = ['a', 'b', 'c', 'd'].map((id) => ({ id, storedBytes: 10 }));
  const gone = (needed: string[], keep: number, maxBytes: number) =>
    surplus(kept, needed, { keep, maxBytes }).map(({ id }) => id);
  expect(gone(['d'], 4, 40)).toEqual([]);
  expect(gone(['d'], 2, 40)).toEqual(['a', 'b']);
  expect(gone(['d'], 4, 25)).toEqual(['a', 'b']);
  expect(gone(['d', 'a'], 2, 40)).toEqual(['b', 'c']);
  expect(gone(['d'], 1, 1)).toEqual(['a', 'b', 'c']);
});

test('an index that is broken is passed over', async () => {
  const { dir, store, take } = ground();
  await take();
  const [home = ''] = readdirSync(join(dir, 'snapshots'));
  const index = readdirSync(join(dir, 'snapshots', home)).find((name) => name.endsWith('.json')) ?? '';
  writeFileSync(join(dir, 'snapshots', home, index), '{');
  expect(store.list()).toEqual([]);
  expect(existsSync(join(dir, 'snapshots', home, index))).toBe(true);
});
