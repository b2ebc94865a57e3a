// The host's apt-get may be busy when a base image is built: locks are waited for, other trouble is told at once.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = new URL('../../../images/base/apt.sh', import.meta.url).pathname;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradebox-apt-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script over an apt-get that says `trouble` so many times before it works. */
function run(trouble: string, times: number) {
  const calls = join(folder, 'calls');
  const program = `#!/bin/sh
echo "$*" >>${calls}
[ "$(wc -l <${calls})" -gt ${times} ] && exit 0
echo "E: ${trouble}" >&2
exit 100
`;
  writeFileSync(join(folder, 'apt-get'), program);
  chmodSync(join(folder, 'apt-get'), 0o755);
  const { status, stderr } = spawnSync('sh', [script, 'update'], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env.PATH}`, APT_WAIT_SECONDS: '0.01' },
  });
  return { status, stderr, calls: readFileSync(calls, 'utf8').trim().split('\n') };
}

const held = 'Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)';

test('a lock that another program holds for a while is waited for', () => {
  const { status, stderr, calls } = run(held, 3);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(calls).toHaveLength(4);
  expect(calls[0]).toMatch(/ update$/);
});

test('a lock that is never let go ends it, with what apt-get said', () => {
  const { status, stderr, calls } = run(held, 1_000);
  expect(status).toBe(100);
  expect(stderr).toContain('held by process 7');
  expect(calls.length).toBeLessThanOrEqual(61);
});

test('other trouble is told at once', () => {
  const { status, stderr, calls } = run('Unable to fetch some archives', 1_000);
  expect(status).toBe(100);
  expect(stderr).toContain('Unable to fetch');
  expect(calls).toHaveLength(1);
});
