// The isolation levels side by side, in one run: which kernel answers, which promises hold, the time to the agent's first instruction,
// memory at rest, and `git status` over many files in the working directory. Writes the table of README's "Isolation levels", whole or
// level by level: what a run does not measure stands as an earlier one wrote it, with that run's host beside it.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IsolationId, isolationIds } from '../../src/core/isolation.js';
import { docker, inspectBox } from '../support/docker.js';
import { TestHome } from '../support/home.js';
import { missing } from '../support/requirements.js';
import { withoutExtraCertificates } from './startup.js';
import { median } from './stats.js';
import {
  ioDeadlineMs,
  makeWorkspace,
  measureIo,
  runHere,
  type WorkspaceIo,
  workspaceFiles,
} from './workspace-io.js';

export interface LevelMeasurements {
  level: IsolationId;
  /** When it was measured, YYYY-MM-DD, and what the host took for the same work in that run. */
  day: string;
  host: WorkspaceIo;
  /** Why there is nothing else: the level does not start here. */
  absent?: string;
  /** The same where it broke under the bench: no table is made of such a run. */
  broke?: string;
  kernel: string;
  /** Checks of `diagnose`, and those that do not hold. */
  checks: number;
  failed: readonly string[];
  /** Milliseconds from the command until the agent's first file is on the host; median. */
  firstMs: number;
  /** The same ÷ a bare `docker run` right before it; median of the rounds. */
  firstOverBare: number;
  /** Memory of the agent's container ten seconds after its start, as the engine tells it, MiB. */
  idleMb: number;
  io: WorkspaceIo;
  /** What `run` said of the level: the runtime, or how the machine runs. */
  said: string;
}

export interface IsolationMeasurements {
  files: number;
  packages: number;
  levels: LevelMeasurements[];
}

const stay = ['-c', 'touch /workspace/first; exec sleep 3600'];
/** Of one start; a machine whose instructions are translated takes ten times a container's. */
const startDeadlineMs = 60_000;
/** With thirty thousand files in the working directory, of which a snapshot is taken first. */
const fullStartDeadlineMs = 240_000;

/** `wanted`: the levels to measure; all that start here when absent. */
export async function measureIsolation(
  repetitions: number,
  day: string,
  wanted: readonly IsolationId[] = isolationIds,
): Promise<IsolationMeasurements> {
  const home = new TestHome();
  const [work, full] = [home.workdir(), home.workdir()];
  const bare = home.boxName('bare');
  try {
    const packages = makeWorkspace(full);
    say('the host');
    const host = await measureIo(runHere, full, full);
    const levels: LevelMeasurements[] = [];
    const image = await imageOfAgent(home, work);
    const startBare = async () => {
      const words = ['-v', `${work}:/workspace`, image, 'bash', ...stay];
      const tookMs = await untilThere(work, () => docker('run', '-d', '--name', bare, ...words));
      docker('rm', '-f', bare);
      return tookMs;
    };
    for (const level of wanted) {
      const absent = missing(level);
      const base = { ...nothing, level, day, host };
      if (absent === undefined) {
        say(level);
        const measured: LevelMeasurements = await measureLevel(
          home,
          level,
          { work, full, startBare },
          repetitions,
        ).then(
          (figures) => ({ ...base, ...figures }),
          (thrown: unknown) => ({
            ...base,
            broke: thrown instanceof Error ? thrown.message : String(thrown),
          }),
        );
        if (measured.broke !== undefined) say(`${level} broke: ${measured.broke}`);
        levels.push(measured);
      } else {
        levels.push({ ...base, absent });
      }
    }
    return { files: workspaceFiles, packages, levels };
  } finally {
    spawnSync('docker', ['rm', '-f', bare], { stdio: 'ignore' });
    await home.dispose();
  }
}

/** The image that bare containers run: an agent's own, which a machine's container has as a disk. */
async function imageOfAgent(home: TestHome, work: string): Promise<string> {
  const name = home.boxName('image');
  const options = ['--paper', '--detach', '--name', name, '--isolation', 'container'];
  await home.ok(['run', 'shell', work, ...options, '--', ...stay], { timeoutMs: 900_000 });
  const { Image } = inspectBox(name).agent.Config;
  await home.ok(['reset', name, '--discard']);
  return Image;
}

async function measureLevel(
  home: TestHome,
  level: IsolationId,
  { work, full, startBare }: { work: string; full: string; startBare: () => Promise<number> },
  repetitions: number,
): Promise<Omit<LevelMeasurements, 'level' | 'day' | 'host'>> {
  const name = home.boxName(level);
  const options = ['--paper', '--detach', '--name', name, '--isolation', level];
  const startIn = (directory: string, timeoutMs = startDeadlineMs) =>
    home.ok(['run', 'shell', directory, ...options, '--', ...stay], {
      timeoutMs,
      env: withoutExtraCertificates,
    });
  try {
    // Images, and the boot that proves the level.
    const said = /isolation: \w+ \((.*?) runs/.exec((await startIn(work, 900_000)).stderr)?.[1] ?? 'runc';
    const times: number[] = [];
    const ratios: number[] = [];
    for (let round = 0; round < repetitions; round += 1) {
      await home.ok(['reset', name, '--discard']);
      const bareMs = await startBare();
      const firstMs = await untilThere(work, () => startIn(work));
      times.push(firstMs);
      ratios.push(firstMs / bareMs);
    }
    say(`${level}: ${times.map((time) => time.toFixed(0)).join(' ')} ms`);
    await sleep(10_000);
    const idleMb = memoryOf(name);
    const exec = (...words: string[]) =>
      home.run(['exec', name, '--', ...words], { timeoutMs: ioDeadlineMs + 30_000 });
    const kernel = (await exec('uname', '-r')).stdout.trim();
    // Exit 3 when a check fails: the table tells which.
    const diagnosed = await home.run(['diagnose', name, '--json'], { timeoutMs: 180_000 });
    const { checks } = JSON.parse(diagnosed.stdout) as { checks: { id: string; status: string }[] };
    await home.ok(['reset', name, '--discard']);
    // A directory of its own: a snapshot is taken of it before each start.
    await startIn(full, fullStartDeadlineMs);
    const io = await measureIo(async (script) => exec('sh', '-c', script), full, '/workspace');
    const failed = checks.filter((check) => check.status === 'fail').map(({ id }) => id);
    const first = { firstMs: median(times), firstOverBare: median(ratios) };
    return { kernel, checks: checks.length, failed, ...first, idleMb, io, said };
  } finally {
    await home.run(['reset', name, '--discard']);
  }
}

const nothing = {
  kernel: '',
  checks: 0,
  failed: [],
  firstMs: 0,
  firstOverBare: 0,
  idleMb: 0,
  io: {},
  said: '',
};

function say(text: string): void {
  process.stderr.write(`  ${text}\n`);
}

/** What is promised of the levels, as lines that do not hold. */
export function missedOf({ levels }: IsolationMeasurements): string[] {
  return levels.flatMap(({ level, absent, broke, failed, firstMs, firstOverBare, said }) => {
    if (broke !== undefined) return [`${level} broke`];
    if (absent !== undefined) return [];
    const missed = failed.map((id) => `${level}: the check ${id} of diagnose`);
    const times = { container: 3, gvisor: 4, kata: undefined, vm: undefined }[level];
    if (times !== undefined && firstOverBare > times)
      missed.push(`${level}: first instruction ≤ ${times} × docker run`);
    // Where QEMU translates, the machine resumes.
    if (said === 'QEMU with tcg' && firstMs > 4_000) missed.push(`${level}: first instruction ≤ 4 s`);
    return missed;
  });
}

/** The levels of `now`, and of an earlier run those that `now` did not measure; in the levels' own order. */
export function joinLevels(
  before: IsolationMeasurements | undefined,
  now: IsolationMeasurements,
): IsolationMeasurements {
  const kept = (before?.levels ?? []).filter(
    // A file of before there were parts has no host of each level.
    ({ level, host }) => host !== undefined && !now.levels.some((one) => one.level === level),
  );
  const rank = ({ level }: LevelMeasurements) => isolationIds.indexOf(level);
  return { ...now, levels: [...kept, ...now.levels].sort((a, b) => rank(a) - rank(b)) };
}

export function renderLevels({ files, packages, levels: all }: IsolationMeasurements): string {
  const levels = all.filter(({ absent }) => absent === undefined);
  const row = (what: string, cell: (level: LevelMeasurements) => string) =>
    `| ${what} | ${levels.map(cell).join(' | ')} |`;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const work = (ms: number | undefined, hostMs: number | undefined) => {
    if (ms === undefined) return `more than ${ioDeadlineMs / 1000} s`;
    return hostMs === undefined
      ? seconds(ms)
      : `${seconds(ms)} (host ${seconds(hostMs)}), ${(ms / hostMs).toFixed(1)} ×`;
  };
  return [
    'Written by `npm run bench -- --only isolation`.',
    '',
    `| | ${levels.map(({ level }) => `\`${level}\``).join(' | ')} |`,
    `|---|${levels.map(() => '---|').join('')}`,
    row('measured on', ({ day }) => day),
    row('kernel that answers the agent', ({ kernel }) => kernel),
    row('runs by', ({ said }) => said),
    row('promises of `diagnose` that hold', ({ checks, failed }) =>
      failed.length === 0
        ? `all ${checks}`
        : `${checks - failed.length} of ${checks}, not ${failed.join(', ')}`,
    ),
    row(
      'to the first instruction, ÷ bare `docker run`',
      ({ firstMs, firstOverBare }) => `${seconds(firstMs)}, ${firstOverBare.toFixed(1)} ×`,
    ),
    row('memory of the agent’s container at rest', ({ idleMb }) => `${Math.round(idleMb)} MB`),
    row(`\`git status\` in ${files.toLocaleString('en')} files, ÷ host`, ({ io, host }) =>
      work(io.gitStatusMs, host.gitStatusMs),
    ),
    row(`\`npm ci\` of ${packages} packages that lie in the directory, ÷ host`, ({ io, host }) =>
      work(io.npmCiMs, host.npmCiMs),
    ),
  ].join('\n');
}

/** Milliseconds until the agent's first file is there; it is removed first. */
async function untilThere(directory: string, start: () => unknown): Promise<number> {
  const file = path.join(directory, 'first');
  rmSync(file, { force: true });
  const fromMs = performance.now();
  const started = start();
  while (!existsSync(file)) {
    if (performance.now() - fromMs > startDeadlineMs)
      throw new Error(`no first instruction within a minute: ${file}`);
    await sleep(5);
  }
  const tookMs = performance.now() - fromMs;
  await started;
  return tookMs;
}

function memoryOf(name: string): number {
  const usage = docker('stats', '--no-stream', '--format', '{{.MemUsage}}', inspectBox(name).agent.Id);
  const [, number, unit] = /^([\d.]+)([KMG])iB/.exec(usage) ?? [];
  return Number(number) * { K: 1 / 1024, M: 1, G: 1024 }[(unit ?? 'M') as 'K' | 'M' | 'G'];
}
