// Which configuration files the user has approved, by path and content: one small file each in the state directory (0600).
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { realPath } from './locations.js';
import { ensurePrivateDir, readPrivateFile, writePrivateFile } from './private-files.js';

export interface TrustStore {
  /** Whether this very content was approved at this path. A record that cannot be understood approves nothing (S11). */
  isTrusted(path: string, digest: string): boolean;
  /** Approves a content; an earlier one of the same path no longer counts. */
  approve(path: string, digest: string): void;
  /** Takes an approval back; false when there was none. */
  revoke(path: string): boolean;
}

const recordSchema = z.strictObject({
  version: z.literal(1),
  /** Absolute, links resolved. */
  path: z.string(),
  /** SHA-256 hex, see `Layer.digest`. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** `dir` is made (0700) with the first approval. Throws CONFIG_MODE_LOOSE when others can read or change a record. */
export function openTrustStore(dir: string): TrustStore {
  const fileOf = (path: string): string =>
    join(dir, `${createHash('sha256').update(realPath(path)).digest('hex')}.json`);
  const read = (path: string) => {
    const bytes = readPrivateFile(fileOf(path));
    if (bytes === undefined) return undefined;
    try {
      return recordSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data;
    } catch {
      return undefined;
    }
  };
  return {
    isTrusted: (path, digest) => {
      const record = read(path);
      return record !== undefined && record.path === realPath(path) && record.digest === digest;
    },
    approve: (path, digest) => {
      ensurePrivateDir(dir);
      const record = recordSchema.parse({ version: 1, path: realPath(path), digest });
      writePrivateFile(fileOf(path), `${JSON.stringify(record)}\n`);
    },
    revoke: (path) => {
      const isThere = readPrivateFile(fileOf(path)) !== undefined;
      rmSync(fileOf(path), { force: true });
      return isThere;
    },
  };
}
