// The tables of README.md that a run writes: each stands between a pair of markers.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './repository.js';

type Table = 'attacks' | 'bench' | 'levels' | 'orders' | 'signing';

/** What stands between the markers of a table now. Throws when they are missing. */
export function readmeTable(name: Table): string {
  return cutAt(readFileSync(path.join(repositoryRoot, 'README.md'), 'utf8'), name)[1].trim();
}

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. Throws when they are missing: a table must not be lost silently. */
export function writeReadmeTable(name: Table, table: string): void {
  const file = path.join(repositoryRoot, 'README.md');
  const [before, , after] = cutAt(readFileSync(file, 'utf8'), name);
  writeFileSync(file, `${before}\n${table}\n${after}`);
}

/** The file up to the end of the first marker, what is between them, and the rest. */
function cutAt(text: string, name: Table): [string, string, string] {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`README.md lacks ${begin} … ${end}`);
  return [text.slice(0, from + begin.length), text.slice(from + begin.length, to), text.slice(to)];
}
