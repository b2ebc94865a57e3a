// A Podman service of a test's own: its storage, its socket, and images that the Docker Engine has.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Podman speaks to clients here, as root. */
export class PodmanService {
  readonly address: string;
  readonly #root = mkdtempSync(path.join(tmpdir(), 'tradebox-podman-'));
  readonly #env: NodeJS.ProcessEnv;
  #service: ChildProcess | undefined;

  constructor() {
    this.address = `unix://${this.#socket}`;
    const settings = path.join(this.#root, 'containers.conf');
    // What was executed by the API is otherwise cleaned up after five minutes, in storage that is gone by then.
    writeFileSync(settings, '[engine]\nexit_command_delay = 1\n');
    this.#env = { ...process.env, CONTAINERS_CONF: settings };
  }

  get #socket(): string {
    return path.join(this.#root, 'podman.sock');
  }

  /** Options that every call of the program needs to mean this storage. */
  get #options(): string[] {
    const below = (name: string) => path.join(this.#root, name);
    const places = ['--root', below('graph'), '--runroot', below('run'), '--tmpdir', below('tmp')];
    return [...places, '--runtime', 'runc', '--cgroup-manager', 'cgroupfs'];
  }

  /** Listens, once it has the images of these names. */
  async start(images: readonly string[]): Promise<void> {
    const archive = path.join(this.#root, 'images.tar');
    execFileSync('docker', ['save', '--output', archive, ...images], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#podman('load', '--quiet', '--input', archive);
    rmSync(archive);
    const argv = [...this.#options, 'system', 'service', '--time', '0', this.address];
    this.#service = spawn('podman', argv, { stdio: 'ignore', env: this.#env });
    for (let tries = 0; !existsSync(this.#socket); tries += 1) {
      if (tries > 100 || this.#service.exitCode !== null) throw new Error('the Podman service did not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async stop(): Promise<void> {
    if (this.#service?.exitCode === null) {
      this.#service.kill('SIGTERM');
      await once(this.#service, 'exit');
    }
    this.#podman('rmi', '--all', '--force');
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

  #podman(...args: string[]): void {
    execFileSync('podman', [...this.#options, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
      env: this.#env,
    });
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
