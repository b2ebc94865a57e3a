// Reads a file that an agent may write, also while it is read: a pipe in its place would hold the caller for ever, a link could lead
// to a device without an end (S13).
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Not a regular file, or larger than asked for. */
export class UnfitFile extends Error {}

/** Opens a regular file for reading; neither waits nor follows a link as the last part. Throws errno errors (ELOOP for a link). */
export function openForeign(path: string): { fd: number; sizeBytes: number } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, sizeBytes: stats.size };
  closeSync(fd);
  throw new UnfitFile(`${path} is no regular file`);
}

const pieceBytes = 4 * 1024 * 1024;

/**
 * What a regular file of at most so many bytes holds. `onPiece` is called between the pieces that it is read in, and may throw.
 * Throws errno errors, and where it is another kind of file or larger.
 */
export function readForeign(path: string, mostBytes: number, onPiece?: () => void): Buffer {
  const { fd, sizeBytes } = openForeign(path);
  try {
    if (sizeBytes > mostBytes) throw new UnfitFile(`${path} has more than ${mostBytes} bytes`);
    const bytes = Buffer.allocUnsafe(sizeBytes);
    let held = 0;
    for (let read = -1; read !== 0 && held < sizeBytes; held += read) {
      read = readSync(fd, bytes, held, Math.min(sizeBytes - held, pieceBytes), held);
      onPiece?.();
    }
    return bytes.subarray(0, held);
  } finally {
    closeSync(fd);
  }
}
