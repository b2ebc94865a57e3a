// E8 at every isolation level: an agent that forks or fills its memory without end. Its own box may end; a second one goes on working.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { IsolationId } from '../../src/core/isolation.js';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { dockerBeside, inspectBox, labelledObjects } from '../support/docker.js';
import { describe as shown, TestHome } from '../support/home.js';
import { shellWithHome } from '../support/profiles.js';
import { type Requirement, skipReason } from '../support/requirements.js';

const limits = { memoryMb: 512, pids: 128 };
/** Several times what a box may; a box without limits would reach it and stop there. */
const wanted = { memoryMb: 1536, pids: 500 };

/** Each success is one byte more in a file of the working directory, which the host can count. */
const bombs = {
  forks: `
import os, time
count = os.open("/workspace/forks", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
while os.fstat(count).st_size < ${wanted.pids}:
    try:
        if os.fork() == 0: os.write(count, b"x")
    except OSError: time.sleep(30)
time.sleep(30)`,
  megabytes: `
import os
count = os.open("/workspace/megabytes", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
held = []
while len(held) < ${wanted.memoryMb}:
    held.append(b"x" * (1 << 20))
    os.write(count, b"x")`,
};
const lineOf = (bomb: string) => `timeout -s KILL 15 python3 -c '${bomb}'`;

/** How often it succeeded. */
function countOf(workdir: string, bomb: string): number {
  const file = join(workdir, bomb);
  return existsSync(file) ? statSync(file).size : 0;
}

describe.skipIf(skipReason('docker'))('agents without end', () => {
  let home: TestHome;
  let other: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('sh', shellWithHome);
    other = await startBox(home, {
      profile: 'sh',
      workdir: home.workdir(),
      hint: 'other',
      options: ['--paper', '--isolation', 'container'],
      args: ['-c', 'sleep 3600'],
    });
    home.writeConfig(`version: 1\nlimits: { memoryMb: ${limits.memoryMb}, pids: ${limits.pids} }\n`);
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  for (const level of ['container', 'gvisor', 'vm'] as const satisfies readonly (IsolationId &
    Requirement)[]) {
    test.skipIf(skipReason(level))(
      `E8: at ${level} they get no further than their limits, and another box goes on working`,
      async () => {
        const places = Object.keys(bombs).map((bomb) => ({
          bomb,
          workdir: home.workdir(),
          name: home.boxName(bomb),
        }));
        const all = Promise.all(
          places.map(({ bomb, workdir, name }) => {
            const words = ['run', 'sh', workdir, '--name', name, '--paper', '--isolation', level];
            const line = lineOf(bombs[bomb as keyof typeof bombs]);
            return home.run([...words, '--', '-c', line], { timeoutMs: imageBuildTimeoutMs });
          }),
        );
        let areDone = false;
        const over = all.finally(() => {
          areDone = true;
        });
        const asked = 'curl -sS -o /dev/null -w "%{http_code}" https://www.okx.com/api/v5/public/time';
        let answers = 0;
        while (!areDone) {
          const begun = places.every(({ bomb, workdir }) => countOf(workdir, bomb) > 0);
          const answer = await other.sh(asked);
          expect(answer, shown(answer)).toMatchObject({ code: 0, stdout: '200' });
          if (begun && !areDone) answers += 1;
        }
        for (const result of await over) expect(result.code, shown(result)).not.toBe(0);
        // While both were at it.
        expect(answers).toBeGreaterThan(0);
        const [forks = 0, megabytes = 0] = places.map(({ bomb, workdir }) => countOf(workdir, bomb));
        expect(forks).toBeGreaterThan(10);
        expect(forks).toBeLessThanOrEqual(limits.pids);
        expect(megabytes).toBeGreaterThan(100);
        expect(megabytes).toBeLessThan(limits.memoryMb);
        for (const { name } of places) {
          // The engine may still be at work on a kernel that died under its container when the command gave up on it.
          if (labelledObjects(`tradebox.box=${name}`).length > 0) await home.ok(['reset', name, '--discard']);
          expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
        }
      },
      imageBuildTimeoutMs,
    );
  }

  test('negative control: without limits the same agents get further', async () => {
    const { Image } = inspectBox(other.name).agent;
    const workdir = home.workdir();
    const mount = ['-v', `${workdir}:/workspace`, '--user', `${process.getuid?.()}`, '--init'];
    await Promise.all(
      Object.values(bombs).map((bomb) =>
        dockerBeside('run', '--rm', ...mount, '--entrypoint', 'sh', Image, '-c', `${lineOf(bomb)} || true`),
      ),
    );
    expect(countOf(workdir, 'forks')).toBeGreaterThan(limits.pids);
    expect(countOf(workdir, 'megabytes')).toBeGreaterThan(limits.memoryMb);
  });
});
