// The same box at every isolation level that this machine can start: attach, exec, exit codes, streams, home, diagnose; and what is
// not there is refused, never replaced in silence.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { docker, inspectBox, labelledObjects } from '../support/docker.js';
import { describe as shown, TestHome } from '../support/home.js';
import { shellWithHome } from '../support/profiles.js';
import { missing, skipReason } from '../support/requirements.js';
import { tryingCalls } from '../support/system-calls.js';

describe.skipIf(skipReason('docker', 'gvisor'))('the level gvisor', () => {
  let home: TestHome;
  let box: Box;
  let workdir: string;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('sh', shellWithHome);
    workdir = home.workdir({ 'from-host.txt': 'host\n' });
    const options = ['--paper', '--mode', 'demo', '--isolation', 'gvisor'];
    box = await startBox(home, {
      profile: 'sh',
      workdir,
      hint: 'gvisor',
      options,
      args: ['-c', 'sleep 3600'],
    });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  test('another kernel than this machine’s answers, and ps tells the level', async () => {
    const { stdout } = await box.sh('uname -r; cat /proc/version');
    expect(stdout).toMatch(/^\d/);
    expect(stdout).not.toContain(release());
    const { boxes } = await home.json<{ boxes: { name: string; isolation: string }[] }>(['ps']);
    expect(boxes.find(({ name }) => name === box.name)).toMatchObject({ isolation: 'gvisor' });
  });

  test('exec: exit codes, both streams, standard input, the profile’s home', async () => {
    expect(await box.sh('cat; echo err >&2; exit 7', { input: 'in' })).toMatchObject({
      code: 7,
      stdout: 'in',
      stderr: expect.stringContaining('err'),
    });
    expect((await box.sh('kill -TERM $$')).code).toBe(143);
    expect((await box.exec(['no-such-program'])).code).toBe(127);
    // E8: the engine's exec is under no filter there; what it starts puts itself under one.
    const harm = 'kill -STOP 1; echo $?; unshare -Ur true; echo $?; (sleep 9 & kill $!) && echo own';
    expect((await box.sh(harm)).stdout).toBe('1\n1\nown\n');
    const settings = await box.sh(
      'cat "$HOME/.config/agent/settings.json" && touch "$HOME/.config/agent/mine"',
    );
    expect(settings, shown(settings)).toMatchObject({ code: 0, stdout: '{"ready": true}' });
  });

  test('files pass both ways through the working directory, at once', async () => {
    writeFileSync(join(workdir, 'later.txt'), 'later\n');
    const { stdout } = await box.sh(
      'cat /workspace/from-host.txt /workspace/later.txt; echo made > /workspace/made.txt',
    );
    expect(stdout).toBe('host\nlater\n');
    mkdirSync(join(workdir, 'dir'));
    expect((await box.sh('ls -d /workspace/dir && cat /workspace/made.txt')).stdout).toBe(
      '/workspace/dir\nmade\n',
    );
  });

  test('S3, S11: the sidecar alone answers names, the agent cannot say otherwise, and it trusts a new sidecar at once', async () => {
    const asked =
      "curl -sS -o /dev/null -w '%{http_code} %{remote_ip}' --noproxy '*' https://www.okx.com/api/v5/public/time";
    const first = await box.sh(`grep nameserver /etc/resolv.conf; ${asked}`);
    expect(first.stdout, shown(first)).toMatch(/^nameserver (\S+)\n200 \1$/);
    const meddled = await box.sh('echo nameserver 9.9.9.9 > /etc/resolv.conf; touch /run/tradebox/ready');
    expect(meddled.code).not.toBe(0);
    const authority = 'sha256sum /etc/ssl/certs/ca-certificates.crt';
    const old = (await box.sh(authority)).stdout;
    await home.ok(['restart', box.name]);
    expect((await box.sh(authority)).stdout).not.toBe(old);
    const second = await box.sh(asked);
    expect(second.stdout, shown(second)).toMatch(/^200 /);
  });

  test('diagnose: every promise holds', async () => {
    const { holds, checks } = await home.json<{ holds: boolean; checks: { id: string; status: string }[] }>([
      'diagnose',
      box.name,
    ]);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(holds).toBe(true);
    expect(checks.find(({ id }) => id === 'isolation')).toMatchObject({ status: 'pass' });
  });

  test(
    'run passes input and exit code, on pipes and on a terminal, and removes the box',
    async () => {
      const name = home.boxName('gvisor-run');
      const words = ['run', 'sh', workdir, '--name', name, '--paper', '--isolation'];
      // Where there is a /dev/kvm, a machine is tried first: its image may have to be built.
      const piped = await home.run([...words, 'auto', '--', '-c', 'read line; echo "got $line"; exit 5'], {
        input: 'word\n',
        timeoutMs: imageBuildTimeoutMs,
      });
      expect(piped, shown(piped)).toMatchObject({ code: 5, stdout: 'got word\n' });
      expect(piped.stderr).toMatch(/isolation: (gvisor \(.*no vm: |vm \(QEMU with kvm)/);
      expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
      const line = [
        process.execPath,
        'dist/main.js',
        ...words,
        'gvisor',
        '--',
        '-c',
        'test -t 0 && stty size; exit 6',
      ];
      const quoted = line.map((word) => `'${word}'`).join(' ');
      const sized = `stty rows 33 cols 99; ${quoted}`;
      const terminal = await home.spawnToEnd('script', ['-qefc', sized, '/dev/null'], { cwd: process.cwd() });
      expect(terminal, shown(terminal)).toMatchObject({ code: 6, stdout: expect.stringContaining('33 99') });
    },
    imageBuildTimeoutMs,
  );
});

/** Runs in a process of the agent; each must fail or find nothing. Prints what succeeded. */
const escapes = `
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def tries(name, act):
    try:
        if act(): print(name)
    except Exception: pass
def succeeds(*call): return libc.syscall(*call) >= 0
tries('module loading', lambda: succeeds(313, 0, b'', 0) or ctypes.get_errno() not in (1,))
tries('new user namespace', lambda: succeeds(272, 0x10000000))
tries('mount', lambda: libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0)
tries('raw socket', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
tries('packet socket', lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))
tries('vsock', lambda: socket.socket(40, socket.SOCK_STREAM))
tries('disk', lambda: [d for d in os.listdir('/dev') if d.startswith(('vd', 'sd', 'mem', 'port', 'vport', 'hvc', 'kvm'))])
tries('device node', lambda: os.mknod('/tmp/disk', 0o60600, os.makedev(254, 0)) is None)
tries('kernel settings', lambda: open('/proc/sys/kernel/core_pattern', 'w'))
tries('sysrq', lambda: open('/proc/sysrq-trigger', 'w'))
tries('cgroup', lambda: open('/sys/fs/cgroup/agent/memory.max', 'w'))
tries('kernel memory', lambda: open('/proc/kcore', 'rb').read(1))
tries('processes of others', lambda: [p for p in os.listdir('/proc') if p.isdigit() and 'qemu' in open('/proc/%s/cmdline' % p).read()])
tries('more than the box at /proc/1/root', lambda: os.path.exists('/proc/1/root/vm') or os.path.exists('/proc/1/root/modules'))
`;

const [eperm, enosys] = [1, 38];

/** Prints what no two machines have in common, and the time. */
const ownTraits = 'cat /proc/sys/kernel/random/boot_id; head -c 16 /dev/urandom | od -An -tx1; date +%s';

describe.skipIf(skipReason('docker', 'vm'))('the level vm', () => {
  let home: TestHome;
  let box: Box;
  let workdir: string;
  const config = 'version: 1\nisolation: vm\nlimits: { memoryMb: 512, pids: 128 }\n';

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('sh', shellWithHome);
    home.writeConfig(config);
    workdir = home.workdir({ 'from-host.txt': 'host\n' });
    const options = ['--paper', '--mode', 'demo'];
    box = await startBox(home, { profile: 'sh', workdir, hint: 'vm', options, args: ['-c', 'sleep 3600'] });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  test('a kernel of its own answers, and ps tells the level', async () => {
    const { stdout } = await box.sh('uname -r; cat /proc/sys/kernel/random/boot_id');
    expect(stdout).toMatch(/^\d/);
    expect(stdout).not.toContain(release());
    const hosts = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    expect(stdout).not.toContain(hosts);
    const { boxes } = await home.json<{ boxes: { name: string; isolation: string }[] }>(['ps']);
    expect(boxes.find(({ name }) => name === box.name)).toMatchObject({ isolation: 'vm' });
  });

  test('exec: exit codes, both streams, input of some length, a terminal with its size, the profile’s home', async () => {
    const input = randomBytes(3_000_000).toString('base64');
    const sum = createHash('sha256').update(input).digest('hex');
    const [codes, killed, long, settings, terminal] = await Promise.all([
      box.sh('cat; echo err >&2; exit 7', { input: 'in' }),
      box.sh('kill -TERM $$'),
      box.sh('sha256sum', { input }),
      box.sh('cat "$HOME/.config/agent/settings.json" && touch "$HOME/.config/agent/mine"'),
      home.spawnToEnd(
        'script',
        [
          '-qefc',
          `stty rows 33 cols 99; '${process.execPath}' dist/main.js exec ${box.name} -- sh -c 'test -t 0 && stty size; exit 6'`,
          '/dev/null',
        ],
        { cwd: process.cwd() },
      ),
    ]);
    expect(codes).toMatchObject({ code: 7, stdout: 'in', stderr: expect.stringContaining('err') });
    expect(killed.code).toBe(143);
    expect(long.stdout).toContain(sum);
    expect(settings, shown(settings)).toMatchObject({ code: 0, stdout: '{"ready": true}' });
    expect(terminal, shown(terminal)).toMatchObject({ code: 6, stdout: expect.stringContaining('33 99') });
  });

  test('files pass both ways through the working directory, at once, and belong to the caller', async () => {
    writeFileSync(join(workdir, 'later.txt'), 'later\n');
    const { stdout } = await box.sh(
      'cat /workspace/from-host.txt /workspace/later.txt; echo made > /workspace/made.txt; ln -s made.txt /workspace/link',
    );
    expect(stdout).toBe('host\nlater\n');
    expect(readFileSync(join(workdir, 'link'), 'utf8')).toBe('made\n');
    expect(statSync(join(workdir, 'made.txt')).uid).toBe(process.getuid?.());
  });

  test('diagnose: every promise holds', async () => {
    const { holds, checks } = await home.json<{ holds: boolean; checks: { id: string; status: string }[] }>(
      ['diagnose', box.name],
      { timeoutMs: 180_000 },
    );
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(holds).toBe(true);
    expect(checks.find(({ id }) => id === 'isolation')).toMatchObject({ status: 'pass' });
    expect(checks.find(({ id }) => id === 'confinement')).toMatchObject({ status: 'pass' });
  }, 200_000);

  test('no way out of the machine is open to the agent: modules, namespaces, devices, settings, other processes', async () => {
    const tried = await box.sh('cat > /tmp/escapes.py; python3 /tmp/escapes.py && echo done', {
      input: escapes,
    });
    expect(tried, shown(tried)).toMatchObject({ code: 0, stdout: 'done\n' });
    const calls = await box.sh('cat > /tmp/calls.py; python3 /tmp/calls.py', { input: tryingCalls });
    const seen: Record<string, number> = JSON.parse(calls.stdout || JSON.stringify({ stderr: calls.stderr }));
    expect(Object.keys(seen).length).toBeGreaterThan(30);
    expect(Object.entries(seen).filter(([, errno]) => errno !== eperm && errno !== enosys)).toEqual([]);
  });

  test('run passes input and exit code, says how the machine runs, and removes the box', async () => {
    home.writeConfig(config);
    const name = home.boxName('vm-run');
    const script = `read line; ${ownTraits}; echo "got $line"; exit 5`;
    const piped = await home.run(['run', 'sh', workdir, '--name', name, '--paper', '--', '-c', script], {
      input: 'word\n',
      timeoutMs: 120_000,
    });
    expect(piped, shown(piped)).toMatchObject({ code: 5, stdout: expect.stringMatching(/got word\n$/) });
    expect(piped.stderr).toMatch(/isolation: vm \(QEMU with (kvm|tcg) runs Linux /);
    // Both resumed from one snapshot, each has random numbers of its own and the time of now.
    const [bootId, random, time] = piped.stdout.split('\n');
    const [otherBootId, otherRandom] = (await box.sh(ownTraits)).stdout.split('\n');
    expect([bootId, random]).not.toContain(undefined);
    expect(bootId).not.toBe(otherBootId);
    expect(random).not.toBe(otherRandom);
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60);
    if (piped.stderr.includes('QEMU with tcg')) {
      expect(piped.stderr).toMatch(/warning: .*ten times slower/);
      const container = inspectBox(box.name).agent.Id;
      expect(docker('exec', container, 'cat', '/vm/snapshot/shape')).toContain('512 MB');
      expect(docker('logs', container)).not.toContain('could not be resumed');
    }
    expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
  }, 150_000);
});

// Where every level is there, the unit tests of choose.ts hold this.
describe.skipIf(skipReason('docker') ?? missing('gvisor') === undefined)('a level that is not there', () => {
  test('is refused with what to do, by flag and by configuration, and nothing is left', async () => {
    const home = new TestHome();
    try {
      const name = home.boxName('no-gvisor');
      const words = ['run', 'shell', home.workdir(), '--name', name, '--paper'];
      const refused = await home.run([...words, '--isolation', 'gvisor']);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('the isolation level gvisor is not available');
      expect(refused.stderr).toMatch(/→ .*install/);
      home.writeConfig('version: 1\nisolation: gvisor\n');
      expect((await home.run(words)).code).toBe(2);
      expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
    } finally {
      await home.dispose();
    }
  });
});
