// Connects a process in the machine with streams out here: input, output, terminal size, signals, exit code. No side sends more than
// the other has room for.
import type { Readable, Writable } from 'node:stream';
import { type Frame, type FrameKind, kinds, mostFrameBytes, u32, windowBytes } from './frames.js';

export interface Streams {
  stdin: Readable | undefined;
  stdout: Writable;
  stderr: Writable;
}

export class Conversation {
  /** Exit code, once all output has been written. */
  readonly ended: Promise<number>;
  readonly #send: (kind: FrameKind, data: Uint8Array) => void;
  readonly #streams: Streams;
  #room = windowBytes;
  #unwritten = 0;
  #exitCode: number | undefined;
  #resolve: (code: number) => void = () => {};

  constructor(streams: Streams, send: (kind: FrameKind, data: Uint8Array) => void) {
    this.#streams = streams;
    this.#send = send;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** True once the process has said its exit code, though its output may still be on its way. */
  get hasEnded(): boolean {
    return this.#exitCode !== undefined;
  }

  /** Begins to pass input on; the process was asked for before. */
  open(): void {
    const { stdin } = this.#streams;
    if (stdin === undefined) return;
    stdin.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += mostFrameBytes) {
        this.#send(kinds.input, chunk.subarray(at, at + mostFrameBytes));
      }
      this.#room -= chunk.length;
      if (this.#room <= 0) stdin.pause();
    });
    const end = () => this.#send(kinds.inputEnd, Buffer.alloc(0));
    stdin.once('end', end).once('error', end);
  }

  resize(rows: number, columns: number): void {
    this.#send(kinds.resize, u32(rows, columns));
  }

  signal(number: number): void {
    this.#send(kinds.signal, u32(number));
  }

  take({ kind, data }: Frame): void {
    if (kind === kinds.output) this.#write(this.#streams.stdout, data);
    else if (kind === kinds.error) this.#write(this.#streams.stderr, data);
    else if (kind === kinds.taken) {
      this.#room += data.readUInt32LE(0);
      if (this.#room > 0) this.#streams.stdin?.resume();
    } else if (kind === kinds.exit) {
      this.#exitCode = data.readUInt32LE(0);
      this.#settle();
    }
  }

  #write(target: Writable, data: Buffer): void {
    this.#unwritten += 1;
    // Also after an error: nobody reads any more, and the process goes on as with a closed terminal.
    target.write(data, () => {
      this.#unwritten -= 1;
      this.#send(kinds.taken, u32(data.length));
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#exitCode !== undefined && this.#unwritten === 0) this.#resolve(this.#exitCode);
  }
}
