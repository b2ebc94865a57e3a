// ATTACKS E8: filling the disk of the host, and getting rid of the process that watches it.
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Box, startBox } from '../../support/box.js';
import { docker, inspectBox } from '../../support/docker.js';
import { type Attack, type Variant, variant } from './attack.js';
import { Place } from './place.js';
import type { World } from './world.js';

const pieces = 40;
const pieceMb = 16;
/** What a box may write while its disk is in the reserve, and what a fast writer gets written between two looks. */
const mostMb = 256 + 256;

/** 640 MB, half of it into files that no directory shows any more; runs in a container. */
const fill = (where: string) => `python3 - <<'X'
import os, time
block = os.urandom(${pieceMb} << 20)
kept = []
for at in range(${pieces}):
    name = '${where}/fill-%d' % at
    f = open(name, 'wb', 0); f.write(block); kept.append(f)
    if at % 2: os.unlink(name)
    time.sleep(0.05)
print('wrote everything')
X`;

/** Exit 0 when what Python tries stops the keeper. */
const stopping = (line: string) =>
  `python3 -c '
import fcntl, os, socket
${line}' 2>/dev/null; sleep 0.3; grep -q "^State:.T" /proc/1/status`;

/** Each would end the watch; exit 0 when it worked. */
const evasions: Readonly<Record<string, string>> = {
  'SIGKILL to the keeper': 'kill -9 1; sleep 0.3; [ ! -d /proc/1 ]',
  'SIGSTOP to the keeper': 'kill -STOP 1; sleep 0.3; grep -q "^State:.T" /proc/1/status',
  'a debugger’s eyes on it': `python3 -c "open('/proc/1/mem', 'rb')" 2>/dev/null`,
  'its memory': "python3 -c \"open('/proc/1/mem', 'r+b')\" 2>/dev/null",
  'SIGSTOP to a group that holds it': stopping('if os.fork() == 0: os.setpgid(0, 1); os.kill(0, 19)'),
  'SIGSTOP as the owner of a descriptor': stopping(
    'a, b = socket.socketpair(); [fcntl.fcntl(a, *asked) for asked in ((8, 1), (10, 19), (4, os.O_ASYNC))]; b.send(b"!")',
  ),
  'its limits': 'prlimit --pid 1 --nofile=64 2>/dev/null',
  'its priority':
    'renice 19 -p 1 2>/dev/null || renice 19 -g 1 2>/dev/null || renice 19 -u "$(id -u)" 2>/dev/null',
  'its processors': `python3 -c "import os; os.sched_setaffinity(1, {0})" 2>/dev/null`,
  '64 GB in one call': 'fallocate -l 64G /tmp/whole 2>/dev/null',
};

const disk: Attack = {
  id: 'E8-DISK',
  title: 'filling the disk, also with deleted files and in one call; ending, stopping or changing the watch',
  isApart: true,
  setting: 'a plain docker run, where nobody watches',
  isPlain: true,
  async attempt(_place, world) {
    const workdir = world.home.workdir();
    const box = await startFiller(world, workdir);
    const container = inspectBox(box.name).agent.Id;
    const { isolation } = world.inBox;
    const inFiller = new Place({ kind: 'box', container, hostAddress: '', testPort: 0, isolation });
    const tried = await evade(inFiller);
    // A box that writes little lives on, whoever has filled the disk.
    if ((await inFiller.sh('echo alive')).stdout !== 'alive\n') throw new Error('the box never lived');
    const { stdout } = await inFiller.sh(fill('/workspace'));
    // The writer's end comes first; the engine tells of its container's a moment later.
    if (!stdout.includes('wrote everything')) docker('wait', container);
    const state = JSON.parse(docker('inspect', '--format', '{{json .State}}', container)) as State;
    const names = readdirSync(workdir);
    const sizeMb = names.reduce((sum, name) => sum + statSync(path.join(workdir, name)).size, 0) / 2 ** 20;
    const isStopped = state.Status === 'exited' && state.ExitCode === 122;
    return [
      ...tried,
      variant(
        '640 MB',
        stdout.includes('wrote everything') && 'all of it was written',
        `stopped: ${state.ExitCode}`,
      ),
      // Half of what it wrote is to be seen.
      variant('what is left', sizeMb > mostMb / 2 && `${Math.round(sizeMb)} MB`, `${Math.round(sizeMb)} MB`),
      variant(
        'the box',
        !isStopped && `it is ${state.Status} with ${state.ExitCode}`,
        'stopped by its keeper',
      ),
    ];
  },
  async control(_world, plain) {
    const { stdout } = await plain.sh(`mkdir /tmp/filled && ${fill('/tmp/filled')}; rm -r /tmp/filled`);
    return [variant('640 MB', stdout.includes('wrote everything') && 'all of it was written')];
  },
};

interface State {
  Status: string;
  ExitCode: number;
}

/** What is not even an attempt where process 1 is another's. */
const looks = new Set(['a debugger’s eyes on it', 'its memory']);

function evade(place: Place): Promise<Variant[]> {
  // In a machine process 1 is a helper without rights, not the keeper, which is outside.
  const tried = Object.entries(evasions).filter(([name]) => place.isolation !== 'vm' || !looks.has(name));
  return Promise.all(
    tried.map(async ([name, line]) => {
      const { code } = await place.sh(line);
      return variant(name, code === 0 && `${name}: it worked`, `exit ${code}`);
    }),
  );
}

/** A box that keeps half as much again as is free: its disk is in the reserve already, above the floor. */
async function startFiller(world: World, workdir: string): Promise<Box> {
  const { isolation } = world.inBox;
  // A machine's own disk is a file of its container, as large as it is written.
  const places = isolation === 'vm' ? '/workspace' : '/ /workspace';
  const { stdout } = await world.inReader.sh(`df -B1M --output=avail ${places} | tail -n +2`);
  const freeMb = Math.min(...stdout.trim().split('\n').map(Number));
  if (!(freeMb > 4096)) throw new Error(`too little is free to fill anything: ${stdout}`);
  const limits = `version: 1\nisolation: ${isolation}\nlimits: { diskReserveMb: ${Math.round(freeMb * 1.5)} }\n`;
  const config = world.home.writePrivate('filler.yaml', limits);
  const options = ['--paper', '--mode', 'readonly', '--config', config];
  return startBox(world.home, { profile: 'target', workdir, hint: 'filler', options });
}

export const diskAttacks: readonly Attack[] = [disk];
