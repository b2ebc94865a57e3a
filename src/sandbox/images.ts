// The images of a box, rebuilt only when their content changes: base → tools → agent of a profile, and base → sidecar.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeIfLeft, withFileLock } from '../config/file-lock.js';
import { runHostCommand } from '../config/host-command.js';
import { packageRoot } from '../config/package-root.js';
import type { HostEnvironment } from '../config/paths.js';
import { ensurePrivateDir } from '../config/private-files.js';
import { TradeboxError } from '../core/errors.js';
import { type ArchiveEntry, tarOf } from './archive.js';
import { ensureBase, recordedBase } from './base-image.js';
import { engineMessage } from './docker/errors.js';
import type { ProgressListener } from './docker/shapes.js';
import type { Engine } from './engine.js';
import { labelNames } from './names.js';
import {
  type AgentRecipe,
  agentDockerfile,
  contentHash,
  sidecarDockerfile,
  toolsDockerfile,
} from './recipe.js';
import { agentUser } from './users.js';

export interface Images {
  agent: string;
  sidecar: string;
}

export interface ImageHost {
  env: HostEnvironment;
  stateDir: string;
}

/** Another tradebox may be building the same images; a build from nothing takes minutes. */
const buildLockMs = 45 * 60_000;
const failureLines = 20;

/**
 * Makes sure the images exist; a no-op of two look-ups when they do. Progress comes line by line.
 * Throws IMAGE_BUILD_FAILED with the last lines of the log, IMAGE_BASE_UNAVAILABLE, DISK_FULL.
 */
export async function ensureImages(
  engine: Engine,
  host: ImageHost,
  recipe: AgentRecipe,
  onProgress: ProgressListener,
): Promise<Images> {
  const facts = await engine.facts();
  const user = agentUser(facts);
  const known = recordedBase(host.stateDir);
  if (known !== undefined) {
    const wanted = planImages(known.tag, recipe, user);
    const isSeen = seenPresent.get(engine) === wanted.sidecar.tag; // by this command, a moment ago
    const asked = isSeen ? [wanted.agent.tag] : [wanted.agent.tag, wanted.sidecar.tag];
    if (await allPresent(engine, asked)) return tagsOf(wanted);
  }
  return withBuildLock(host.stateDir, onProgress, async () => {
    const base = await ensureBase(engine, host.env, host.stateDir, onProgress);
    const plans = planImages(base.tag, recipe, user);
    const build = new ImageBuild(engine, host.env, onProgress);
    await build.ensure(plans.sidecar);
    await build.ensure(plans.tools);
    await build.ensure(plans.agent);
    return tagsOf(plans);
  });
}

/** The sidecar's image that an engine was last seen to have. */
const seenPresent = new WeakMap<Engine, string>();

/** The sidecar's image where the engine has it already, found without knowing any profile; undefined otherwise. */
export async function presentSidecarImage(engine: Engine, stateDir: string): Promise<string | undefined> {
  const base = recordedBase(stateDir);
  if (base === undefined) return undefined;
  const { tag } = sidecarImagePlan(base.tag);
  if (!(await allPresent(engine, [tag]))) return undefined;
  seenPresent.set(engine, tag);
  return tag;
}

/** Names of the images a recipe stands for on this machine, and whether the engine has them; builds nothing. */
export async function describeImages(
  engine: Engine,
  stateDir: string,
  recipe: AgentRecipe,
): Promise<{ role: string; tag: string; present: boolean }[]> {
  const base = recordedBase(stateDir);
  if (base === undefined) return [{ role: 'base', tag: '', present: false }];
  const plans = planImages(base.tag, recipe, agentUser(await engine.facts()));
  const named = [
    { role: 'base', tag: base.tag },
    { role: 'sidecar', tag: plans.sidecar.tag },
    { role: 'agent', tag: plans.agent.tag },
  ];
  return Promise.all(
    named.map(async (image) => ({
      ...image,
      present: (await engine.api.images.find(image.tag)) !== undefined,
    })),
  );
}

export interface ImagePlan {
  what: string;
  tag: string;
  hash: string;
  dockerfile: string;
  files: readonly ArchiveEntry[];
  /** Package managers run: the host's certificate authorities go into the context (not into the hash). */
  needsNetwork: boolean;
}

function planImages(baseTag: string, recipe: AgentRecipe, user: { uid: number; gid: number }) {
  const tools = imagePlan('tools', 'tools', toolsDockerfile(baseTag), agentScripts('gate', 'finish'), true);
  const agentFile = agentDockerfile(tools.tag, recipe, user);
  const agent = imagePlan(
    `agent image of ${recipe.name}`,
    `agent-${recipe.name}`,
    agentFile,
    agentScripts('keeper', 'trust.c'),
    true,
  );
  return { tools, agent, sidecar: sidecarImagePlan(baseTag) };
}

function sidecarImagePlan(baseTag: string): ImagePlan {
  if (sidecarPlan?.baseTag !== baseTag) {
    const plan = imagePlan('sidecar', 'sidecar', sidecarDockerfile(baseTag), sidecarPrograms(), false);
    sidecarPlan = { baseTag, plan };
  }
  return sidecarPlan.plan;
}

/** Made once in a process: its programs are two and a half megabytes to read and to hash. */
let sidecarPlan: { baseTag: string; plan: ImagePlan } | undefined;

export function imagePlan(
  what: string,
  repository: string,
  dockerfile: string,
  files: readonly ArchiveEntry[],
  needsNetwork: boolean,
): ImagePlan {
  const hash = contentHash([dockerfile, ...files.flatMap((file) => [file.path, file.content])]);
  return { what, tag: `tradebox/${repository}:${hash}`, hash, dockerfile, files, needsNetwork };
}

const tagsOf = (plans: { agent: ImagePlan; sidecar: ImagePlan }): Images => ({
  agent: plans.agent.tag,
  sidecar: plans.sidecar.tag,
});

/** Files of images/agent. */
export function agentScripts(...names: string[]): ArchiveEntry[] {
  return names.map((path) => ({
    path,
    content: readFileSync(join(packageRoot, 'images/agent', path)),
    mode: 0o755,
  }));
}

function sidecarPrograms(): ArchiveEntry[] {
  return (['sidecar.cjs', 'probe.cjs'] as const).map((path) => ({
    path,
    content: readFileSync(sidecarProgram(path)),
  }));
}

/** Where a program that runs in containers lies on this machine. Throws IMAGE_BUILD_FAILED in a checkout that was never built. */
export function sidecarProgram(name: 'sidecar.cjs' | 'probe.cjs' | 'vm.cjs'): string {
  const file = join(packageRoot, 'dist/sidecar', name);
  if (existsSync(file)) return file;
  throw new TradeboxError('IMAGE_BUILD_FAILED', `The sidecar's program ${file} is missing.`, {
    remedy: 'Build it with `npm run build`.',
  });
}

async function allPresent(engine: Engine, tags: readonly string[]): Promise<boolean> {
  const found = await Promise.all(tags.map((tag) => engine.api.images.find(tag)));
  return found.every((image) => image !== undefined);
}

export async function withBuildLock<T>(
  stateDir: string,
  onProgress: ProgressListener,
  work: () => Promise<T>,
): Promise<T> {
  ensurePrivateDir(stateDir);
  const lock = join(stateDir, 'images.lock');
  const first = await withFileLock(lock, 0, work);
  if (first.held) return first.result;
  onProgress(`images: another tradebox (process ${first.holder}) is building, waiting for it`);
  const second = await withFileLock(lock, buildLockMs, work);
  if (second.held) return second.result;
  throw new TradeboxError(
    'IMAGE_BUILD_FAILED',
    `Another tradebox (process ${second.holder}) has been building images for too long.`,
    {
      remedy: `End that process, then run the command again. ${removeIfLeft(lock)}`,
    },
  );
}

/** One round of builds: asks the host for its npm and trust settings at most once. */
export class ImageBuild {
  readonly #engine: Engine;
  readonly #env: HostEnvironment;
  readonly #onProgress: ProgressListener;
  #network: Promise<{ ca: Buffer; arguments: Record<string, string> }> | undefined;

  constructor(engine: Engine, env: HostEnvironment, onProgress: ProgressListener) {
    this.#engine = engine;
    this.#env = env;
    this.#onProgress = onProgress;
  }

  async ensure(plan: ImagePlan): Promise<void> {
    if ((await this.#engine.api.images.find(plan.tag)) !== undefined) return;
    this.#onProgress(`${plan.what}: building ${plan.tag}`);
    const files = [...plan.files, { path: 'Dockerfile', content: plan.dockerfile }];
    let buildArguments = {};
    if (plan.needsNetwork) {
      this.#network ??= hostNetworkSettings(this.#env, this.#onProgress);
      const network = await this.#network;
      buildArguments = network.arguments;
      files.push({ path: 'build-ca.pem', content: network.ca });
    }
    const lastLines: string[] = [];
    const onLine = (line: string) => {
      lastLines.push(line);
      if (lastLines.length > failureLines) lastLines.shift();
      this.#onProgress(`${plan.what}: ${line}`);
    };
    try {
      await this.#engine.api.images.build(
        {
          tag: plan.tag,
          labels: { [labelNames.hash]: plan.hash, [labelNames.image]: plan.what },
          arguments: buildArguments,
          context: await tarOf(files),
        },
        onLine,
      );
    } catch (thrown) {
      throw buildFailure(plan, thrown, lastLines);
    }
  }
}

function buildFailure(plan: ImagePlan, thrown: unknown, lastLines: readonly string[]): TradeboxError {
  if (thrown instanceof TradeboxError && thrown.code !== 'FAULT') return thrown;
  const cause = thrown instanceof TradeboxError ? thrown.cause : thrown;
  const log = [...lastLines, engineMessage(cause)].map((line) => `  ${line}`).join('\n');
  return new TradeboxError(
    'IMAGE_BUILD_FAILED',
    `The ${plan.what} could not be built; the last lines were:\n${log}`,
    {
      remedy:
        'Mend what they name (often a package that does not exist or a registry out of reach), then run the command again.',
      cause,
    },
  );
}

/** What package managers inside a build need to reach what the host reaches. */
async function hostNetworkSettings(env: HostEnvironment, onProgress: ProgressListener) {
  const host = env.forChildren();
  const arguments_: Record<string, string> = {};
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']) {
    const value = host[name];
    if (value === undefined || value === '') continue;
    if (holdsCredentials(value))
      onProgress(`images: ${name} holds credentials and is not passed to builds (S2)`);
    else arguments_[name] = value;
  }
  const registry = await npmSetting(env, 'registry');
  if (registry !== undefined && holdsCredentials(registry)) {
    onProgress('images: the npm registry address holds credentials and is not passed to builds (S2)');
  } else if (registry !== undefined) {
    arguments_.NPM_CONFIG_REGISTRY = registry;
  }
  return { ca: await hostAuthorities(env), arguments: arguments_ };
}

/** Every authority the host trusts: the system's bundle, and what Node and npm were told to add. */
async function hostAuthorities(env: HostEnvironment): Promise<Buffer> {
  const host = env.forChildren();
  const bundles = [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/cert.pem',
    '/opt/homebrew/etc/ca-certificates/cert.pem',
  ];
  const system = bundles.find((path) => existsSync(path));
  const wanted = new Set([
    system,
    host.NODE_EXTRA_CA_CERTS,
    host.SSL_CERT_FILE,
    await npmSetting(env, 'cafile'),
  ]);
  const found = [...wanted].filter((path): path is string => path !== undefined && existsSync(path));
  return Buffer.concat(found.flatMap((path) => [readFileSync(path), Buffer.from('\n')]));
}

async function npmSetting(env: HostEnvironment, name: string): Promise<string | undefined> {
  const ended = await runHostCommand(['npm', 'config', 'get', name], {
    env,
    cwd: packageRoot,
    timeoutMs: 20_000,
    maxBytes: 64 * 1024,
  });
  const value = ended.ok ? ended.stdout.toString('utf8').trim() : '';
  return value === '' || value === 'null' || value === 'undefined' ? undefined : value;
}

function holdsCredentials(address: string): boolean {
  return URL.canParse(address) && new URL(address).username !== '';
}
