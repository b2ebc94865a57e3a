// Which directories a repository's index calls repositories of their own (submodules). `git status` and `git diff` at the top run a
// git in each of them, which executes what *their* configuration names (core.fsmonitor), whatever the top's says.
// Format: git's Documentation/gitformat-index.adoc, versions 2 to 4.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAbsent } from '../../config/private-files.js';
import { readForeign } from './foreign-file.js';

const gitLinkMode = 0o160000;
const knownModes = new Set([0o040000, 0o100644, 0o100755, 0o120000, gitLinkMode]);
/** Told in a link's place: git on this machine may read what this program cannot. */
export const unreadableIndex = 'an index that cannot be read';
/** Some two million files. */
const mostIndexBytes = 256 * 1024 * 1024;
const headerBytes = 12;
/** Of an entry, before its object id: times, device, inode, mode, owner, size. */
const statBytes = 40;
const modeAt = 24;
const extendedFlag = 0x4000;
/** SHA-1 or SHA-256: the index does not say which. */
const idSizes = [20, 32];

/** Paths of all links in the index of a git directory, and in the parts it shares (split index); `unreadableIndex` among them where one cannot be read. */
export function gitLinksIn(gitDir: string): string[] {
  let names: string[];
  try {
    names = readdirSync(gitDir).filter((name) => name === 'index' || name.startsWith('sharedindex.'));
  } catch {
    return [];
  }
  return [...new Set(names.flatMap((name) => linksOfFile(join(gitDir, name))))].sort();
}

function linksOfFile(path: string): string[] {
  try {
    return linksOf(readForeign(path, mostIndexBytes));
  } catch (thrown) {
    return isAbsent(thrown) ? [] : [unreadableIndex];
  }
}

/** Of an index's bytes. */
export function linksOf(index: Buffer): string[] {
  if (index.length < headerBytes || index.toString('latin1', 0, 4) !== 'DIRC') return [];
  for (const idBytes of idSizes) {
    const links = readEntries(index, idBytes);
    if (links !== undefined) return links;
  }
  return [];
}

/** Undefined when the entries do not lie as they should. */
function readEntries(index: Buffer, idBytes: number): string[] | undefined {
  const version = index.readUInt32BE(4);
  const count = index.readUInt32BE(8);
  const links: string[] = [];
  let previous = Buffer.alloc(0);
  let at = headerBytes;
  for (let entry = 0; entry < count; entry += 1) {
    const flagsAt = at + statBytes + idBytes;
    if (flagsAt + 2 > index.length) return undefined;
    const mode = index.readUInt32BE(at + modeAt);
    if (!knownModes.has(mode)) return undefined;
    const isExtended = (index.readUInt16BE(flagsAt) & extendedFlag) !== 0;
    let nameAt = flagsAt + (isExtended ? 4 : 2);
    let kept = Buffer.alloc(0);
    if (version === 4) {
      const dropped = variableAt(index, nameAt);
      if (dropped.value > previous.length) return undefined;
      kept = previous.subarray(0, previous.length - dropped.value);
      nameAt = dropped.next;
    }
    const end = index.indexOf(0, nameAt);
    if (end < 0) return undefined;
    const name = Buffer.concat([kept, index.subarray(nameAt, end)]);
    if (mode === gitLinkMode) links.push(name.toString('utf8'));
    previous = name;
    // One to eight NULs, so that an entry is a multiple of eight bytes; version 4 has one.
    at = version === 4 ? end + 1 : at + (Math.floor((end - at) / 8) + 1) * 8;
  }
  return links;
}

/** The number of gitformat-pack's offsets: seven bits a byte, the most significant first, each further byte adding one. */
function variableAt(bytes: Buffer, from: number): { value: number; next: number } {
  let at = from;
  let byte = bytes[at] ?? 0;
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    at += 1;
    byte = bytes[at] ?? 0;
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next: at + 1 };
}
