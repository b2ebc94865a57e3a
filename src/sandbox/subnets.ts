// Chooses the small address ranges of a box, away from what the host already routes. Pure.

/** A range of IPv4 addresses: `base` as a 32-bit number, `bits` of prefix. */
export interface Subnet {
  base: number;
  bits: number;
}

/** 10.201.0.0 – 10.250.255.255: private (clients refuse loopback), and seldom used by VPNs, clouds or Docker's own pools. */
const pool = { first: numberOf('10.201.0.0'), last: numberOf('10.250.255.240') };
const boxBits = 28;
const step = 2 ** (32 - boxBits);

/** Sixteen addresses that overlap none of `taken`; undefined when none was found. `random` gives [0, 1). */
export function chooseSubnet(taken: readonly Subnet[], random: () => number): Subnet | undefined {
  const count = (pool.last - pool.first) / step + 1;
  for (let attempt = 0; attempt < 256; attempt += 1) {
    const candidate = { base: pool.first + Math.floor(random() * count) * step, bits: boxBits };
    if (!taken.some((other) => overlaps(candidate, other))) return candidate;
  }
  return undefined;
}

export function overlaps(a: Subnet, b: Subnet): boolean {
  const size = 2 ** (32 - Math.min(a.bits, b.bits));
  return Math.floor(a.base / size) === Math.floor(b.base / size);
}

/** The n-th address of a range. The engine keeps the first for its gateway. */
export function addressAt(subnet: Subnet, n: number): string {
  return textOf(subnet.base + n);
}

export function formatSubnet(subnet: Subnet): string {
  return `${textOf(subnet.base)}/${subnet.bits}`;
}

/** Parses `10.0.0.0/8`; undefined for anything else. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const bits = Number(match[2]);
  const size = 2 ** (32 - bits);
  return { base: Math.floor(numberOf(match[1]) / size) * size, bits };
}

/** Ranges of a Linux routing table in /proc/net/route form (little-endian hex), without the default route. */
export function parseRoutes(table: string): Subnet[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [destination, mask] = [fields[1], fields[7]];
      if (destination === undefined || mask === undefined) return [];
      const bits = swap(mask).toString(2).replace(/0/g, '').length;
      return bits === 0 ? [] : [{ base: swap(destination), bits }];
    });
}

function swap(littleEndianHex: string): number {
  return Buffer.from(littleEndianHex.padStart(8, '0'), 'hex').readUInt32LE(0);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
