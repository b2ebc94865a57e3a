// The isolation levels side by side, in one run: which kernel answers, which promises hold, the time to the agent's first instruction,
// memory at rest, and `git status` over many files in the working directory. Writes the table of README's "Isolation levels".
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IsolationId, isolationIds } from '../../src/core/isolation.js';
import { docker, inspectBox } from '../support/docker.js';
import { TestHome } from '../support/home.js';
import { missing } from '../support/requirements.js';
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
  /** Why there is nothing else: the level does not start here, or broke under the bench. */
  absent?: string;
  kernel: string;
  /** Checks of `diagnose`, and those that do not hold. */
  checks: number;
  failed: readonly string[];
  /** Milliseconds from the command until the agent's first file is on the host; median. */
  firstMs: number;
  /** Memory of the agent's container ten seconds after its start, as the engine tells it, MiB. */
  idleMb: number;
  io: WorkspaceIo;
  /** What `run` said of the level: the runtime, or how the machine runs. */
  said: string;
}

export interface IsolationMeasurements {
  bareMs: number;
  host: WorkspaceIo;
  files: number;
  packages: number;
  levels: LevelMeasurements[];
}

const stay = ['-c', 'touch /workspace/first; exec sleep 3600'];
/** Of one start; a machine whose instructions are translated takes ten times a container's. */
const startDeadlineMs = 60_000;

export async function measureIsolation(repetitions: number): Promise<IsolationMeasurements> {
  const home = new TestHome();
  const [work, full] = [home.workdir(), home.workdir()];
  const bare = home.boxName('bare');
  try {
    const packages = makeWorkspace(full);
    say('the host');
    const host = await measureIo(runHere, full);
    const levels: LevelMeasurements[] = [];
    let image = '';
    for (const level of isolationIds) {
      const absent = missing(level);
      if (absent === undefined) {
        say(level);
        const measured = await measureLevel(home, level, { work, full }, repetitions).catch(
          (thrown: unknown) => ({
            ...nothing,
            level,
            absent: thrown instanceof Error ? thrown.message : String(thrown),
          }),
        );
        if (measured.absent !== undefined) say(`${level} broke: ${measured.absent}`);
        if ('image' in measured) image ||= measured.image;
        levels.push(measured);
      } else {
        levels.push({ ...nothing, level, absent });
      }
    }
    const bareTimes: number[] = [];
    for (let round = 0; round < repetitions; round += 1) {
      const mount = ['-v', `${work}:/workspace`];
      bareTimes.push(
        await untilThere(work, () => docker('run', '-d', '--name', bare, ...mount, image, 'bash', ...stay)),
      );
      docker('rm', '-f', bare);
    }
    return { bareMs: median(bareTimes), host, files: workspaceFiles, packages, levels };
  } finally {
    spawnSync('docker', ['rm', '-f', bare], { stdio: 'ignore' });
    await home.dispose();
  }
}

async function measureLevel(
  home: TestHome,
  level: IsolationId,
  { work, full }: { work: string; full: string },
  repetitions: number,
): Promise<LevelMeasurements & { image: string }> {
  const name = home.boxName(level);
  const options = ['--paper', '--detach', '--name', name, '--isolation', level];
  const startIn = (directory: string, timeoutMs = startDeadlineMs) =>
    home.ok(['run', 'shell', directory, ...options, '--', ...stay], { timeoutMs });
  try {
    // Images, and the boot that proves the level.
    const said = /isolation: \w+ \((.*?) runs/.exec((await startIn(work, 900_000)).stderr)?.[1] ?? 'runc';
    const image = inspectBox(name).agent.Config.Image;
    const times: number[] = [];
    for (let round = 0; round < repetitions; round += 1) {
      await home.ok(['reset', name, '--discard']);
      times.push(await untilThere(work, () => startIn(work)));
    }
    say(`${level}: ${times.map((time) => time.toFixed(0)).join(' ')} ms`);
    await sleep(10_000);
    const idleMb = memoryOf(name);
    const exec = (...words: string[]) =>
      home.run(['exec', name, '--', ...words], { timeoutMs: ioDeadlineMs + 30_000 });
    const kernel = (await exec('uname', '-r')).stdout.trim();
    const { checks } = await home.json<{ checks: { id: string; status: string }[] }>(['diagnose', name], {
      timeoutMs: 180_000,
    });
    await home.ok(['reset', name, '--discard']);
    // A directory of its own: a snapshot is taken of it before each start.
    await startIn(full);
    const io = await measureIo(async (script) => exec('sh', '-c', script), '/workspace');
    const failed = checks.filter((check) => check.status === 'fail').map(({ id }) => id);
    return { level, image, kernel, checks: checks.length, failed, firstMs: median(times), idleMb, io, said };
  } finally {
    await home.run(['reset', name, '--discard']);
  }
}

const nothing = { kernel: '', checks: 0, failed: [], firstMs: 0, idleMb: 0, io: {}, said: '' };

function say(text: string): void {
  process.stderr.write(`  ${text}\n`);
}

/** What is promised of the levels, as lines that do not hold. */
export function missedOf({ levels, bareMs }: IsolationMeasurements): string[] {
  return levels.flatMap(({ level, absent, failed, firstMs }) => {
    if (absent !== undefined) return [];
    const missed = failed.map((id) => `${level}: the check ${id} of diagnose`);
    const times = { container: 3, gvisor: 4, vm: undefined }[level];
    if (times !== undefined && firstMs > times * bareMs)
      missed.push(`${level}: first instruction ≤ ${times} × docker run`);
    if (level === 'vm' && firstMs > 12_000) missed.push(`${level}: first instruction ≤ 12 s`);
    return missed;
  });
}

export function renderLevels(
  { bareMs, host, files, packages, levels }: IsolationMeasurements,
  day: string,
): string {
  const row = (what: string, cell: (level: LevelMeasurements) => string) =>
    `| ${what} | ${levels.map((level) => (level.absent === undefined ? cell(level) : '–')).join(' | ')} |`;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const work = (ms: number | undefined, hostMs: number | undefined) => {
    if (ms === undefined) return `more than ${ioDeadlineMs / 1000} s`;
    return hostMs === undefined ? seconds(ms) : `${seconds(ms)}, ${(ms / hostMs).toFixed(1)} ×`;
  };
  return [
    `Written by \`npm run bench -- --only isolation\` on ${day}; bare \`docker run\` took ${seconds(bareMs)}; on the host \`git status\` ${work(host.gitStatusMs, undefined)}, \`npm ci\` ${work(host.npmCiMs, undefined)}.`,
    '',
    `| | ${levels.map(({ level }) => `\`${level}\``).join(' | ')} |`,
    `|---|${levels.map(() => '---|').join('')}`,
    row('kernel that answers the agent', ({ kernel }) => kernel),
    row('runs by', ({ said }) => said),
    row('promises of `diagnose` that hold', ({ checks, failed }) =>
      failed.length === 0
        ? `all ${checks}`
        : `${checks - failed.length} of ${checks}, not ${failed.join(', ')}`,
    ),
    row(
      'to the first instruction, ÷ bare `docker run`',
      ({ firstMs }) => `${seconds(firstMs)}, ${(firstMs / bareMs).toFixed(1)} ×`,
    ),
    row('memory of the agent’s container at rest', ({ idleMb }) => `${Math.round(idleMb)} MB`),
    row(`\`git status\` in ${files.toLocaleString('en')} files, ÷ host`, ({ io }) =>
      work(io.gitStatusMs, host.gitStatusMs),
    ),
    row(`\`npm ci\` of ${packages} packages that lie in the directory, ÷ host`, ({ io }) =>
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

/** Puts the table between its markers. Throws when they are missing. */
export function insertLevels(readmePath: string, table: string): void {
  const [begin, end] = ['<!-- levels:begin -->', '<!-- levels:end -->'];
  const readme = readFileSync(readmePath, 'utf8');
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`README.md lacks ${begin} … ${end}`);
  writeFileSync(readmePath, `${readme.slice(0, from + begin.length)}\n${table}\n${readme.slice(to)}`);
}
