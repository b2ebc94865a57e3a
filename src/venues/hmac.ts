// HMAC (RFC 2104) by one-shot hashes: createHmac fetches its algorithm by name at every call, several times the work of hashing.
import { hash } from 'node:crypto';

/** Sizes in bytes of a block and of a digest (FIPS 180-4 figure 1). */
const sizes = { sha256: { block: 64, digest: 32 }, sha512: { block: 128, digest: 64 } } as const;

export type HmacHash = keyof typeof sizes;

/** The MAC of the parts one after the other; texts count as UTF-8. */
export function hmac(
  algorithm: HmacHash,
  key: string | Buffer,
  parts: readonly (string | Buffer)[],
  encoding: 'hex' | 'base64',
): string {
  const { space, end, outer } = layOut(algorithm, key, parts);
  const mac = hash(algorithm, outer, encoding);
  wipe(space, end);
  return mac;
}

/** The same as bytes. */
export function hmacBytes(
  algorithm: HmacHash,
  key: string | Buffer,
  parts: readonly (string | Buffer)[],
): Buffer {
  const { space, end, outer } = layOut(algorithm, key, parts);
  const mac = hash(algorithm, outer, 'buffer');
  wipe(space, end);
  return mac;
}

/** Most messages are laid out here, where they need no memory of their own. Every call leaves zeros behind. */
const scratch = Buffer.alloc(2048);

/** What the MAC is the hash of, where the message was laid out in `scratch`. */
const outers = {
  sha256: scratch.subarray(0, sizes.sha256.block + sizes.sha256.digest),
  sha512: scratch.subarray(0, sizes.sha512.block + sizes.sha512.digest),
};

/** `outer` is what the MAC is the hash of; up to `end` all of `space` holds the key or the message. */
function layOut(
  algorithm: HmacHash,
  key: string | Buffer,
  parts: readonly (string | Buffer)[],
): { space: Buffer; end: number; outer: Buffer } {
  const { block, digest } = sizes[algorithm];
  const innerAt = block + digest;
  const messageAt = innerAt + block;
  let most = Math.max(messageAt, innerAt + mostBytes(key));
  for (const part of parts) most += mostBytes(part);
  const space = most <= scratch.length ? scratch : Buffer.alloc(most);
  const keyEnd = innerAt + put(space, key, innerAt);
  let keyBytes = keyEnd - innerAt;
  if (keyBytes > block)
    keyBytes = space.write(hash(algorithm, space.subarray(innerAt, keyEnd), 'binary'), innerAt, 'latin1');
  for (let at = 0; at < block; at += 1) {
    const byte = at < keyBytes ? (space[innerAt + at] ?? 0) : 0;
    space[at] = byte ^ 0x5c;
    space[innerAt + at] = byte ^ 0x36;
  }
  let end = messageAt;
  for (const part of parts) end += put(space, part, end);
  space.write(hash(algorithm, space.subarray(innerAt, end), 'binary'), block, 'latin1');
  const outer = space === scratch ? outers[algorithm] : space.subarray(0, innerAt);
  return { space, end: Math.max(end, keyEnd), outer };
}

/** Zeros up to `end`: for a few hundred bytes `fill` costs more to call than to run. */
function wipe(space: Buffer, end: number): void {
  for (let at = 0; at < end; at += 1) space[at] = 0;
}

/** A UTF-16 unit takes at most three bytes in UTF-8. */
function mostBytes(part: string | Buffer): number {
  return typeof part === 'string' ? part.length * 3 : part.length;
}

/** Writes the part at `at` and says how many bytes it took. */
function put(space: Buffer, part: string | Buffer, at: number): number {
  if (typeof part === 'string') return part === '' ? 0 : space.write(part, at);
  if (part.length > 0) space.set(part, at);
  return part.length;
}
