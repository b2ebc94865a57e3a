// Where an engine may listen: DOCKER_HOST, the current docker context, the well-known sockets, in that order. Reads files only.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostEnvironment } from '../config/paths.js';
import { messageOf, TradeboxError } from '../core/errors.js';
import type { Connection } from './docker/shapes.js';

/** Docker 20.10, Podman 4: the first with everything a box needs. */
export const oldestApiVersion = '1.41';

/** What discovery reads of the host. */
export type EngineEnvironment = Pick<
  HostEnvironment,
  | 'home'
  | 'xdgRuntimeDir'
  | 'dockerHost'
  | 'dockerContext'
  | 'dockerConfig'
  | 'dockerCertPath'
  | 'isDockerTlsVerify'
>;

/** A place to knock, and why we thought of it. */
export interface Endpoint {
  /** `unix:///var/run/docker.sock`, `tcp://…`, `ssh://…`. */
  address: string;
  /** `DOCKER_HOST`, `docker context colima`, `Podman socket` … */
  source: string;
  connection: Connection;
  /** True when the user named it: then no other is tried. */
  isExplicit: boolean;
}

/**
 * All candidates in order of preference; one alone when the user named it.
 * Throws ENGINE_UNREACHABLE when DOCKER_HOST or the current context can't be understood.
 */
export function findEndpoints(host: EngineEnvironment): Endpoint[] {
  if (host.dockerHost !== undefined) {
    return [endpointOf(host.dockerHost, 'DOCKER_HOST', tlsFromEnvironment(host), true)];
  }
  const context = currentContext(host);
  if (context !== undefined) return [context];
  return wellKnownSockets(host).filter((endpoint) => {
    const { connection } = endpoint;
    return connection.transport === 'unix' && existsSync(connection.socketPath);
  });
}

/** Sockets that engines are known to open, present or not. */
export function wellKnownSockets(host: EngineEnvironment): Endpoint[] {
  const { home } = host;
  const uid = process.getuid?.();
  const runtimeDir = host.xdgRuntimeDir ?? (uid === undefined ? undefined : `/run/user/${uid}`);
  const places: [path: string, source: string][] = [
    ['/var/run/docker.sock', 'default Docker socket'],
    [join(home, '.docker/run/docker.sock'), 'Docker Desktop socket'],
    [join(home, '.docker/desktop/docker.sock'), 'Docker Desktop for Linux socket'],
    [join(home, '.orbstack/run/docker.sock'), 'OrbStack socket'],
    [join(home, '.colima/default/docker.sock'), 'Colima socket'],
    [join(home, '.config/colima/default/docker.sock'), 'Colima socket'],
    [join(home, '.rd/docker.sock'), 'Rancher Desktop socket'],
  ];
  if (runtimeDir !== undefined) {
    places.push([join(runtimeDir, 'docker.sock'), 'rootless Docker socket']);
    places.push([join(runtimeDir, 'podman/podman.sock'), 'rootless Podman socket']);
  }
  places.push([join(home, '.local/share/containers/podman/machine/podman.sock'), 'Podman machine socket']);
  places.push(['/run/podman/podman.sock', 'Podman socket']);
  return places.map(([path, source]) => endpointOf(`unix://${path}`, source, undefined, false));
}

/** The context the docker CLI would use (docs.docker.com/engine/manage-resources/contexts); undefined for `default`. */
function currentContext(host: EngineEnvironment): Endpoint | undefined {
  const configDir = host.dockerConfig ?? join(host.home, '.docker');
  const name = host.dockerContext ?? contextInConfig(configDir);
  if (name === undefined || name === '' || name === 'default') return undefined;
  const id = createHash('sha256').update(name).digest('hex');
  const metaFile = join(configDir, 'contexts/meta', id, 'meta.json');
  const meta = readJson(metaFile) as { Endpoints?: { docker?: { Host?: string } } } | undefined;
  const address = meta?.Endpoints?.docker?.Host;
  if (address === undefined) {
    throw new TradeboxError(
      'ENGINE_UNREACHABLE',
      `The docker context "${name}" has no readable endpoint in ${metaFile}.`,
      {
        remedy: 'Choose another with `docker context use default`, or set DOCKER_HOST.',
      },
    );
  }
  const tlsDir = join(configDir, 'contexts/tls', id, 'docker');
  const tls = existsSync(join(tlsDir, 'ca.pem')) ? readTls(tlsDir) : undefined;
  return endpointOf(address, `docker context ${name}`, tls, true);
}

function contextInConfig(configDir: string): string | undefined {
  const config = readJson(join(configDir, 'config.json')) as { currentContext?: unknown } | undefined;
  return typeof config?.currentContext === 'string' ? config.currentContext : undefined;
}

type Tls = { ca: string; cert: string; key: string };

function tlsFromEnvironment(host: EngineEnvironment): Tls | undefined {
  if (!host.isDockerTlsVerify) return undefined;
  return readTls(host.dockerCertPath ?? join(host.home, '.docker'));
}

function readTls(dir: string): Tls {
  try {
    const read = (file: string) => readFileSync(join(dir, file), 'utf8');
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  } catch (thrown) {
    throw new TradeboxError(
      'ENGINE_UNREACHABLE',
      `The engine's TLS files in ${dir} can't be read: ${messageOf(thrown)}.`,
      {
        remedy: 'Put ca.pem, cert.pem and key.pem there, or correct DOCKER_CERT_PATH.',
        cause: thrown,
      },
    );
  }
}

function endpointOf(address: string, source: string, tls: Tls | undefined, isExplicit: boolean): Endpoint {
  return { address, source, connection: connectionOf(address, source, tls), isExplicit };
}

function connectionOf(address: string, source: string, tls: Tls | undefined): Connection {
  if (address.startsWith('unix://'))
    return { transport: 'unix', socketPath: address.slice('unix://'.length) };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'ssh:') {
    return {
      transport: 'ssh',
      host: url.hostname,
      port: Number(url.port || 22),
      username: decodeURIComponent(url.username),
    };
  }
  if (url?.protocol === 'tcp:' || url?.protocol === 'http:' || url?.protocol === 'https:') {
    const wantsTls = tls !== undefined || url.protocol === 'https:';
    return {
      transport: 'tcp',
      host: url.hostname,
      port: Number(url.port || (wantsTls ? 2376 : 2375)),
      ...(tls === undefined ? {} : { tls }),
    };
  }
  throw new TradeboxError(
    'ENGINE_UNREACHABLE',
    `${source} names an engine address that tradebox can't use: ${address}.`,
    {
      remedy: 'Use unix:///path/to/docker.sock, tcp://host:port or ssh://user@host.',
    },
  );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
