// The isolation levels side by side, in one run: which kernel answers, which promises hold, the time to the agent's first instruction,
// memory at rest, and `git status` over many files in the working directory. Writes the table of README's "Isolation levels".
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IsolationId, isolationIds } from '../../src/core/isolation.js';
import { docker, inspectBox } from '../support/docker.js';
import { TestHome } from '../support/home.js';
import { missing } from '../support/requirements.js';
import { median } from './stats.js';

export interface LevelMeasurements {
  level: IsolationId;
  /** Why there is nothing else: the level does not start here. */
  absent?: string;
  kernel: string;
  /** Checks of `diagnose`, and those that do not hold. */
  checks: number;
  failed: readonly string[];
  /** Milliseconds from the command until the agent's first file is on the host; median. */
  firstMs: number;
  /** Memory of the agent's container ten seconds after its start, as the engine tells it, MiB. */
  idleMb: number;
  /** `git status` in `files` files, milliseconds. */
  gitStatusMs: number;
  /** What `run` said of the level: the runtime, or how the machine runs. */
  said: string;
}

export interface IsolationMeasurements {
  bareMs: number;
  hostGitStatusMs: number;
  files: number;
  levels: LevelMeasurements[];
}

const files = 20_000;
const stay = ['-c', 'touch /workspace/first; exec sleep 600'];
const status = ['git', '-C', '/workspace/many', '-c', 'safe.directory=*', 'status', '--short'];

export async function measureIsolation(repetitions: number): Promise<IsolationMeasurements> {
  const home = new TestHome();
  const work = home.workdir();
  const first = path.join(work, 'first');
  makeRepository(path.join(work, 'many'));
  const bare = home.boxName('bare');
  try {
    const levels: LevelMeasurements[] = [];
    let image = '';
    for (const level of isolationIds) {
      const absent = missing(level);
      const name = home.boxName(level);
      const start = () =>
        home.ok(
          ['run', 'shell', work, '--paper', '--detach', '--name', name, '--isolation', level, '--', ...stay],
          { timeoutMs: 900_000 },
        );
      if (absent !== undefined) {
        levels.push({ ...nothing, level, absent });
        continue;
      }
      // Images, and the boot that proves the level.
      const said = /isolation: \w+ \((.*?) runs/.exec((await start()).stderr)?.[1] ?? 'runc';
      image ||= inspectBox(name).agent.Config.Image;
      const times: number[] = [];
      for (let round = 0; round < repetitions; round += 1) {
        await home.ok(['reset', name, '--discard']);
        times.push(await untilThere(first, start));
      }
      await sleep(10_000);
      const idleMb = memoryOf(name);
      const exec = (...words: string[]) => home.ok(['exec', name, '--', ...words], { timeoutMs: 300_000 });
      const kernel = (await exec('uname', '-r')).stdout.trim();
      await exec(...status);
      const [before, after] = (
        await exec('sh', '-c', `date +%s%N; ${status.join(' ')} > /dev/null; date +%s%N`)
      ).stdout
        .trim()
        .split('\n')
        .map(Number);
      const { checks } = await home.json<{ checks: { id: string; status: string }[] }>(['diagnose', name], {
        timeoutMs: 300_000,
      });
      await home.ok(['reset', name, '--discard']);
      const failed = checks.filter((check) => check.status === 'fail').map(({ id }) => id);
      const gitStatusMs = ((after ?? 0) - (before ?? 0)) / 1e6;
      levels.push({
        level,
        kernel,
        checks: checks.length,
        failed,
        firstMs: median(times),
        idleMb,
        gitStatusMs,
        said,
      });
      process.stderr.write(`  ${level}: ${times.map((time) => time.toFixed(0)).join(' ')} ms\n`);
    }
    const bareTimes: number[] = [];
    for (let round = 0; round < repetitions; round += 1) {
      const mount = ['-v', `${work}:/workspace`];
      bareTimes.push(
        await untilThere(first, () => docker('run', '-d', '--name', bare, ...mount, image, 'bash', ...stay)),
      );
      docker('rm', '-f', bare);
    }
    return {
      bareMs: median(bareTimes),
      hostGitStatusMs: hostStatusMs(path.join(work, 'many')),
      files,
      levels,
    };
  } finally {
    spawnSync('docker', ['rm', '-f', bare], { stdio: 'ignore' });
    await home.dispose();
  }
}

const nothing = { kernel: '', checks: 0, failed: [], firstMs: 0, idleMb: 0, gitStatusMs: 0, said: '' };

/** What is promised of the levels, as lines that do not hold. */
export function missedOf({ levels, bareMs }: IsolationMeasurements): string[] {
  return levels.flatMap(({ level, absent, failed, firstMs }) => {
    if (absent !== undefined) return [];
    const missed = failed.map((id) => `${level}: the check ${id} of diagnose`);
    if (level === 'gvisor' && firstMs > 4 * bareMs)
      missed.push(`${level}: first instruction ≤ 4 × docker run`);
    if (level === 'vm' && firstMs > 12_000) missed.push(`${level}: first instruction ≤ 12 s`);
    return missed;
  });
}

export function renderLevels(
  { bareMs, hostGitStatusMs, files: count, levels }: IsolationMeasurements,
  day: string,
): string {
  const row = (what: string, cell: (level: LevelMeasurements) => string) =>
    `| ${what} | ${levels.map((level) => (level.absent === undefined ? cell(level) : '–')).join(' | ')} |`;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  return [
    `Written by \`npm run bench -- --only isolation\` on ${day}; bare \`docker run\` took ${seconds(bareMs)}, \`git status\` on the host ${seconds(hostGitStatusMs)}.`,
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
    row(
      `\`git status\` in ${count.toLocaleString('en')} files, ÷ host`,
      ({ gitStatusMs }) => `${seconds(gitStatusMs)}, ${(gitStatusMs / hostGitStatusMs).toFixed(1)} ×`,
    ),
  ].join('\n');
}

/** Milliseconds until the file is there; it is removed first. */
async function untilThere(file: string, start: () => unknown): Promise<number> {
  rmSync(file, { force: true });
  const fromMs = performance.now();
  const started = start();
  while (!existsSync(file)) {
    if (performance.now() - fromMs > 120_000)
      throw new Error(`no first instruction within two minutes: ${file}`);
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

function makeRepository(directory: string): void {
  for (let index = 0; index < files; index += 1) {
    const folder = path.join(directory, `d${index % 200}`);
    if (index < 200) mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `f${index}.txt`), `${index}\n`);
  }
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=b', '-c', 'user.email=b@localhost', ...words], {
      stdio: 'ignore',
    });
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'files');
}

function hostStatusMs(directory: string): number {
  const run = () => execFileSync('git', ['-C', directory, 'status', '--short']);
  run();
  const fromMs = performance.now();
  run();
  return performance.now() - fromMs;
}

/** Puts the table between its markers. Throws when they are missing. */
export function insertLevels(readmePath: string, table: string): void {
  const [begin, end] = ['<!-- levels:begin -->', '<!-- levels:end -->'];
  const readme = readFileSync(readmePath, 'utf8');
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`README.md lacks ${begin} … ${end}`);
  writeFileSync(readmePath, `${readme.slice(0, from + begin.length)}\n${table}\n${readme.slice(to)}`);
}
