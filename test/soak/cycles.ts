// `npm run soak:cycles -- [--level container|gvisor|vm] [--cycles n] [--killed n]`: starts and resets a box again and again, some runs
// killed at random moments; nothing of a box may be left: container, process, socket, network, loop device, mount. Prints JSON; exit 1
// when something is.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { docker, labelledObjects } from '../support/docker.js';
import { TestHome } from '../support/home.js';

const { values } = parseArgs({
  options: {
    level: { type: 'string', default: 'container' },
    cycles: { type: 'string', default: '100' },
    killed: { type: 'string', default: '20' },
  },
});
const cycles = Number(values.cycles);
const killed = Number(values.killed);
/** A killed run may be anywhere between its first word and a running agent. */
const longestRunMs = { container: 1_500, gvisor: 3_000, vm: 7_000 }[values.level] ?? 3_000;

const home = new TestHome();
const name = home.boxName(`cycles-${values.level}`);
const workdir = home.workdir();
const words = ['run', 'shell', workdir, '--paper', '--detach', '--name', name, '--isolation', values.level];
const stay = ['--', '-c', 'exec sleep 600'];
const problems: string[] = [];
let done = 0;
try {
  await home.ok([...words, ...stay], { timeoutMs: 900_000 });
  await home.ok(['reset', name, '--discard']);
  const before = remains();
  for (; done < cycles; done += 1) {
    // Spread evenly: every fifth of a hundred with twenty.
    const isKilled = Math.floor(((done + 1) * killed) / cycles) > Math.floor((done * killed) / cycles);
    if (isKilled) await startAndKill();
    else await home.ok([...words, ...stay], { timeoutMs: 120_000 });
    const reset = await home.run(['reset', name, '--discard'], { timeoutMs: 60_000 });
    // Killed before it made anything, there is no box to reset.
    if (reset.code !== 0 && !isKilled)
      problems.push(`cycle ${done}: reset ended with ${reset.code}: ${reset.stderr}`);
    const left = labelledObjects(`tradebox.box=${name}`);
    if (left.length > 0) problems.push(`cycle ${done}${isKilled ? ', killed' : ''}: left ${left.join(', ')}`);
    process.stderr.write(`\r${done + 1} of ${cycles}`);
  }
  await sleep(3_000); // the engine's own helpers end a moment after their container
  for (const [what, now] of Object.entries(remains())) {
    const more = now.filter((each) => !before[what as keyof typeof before].includes(each));
    if (more.length > 0) problems.push(`${what}: ${more.join(', ').slice(0, 500)}`);
  }
} finally {
  await home.dispose();
}
process.stdout.write(`${JSON.stringify({ level: values.level, cycles: done, killed, problems }, null, 2)}\n`);
process.exitCode = problems.length === 0 && done === cycles ? 0 : 1;

async function startAndKill(): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, ['dist/main.js', ...words, ...stay], {
    env: { ...process.env, TRADEBOX_HOME: home.home },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await sleep(randomInt(20, longestRunMs));
  child.kill('SIGKILL');
  await ended;
}

/** What a box could leave on this machine, each as a line that stays the same while it is there. */
function remains() {
  const ofOthers = placesOfContainers();
  return {
    mounts: linesOf('/proc/self/mountinfo')
      .map((line) => line.split(' ')[4] ?? '')
      .filter((mount) => !ofOthers.some((place) => place !== '' && mount.includes(place))),
    'loop devices': readdirSync('/sys/block').filter(
      (device) => device.startsWith('loop') && linesOf(`/sys/block/${device}/loop/backing_file`).length > 0,
    ),
    sockets: linesOf('/proc/net/unix').flatMap((line) => / (\/\S*tradebox\S*)$/.exec(line)?.[1] ?? []),
    processes: execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(name) && !line.includes('soak/cycles')),
  };
}

/** Where containers that exist have their mounts: boxes and builds of others come and go beside us. */
function placesOfContainers(): string[] {
  const ids = docker('ps', '-aq', '--no-trunc').split('\n').filter(Boolean);
  if (ids.length === 0) return [];
  const format = '{{.Id}} {{.GraphDriver.Data.MergedDir}} {{.NetworkSettings.SandboxKey}}';
  return docker('inspect', '--format', format, ...ids)
    .split('\n')
    .flatMap((line) => line.split(' '))
    .map((place) => place.replace(/^\/var\/run\//, '/run/').replace(/\/merged$/, ''));
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
