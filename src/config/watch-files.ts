// Watches files for changes, also those that an editor replaces by renaming. One call for a burst of changes.
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

const debounceMs = 50;

/** Calls `onChange` after the files changed, until the returned function is called. A directory that cannot be watched is passed over. */
export function watchFiles(files: readonly string[], onChange: () => void): () => void {
  const namesByDir = new Map<string, Set<string>>();
  for (const file of files) {
    const dir = dirname(file);
    namesByDir.set(dir, (namesByDir.get(dir) ?? new Set()).add(basename(file)));
  }
  let timer: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = [];
  for (const [dir, names] of namesByDir) {
    try {
      const watcher = watch(dir, { persistent: false }, (_event, name) => {
        if (name !== null && !names.has(name)) return;
        clearTimeout(timer);
        timer = setTimeout(onChange, debounceMs);
      });
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // Without a watch, `tradebox policy reload` is still there.
    }
  }
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
