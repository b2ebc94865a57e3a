// Work in the working directory, the same on the host and in a box: `git status` over many files, `npm ci` of a mid-size project from
// packages that lie there. Each is given up after its deadline.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Milliseconds; undefined where it was not done within `ioDeadlineMs`. */
export interface WorkspaceIo {
  gitStatusMs?: number;
  npmCiMs?: number;
}

export const workspaceFiles = 20_000;
/** Of each piece of work. */
export const ioDeadlineMs = 60_000;

/** A web server, a client, a logger, a linter: some two hundred packages, as a strategy's or a tool's project has them. */
const dependencies = { eslint: '9.39.1', express: '5.1.0', axios: '1.13.2', pino: '10.1.0', yaml: '2.8.1' };

const npmOptions = ['--cache', '../packages', '--ignore-scripts', '--no-audit', '--no-fund'];

/** Makes both in an empty directory. The number of packages. Throws where the registry does not answer. */
export function makeWorkspace(directory: string): number {
  makeRepository(path.join(directory, 'many'));
  const project = path.join(directory, 'project');
  mkdirSync(project);
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ name: 'project', version: '1.0.0', dependencies }),
  );
  const npm = (command: string) =>
    execFileSync('npm', [command, ...npmOptions], {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  npm('install');
  // What `npm ci` asks for is not all that `npm install` has brought.
  npm('ci');
  // Packages lie under the address they came from.
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' });
  writeFileSync(path.join(project, '.npmrc'), `registry=${registry}`);
  const lock = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  return Object.keys(lock.packages).length - 1;
}

/** Runs a script of sh to its end; its standard output. */
export type RunScript = (script: string) => Promise<{ stdout: string }>;

/** `seen` is where makeWorkspace's `directory` lies as the scripts see it. */
export async function measureIo(run: RunScript, directory: string, seen: string): Promise<WorkspaceIo> {
  const status = `git -C ${seen}/many -c safe.directory=* status --short`;
  // The first one finds other inode numbers than its predecessor elsewhere, and reads every file.
  const isWarm = (await timed(run, status)) !== undefined;
  const gitStatusMs = isWarm ? await timed(run, status) : undefined;
  rmSync(path.join(directory, 'project/node_modules'), { recursive: true, force: true });
  const npmCiMs = await timed(run, `cd ${seen}/project && npm ci --offline ${npmOptions.join(' ')}`);
  return {
    ...(gitStatusMs === undefined ? {} : { gitStatusMs }),
    ...(npmCiMs === undefined ? {} : { npmCiMs }),
  };
}

/** By the script's own clock, so that the way into a box does not count. Ended inside at the deadline: else it would go on. Throws when it fails. */
async function timed(run: RunScript, script: string): Promise<number | undefined> {
  const bounded = `timeout -s KILL ${ioDeadlineMs / 1000} sh -c '${script}' > /dev/null 2>&1`;
  const { stdout } = await run(`date +%s%N; ${bounded}; echo $?; date +%s%N`);
  const [from = 0, code, to = 0] = stdout.trim().split('\n').map(Number);
  if (code === 0) return (to - from) / 1e6;
  if (code === 137 || code === undefined) return undefined;
  throw new Error(`${script} ended with ${code}`);
}

export async function runHere(script: string): Promise<{ stdout: string }> {
  return { stdout: spawnSync('sh', ['-c', script], { encoding: 'utf8', timeout: ioDeadlineMs * 2 }).stdout };
}

function makeRepository(directory: string): void {
  for (let index = 0; index < workspaceFiles; index += 1) {
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
