// One TLS connection to an upstream, lent to one exchange at a time.
import type { OnReadOpts } from 'node:net';
import tls from 'node:tls';
import { turn } from './turn.js';

/** Who uses the connection now. */
export interface UpstreamHandler {
  /** `chunk` is the handler's to keep. */
  onUpstreamData(chunk: Buffer): void;
  onUpstreamDrain(): void;
  /** The connection is gone; nothing else follows. */
  onUpstreamClose(): void;
}

/** What a request is sent over: a connection, or one stream of an HTTP/2 connection. Both sides are in HTTP/1.1 form. */
export interface UpstreamLink {
  handler: UpstreamHandler | undefined;
  /** True when a request was answered on the connection before. */
  reused: boolean;
  /** True when the upstream announced the end of its bytes, rather than breaking off. */
  readonly endedCleanly: boolean;
  /** Nothing more will come. */
  readonly isGone: boolean;
  /** Once it is gone: the upstream has said that it did nothing with the request, or it never left (RFC 9113 section 8.7). */
  readonly isUntouched: boolean;
  /** False means: wait for the drain. */
  write(data: Buffer | string): boolean;
  pause(): void;
  resume(): void;
  /** The answer is complete, and the user lets go. */
  release(): void;
  destroy(): void;
}

// One buffer for all reads of all upstreams: a read is copied out before the next one can happen.
const readBuffer = Buffer.allocUnsafeSlow(65_536);

export class UpstreamConnection implements UpstreamLink {
  readonly socket: tls.TLSSocket;
  handler: UpstreamHandler | undefined;
  /** True when a request was answered on it before. */
  reused = false;
  /** True when the upstream announced the end of its bytes, rather than breaking off. */
  endedCleanly = false;
  readonly isUntouched = false;
  /** When it was put back, on the monotonic clock, in milliseconds. */
  idleSince = performance.now();
  onSession: ((session: Buffer) => void) | undefined;
  onRelease: (() => void) | undefined;
  onGone: (() => void) | undefined;
  #isGone = false;
  /** Bytes that came in this turn, all for one handler. */
  #arrived: Buffer[] = [];
  #arrivedFor: UpstreamHandler | undefined;

  constructor(
    address: string,
    options: {
      servername: string;
      port: number;
      context: tls.SecureContext;
      session: Buffer | undefined;
      /** What the handshake offers, the best first. */
      protocols: string[];
      /** The socket may be handed to another protocol as it is: nobody reads from it before `read`. */
      isRaw?: boolean;
    },
  ) {
    // Node documents `onread` for net.connect and passes it through tls.connect; its types miss it there.
    const connectOptions: tls.ConnectionOptions & { onread?: OnReadOpts } = {
      host: address,
      port: options.port,
      servername: options.servername,
      secureContext: options.context,
      rejectUnauthorized: true,
      ALPNProtocols: options.protocols,
      ...(options.session === undefined ? {} : { session: options.session }),
      ...(options.isRaw === true
        ? {}
        : { onread: { buffer: readBuffer, callback: (size) => this.#onRead(size) } }),
    };
    this.socket = tls.connect(connectOptions);
    this.socket.setNoDelay(true);
    this.socket.on('session', (session: Buffer) => this.onSession?.(session));
    this.socket.on('drain', () => this.handler?.onUpstreamDrain());
    if (options.isRaw !== true) this.#hearEnd();
    this.socket.on('error', () => this.#ended());
    this.socket.on('close', () => this.#ended());
  }

  /** A raw socket on which HTTP/1.1 was negotiated is read here after all. */
  read(): void {
    this.#hearEnd();
    this.socket.on('data', (chunk: Buffer) => this.#onChunk(chunk));
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Writes; false means: wait for the drain. */
  write(data: Buffer | string): boolean {
    return typeof data === 'string' ? this.socket.write(data, 'latin1') : this.socket.write(data);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Gives it back to the pool: the answer is complete and the upstream keeps the connection. */
  release(): void {
    this.handler = undefined;
    this.idleSince = performance.now();
    // The last user may have stopped reading; the next one, and the sight of unasked bytes, need it going.
    this.resume();
    if (this.#isGone || this.onRelease === undefined) this.destroy();
    else this.onRelease();
  }

  destroy(): void {
    this.socket.destroy();
    this.#gone();
  }

  /** The upstream ended or broke: what it said before counts first. */
  #ended(): void {
    this.#deliver();
    this.destroy();
  }

  #hearEnd(): void {
    this.socket.on('end', () => {
      this.endedCleanly = true;
      this.#ended();
    });
  }

  #onRead(size: number): boolean {
    // Bytes that nobody asked for would be read as the next request's answer.
    if (this.handler === undefined) {
      this.destroy();
      return true;
    }
    const chunk = Buffer.allocUnsafe(size);
    readBuffer.copy(chunk, 0, 0, size);
    this.#onChunk(chunk);
    return true;
  }

  #onChunk(chunk: Buffer): void {
    const { handler } = this;
    if (handler === undefined) {
      this.destroy();
      return;
    }
    this.#arrived.push(chunk);
    if (this.#arrived.length > 1) return;
    this.#arrivedFor = handler;
    turn.read(() => this.#deliver());
  }

  #deliver(): void {
    const chunks = this.#arrived;
    const meantFor = this.#arrivedFor;
    this.#arrived = [];
    this.#arrivedFor = undefined;
    for (const chunk of chunks) {
      const { handler } = this;
      if (this.#isGone) return;
      try {
        // The answer may have ended with an earlier chunk: what follows it was asked for by nobody.
        if (handler === undefined || handler !== meantFor) this.destroy();
        else handler.onUpstreamData(chunk);
      } catch {
        // A fault met on one connection must not end the others (A14).
        this.destroy();
      }
    }
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const { handler } = this;
    this.handler = undefined;
    this.onGone?.();
    handler?.onUpstreamClose();
  }
}
