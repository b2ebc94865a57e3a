// What the host puts into the agent container once the sidecar is ready: its authority's certificate, and the flag that opens the gate.
import type { ArchiveEntry } from './archive.js';
import { agentPaths } from './environment.js';

/**
 * Every place where a runtime without our variables looks: Debian's bundle (curl, git's GnuTLS, Go), OpenSSL's default file
 * (Python's ssl), the LibreSSL and BSD place, and the folder update-ca-certificates reads. B11: certificates only, never a key.
 */
const authorityPlaces = [
  agentPaths.bundle,
  '/usr/lib/ssl/cert.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/share/ca-certificates/tradebox.crt',
];

export function authorityFiles(caPem: string): ArchiveEntry[] {
  return authorityPlaces.map((path) => ({ path: path.slice(1), content: caPem }));
}

/** The certificate first, the flag last: the gate opens onto a finished trust store. */
export function openingFiles(caPem: string): ArchiveEntry[] {
  return [...authorityFiles(caPem), { path: agentPaths.readyFlag.slice(1), content: '' }];
}
