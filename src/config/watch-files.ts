// Watches files for changes, also those that an editor replaces by renaming and those that are made later. One call for a burst of
// changes.
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Longer than an editor needs from one write of a file to the next, milliseconds; what it left half done by then is read again. */
const debounceMs = 20;

/** Calls `onChange` after the files changed, until the returned function is called. A directory that cannot be watched is passed over. */
export function watchFiles(files: readonly string[], onChange: () => void): () => void {
  const namesByDir = new Map<string, Set<string>>();
  for (const file of files) {
    const dir = dirname(file);
    namesByDir.set(dir, (namesByDir.get(dir) ?? new Set()).add(basename(file)));
  }
  let timer: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = [];
  /** Tells of names in the directory; of a directory that is not there, once it is. */
  const follow = (dir: string, onName: (name: string | null) => void): void => {
    if (!existsSync(dir)) {
      let isThere = false;
      if (dirname(dir) === dir) return;
      follow(dirname(dir), (name) => {
        if (isThere || (name !== null && name !== basename(dir)) || !existsSync(dir)) return;
        isThere = true;
        follow(dir, onName);
        onName(null); // what was made in it before it was watched
      });
      return;
    }
    try {
      const watcher = watch(dir, { persistent: false }, (_event, name) => onName(name));
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // Without a watch, `tradebox policy reload` is still there.
    }
  };
  for (const [dir, names] of namesByDir) {
    follow(dir, (name) => {
      if (name !== null && !names.has(name)) return;
      clearTimeout(timer);
      timer = setTimeout(onChange, debounceMs);
    });
  }
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
