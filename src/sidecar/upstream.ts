// Connections to upstreams: guarded resolution, verified TLS, a pool of idle connections per origin, resumed sessions.
import tls from 'node:tls';
import { dialAny, publicAddresses, UpstreamError } from './dial.js';
import { createResolver, type Resolve } from './resolver.js';
import type { UpstreamConnection } from './upstream-connection.js';

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
  resolve?: Resolve;
  connectTimeoutMs?: number;
  idleTimeoutMs?: number;
  maxPerOrigin?: number;
}

export interface Upstream {
  /** An idle connection, at most `maxIdleMs` unused; undefined when there is none. */
  take(host: string, port: number, maxIdleMs: number): UpstreamConnection | undefined;
  /** A connection with its TLS handshake done and verified: the one that is on its way, or a new one. @throws UpstreamError */
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
  /** A dial ahead of a request that nobody has asked for yet. */
  warming: Promise<UpstreamConnection> | undefined;
  session: Buffer | undefined;
}

/** Origins remembered although no connection to them is open. */
const maxUnusedOrigins = 256;

export function createUpstream(options: UpstreamOptions): Upstream {
  const { connectTimeoutMs = 10_000, idleTimeoutMs = 30_000, maxPerOrigin = 256 } = options;
  const resolve = options.resolve ?? createResolver({ timeoutMs: 2_000, tries: 2 });
  const routes = new Map(options.routes.map((route) => [route.host, route]));
  const contexts = createContexts();
  const origins = new Map<string, OriginState>();
  const connections = new Set<UpstreamConnection>();
  const dialling = new Set<UpstreamConnection>();
  let isClosed = false;

  const stateOf = (host: string, port: number): OriginState => {
    const key = `${host}:${port}`;
    let state = origins.get(key);
    if (state === undefined) {
      state = { idle: [], open: 0, warming: undefined, session: undefined };
      origins.set(key, state);
    }
    return state;
  };

  const open = async (host: string, port: number): Promise<UpstreamConnection> => {
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
        onSession: (session: Buffer) => {
          state.session = session;
        },
        pending: dialling,
      };
      connection = await dialAny(addresses, dialOptions, connectTimeoutMs);
    } catch (error) {
      state.open -= 1;
      throw error;
    }
    connections.add(connection);
    connection.onRelease = () => {
      state.idle.push(connection);
    };
    connection.onGone = () => {
      state.open -= 1;
      connections.delete(connection);
      const at = state.idle.indexOf(connection);
      if (at >= 0) state.idle.splice(at, 1);
    };
    // It may have ended between its handshake and here.
    if (isClosed || connection.socket.destroyed) connection.destroy();
    return connection;
  };

  const sweep = setInterval(() => {
    const oldest = performance.now() - idleTimeoutMs;
    for (const [key, state] of origins) {
      for (const connection of [...state.idle]) if (connection.idleSince < oldest) connection.destroy();
      // Names below a wildcard are endless: an origin that is not used is kept only for its session.
      if (origins.size > maxUnusedOrigins && state.open === 0) origins.delete(key);
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
    dial(host, port) {
      const state = stateOf(host, port);
      const { warming } = state;
      state.warming = undefined;
      return warming ?? open(host, port);
    },
    warm(host, port) {
      const state = stateOf(host, port);
      if (isClosed || state.warming !== undefined || state.idle.length > 0) return;
      const warming = open(host, port);
      state.warming = warming;
      const isUnclaimed = (): boolean => {
        if (state.warming !== warming) return false;
        state.warming = undefined;
        return true;
      };
      warming.then(
        (connection) => {
          if (isUnclaimed()) connection.release();
        },
        // The request that follows will meet the same problem and report it.
        () => void isUnclaimed(),
      );
    },
    get size() {
      return connections.size;
    },
    close() {
      isClosed = true;
      clearInterval(sweep);
      for (const connection of [...dialling, ...connections]) connection.destroy();
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
