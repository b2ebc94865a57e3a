// Files of the agent's that are none of its image's packages: the places of its authority's certificate, the library that names it
// to every program, the profile's files, and the flag that opens the gate.
import { dirname, join } from 'node:path/posix';
import type { ArchiveEntry } from './archive.js';
import { agentPaths, trustVariables } from './environment.js';
import { javaTrustStore } from './java-trust-store.js';
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
  return [
    ...authorityPlaces.map((path) => ({ path: path.slice(1), content: caPem })),
    { path: agentPaths.javaTrustStore.slice(1), content: javaTrustStore(caPem) },
  ];
}

/** Where Debian's JVMs look, whatever their version. */
const debianJavaStore = '/etc/ssl/certs/java/cacerts';

/** Compiles `trust.c` to `trustLibrary`, as root, where there is a compiler. */
export const compileTrust = `gcc -Wall -Werror -O2 -shared -fPIC -nostdlib ${[
  `'-DBUNDLE="${agentPaths.bundle}"'`,
  `'-DNAMES=${trustVariables.map((name) => `"${name}"`).join(',')}'`,
].join(' ')} -o ${agentPaths.trustLibrary} /opt/tradebox/trust.c`;

/** One shell line of an agent image, run as root when all else is installed. */
export const trustStep = [
  'set -e',
  // Each place leads to where the certificate will be: one file is enough at start.
  `for place in ${authorityPlaces.join(' ')}; do mkdir -p "\${place%/*}"; ln -sfn ${agentPaths.certificate} "$place"; done`,
  `mkdir -p ${dirname(debianJavaStore)} && ln -sfn ${agentPaths.javaTrustStore} ${debianJavaStore}`,
  // JVMs that a program brought along keep a store of their own.
  `find / -xdev -type f -path '*/lib/security/cacerts' -exec ln -sfn ${agentPaths.javaTrustStore} {} ";"`,
  // The loader (ld.so(8)) says so of a library that is not there, for every program: it must be one that it takes.
  `LD_PRELOAD=${agentPaths.trustLibrary} sh -c '[ "$SSL_CERT_FILE" = ${agentPaths.bundle} ]'`,
  `echo ${agentPaths.trustLibrary} > /etc/ld.so.preload`,
].join('; ');

/** The flag comes last: the gate opens onto a finished trust store and home. */
export function openingFiles(caPem: string, homeFiles: readonly HomeFile[], owner: User): ArchiveEntry[] {
  return [
    ...authorityFiles(caPem),
    ...homeEntries(homeFiles, owner),
    { path: agentPaths.readyFlag.slice(1), content: '' },
  ];
}

/** The profile's files, as the agent's user; empty when it has none. */
export function homeEntries(homeFiles: readonly HomeFile[], owner: User): ArchiveEntry[] {
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
