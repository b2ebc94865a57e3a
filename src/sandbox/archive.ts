// Tar archives: small ones in memory (build contexts, files for a container), evidence as a stream. The only home of tar-stream and tar-fs.
import { once } from 'node:events';
import { relative, sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack as packFiles } from 'tar-fs';
import { extract, type Header, pack } from 'tar-stream';

export interface ArchiveEntry {
  /** Path without a leading slash. */
  path: string;
  content: string | Buffer;
  /** Permission bits; 0644, and 0755 for a directory, when absent. */
  mode?: number;
  /** Root when absent. */
  owner?: { uid: number; gid: number };
  /** A directory has no content. */
  isDirectory?: boolean;
}

/** A tar with a fixed time, so that equal input gives equal bytes. */
export async function tarOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const packer = pack();
  for (const entry of entries) {
    const header: Partial<Header> & { name: string } = {
      name: entry.path,
      type: entry.isDirectory === true ? 'directory' : 'file',
      mode: entry.mode ?? (entry.isDirectory === true ? 0o755 : 0o644),
      uid: entry.owner?.uid ?? 0,
      gid: entry.owner?.gid ?? 0,
      mtime: new Date(0),
    };
    if (entry.isDirectory === true) packer.entry(header);
    else packer.entry(header, entry.content);
  }
  packer.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The files of a host directory as a tar, read as it is written. A file that grows meanwhile is taken as long as it was. */
export function packDirectory(dir: string): Readable {
  return packFiles(dir) as unknown as Readable;
}

/** The wanted paths of a host directory as a tar, links as links; `onContent` sees each file's bytes pass. */
export function packTree(
  dir: string,
  isWanted: (path: string) => boolean,
  onContent: (path: string, content: Readable) => Readable,
): Readable {
  return packFiles(dir, {
    ignore: (path) => path !== dir && !isWanted(relative(dir, path).split(sep).join('/')),
    mapStream: (content, header) => onContent(header.name, content) as typeof content,
  }) as unknown as Readable;
}

/** Reads a tar; each regular file's content must be read or the next member never comes. Links and the rest have none. */
export async function readArchive(
  source: Readable,
  onMember: (member: ForeignMember, content: Readable) => Promise<void>,
): Promise<void> {
  const reader = extract();
  source.on('error', (error) => reader.destroy(error));
  source.pipe(reader);
  for await (const entry of reader) {
    const rawPath = entry.header.name;
    // A path that says more than a plain one is told as it is, for the reader to refuse.
    const member = { ...memberOf(entry.header), path: rawPath.replace(/\/$/, '') };
    await onMember(member, entry as unknown as Readable);
    entry.resume();
  }
}

/** A member of somebody else's tar, which may be hostile. */
export interface ForeignMember {
  path: string;
  type: string;
  sizeBytes: number;
  mode: number;
  /** Where a link points. */
  target: string | undefined;
}

/** A tar written piece by piece. */
export class ArchiveWriter {
  readonly #packer = pack();
  readonly #written: Promise<void>;
  /** Rejects when the target fails: a full disk must end a wait for room in the stream. */
  readonly #broken: Promise<never>;
  /** Bytes of content so far. */
  sizeBytes = 0;

  constructor(target: Writable) {
    this.#written = pipeline(this.#packer, target);
    this.#broken = new Promise((_resolve, reject) => {
      this.#written.catch(reject);
    });
    this.#broken.catch(() => {}); // whoever writes next is told
  }

  async add(path: string, content: string | Buffer): Promise<void> {
    const bytes = Buffer.from(content);
    this.sizeBytes += bytes.length;
    await this.#entry({ name: path, mode: 0o600, size: bytes.length }, bytes);
  }

  /**
   * Copies the regular files of another tar below `prefix`, as plain files of mode 0600. E6: links, devices, set-id bits and
   * paths that climb are never copied, only told to `onMember`, which also decides what is left out (false).
   */
  async addFrom(
    source: Readable,
    prefix: string,
    onMember: (member: ForeignMember) => boolean,
  ): Promise<void> {
    const reader = extract();
    source.on('error', (error) => reader.destroy(error));
    source.pipe(reader);
    for await (const entry of reader) {
      const { header } = entry;
      const member = memberOf(header);
      const isWanted = onMember(member) && member.type === 'file' && isPlainPath(member.path);
      if (!isWanted) {
        entry.resume();
        continue;
      }
      this.sizeBytes += member.sizeBytes;
      const sink = this.#packer.entry({
        name: `${prefix}${member.path}`,
        mode: 0o600,
        size: member.sizeBytes,
      });
      await Promise.race([pipeline(entry, sink), this.#broken]);
    }
  }

  async close(): Promise<void> {
    this.#packer.finalize();
    await this.#written;
  }

  async #entry(header: Partial<Header> & { name: string }, content: Buffer): Promise<void> {
    const entry = this.#packer.entry(header);
    entry.end(content);
    await Promise.race([once(entry, 'finish'), this.#broken]);
  }
}

function memberOf(header: Header): ForeignMember {
  return {
    path: header.name.replace(/^\.?\/+/, ''),
    type: header.type ?? 'file',
    sizeBytes: header.size ?? 0,
    mode: header.mode ?? 0,
    target: header.linkname ?? undefined,
  };
}

/** True for a path that stays below where it is unpacked, as far as no link on the way leads elsewhere. */
export function isPlainPath(path: string): boolean {
  return path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
}
