// What the sandbox tests share: an engine, images of a bare recipe, boxes with a real sidecar, and a cleanup that looks closely.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { readHostEnvironment } from '../../../src/config/paths.js';
import type { AttachOutcome, BoxStreams } from '../../../src/sandbox/attach.js';
import { type Engine, openEngine } from '../../../src/sandbox/engine.js';
import { execInBox } from '../../../src/sandbox/exec.js';
import { ensureImages, type Images } from '../../../src/sandbox/images.js';
import type { AgentRecipe } from '../../../src/sandbox/recipe.js';
import { removeBox } from '../../../src/sandbox/removal.js';
import {
  type Box,
  type BoxAddresses,
  type BoxParts,
  type CreateOptions,
  createBox,
} from '../../../src/sandbox/session.js';
import { type BoxSpec, defaultLimits } from '../../../src/sandbox/spec.js';
import {
  defaultPorts,
  internalHosts,
  protocolVersion,
  type Settings,
} from '../../../src/sidecar/settings.js';
import { labelledObjects } from '../../support/docker.js';

export const bareRecipe: AgentRecipe = { name: 'test', apt: [], npm: [], runsNpmScripts: false, steps: [] };

/** The secret that the echo venue swaps for `echoDecoy`; both made here and now. */
export const echoSecret = randomBytes(16).toString('hex');
export const echoDecoy = randomBytes(16).toString('hex');

export function settingsFor(addresses: BoxAddresses): Settings {
  const { httpPorts, tlsPorts, dnsPort, connectPort } = defaultPorts;
  return {
    protocol: protocolVersion,
    sandbox: addresses.box,
    mode: 'readonly',
    network: {
      address: addresses.sidecar,
      dnsPort,
      connectPort,
      httpPorts: [...httpPorts],
      tlsPorts: [...tlsPorts],
    },
    journalDir: '/journal',
    policy: {
      rules: [
        {
          host: internalHosts.echo,
          ports: [443],
          methods: ['*'],
          paths: ['/**'],
          reason: 'the echo venue',
          origin: 'test',
        },
      ],
    },
    credentials: [
      {
        kind: 'plain',
        id: 'echo',
        hosts: [internalHosts.echo],
        placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
        secret: echoSecret,
        decoy: echoDecoy,
        isLlm: false,
      },
    ],
    pins: [],
    echo: { host: internalHosts.echo },
  };
}

export type Wishes = Partial<BoxSpec> & {
  makeSettings?: BoxParts['makeSettings'];
  options?: Partial<CreateOptions>;
};

export class Rig {
  readonly root = mkdtempSync(join(tmpdir(), 'tradebox-test-'));
  readonly stateDir = join(this.root, 'state');
  readonly env = readHostEnvironment();
  readonly #names = new Set<string>();

  private constructor(
    readonly engine: Engine,
    /** Set by `open`. */
    public images: Images,
  ) {
    mkdirSync(join(this.stateDir, 'sandboxes'), { recursive: true, mode: 0o700 });
  }

  static async open(): Promise<Rig> {
    const rig = new Rig(await openEngine(readHostEnvironment()), { agent: '', sidecar: '' });
    rig.images = await ensureImages(
      rig.engine,
      { env: rig.env, stateDir: rig.stateDir },
      bareRecipe,
      () => {},
    );
    return rig;
  }

  name(hint: string): string {
    const name = `t-${hint}-${randomBytes(3).toString('hex')}`;
    this.#names.add(name);
    return name;
  }

  workdir(): string {
    return mkdtempSync(join(this.root, 'work-'));
  }

  /** A running box; its agent sleeps unless told otherwise. */
  box(name: string, wishes: Wishes = {}): Promise<Box> {
    const { options, makeSettings = settingsFor, ...wanted } = wishes;
    const spec: BoxSpec = {
      name,
      profile: 'test',
      mode: 'readonly',
      isPaper: false,
      workdir: this.workdir(),
      command: ['sleep', '1000'],
      environment: {},
      terminal: { isTty: false, hasStdin: false },
      limits: defaultLimits,
      images: this.images,
      ...wanted,
    };
    return createBox(
      this.engine,
      { ...spec, sidecarImage: spec.images.sidecar },
      {
        stateDir: this.stateDir,
        parts: async () => ({ spec, makeSettings, record: { decoys: {}, launch: null } }),
        willAttach: false,
        createdAt: new Date().toISOString(),
        ...options,
      },
    );
  }

  /** Runs a shell line in a box's agent container. */
  async shell(name: string, line: string): Promise<{ code: number; out: string; err: string }> {
    const { streams, read } = pipes();
    const code = await execInBox(this.engine, name, ['sh', '-c', line], { hasTerminal: false, streams });
    return { code, ...(await read()) };
  }

  remove(name: string) {
    return removeBox(this.engine, name, { stateDir: this.stateDir, journal: 'discard' });
  }

  /** Everything the engine still holds of a box. */
  remains(name: string): string[] {
    return labelledObjects(`tradebox.box=${name}`);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#names].map((name) => this.remove(name)));
    const left = [...this.#names].flatMap((name) => this.remains(name));
    rmSync(this.root, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  }
}

/** Streams of a caller without a terminal. */
export function pipes(input?: string): {
  streams: BoxStreams;
  read(): Promise<{ out: string; err: string }>;
} {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stdin = input === undefined ? undefined : new PassThrough();
  stdin?.end(input);
  const collected = Promise.all([text(stdout), text(stderr)]);
  return {
    streams: { stdin, stdout, stderr },
    read: async () => {
      stdout.end();
      stderr.end();
      const [out, err] = await collected;
      return { out, err };
    },
  };
}

/** Streams of a caller with a terminal of that size. */
export function terminal(columns: number, rows: number) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: () => {} });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  let seen = '';
  stdout.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
  });
  return {
    streams: { stdin, stdout, stderr: new PassThrough() },
    type: (keys: string) => stdin.write(keys),
    resize: (size: { columns: number; rows: number }) => Object.assign(stdout, size).emit('resize'),
    /** Waits until the screen has shown it. */
    async sees(pattern: RegExp): Promise<string> {
      for (let waited = 0; waited < 10_000; waited += 20) {
        const match = pattern.exec(seen);
        if (match !== null) return match[0];
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`never saw ${pattern} in:\n${seen}`);
    },
  };
}

export const exited = (exitCode: number): AttachOutcome => ({ kind: 'exited', exitCode });
