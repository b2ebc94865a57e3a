// Writes the few DER values that an X.509 certificate consists of (ITU-T X.690 section 10). Pure.

/** Universal tags of X.690 section 8; constructed types carry bit 6. */
const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export const derTrue = tlv(tags.boolean, Buffer.from([0xff]));

/** Tag, length, contents. X.690 10.1: the length takes the fewest octets. */
function tlv(tag: number, contents: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOctets(contents.length), contents]);
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

export function sequence(...items: Buffer[]): Buffer {
  return tlv(tags.sequence, Buffer.concat(items));
}

/** A SET of one element; DER would ask for more to be sorted. */
export function setOf(item: Buffer): Buffer {
  return tlv(tags.set, item);
}

/** An INTEGER that is not negative, from big-endian octets. X.690 8.3.2: the fewest octets, a zero octet before a set top bit. */
export function integer(octets: Buffer): Buffer {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start += 1;
  const digits = octets.subarray(start);
  const isTopBitSet = ((digits[0] ?? 0) & 0x80) !== 0;
  return tlv(tags.integer, isTopBitSet ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** Dotted form, e.g. `2.5.29.17`. X.690 8.19: the first two arcs share an octet, the others are base 128. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(tags.objectIdentifier, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift(0x80 | (rest % 128));
  }
  return octets;
}

/** A BIT STRING. `unusedBits` counts the padding bits of the last octet. */
export function bitString(octets: Buffer, unusedBits = 0): Buffer {
  return tlv(tags.bitString, Buffer.concat([Buffer.from([unusedBits]), octets]));
}

export function octetString(octets: Buffer): Buffer {
  return tlv(tags.octetString, octets);
}

export function utf8String(text: string): Buffer {
  return tlv(tags.utf8String, Buffer.from(text, 'utf8'));
}

/** `[number]`, constructed: EXPLICIT tags. */
export function explicit(number: number, item: Buffer): Buffer {
  return tlv(0xa0 | number, item);
}

/** `[number]`, primitive: IMPLICIT tags over octets. */
export function implicit(number: number, octets: Buffer): Buffer {
  return tlv(0x80 | number, octets);
}

/** RFC 5280 4.1.2.5: "dates through the year 2049 as UTCTime; dates in 2050 or later MUST be encoded as GeneralizedTime". Seconds, no fraction. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().slice(0, 19).replace(/\D/g, '');
  const isUtcTime = Number(digits.slice(0, 4)) < 2050;
  const text = `${isUtcTime ? digits.slice(2) : digits}Z`;
  return tlv(isUtcTime ? tags.utcTime : tags.generalizedTime, Buffer.from(text, 'latin1'));
}

/** RFC 7468: base64 in lines of 64 characters between labels. */
export function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
