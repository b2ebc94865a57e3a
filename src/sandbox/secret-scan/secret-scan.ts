// E7, S13: looks for real secrets in the working directory before it becomes the agent's: known ones in every spelling that the
// scrubber knows, and others by a kept scanner's rules and the look of keys.
import { closeSync, lstatSync, readdirSync, readSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { errnoOf, isAbsent } from '../../config/private-files.js';
import { TradeboxError } from '../../core/errors.js';
import { Matcher } from '../../core/matcher.js';
import { encodingsOf } from '../../core/needles.js';
import type { Secret } from '../../core/secret.js';
import { openForeign, UnfitFile } from '../foreign-file.js';
import { looseObject, packedObjects, TooLarge } from './git-objects.js';
import { loadKeyRules } from './key-rules.js';
import { keyShapes, lookAheadBytes, lookBehindBytes, ShapeFinder, variableShape } from './key-shapes.js';

export interface ScanOptions {
  /** Milliseconds after which the search gives up. */
  budgetMs: number;
  /** Paths below the directory that are left out, by the operator's word. */
  unsearched?: readonly string[];
  /** Variables in which clients of venues keep a key. */
  variables?: readonly string[];
  /** Decoys that lie around: they have the look of keys. */
  decoys?: readonly string[];
}

/** What was searched. */
export interface ScanReport {
  files: number;
  bytes: number;
  /** Objects of git history that hold what looks like a key, and no known secret: often a test's. */
  keysInHistory: number;
}

const chunkBytes = 1024 * 1024;
/** A search must not hold up the rest of the program for longer than this, milliseconds. */
const sliceMs = 30;

/** Filled by package managers from public packages, whose tests bring keys: only known secrets are looked for in them. */
const installed = new Set(['node_modules', '.venv', 'venv', 'site-packages', '__pycache__']);

/**
 * Throws WORKDIR_HOLDS_SECRET with file and line of the first find, never the value; WORKDIR_UNSEARCHED where the time runs out,
 * something is too large to be searched or cannot be read: nobody knows then what would be mounted.
 */
export async function scanForSecrets(
  dir: string,
  secrets: readonly { id: string; value: Secret }[],
  options: ScanOptions,
): Promise<ScanReport> {
  const report: ScanReport = { files: 0, bytes: 0, keysInHistory: 0 };
  const known = new Matcher(
    secrets.flatMap(({ id, value }) => encodingsOf(value.reveal()).map((bytes) => ({ id, bytes }))),
  );
  const shapes = new ShapeFinder(
    [...(await loadKeyRules()), ...keyShapes, ...(options.variables ?? []).map(variableShape)],
    options.decoys,
  );
  const deadline = performance.now() + options.budgetMs;
  const checkTime = (): number => {
    const now = performance.now();
    if (now <= deadline) return now;
    throw unsearched(
      `only ${report.files} files of ${dir} could be searched in ${options.budgetMs / 1000} s`,
    );
  };
  const search = new Search(known, shapes, report, checkTime);
  let sliceEnd = performance.now() + sliceMs;
  for (const _piece of searchBelow(dir, search, new Set(options.unsearched))) {
    if (checkTime() <= sliceEnd) continue;
    await breathe();
    sliceEnd = performance.now() + sliceMs;
  }
  if (search.unreadable.length > 0) throw unreadable(search.unreadable.map((path) => relative(dir, path)));
  return report;
}

/** Searches as long as it is asked to go on: a piece of a file, an object of git's, or a directory's list each time. */
function* searchBelow(dir: string, search: Search, leaveOut: ReadonlySet<string>): Generator<void> {
  for (const file of filesBelow(dir, leaveOut, search)) {
    if (file !== undefined) {
      const path = relative(dir, file.path);
      try {
        const found = yield* search.inFile(file.path, !file.isInstalled);
        if (found !== undefined) throw holdsSecret(path, found);
      } catch (thrown) {
        throw thrown instanceof TooLarge ? unsearched(`${path} is too large to be searched`) : thrown;
      }
    }
    yield;
  }
}

interface Find {
  /** What was found: a known secret's name, or what it looks like. */
  what: string;
  /** From 1; undefined where lines mean nothing. */
  line: number | undefined;
  /** Where in the file, when not in its plain bytes. */
  where?: string;
}

class Search {
  readonly #known: Matcher;
  readonly #shapes: ShapeFinder;
  readonly #report: ScanReport;
  readonly #chunk: Buffer;
  /** Paths of files and directories that are there and cannot be read. */
  readonly unreadable: string[] = [];
  /** What is kept of a chunk, so that nothing is missed at its end. */
  readonly #overlap: number;

  /** Throws when the time is up: within what is searched in one go, too. */
  readonly #checkTime: () => void;

  constructor(known: Matcher, shapes: ShapeFinder, report: ScanReport, checkTime: () => void) {
    this.#known = known;
    this.#shapes = shapes;
    this.#report = report;
    this.#checkTime = checkTime;
    this.#overlap = Math.max(known.longest, lookBehindBytes + lookAheadBytes);
    this.#chunk = Buffer.alloc(this.#overlap + chunkBytes);
  }

  *inFile(path: string, withShapes: boolean): Generator<void, Find | undefined> {
    let file: number;
    try {
      file = openForeign(path).fd;
    } catch (thrown) {
      this.noteUnreadable(path, thrown);
      return undefined;
    }
    try {
      this.#report.files += 1;
      return (yield* this.#inBytes(path, file, withShapes)) ?? (yield* this.#inGitObjects(path));
    } catch (thrown) {
      if (thrown instanceof TradeboxError || thrown instanceof TooLarge) throw thrown;
      this.noteUnreadable(path, thrown);
      return undefined;
    } finally {
      closeSync(file);
    }
  }

  /** The agent, as the same user, may give itself the right to read it. What is gone by now, or no file any more, holds nothing. */
  noteUnreadable(path: string, thrown: unknown): void {
    if (isAbsent(thrown) || errnoOf(thrown) === 'ELOOP' || thrown instanceof UnfitFile) return;
    this.unreadable.push(path);
  }

  /** Chunk by chunk, keeping as much of the last one as a find's beginning may need. */
  *#inBytes(path: string, file: number, withShapes: boolean): Generator<void, Find | undefined> {
    let held = 0;
    let line = 1;
    for (;;) {
      const read = readSync(file, this.#chunk, held, chunkBytes, null);
      if (read === 0) return undefined;
      this.#report.bytes += read;
      const window = this.#chunk.subarray(0, held + read);
      const found = this.#inWindow(window, withShapes ? path : undefined);
      if (found !== undefined)
        return { what: found.what, line: line + newlines(window.subarray(0, found.index)) };
      const keep = Math.min(this.#overlap, window.length);
      line += newlines(window.subarray(0, window.length - keep));
      window.copyWithin(0, window.length - keep);
      held = keep;
      yield;
    }
  }

  /** `path` is that of a file in which keys by their look count. */
  #inWindow(window: Buffer, path: string | undefined): { what: string; index: number } | undefined {
    const secret = this.#known.find(window);
    if (secret !== undefined) return { what: `the real secret "${secret.id}"`, index: secret.index };
    const key = path === undefined ? undefined : this.#shapes.find(window, path, this.#checkTime);
    return key === undefined ? undefined : { what: `what looks like ${key.title}`, index: key.index };
  }

  /** What git keeps is compressed: a secret that was committed once is still there. */
  *#inGitObjects(path: string): Generator<void, Find | undefined> {
    const objects = looseObject(path, this.#checkTime) ?? packedObjects(path, this.#checkTime);
    if (objects === undefined) return undefined;
    for (const content of objects) {
      this.#report.bytes += content.length;
      const found = this.#inWindow(content, undefined);
      if (found !== undefined)
        return { what: found.what, line: undefined, where: 'in an object of git history' };
      // By its look alone a key there refuses nothing: history cannot be mended as a file can, and holds keys of tests.
      if (this.#shapes.find(content, path, this.#checkTime) !== undefined) this.#report.keysInHistory += 1;
      yield;
    }
    return undefined;
  }
}

/**
 * Regular files, links not followed: inside the box a link leads nowhere else. `leaveOut` names paths with "/". Undefined for each
 * directory: there may be many without a file.
 */
function* filesBelow(
  dir: string,
  leaveOut: ReadonlySet<string>,
  search: Pick<Search, 'noteUnreadable'>,
): Generator<{ path: string; isInstalled: boolean } | undefined> {
  const pending = [{ path: dir, isInstalled: false }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    let entries: import('node:fs').Dirent[];
    try {
      entries = readdirSync(next.path, { withFileTypes: true });
    } catch (thrown) {
      if (!isRoots(dir, next.path)) search.noteUnreadable(next.path, thrown);
      continue;
    }
    yield undefined;
    for (const entry of entries) {
      const path = join(next.path, entry.name);
      if (leaveOut.size > 0 && leaveOut.has(relative(dir, path).split(sep).join('/'))) continue;
      if (entry.isDirectory())
        pending.push({ path, isInstalled: next.isInstalled || installed.has(entry.name) });
      else if (entry.isFile()) yield { path, isInstalled: next.isInstalled };
    }
  }
}

/** What mkfs.ext4 makes at the top of a file system, root's own: neither this user nor the agent, who has its id, can open it. */
function isRoots(dir: string, path: string): boolean {
  if (path !== join(dir, 'lost+found') || (process.geteuid?.() ?? 0) === 0) return false;
  try {
    return lstatSync(path).uid === 0;
  } catch {
    return false;
  }
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

function holdsSecret(file: string, find: Find): TradeboxError {
  const place = find.line === undefined ? `${file} (${find.where})` : `${file}:${find.line}`;
  return new TradeboxError('WORKDIR_HOLDS_SECRET', `The working directory holds ${find.what}: ${place}`, {
    remedy:
      find.line === undefined
        ? 'Renew the credential, or take it out of the history (git filter-repo) and let git forget it (git reflog expire --expire=now --all, git gc --prune=now).'
        : 'Remove it there (the box gives the agent a decoy), and renew the credential if others could read it. A file whose keys are worthless is left out with "workdir: { unsearched: [path] }" in tradebox.yaml.',
  });
}

const shownPaths = 3;

function unreadable(paths: readonly string[]): TradeboxError {
  const shown = paths.slice(0, shownPaths).map((path) => path || '.');
  const rest = paths.length - shown.length;
  return unsearched(
    `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''} cannot be read`,
    'Make it readable for you (chmod u+rX), move it elsewhere',
  );
}

function unsearched(problem: string, mend = 'Move large data elsewhere'): TradeboxError {
  return new TradeboxError(
    'WORKDIR_UNSEARCHED',
    `The working directory is not mounted: ${problem}, so it may hold real secrets (S13)`,
    {
      remedy: `${mend}, or name what holds no secret: "workdir: { unsearched: [data] }" in tradebox.yaml.`,
    },
  );
}
