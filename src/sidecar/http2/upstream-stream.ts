// One request to an upstream over HTTP/2, used like an HTTP/1.1 connection: a request goes in and an answer comes out in that form.
import http2, { type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { BodyReader, encodeChunk } from '../http1/body.js';
import { findHeadEnd, Malformed } from '../http1/fields.js';
import { parseRequestHead } from '../http1/head.js';
import type { UpstreamHandler, UpstreamLink } from '../upstream-connection.js';
import { answerHeadOf, answerTrailersOf } from './answer-head.js';
import { fieldsOf, secretFieldsOf } from './header-fields.js';

/** Interim answers that an upstream may send before the real one. */
const maxInterim = 8;
/** For the end of a stream whose answer was whole by its length. */
const lingerMs = 5_000;

/** The connection that a stream is of. */
export interface StreamOwner {
  /** Nothing more goes over the connection. */
  readonly isOver: boolean;
  /** Something came on the stream. */
  heard(): void;
  /** Whether the upstream has said that it did nothing with the stream (RFC 9113 section 6.8). */
  isUntouched(id: number): boolean;
  /** Called once, when nothing more will happen on the stream. */
  streamGone(): void;
}

export class UpstreamStream implements UpstreamLink {
  handler: UpstreamHandler | undefined;
  reused = false;
  /** A stream that ends has always said so in its answer's framing. */
  readonly endedCleanly = false;
  isUntouched = false;
  isGone = false;
  onGone: (() => void) | undefined;
  readonly #session: ClientHttp2Session;
  readonly #owner: StreamOwner;
  #stream: ClientHttp2Stream | undefined;
  #pending: Buffer | undefined;
  #body: BodyReader | undefined;
  #method = '';
  #isChunked = false;
  #hasEnded = false;
  #trailers: readonly string[] = [];
  #interim = 0;
  #lingering: NodeJS.Timeout | undefined;

  constructor(session: ClientHttp2Session, owner: StreamOwner) {
    this.#session = session;
    this.#owner = owner;
  }

  write(data: Buffer | string): boolean {
    if (this.isGone) return true;
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    try {
      return this.#body === undefined ? this.#writeHead(bytes) : this.#writeBody(this.#body, bytes);
    } catch {
      this.destroy();
      return true;
    }
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  /** The answer is whole; streams are not used twice. */
  release(): void {
    this.handler = undefined;
    this.#stream?.resume();
    if (this.#stream === undefined) this.#gone();
    if (this.isGone || this.#hasEnded) return;
    this.#lingering = setTimeout(() => this.destroy(), lingerMs);
    this.#lingering.unref();
  }

  destroy(): void {
    this.#stream?.close(http2.constants.NGHTTP2_CANCEL);
    this.#gone();
  }

  #writeHead(bytes: Buffer): boolean {
    const all = this.#pending === undefined ? bytes : Buffer.concat([this.#pending, bytes]);
    const end = findHeadEnd(all);
    if (end === -1) {
      this.#pending = all;
      return true;
    }
    const head = end instanceof Malformed ? end : parseRequestHead(all.subarray(0, end));
    if (head instanceof Malformed || end instanceof Malformed) throw new Error('not a request');
    this.#pending = undefined;
    const body = new BodyReader(head.framing);
    this.#body = body;
    this.#method = head.method;
    const headers = {
      ...secretFieldsOf(head.fields),
      te: 'trailers',
      ':method': head.method,
      ':scheme': 'https',
      ':authority': head.host,
      ':path': head.target,
    };
    const waitForTrailers = head.framing.kind === 'chunked';
    this.#listen(this.#session.request(headers, { endStream: body.done, waitForTrailers }));
    return this.#writeBody(body, all.subarray(end));
  }

  #writeBody(body: BodyReader, bytes: Buffer): boolean {
    if (body.done || bytes.length === 0) return true;
    let hasRoom = true;
    body.write(bytes, 0, (data) => {
      hasRoom = this.#stream?.write(data) ?? true;
    });
    if (body.failed !== undefined) throw new Error(body.failed.code);
    if (body.done) this.#stream?.end();
    return hasRoom;
  }

  #listen(stream: ClientHttp2Stream): void {
    this.#stream = stream;
    // Node gives the header block as it came, too, which its types leave out.
    stream.on('response', (_headers: unknown, flags: number, raw?: string[]) =>
      this.#onAnswer(stream, raw ?? [], (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0),
    );
    stream.on('headers', () => {
      this.#interim += 1;
      if (this.#interim > maxInterim) this.destroy();
    });
    stream.on('trailers', (_headers: unknown, _flags: number, raw?: string[]) => {
      this.#trailers = raw ?? [];
    });
    stream.on('wantTrailers', () => {
      const trailers = this.#body?.trailers;
      // Without any, Node ends the stream with an empty frame.
      this.#guarded(() => stream.sendTrailers(trailers === undefined ? {} : fieldsOf(trailers)));
    });
    stream.on('drain', () => this.#guarded(() => this.handler?.onUpstreamDrain()));
    stream.on('error', () => this.#gone());
    stream.on('close', () => this.#gone());
  }

  #onAnswer(stream: ClientHttp2Stream, raw: readonly string[], isWhole: boolean): void {
    this.#owner.heard();
    const head = answerHeadOf(raw, { method: this.#method, isWhole });
    if (head === undefined) {
      this.destroy();
      return;
    }
    this.#isChunked = head.isChunked;
    this.#give(head.bytes);
    // Not before: of what comes in one piece Node may tell the content first.
    stream.on('data', (data: Buffer) => {
      this.#owner.heard();
      this.#give(this.#isChunked ? encodeChunk(data) : data);
    });
    stream.on('end', () => this.#onEnd());
  }

  #onEnd(): void {
    // A stream that is reset ends, too. One that was left without an error counts as whole: where a connection's window is used up, Node's
    // own servers end whole answers so, and curl 7.88 and Node's client take them so.
    if (this.#hasEnded || (this.#stream?.rstCode ?? 0) !== 0) return;
    this.#hasEnded = true;
    if (!this.#isChunked) return;
    const trailers = answerTrailersOf(this.#trailers);
    if (trailers === undefined) this.destroy();
    else this.#give(Buffer.from(`0\r\n${trailers}\r\n`, 'latin1'));
  }

  #give(bytes: Buffer): void {
    this.#guarded(() => this.handler?.onUpstreamData(bytes));
  }

  /** A fault met on one stream must not end the others (A14), let alone the process: nobody above catches it. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch {
      this.destroy();
    }
  }

  #gone(): void {
    if (this.isGone) return;
    this.isGone = true;
    clearTimeout(this.#lingering);
    const { handler } = this;
    this.handler = undefined;
    const { id, rstCode } = this.#stream ?? {};
    this.isUntouched =
      id === undefined || rstCode === http2.constants.NGHTTP2_REFUSED_STREAM || this.#owner.isUntouched(id);
    // A connection that still stands has not ended behind the request's back: the upstream meant this stream.
    this.reused &&= this.#owner.isOver;
    this.#owner.streamGone();
    this.onGone?.();
    handler?.onUpstreamClose();
  }
}
