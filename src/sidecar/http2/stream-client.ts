// One request on an HTTP/2 stream, served as an HTTP/1.1 connection of one request would be: the same handler, bounds and deadlines.
import http2, { type ServerHttp2Stream } from 'node:http2';
import type { Client } from '../http1/client.js';
import type { ClientLimits, ConnectionHandler } from '../http1/client-connection.js';
import { Malformed } from '../http1/fields.js';
import { isGrpcContent } from '../http1/grpc.js';
import { parseRequestHead } from '../http1/head.js';
import { AnswerWriter } from './answer-writer.js';
import { requestHeadOf, trailerFieldsOf } from './request-head.js';

export class StreamClient implements Client {
  isBodyOpen: boolean;
  readonly #stream: ServerHttp2Stream;
  readonly #handler: ConnectionHandler;
  readonly #limits: ClientLimits;
  #answer: AnswerWriter | undefined;
  #isOpen = true;
  #isPaused = false;
  /** Node tells the end of an empty body while it is paused, too; whoever paused it is not ready to hear it. */
  #hasEndWaiting = false;
  /** Bytes that the declared length still promises; undefined without one. */
  #leftBytes: number | undefined;
  #trailers: readonly string[] | undefined;
  #bodyStart = performance.now();
  #bodyBytes = 0;
  #isGrpc = false;
  #deadline = Number.POSITIVE_INFINITY;
  #stalledSince: number | undefined;

  constructor(stream: ServerHttp2Stream, handler: ConnectionHandler, limits: ClientLimits, flags: number) {
    this.#stream = stream;
    this.#handler = handler;
    this.#limits = limits;
    this.isBodyOpen = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) === 0;
    stream.on('error', () => this.#gone());
    stream.on('aborted', () => this.#gone());
    stream.on('close', () => this.#gone());
    stream.on('drain', () => {
      this.#stalledSince = undefined;
      if (this.#isOpen) this.#guarded(() => handler.onDrain());
    });
  }

  /** Begins the request. `raw` is its header block: names and values in turn. */
  start(raw: readonly string[]): void {
    const bytes = requestHeadOf(raw, this.isBodyOpen);
    const head = bytes instanceof Malformed ? bytes : parseRequestHead(bytes);
    this.#answer = new AnswerWriter(this.#stream, head instanceof Malformed ? '' : head.method);
    if (head instanceof Malformed || bytes instanceof Malformed) {
      this.#handler.onMalformed(head instanceof Malformed ? head : new Malformed('BAD_START_LINE'));
      return;
    }
    const hasBody = head.framing.kind !== 'none';
    if (head.framing.kind === 'length') this.#leftBytes = head.framing.length;
    this.#isGrpc = isGrpcContent(head.fields.get('content-type'));
    if (hasBody) this.#watchBody();
    else this.isBodyOpen = false;
    this.#handler.onRequest({ ...head, isHttp2: true }, bytes);
    // Also without a body: a stream that nobody reads never closes.
    this.#stream.on('data', (data: Buffer) => this.#guarded(() => this.#onData(data)));
    // Node gives the block as it came, too, which its types leave out.
    this.#stream.on('trailers', (_headers: unknown, _flags: number, trailers?: string[]) => {
      this.#trailers = trailers;
    });
    this.#stream.on('end', () => {
      this.#hasEndWaiting = this.#isPaused;
      if (!this.#isPaused) this.#guarded(() => this.#onEnd());
    });
    if (this.#isPaused) this.#stream.pause();
  }

  write(data: Buffer | string): boolean {
    if (!this.#isOpen || this.#stream.destroyed) return true;
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    let hasRoom = true;
    try {
      hasRoom = this.#answer?.write(bytes) ?? true;
      if (this.isBodyOpen) this.#watchBody();
    } catch {
      this.destroy();
    }
    if (!hasRoom) this.#stalledSince ??= performance.now();
    return hasRoom;
  }

  pauseBody(): void {
    this.#isPaused = true;
    this.#stream.pause();
  }

  resumeBody(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#bodyStart = performance.now();
    this.#bodyBytes = 0;
    if (this.isBodyOpen) this.#watchBody();
    this.#stream.resume();
    if (!this.#hasEndWaiting) return;
    this.#hasEndWaiting = false;
    this.#guarded(() => this.#onEnd());
  }

  /** The stream is this request's alone, so nothing is kept; what the client still sends is not wanted. */
  finish(): void {
    this.#isOpen = false;
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#stream.resume();
    if (this.#answer?.isDone !== true) this.#stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    else if (this.isBodyOpen) this.#stream.close(http2.constants.NGHTTP2_NO_ERROR);
  }

  destroy(): void {
    if (!this.#stream.closed) this.#stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
    this.#gone();
  }

  checkDeadline(now: number): void {
    if (this.#stalledSince !== undefined && now - this.#stalledSince > this.#limits.stallMs) this.destroy();
    else if (now > this.#deadline && !this.#isPaused) this.destroy();
  }

  #onData(data: Buffer): void {
    if (!this.#isOpen || !this.isBodyOpen) return;
    this.#bodyBytes += data.length;
    if (this.#leftBytes !== undefined) {
      this.#leftBytes -= data.length;
      if (this.#leftBytes < 0) {
        this.#handler.onMalformed(new Malformed('LENGTH_BAD'));
        return;
      }
    }
    this.#watchBody();
    this.#handler.onBody(data);
  }

  /**
   * Once the answer flows, a client may listen for as long as it likes, which two-way streams do: the flight ends what is silent in both
   * directions. A gRPC client may wait for its answer in silence, too, for as long as a connection may idle.
   */
  #watchBody(): void {
    const { bodyGraceMs, bodyMinRate, bodyIdleMs, idleMs } = this.#limits;
    const now = performance.now();
    if (this.#answer?.isBegun === true) {
      this.#deadline = Number.POSITIVE_INFINITY;
    } else if (this.#isGrpc) {
      this.#deadline = now + idleMs;
    } else {
      const rateDeadline = this.#bodyStart + bodyGraceMs + (this.#bodyBytes / bodyMinRate) * 1000;
      this.#deadline = Math.min(now + bodyIdleMs, rateDeadline);
    }
  }

  #onEnd(): void {
    if (!this.#isOpen || !this.isBodyOpen || this.#stream.aborted) return;
    this.isBodyOpen = false;
    this.#deadline = Number.POSITIVE_INFINITY;
    if (this.#leftBytes !== undefined && this.#leftBytes > 0) {
      this.#handler.onMalformed(new Malformed('LENGTH_BAD'));
      return;
    }
    const trailers = this.#trailers === undefined ? undefined : trailerFieldsOf(this.#trailers);
    if (trailers instanceof Malformed) this.#handler.onMalformed(trailers);
    else this.#handler.onBodyEnd(trailers);
  }

  /** A fault met on one stream must not end the others (A14). */
  #guarded(act: () => void): void {
    try {
      act();
    } catch {
      this.destroy();
    }
  }

  #gone(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#stalledSince = undefined;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handler.onAbort();
  }
}
