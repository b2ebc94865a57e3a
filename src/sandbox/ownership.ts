// Gives directories to the user who writes them in a container: only root can, and only then is it somebody else.
import { lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAbsent } from '../config/private-files.js';

/**
 * Gives a directory and all in it. What vanishes meanwhile needs no owner: a sidecar that ends takes its locks away.
 * `give` is for tests.
 */
export function giveTree(
  dir: string,
  { uid, gid }: { uid: number; gid: number },
  give: (path: string, uid: number, gid: number) => void = lchownSync,
): void {
  if (process.getuid?.() !== 0) return;
  give(dir, uid, gid);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) {
      giveTree(path, { uid, gid }, give);
      continue;
    }
    try {
      give(path, uid, gid);
    } catch (thrown) {
      if (!isAbsent(thrown)) throw thrown;
    }
  }
}
