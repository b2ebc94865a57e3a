// What a lock file in the working directory opens of npm's registry, read on this machine when a box begins and when its rules are
// loaded anew. The rule is made here and only here: without it the registry stays closed (S4).
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { type LockedPackages, maxLockFileBytes, readLockFile } from '../../config/lock-file.js';
import type { HostEnvironment } from '../../config/paths.js';
import { errnoOf } from '../../config/private-files.js';
import { npmRegistries, type RegistryPlaces } from '../../config/registries.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import { readForeign } from '../../sandbox/foreign-file.js';
import type { HostRule } from '../../sidecar/settings.js';

export interface Locked {
  lockFile: string;
  /** SHA-256 hex of the file. */
  sha256: string;
  rule: HostRule;
  /** What npm would fetch and is not opened. */
  left: LockedPackages['left'];
  /** Tells npm in the box which registry it is, and not to ask for more than packages. */
  environment: Record<string, string>;
}

/**
 * Undefined where no entry names a lock file. Throws CONFIG_INVALID with the entry's origin, for a file that is a link, missing, no
 * lock file of npm, or left to the agent to write.
 */
export async function lockedPackages(
  { registries, workdir: { writable } }: Pick<Config, 'registries' | 'workdir'>,
  workdir: string,
  env: HostEnvironment,
  places?: RegistryPlaces,
): Promise<Locked | undefined> {
  const [entry, second] = registries.filter(({ lockFile }) => lockFile !== undefined);
  if (entry?.lockFile === undefined) return undefined;
  const { lockFile, origin, reason } = entry;
  const refuse = (what: string, remedy: string, cause?: unknown): never => {
    throw new TradeboxError('CONFIG_INVALID', `${origin}: ${what}`, { remedy, cause });
  };
  if (second !== undefined) refuse(`${second.origin} names a lock file as well`, 'Keep one of the two.');
  // S13: what is opened must not be the agent's to say; the shield mounts every other lock file read-only.
  if (writable.includes(lockFile))
    refuse(`${lockFile} is left to the agent by "workdir: { writable: … }"`, 'Take it out there.');
  let bytes: Buffer;
  try {
    bytes = readForeign(join(workdir, lockFile), maxLockFileBytes);
  } catch (cause) {
    const why =
      errnoOf(cause) === 'ENOENT'
        ? 'is missing'
        : `is no plain file of at most 16 MB (${errnoOf(cause) ?? 'size or kind'})`;
    return refuse(
      `${lockFile} ${why} in the working directory`,
      'Make it with `npm install --package-lock-only`.',
      cause,
    );
  }
  const { registry, standard } = await npmRegistries(entry, env, places);
  let packages: LockedPackages;
  try {
    packages = readLockFile(bytes.toString('utf8'), { registry, standard });
  } catch (cause) {
    return refuse(`${lockFile} ${messageOf(cause)}`, 'Make it anew with npm 7 or later.', cause);
  }
  return {
    lockFile,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    rule: {
      host: registry.hostname,
      ports: [registry.port === '' ? 443 : Number(registry.port)],
      methods: ['GET'],
      paths: [],
      tarballs: packages.tarballs,
      maxBodyBytes: 0,
      reason,
      origin,
    },
    left: packages.left,
    environment: {
      npm_config_registry: registry.href,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    },
  };
}

const shownLeft = 5;

/** One line: how much a lock file opens, and what of it stays closed. */
export function describeLocked({ lockFile, rule: { tarballs = [] }, left }: Locked): string {
  const opened = `${lockFile} opens ${tarballs.length} ${tarballs.length === 1 ? 'tarball' : 'tarballs'}`;
  if (left.length === 0) return opened;
  const shown = left.slice(0, shownLeft).map(({ package: place, reason }) => `${place} (${reason})`);
  const rest = left.length > shownLeft ? ` and ${left.length - shownLeft} more` : '';
  return `${opened}; not opened: ${shown.join(', ')}${rest}`;
}

/**
 * A running box keeps the lock file that it began with: a changed one may be the agent's, where you have replaced the file and its
 * mount in the box has ended (S13).
 * @throws TradeboxError CONFIG_INVALID
 */
export function assertSameLock(name: string, before: string | undefined, now: Locked | undefined): void {
  if (now === undefined || now.sha256 === before) return;
  const what = before === undefined ? 'began without' : 'began with another';
  throw new TradeboxError('CONFIG_INVALID', `the box ${name} ${what} ${now.lockFile}`, {
    remedy: `Look at the file, then start a clean box with \`tradebox reset ${name}\`.`,
  });
}
