// HMAC (RFC 2104) by one-shot hashes: createHmac fetches its algorithm by name at every call, several times the work of hashing.
import { hash } from 'node:crypto';

/** Block sizes in bytes (FIPS 180-4 figure 1). */
const blockBytes = { sha256: 64, sha512: 128 } as const;

export type HmacHash = keyof typeof blockBytes;

/** The MAC of the parts one after the other; texts count as UTF-8. */
export function hmac(
  algorithm: HmacHash,
  key: string | Buffer,
  parts: readonly (string | Buffer)[],
  encoding: 'hex' | 'base64',
): string {
  return hash(algorithm, outerMessage(algorithm, key, parts), encoding);
}

/** The same as bytes. */
export function hmacBytes(
  algorithm: HmacHash,
  key: string | Buffer,
  parts: readonly (string | Buffer)[],
): Buffer {
  return hash(algorithm, outerMessage(algorithm, key, parts), 'buffer');
}

/** What the MAC is the hash of. */
function outerMessage(
  algorithm: HmacHash,
  key: string | Buffer,
  parts: readonly (string | Buffer)[],
): Buffer {
  const block = blockBytes[algorithm];
  const given = typeof key === 'string' ? Buffer.from(key) : key;
  const short = given.length > block ? hash(algorithm, given, 'buffer') : given;
  const inner = Buffer.alloc(block, 0x36);
  const outer = Buffer.alloc(block, 0x5c);
  for (let at = 0; at < short.length; at += 1) {
    const byte = short[at] ?? 0;
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  const message = [inner, ...parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))];
  return Buffer.concat([outer, hash(algorithm, Buffer.concat(message), 'buffer')]);
}
