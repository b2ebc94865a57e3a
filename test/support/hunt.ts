// The hunt for real secrets: every place a box touches, every common spelling of a value. It shares no code with src/: what
// tradebox overlooks must not be overlooked here for the same reason.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execPlanAt, isolationOf } from '../../src/sandbox/isolation/level-of.js';
import { docker, dockerBytes, inspectBox } from './docker.js';

/** Where a secret was found, and how it was spelled there. Never holds the value itself. */
export interface Finding {
  place: string;
  /** Name of the secret. */
  secret: string;
  spelling: string;
}

/** A place's name and its bytes. */
export interface Place {
  name: string;
  bytes: Buffer;
}

/** The spellings of a value that a leak may have: raw, base64 in every alignment, hex, percent, JSON, reversed. */
export function spellingsOf(value: string): Record<string, Buffer> {
  const bytes = Buffer.from(value, 'utf8');
  const percent = (hexOf: (byte: number) => string) => [...bytes].map((byte) => `%${hexOf(byte)}`).join('');
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  const texts: Record<string, string> = {
    raw: value,
    'hex lower': bytes.toString('hex'),
    'hex upper': bytes.toString('hex').toUpperCase(),
    'percent, all, lower': percent(hex),
    'percent, all, upper': percent((byte) => hex(byte).toUpperCase()),
    'percent, component': encodeURIComponent(value),
    'form field': new URLSearchParams({ v: value }).toString().slice(2),
    'JSON string': JSON.stringify(value).slice(1, -1),
    'utf-16le': '',
    reversed: [...value].reverse().join(''),
  };
  for (const alignment of [0, 1, 2]) {
    const text = alignedBase64(bytes, alignment);
    texts[`base64 at ${alignment}`] = text;
    texts[`base64url at ${alignment}`] = text.replaceAll('+', '-').replaceAll('/', '_');
  }
  const spellings: Record<string, Buffer> = {};
  for (const [name, text] of Object.entries(texts)) {
    const needle = name === 'utf-16le' ? Buffer.from(value, 'utf16le') : Buffer.from(text, 'utf8');
    const isKnown = Object.values(spellings).some((other) => other.equals(needle));
    if (!isKnown) spellings[name] = needle;
  }
  return spellings;
}

/** Looks for every spelling of every secret in every place. Throws on a secret too short to be told from chance. */
export function hunt(secrets: Readonly<Record<string, string>>, places: Iterable<Place>): Finding[] {
  const needles = Object.entries(secrets).flatMap(([secret, value]) => {
    if (value.length < 8) throw new Error(`the secret ${secret} is too short to hunt for`);
    return Object.entries(spellingsOf(value)).map(([spelling, needle]) => ({ secret, spelling, needle }));
  });
  // A large place comes in pieces of one name: what is in two of them is found once.
  const findings = new Map<string, Finding>();
  for (const { name, bytes } of places) {
    for (const { secret, spelling, needle } of needles) {
      if (bytes.includes(needle))
        findings.set(JSON.stringify([name, secret, spelling]), { place: name, secret, spelling });
    }
  }
  return [...findings.values()];
}

/** What the engine tells of a box: inspect of containers, networks and images, image history, logs. */
export function* engineViews(box: string): Generator<Place> {
  const { agent, sidecar } = inspectBox(box);
  for (const [role, container] of Object.entries({ agent, sidecar })) {
    yield place(`docker inspect ${role}`, docker('inspect', container.Id));
    yield place(`docker logs ${role}`, logsOf(container.Id));
    yield place(`docker diff ${role}`, docker('diff', container.Id));
    yield place(
      `docker history of ${role}'s image`,
      docker('history', '--no-trunc', '--format', '{{json .}}', container.Image),
    );
    yield place(`docker image inspect of ${role}'s image`, docker('image', 'inspect', container.Image));
  }
  for (const network of Object.keys({
    ...agent.NetworkSettings.Networks,
    ...sidecar.NetworkSettings.Networks,
  })) {
    yield place(`docker network inspect ${network}`, docker('network', 'inspect', network));
  }
}

/** The whole file systems of both containers, as tar bytes in pieces, and what only the agent sees. */
export function* fileSystems(box: string): Generator<Place> {
  const { agent, sidecar } = inspectBox(box);
  yield* exported('docker export agent', agent.Id);
  yield* exported('docker export sidecar', sidecar.Id);
  yield* agentFiles(box);
}

/** By way of a file, so that no more than a piece of it is in memory. */
function* exported(name: string, container: string): Generator<Place> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tradebox-export-'));
  try {
    const file = path.join(directory, 'export.tar');
    docker('export', '--output', file, container);
    yield* filePieces(name, file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A file in pieces, each with the beginning of the next: a value on their edge is whole in the first. */
export function* filePieces(name: string, file: string, piece = pieceBytes): Generator<Place> {
  const opened = openSync(file, 'r');
  try {
    const { size } = statSync(file);
    for (let at = 0; at < size; at += piece) {
      const bytes = Buffer.alloc(Math.min(size - at, piece + pageBytes));
      const count = readSync(opened, bytes, 0, bytes.length, at);
      if (count !== bytes.length) throw new Error(`${name}: ${count} of ${bytes.length} bytes at ${at}`);
      yield { name, bytes };
    }
  } finally {
    closeSync(opened);
  }
}

/**
 * Files that the agent itself finds to have changed since its container was made: of memory file systems and of gVisor's own /tmp the
 * engine exports nothing, and of a machine's disk blocks in any order.
 */
export function* agentFiles(box: string): Generator<Place> {
  const { agent } = inspectBox(box);
  const since = Math.floor(Date.parse(agent.Created) / 1000) - 1;
  const places = `awk '$3 !~ /^(proc|sysfs|devpts|devtmpfs|mqueue|cgroup2?)$/ { print $2 }' /proc/mounts`;
  // find believes the directory, which calls a console that is mounted over a plain file one: `test` asks again.
  const each = `for file; do [ -f "$file" ] && cat "$file"; done`;
  const found = `find / $(${places}) -xdev -type f -newerct @${since} -exec sh -c '${each}' sh {} +`;
  const script = `${found} 2>/dev/null; true`;
  yield { name: 'files that the agent sees', bytes: inAgent(box, script) };
}

/**
 * Environment, arguments and, as root, the writable memory of every process of the agent container, read from the host: the agent's
 * own at `container`, gVisor's kernel with theirs in it at `gvisor`, the whole machine at `vm`. Throws when there is none.
 */
export function* agentProcesses(box: string): Generator<Place> {
  const { agent } = inspectBox(box);
  // An engine without root on cgroup v1 puts them into no group of their own.
  const space = processSpace(agent.State.Pid);
  const isOwn = (pid: string) =>
    (readIfThere(`/proc/${pid}/cgroup`)?.includes(agent.Id) ?? false) ||
    (space !== undefined && processSpace(pid) === space);
  const own = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOwn(name));
  if (own.length === 0) throw new Error(`no process of ${agent.Name} can be seen from here`);
  let memoryBytes = 0;
  for (const pid of own) {
    for (const file of ['environ', 'cmdline']) {
      const bytes = readIfThere(`/proc/${pid}/${file}`);
      if (bytes !== undefined) yield { name: `agent /proc/${pid}/${file}`, bytes };
    }
    // Of the memory of others only root reads.
    if (process.getuid?.() !== 0) continue;
    for (const bytes of writableMemory(pid)) {
      memoryBytes += bytes.length;
      yield { name: `memory of agent process ${pid}`, bytes };
    }
  }
  if (process.getuid?.() === 0 && memoryBytes === 0) {
    throw new Error(`no memory of the processes ${own.join(', ')} of ${agent.Name} could be read`);
  }
}

/** The PID namespace of a process; undefined where it is this program's own, or may not be seen. */
function processSpace(pid: string | number): string | undefined {
  try {
    const space = readlinkSync(`/proc/${pid}/ns/pid`);
    return space === readlinkSync('/proc/self/ns/pid') ? undefined : space;
  } catch {
    return undefined;
  }
}

/** What the agent itself can read of its processes. */
export function* agentProc(box: string): Generator<Place> {
  const script = 'cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/[0-9]*/maps 2>/dev/null; true';
  yield { name: "the agent's own /proc", bytes: inAgent(box, script) };
}

/** What a line of shell prints where the agent is: at `vm` the engine's own exec would end in the container around its machine. */
function inAgent(box: string, script: string): Buffer {
  const { agent } = inspectBox(box);
  const plan = { argv: ['sh', '-c', script], hasTerminal: false, hasStdin: false };
  const { argv } = execPlanAt(isolationOf(agent.Config.Labels), plan);
  return dockerBytes('exec', agent.Id, ...argv);
}

/** Every regular file below a directory of the host. */
export function* filesBelow(directory: string, label: string): Generator<Place> {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = readIfThere(file);
    if (bytes !== undefined) yield { name: `${label}: ${path.relative(directory, file)}`, bytes };
  }
}

/** Files of a temporary directory that changed since `sinceMs`; other people's big files (over 64 MB) are left out. */
export function* recentFiles(directory: string, sinceMs: number): Generator<Place> {
  for (const found of walk(directory)) {
    const stats = statIfThere(found);
    if (stats === undefined || stats.mtimeMs < sinceMs || stats.size > 64 * 1024 * 1024) continue;
    const bytes = readIfThere(found);
    if (bytes !== undefined) yield { name: `host temp file ${found}`, bytes };
  }
}

export function place(name: string, text: string): Place {
  return { name, bytes: Buffer.from(text, 'utf8') };
}

/** Base64 of a value that starts `alignment` bytes into a group of three; the characters that depend on neighbours are cut. */
function alignedBase64(bytes: Buffer, alignment: number): string {
  const padded = Buffer.concat([Buffer.alloc(alignment), bytes]);
  const whole = padded.subarray(0, padded.length - (padded.length % 3));
  return whole.toString('base64').slice(alignment === 0 ? 0 : 4);
}

/** Both streams of a container's log. */
function logsOf(container: string): string {
  return execFileSync('sh', ['-c', 'exec docker logs "$0" 2>&1', container], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
}

/** The writable memory of a process in pieces; none when it has ended. Throws what else keeps it from being read. */
function* writableMemory(pid: string): Generator<Buffer> {
  const maps = readIfThere(`/proc/${pid}/maps`)?.toString('utf8') ?? '';
  const opened: number[] = [];
  try {
    const memory = openSync(`/proc/${pid}/mem`, 'r');
    opened.push(memory);
    const pagemap = openSync(`/proc/${pid}/pagemap`, 'r');
    opened.push(pagemap);
    for (const line of maps.split('\n')) {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      if (match === null) continue;
      const [from, to] = [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16)];
      // One page more: a value on the edge of two pieces is whole in the first.
      for (let at = from; at < to; at += pieceBytes)
        yield* runsOf(memory, pagemap, at, Math.min(to, at + pieceBytes + pageBytes));
    }
  } catch (error) {
    if (!hasEnded(pid)) throw error;
  } finally {
    for (const file of opened) closeSync(file);
  }
}

/** A process that is gone, or only waits to be collected, has no memory. */
function hasEnded(pid: string): boolean {
  const stat = readIfThere(`/proc/${pid}/stat`)?.toString('latin1');
  return stat === undefined || /\) [ZX] [^)]*$/.test(stat);
}

const pageBytes = 4096;
const pieceBytes = 64 * 1024 * 1024;

/** What is there between two addresses. To read a page of shared memory that nobody has used yet would make it. */
function* runsOf(memory: number, pagemap: number, from: number, to: number): Generator<Buffer> {
  const entries = Buffer.alloc(((to - from) / pageBytes) * 8);
  const count = readSync(pagemap, entries, 0, entries.length, (from / pageBytes) * 8) / 8;
  // Documentation/admin-guide/mm/pagemap.rst: bit 63 is "present", bit 62 "swapped".
  const isThere = (page: number) => page < count && ((entries[page * 8 + 7] ?? 0) & 0xc0) !== 0;
  for (let page = 0; page < count; page += 1) {
    const first = page;
    while (isThere(page)) page += 1;
    if (page === first) continue;
    const bytes = Buffer.alloc((page - first) * pageBytes);
    try {
      readSync(memory, bytes, 0, bytes.length, from + first * pageBytes);
    } catch {
      continue; // it is gone by now
    }
    yield bytes;
  }
}

function* walk(directory: string): Generator<string> {
  let entries: ReturnType<typeof listOf>;
  try {
    entries = listOf(directory);
  } catch {
    return;
  }
  for (const entry of entries) {
    const full = path.join(directory, entry.name);
    if (entry.isDirectory()) yield* walk(full);
    else if (entry.isFile()) yield full;
  }
}

function listOf(directory: string) {
  return readdirSync(directory, { withFileTypes: true });
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    // It is gone, or belongs to somebody else.
    return undefined;
  }
}

function statIfThere(file: string) {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}
