// MessagePack of a strict JSON value: members in the order they were written, integers in the fewest bytes.
// Hyperliquid hashes these bytes (hyperliquid-python-sdk utils/signing.py action_hash), Alpaca's data sockets carry them: one encoding or none.
import { JsonNumber, type StrictJson, type StrictObject } from './json-strict.js';

/** Thrown for a number that has no single encoding: fractions, exponents, -0, and what 64 bits do not hold. */
export class NotPackable extends Error {}

export function packMessage(value: StrictJson): Buffer {
  const parts: Buffer[] = [];
  pack(value, parts);
  return Buffer.concat(parts);
}

function pack(value: StrictJson, parts: Buffer[]): void {
  if (value === null) parts.push(Buffer.of(0xc0));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xc3 : 0xc2));
  else if (value instanceof JsonNumber) parts.push(packInteger(value.text));
  else if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    parts.push(packLength(bytes.length, { fix: 0xa0, fixMax: 31, u8: 0xd9, u16: 0xda, u32: 0xdb }), bytes);
  } else if (value instanceof Map) {
    const members = value as StrictObject;
    parts.push(packLength(members.size, { fix: 0x80, fixMax: 15, u16: 0xde, u32: 0xdf }));
    for (const [key, member] of members) {
      pack(key, parts);
      pack(member, parts);
    }
  } else {
    const elements = value as readonly StrictJson[];
    parts.push(packLength(elements.length, { fix: 0x90, fixMax: 15, u16: 0xdc, u32: 0xdd }));
    for (const element of elements) pack(element, parts);
  }
}

interface LengthTags {
  fix: number;
  fixMax: number;
  u8?: number;
  u16: number;
  u32: number;
}

function packLength(length: number, tags: LengthTags): Buffer {
  if (length <= tags.fixMax) return Buffer.of(tags.fix | length);
  if (tags.u8 !== undefined && length <= 0xff) return Buffer.of(tags.u8, length);
  if (length <= 0xffff) return tagged(tags.u16, 2, BigInt(length));
  return tagged(tags.u32, 4, BigInt(length));
}

function packInteger(text: string): Buffer {
  if (!/^(?:0|-?[1-9]\d{0,19})$/.test(text)) throw new NotPackable('not a whole number');
  const value = BigInt(text);
  if (value >= 0n) {
    if (value < 0x80n) return Buffer.of(Number(value));
    if (value <= 0xffn) return tagged(0xcc, 1, value);
    if (value <= 0xffffn) return tagged(0xcd, 2, value);
    if (value <= 0xffffffffn) return tagged(0xce, 4, value);
    if (value <= 0xffffffffffffffffn) return tagged(0xcf, 8, value);
    throw new NotPackable('larger than 64 bits');
  }
  if (value >= -32n) return Buffer.of(Number(0x100n + value));
  if (value >= -0x80n) return tagged(0xd0, 1, value);
  if (value >= -0x8000n) return tagged(0xd1, 2, value);
  if (value >= -0x80000000n) return tagged(0xd2, 4, value);
  if (value >= -0x8000000000000000n) return tagged(0xd3, 8, value);
  throw new NotPackable('smaller than 64 bits');
}

function tagged(tag: number, sizeBytes: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  const kept = bytes.subarray(9 - sizeBytes);
  return Buffer.concat([Buffer.of(tag), kept]);
}
