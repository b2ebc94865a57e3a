// Keeps what a box leaves behind, as one tar: which files the agent changed and their content, engine records, logs, journal.
// The agent may have prepared its files for whoever unpacks this, so only plain files of mode 0600 go in (E6).
import { createWriteStream, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { errnoOf } from '../config/private-files.js';
import { messageOf, TradeboxError } from '../core/errors.js';
import { ArchiveWriter, packDirectory } from './archive.js';
import { boxPaths } from './box-paths.js';
import { findBox } from './boxes.js';
import type { FileChange } from './docker/shapes.js';
import type { Engine } from './engine.js';
import { unknownBox } from './names.js';

export interface EvidenceOptions {
  stateDir: string;
  /** Where the tar goes; made when missing. */
  targetDir: string;
  nowMs: number;
  /** Bytes of changed files to keep at most; what is left out is listed. */
  maxBytes?: number;
}

export interface Evidence {
  /** The tar, absolute. */
  file: string;
  changedPaths: number;
  leftOut: number;
}

const defaultMaxBytes = 1024 ** 3;
/** Places with thousands of files that say nothing: the kernel's, and those we put there ourselves. */
const uninteresting = [/^\/(proc|sys|dev)(\/|$)/];

/** Works on running, stopped and half-made boxes. Throws BOX_UNKNOWN, DISK_FULL, USAGE when the directory can't be written. */
export async function collectEvidence(
  engine: Engine,
  name: string,
  options: EvidenceOptions,
): Promise<Evidence> {
  const paths = boxPaths(options.stateDir, name);
  const box = await findBox(engine, name, options.nowMs);
  if (box === undefined && !existsSync(paths.dir)) {
    throw unknownBox(name, { more: ', and nothing is left of one' });
  }
  const stamp = new Date(options.nowMs).toISOString().replace(/[:.]/g, '-');
  const file = join(options.targetDir, `tradebox-${name}-${stamp}.tar`);
  const target = openTarget(options.targetDir, file);
  try {
    const archive = new ArchiveWriter(createWriteStream(file, { fd: target }));
    for (const role of ['agent', 'sidecar'] as const) {
      const id = box?.parts[role];
      if (id !== undefined) await addContainer(engine, archive, role, id);
    }
    await addHostFiles(archive, paths.record, paths.journal);
    const agent = box?.parts.agent;
    const kept =
      agent === undefined
        ? { changedPaths: 0, leftOut: 0 }
        : await addChangedFiles(engine, archive, agent, options.maxBytes ?? defaultMaxBytes);
    await archive.close();
    return { file, ...kept };
  } catch (thrown) {
    rmSync(file, { force: true });
    throw evidenceError(options.targetDir, thrown);
  }
}

function openTarget(dir: string, file: string): number {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return openSync(file, 'wx', 0o600);
  } catch (thrown) {
    throw evidenceError(dir, thrown);
  }
}

async function addContainer(engine: Engine, archive: ArchiveWriter, role: string, id: string): Promise<void> {
  const record = await engine.api.containers.inspectRaw(id);
  await archive.add(`${role}/inspect.json`, `${JSON.stringify(record, null, 2)}\n`);
  const logs = await engine.api.containers.logs(id, { follow: false, timestamps: true });
  await archive.add(`${role}/log`, await buffer(logs));
}

async function addHostFiles(archive: ArchiveWriter, record: string, journal: string): Promise<void> {
  if (existsSync(record)) await archive.add('box.json', readFileSync(record));
  if (existsSync(journal)) await archive.addFrom(packDirectory(journal), 'journal/', () => true);
}

async function addChangedFiles(
  engine: Engine,
  archive: ArchiveWriter,
  agent: string,
  maxBytes: number,
): Promise<{ changedPaths: number; leftOut: number }> {
  const changes = (await engine.api.containers.changes(agent)).filter(
    ({ path }) => !uninteresting.some((pattern) => pattern.test(path)),
  );
  await archive.add('changes.jsonl', changes.map((change) => `${JSON.stringify(change)}\n`).join(''));
  const members: string[] = [];
  let leftOut = 0;
  for (const root of changedRoots(changes)) {
    const source = await engine.api.containers.getArchive(agent, root);
    if (source === undefined) continue;
    const parent = root.slice(1, root.lastIndexOf('/') + 1);
    await archive.addFrom(source, `files/${parent}`, (member) => {
      const fits = archive.sizeBytes + member.sizeBytes <= maxBytes;
      if (!fits) leftOut += 1;
      members.push(
        JSON.stringify({
          ...member,
          path: `/${parent}${member.path}`,
          isKept: fits && member.type === 'file',
        }),
      );
      return fits;
    });
  }
  await archive.add('files.jsonl', members.map((line) => `${line}\n`).join(''));
  return { changedPaths: changes.length, leftOut };
}

/**
 * The fewest paths that hold every changed or added file: an added directory stands for all below it, a changed directory for
 * nothing by itself (the engine lists the changes in it one by one). Pure.
 */
export function changedRoots(changes: readonly FileChange[]): string[] {
  const parents = new Set(changes.map(({ path }) => path.slice(0, path.lastIndexOf('/'))));
  const roots: string[] = [];
  const added = new Set<string>();
  for (const { path, kind } of [...changes].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (kind === 'deleted' || hasAncestor(path, added)) continue;
    if (kind === 'added') {
      added.add(path);
      roots.push(path);
    } else if (!parents.has(path)) {
      roots.push(path);
    }
  }
  return roots;
}

function hasAncestor(path: string, ancestors: ReadonlySet<string>): boolean {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    if (ancestors.has(path.slice(0, end))) return true;
  }
  return false;
}

function evidenceError(targetDir: string, thrown: unknown): unknown {
  if (thrown instanceof TradeboxError) return thrown;
  const code = errnoOf(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TradeboxError('DISK_FULL', `No disk space left to keep the evidence in ${targetDir}.`, {
      remedy: 'Free some space or name another directory; the box was not touched.',
      cause: thrown,
    });
  }
  if (code === undefined) return thrown;
  return new TradeboxError('USAGE', `The evidence can't be written to ${targetDir}: ${messageOf(thrown)}.`, {
    remedy: 'Name a directory that you can write; the box was not touched.',
    cause: thrown,
  });
}
