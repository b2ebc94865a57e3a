// An HTTP/2 connection from the agent: each stream is one request with a relay of its own. Bounded, and ended when it floods (A14).
import http2, { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type tls from 'node:tls';
import { Relay } from '../http1/relay.js';
import type { IngressEnvironment, Judge, Place, Watched } from '../listeners/ingress.js';
import { defaultFloodLimits, type FloodKind, FloodMeter, sendAway } from './flood.js';
import { StreamClient } from './stream-client.js';

const maxStreams = 100;
const maxHeaderListBytes = 65_536;
const maxFields = 200;
/** Bytes of bodies that all streams of a session may have on the way to us. */
const sessionWindowBytes = 1_048_576;
/** Megabytes that Node lets one session hold. */
const maxSessionMemory = 16;

const problems: Readonly<Record<FloodKind, [string, string]>> = {
  resets: ['HTTP2_RESET_FLOOD', 'too many streams were given up before their answer'],
  pings: ['HTTP2_PING_FLOOD', 'too many pings'],
  settings: ['HTTP2_SETTINGS_FLOOD', 'too many settings'],
};

/** Serves `secure`, on which `h2` was negotiated for `host`. */
export function serveHttp2(
  secure: tls.TLSSocket,
  env: IngressEnvironment,
  place: Place,
  host: string,
): Watched {
  // As Node's own TLS server does when a handshake is done: a session waits for it.
  Object.assign(secure, { secureConnecting: false });
  const session = http2.performServerHandshake(secure, {
    maxSessionMemory,
    maxHeaderListPairs: maxFields,
    settings: { maxConcurrentStreams: maxStreams, maxHeaderListSize: maxHeaderListBytes },
  });
  return new Http2Session(session, env, place, host);
}

class Http2Session implements Watched {
  readonly origin: { host: string; port: number };
  readonly #session: ServerHttp2Session;
  readonly #env: IngressEnvironment;
  readonly #place: Place;
  readonly #streams = new Map<ServerHttp2Stream, { client: StreamClient; relay: Relay }>();
  /** Of streams that are closed, with a request still open. */
  readonly #left = new Set<Relay>();
  readonly #flood = new FloodMeter(defaultFloodLimits);
  #deadline: number;

  constructor(session: ServerHttp2Session, env: IngressEnvironment, place: Place, host: string) {
    this.#session = session;
    this.#env = env;
    this.#place = place;
    this.origin = { host, port: place.port };
    this.#deadline = performance.now() + env.clientLimits.headMs;
    session.setLocalWindowSize(sessionWindowBytes);
    // Node gives the header block as it came, too, which its types leave out.
    const onStream = (stream: ServerHttp2Stream, _headers: unknown, flags: number, raw: string[]): void =>
      this.#onStream(stream, flags, raw);
    session.on('stream', onStream);
    session.on('ping', () => this.#count('pings'));
    session.on('remoteSettings', () => this.#count('settings'));
    session.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
  }

  checkDeadline(now: number): void {
    for (const { client, relay } of [...this.#streams.values()]) {
      client.checkDeadline(now);
      relay.checkDeadline(now);
    }
    for (const relay of [...this.#left]) {
      relay.checkDeadline(now);
      if (!relay.isUnderWay()) this.#left.delete(relay);
    }
    if (this.#streams.size === 0 && now > this.#deadline) this.#session.destroy();
  }

  destroy(): void {
    this.#session.destroy();
  }

  isUnderWay(): boolean {
    return this.#left.size > 0 || [...this.#streams.values()].some(({ relay }) => relay.isUnderWay());
  }

  /** Stream by stream: the others go on. */
  rejudge(judge: Judge): number {
    return [...this.#streams.values()].filter(({ relay }) => relay.rejudge(judge)).length;
  }

  /** `raw`: names and values in turn, as Node keeps them in the order they came. */
  #onStream(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    const relay = new Relay(this.#env, this.#place.ingress, this.origin);
    const client = new StreamClient(stream, relay, this.#env.clientLimits, flags);
    relay.attach(client);
    this.#streams.set(stream, { client, relay });
    // Given up before its answer was whole: by the client, for `close` of our own is no abort.
    stream.on('aborted', () => this.#count('resets'));
    stream.once('close', () => {
      this.#streams.delete(stream);
      if (relay.isUnderWay()) this.#left.add(relay);
      this.#deadline = performance.now() + this.#env.clientLimits.idleMs;
    });
    try {
      client.start(raw);
    } catch {
      // A fault met on one stream must not end the others (A14).
      client.destroy();
    }
  }

  #count(kind: FloodKind): void {
    if (this.#session.destroyed || !this.#flood.isFlood(kind, performance.now())) return;
    this.#deny(...problems[kind]);
    sendAway(this.#session);
  }

  #onError(error: NodeJS.ErrnoException): void {
    if (error.code?.startsWith('ERR_HTTP2') === true) {
      this.#deny('HTTP2_MALFORMED', 'the bytes are not HTTP/2, or too many frames were refused');
    }
  }

  #deny(code: string, message: string): void {
    const { host, port } = this.origin;
    const { denials, world, tally } = this.#env;
    tally.denied += 1;
    denials.record(
      { type: 'connection.denied', ingress: this.#place.ingress, host, port, code, message },
      world.clock.nowMs(),
    );
  }
}
