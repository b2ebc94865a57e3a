// Boxes on another engine than the machine's own: an engine that a test starts, and the images of the machine's Docker for it.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBox } from './box.js';
import { docker, inspectBox } from './docker.js';
import { builtCli, TestHome } from './home.js';
import { plainShell } from './profiles.js';
import type { RootlessUser } from './rootless-user.js';

/** An engine of a test's own, with its own storage and socket. */
export interface OtherEngine {
  readonly address: string;
  /** Who runs it and its boxes; undefined: root. */
  readonly user: RootlessUser | undefined;
  /** Resolves once it answers. Rejects with its last words where it cannot run here. */
  start(): Promise<void>;
  /** Ends it and removes what it kept, started or not. */
  stop(): Promise<void>;
}

/** An engine's program, from its start until it answers at `address`; its output goes to `log`. */
export async function startEngine(
  argv: readonly [string, ...string[]],
  { address, log, env }: { address: string; log: string; env: NodeJS.ProcessEnv },
): Promise<ChildProcess> {
  const output = openSync(log, 'w');
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', output, output], cwd: '/', env });
  closeSync(output);
  const asked = ['-H', address, 'version', '--format', '{{.Server.Version}}'];
  for (let tries = 0; spawnSync('docker', asked, { timeout: 5_000 }).status !== 0; tries += 1) {
    if (tries < 150 && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    const words = readFileSync(log, 'utf8').trim().split('\n').slice(-3).join(' ');
    await endEngine(child);
    throw new Error(`the engine at ${address} does not answer: ${words}`);
  }
  return child;
}

export async function endEngine(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** The images that boxes of `plainShell` are made of, with the record of their base. */
export class BoxImages {
  readonly #root = mkdtempSync(path.join(tmpdir(), 'tradebox-images-'));
  readonly #archive = path.join(this.#root, 'images.tar');
  readonly #record = path.join(this.#root, 'base-image.json');

  /** The machine's Docker makes them for a box, which is gone afterwards. */
  async make(): Promise<void> {
    const home = new TestHome();
    try {
      home.writeProfile('sh', plainShell);
      const options = { profile: 'sh', workdir: home.workdir(), hint: 'images', args: ['-c', 'sleep 3600'] };
      const { agent, sidecar } = inspectBox((await startBox(home, options)).name);
      cpSync(path.join(home.stateDir, 'base-image.json'), this.#record);
      const { tag } = JSON.parse(readFileSync(this.#record, 'utf8')) as { tag: string };
      docker('save', '--output', this.#archive, agent.Config.Image, sidecar.Config.Image, tag);
    } finally {
      await home.dispose();
    }
  }

  /** A home of the engine's user whose boxes need no image made. */
  homeOn({ address, user }: OtherEngine): TestHome {
    const argv = ['-H', address, 'load', '--quiet', '--input', this.#archive];
    execFileSync('docker', argv, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000 });
    const home = new TestHome(user === undefined ? {} : { program: user.argv(process.execPath, builtCli) });
    cpSync(this.#record, path.join(home.stateDir, 'base-image.json'));
    home.writeProfile('sh', plainShell);
    user?.give(home.root);
    return home;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
