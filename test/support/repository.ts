// Where the repository lies and which files it holds; the layout and boundary tests read the tree through this.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const repositoryRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Paths below `src/` that end in `.ts`, relative to the root, sorted. */
export function sourceFiles(): string[] {
  return filesBelow('src').filter((file) => file.endsWith('.ts'));
}

/** All files below a directory, relative to the root, sorted. */
export function filesBelow(directory: string): string[] {
  const top = path.join(repositoryRoot, directory);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(repositoryRoot, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Files that are or would be committed: tracked ones plus untracked ones that .gitignore lets through. */
export function committableFiles(): string[] {
  const listing = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  return [...new Set(listing.split('\0'))].filter(
    (file) => file !== '' && existsSync(path.join(repositoryRoot, file)),
  );
}

/** The text of a file of the repository. */
export function textOf(file: string): string {
  return readFileSync(path.join(repositoryRoot, file), 'utf8');
}
