// A Podman service of a test's own: its storage, its socket, and images that the Docker Engine has.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Podman speaks to clients here, as root. */
export class PodmanService {
  readonly address: string;
  readonly #root = mkdtempSync(path.join(tmpdir(), 'tradebox-podman-'));
  #service: ChildProcess | undefined;

  constructor() {
    this.address = `unix://${this.#socket}`;
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
    this.#service = spawn('podman', argv, { stdio: 'ignore' });
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
    // Its storage is mounted over itself, where it has ever been used.
    spawnSync('umount', [path.join(this.#root, 'graph/overlay')]);
    rmSync(this.#root, { recursive: true, force: true });
  }

  #podman(...args: string[]): void {
    execFileSync('podman', [...this.#options, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 300_000,
    });
  }
}
