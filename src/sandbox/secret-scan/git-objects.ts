// Reads what git stores compressed: loose objects and packs (git's Documentation/gitformat-pack.adoc). No git needed, nothing is run.
import { inflateSync } from 'node:zlib';
import { errnoOf } from '../../config/private-files.js';
import { readForeign, UnfitFile } from '../foreign-file.js';

const loosePath = /\.git\/(?:.*\/)?objects\/[0-9a-f]{2}\/[0-9a-f]{38,62}$/;
const packPath = /\.git\/(?:.*\/)?objects\/pack\/pack-[0-9a-f]+\.pack$/;
/** Bigger packs and objects are not read. */
const mostPackBytes = 512 * 1024 * 1024;
const mostObjectBytes = 64 * 1024 * 1024;

/** A pack or an object is larger than what is read here. */
export class TooLarge extends Error {}

/** Looks at the clock, and throws when the time is up. */
type CheckTime = () => void;

/** The one object of a loose object's file; undefined when it isn't one. Throws TooLarge, and what `checkTime` throws. */
export function looseObject(path: string, checkTime?: CheckTime): Iterable<Buffer> | undefined {
  if (!loosePath.test(path)) return undefined;
  const content = inflateAt(readWhole(path, mostObjectBytes, checkTime), 0);
  return content === undefined ? [] : [content.bytes];
}

/** Every object of a pack: whole ones, and the literal parts of deltas. Undefined when it isn't a pack. Throws as `looseObject`. */
export function packedObjects(path: string, checkTime?: CheckTime): Iterable<Buffer> | undefined {
  if (!packPath.test(path)) return undefined;
  return objectsOf(readWhole(path, mostPackBytes, checkTime));
}

function readWhole(path: string, mostBytes: number, checkTime: CheckTime | undefined): Buffer {
  try {
    return readForeign(path, mostBytes, checkTime);
  } catch (thrown) {
    throw thrown instanceof UnfitFile ? new TooLarge() : thrown;
  }
}

const types = { offsetDelta: 6, referenceDelta: 7 } as const;

function* objectsOf(pack: Buffer): Generator<Buffer> {
  if (pack.length < 12 || pack.toString('latin1', 0, 4) !== 'PACK') return;
  const count = pack.readUInt32BE(8);
  let at = 12;
  for (let index = 0; index < count; index += 1) {
    const type = ((pack[at] ?? 0) >> 4) & 7;
    at = skipVariable(pack, at); // type and size
    if (type === types.offsetDelta) at = skipVariable(pack, at);
    else if (type === types.referenceDelta) at += 20;
    const content = inflateAt(pack, at);
    if (content === undefined) return; // not a pack as we know it: the rest can't be found
    yield content.bytes;
    at += content.consumed;
  }
}

/** Numbers of seven bits a byte; the top bit says that another follows. */
function skipVariable(bytes: Buffer, from: number): number {
  let at = from;
  while (((bytes[at] ?? 0) & 0x80) !== 0) at += 1;
  return at + 1;
}

function inflateAt(bytes: Buffer, at: number): { bytes: Buffer; consumed: number } | undefined {
  try {
    // With `info` Node also gives the engine, which has counted the input it used.
    const result = inflateSync(bytes.subarray(at), {
      info: true,
      maxOutputLength: mostObjectBytes,
    }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return { bytes: result.buffer, consumed: result.engine.bytesWritten };
  } catch (thrown) {
    if (errnoOf(thrown) === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge();
    return undefined;
  }
}
