// The first process of an agent container (images/agent/keeper), run on this machine: no engine is needed to see what it does.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../support/repository.js';

const huge = '1000000000000000';

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the keeper on `/` to its end; `signal` is sent to it once the command has said something. */
function keep(
  reserve: string,
  floor: string,
  line: string,
  signal?: NodeJS.Signals,
  flag = '-',
): Promise<Ended> {
  const words = [reserve, floor, 'write_bytes', flag, '/', '--', 'sh', '-c', line];
  const child = spawn(`${repositoryRoot}/images/agent/keeper`, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    ended.stdout += chunk.toString();
    if (signal !== undefined) child.kill(signal);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    ended.stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...ended, code }));
  });
}

test.skipIf(platform() !== 'linux')(
  'it ends with the status of what it started, as a shell tells it',
  async () => {
    expect(await keep('0', '0', 'echo hello; exit 3')).toEqual({ code: 3, stdout: 'hello\n', stderr: '' });
    expect((await keep('0', '0', 'kill -KILL $$')).code).toBe(137);
    expect((await keep('0', '0', 'exec /no/such/program')).code).toBe(127);
  },
);

test.skipIf(platform() !== 'linux')('signals reach the agent, which decides what they mean', async () => {
  const line = 'trap "exit 5" TERM; echo ready; while :; do sleep 0.05; done';
  expect((await keep('0', '0', line, 'SIGTERM')).code).toBe(5);
});

test.skipIf(platform() !== 'linux')('S11: the command does not begin before the flag is there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tradebox-keeper-'));
  try {
    const [flag, begun] = [join(directory, 'ready'), join(directory, 'begun')];
    const ended = keep('0', '0', `touch ${begun}; test -e ${flag}`, undefined, flag);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(existsSync(begun)).toBe(false);
    writeFileSync(flag, '');
    expect((await ended).code).toBe(0);
    expect(existsSync(begun)).toBe(true);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test.skipIf(platform() !== 'linux')(
  'E8: with enough left the command goes on, below the floor it is ended',
  async () => {
    // In the reserve it counts what a container's processes write, here those of the whole machine: see E8-DISK of the attacks.
    expect((await keep('1', '1', 'sleep 0.3; echo alive')).stdout).toBe('alive\n');
    const { code, stderr } = await keep('1', huge, 'sleep 1');
    expect(code).toBe(122);
    expect(stderr).toContain('the disk of / has hardly any bytes left');
  },
);
