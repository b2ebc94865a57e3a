// Addresses that an operator names for an upstream: private ones may be, those that mean something else inside the sidecar may not.
import { isIPv4 } from 'node:net';

/** Why the sidecar may not be sent there: itself, the host's own loopback, a metadata service, a group of hosts. Undefined when it may. */
export function explainFixedAddress(address: string): string | undefined {
  if (!isIPv4(address)) return 'must be an IPv4 address such as 192.168.1.10';
  const [first = 0, second = 0] = address.split('.').map(Number);
  if (first === 127 || first === 0)
    return 'is a loopback address: inside the sidecar it means the sidecar itself';
  if (first === 169 && second === 254) return 'is link-local, where cloud metadata services answer';
  if (first >= 224) return 'is a multicast or reserved address';
  return undefined;
}
