// A Podman service of a test's own, as root or as an ordinary user: its storage, its socket.
import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endEngine, type OtherEngine, startEngine } from './other-engine.js';
import type { RootlessUser } from './rootless-user.js';

export class PodmanService implements OtherEngine {
  readonly address: string;
  readonly user: RootlessUser | undefined;
  readonly #root: string;
  readonly #env: NodeJS.ProcessEnv;
  #service: ChildProcess | undefined;

  constructor(user?: RootlessUser) {
    this.user = user;
    this.#root = user?.directory('podman') ?? mkdtempSync(path.join(tmpdir(), 'tradebox-podman-'));
    // Without root where tradebox looks for it.
    const socket = user === undefined ? this.#root : path.join(user.runtimeDir, 'podman');
    this.address = `unix://${socket}/podman.sock`;
    const settings = path.join(this.#root, 'containers.conf');
    // What was executed by the API is otherwise cleaned up after five minutes, in storage that is gone by then.
    writeFileSync(settings, '[engine]\nexit_command_delay = 1\n');
    this.#env = { ...process.env, CONTAINERS_CONF: settings };
  }

  /** The words of a call that means this storage. */
  #argv(...words: string[]): [string, ...string[]] {
    const below = (name: string) => path.join(this.#root, name);
    const places = ['--root', below('graph'), '--runroot', below('run'), '--tmpdir', below('tmp')];
    const options = [...places, '--runtime', 'runc', '--cgroup-manager', 'cgroupfs'];
    return this.user === undefined
      ? ['podman', ...options, ...words]
      : this.user.argv('podman', ...options, '--storage-driver', 'overlay', ...words);
  }

  async start(): Promise<void> {
    if (this.user !== undefined) {
      this.user.run('mkdir', '-p', path.join(this.user.runtimeDir, 'podman'));
      // Its service answers where no network of containers can be made; this makes one.
      const [program, ...args] = this.#argv('unshare', '--rootless-netns', 'true');
      execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000, env: this.#env });
    }
    const { address } = this;
    const log = path.join(this.#root, 'service.log');
    const argv = this.#argv('system', 'service', '--time', '0', address);
    this.#service = await startEngine(argv, { address, log, env: this.#env });
  }

  async stop(): Promise<void> {
    await endEngine(this.#service);
    if (this.user === undefined) await this.#clear();
    else await this.user.remove();
  }

  async #clear(): Promise<void> {
    const [program, ...args] = this.#argv('rmi', '--all', '--force');
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000, env: this.#env });
    // What cleans up after a container may come late, and makes the storage anew.
    for (let quiet = 0, tries = 0; quiet < 3 && tries < 100; tries += 1) {
      const isThere = existsSync(this.#root);
      quiet = isThere || this.#isInUse() ? 0 : quiet + 1;
      // Its storage is mounted over itself, where it has ever been used.
      if (isThere) spawnSync('umount', [path.join(this.#root, 'graph/overlay')]);
      rmSync(this.#root, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** Whether a monitor of a container, or what cleans up after it, still runs over this storage. */
  #isInUse(): boolean {
    return readdirSync('/proc').some((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(this.#root);
      } catch {
        return false; // it ended meanwhile
      }
    });
  }
}
