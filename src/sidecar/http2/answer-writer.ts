// Takes an answer in HTTP/1.1 form, as the relay writes it, and gives it to an HTTP/2 stream: head, content, trailers.
import http2, { type ServerHttp2Stream } from 'node:http2';
import { BodyReader } from '../http1/body.js';
import { findHeadEnd, Malformed } from '../http1/fields.js';
import { parseAnswerHead } from '../http1/head.js';
import { fieldsOf } from './header-fields.js';

/** The calls it makes. */
export type AnswerStream = Pick<
  ServerHttp2Stream,
  'additionalHeaders' | 'respond' | 'write' | 'end' | 'sendTrailers' | 'once' | 'close'
>;

export class AnswerWriter {
  /** True once the whole answer was handed to the stream. */
  isDone = false;
  /** True once the final head was: what follows comes from the upstream's own pace. */
  isBegun = false;
  readonly #stream: AnswerStream;
  readonly #method: string;
  #pending: Buffer | undefined;
  #body: BodyReader | undefined;

  constructor(stream: AnswerStream, method: string) {
    this.#stream = stream;
    this.#method = method;
  }

  /** False means: wait for the stream's drain. @throws Error when the bytes are no answer */
  write(bytes: Buffer): boolean {
    let rest = this.#pending === undefined ? bytes : Buffer.concat([this.#pending, bytes]);
    this.#pending = undefined;
    while (this.#body === undefined) {
      const end = findHeadEnd(rest);
      if (end === -1) {
        this.#pending = rest;
        return true;
      }
      if (end instanceof Malformed) throw new Error(end.code);
      this.#startAnswer(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    return this.#writeBody(this.#body, rest);
  }

  #startAnswer(bytes: Buffer): void {
    const head = parseAnswerHead(bytes, this.#method);
    if (head instanceof Malformed) throw new Error(head.code);
    if (head.status < 200) {
      this.#stream.additionalHeaders({ ':status': head.status });
      return;
    }
    const body = new BodyReader(head.framing);
    this.#body = body;
    this.isBegun = true;
    const headers = { ...fieldsOf(head.fields), ':status': head.status };
    if (body.done) {
      this.isDone = true;
      this.#stream.respond(headers, { endStream: true });
      return;
    }
    const isChunked = head.framing.kind === 'chunked';
    this.#stream.respond(headers, { waitForTrailers: isChunked });
    if (!isChunked) return;
    this.#stream.once('wantTrailers', () => {
      try {
        // Without any, Node ends the stream with an empty frame.
        this.#stream.sendTrailers(body.trailers === undefined ? {} : fieldsOf(body.trailers));
      } catch {
        // A14: nobody above would catch it.
        this.#stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      }
    });
  }

  #writeBody(body: BodyReader, bytes: Buffer): boolean {
    if (this.isDone || bytes.length === 0) return true;
    let hasRoom = true;
    body.write(bytes, 0, (data) => {
      hasRoom = this.#stream.write(data);
    });
    if (body.failed !== undefined) throw new Error(body.failed.code);
    if (body.done) {
      this.isDone = true;
      this.#stream.end();
    }
    return hasRoom;
  }
}
