// Small tar archives in memory: build contexts and files put into a container. One of two homes of tar-stream, with evidence.ts.
import { pack } from 'tar-stream';

export interface ArchiveEntry {
  /** Path without a leading slash. */
  path: string;
  content: string | Buffer;
  /** Permission bits; 0644 when absent. */
  mode?: number;
}

/** A tar of files owned by root, with a fixed time, so that equal input gives equal bytes. */
export async function tarOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const packer = pack();
  for (const entry of entries) {
    packer.entry(
      { name: entry.path, mode: entry.mode ?? 0o644, uid: 0, gid: 0, mtime: new Date(0) },
      entry.content,
    );
  }
  packer.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
