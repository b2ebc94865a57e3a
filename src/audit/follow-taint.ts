// Folds a box's journal on from where the last look ended: for whoever sits beside the box and must hear of a taint when it comes.
import fs from 'node:fs';
import path from 'node:path';
import { mayBeEvidence } from './read-taint.js';
import { parseRecord } from './record.js';
import { listSegments, segmentName } from './segment.js';
import { foldTaint, type TaintPolicy, type TaintState, untainted } from './taint.js';

const readBytes = 256 * 1024;

export class TaintFollower {
  readonly #dir: string;
  readonly #policy: TaintPolicy;
  #state: TaintState = untainted;
  #segment = 0;
  /** Bytes of the segment that are folded: whole lines. */
  #offset = 0;

  constructor(dir: string, policy: TaintPolicy = {}) {
    this.#dir = dir;
    this.#policy = policy;
  }

  /** The state with every whole line that is there now. @throws the system's error when a file cannot be read. */
  look(): TaintState {
    for (const segment of listSegments(this.#dir)) {
      if (segment < this.#segment) continue;
      if (segment > this.#segment) this.#offset = 0;
      this.#segment = segment;
      this.#readOn(path.join(this.#dir, segmentName(segment)));
    }
    return this.#state;
  }

  #readOn(file: string): void {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    try {
      const chunk = Buffer.alloc(readBytes);
      let rest: Buffer = Buffer.alloc(0);
      for (;;) {
        const count = fs.readSync(fd, chunk, 0, readBytes, this.#offset + rest.length);
        if (count === 0) return;
        const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
        const end = bytes.lastIndexOf('\n') + 1;
        this.#fold(bytes.subarray(0, end));
        this.#offset += end;
        rest = bytes.subarray(end);
      }
    } finally {
      fs.closeSync(fd);
    }
  }

  #fold(lines: Buffer): void {
    let from = 0;
    for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', from)) {
      const line = lines.subarray(from, end);
      from = end + 1;
      const record = mayBeEvidence(line) ? parseRecord(line) : undefined;
      if (record !== undefined) this.#state = foldTaint(this.#state, record, this.#policy);
    }
  }
}
