// Which files of a working directory the host would execute, and what they held: compared before and after a box, because no
// mount can cover what lies deeper, in directories that the agent may move and make (S13).
import { createHash } from 'node:crypto';
import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { readForeign } from '../foreign-file.js';
import { gitLinksIn, unreadableIndex } from './git-index.js';
import {
  gitDirectory,
  isRequirements,
  isWatchedEnding,
  lockFiles,
  openingLockFiles,
  watchedDirectories,
  watchedFiles,
} from './hot-paths.js';

/** Path below the working directory → digest of what matters in it. */
export type HotFiles = Readonly<Record<string, string>>;

export interface HotScan {
  files: HotFiles;
  /** Files with another name, maybe outside the working directory: writing one writes the other. */
  hardLinked: readonly string[];
  /** False when the directory has more entries than were looked at. */
  isComplete: boolean;
}

/** Entries looked at; a bigger tree is told as incomplete. */
const maxEntries = 200_000;
/** A file larger than this is known by its size and time. */
const maxHashedBytes = 1024 * 1024;
const shownHardLinks = 20;
/** What a package manager fills: too much to look at, and made anew from the lock file. */
const installed = new Set(['node_modules', '.venv', 'venv', '__pycache__']);
const gitExecutes = new Set(['config', 'config.worktree', 'commondir']);

/** Looks at every entry below a directory, without following links. */
export function scanHotFiles(workdir: string): HotScan {
  const files: Record<string, string> = {};
  const hardLinked: string[] = [];
  const pending: Place[] = [{ dir: '', isHot: false, isGit: false }];
  let entries = 0;
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const listed = listOf(join(workdir, place.dir));
    entries += listed.length;
    if (entries > maxEntries) return { files, hardLinked, isComplete: false };
    const isGit = place.isGit || isRepository(listed);
    if (isGit && place.isModules !== true) {
      for (const link of gitLinksIn(join(workdir, place.dir)))
        files[linkKey(place.dir, link)] = 'a repository';
    }
    for (const entry of listed) {
      const path = join(place.dir, entry.name);
      if (entry.isDirectory()) {
        if (installed.has(entry.name)) continue;
        // Objects are many and never executed.
        if (isGit && (entry.name === 'objects' || entry.name === 'refs' || entry.name === 'logs')) continue;
        pending.push({
          dir: path,
          isHot: place.isHot || watchedDirectories.has(entry.name) || (isGit && entry.name === 'hooks'),
          isGit: entry.name === '.git' || (isGit && (entry.name === 'modules' || place.isModules === true)),
          isModules: isGit && entry.name === 'modules',
        });
        continue;
      }
      const isWatched =
        place.isHot ||
        watchedFiles.has(entry.name) ||
        isRequirements(entry.name) ||
        isWatchedEnding(entry.name) ||
        entry.name === 'package.json' ||
        entry.name === '.git' ||
        (isGit && gitExecutes.has(entry.name));
      const digest =
        isWatched && !isSampleHook(entry.name) ? digestOf(join(workdir, path), entry.name) : undefined;
      if (digest !== undefined) files[shownPath(path)] = digest;
      if (entry.isFile() && hardLinked.length < shownHardLinks && linksOf(join(workdir, path)) > 1) {
        hardLinked.push(shownPath(path));
      }
    }
  }
  return { files, hardLinked, isComplete: true };
}

interface Place {
  /** Relative to the working directory. */
  dir: string;
  isHot: boolean;
  isGit: boolean;
  isModules?: boolean;
}

export interface HotChange {
  path: string;
  kind: 'added' | 'changed';
}

/** What a tool of the host could execute now that it could not before, by path. */
export function compareHotFiles(before: HotFiles, after: HotFiles): HotChange[] {
  return Object.entries(after)
    .filter(([path, digest]) => before[path] !== digest)
    .map(([path]) => ({ path, kind: path in before ? ('changed' as const) : ('added' as const) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const lockNames: ReadonlySet<string> = new Set(lockFiles.map(({ path }) => path));

/**
 * Lock files noted before that hold something else now or are gone, and new ones by which the next box could be opened something;
 * looks at these files only.
 */
export function changedLockFiles(before: HotFiles, workdir: string): string[] {
  const appeared = openingLockFiles.filter(
    (path) => !(path in before) && lstatSync(join(workdir, path), { throwIfNoEntry: false }) !== undefined,
  );
  const changed = Object.entries(before)
    .filter(([path]) => lockNames.has(basename(path)) || isRequirements(basename(path)))
    .filter(([path, digest]) => digestOf(join(workdir, path), basename(path)) !== digest)
    .map(([path]) => path);
  return [...appeared, ...changed].sort();
}

/** How a link in an index is noted, and told when it is new. */
const linkKey = (gitDir: string, link: string): string =>
  link === unreadableIndex
    ? `${link} (${shownPath(join(gitDir, 'index'))} or a part of it)`
    : `${link} (a repository of its own, by ${shownPath(join(gitDir, 'index'))})`;

/**
 * Links that came into the index of the directory's own repository since it was noted: `git status` there runs what the configuration
 * of such a repository names. Looks at the index only.
 */
export function newGitLinks(before: HotFiles, workdir: string): string[] {
  return gitLinksIn(join(workdir, gitDirectory)).filter((link) => !(linkKey(gitDirectory, link) in before));
}

/** gitrepository-layout(5): a directory with these is taken for a repository wherever it lies, whatever its name. */
function isRepository(listed: readonly Dirent[]): boolean {
  const names = new Set(listed.map(({ name }) => name));
  return names.has('HEAD') && (names.has('objects') || names.has('commondir'));
}

/** Hooks that git brings and never runs. */
const isSampleHook = (name: string): boolean => name.endsWith('.sample');

/** Undefined where nothing would be executed. */
function digestOf(path: string, name: string): string | undefined {
  try {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) return 'a link';
    if (!stats.isFile()) return 'something else';
    if (stats.size > maxHashedBytes) return `${stats.size} bytes at ${stats.mtimeMs}`;
    const bytes = readForeign(path, maxHashedBytes);
    const text = partOf(name, bytes);
    return text === undefined ? undefined : createHash('sha256').update(text).digest('hex');
  } catch {
    return 'unreadable';
  }
}

/** What of a file counts; undefined where none of it does. */
function partOf(name: string, bytes: Buffer): Buffer | string | undefined {
  if (name === 'package.json') return scriptsOf(bytes);
  return isRequirements(name) && !bytes.includes('--hash=') ? undefined : bytes;
}

/** Of a package.json the part that is executed. */
function scriptsOf(bytes: Buffer): Buffer | string | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && 'scripts' in parsed
      ? JSON.stringify(parsed.scripts)
      : undefined;
  } catch {
    return bytes;
  }
}

function linksOf(path: string): number {
  try {
    return lstatSync(path).nlink;
  } catch {
    return 1;
  }
}

function listOf(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return []; // the agent, running as the same user, can't open it either
  }
}

/** A path as it stands in messages, the same on every system. */
const shownPath = (path: string): string => path.split(sep).join('/');
