// Lines on their way into a file, as bytes in memory that is kept: one joined text would be laid out and copied anew by every write.
import fs from 'node:fs';

/** Bytes that are kept from write to write. */
const keptBytes = 64 * 1024;

export class PendingLines {
  #bytes = Buffer.allocUnsafeSlow(keptBytes);
  #length = 0;

  /** Bytes that wait, each line's `\n` included. */
  get length(): number {
    return this.#length;
  }

  /** `line` is ASCII, without its `\n`. */
  add(line: string): void {
    const end = this.#length + line.length + 1;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.write(line, this.#length, 'latin1');
    this.#bytes[end - 1] = 0x0a;
    this.#length = end;
  }

  /** Writes all of it, also what the system takes in pieces; then nothing waits. @throws the system's error; what waits then counts for nothing. */
  writeTo(fd: number): void {
    let written = 0;
    while (written < this.#length) written += fs.writeSync(fd, this.#bytes, written, this.#length - written);
    this.#length = 0;
    if (this.#bytes.length > keptBytes) this.#bytes = Buffer.allocUnsafeSlow(keptBytes);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
