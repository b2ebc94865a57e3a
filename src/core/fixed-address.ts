// Addresses that an operator names for an upstream: private ones may be, those that mean something else inside the sidecar may not.
import { familyOf } from './address.js';

/** Why the sidecar may not be sent there: itself, the host's own loopback, a metadata service, a group of hosts. Undefined when it may. */
export function explainFixedAddress(address: string): string | undefined {
  if (familyOf(address) !== 4) return 'must be an IPv4 address such as 192.168.1.10';
  const [first = 0, second = 0] = address.split('.').map(Number);
  if (first === 127 || first === 0)
    return 'is a loopback address: inside the sidecar it means the sidecar itself';
  if (first === 169 && second === 254) return 'is link-local, where cloud metadata services answer';
  if (first >= 224) return 'is a multicast or reserved address';
  return undefined;
}
