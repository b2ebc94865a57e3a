// E7, S13: looks for real secrets in the working directory before it becomes the agent's, in every spelling the scrubber knows.
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { TradeboxError } from '../core/errors.js';
import { Matcher } from '../core/matcher.js';
import { encodingsOf } from '../core/needles.js';
import type { Secret } from '../core/secret.js';
import { looseObject, packedObjects } from './git-objects.js';

export interface ScanOptions {
  /** Milliseconds after which the search gives up; what is left counts as not searched. */
  budgetMs: number;
}

/** How far the search came. */
export interface ScanReport {
  files: number;
  bytes: number;
  /** False when the time ran out. */
  isComplete: boolean;
  /** Files that could not be opened. */
  unreadable: number;
}

const chunkBytes = 1024 * 1024;
/** A search must not hold up the rest of the program for longer than this, milliseconds. */
const sliceMs = 30;

/** Throws WORKDIR_HOLDS_SECRET with file and line of the first find, never the value. */
export async function scanForSecrets(
  dir: string,
  secrets: readonly { id: string; value: Secret }[],
  options: ScanOptions,
): Promise<ScanReport> {
  const report: ScanReport = { files: 0, bytes: 0, isComplete: true, unreadable: 0 };
  const patterns = secrets.flatMap(({ id, value }) =>
    encodingsOf(value.reveal()).map((bytes) => ({ id, bytes })),
  );
  if (patterns.length === 0) return report;
  const search = new Search(new Matcher(patterns), report);
  const deadline = performance.now() + options.budgetMs;
  let sliceEnd = performance.now() + sliceMs;
  for (const file of filesBelow(dir)) {
    const found = search.inFile(file);
    if (found !== undefined) throw holdsSecret(relative(dir, file), found);
    const now = performance.now();
    if (now > deadline) return { ...report, isComplete: false };
    if (now > sliceEnd) {
      await breathe();
      sliceEnd = performance.now() + sliceMs;
    }
  }
  return report;
}

interface Find {
  id: string;
  /** From 1; undefined where lines mean nothing. */
  line: number | undefined;
  /** Where in the file, when not in its plain bytes. */
  where?: string;
}

class Search {
  readonly #matcher: Matcher;
  readonly #report: ScanReport;
  readonly #chunk: Buffer;

  constructor(matcher: Matcher, report: ScanReport) {
    this.#matcher = matcher;
    this.#report = report;
    this.#chunk = Buffer.alloc(matcher.longest + chunkBytes);
  }

  inFile(path: string): Find | undefined {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      this.#report.unreadable += 1;
      return undefined;
    }
    try {
      this.#report.files += 1;
      return this.#inBytes(file) ?? this.#inGitObjects(path);
    } catch (thrown) {
      if (thrown instanceof TradeboxError) throw thrown;
      this.#report.unreadable += 1;
      return undefined;
    } finally {
      closeSync(file);
    }
  }

  /** Chunk by chunk, keeping as much of the last one as a pattern's beginning may need. */
  #inBytes(file: number): Find | undefined {
    const overlap = Math.max(0, this.#matcher.longest - 1);
    let held = 0;
    let line = 1;
    for (;;) {
      const read = readSync(file, this.#chunk, held, chunkBytes, null);
      if (read === 0) return undefined;
      this.#report.bytes += read;
      const window = this.#chunk.subarray(0, held + read);
      const match = this.#matcher.find(window);
      if (match !== undefined)
        return { id: match.id, line: line + newlines(window.subarray(0, match.index)) };
      const keep = Math.min(overlap, window.length);
      line += newlines(window.subarray(0, window.length - keep));
      window.copyWithin(0, window.length - keep);
      held = keep;
    }
  }

  /** What git keeps is compressed: a secret that was committed once is still there. */
  #inGitObjects(path: string): Find | undefined {
    const objects = looseObject(path) ?? packedObjects(path);
    if (objects === undefined) return undefined;
    for (const content of objects) {
      this.#report.bytes += content.length;
      const match = this.#matcher.find(content);
      if (match !== undefined) return { id: match.id, line: undefined, where: 'in an object of git history' };
    }
    return undefined;
  }
}

/** Regular files, links not followed: inside the box a link leads nowhere else. */
function* filesBelow(dir: string): Generator<string> {
  const pending = [dir];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    let entries: import('node:fs').Dirent[];
    try {
      entries = readdirSync(next, { withFileTypes: true });
    } catch {
      continue; // the agent, running as the same user, can't open it either
    }
    for (const entry of entries) {
      if (entry.isDirectory()) pending.push(join(next, entry.name));
      else if (entry.isFile()) yield join(next, entry.name);
    }
  }
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

function holdsSecret(file: string, find: Find): TradeboxError {
  const place = find.line === undefined ? `${file} (${find.where})` : `${file}:${find.line}`;
  return new TradeboxError(
    'WORKDIR_HOLDS_SECRET',
    `The working directory holds the real secret "${find.id}": ${place}`,
    {
      remedy:
        'Remove it there (the box gives the agent a decoy), and renew the credential if others could read it.',
    },
  );
}
