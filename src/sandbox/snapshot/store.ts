// Snapshots of a working directory in the state directory: an index and a compressed tar each, bounded in number and size.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { removeIfLeft, withFileLock } from '../../config/file-lock.js';
import {
  ensurePrivateDir,
  errnoOf,
  privateFileMode,
  readPrivateFile,
  writePrivateFile,
} from '../../config/private-files.js';
import { TradeboxError } from '../../core/errors.js';
import { packTree } from '../archive.js';
import { compareTrees, readTree, type Tree, treeEntrySchema } from './tree.js';

const indexSchema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^\d{8}T\d{6}\.\d{3}Z$/),
  /** ISO 8601. */
  at: z.string(),
  workdir: z.string(),
  reason: z.string(),
  exclude: z.array(z.string()),
  /** Path and entry, in order. */
  entries: z.array(z.tuple([z.string(), treeEntrySchema])),
});

export interface Snapshot {
  /** Time in UTC, `20261121T033800.123Z`: sorts by age. */
  id: string;
  at: string;
  workdir: string;
  reason: string;
  exclude: readonly string[];
  tree: Tree;
  /** Of index and tar on disk. */
  storedBytes: number;
}

/** Taken to undo a rollback: never what is meant when none is named. */
export const beforeRollback = 'before a rollback';

export interface SnapshotLimits {
  /** Snapshots of one directory that are kept. */
  keep: number;
  /** Bytes they may take together. */
  maxBytes: number;
}

export interface TakeOptions extends SnapshotLimits {
  exclude: readonly string[];
  reason: string;
  nowMs: number;
  /** Ids that stay whatever the limits say. */
  needed?: readonly string[];
}

export interface SnapshotStore {
  /** Oldest first. An index that cannot be understood is passed over. */
  list(): Snapshot[];
  /**
   * A new one, or the latest when nothing has changed since; what a killed one left behind goes. Waits for another one.
   * Throws DISK_FULL, WORKDIR_INVALID when it is larger than allowed, USAGE when another one does not finish.
   */
  take(options: TakeOptions): Promise<{ snapshot: Snapshot; isNew: boolean }>;
  /** The tar of one, unpacked from its compression. */
  read(snapshot: Snapshot): Readable;
}

/** How long another tradebox may take to keep the same directory, milliseconds. */
const othersTakeMs = 120_000;

/** `dir` holds the snapshots of all directories. `workdir` is absolute, links resolved. */
export function openSnapshots(dir: string, workdir: string): SnapshotStore {
  const home = join(dir, createHash('sha256').update(workdir).digest('hex').slice(0, 32));
  const fileOf = (id: string, ending: 'json' | 'tar.gz'): string => join(home, `${id}.${ending}`);

  const read = (id: string): Snapshot | undefined => {
    const bytes = readPrivateFile(fileOf(id, 'json'));
    if (bytes === undefined) return undefined;
    try {
      const { version: _version, entries, ...index } = indexSchema.parse(JSON.parse(bytes.toString('utf8')));
      const storedBytes = bytes.length + statSync(fileOf(id, 'tar.gz')).size;
      return { ...index, tree: new Map(entries), storedBytes };
    } catch {
      return undefined;
    }
  };
  const list = (): Snapshot[] =>
    namesIn(home)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => read(name.slice(0, -'.json'.length)))
      .filter((snapshot) => snapshot !== undefined);
  /** Without reading the others, of which there may be many. */
  const newest = (): Snapshot | undefined => {
    for (const name of namesIn(home).sort().reverse()) {
      const snapshot = name.endsWith('.json') ? read(name.slice(0, -'.json'.length)) : undefined;
      if (snapshot !== undefined) return snapshot;
    }
    return undefined;
  };
  const remove = (id: string): void => {
    for (const ending of ['json', 'tar.gz'] as const) rmSync(fileOf(id, ending), { force: true });
  };

  /** The caller holds the lock, so nobody is writing what has no index. */
  const removeRemains = (): void => {
    const names = namesIn(home);
    for (const name of names) {
      const isRemains =
        name.endsWith('.tmp') ||
        (name.endsWith('.tar.gz') && !names.includes(name.replace(/tar\.gz$/, 'json')));
      if (isRemains) rmSync(join(home, name), { force: true });
    }
  };
  const take: SnapshotStore['take'] = async ({ exclude, reason, nowMs, keep, maxBytes, needed = [] }) => {
    removeRemains();
    const tree = readTree(workdir, exclude);
    const latest = newest();
    if (latest !== undefined && `${latest.exclude}` === `${exclude}`) {
      if ((await compareTrees(latest.tree, tree, workdir)).length === 0) {
        return { snapshot: latest, isNew: false };
      }
    }
    const id = freeId(nowMs, (candidate) => readPrivateFile(fileOf(candidate, 'json')) === undefined);
    await writeTar(workdir, tree, fileOf(id, 'tar.gz'), maxBytes);
    const index = indexSchema.parse({
      version: 1,
      id,
      at: new Date(nowMs).toISOString(),
      workdir,
      reason,
      exclude,
      entries: [...tree],
    });
    writePrivateFile(fileOf(id, 'json'), JSON.stringify(index));
    for (const old of surplus(list(), [id, ...needed], { keep, maxBytes })) remove(old.id);
    const snapshot = read(id);
    if (snapshot === undefined) throw new Error('the snapshot just written cannot be read');
    return { snapshot, isNew: true };
  };

  return {
    list,
    read: (snapshot) => {
      const file = createReadStream(fileOf(snapshot.id, 'tar.gz'));
      const unzipped = createGunzip();
      pipeline(file, unzipped).catch((error: Error) => unzipped.destroy(error));
      return unzipped;
    },
    take: async (options) => {
      ensurePrivateDir(dir);
      ensurePrivateDir(home);
      const lock = join(home, 'lock');
      const outcome = await withFileLock(lock, othersTakeMs, () => take(options));
      if (outcome.held) return outcome.result;
      throw new TradeboxError(
        'USAGE',
        `another tradebox (process ${outcome.holder}) takes a snapshot of ${workdir}`,
        { remedy: `Wait until it has finished. ${removeIfLeft(lock)}` },
      );
    },
  };
}

/** The oldest beyond the limits; never one that is needed. Pure. */
export function surplus<Kept extends { id: string; storedBytes: number }>(
  snapshots: readonly Kept[],
  needed: readonly string[],
  { keep, maxBytes }: SnapshotLimits,
): Kept[] {
  let count = snapshots.length;
  let bytes = snapshots.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  return snapshots.filter(({ id, storedBytes }) => {
    if (needed.includes(id) || (count <= keep && bytes <= maxBytes)) return false;
    count -= 1;
    bytes -= storedBytes;
    return true;
  });
}

/** Two in one millisecond get times of their own. */
function freeId(nowMs: number, isFree: (id: string) => boolean): string {
  for (let at = nowMs; ; at += 1) {
    const id = new Date(at).toISOString().replace(/[-:]/g, '');
    if (isFree(id)) return id;
  }
}

/** Writes the tar and fills in the digests of what was written. */
async function writeTar(workdir: string, tree: Tree, target: string, maxBytes: number): Promise<void> {
  const isKept = (path: string): boolean => {
    const type = tree.get(path)?.type;
    return type !== undefined && type !== 'special';
  };
  const source = packTree(workdir, isKept, (path, content) => {
    const hash = createHash('sha256');
    const entry = tree.get(path);
    return content.pipe(
      new Transform({
        transform: (chunk: Buffer, _encoding, done) => {
          hash.update(chunk);
          done(null, chunk);
        },
        flush: (done) => {
          if (entry?.type === 'file') entry.sha256 = hash.digest('hex');
          done();
        },
      }),
    );
  });
  const temporary = `${target}.tmp`;
  try {
    await pipeline(
      source,
      createGzip({ level: 1 }),
      limited(workdir, maxBytes),
      createWriteStream(temporary, { flags: 'w', mode: privateFileMode }),
    );
    renameSync(temporary, target);
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (errnoOf(cause) !== 'ENOSPC') throw cause;
    throw new TradeboxError('DISK_FULL', `no space left for a snapshot of ${workdir}`, {
      remedy: 'Free some disk space and run the command again.',
      cause,
    });
  }
}

function limited(workdir: string, maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return done(null, chunk);
      const megabytes = Math.floor(maxBytes / 1024 ** 2);
      const error = new TradeboxError(
        'WORKDIR_INVALID',
        `a snapshot of ${workdir} takes more than ${megabytes} MB`,
        {
          remedy:
            'Leave large directories out, or allow more: "workdir: { snapshots: { exclude: [name], maxMb: 4096 } }" in tradebox.yaml.',
        },
      );
      done(error);
    },
  });
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
