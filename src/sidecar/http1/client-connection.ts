// One connection from the agent: reads requests one after the other, keeps deadlines and bounds, applies backpressure.
// A connection has one request at a time; what is pipelined behind it waits in a bounded buffer.
import type { Socket } from 'node:net';
import { rawProtocolIn } from '../raw-protocols.js';
import { turn } from '../turn.js';
import { BodyReader } from './body.js';
import type { Client } from './client.js';
import { canBeginRequest, type Fields, findHeadEnd, Malformed } from './fields.js';
import { parseRequestHead, type RequestHead } from './head.js';

/** Who serves the connection's requests. Every call happens while its request is open, `onAbort` at most once. */
export interface ConnectionHandler {
  onRequest(head: RequestHead, headBytes: Buffer): void;
  onBody(data: Buffer): void;
  /** `trailers` came behind the body; undefined when there were none. */
  onBodyEnd(trailers?: Fields): void;
  /** The bytes are no HTTP/1.1: nothing more is read; the handler answers and finishes. */
  onMalformed(problem: Malformed): void;
  onDrain(): void;
  /** The client is gone before its answer was complete. */
  onAbort(): void;
}

/** Deadlines in milliseconds, bounds in bytes. */
export interface ClientLimits {
  /** From the connection's start to its first byte, and from a head's first byte to its last. */
  headMs: number;
  /** Between requests. */
  idleMs: number;
  /** Between two pieces of a body. */
  bodyIdleMs: number;
  /** Grace before a body's average rate counts. */
  bodyGraceMs: number;
  /** A body slower than this is ended, in bytes per second. */
  bodyMinRate: number;
  /** An answer that the client does not read. */
  stallMs: number;
  /** Bytes kept of requests that are pipelined behind the open one. */
  maxPipelinedBytes: number;
  /** Bytes read and thrown away behind a refusal, so that the client gets to read it. */
  maxDiscardBytes: number;
  discardMs: number;
}

export const defaultClientLimits: ClientLimits = {
  // nginx's own (client_header_timeout): clients connect ahead, and a box on a busy machine is slow.
  headMs: 60_000,
  idleMs: 300_000,
  bodyIdleMs: 30_000,
  bodyGraceMs: 60_000,
  bodyMinRate: 512,
  stallMs: 120_000,
  maxPipelinedBytes: 65_536,
  maxDiscardBytes: 1_048_576,
  discardMs: 3_000,
};

/** `head`: waiting for a request; `body`: reading one's body; `answer`: its answer is open; `discard`: refused, reading on in vain. */
type State = 'head' | 'body' | 'answer' | 'discard' | 'closed';

const nothing = Buffer.alloc(0);

export class ClientConnection implements Client {
  readonly socket: Socket;
  readonly #handler: ConnectionHandler;
  readonly #limits: ClientLimits;
  readonly #listeners: Record<'data' | 'drain' | 'error' | 'end' | 'close', (chunk: Buffer) => void>;
  #state: State = 'head';
  #pending: Buffer = nothing;
  #body: BodyReader | undefined;
  #bodyPaused = false;
  #isPumping = false;
  #requestOpen = false;
  #deadline: number;
  #bodyStart = 0;
  #bodyBytes = 0;
  #discarded = 0;
  #stalledSince: number | undefined;
  /** Bytes that came in this turn, and whether the client ended behind them. */
  #arrived: Buffer[] = [];
  #hasEnded = false;
  /** Bytes to be sent in this turn. */
  #leaving: (Buffer | string)[] = [];
  #leavingBytes = 0;
  /** `write` said no, so a drain is owed. */
  #owesDrain = false;

  constructor(socket: Socket, handler: ConnectionHandler, limits: ClientLimits) {
    this.socket = socket;
    this.#handler = handler;
    this.#limits = limits;
    this.#deadline = performance.now() + limits.headMs;
    socket.setNoDelay(true);
    const ended = (): void => {
      this.#hasEnded = true;
      turn.read(() => this.#deliver());
    };
    this.#listeners = {
      data: (chunk: Buffer) => {
        this.#arrived.push(chunk);
        if (this.#arrived.length === 1) turn.read(() => this.#deliver());
      },
      drain: () => this.#drained(),
      error: ended,
      // A client that half-closes is taken as gone: nobody reads its answer.
      end: ended,
      close: ended,
    };
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener);
  }

  /** Gives the socket up for another protocol, with the bytes read beyond the open request put back into it. */
  detach(): Socket {
    const { socket } = this;
    for (const [event, listener] of Object.entries(this.#listeners)) socket.removeListener(event, listener);
    socket.pause();
    this.#send();
    const rest = Buffer.concat([this.#pending, ...this.#arrived]);
    this.#arrived = [];
    this.#state = 'closed';
    this.#requestOpen = false;
    this.#pending = nothing;
    if (rest.length > 0) socket.unshift(rest);
    if (this.#hasEnded) socket.destroy();
    return socket;
  }

  /** True once the client is gone or was sent away. */
  get isClosed(): boolean {
    return this.#state === 'closed' || this.#state === 'discard';
  }

  /** Writes answer bytes; false means: wait for `onDrain`. */
  write(data: Buffer | string): boolean {
    if (this.isClosed) return true;
    if (this.#leaving.length === 0) turn.send(() => this.#send());
    this.#leaving.push(data);
    this.#leavingBytes += data.length;
    const { writableLength, writableHighWaterMark } = this.socket;
    this.#owesDrain = this.#leavingBytes + writableLength >= writableHighWaterMark;
    return !this.#owesDrain;
  }

  /** Gives what is leaving to the socket, in one piece. */
  #send(): void {
    const parts = this.#leaving;
    const [first] = parts;
    if (first === undefined) return;
    this.#leaving = [];
    this.#leavingBytes = 0;
    if (!this.socket.writable) return;
    const bytes = parts.length === 1 ? first : Buffer.concat(parts.map(bytesOf));
    const hasRoom = typeof bytes === 'string' ? this.socket.write(bytes, 'latin1') : this.socket.write(bytes);
    if (!hasRoom) this.#stalledSince ??= performance.now();
    else if (this.#owesDrain) this.#drained();
  }

  #drained(): void {
    this.#stalledSince = undefined;
    this.#owesDrain = false;
    if (this.#requestOpen) this.#handler.onDrain();
  }

  /** True while the request's body has not been read to its end. */
  get isBodyOpen(): boolean {
    return this.#state === 'body';
  }

  pauseBody(): void {
    this.#bodyPaused = true;
    if (this.#state === 'body') this.socket.pause();
  }

  resumeBody(): void {
    if (!this.#bodyPaused) return;
    this.#bodyPaused = false;
    this.#bodyStart = performance.now();
    this.#bodyBytes = 0;
    this.#deadline = this.#bodyStart + this.#limits.bodyIdleMs;
    this.socket.resume();
    this.#pump();
  }

  /** The answer is complete. Without `keepAlive`, or with the request's body still open, the connection ends gently. */
  finish(keepAlive: boolean): void {
    this.#requestOpen = false;
    if (this.isClosed) return;
    const now = performance.now();
    if (keepAlive && this.#state === 'answer') {
      this.#state = 'head';
      this.#deadline = now + (this.#pending.length > 0 ? this.#limits.headMs : this.#limits.idleMs);
      this.socket.resume();
      this.#pump();
      return;
    }
    this.#state = 'discard';
    this.#pending = nothing;
    this.#deadline = now + this.#limits.discardMs;
    this.#send();
    this.socket.resume();
    this.socket.end();
  }

  destroy(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#pending = nothing;
    this.#arrived = [];
    this.#owesDrain = false;
    this.#send();
    this.socket.destroy();
    if (!this.#requestOpen) return;
    this.#requestOpen = false;
    this.#handler.onAbort();
  }

  /** Ends the connection when a deadline has passed; called about once a second. */
  checkDeadline(now: number): void {
    const { stallMs } = this.#limits;
    if (this.#stalledSince !== undefined && now - this.#stalledSince > stallMs) this.destroy();
    else if (now > this.#deadline && !(this.#state === 'body' && this.#bodyPaused)) this.destroy();
  }

  #deliver(): void {
    const chunks = this.#arrived;
    this.#arrived = [];
    try {
      for (const chunk of chunks) this.#onData(chunk);
    } catch {
      // A fault met on one connection must not end the others (A14).
      this.destroy();
    }
    if (this.#hasEnded) this.destroy();
  }

  #onData(chunk: Buffer): void {
    switch (this.#state) {
      case 'closed':
        return;
      case 'discard':
        this.#discarded += chunk.length;
        if (this.#discarded > this.#limits.maxDiscardBytes) this.destroy();
        return;
      default:
        if (this.#state === 'head' && this.#pending.length === 0) {
          this.#deadline = performance.now() + this.#limits.headMs;
        }
        this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
        this.#pump();
    }
  }

  /** Works off what is buffered. Never re-entered: an answer given at once only changes the state the loop looks at. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#pending.length > 0) {
      const state = this.#state;
      if (state === 'head') {
        if (!this.#readHead()) break;
      } else if (state === 'body' && !this.#bodyPaused) {
        this.#readBody();
      } else {
        break;
      }
    }
    this.#isPumping = false;
    if (this.#state === 'answer' && this.#pending.length > this.#limits.maxPipelinedBytes)
      this.socket.pause();
  }

  #readHead(): boolean {
    const end = findHeadEnd(this.#pending);
    if (end instanceof Malformed) return this.#fail(end);
    if (end < 0) {
      if (canBeginRequest(this.#pending)) return false;
      return this.#fail(new Malformed('NOT_HTTP', rawProtocolIn(this.#pending)));
    }
    // Mostly the head is all that came: a view of it would cost as much as reading a field.
    const isAll = end === this.#pending.length;
    const bytes = isAll ? this.#pending : this.#pending.subarray(0, end);
    const head = parseRequestHead(bytes);
    if (head instanceof Malformed) return this.#fail(head);
    this.#pending = isAll ? nothing : this.#pending.subarray(end);
    this.#requestOpen = true;
    this.#bodyPaused = false;
    if (head.framing.kind === 'none') {
      this.#body = undefined;
      this.#enterAnswer();
    } else {
      this.#body = new BodyReader(head.framing);
      this.#state = 'body';
      this.#bodyStart = performance.now();
      this.#bodyBytes = 0;
      this.#deadline = this.#bodyStart + this.#limits.bodyIdleMs;
    }
    this.#handler.onRequest(head, bytes);
    return true;
  }

  #readBody(): void {
    const body = this.#body;
    if (body === undefined) return;
    const chunk = this.#pending;
    this.#pending = nothing;
    const used = body.write(chunk, 0, (data) => {
      this.#bodyBytes += data.length;
      if (this.#state === 'body') this.#handler.onBody(data);
    });
    if (this.#state !== 'body') return;
    if (body.failed !== undefined) {
      this.#fail(body.failed);
      return;
    }
    this.#pending = used < chunk.length ? chunk.subarray(used) : nothing;
    const now = performance.now();
    const rateDeadline =
      this.#bodyStart + this.#limits.bodyGraceMs + (this.#bodyBytes / this.#limits.bodyMinRate) * 1000;
    this.#deadline = Math.min(now + this.#limits.bodyIdleMs, rateDeadline);
    if (body.done) {
      this.#enterAnswer();
      this.#handler.onBodyEnd(body.trailers);
    }
  }

  /** The client has nothing more to say to this request; the answer's deadlines are the handler's. */
  #enterAnswer(): void {
    this.#state = 'answer';
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  #fail(problem: Malformed): false {
    this.#requestOpen = true;
    this.#pending = nothing;
    this.#enterAnswer();
    this.socket.pause();
    this.#handler.onMalformed(problem);
    return false;
  }
}

function bytesOf(part: Buffer | string): Buffer {
  return typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
}
