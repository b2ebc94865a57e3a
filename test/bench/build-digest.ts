// Which build a bench is about: one digest over a directory's files.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** SHA-256 over the names and bytes of all files below a directory, in hexadecimal. */
export function digestBelow(directory: string): string {
  const all = createHash('sha256');
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) {
    const bytes = createHash('sha256').update(readFileSync(file)).digest('hex');
    all.update(`${path.relative(directory, file)}\0${bytes}\n`);
  }
  return all.digest('hex');
}
