// Snapshots of working directories for the commands: which directory is meant, and when it may be touched.
import { existsSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { realPath } from '../../config/locations.js';
import { TradeboxError } from '../../core/errors.js';
import { recordIfReadable } from '../../sandbox/records.js';
import { beforeRollback, type Snapshot, type SnapshotStore } from '../../sandbox/snapshot/store.js';
import type { CliContext } from '../context.js';

/** A directory, or the working directory of a box that is known by this name. Absolute, links resolved. Throws BOX_UNKNOWN. */
export function workdirNamed(context: Pick<CliContext, 'cwd' | 'paths'>, word: string): string {
  const path = resolve(context.cwd, word);
  if (existsSync(path) && statSync(path).isDirectory()) return realPath(path);
  const isName = /^[a-z0-9][a-z0-9-]*$/.test(word);
  const record = isName ? recordIfReadable(context.paths.stateDir, word) : undefined;
  if (record !== undefined) return record.workdir;
  throw new TradeboxError('BOX_UNKNOWN', `"${word.slice(0, 200)}" is neither a directory nor a box`, {
    remedy: 'Name a working directory, or a box that `tradebox ps` lists.',
  });
}

/** The latest that was not taken to undo a rollback, or the one of an id or the beginning of one. Throws USAGE. */
export function chooseSnapshot(
  store: Pick<SnapshotStore, 'list'>,
  id: string | undefined,
  workdir: string,
): Snapshot {
  const all = store.list();
  const found =
    id === undefined
      ? all.filter(({ reason }) => reason !== beforeRollback).slice(-1)
      : all.filter((snapshot) => snapshot.id.startsWith(id));
  const [snapshot] = found;
  if (snapshot !== undefined && found.length === 1) return snapshot;
  const what =
    id === undefined ? 'no snapshot' : `${found.length === 0 ? 'no' : 'more than one'} such snapshot`;
  throw new TradeboxError('USAGE', `there is ${what} of ${workdir}`, {
    remedy: `See: tradebox snapshot ${workdir} --list`,
  });
}

/** An agent at work could lead a copy through a link, or undo a rollback. Throws USAGE. */
export async function assertNoBoxIn(context: CliContext, workdir: string): Promise<void> {
  const { openEngine } = await import('../../sandbox/engine.js');
  const { listBoxes } = await import('../../sandbox/boxes.js');
  const boxes = await listBoxes(await openEngine(context.env), context.clock.nowMs());
  for (const { name, status } of boxes) {
    if (status === 'stopped' || status === 'agent-exited') continue;
    const other = recordIfReadable(context.paths.stateDir, name)?.workdir;
    if (other === undefined || !(isWithin(other, workdir) || isWithin(workdir, other))) continue;
    throw new TradeboxError('USAGE', `the box ${name} works in ${other}`, {
      remedy: `Stop it first: tradebox stop ${name}. A snapshot was taken before it began.`,
    });
  }
}

const isWithin = (outer: string, inner: string): boolean =>
  inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
