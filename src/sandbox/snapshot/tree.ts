// A directory tree as data, and what differs between two of them.
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  createReadStream,
  lstatSync,
  readdirSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { TradeboxError } from '../../core/errors.js';
import { openForeign } from '../foreign-file.js';

const permissions = z.int().min(0).max(0o777);

export const treeEntrySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('directory'), mode: permissions }),
  z.strictObject({ type: z.literal('link'), target: z.string() }),
  z.strictObject({
    type: z.literal('file'),
    mode: permissions,
    sizeBytes: z.int(),
    /** Inode and times: equal ones mean equal content, because nobody but the kernel sets the time of change. */
    stamp: z.string(),
    /** SHA-256 hex; empty until somebody has read it. */
    sha256: z.string(),
  }),
  /** A pipe, a socket, a device: never kept. */
  z.strictObject({ type: z.literal('special') }),
]);
export type TreeEntry = z.infer<typeof treeEntrySchema>;

/** Path below the root, with `/`, to what is there. */
export type Tree = Map<string, TreeEntry>;

export interface TreeChange {
  path: string;
  kind: 'added' | 'changed' | 'removed';
  /** Bytes then and now; 0 for what is no file or not there. */
  wasBytes: number;
  isBytes: number;
}

const maxEntries = 500_000;

/**
 * Everything below a directory but names that are excluded, at any depth; links are not followed, what the caller cannot
 * read is left out. Throws WORKDIR_INVALID when there are too many entries.
 */
export function readTree(root: string, exclude: readonly string[]): Tree {
  const excluded = new Set(exclude);
  const tree: Tree = new Map();
  const pending = [''];
  for (let dir = pending.pop(); dir !== undefined; dir = pending.pop()) {
    for (const name of namesIn(join(root, dir))) {
      if (excluded.has(name)) continue;
      const path = dir === '' ? name : `${dir}/${name}`;
      const entry = entryAt(join(root, path));
      if (entry === undefined) continue;
      tree.set(path, entry);
      if (entry.type === 'directory') pending.push(path);
      if (tree.size > maxEntries) {
        throw new TradeboxError('WORKDIR_INVALID', `${root} holds more than ${maxEntries} files`, {
          remedy:
            'Leave large directories out: "workdir: { snapshots: { exclude: [name] } }" in tradebox.yaml.',
        });
      }
    }
  }
  return tree;
}

/** What became of `before`, by path. Files are read only where their stamps differ and their sizes do not. */
export async function compareTrees(before: Tree, after: Tree, afterRoot: string): Promise<TreeChange[]> {
  const changes: TreeChange[] = [];
  for (const [path, then] of before) {
    const now = after.get(path);
    if (now === undefined) changes.push({ path, kind: 'removed', wasBytes: sizeOf(then), isBytes: 0 });
    else if (!(await isSame(then, now, join(afterRoot, path)))) {
      changes.push({ path, kind: 'changed', wasBytes: sizeOf(then), isBytes: sizeOf(now) });
    }
  }
  for (const [path, now] of after) {
    if (!before.has(path)) changes.push({ path, kind: 'added', wasBytes: 0, isBytes: sizeOf(now) });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** SHA-256 hex of a file. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const { fd } = openForeign(path);
  await pipeline(createReadStream('', { fd }), hash);
  return hash.digest('hex');
}

async function isSame(then: TreeEntry, now: TreeEntry, path: string): Promise<boolean> {
  if (then.type === 'file' && now.type === 'file') {
    if (then.mode !== now.mode || then.sizeBytes !== now.sizeBytes) return false;
    return then.stamp === now.stamp || then.sha256 === (await hashFile(path));
  }
  if (then.type === 'directory' && now.type === 'directory') return then.mode === now.mode;
  if (then.type === 'link' && now.type === 'link') return then.target === now.target;
  return then.type === now.type;
}

export const sizeOf = (entry: TreeEntry): number => (entry.type === 'file' ? entry.sizeBytes : 0);

function entryAt(path: string): TreeEntry | undefined {
  try {
    const stats = lstatSync(path, { bigint: false });
    const mode = stats.mode & 0o777;
    if (stats.isSymbolicLink()) return { type: 'link', target: readlinkSync(path) };
    if (stats.isDirectory()) {
      accessSync(path, constants.R_OK | constants.X_OK);
      return { type: 'directory', mode };
    }
    if (!stats.isFile()) return { type: 'special' };
    accessSync(path, constants.R_OK);
    return { type: 'file', mode, sizeBytes: stats.size, stamp: stampOf(stats), sha256: '' };
  } catch {
    return undefined;
  }
}

function stampOf({ ino, mtimeMs, ctimeMs }: Stats): string {
  return `${ino}:${mtimeMs}:${ctimeMs}`;
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
