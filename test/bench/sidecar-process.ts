// The real sidecar bundle as a process of its own, with everything on: run by the image's Node, with the image's flags.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { sidecarFlags } from '../../src/sandbox/spec.js';
import { type Server, startServer } from './processes.js';
import type { OkxCredential } from './signed-request.js';
import { fileHost, ports, secondFileHost, streamHost, venueHost } from './targets.js';

export interface SidecarParts {
  /** Unique: its journal's directory. */
  name: string;
  sidecarBundle: string;
  node: string;
  /** A temporary one that the caller removes. */
  directory: string;
  /** PEM of the upstreams' authority. */
  caFile: string;
  connectPort: number;
  real: OkxCredential;
  decoy: OkxCredential;
}

/** What the agent sends to the hosts that are no venue. */
export const plainDecoy = `decoy-${randomBytes(15).toString('hex')}`;
const plainSecret = `real-${randomBytes(15).toString('hex')}`;

/** Node's flags as in the image; the program's path last. */
export const sidecarArgs = (bundle: string): string[] => [...sidecarFlags, bundle];

/** The same from a snapshot of the loaded program, as the image runs it; made in `directory`. Throws when it cannot be made. */
export function snapshotArgs(node: string, bundle: string, directory: string): string[] {
  const snapshot = ['--snapshot-blob', path.join(directory, 'sidecar.blob')];
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status, stderr } = spawnSync(node, [...sidecarFlags, ...snapshot, '--build-snapshot', bundle], {
    env,
  });
  if (status !== 0) throw new Error(`no snapshot of the sidecar: ${stderr}`);
  return [...sidecarFlags, ...snapshot, bundle];
}

/** Compiled code is kept, as the image keeps it. */
export const sidecarEnvironment = ({ directory, caFile }: Pick<SidecarParts, 'directory' | 'caFile'>) => ({
  NODE_ENV: 'production',
  NODE_EXTRA_CA_CERTS: caFile,
  NODE_COMPILE_CACHE: path.join(directory, 'compile-cache'),
});

export function startSidecar(parts: SidecarParts): Promise<Server> {
  return startServer(parts.node, sidecarArgs(parts.sidecarBundle), parts.connectPort, {
    input: `${JSON.stringify(sidecarSettings(parts))}\n`,
    env: sidecarEnvironment(parts),
  });
}

/** What the host would tell it: read-only, one live OKX account, one plain credential on two pinned hosts, allow-list, journal. */
export function sidecarSettings({
  name,
  directory,
  caFile,
  connectPort,
  real,
  decoy,
}: SidecarParts): unknown {
  const journalDir = path.join(directory, `journal-${name}`);
  mkdirSync(journalDir, { mode: 0o700 });
  const fields = (credential: OkxCredential) => ({
    apiKey: credential.key,
    secretKey: credential.secret,
    passphrase: credential.passphrase,
  });
  const all = { methods: ['*'], paths: ['/**'], reason: 'bench', origin: 'bench' };
  const ca = readFileSync(caFile, 'utf8');
  return {
    protocol: 1,
    sandbox: { name: 'bench', id: randomBytes(8).toString('hex') },
    mode: 'readonly',
    network: {
      address: '127.0.0.1',
      dnsPort: connectPort + 1,
      httpPorts: [connectPort + 2],
      tlsPorts: [connectPort + 3],
      connectPort,
    },
    journalDir,
    policy: {
      rules: [
        { host: venueHost, ports: [443, ports.late], ...all, venue: 'okx' },
        { host: streamHost, ports: [443], ...all },
        { host: fileHost, ports: [443], ...all },
        { host: secondFileHost, ports: [443], ...all },
      ],
    },
    credentials: [
      {
        kind: 'venue',
        id: 'okx-bench',
        venue: 'okx',
        environment: 'live',
        secrets: fields(real),
        decoys: fields(decoy),
      },
      {
        kind: 'plain',
        id: 'bench',
        hosts: [streamHost, fileHost],
        placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
        secret: plainSecret,
        decoy: plainDecoy,
        isLlm: false,
      },
    ],
    pins: [
      { host: streamHost, address: '127.0.0.1', port: ports.streams, ca },
      { host: fileHost, address: '127.0.0.1', port: ports.file, ca },
      { host: secondFileHost, address: '127.0.0.1', port: ports.file, ca },
    ],
    echo: { host: 'echo.tradebox.internal' },
  };
}
