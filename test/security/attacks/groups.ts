// ATTACKS A15: the control groups that hold a box to its limits. The host is the judge: gVisor's kernel and a machine's have groups of
// their own, and what is written there may succeed and mean nothing.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startBox } from '../../support/box.js';
import { docker, inspectBox } from '../../support/docker.js';
import { type Attack, type Variant, variant } from './attack.js';
import { Place } from './place.js';
import type { World } from './world.js';

/** Of the box and of the control; more than a shell and its children take. */
const pids = 128;
const wantedProcesses = 3 * pids;
const forksDeadlineMs = 20_000;

/** Limits of a group in cgroup v1 and v2, and what makes the kernel run a program of the agent's on the host. */
const limitFiles = [
  ...['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes', 'memory.soft_limit_in_bytes', 'memory.max'],
  ...['memory.high', 'memory.swap.max', 'memory.oom_control', 'memory.oom.group', 'pids.max', 'cpu.max'],
  ...['cpu.cfs_quota_us', 'cpu.shares', 'cpu.weight', 'cpuset.cpus', 'cgroup.subtree_control'],
  ...['devices.list', 'notify_on_release', 'release_agent'],
];

/**
 * Runs in the container. Writes more into each limit within reach, makes groups, moves itself to those and to the ones above, mounts
 * hierarchies anew. Prints what seemed to succeed as a JSON list.
 */
const tries = `
import ctypes, json, os, signal
more = {'memory.limit_in_bytes': '-1', 'memory.memsw.limit_in_bytes': '-1', 'memory.soft_limit_in_bytes': '1073741824',
  'memory.max': 'max', 'memory.high': 'max', 'memory.swap.max': 'max', 'memory.oom_control': '1', 'pids.max': 'max',
  'cpu.max': 'max 100000', 'cpu.cfs_quota_us': '-1', 'cpu.shares': '4096', 'cpu.weight': '10000',
  'devices.allow': 'a', 'notify_on_release': '1', 'release_agent': '/tmp/tradebox-attack'}
done = []
def attempt(name, act):
    try:
        if act() is not False: done.append(name)
    except OSError: pass
def write(file, text):
    handle = os.open(file, os.O_WRONLY)
    try: os.write(handle, text.encode())
    finally: os.close(handle)
own = [line.strip().split(':', 2)[2].lstrip('/') for line in open('/proc/self/cgroup')] if os.path.exists('/proc/self/cgroup') else []
tops = [top + '/sys/fs/cgroup' for top in ('', '/proc/1/root')]
tops += [os.path.join(top, name) for top in tops if os.path.isdir(top) for name in os.listdir(top) if os.path.isdir(os.path.join(top, name))]
groups = sorted({os.path.normpath(os.path.join(top, name)) for top in tops for name in ['', 'agent'] + own})
for group in filter(os.path.isdir, groups):
    for name, text in more.items():
        if os.path.exists(os.path.join(group, name)):
            attempt('write ' + os.path.join(group, name), lambda: write(os.path.join(group, name), text))
    made = os.path.join(group, 'tradebox-attack')
    attempt('make ' + made, lambda: os.mkdir(made))
    for place in (made, os.path.dirname(group)):
        attempt('move to ' + place, lambda: write(os.path.join(place, 'cgroup.procs'), str(os.getpid())))
libc = ctypes.CDLL(None, use_errno=True)
os.makedirs('/tmp/groups', exist_ok=True)
for kind, option in ((b'cgroup2', None), (b'cgroup', b'memory'), (b'cgroup', b'pids')):
    def mount():
        if libc.mount(b'none', b'/tmp/groups', kind, 0, option) != 0: return False
        libc.umount2(b'/tmp/groups', 2)
    attempt('mount ' + kind.decode(), mount)
print(json.dumps(done))
`;

/** Prints how many processes there could be after them. */
const forks = `${tries}
children = []
try:
    while len(children) < ${wantedProcesses}:
        pid = os.fork()
        if pid == 0: signal.pause()
        children.append(pid)
except OSError: pass
print(len(children))
for pid in children: os.kill(pid, 9)
for pid in children: os.waitpid(pid, 0)
`;

const groups: Attack = {
  id: 'A15-GROUPS',
  title:
    'its own limits raised, groups made, left or mounted anew, release agents set; the host’s groups are looked at',
  isApart: true,
  setting: 'a docker run that may mount, and has its groups writable',
  async attempt(_place, world) {
    const { isolation } = world.inBox;
    const limits = `version: 1\nisolation: ${isolation}\nlimits: { pids: ${pids} }\n`;
    const config = world.home.writePrivate('groups.yaml', limits);
    const options = ['--paper', '--mode', 'readonly', '--config', config];
    const workdir = world.home.workdir();
    const box = await startBox(world.home, { profile: 'target', workdir, hint: 'groups', options });
    const { Id: container } = inspectBox(box.name).agent;
    const inBox = new Place({ kind: 'box', container, hostAddress: '', testPort: 0, isolation });
    const found = await raise(inBox);
    await world.home.ok(['reset', box.name, '--discard']);
    return found;
  },
  async control(world: World) {
    const bounds = ['--memory', '1g', '--pids-limit', String(pids), '--cpus', '1'];
    // Its own groups alone, as their root: nothing of other containers or of the host can be written.
    const rights = [
      '--cap-add',
      'SYS_ADMIN',
      '--security-opt',
      'seccomp=unconfined',
      '--cgroupns',
      'private',
    ];
    const line =
      'for at in /sys/fs/cgroup /sys/fs/cgroup/*/; do mount -o remount,bind,rw $at; done; exec sleep infinity';
    const words = [
      '--user',
      '0',
      ...rights,
      ...bounds,
      '--init',
      '--entrypoint',
      'sh',
      world.image,
      '-c',
      line,
    ];
    const container = docker('run', '-d', ...words);
    try {
      return await raise(new Place({ kind: 'docker', container, hostAddress: '', testPort: 0 }));
    } finally {
      docker('rm', '-f', container);
    }
  },
};

/** Tries from a place, looks before and after at the groups that the host has for its container, and whether they still bound it. */
async function raise(place: Place): Promise<Variant[]> {
  const before = groupsOf(place.container);
  const tried = await place.exec(['python3', '-'], tries);
  if (tried.code !== 0) throw new Error(`nothing was tried: ${tried.stderr}`);
  const after = groupsOf(place.container);
  const changed = Object.entries(before).filter(([file, text]) => after[file] !== text);
  const seemed = JSON.parse(tried.stdout) as string[];
  const isOwnKernel = place.isolation === 'gvisor';
  const told =
    seemed.length === 0 ? 'nothing was written' : `${seemed.length} only within its own kernel: ${seemed[0]}`;
  // At its limit gVisor's kernel ends, without a word and with its box; whoever asked is told so only a minute later.
  const { stdout } = await place.exec(['python3', '-'], forks, forksDeadlineMs);
  const count = stdout.trim().split('\n')[1];
  if (count === undefined && !isOwnKernel) throw new Error('the forks ended without a word');
  return [
    ...changed.map(([file, text]) => variant(file, `${file}: ${text} → ${after[file] ?? 'gone'}`)),
    variant(
      'limits of the host',
      changed.length > 0 && `${changed.length} changed`,
      `${Object.keys(before).length} files as before; ${told}`,
    ),
    variant('what the agent wrote', !isOwnKernel && seemed.join(', '), told),
    variant(
      'processes',
      Number(count ?? 0) >= wantedProcesses && `${count} processes`,
      `${count ?? 'too many'} processes`,
    ),
  ];
}

/** What the host holds a container's process to: each limit, the groups below, and whether the process is still in them; by file. */
function groupsOf(container: string): Record<string, string> {
  const pid = docker('inspect', '--format', '{{.State.Pid}}', container);
  if (pid === '0') throw new Error('the container does not run');
  const found: Record<string, string> = {};
  const own = linesOf(`/proc/${pid}/cgroup`).map((line) => line.split(':'));
  for (const { mount, root, controllers } of hierarchies()) {
    for (const name of ['release_agent', 'notify_on_release']) put(found, path.join(mount, name));
    const at = own.find(([id, names]) =>
      controllers === undefined ? id === '0' : names?.split(',').some((name) => controllers.includes(name)),
    )?.[2];
    if (at === undefined || at === '/') continue;
    const group = path.join(mount, path.relative(root, at));
    found[`${mount} of its process`] = group;
    for (const name of limitFiles) put(found, path.join(group, name));
    const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    found[`${group}/*`] = below.map(({ name }) => name).join(' ');
  }
  if (!Object.keys(found).some((file) => file.endsWith('/pids.max')))
    throw new Error('the host shows no limit of the container’s processes');
  return found;
}

interface Hierarchy {
  mount: string;
  root: string;
  /** Of cgroup v1, `name=systemd` among them; absent: cgroup v2. */
  controllers?: string[];
}

/** Each once. */
function hierarchies(): Hierarchy[] {
  return linesOf('/proc/self/mountinfo').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root = '', mount = ''] = left.split(' ');
    const [type, , options = ''] = right.split(' ');
    if (type === 'cgroup2') return [{ mount, root }];
    return type === 'cgroup' ? [{ mount, root, controllers: options.split(',') }] : [];
  });
}

/** Takes a file's text, if it is there. */
function put(found: Record<string, string>, file: string): void {
  try {
    found[file] = readFileSync(file, 'utf8').trim();
  } catch {
    // Another version of groups, or one that is not read.
  }
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

export const groupAttacks: readonly Attack[] = [groups];
