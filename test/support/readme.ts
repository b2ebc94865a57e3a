// The tables of README.md that a run writes: each stands between a pair of markers.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './repository.js';

/** Replaces what stands between `<!-- name:begin -->` and `<!-- name:end -->`. Throws when they are missing: a table must not be lost silently. */
export function writeReadmeTable(name: 'attacks' | 'bench' | 'levels' | 'orders' | 'signing', table: string) {
  const file = path.join(repositoryRoot, 'README.md');
  writeFileSync(file, betweenMarkers(readFileSync(file, 'utf8'), name, table));
}

function betweenMarkers(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`README.md lacks ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
