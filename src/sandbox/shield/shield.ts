// Keeps the agent from writing what the host executes (S13): existing hot paths are mounted read-only over themselves, missing
// ones are occupied by empty ones of ours while the box lives. A mount point can be neither replaced nor renamed from inside.
import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { join as joinPosix } from 'node:path/posix';
import { z } from 'zod';
import {
  ensurePrivateDir,
  errnoOf,
  isAbsent,
  readPrivateFile,
  writePrivateFile,
} from '../../config/private-files.js';
import { TradeboxError } from '../../core/errors.js';
import { boxPaths } from '../box-paths.js';
import type { Mount } from '../docker/shapes.js';
import { agentPaths } from '../environment.js';
import { readForeign } from '../foreign-file.js';
import { recordedNames } from '../records.js';
import type { Shield, User } from '../spec.js';
import { gitDirectory, gitHotPaths, type HotPath, hotPaths, lockFiles } from './hot-paths.js';

export interface ShieldOptions {
  stateDir: string;
  /** Name of the box. */
  name: string;
  /** Who runs the agent. */
  user: User;
  /** Hot paths that the operator leaves to the agent. */
  writable: readonly string[];
  /** Existing lock files of package managers are shielded, too. */
  withLockFiles: boolean;
  /** What git executes besides, by its configuration. */
  gitPaths?: readonly HotPath[];
}

const placeholderSchema = z.strictObject({ path: z.string(), filler: z.string().nullable() });
/** `filler` is null for a directory. */
type Placeholder = z.infer<typeof placeholderSchema>;
const placeholdersSchema = z.array(placeholderSchema);

const tmpfsBytes = 64 * 1024 * 1024;

/**
 * Plans the mounts and makes the placeholders. Lower it again with `lowerShield`, also after a failure.
 * Throws WORKDIR_INVALID for a hot path that no mount can hold: a link, or a file with a second name.
 */
export function raiseShield(workdir: string, options: ShieldOptions): Shield {
  lowerShield(options.stateDir, options.name);
  const { uid, gid } = options.user;
  const claimed = claimsOf(options.stateDir, options.name);
  const mounts: Mount[] = [];
  const tmpfs: Record<string, string> = {};
  const placeholders: Placeholder[] = [];
  for (const hot of wantedPaths(workdir, options, claimed)) {
    const source = join(workdir, hot.path);
    const target = joinPosix(agentPaths.workspace, hot.path);
    const stats = lstatIfPresent(source);
    if (stats !== undefined) assertHoldable(workdir, hot.path, stats);
    if (stats?.isDirectory() && hot.path !== gitDirectory) assertFilesHoldable(workdir, hot.path);
    // Another box's placeholder stays as long as one of us needs it.
    const isOurs = stats === undefined ? hot.whenMissing === 'occupy' : claimed.has(source);
    if (stats === undefined && !isOurs) continue;
    if (isOurs) placeholders.push({ path: source, filler: hot.kind === 'file' ? (hot.filler ?? '') : null });
    const isDirectory = stats?.isDirectory() ?? hot.kind === 'directory';
    mounts.push(...heldAncestors(workdir, hot.path, mounts));
    if (isOurs && isDirectory) {
      tmpfs[target] = `rw,nosuid,nodev,noexec,size=${tmpfsBytes},mode=0755,uid=${uid},gid=${gid}`;
    } else {
      // .git itself stays writable; as a mount point it cannot be moved away and made anew.
      const isReadOnly = !(hot.path === gitDirectory && isDirectory);
      mounts.push({ source, target, isReadOnly });
    }
  }
  makePlaceholders(placeholders, options);
  const isMade = (target: string): boolean =>
    lstatIfPresent(join(workdir, target.slice(agentPaths.workspace.length))) !== undefined;
  return {
    mounts: mounts.filter(({ target }) => isMade(target)),
    tmpfs: Object.fromEntries(Object.entries(tmpfs).filter(([target]) => isMade(target))),
  };
}

/** Takes away what `raiseShield` made for this box and nobody has filled since. Twice is no error. */
export function lowerShield(stateDir: string, name: string): void {
  const placeholders = readPlaceholders(stateDir, name);
  const claimed = placeholders.length === 0 ? undefined : claimsOf(stateDir, name);
  // The deepest first, so that a directory is empty when its turn comes.
  for (const { path, filler } of placeholders.reverse()) {
    if (!claimed?.has(path)) removeIfUntouched(path, filler);
  }
  rmSync(placeholdersFile(stateDir, name), { force: true });
}

function wantedPaths(
  workdir: string,
  { writable, withLockFiles, gitPaths = [] }: ShieldOptions,
  claimed: ReadonlySet<string>,
): HotPath[] {
  const git = join(workdir, gitDirectory);
  // A placeholder is empty: what would lie in it is behind a tmpfs.
  const isUsers = !claimed.has(git) && (lstatIfPresent(git)?.isDirectory() ?? false);
  const own = [...hotPaths, ...(isUsers ? gitHotPaths : []), ...(withLockFiles ? lockFiles : [])];
  const all = [
    ...own,
    ...gitPaths
      .map((hot) => firstMissing(workdir, hot, claimed))
      .filter(({ path }) => !own.some((one) => path === one.path || path.startsWith(`${one.path}/`))),
  ];
  return all.filter(({ path }) => !writable.some((free) => path === free || path.startsWith(`${free}/`)));
}

/** Where a directory on the way to a missing path is missing itself, that one is occupied: what would lie in it lies nowhere. */
function firstMissing(workdir: string, hot: HotPath, claimed: ReadonlySet<string>): HotPath {
  const parts = hot.path.split('/');
  for (let length = 1; length < parts.length; length += 1) {
    const path = parts.slice(0, length).join('/');
    const source = join(workdir, path);
    if (lstatIfPresent(source) === undefined || claimed.has(source)) {
      return { path, kind: 'directory', whenMissing: hot.whenMissing };
    }
  }
  return hot;
}

/** Directories on the way to a path become mount points, too, writable as they are: else the agent could move them away with it. */
function heldAncestors(workdir: string, path: string, made: readonly Mount[]): Mount[] {
  const parts = path.split('/').slice(0, -1);
  return parts.flatMap((_part, index) => {
    const ancestor = parts.slice(0, index + 1).join('/');
    const target = joinPosix(agentPaths.workspace, ancestor);
    if (made.some((mount) => mount.target === target)) return [];
    const source = join(workdir, ancestor);
    assertHoldable(workdir, ancestor, lstatSync(source));
    return [{ source, target, isReadOnly: false }];
  });
}

/** A link can be replaced, and leads elsewhere on the host; a second name of a file is a way around its mount. */
function assertHoldable(workdir: string, path: string, stats: Stats): void {
  const problem = stats.isSymbolicLink()
    ? 'is a link, which the agent could replace'
    : stats.isFile() && stats.nlink > 1
      ? 'has a second name (a hard link), through which the agent could write it'
      : stats.isFile() || stats.isDirectory()
        ? undefined
        : 'is neither a file nor a directory';
  if (problem === undefined) return;
  throw new TradeboxError(
    'WORKDIR_INVALID',
    `${join(workdir, path)} ${problem}; this machine's own tools execute it (S13)`,
    {
      remedy: `Put a plain copy in its place, or allow it with "workdir: { writable: [${path}] }" in tradebox.yaml.`,
    },
  );
}

/** The same for the files of a directory that is mounted read-only; links in it cannot be replaced. */
function assertFilesHoldable(workdir: string, path: string): void {
  for (const entry of readdirSync(join(workdir, path), { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) assertFilesHoldable(workdir, below);
    else if (entry.isFile()) assertHoldable(workdir, below, lstatSync(join(workdir, below)));
  }
}

function makePlaceholders(placeholders: readonly Placeholder[], { stateDir, name }: ShieldOptions): void {
  if (placeholders.length === 0) return;
  // Written first: what a crash leaves behind is found again.
  ensurePrivateDir(boxPaths(stateDir, name).dir);
  writePrivateFile(placeholdersFile(stateDir, name), JSON.stringify(placeholders));
  for (const { path, filler } of placeholders) {
    try {
      if (filler === null) mkdirSync(path, { mode: 0o755 });
      else writeFileSync(path, filler, { flag: 'wx', mode: 0o644 });
    } catch (cause) {
      const code = errnoOf(cause);
      if (code === 'EEXIST') continue;
      // Where the caller cannot write, the agent cannot either: it has the caller's ids.
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') continue;
      throw new TradeboxError('WORKDIR_INVALID', `${path} can't be made (${code ?? 'unknown error'})`, {
        remedy: 'The working directory must be writable, so that what this machine executes can be shielded.',
        cause,
      });
    }
  }
}

function removeIfUntouched(path: string, filler: string | null): void {
  try {
    const stats = lstatSync(path);
    if (filler === null) {
      if (stats.isDirectory()) rmdirSync(path);
    } else if (stats.isFile() && readForeign(path, stats.size).toString() === filler) rmSync(path);
  } catch (thrown) {
    // Somebody uses it now, or has removed it: both are fine.
    if (
      !isAbsent(thrown) &&
      !['ENOTEMPTY', 'EACCES', 'EPERM', 'EROFS', 'EBUSY'].includes(errnoOf(thrown) ?? '')
    )
      throw thrown;
  }
}

/** Placeholders of the other boxes. */
function claimsOf(stateDir: string, name: string): Set<string> {
  const others = recordedNames(stateDir).filter((other) => other !== name);
  return new Set(others.flatMap((other) => readPlaceholders(stateDir, other).map(({ path }) => path)));
}

function readPlaceholders(stateDir: string, name: string): Placeholder[] {
  const bytes = readPrivateFile(placeholdersFile(stateDir, name));
  if (bytes === undefined) return [];
  try {
    return placeholdersSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return [];
  }
}

function placeholdersFile(stateDir: string, name: string): string {
  return join(boxPaths(stateDir, name).dir, 'placeholders.json');
}

function lstatIfPresent(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
  }
}
