// What the host remembers of a box: `<state>/sandboxes/<name>/box.json`. Nothing in it is secret; decoys are worthless.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from '../config/private-files.js';
import { messageOf, TradeboxError } from '../core/errors.js';
import { boxPaths } from './box-paths.js';
import { giveTree } from './ownership.js';

const subnetSchema = z.strictObject({ base: z.number(), bits: z.int() });
const networkSchema = z.strictObject({ id: z.string(), name: z.string(), subnet: subnetSchema });

const recordSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  id: z.string(),
  profile: z.string(),
  mode: z.string(),
  isPaper: z.boolean(),
  createdAt: z.string(),
  workdir: z.string(),
  images: z.strictObject({ agent: z.string(), sidecar: z.string() }),
  networks: z.strictObject({ inside: networkSchema, egress: networkSchema }),
  /** Decoys by environment variable or credential part, for reports and hunts. */
  decoys: z.record(z.string(), z.string()),
  /** What the CLI needs to make the same box again; its own business. */
  launch: z.unknown(),
  /** SHA-256 hex and sequence of the journal's last known record. */
  journalHead: z.strictObject({ seq: z.int(), hash: z.string() }).optional(),
});
export type BoxRecord = z.infer<typeof recordSchema>;

/** Undefined when there is none. Throws CONFIG_MODE_LOOSE, and FAULT when it is not ours to understand. */
export function readRecord(stateDir: string, name: string): BoxRecord | undefined {
  const file = boxPaths(stateDir, name).record;
  const bytes = readPrivateFile(file);
  if (bytes === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (thrown) {
    throw new TradeboxError('FAULT', `The record ${file} can't be understood: ${messageOf(thrown)}`, {
      remedy: `Discard the box with \`tradebox reset ${name}\`.`,
      cause: thrown,
    });
  }
}

/** A record that cannot be understood must not keep a box from being ended. */
export function recordIfReadable(stateDir: string, name: string): BoxRecord | undefined {
  try {
    return readRecord(stateDir, name);
  } catch {
    return undefined;
  }
}

/** Written whole or not at all. Throws DISK_FULL. */
export function writeRecord(stateDir: string, record: BoxRecord): void {
  const paths = boxPaths(stateDir, record.name);
  ensurePrivateDir(paths.dir);
  writePrivateFile(paths.record, `${JSON.stringify(recordSchema.parse(record), null, 2)}\n`);
}

export function removeRecord(stateDir: string, name: string): void {
  rmSync(boxPaths(stateDir, name).record, { force: true });
}

/** Names under the state directory, boxes or remains of them. */
export function recordedNames(stateDir: string): string[] {
  try {
    return readdirSync(join(stateDir, 'sandboxes'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

/** The journal's directory, made for the sidecar's user (who is not the caller when the caller is root). */
export function prepareJournalDir(
  stateDir: string,
  name: string,
  owner: { uid: number; gid: number },
): string {
  const paths = boxPaths(stateDir, name);
  ensurePrivateDir(paths.dir);
  mkdirSync(paths.journal, { recursive: true, mode: 0o700 });
  giveTree(paths.journal, owner);
  return paths.journal;
}
