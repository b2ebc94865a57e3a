// Connections to upstreams: guarded resolution, verified TLS, a pool of idle connections per origin, resumed sessions.
import dns from 'node:dns';
import tls from 'node:tls';
import { isPublicAddress } from './addresses.js';
import { UpstreamConnection } from './upstream-connection.js';

/** Why an upstream could not be reached, or broke. */
export type UpstreamProblem =
  | 'UPSTREAM_UNRESOLVED'
  | 'UPSTREAM_ADDRESS_FORBIDDEN'
  | 'UPSTREAM_TLS_UNVERIFIED'
  | 'UPSTREAM_UNREACHABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_BUSY'
  | 'UPSTREAM_RESET'
  | 'UPSTREAM_MALFORMED';

export class UpstreamError extends Error {
  readonly code: UpstreamProblem;
  constructor(code: UpstreamProblem) {
    super(code);
    this.code = code;
  }
}

/** A host whose address the operator or this process fixes; its certificate must chain to `ca` when given. */
export interface UpstreamRoute {
  host: string;
  address: string;
  port: number;
  ca?: string;
  /** Name that its certificate must bear, when that is not the host's. */
  servername?: string;
}

export interface UpstreamOptions {
  routes: readonly UpstreamRoute[];
  /** The system's resolver when absent. */
  resolve?(host: string): Promise<readonly dns.LookupAddress[]>;
  connectTimeoutMs?: number;
  idleTimeoutMs?: number;
  maxPerOrigin?: number;
}

export interface Upstream {
  /** An idle connection, at most `maxIdleMs` unused; undefined when there is none. */
  take(host: string, port: number, maxIdleMs: number): UpstreamConnection | undefined;
  /** A new connection with its TLS handshake done and verified. @throws UpstreamError */
  dial(host: string, port: number): Promise<UpstreamConnection>;
  /** Dials ahead of a request that is likely to come, unless a connection is idle or on its way. */
  warm(host: string, port: number): void;
  /** Connections open now. */
  readonly size: number;
  close(): void;
}

interface OriginState {
  idle: UpstreamConnection[];
  open: number;
  warming: boolean;
  session: Buffer | undefined;
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { connectTimeoutMs = 10_000, idleTimeoutMs = 30_000, maxPerOrigin = 256 } = options;
  const resolve =
    options.resolve ?? ((host: string) => dns.promises.lookup(host, { all: true, hints: dns.ADDRCONFIG }));
  const routes = new Map(options.routes.map((route) => [route.host, route]));
  const contexts = createContexts();
  const origins = new Map<string, OriginState>();
  const connections = new Set<UpstreamConnection>();

  const stateOf = (host: string, port: number): OriginState => {
    const key = `${host}:${port}`;
    let state = origins.get(key);
    if (state === undefined) {
      state = { idle: [], open: 0, warming: false, session: undefined };
      origins.set(key, state);
    }
    return state;
  };

  const dial = async (host: string, port: number): Promise<UpstreamConnection> => {
    const state = stateOf(host, port);
    if (state.open >= maxPerOrigin) throw new UpstreamError('UPSTREAM_BUSY');
    state.open += 1;
    let connection: UpstreamConnection;
    try {
      const route = routes.get(host);
      // Resolved and judged here, dialled by address: nothing resolves the name a second time (A9).
      const addresses = route === undefined ? await publicAddresses(host, resolve) : [route.address];
      const context = contexts(route?.ca);
      const dialOptions = {
        servername: route?.servername ?? host,
        port: route?.port ?? port,
        context,
        session: state.session,
      };
      connection = await dialAny(addresses, dialOptions, connectTimeoutMs);
    } catch (error) {
      state.open -= 1;
      throw error;
    }
    connections.add(connection);
    connection.onSession = (session) => {
      state.session = session;
    };
    connection.onRelease = () => {
      state.idle.push(connection);
    };
    connection.onGone = () => {
      state.open -= 1;
      connections.delete(connection);
      const at = state.idle.indexOf(connection);
      if (at >= 0) state.idle.splice(at, 1);
    };
    return connection;
  };

  const sweep = setInterval(() => {
    const now = performance.now();
    for (const { idle } of origins.values()) {
      for (const connection of [...idle])
        if (now - connection.idleSince > idleTimeoutMs) connection.destroy();
    }
  }, 1000);
  sweep.unref();

  return {
    take(host, port, maxIdleMs) {
      const { idle } = stateOf(host, port);
      // The last one put back is the freshest; when it is too old, all are.
      const connection = idle.at(-1);
      if (connection === undefined || performance.now() - connection.idleSince > maxIdleMs) return undefined;
      idle.pop();
      connection.reused = true;
      return connection;
    },
    dial,
    warm(host, port) {
      const state = stateOf(host, port);
      if (state.warming || state.idle.length > 0) return;
      state.warming = true;
      dial(host, port).then(
        (connection) => {
          state.warming = false;
          connection.release();
        },
        () => {
          // The request that follows will meet the same problem and report it.
          state.warming = false;
        },
      );
    },
    get size() {
      return connections.size;
    },
    close() {
      clearInterval(sweep);
      for (const connection of connections) connection.destroy();
    },
  };
}

/** One secure context per authority: building one costs milliseconds. */
function createContexts(): (ca: string | undefined) => tls.SecureContext {
  const contexts = new Map<string | undefined, tls.SecureContext>();
  return (ca) => {
    let context = contexts.get(ca);
    if (context === undefined) {
      context = tls.createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) });
      contexts.set(ca, context);
    }
    return context;
  };
}

async function publicAddresses(
  host: string,
  resolve: (host: string) => Promise<readonly dns.LookupAddress[]>,
): Promise<string[]> {
  let found: readonly dns.LookupAddress[];
  try {
    found = await resolve(host);
  } catch {
    throw new UpstreamError('UPSTREAM_UNRESOLVED');
  }
  if (found.length === 0) throw new UpstreamError('UPSTREAM_UNRESOLVED');
  // A9: one forbidden address among public ones is a rebinding attempt; none of them is trusted.
  if (!found.every(({ address }) => isPublicAddress(address)))
    throw new UpstreamError('UPSTREAM_ADDRESS_FORBIDDEN');
  return found.map(({ address }) => address).slice(0, 4);
}

interface DialOptions {
  servername: string;
  port: number;
  context: tls.SecureContext;
  session: Buffer | undefined;
}

/** Tries the addresses in turn within one deadline. A certificate that does not verify ends it at once. */
async function dialAny(
  addresses: readonly string[],
  options: DialOptions,
  timeoutMs: number,
): Promise<UpstreamConnection> {
  const deadline = performance.now() + timeoutMs;
  let problem = new UpstreamError('UPSTREAM_UNREACHABLE');
  for (const [index, address] of addresses.entries()) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) break;
    try {
      return await dialOne(address, options, leftMs / (addresses.length - index));
    } catch (error) {
      problem = error instanceof UpstreamError ? error : problem;
      if (problem.code === 'UPSTREAM_TLS_UNVERIFIED') break;
    }
  }
  throw problem;
}

function dialOne(address: string, options: DialOptions, timeoutMs: number): Promise<UpstreamConnection> {
  return new Promise((resolve, reject) => {
    const connection = new UpstreamConnection(address, options);
    const { socket } = connection;
    const timer = setTimeout(() => fail(new UpstreamError('UPSTREAM_TIMEOUT')), timeoutMs);
    const fail = (error: UpstreamError): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const onError = (error: NodeJS.ErrnoException): void => fail(new UpstreamError(problemOf(error)));
    const onClose = (): void => fail(new UpstreamError('UPSTREAM_UNREACHABLE'));
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.removeListener('close', onClose);
      // B6: belt and braces; rejectUnauthorized has already ended an unverified handshake.
      if (socket.authorized) resolve(connection);
      else fail(new UpstreamError('UPSTREAM_TLS_UNVERIFIED'));
    });
  });
}

const networkErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
]);

function problemOf(error: NodeJS.ErrnoException): UpstreamProblem {
  return networkErrors.has(error.code ?? '') ? 'UPSTREAM_UNREACHABLE' : 'UPSTREAM_TLS_UNVERIFIED';
}
