// What the host puts into the agent container once the sidecar is ready: its authority's certificate, the profile's files, and the
// flag that opens the gate.
import { dirname, join } from 'node:path/posix';
import type { ArchiveEntry } from './archive.js';
import { agentPaths } from './environment.js';
import type { HomeFile, User } from './spec.js';

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

/**
 * Node reads no trust store of the system and no file, only this variable. Children that get almost no environment (those of MCP
 * clients: HOME, PATH and a few more) find this before the real one on any usual PATH.
 */
const nodeWrapper: ArchiveEntry = {
  path: 'usr/local/sbin/node',
  content: `#!/bin/sh\nexport NODE_EXTRA_CA_CERTS="\${NODE_EXTRA_CA_CERTS:-${agentPaths.bundle}}"\nexec /usr/local/bin/node "$@"\n`,
  mode: 0o755,
};

/** The flag comes last: the gate opens onto a finished trust store and home. */
export function openingFiles(caPem: string, homeFiles: readonly HomeFile[], owner: User): ArchiveEntry[] {
  return [
    ...authorityFiles(caPem),
    nodeWrapper,
    ...homeEntries(homeFiles, owner),
    { path: agentPaths.readyFlag.slice(1), content: '' },
  ];
}

function homeEntries(homeFiles: readonly HomeFile[], owner: User): ArchiveEntry[] {
  const home = agentPaths.home.slice(1);
  const directories = new Set(homeFiles.flatMap((file) => parentsOf(file.path)));
  return [
    ...[...directories].map((path) => ({ path: join(home, path), content: '', isDirectory: true, owner })),
    ...homeFiles.map(({ path, content, isExecutable }) => ({
      path: join(home, path),
      content,
      mode: isExecutable ? 0o755 : 0o644,
      owner,
    })),
  ];
}

/** `a/b/c` → `a`, `a/b`. */
function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === '.' ? [] : [...parentsOf(parent), parent];
}
