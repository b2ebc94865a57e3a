// A private tradebox for one test file: its own TRADEBOX_HOME and working directories, the built CLI, and a cleanup that
// fails loudly when a box left something behind. Everything the CLI printed is kept, so that a secret hunt can read it.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { labelledObjects, removeObjects } from './docker.js';
import { repositoryRoot } from './repository.js';
import { suiteLevel } from './requirements.js';

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
  durationMs: number;
}

export interface CliOptions {
  /** Text for standard input; closed at once when absent. */
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
  /** Milliseconds after which the CLI is killed and the call fails; 120,000 when absent. */
  timeoutMs?: number;
}

/** The compiled host program. */
export const builtCli = path.join(repositoryRoot, 'dist/main.js');

export class TestHome {
  /** Temporary root; `home/` below it is TRADEBOX_HOME. */
  readonly root: string;
  readonly home: string;
  readonly configDir: string;
  readonly stateDir: string;
  /** Everything any call printed, in order. */
  readonly transcript: string[] = [];
  readonly #boxes = new Set<string>();
  readonly #program: readonly string[];

  /** `program` is what to run instead of the checkout's build, e.g. an installed `tradebox`. */
  constructor(options: { program?: readonly string[] } = {}) {
    this.root = mkdtempSync(path.join(tmpdir(), 'tradebox-test-'));
    this.home = path.join(this.root, 'home');
    this.configDir = path.join(this.home, 'config');
    this.stateDir = path.join(this.home, 'state');
    for (const directory of [this.home, this.configDir, this.stateDir]) mkdirSync(directory, { mode: 0o700 });
    this.#program = options.program ?? [process.execPath, builtCli];
    if (options.program === undefined && !existsSync(builtCli)) {
      throw new Error('dist/main.js is missing: run `npm run build` first');
    }
  }

  /** An empty working directory, with the given files in it. */
  workdir(files: Record<string, string> = {}): string {
    const directory = mkdtempSync(path.join(this.root, 'work-'));
    chmodSync(directory, 0o755);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      writeFileSync(path.join(directory, name), text);
    }
    return directory;
  }

  /** Writes the user's tradebox.yaml (0600). */
  writeConfig(text: string): string {
    return this.writePrivate('tradebox.yaml', text);
  }

  /** Writes a profile into the user's profile directory (0600). */
  writeProfile(name: string, text: string): string {
    return this.writePrivate(`profiles/${name}.yaml`, text);
  }

  /** A box name no other test uses; its engine objects are looked for at the end. */
  boxName(hint: string): string {
    const name = `t-${hint}-${randomBytes(3).toString('hex')}`;
    this.#boxes.add(name);
    return name;
  }

  /** Runs the CLI to its end. */
  run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const [program, ...before] = this.#program;
    if (program === undefined) throw new Error('no program to run');
    return this.spawnToEnd(program, [...before, ...atSuiteLevel(args)], options);
  }

  /** Runs the CLI with `--json` and parses its standard output; fails unless it exits with `code`. */
  async json<T = Record<string, unknown>>(
    args: readonly string[],
    options: CliOptions & { code?: number } = {},
  ): Promise<T> {
    const result = await this.run([...args, '--json'], options);
    if (result.code !== (options.code ?? 0))
      throw new Error(`tradebox ${args.join(' ')} --json: ${describe(result)}`);
    try {
      return JSON.parse(result.stdout) as T;
    } catch (cause) {
      throw new Error(`tradebox ${args.join(' ')} --json printed no JSON: ${describe(result)}`, { cause });
    }
  }

  /** Runs the CLI and fails unless it exits 0. */
  async ok(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const result = await this.run(args, options);
    if (result.code !== 0) throw new Error(`tradebox ${args.join(' ')}: ${describe(result)}`);
    return result;
  }

  /** Runs any program in this home's environment, e.g. `script` for a terminal. */
  spawnToEnd(program: string, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const startedMs = Date.now();
    const timeoutMs = options.timeoutMs ?? 120_000;
    const child = spawn(program, args, {
      cwd: options.cwd ?? this.root,
      env: this.environment(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        child.kill('SIGKILL');
      }, timeoutMs);
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        const result: CliResult = {
          code: code ?? (signal === null ? -1 : 128),
          stdout: Buffer.concat(stdout).toString('utf8'),
          stderr: Buffer.concat(stderr).toString('utf8'),
          durationMs: Date.now() - startedMs,
        };
        this.transcript.push(`$ ${args.join(' ')}\n${result.stdout}${result.stderr}`);
        if (isLate)
          reject(new Error(`${args.join(' ')}: not done after ${timeoutMs} ms: ${describe(result)}`));
        else resolve(result);
      });
    });
  }

  /** The environment of every call: the caller's, but with this home and without tradebox's or a venue's own variables. */
  environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(TRADEBOX|OKX|VITEST)_?|^(NODE_OPTIONS|NODE_ENV)$/.test(name),
    );
    return { ...Object.fromEntries(inherited), TRADEBOX_HOME: this.home, NO_COLOR: '1', ...more };
  }

  /**
   * Removes every box of this home and the temporary directory. Throws when the engine still held something of a box
   * after the CLI said it was gone; what is left is removed first, so that one leak does not break other tests.
   */
  async dispose(): Promise<void> {
    const failures: string[] = [];
    const listed = await this.run(['ps', '--json']);
    if (listed.code !== 0) failures.push(`ps: ${describe(listed)}`);
    for (const name of this.#boxes) {
      if (labelledObjects(`tradebox.box=${name}`).length === 0) continue;
      const stopped = await this.run(['stop', name]);
      if (stopped.code !== 0) failures.push(`stop ${name}: ${describe(stopped)}`);
      const left = labelledObjects(`tradebox.box=${name}`);
      if (left.length > 0) failures.push(`box ${name} left behind: ${left.join(', ')}`);
      removeObjects(left);
    }
    rmSync(this.root, { recursive: true, force: true });
    if (failures.length > 0) throw new Error(failures.join('\n'));
  }

  /** Writes a file (0600) below the configuration directory and returns its path. */
  writePrivate(name: string, text: string): string {
    const file = path.join(this.configDir, name);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }
}

/** A `run` that names no level makes a box of the suite's. */
export function atSuiteLevel(args: readonly string[]): readonly string[] {
  const [command, ...rest] = args;
  const isOther = command === 'run' && suiteLevel() !== 'container' && !rest.includes('--isolation');
  return isOther ? ['run', '--isolation', suiteLevel(), ...rest] : args;
}

/** A result in one line, for failure messages. */
export function describe({ code, stdout, stderr }: CliResult): string {
  return `exit ${code}\n--- stdout\n${stdout.slice(-4000)}\n--- stderr\n${stderr.slice(-4000)}`;
}
