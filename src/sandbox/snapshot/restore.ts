// Puts a working directory back to a snapshot: only what differs is touched, and nothing is written through a link (S13).
import {
  chmodSync,
  createWriteStream,
  lstatSync,
  mkdirSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errnoOf, isAbsent } from '../../config/private-files.js';
import { TradeboxError } from '../../core/errors.js';
import { isPlainPath, readArchive } from '../archive.js';
import type { Tree, TreeChange } from './tree.js';

/**
 * Applies the changes backwards. What was added goes; directories that hold something excluded stay. What was changed or
 * removed comes from the tar. Throws WORKDIR_INVALID for a tar that says more than its index.
 */
export async function restore(
  root: string,
  tree: Tree,
  changes: readonly TreeChange[],
  archive: Readable,
): Promise<void> {
  const added = changes.filter(({ kind }) => kind === 'added');
  for (const { path } of [...added].reverse()) removeAt(join(root, path));
  const wanted = new Set(changes.filter(({ kind }) => kind !== 'added').map(({ path }) => path));
  const directories: [string, number][] = [];
  await readArchive(archive, async (member, content) => {
    const { path } = member;
    if (path === '.' || path === '') return;
    const entry = tree.get(path);
    if (!isPlainPath(path) || entry === undefined) {
      throw new TradeboxError(
        'WORKDIR_INVALID',
        `the snapshot holds ${JSON.stringify(path)}, which its index does not`,
        {
          remedy: 'Do not use this snapshot: somebody has changed it.',
        },
      );
    }
    if (!wanted.delete(path)) return;
    const place = join(root, path);
    makeParents(root, path);
    if (entry.type === 'directory') {
      makeDirectory(place);
      directories.push([place, entry.mode]);
    } else if (entry.type === 'link') {
      removeAt(place);
      symlinkSync(entry.target, place);
    } else if (entry.type === 'file') {
      removeAt(place);
      // `wx` is O_EXCL, which follows no link. S13: neither set-id bits nor another owner come back.
      await pipeline(content, createWriteStream(place, { flags: 'wx', mode: 0o600 }));
      chmodSync(place, entry.mode & 0o777);
    }
  });
  for (const [place, mode] of directories) chmodSync(place, mode & 0o777);
}

/** Real directories down to where a path lies; a link or file in the way goes. */
function makeParents(root: string, path: string): void {
  const parent = dirname(path);
  if (parent === '.') return;
  makeParents(root, parent);
  makeDirectory(join(root, parent));
}

function makeDirectory(place: string): void {
  if (isRealDirectory(place)) return;
  removeAt(place);
  mkdirSync(place, { mode: 0o700 });
}

function isRealDirectory(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Removes one thing, not what it leads to and not what lies in it. */
function removeAt(place: string): void {
  try {
    if (isRealDirectory(place)) rmdirSync(place);
    else unlinkSync(place);
  } catch (thrown) {
    // A directory with something excluded in it stays.
    if (!isAbsent(thrown) && errnoOf(thrown) !== 'ENOTEMPTY') throw thrown;
  }
}
