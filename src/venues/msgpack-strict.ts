// D1, D2: MessagePack read one way only, as the JSON of the same values, or refused. (github.com/msgpack/msgpack, spec.md)
// Our own, because libraries make room for whatever length a header announces and keep the last of two members.
import { JsonNumber, type StrictJson, type StrictObject } from './json-strict.js';
import { packMessage } from './msgpack.js';

export type StrictMessageResult = { ok: true; value: StrictJson } | { ok: false; message: string };

/** Deepest nesting of lists and maps, and most values, as of strict JSON. */
const maxDepth = 8;
const maxValues = 20_000;

/**
 * Reads one whole message: nil, booleans, integers, texts, lists, and maps by text. Binary values, extensions and floats have
 * no JSON of their own and are refused, and so is every message that another writer would have written in other bytes:
 * longer headers than needed, bytes behind it, text that is not UTF-8, a member named twice. Never throws on its input.
 */
export function parseStrictMessage(bytes: Buffer): StrictMessageResult {
  try {
    const value = new Reader(bytes).readAll();
    return packMessage(value).equals(bytes)
      ? { ok: true, value }
      : refused('a value is not in its shortest form');
  } catch (thrown) {
    if (thrown instanceof Unreadable) return refused(thrown.message);
    throw thrown;
  }
}

const refused = (message: string): StrictMessageResult => ({ ok: false, message });

class Unreadable extends Error {}

class Reader {
  #at = 0;
  #values = 0;

  constructor(private readonly bytes: Buffer) {}

  readAll(): StrictJson {
    const value = this.#read(0);
    if (this.#at !== this.bytes.length) throw new Unreadable('bytes follow the message');
    return value;
  }

  #read(depth: number): StrictJson {
    this.#values += 1;
    if (this.#values > maxValues) throw new Unreadable(`more than ${maxValues} values`);
    const tag = Number(this.#unsigned(1));
    if (tag < 0x80) return new JsonNumber(String(tag));
    if (tag < 0x90) return this.#map(tag & 0x0f, depth + 1);
    if (tag < 0xa0) return this.#list(tag & 0x0f, depth + 1);
    if (tag < 0xc0) return this.#text(tag & 0x1f);
    if (tag >= 0xe0) return new JsonNumber(String(tag - 0x100));
    if (tag === 0xc0) return null;
    if (tag === 0xc2 || tag === 0xc3) return tag === 0xc3;
    if (tag >= 0xcc && tag <= 0xcf) return new JsonNumber(String(this.#unsigned(1 << (tag - 0xcc))));
    if (tag >= 0xd0 && tag <= 0xd3) {
      const sizeBytes = 1 << (tag - 0xd0);
      return new JsonNumber(String(BigInt.asIntN(sizeBytes * 8, this.#unsigned(sizeBytes))));
    }
    if (tag >= 0xd9 && tag <= 0xdb) return this.#text(Number(this.#unsigned(1 << (tag - 0xd9))));
    if (tag === 0xdc || tag === 0xdd)
      return this.#list(Number(this.#unsigned(tag === 0xdc ? 2 : 4)), depth + 1);
    if (tag === 0xde || tag === 0xdf)
      return this.#map(Number(this.#unsigned(tag === 0xde ? 2 : 4)), depth + 1);
    throw new Unreadable('a binary value, an extension or a float');
  }

  #map(size: number, depth: number): StrictObject {
    this.#enter(size, depth);
    const members = new Map<string, StrictJson>();
    for (let left = size; left > 0; left -= 1) {
      const key = this.#read(depth);
      if (typeof key !== 'string') throw new Unreadable('a member is not named by a text');
      if (members.has(key)) throw new Unreadable('a map names a member twice');
      members.set(key, this.#read(depth));
    }
    return members;
  }

  #list(size: number, depth: number): readonly StrictJson[] {
    this.#enter(size, depth);
    const elements: StrictJson[] = [];
    for (let left = size; left > 0; left -= 1) elements.push(this.#read(depth));
    return elements;
  }

  /** What follows takes a byte a value at least. */
  #enter(size: number, depth: number): void {
    if (depth > maxDepth) throw new Unreadable(`nested deeper than ${maxDepth}`);
    if (size > this.bytes.length - this.#at) throw new Unreadable('a list or map is cut off');
  }

  #text(sizeBytes: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.#take(sizeBytes));
    } catch (thrown) {
      throw thrown instanceof Unreadable ? thrown : new Unreadable('a text is not UTF-8');
    }
  }

  #unsigned(sizeBytes: number): bigint {
    return BigInt(`0x${this.#take(sizeBytes).toString('hex')}`);
  }

  #take(sizeBytes: number): Buffer {
    const end = this.#at + sizeBytes;
    if (end > this.bytes.length) throw new Unreadable('the message is cut off');
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
