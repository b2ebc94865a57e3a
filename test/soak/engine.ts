// An engine of the soak's own, to be ended and started again: its data, runtime state and socket lie in one directory, its bridges
// and firewall rules in the soak's own network namespace, so that nothing of this machine's engine is touched.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { docker } from '../support/docker.js';

const insideMark = 'TRADEBOX_SOAK_NETWORK';
const startDeadlineMs = 60_000;

/** Why an engine of one's own cannot be made here; undefined where it can. */
export function ownEngineProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'an engine of its own needs root';
  const needed = [
    ['unshare', '--net', '--mount', 'true'],
    ['ip', '-Version'],
    ['dockerd', '--version'],
    ['containerd', '--version'],
  ] as const;
  for (const [program, ...words] of needed)
    if (spawnSync(program, words, { stdio: 'ignore' }).status !== 0)
      return `an engine of its own needs \`${[program, ...words].join(' ')}\``;
  return undefined;
}

/** Runs this program anew in a network namespace (and one of mounts) of its own, and ends with it; returns at once when it is there already. Needs root. */
export function enterOwnNetwork(): void {
  if (process.env[insideMark] !== undefined) return;
  const own = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status, error } = spawnSync(
    'unshare',
    ['--net', '--mount', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...own],
    {
      stdio: 'inherit',
      env: { ...process.env, [insideMark]: 'own' },
    },
  );
  if (error !== undefined) throw error;
  process.exit(status ?? 1);
}

export class SoakEngine {
  /** Value of DOCKER_HOST. */
  readonly host: string;
  readonly #dir = mkdtempSync(path.join(tmpdir(), 'tradebox-soak-engine-'));
  #daemon: ChildProcess | undefined;
  /** Keeps the containers, as on machines where it is a service of its own: it outlives an engine that is killed. */
  #keeper: ChildProcess | undefined;

  constructor() {
    this.host = `unix://${this.#at('engine.sock')}`;
    // Nothing of this machine's own configuration.
    writeFileSync(this.#at('engine.json'), '{}');
    const address = this.#at('containers.sock');
    writeFileSync(
      this.#at('containers.toml'),
      `version = 2\nroot = "${this.#at('containers')}"\nstate = "${this.#at('run')}"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "${address}"\n`,
    );
  }

  /** Starts it and waits until it answers. */
  async start(): Promise<void> {
    this.#keeper ??= this.#spawn('containerd', ['--config', this.#at('containers.toml')]);
    const daemon = this.#spawn('dockerd', [
      ...['--data-root', this.#at('data'), '--exec-root', this.#at('exec'), '--pidfile', this.#at('pid')],
      ...['--host', this.host, '--containerd', this.#at('containers.sock')],
      ...['--storage-driver', 'overlay2', '--config-file', this.#at('engine.json')],
    ]);
    this.#daemon = daemon;
    const deadlineMs = Date.now() + startDeadlineMs;
    for (;;) {
      const { status } = spawnSync('docker', ['--host', this.host, 'version'], { stdio: 'ignore' });
      if (status === 0) return;
      if (Date.now() > deadlineMs || daemon.exitCode !== null)
        throw new Error(
          `the soak's engine did not start:\n${readFileSync(this.#at('log'), 'utf8').slice(-2000)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** Takes images over from the engine that the `docker` program speaks to now. */
  takeImages(tags: readonly string[]): void {
    const line = `docker save ${tags.join(' ')} | docker --host ${this.host} load`;
    const { status, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the images were not taken over: ${stderr}`);
  }

  /** SIGKILL leaves containers without their engine until the next start finds them. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill(signal);
    await ended;
  }

  /** Ends it and what keeps its containers, and removes its directory. */
  async close(): Promise<void> {
    await this.end('SIGTERM');
    this.#daemon = this.#keeper;
    await this.end('SIGTERM');
    // Engines that were killed leave their mounts; they are of our own mount namespace.
    spawnSync('umount', ['--lazy', '--recursive', this.#at('data')]);
    spawnSync('sh', ['-c', `umount --lazy ${this.#at('exec')}/netns/* ${this.#at('run')}/*/*/*/rootfs`]);
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }

  #at(name: string): string {
    return path.join(this.#dir, name);
  }

  #spawn(program: string, words: readonly string[]): ChildProcess {
    const log = openSync(this.#at('log'), 'a');
    const child = spawn(program, words, { stdio: ['ignore', log, log] });
    closeSync(log);
    return child;
  }
}

/** Every image of ours that a box was made of, by its containers' tags, and what they were built from. */
export function imagesOf(containers: readonly string[]): string[] {
  const used = containers.map((id) => docker('inspect', '--format', '{{.Config.Image}}', id));
  const bases = docker('images', '--format', '{{.Repository}}:{{.Tag}}', 'tradebox/base').split('\n');
  return [...new Set([...used, ...bases])].filter((tag) => tag !== '');
}

/** Address of the host on the engine's default bridge; without a container that is on no list of interfaces. */
export function bridgeAddress(): string {
  const { stdout } = spawnSync('ip', ['-4', '-o', 'address', 'show', 'docker0'], { encoding: 'utf8' });
  const address = /inet ([\d.]+)\//.exec(stdout)?.[1];
  if (address === undefined) throw new Error('the engine has no default bridge');
  return address;
}
