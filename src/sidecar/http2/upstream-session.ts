// An HTTP/2 connection to an upstream, shared by requests: how many, for how long, and whether it still answers.
import http2, { type ClientHttp2Session } from 'node:http2';
import type tls from 'node:tls';
import { defaultFloodLimits, type FloodKind, FloodMeter, sendAway } from './flood.js';
import { type StreamOwner, UpstreamStream } from './upstream-stream.js';

/** Streams of one connection; the upstream's own limit may be lower. */
const maxStreams = 100;
const windowBytes = 1_048_576;
/** What a stream that nobody reads may hold of its answer: with the number of streams it bounds the memory of all (A14). */
const streamWindowBytes = 131_072;
const maxSessionMemory = 32;
/** Frames by which an upstream advertises itself elsewhere: Node keeps what one kind of them says for as long as the session lives. */
const maxAdvertisements = 8;

export interface SessionTimes {
  /** Without a stream. */
  idleMs: number;
  /** An upstream that was silent for longer is asked whether it is there before it gets another request. */
  silentMs: number;
  /** For its answer to that. */
  pingMs: number;
}

export class UpstreamSession implements StreamOwner {
  /** It has said something in HTTP/2. */
  hasSpoken = false;
  readonly #session: ClientHttp2Session;
  readonly #socket: tls.TLSSocket;
  readonly #times: SessionTimes;
  readonly #flood = new FloodMeter(defaultFloodLimits);
  #open = 0;
  #used = false;
  #isLeaving = false;
  #idleTimer: NodeJS.Timeout | undefined;
  #heardAt = performance.now();
  #checking: Promise<boolean> | undefined;
  /** The last stream that the upstream has handled, or may have, once it leaves. */
  #lastHandled = Number.POSITIVE_INFINITY;
  #advertisements = 0;

  /** `secure` is verified, and `h2` was negotiated on it. `onGone` is called once. */
  constructor(secure: tls.TLSSocket, origin: string, times: SessionTimes, onGone: () => void) {
    this.#times = times;
    this.#socket = secure;
    this.#session = http2.connect(origin, {
      createConnection: () => secure,
      maxSessionMemory,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    const session = this.#session;
    // What it says at once may have ended it before.
    session.once('connect', () => session.destroyed || session.setLocalWindowSize(windowBytes));
    session.on('goaway', (_code: number, lastStream: number) => {
      this.#lastHandled = lastStream;
      this.retire();
    });
    session.on('remoteSettings', () => {
      this.hasSpoken = true;
      this.#count('settings');
    });
    session.on('ping', () => this.#count('pings'));
    for (const frame of ['origin', 'altsvc'] as const) session.on(frame, () => this.#advertised());
    session.on('error', () => this.destroy());
    session.once('close', () => {
      clearTimeout(this.#idleTimer);
      onGone();
    });
    this.#awaitUse();
  }

  /** Whether one more request may go over it. */
  get isUsable(): boolean {
    if (this.#isLeaving || this.isOver) return false;
    const { maxConcurrentStreams = maxStreams } = this.#session.remoteSettings ?? {};
    return this.#open < Math.min(maxStreams, maxConcurrentStreams);
  }

  get isOver(): boolean {
    return this.#session.closed || this.#session.destroyed;
  }

  /** Whether the upstream is there: one that has long said nothing is asked. It gets no further request when it is not. */
  answers(): true | Promise<boolean> {
    if (performance.now() - this.#heardAt <= this.#times.silentMs) return true;
    this.#checking ??= this.#ping();
    return this.#checking;
  }

  open(): UpstreamStream {
    clearTimeout(this.#idleTimer);
    this.#open += 1;
    const stream = new UpstreamStream(this.#session, this);
    stream.reused = this.#used;
    this.#used = true;
    return stream;
  }

  /** No further request; those under way go on. */
  retire(): void {
    this.#isLeaving = true;
    if (this.#open === 0) this.#awaitUse();
  }

  /** With the socket: Node would wait for an upstream that never ends its side. */
  destroy(): void {
    this.#session.destroy();
    this.#socket.destroy();
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  isUntouched(id: number): boolean {
    return id > this.#lastHandled;
  }

  streamGone(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#awaitUse();
  }

  /** Who had it made for a request may still take that one's stream when it is leaving; nobody else. */
  #awaitUse(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.destroy(), this.#isLeaving ? 0 : this.#times.idleMs);
    this.#idleTimer.unref();
  }

  #ping(): Promise<boolean> {
    return new Promise((resolve) => {
      const startMs = performance.now();
      const done = (isThere: boolean): void => {
        clearTimeout(timer);
        this.#checking = undefined;
        if (isThere) this.heard();
        else this.retire();
        resolve(isThere);
      };
      // What came meanwhile, on any stream, is an answer, too.
      const timer = setTimeout(() => done(this.#heardAt > startMs), this.#times.pingMs);
      timer.unref();
      try {
        if (!this.#session.ping((error) => done(error === null))) done(false);
      } catch {
        done(false);
      }
    });
  }

  /** A14: what costs an upstream almost nothing must not keep this process busy. */
  #count(kind: FloodKind): void {
    if (this.#flood.isFlood(kind, performance.now())) sendAway(this.#session);
  }

  #advertised(): void {
    this.#advertisements += 1;
    if (this.#advertisements > maxAdvertisements) sendAway(this.#session);
  }
}
