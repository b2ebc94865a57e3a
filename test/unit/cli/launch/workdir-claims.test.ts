// Directories that boxes of the two regimes would share: refused in either order, and free again once one is gone.
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { claimWorkdir, leaveClaim } from '../../../../src/cli/launch/workdir-claims.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { temporaryDir } from '../../../support/host-files.js';

const makeWorld = () => {
  const dir = temporaryDir();
  const workdir = join(dir, 'work');
  mkdirSync(join(workdir, 'sub'), { recursive: true });
  symlinkSync(workdir, join(dir, 'alias'));
  mkdirSync(join(dir, 'work-2'));
  const stateDir = join(dir, 'state');
  const claim = (name: string, path: string, regime: 'research' | 'trade', isUp = async () => true) =>
    claimWorkdir(stateDir, name, { workdir: join(dir, path), regime }, isUp);
  /** As if another process, which has ended since, had made the box. */
  const forgetMaker = (name: string, maker: object = { maker: 2 ** 22 + 1 }) => {
    const file = boxPaths(stateDir, name).claim;
    writeFileSync(file, JSON.stringify({ workdir, regime: 'research', ...maker }), { mode: 0o600 });
  };
  return { stateDir, claim, forgetMaker };
};

test('S4: a research and a trade box do not see one directory at the same time, nor one within the other', async () => {
  const { stateDir, claim } = makeWorld();
  await claim('reader', 'work', 'research');
  for (const path of ['work', 'work/sub', '.', 'alias', 'alias/sub']) {
    await expect(claim('desk', path, 'trade'), path).rejects.toMatchObject({
      code: 'WORKDIR_INVALID',
      message: expect.stringMatching(/the box reader has .*work and is research, this one would be trade/),
    });
  }
  await claim('desk', 'work-2', 'trade');
  await claim('second', 'work', 'research');
  await expect(claim('third', 'work-2', 'research')).rejects.toThrow(/the box desk/);
  leaveClaim(stateDir, 'desk');
  await claim('third', 'work-2', 'research');
});

test('what was refused holds nothing itself; a box takes its own directory again', async () => {
  const { claim } = makeWorld();
  await claim('reader', 'work', 'research');
  await expect(claim('desk', 'work', 'trade')).rejects.toThrow('reader');
  await claim('reader', 'work', 'research');
  await expect(claim('desk', '.', 'trade')).rejects.toThrow('reader');
});

test('a claim that outlived its box counts for nothing; one whose box is up does, whoever made it', async () => {
  const { claim, forgetMaker } = makeWorld();
  await claim('reader', 'work', 'research');
  forgetMaker('reader');
  const isUp = vi.fn(async (_name: string) => true);
  await expect(claim('desk', 'work', 'trade', isUp as never)).rejects.toThrow('reader');
  expect(isUp).toHaveBeenCalledWith('reader');
  await claim('desk', 'work', 'trade', async () => false);
});

test.skipIf(!existsSync('/proc/self/stat'))("a dead maker's id may be another process's by now", async () => {
  const { claim, forgetMaker } = makeWorld();
  const ended = async () => false;
  await claim('reader', 'work', 'research');
  await expect(claim('desk', 'work', 'trade', ended)).rejects.toThrow('reader'); // is being made, by this process
  forgetMaker('reader', { maker: process.pid, makerTicks: '1' });
  await claim('desk', 'work', 'trade', ended);
});
