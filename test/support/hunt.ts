// The hunt for real secrets: every place a box touches, every common spelling of a value. It shares no code with src/: what
// tradebox overlooks must not be overlooked here for the same reason.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
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
  const findings: Finding[] = [];
  for (const { name, bytes } of places) {
    for (const { secret, spelling, needle } of needles) {
      if (bytes.includes(needle)) findings.push({ place: name, secret, spelling });
    }
  }
  return findings;
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

/** The whole file systems of both containers, as tar bytes. */
export function* fileSystems(box: string): Generator<Place> {
  const { agent, sidecar } = inspectBox(box);
  yield { name: 'docker export agent', bytes: dockerBytes('export', agent.Id) };
  yield { name: 'docker export sidecar', bytes: dockerBytes('export', sidecar.Id) };
}

/** Environment, arguments and, as root, the writable memory of every process in the agent container, read from the host. */
export function* agentProcesses(box: string): Generator<Place> {
  const { agent } = inspectBox(box);
  for (const pid of docker('top', agent.Id, '-eo', 'pid').split('\n').slice(1)) {
    const id = pid.trim();
    for (const file of ['environ', 'cmdline']) {
      const bytes = readIfThere(`/proc/${id}/${file}`);
      if (bytes !== undefined) yield { name: `agent /proc/${id}/${file}`, bytes };
    }
    yield { name: `memory of agent process ${id}`, bytes: writableMemory(id) };
  }
}

/** What the agent itself can read of its processes. */
export function* agentProc(box: string): Generator<Place> {
  const { agent } = inspectBox(box);
  const script = 'cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/[0-9]*/maps 2>/dev/null; true';
  yield { name: "the agent's own /proc", bytes: dockerBytes('exec', agent.Id, 'sh', '-c', script) };
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

/** The private writable memory of a process; empty when the host does not let us read it (not root) or it has ended. */
function writableMemory(pid: string): Buffer {
  const maps = readIfThere(`/proc/${pid}/maps`)?.toString('utf8') ?? '';
  let memory: number;
  try {
    memory = openSync(`/proc/${pid}/mem`, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const parts = maps.split('\n').flatMap((line) => {
      const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      if (match === null) return [];
      const from = BigInt(`0x${match[1]}`);
      const size = Number(BigInt(`0x${match[2]}`) - from);
      const bytes = Buffer.alloc(Math.min(size, 64 * 1024 * 1024));
      try {
        return [bytes.subarray(0, readSync(memory, bytes, 0, bytes.length, from))];
      } catch {
        // A hole in the mapping, such as a guard page.
        return [];
      }
    });
    return Buffer.concat(parts);
  } finally {
    closeSync(memory);
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
