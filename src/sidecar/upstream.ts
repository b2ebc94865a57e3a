// Connections to upstreams: guarded resolution, verified TLS, a pool of idle connections per origin, resumed sessions.
import tls from 'node:tls';
import { type Dialled, dialAny, publicAddresses, UpstreamError } from './dial.js';
import { SessionPool } from './http2/session-pool.js';
import { UpstreamSession } from './http2/upstream-session.js';
import type { UpstreamStream } from './http2/upstream-stream.js';
import { isHttp1Only, isHttp2Only, Origins } from './origins.js';
import { createResolver, type Resolve } from './resolver.js';
import { UpstreamConnection, type UpstreamLink } from './upstream-connection.js';

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
  /** Connections, and apart from those streams of HTTP/2 connections. */
  maxPerOrigin?: number;
  /** Streams of all HTTP/2 connections. */
  maxStreams?: number;
  /** How long an origin that refused HTTP/1.1 is not asked for it again. */
  http2OnlyMs?: number;
  /** How long one that did not choose HTTP/2 is not offered it again. */
  http1OnlyMs?: number;
  /** An HTTP/2 connection that was silent for longer is asked whether it still stands. */
  silentMs?: number;
  /** For the answer to that. */
  pingMs?: number;
}

export interface Upstream {
  /** An idle connection, at most `maxIdleMs` unused; undefined when there is none. */
  take(host: string, port: number, maxIdleMs: number): UpstreamConnection | undefined;
  /** A connection with its TLS handshake done and verified: the one that is on its way, or a new one. @throws UpstreamError; UPSTREAM_PROTOCOL when the upstream speaks no HTTP/1.1 */
  dial(host: string, port: number): Promise<UpstreamConnection>;
  /** A stream of an HTTP/2 connection. @throws UpstreamError UPSTREAM_PROTOCOL when the upstream speaks no HTTP/2 */
  dialHttp2(host: string, port: number): Promise<UpstreamLink>;
  /** By HTTP/1.1, or by HTTP/2 where the upstream speaks nothing else. @throws UpstreamError */
  dialAny(host: string, port: number): Promise<UpstreamLink>;
  /** By HTTP/2 where the upstream chooses it, else as `take` (unless `maxIdleMs` is undefined) or `dialAny`. @throws UpstreamError */
  dialAlike(host: string, port: number, maxIdleMs: number | undefined): Promise<UpstreamLink>;
  /** A connection of its own, for a protocol that takes its socket over; it counts like the others and is never pooled. @throws UpstreamError */
  dialSocket(host: string, port: number): Promise<UpstreamConnection>;
  /** Dials ahead of a request that is likely to come, unless a connection is idle or on its way. */
  warm(host: string, port: number, isHttp2?: boolean): void;
  /** Other rules or secrets are in force: what was made before gets no further request. */
  renew(): void;
  /** Connections open now. */
  readonly size: number;
  close(): void;
}

/** What a connection is for: what its handshake offers. */
const http1 = ['http/1.1'];
const protocols = {
  exchange: http1,
  socket: http1,
  http2: ['h2'],
  either: ['h2', 'http/1.1'],
};

export function createUpstream(options: UpstreamOptions): Upstream {
  const { connectTimeoutMs = 10_000, idleTimeoutMs = 30_000 } = options;
  const { maxPerOrigin = 256, maxStreams = 512 } = options;
  const { http2OnlyMs = 60_000, http1OnlyMs = 300_000, silentMs = 4_000, pingMs = 5_000 } = options;
  const resolve = options.resolve ?? createResolver();
  const routes = new Map(options.routes.map((route) => [route.host, route]));
  const contexts = createContexts();
  const origins = new Origins();
  const connections = new Set<UpstreamConnection>();
  const dialling = new Set<Dialled>();
  let streams = 0;
  let isClosed = false;
  /** Counts the rules and secrets that were in force. */
  let era = 0;

  // Resolved and judged here, dialled by address: nothing resolves the name a second time (A9).
  const addressesOf = (host: string): string[] | Promise<string[]> => {
    const route = routes.get(host);
    return route === undefined ? publicAddresses(host, resolve) : [route.address];
  };

  /** As what the origin must prove itself. */
  const identityOf = (host: string, port: number) => {
    const route = routes.get(host);
    return {
      servername: route?.servername ?? host,
      port: route?.port ?? port,
      context: contexts(route?.ca),
    };
  };

  const open = async (
    host: string,
    port: number,
    use: keyof typeof protocols,
  ): Promise<UpstreamConnection> => {
    const madeIn = era;
    const origin = origins.of(host, port);
    if (origin.open >= maxPerOrigin) throw new UpstreamError('UPSTREAM_BUSY');
    origin.open += 1;
    let connection: UpstreamConnection;
    try {
      const found = addressesOf(host);
      const addresses = Array.isArray(found) ? found : await found;
      const identity = identityOf(host, port);
      const begin = (address: string): UpstreamConnection => {
        const begun = new UpstreamConnection(address, {
          ...identity,
          session: origin.session,
          protocols: protocols[use],
          isRaw: use !== 'exchange',
        });
        begun.onSession = (session) => {
          origin.session = session;
        };
        return begun;
      };
      connection = await dialAny(addresses, { begin, pending: dialling }, connectTimeoutMs);
    } catch (error) {
      origin.open -= 1;
      const isRefused = error instanceof UpstreamError && error.code === 'UPSTREAM_PROTOCOL';
      if (isRefused && protocols[use] === http1) origin.http2OnlyUntil = performance.now() + http2OnlyMs;
      throw error;
    }
    connections.add(connection);
    connection.onRelease = () => {
      if (madeIn === era) origin.idle.push(connection);
      else connection.destroy();
    };
    connection.onGone = () => {
      origin.open -= 1;
      connections.delete(connection);
      const at = origin.idle.indexOf(connection);
      if (at >= 0) origin.idle.splice(at, 1);
    };
    // It may have ended between its handshake and here.
    if (isClosed || connection.socket.destroyed) connection.destroy();
    return connection;
  };

  const openSession = async (
    host: string,
    port: number,
    isRequired: boolean,
    onGone: (session: UpstreamSession) => void,
  ): Promise<UpstreamSession | undefined> => {
    const madeIn = era;
    const connection = await open(host, port, isRequired ? 'http2' : 'either');
    const { socket } = connection;
    if (connection.isGone) throw new UpstreamError('UPSTREAM_RESET');
    if (socket.alpnProtocol === 'h2') {
      const times = { idleMs: idleTimeoutMs, silentMs, pingMs };
      const session = new UpstreamSession(socket, `https://${host}:${port}`, times, () => {
        // What it chose it does not speak.
        if (!session.hasSpoken) origins.of(host, port).http1OnlyUntil = performance.now() + http1OnlyMs;
        onGone(session);
      });
      if (madeIn !== era) session.retire();
      return session;
    }
    if (isRequired || !(socket.alpnProtocol === false || socket.alpnProtocol === 'http/1.1')) {
      connection.destroy();
      throw new UpstreamError('UPSTREAM_PROTOCOL');
    }
    origins.of(host, port).http1OnlyUntil = performance.now() + http1OnlyMs;
    connection.read();
    connection.release();
    return undefined;
  };
  const sessions = new SessionPool(openSession);

  /** A14: counted before it is waited for, so that not even many at once are too many. */
  const openStream = async (...asked: Parameters<SessionPool['stream']>) => {
    const origin = origins.of(asked[0], asked[1]);
    if (origin.streams >= maxPerOrigin || streams >= maxStreams) throw new UpstreamError('UPSTREAM_BUSY');
    const count = (by: number): void => {
      origin.streams += by;
      streams += by;
    };
    count(1);
    let stream: UpstreamStream | undefined;
    try {
      stream = await sessions.stream(...asked);
    } finally {
      if (stream === undefined) count(-1);
      else stream.onGone = () => count(-1);
    }
    return stream;
  };

  const sweep = setInterval(() => origins.sweep(performance.now() - idleTimeoutMs), 1000);
  sweep.unref();
  const dial = (host: string, port: number): Promise<UpstreamConnection> => {
    const origin = origins.of(host, port);
    if (isHttp2Only(origin)) return Promise.reject(new UpstreamError('UPSTREAM_PROTOCOL'));
    const { warming } = origin;
    origin.warming = undefined;
    return warming ?? open(host, port, 'exchange');
  };

  const take = (host: string, port: number, maxIdleMs: number): UpstreamConnection | undefined => {
    const { idle } = origins.of(host, port);
    // The last one put back is the freshest; when it is too old, all are.
    const connection = idle.at(-1);
    if (connection === undefined || performance.now() - connection.idleSince > maxIdleMs) return undefined;
    idle.pop();
    connection.reused = true;
    return connection;
  };

  const dialHttp2 = async (host: string, port: number): Promise<UpstreamLink> => {
    const stream = await openStream(host, port, true);
    if (stream === undefined) throw new UpstreamError('UPSTREAM_PROTOCOL');
    return stream;
  };

  // HTTP/2 costs twice as much, so it is spoken to whom nothing else will do, and for clients that speak it themselves.
  const dialEither = (host: string, port: number): Promise<UpstreamLink> =>
    dial(host, port).catch((error: unknown): Promise<UpstreamLink> => {
      if (!(error instanceof UpstreamError) || error.code !== 'UPSTREAM_PROTOCOL') throw error;
      return dialHttp2(host, port).catch((failure: unknown) => {
        // What is remembered of it no longer holds: the next request asks again.
        origins.of(host, port).http2OnlyUntil = 0;
        throw failure;
      });
    });

  return {
    take,
    dial,
    dialAny: dialEither,
    dialHttp2,
    async dialAlike(host, port, maxIdleMs) {
      const stream = isHttp1Only(origins.of(host, port)) ? undefined : await openStream(host, port, false);
      if (stream !== undefined) return stream;
      const idle = maxIdleMs === undefined ? undefined : take(host, port, maxIdleMs);
      return idle ?? dialEither(host, port);
    },
    dialSocket: (host, port) => open(host, port, 'socket'),
    renew() {
      era += 1;
      sessions.retire();
      origins.endIdle();
    },
    warm(host, port, isHttp2 = false) {
      const origin = origins.of(host, port);
      if (isHttp2 && !isHttp1Only(origin)) {
        if (!isClosed) sessions.warm(host, port);
        return;
      }
      if (isClosed || isHttp2Only(origin) || origin.warming !== undefined || origin.idle.length > 0) return;
      const warming = open(host, port, 'exchange');
      origin.warming = warming;
      const isUnclaimed = (): boolean => {
        if (origin.warming !== warming) return false;
        origin.warming = undefined;
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
      for (const one of [...dialling, ...connections]) one.destroy();
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
