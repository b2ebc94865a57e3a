// An HTTP/2 connection to an upstream, shared by the requests that need one: gRPC, and origins that speak nothing else.
import http2, { type ClientHttp2Session } from 'node:http2';
import type tls from 'node:tls';
import { UpstreamStream } from './upstream-stream.js';

/** Streams of one connection; the upstream's own limit may be lower. */
const maxStreams = 100;
const windowBytes = 1_048_576;
const maxSessionMemory = 32;

export class UpstreamSession {
  readonly #session: ClientHttp2Session;
  readonly #idleMs: number;
  #open = 0;
  #used = false;
  #isLeaving = false;
  #idleTimer: NodeJS.Timeout | undefined;

  /** `secure` is verified, and `h2` was negotiated on it. `onGone` is called once. */
  constructor(secure: tls.TLSSocket, origin: string, idleMs: number, onGone: () => void) {
    this.#idleMs = idleMs;
    this.#session = http2.connect(origin, {
      createConnection: () => secure,
      maxSessionMemory,
      settings: { enablePush: false, initialWindowSize: 262_144 },
    });
    this.#session.once('connect', () => this.#session.setLocalWindowSize(windowBytes));
    this.#session.on('goaway', () => {
      this.#isLeaving = true;
    });
    this.#session.on('error', () => this.destroy());
    this.#session.once('close', () => {
      clearTimeout(this.#idleTimer);
      onGone();
    });
  }

  /** Whether one more request may go over it. */
  get isUsable(): boolean {
    if (this.#isLeaving || this.#session.closed || this.#session.destroyed) return false;
    const { maxConcurrentStreams = maxStreams } = this.#session.remoteSettings ?? {};
    return this.#open < Math.min(maxStreams, maxConcurrentStreams);
  }

  open(): UpstreamStream {
    clearTimeout(this.#idleTimer);
    this.#open += 1;
    const stream = new UpstreamStream(this.#session, () => {
      this.#open -= 1;
      if (this.#open > 0) return;
      this.#idleTimer = setTimeout(() => this.#session.close(), this.#idleMs);
      this.#idleTimer.unref();
    });
    stream.reused = this.#used;
    this.#used = true;
    return stream;
  }

  destroy(): void {
    this.#session.destroy();
  }
}
