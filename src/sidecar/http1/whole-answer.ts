// Reads one answer as a whole into memory, within bounds: for what the sidecar asks of its own accord, and for what it listens in on.
import { BodyReader } from './body.js';
import { findHeadEnd, Malformed } from './fields.js';
import { type AnswerHead, parseAnswerHead } from './head.js';

/** Interim answers before the real one. */
const maxInterim = 8;
const maxHeadBytes = 65_536;

/** Collects an answer from its bytes. Answers in a content coding count as malformed: they are asked for in plain. */
export class WholeAnswer {
  /** 0 before the head is complete. */
  status = 0;
  /** The answer is complete. */
  isDone = false;
  /** The bytes are no answer, or too many. */
  isMalformed = false;
  /** True when the connection stands at the start of the next answer. */
  isReusable = false;
  readonly #method: string;
  readonly #maxBytes: number;
  #pending: Buffer = Buffer.alloc(0);
  #head: AnswerHead | undefined;
  #body: BodyReader | undefined;
  #pieces: Buffer[] = [];
  #size = 0;
  #heads = 0;

  constructor(method: string, maxBytes: number) {
    this.#method = method;
    this.#maxBytes = maxBytes;
  }

  get body(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** The first value of a header, by lower-case name. */
  header(name: string): string | undefined {
    return this.#head?.fields.get(name);
  }

  write(chunk: Buffer): void {
    if (this.isDone || this.isMalformed) return;
    if (this.#body !== undefined) {
      this.#writeBody(chunk, 0);
      return;
    }
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#readHead();
  }

  /** The connection ended; `clean` when its end was announced. */
  end(clean: boolean): void {
    if (this.isDone || this.isMalformed) return;
    if (this.#body?.kind === 'close' && clean) this.isDone = true;
    else this.isMalformed = true;
  }

  #readHead(): void {
    while (this.#body === undefined && !this.isMalformed) {
      const end = findHeadEnd(this.#pending);
      if (end === -1) {
        if (this.#pending.length > maxHeadBytes) this.isMalformed = true;
        return;
      }
      const head =
        end instanceof Malformed ? end : parseAnswerHead(this.#pending.subarray(0, end), this.#method);
      if (head instanceof Malformed || end instanceof Malformed) {
        this.isMalformed = true;
        return;
      }
      this.#pending = this.#pending.subarray(end);
      this.#heads += 1;
      if (head.status >= 200) this.#start(head);
      else if (this.#heads > maxInterim) this.isMalformed = true;
    }
  }

  #start(head: AnswerHead): void {
    const coding = head.fields.combined('content-encoding')?.toLowerCase() ?? 'identity';
    if (coding !== 'identity') {
      this.isMalformed = true;
      return;
    }
    this.#head = head;
    this.status = head.status;
    this.#body = new BodyReader(head.framing);
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    this.#writeBody(rest, 0);
  }

  #writeBody(chunk: Buffer, from: number): void {
    const body = this.#body;
    if (body === undefined) return;
    const used = body.write(chunk, from, (data) => {
      this.#size += data.length;
      // The memory of a read belongs to the connection.
      if (this.#size <= this.#maxBytes) this.#pieces.push(Buffer.from(data));
    });
    if (body.failed !== undefined || this.#size > this.#maxBytes) this.isMalformed = true;
    else if (body.done) {
      this.isDone = true;
      this.isReusable = used === chunk.length && (this.#head?.keepAlive ?? false);
    }
  }
}
