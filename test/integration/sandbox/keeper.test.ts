// The first process of an agent container (images/agent/keeper), run on this machine: no engine is needed to see what it does.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
  before: readonly string[] = [],
): Promise<Ended> {
  const words = [reserve, floor, 'write_bytes', flag, '/', '--', 'sh', '-c', line];
  const [program = '', ...args] = [...before, `${repositoryRoot}/images/agent/keeper`, ...words];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
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

/** Alone with its processes and as nobody's user, as in a box. */
const asOrdinaryUser = [
  ...['unshare', '--pid', '--fork', '--mount', '--mount-proc'],
  ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'env', 'PATH=/usr/bin:/bin'],
];
const canBeOrdinary =
  spawnSync(asOrdinaryUser[0] ?? '', [...asOrdinaryUser.slice(1), 'python3', '-V']).status === 0;

describe.skipIf(!canBeOrdinary)('E8: in the reserve, of processes whose count may not be read', () => {
  const keepInReserve = (line: string) => keep(huge, '1', line, undefined, '-', asOrdinaryUser);
  const python = (lines: string) =>
    `python3 -c '\nimport ctypes, os, threading, time\n${lines}\n'; echo alive`;

  test('one that has ended and waits for its parent does no harm', async () => {
    const line = '(sleep 0.05 & exec sleep 0.6); echo alive';
    expect(await keepInReserve(line)).toEqual({ code: 0, stdout: 'alive\n', stderr: '' });
  });

  test('threads that end with their process do none', async () => {
    const lines = `for _ in range(20):
  if os.fork() == 0:
    for _ in range(20): threading.Thread(target=time.sleep, args=(9,)).start()
    os._exit(0)
  time.sleep(0.03)`;
    expect(await keepInReserve(python(lines))).toEqual({ code: 0, stdout: 'alive\n', stderr: '' });
  });

  test('what its children wrote before they ended counts, look after look', async () => {
    const directory = mkdtempSync('/var/tmp/tradebox-keeper-');
    try {
      chmodSync(directory, 0o777);
      // Each is over between two looks, most of them; nobody but the keeper waits for them.
      const write = `dd if=/dev/zero of=${directory}/$at bs=16M count=1 2>/dev/null & sleep 0.01`;
      const line = `sleep 0.5; for at in $(seq 40); do sh -c "at=$at; ${write}"; sleep 0.05; done; echo alive`;
      const { code, stdout } = await keepInReserve(line.replaceAll('$at bs', '\\$at bs'));
      expect({ code, stdout }).toEqual({ code: 122, stdout: '' });
      expect(readdirSync(directory).length).toBeGreaterThan(10);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test.each([
    // Its first thread ends alone: exit is 60 on x86-64, 93 on arm64.
    [
      'whose first thread alone has ended',
      'threading.Thread(target=time.sleep, args=(1,)).start()\nctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[os.uname().machine], 0)',
    ],
    ['that lets nobody look into it', 'ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\ntime.sleep(1)'],
  ])('one %s ends the box', async (_what, lines) => {
    const { code, stdout } = await keepInReserve(python(lines));
    expect({ code, stdout }).toEqual({ code: 122, stdout: '' });
  });
});
