// Which IP addresses the sidecar may dial for a name: public unicast only (ATTACKS A1, A9). Source: IANA special-purpose registries.
import { BlockList, isIP } from 'node:net';

const forbidden4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Public, but the platform's own inside two clouds (Azure's wire server, Alibaba's and Oracle's metadata lie in the ranges above).
  ['168.63.129.16', 32],
  ['224.0.0.0', 3],
];

/** Global unicast without the ranges that carry or translate to an IPv4 address, are documentation, or are local. */
const allowed6: readonly (readonly [string, number])[] = [['2000::', 3]];
const forbidden6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3ffe::', 16],
  ['3fff::', 20],
];

type Lists = Record<'blocked4' | 'global6' | 'blocked6', BlockList>;

/** Made when they are first asked: what lies outside V8's heap cannot be in the program's snapshot. */
let made: Lists | undefined;

function lists(): Lists {
  made ??= {
    blocked4: listOf(forbidden4, 'ipv4'),
    global6: listOf(allowed6, 'ipv6'),
    blocked6: listOf(forbidden6, 'ipv6'),
  };
  return made;
}

/** True for a public unicast address. IPv4-mapped, -compatible and NAT64 forms of IPv6 are never public: they hide an IPv4 address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !lists().blocked4.check(address, 'ipv4');
    case 6:
      return (
        !address.includes('%') &&
        lists().global6.check(address, 'ipv6') &&
        !lists().blocked6.check(address, 'ipv6')
      );
    default:
      return false;
  }
}

function listOf(ranges: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family);
  return list;
}
