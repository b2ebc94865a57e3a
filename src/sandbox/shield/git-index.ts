// Which directories a repository's index calls repositories of their own (submodules). `git status` and `git diff` at the top run a
// git in each of them, which executes what *their* configuration names (core.fsmonitor), whatever the top's says.
// Format: git's Documentation/gitformat-index.adoc, versions 2 to 4.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAbsent } from '../../config/private-files.js';
import { readForeign } from '../foreign-file.js';

/** Of a mode what git looks at for the kind of an entry. */
const modeKind = 0o170000;
const gitLinkKind = 0o160000;
/** Told in a link's place: git on this machine may read what this program cannot. */
export const unreadableIndex = 'an index that cannot be read';
/** Some two million files. */
const mostIndexBytes = 256 * 1024 * 1024;
const mostConfigBytes = 1024 * 1024;
const headerBytes = 12;
/** Of an entry, before its object id: times, device, inode, mode, owner, size. */
const statBytes = 40;
const modeAt = 24;
const extendedFlag = 0x4000;
const longestInFlags = 0xfff;

/**
 * Paths of all links in the index of a git directory, and in the parts it shares (split index). `unreadableIndex` is among them where
 * one cannot be read: git on this machine might.
 */
export function gitLinksIn(gitDir: string): string[] {
  try {
    const names = readdirSync(gitDir).filter((name) => name === 'index' || name.startsWith('sharedindex.'));
    const sizes = names.length === 0 ? [] : idSizesOf(gitDir);
    return [...new Set(names.flatMap((name) => linksOfFile(join(gitDir, name), sizes)))].sort();
  } catch (thrown) {
    return isAbsent(thrown) ? [] : [unreadableIndex];
  }
}

/** The index does not say how long its ids are; a repository with other ids than SHA-1 says so in its configuration. */
function idSizesOf(gitDir: string): readonly number[] {
  try {
    return /objectformat\s*=\s*"?sha256/i.test(
      readForeign(join(gitDir, 'config'), mostConfigBytes).toString('latin1'),
    )
      ? [32]
      : [20];
  } catch (thrown) {
    // That of a linked worktree lies elsewhere.
    if (isAbsent(thrown)) return [20, 32];
    throw thrown;
  }
}

function linksOfFile(path: string, idSizes: readonly number[]): string[] {
  try {
    return linksOf(readForeign(path, mostIndexBytes), idSizes);
  } catch (thrown) {
    return isAbsent(thrown) ? [] : [unreadableIndex];
  }
}

/** Of an index's bytes; `idSizes` are those its object ids may have. */
export function linksOf(index: Buffer, idSizes: readonly number[]): string[] {
  for (const idBytes of idSizes) {
    const links = readEntries(index, idBytes);
    if (links !== undefined) return links;
  }
  return [unreadableIndex];
}

/** Undefined when anything lies elsewhere than git writes it: what git reads of such an index is not known. */
function readEntries(index: Buffer, idBytes: number): string[] | undefined {
  if (index.length < headerBytes + idBytes || index.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = index.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const count = index.readUInt32BE(8);
  const contentEnd = index.length - idBytes;
  const links: string[] = [];
  const starts: Start[] = [];
  let previous = Buffer.alloc(0);
  let at = headerBytes;
  for (let entry = 0; entry < count; entry += 1) {
    const flagsAt = at + statBytes + idBytes;
    if (flagsAt + 4 > contentEnd) return undefined;
    const mode = index.readUInt32BE(at + modeAt);
    const flags = index.readUInt16BE(flagsAt);
    let nameAt = flagsAt + ((flags & extendedFlag) === 0 ? 2 : 4);
    let kept = Buffer.alloc(0);
    if (version === 4) {
      const dropped = variableAt(index, nameAt);
      if (dropped.value > previous.length) return undefined;
      kept = previous.subarray(0, previous.length - dropped.value);
      nameAt = dropped.next;
    }
    starts.push({ at, isWhole: kept.length === 0 });
    const end = index.indexOf(0, nameAt);
    if (end < 0 || end >= contentEnd) return undefined;
    const name = Buffer.concat([kept, index.subarray(nameAt, end)]);
    // git takes the length that the flags give, and looks for the end only of a name that is longer than they can say.
    if (Math.min(name.length, longestInFlags) !== (flags & longestInFlags)) return undefined;
    if ((mode & modeKind) === gitLinkKind) links.push(name.toString('utf8'));
    previous = name;
    // One to eight NULs, so that an entry is a multiple of eight bytes; version 4 has one.
    at = version === 4 ? end + 1 : at + (Math.floor((end - at) / 8) + 1) * 8;
  }
  return areExtensionsSound(index.subarray(0, contentEnd), at, starts) ? links : undefined;
}

/** Where an entry begins, and whether its name is given without the previous one's. */
interface Start {
  at: number;
  isWhole: boolean;
}

/** Two extensions tell git where to begin elsewhere than at the first entry: they must name what was read here. */
function areExtensionsSound(content: Buffer, from: number, starts: readonly Start[]): boolean {
  let at = from;
  while (at + 8 <= content.length) {
    const name = content.toString('latin1', at, at + 4);
    const data = content.subarray(at + 8, at + 8 + content.readUInt32BE(at + 4));
    if (name === 'EOIE' && (data.length < 4 || data.readUInt32BE(0) !== from)) return false;
    if (name === 'IEOT' && !areBlocksSound(data, starts)) return false;
    at += 8 + content.readUInt32BE(at + 4);
  }
  return at === content.length;
}

/** Of the table of blocks: a version, then of each block its offset and its number of entries. */
function areBlocksSound(data: Buffer, starts: readonly Start[]): boolean {
  let entry = 0;
  let at = 4;
  for (; at + 8 <= data.length; at += 8) {
    const start = starts[entry];
    if (start?.at !== data.readUInt32BE(at) || !start.isWhole) return false;
    entry += data.readUInt32BE(at + 4);
  }
  return at === data.length && entry === starts.length;
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
