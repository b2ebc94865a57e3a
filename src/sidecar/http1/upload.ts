// A request on its way up: its head, then its body, whole or in pieces. Streamed bodies are searched for decoys as they pass.
import type { CanaryEar } from '../canary-watch.js';
import type { UpstreamConnection } from '../upstream-connection.js';
import type { Masker } from './answer.js';
import { encodeChunk, lastChunk } from './body.js';

/** `full`: wait for the upstream's drain. `decoy`: a decoy was about to be complete upstream; nothing more may be sent. */
export type UploadOutcome = 'sent' | 'full' | 'decoy';

export interface UploadOptions {
  connection: Pick<UpstreamConnection, 'write'>;
  /** Finds decoys in a streamed body; undefined where decoys may pass (B8). */
  guard: Masker | undefined;
  /** Hears the body as it is sent, where nothing in it is refused. */
  ear?: CanaryEar | undefined;
  /** The body goes up in chunks, because its length is not known. */
  chunked: boolean;
}

export class Upload {
  /** Bytes sent, framing included. */
  bytes = 0;
  /** True once the last byte of the request was sent. */
  isWhole = false;
  readonly #options: UploadOptions;

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  /** Sends a request whose body was decided on before: head and body in one piece. */
  sendWhole(head: string | Buffer, body: Buffer): void {
    this.isWhole = true;
    this.#options.ear?.(body);
    const headBytes = typeof head === 'string' ? Buffer.from(head, 'latin1') : head;
    const bytes = body.length === 0 ? headBytes : Buffer.concat([headBytes, body]);
    this.bytes += bytes.length;
    this.#options.connection.write(bytes);
  }

  /** Sends the head of a request whose body follows in pieces. */
  sendHead(head: string): UploadOutcome {
    this.bytes += head.length;
    return this.#options.connection.write(head) ? 'sent' : 'full';
  }

  /** Sends a piece of the body. What may be the beginning of a decoy stays here until it is clear. */
  write(data: Buffer): UploadOutcome {
    const { guard, ear } = this.#options;
    ear?.(data);
    return this.#send(guard === undefined ? data : guard.push(data));
  }

  /** The body is over. `trailers`: lines that may follow a body in chunks. */
  end(trailers = ''): UploadOutcome {
    const { guard, chunked, connection } = this.#options;
    if (guard !== undefined && this.#send(guard.end()) === 'decoy') return 'decoy';
    if (chunked) {
      const last = trailers === '' ? lastChunk : Buffer.from(`0\r\n${trailers}\r\n`, 'latin1');
      connection.write(last);
      this.bytes += last.length;
    }
    this.isWhole = true;
    return 'sent';
  }

  #send(data: Buffer): UploadOutcome {
    const { guard, chunked, connection } = this.#options;
    if (guard !== undefined && guard.hits > 0) return 'decoy';
    if (data.length === 0) return 'sent';
    const bytes = chunked ? encodeChunk(data) : data;
    this.bytes += bytes.length;
    return connection.write(bytes) ? 'sent' : 'full';
  }
}
