// Turns an upstream's answer into the one the client gets: framing, decompression and scrubbing, streaming (S6).
// It does no I/O of its own: bytes go in, bytes come out through the sink.
import { createHash, type Hash } from 'node:crypto';
import type { Overheard } from '../stage.js';
import { BodyReader, encodeChunk, joined } from './body.js';
import { type Coding, codingOf, createInflater, type Inflater, type WindowBudget } from './coding.js';
import { findHeadEnd, Malformed } from './fields.js';
import { type Framing, noBody } from './framing.js';
import { isGrpcCompressed } from './grpc.js';
import { type AnswerHead, parseAnswerHead } from './head.js';
import { writeAnswerHead, writeTrailers } from './write.js';

/** Masks secrets in a stream, same length; holds back a tail that may be the beginning of one. */
export interface Masker {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
  readonly hits: number;
}

/** `DECODING_FULL`: the answers under way hold all the memory that there is for taking codings apart. */
export type AnswerProblem = 'UPSTREAM_MALFORMED' | 'UPSTREAM_RESET' | 'DECODING_FULL';

export interface AnswerSink {
  /** The final head is here; what comes back hears the content as the client does, and of its end. */
  onAnswerHead?(head: AnswerHead): Overheard | undefined;
  /** A part of a compressed body is coming, which nobody can read; true: the whole was asked for, and this answer is over. */
  onUnreadablePart?(): boolean;
  /** Bytes for the client. */
  onAnswerBytes(bytes: Buffer): void;
  /** There is room for more after `write` said no. */
  onAnswerDrain(): void;
  /** The answer is complete. `reusable`: the upstream connection stands at the start of the next answer. */
  onAnswerDone(reusable: boolean): void;
  /** The answer is broken. Nothing was given to the client when `started` is false. */
  onAnswerBroken(problem: AnswerProblem, started: boolean): void;
}

export interface AnswerOptions {
  method: string;
  /** The client's connection ends after this answer. */
  close: boolean;
  newMasker(): Masker;
  /** Whether whole bytes hold no secret: spares a masker for what comes in one piece. */
  isClean(bytes: Buffer): boolean;
  /** Gives the whole body anew; what is read of it waits for its end. */
  rewrite?: ((body: Buffer) => Buffer) | undefined;
  /** An answer that is a part (206) is none: what it holds is searched by itself, and a secret could be told in several (S6). */
  isWholeOnly?: boolean;
  /** The content of a 200 is hashed as the client gets it: decoded and scrubbed. */
  isHashed?: boolean;
  windowBudget: WindowBudget;
  sink: AnswerSink;
}

/** Bodies that are given anew are short. */
const maxRewriteBytes = 65_536;
/** Interim answers an upstream may send before the real one. */
const maxInterim = 8;

export class Answer {
  /** Status given to the client; 0 before the head is complete. */
  status = 0;
  /** Secrets masked so far. */
  hits = 0;
  /** SHA-256 of the whole content, hex; undefined before its end, and where it is not wanted. */
  contentSha256: string | undefined;
  #hash: Hash | undefined;
  #overheard: Overheard | undefined;
  readonly #options: AnswerOptions;
  #pending: Buffer | undefined;
  #head: AnswerHead | undefined;
  #body: BodyReader | undefined;
  #masker: Masker | undefined;
  #inflater: Inflater | undefined;
  #outChunked = false;
  /** The head as it goes to the client, in latin1, until it is given on. */
  #headText = '';
  #out: Buffer[] = [];
  #content: Buffer[] = [];
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #heads = 0;
  #isOver = false;
  #reusable = false;
  #hasRoom = true;

  constructor(options: AnswerOptions) {
    this.#options = options;
  }

  /** True once a byte was given to the client. */
  get isStarted(): boolean {
    return this.status !== 0;
  }

  /** Takes the next bytes of the upstream connection; false means: wait for `onAnswerDrain`. */
  write(chunk: Buffer): boolean {
    this.#hasRoom = true;
    if (!this.#isOver) this.#read(chunk);
    return this.#hasRoom;
  }

  #read(chunk: Buffer): void {
    let at = 0;
    if (this.#head === undefined) {
      this.#pending = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
      at = this.#readHeads(this.#pending);
      if (this.#head === undefined) return;
      this.#writeBody(this.#pending, at);
      this.#pending = undefined;
      return;
    }
    this.#writeBody(chunk, at);
  }

  /** The upstream connection ended; `clean` when its end was announced. */
  end(clean: boolean): void {
    // What is whole may still be on its way through its decompression.
    if (this.#isOver || this.#body?.done === true) return;
    if (this.#body?.kind === 'close' && clean) this.#endBody(false);
    else this.#break('UPSTREAM_RESET');
  }

  pause(): void {
    this.#inflater?.pause();
  }

  resume(): void {
    this.#inflater?.resume();
  }

  /** The flight is over; what is under way is dropped. */
  abandon(): void {
    this.#isOver = true;
    this.#inflater?.destroy();
    const overheard = this.#overheard;
    this.#overheard = undefined;
    try {
      overheard?.end();
    } catch {
      // What cannot be understood is not remembered, and nothing that a venue says ends the sidecar.
    }
  }

  /** Reads interim heads and the final one; returns where the body begins. */
  #readHeads(bytes: Buffer): number {
    let from = 0;
    while (this.#head === undefined && !this.#isOver) {
      const rest = from === 0 ? bytes : bytes.subarray(from);
      const end = findHeadEnd(rest);
      if (end === -1) {
        this.#pending = rest;
        return from;
      }
      const head =
        end instanceof Malformed ? end : parseAnswerHead(rest.subarray(0, end), this.#options.method);
      if (head instanceof Malformed || end instanceof Malformed) {
        this.#break('UPSTREAM_MALFORMED');
        return from;
      }
      from += end;
      this.#heads += 1;
      if (head.status >= 200) this.#startAnswer(head);
      else if (head.status === 101 || this.#heads > maxInterim) this.#break('UPSTREAM_MALFORMED');
    }
    return from;
  }

  #startAnswer(head: AnswerHead): void {
    const declared = head.fields.combined('content-encoding')?.toLowerCase() ?? 'identity';
    const hasBody = head.framing.kind !== 'none';
    const decoded = hasBody && declared !== 'identity';
    const coding = decoded ? codingOf(declared) : undefined;
    // A part of a compressed body cannot be decompressed, an unknown coding cannot be searched: neither may pass (S6).
    const isPart = decoded && head.status === 206;
    if (isPart && coding !== undefined && this.#options.sink.onUnreadablePart?.() === true) {
      this.#isOver = true;
      return;
    }
    const isUnreadable = decoded && (coding === undefined || isPart);
    const isRefusedPart = head.status === 206 && this.#options.isWholeOnly === true;
    if (isUnreadable || isRefusedPart || isGrpcCompressed(head.fields.combined('grpc-encoding'))) {
      this.#break('UPSTREAM_MALFORMED');
      return;
    }
    this.#head = head;
    if (coding !== undefined && !this.#startInflater(coding)) {
      this.#break('DECODING_FULL');
      return;
    }
    this.#overheard = this.#options.sink.onAnswerHead?.(head);
    this.#body = new BodyReader(head.framing);
    const framing: Framing = !hasBody
      ? noBody
      : head.framing.kind === 'length' && !decoded && this.#options.rewrite === undefined
        ? head.framing
        : { kind: 'chunked' };
    this.#outChunked = framing.kind === 'chunked';
    const declaredLength = hasBody ? undefined : head.fields.get('content-length');
    const text = writeAnswerHead(head, framing, { close: this.#options.close, decoded, declaredLength });
    this.#headText = text;
    this.status = head.status;
    if (this.#options.isHashed === true && head.status === 200) this.#hash = createHash('sha256');
  }

  #startInflater(coding: Coding): boolean {
    const sink = {
      onData: (data: Buffer) => {
        this.#take(data);
        this.#flush();
      },
      onDrain: () => this.#options.sink.onAnswerDrain(),
      onEnd: () => this.#finish(this.#reusable),
      onBroken: () => this.#break('UPSTREAM_MALFORMED'),
      onFull: () => {
        // Its head may still be here: then the client can be told.
        if (this.#headText !== '') this.status = 0;
        this.#break('DECODING_FULL');
      },
    };
    this.#inflater = createInflater(coding, sink, this.#options.windowBudget);
    return this.#inflater !== undefined;
  }

  #writeBody(chunk: Buffer, from: number): void {
    const body = this.#body;
    if (body === undefined || this.#isOver) return;
    const pieces: Buffer[] = [];
    const used = body.write(chunk, from, (data) => pieces.push(data));
    const [only] = pieces;
    if (only !== undefined && pieces.length === 1 && body.done && this.#takeWhole(only)) pieces.pop();
    for (const data of pieces) {
      if (this.#inflater !== undefined) this.#hasRoom = this.#inflater.write(data) && this.#hasRoom;
      else this.#take(data);
    }
    if (this.#isOver) return;
    if (body.failed !== undefined) this.#break('UPSTREAM_MALFORMED');
    else if (body.done) this.#endBody(used === chunk.length && (this.#head?.keepAlive ?? false));
    else this.#flush();
  }

  #endBody(reusable: boolean): void {
    this.#reusable = reusable;
    this.#flush();
    if (this.#inflater === undefined) this.#finish(reusable);
    else this.#inflater.end();
  }

  #take(data: Buffer): void {
    if (this.#options.rewrite !== undefined) {
      this.#kept.push(data);
      this.#keptBytes += data.length;
      if (this.#keptBytes > maxRewriteBytes) this.#break('UPSTREAM_MALFORMED');
      return;
    }
    this.#masker ??= this.#options.newMasker();
    const safe = this.#masker.push(data);
    if (safe.length > 0) this.#content.push(safe);
  }

  /** The only piece of a body, where it is clean: with a head that waits for it, both are searched as one and leave so. */
  #takeWhole(data: Buffer): boolean {
    const { rewrite, isClean } = this.#options;
    if (rewrite !== undefined || this.#masker !== undefined || this.#inflater !== undefined) return false;
    const head = this.#headText;
    if (this.#outChunked || head === '') {
      if (!isClean(data)) return false;
      this.#content.push(data);
      return true;
    }
    const whole = Buffer.allocUnsafe(head.length + data.length);
    whole.write(head, 'latin1');
    data.copy(whole, head.length);
    if (!isClean(whole)) return false;
    this.#headText = '';
    this.#hear(data);
    this.#out.push(whole);
    return true;
  }

  #finish(reusable: boolean): void {
    if (this.#isOver) return;
    if (this.#options.rewrite !== undefined && this.#body?.kind !== 'none')
      this.#content.push(this.#masked(this.#options.rewrite(joined(this.#kept))));
    const tail = this.#masker?.end();
    if (tail !== undefined && tail.length > 0) this.#content.push(tail);
    this.hits += this.#masker?.hits ?? 0;
    this.#wrapContent();
    this.contentSha256 = this.#hash?.digest('hex');
    if (this.#outChunked) {
      const trailers = this.#masked(Buffer.from(writeTrailers(this.#body?.trailers), 'latin1'));
      this.#out.push(Buffer.from('0\r\n'), trailers, Buffer.from('\r\n'));
    }
    this.#isOver = true;
    this.#send();
    this.#options.sink.onAnswerDone(reusable);
  }

  /** Gives on what is safe now: a token of an event stream never waits for the next one. */
  #flush(): void {
    this.#wrapContent();
    this.#send();
  }

  #hear(piece: Buffer): void {
    this.#hash?.update(piece);
    this.#overheard?.add(piece);
  }

  #wrapContent(): void {
    if (this.#headText !== '') this.#out.push(this.#masked(Buffer.from(this.#headText, 'latin1')));
    this.#headText = '';
    if (this.#content.length === 0) return;
    for (const piece of this.#content) this.#hear(piece);
    if (this.#outChunked) this.#out.push(encodeChunk(joined(this.#content)));
    else this.#out.push(...this.#content);
    this.#content = [];
  }

  #send(): void {
    if (this.#out.length === 0) return;
    const bytes = joined(this.#out);
    this.#out = [];
    if (bytes.length > 0) this.#options.sink.onAnswerBytes(bytes);
  }

  #masked(bytes: Buffer): Buffer {
    if (this.#options.isClean(bytes)) return bytes;
    const masker = this.#options.newMasker();
    const masked = Buffer.concat([masker.push(bytes), masker.end()]);
    this.hits += masker.hits;
    return masked;
  }

  #break(problem: AnswerProblem): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#inflater?.destroy();
    this.#options.sink.onAnswerBroken(problem, this.isStarted);
  }
}
