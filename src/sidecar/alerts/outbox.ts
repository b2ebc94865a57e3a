// One receiver's outbox: notes that come close together go as one message, messages keep their distance, what fails is tried again a
// few times. Nobody waits for it.
import type { AlertNote } from './triggers.js';

export interface OutboxParts {
  /** Sends one message. Resolves to the problem when it was not taken; never rejects. */
  send(notes: readonly AlertNote[], dropped: number): Promise<string | undefined>;
  /** `notes`: how many the message told of. */
  onEnd(end: { notes: number; problem?: string }): void;
  nowMs(): number;
  limits?: Partial<OutboxLimits>;
}

export interface OutboxLimits {
  /** What comes within this time after a first note goes with it, milliseconds. */
  gatherMs: number;
  /** Between two messages, milliseconds. */
  gapMs: number;
  /** Messages within any hour. */
  perHour: number;
}

const defaultLimits: OutboxLimits = { gatherMs: 500, gapMs: 10_000, perHour: 60 };
const maxNotes = 20;
const maxTries = 3;
const hourMs = 3_600_000;

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #limits: OutboxLimits;
  readonly #sent: number[] = [];
  #waiting: AlertNote[] = [];
  #dropped = 0;
  #tries = 0;
  #timer: NodeJS.Timeout | undefined;
  #isSending = false;
  #isClosed = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#limits = { ...defaultLimits, ...parts.limits };
  }

  add(note: AlertNote): void {
    if (this.#waiting.length < maxNotes) this.#waiting.push(note);
    else this.#dropped += 1;
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isSending || this.#isClosed) return;
    const { gatherMs, gapMs, perHour } = this.#limits;
    const nowMs = this.#parts.nowMs();
    const afterLast = (this.#sent.at(-1) ?? Number.NEGATIVE_INFINITY) + gapMs;
    const afterHour = (this.#sent.at(-perHour) ?? Number.NEGATIVE_INFINITY) + hourMs;
    const inMs = Math.max(gatherMs, afterLast - nowMs, afterHour - nowMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#send().catch(() => undefined);
    }, inMs);
    this.#timer.unref();
  }

  async #send(): Promise<void> {
    const { send, onEnd, nowMs } = this.#parts;
    const notes = this.#waiting;
    const dropped = this.#dropped;
    this.#waiting = [];
    this.#dropped = 0;
    this.#sent.push(nowMs());
    if (this.#sent.length > this.#limits.perHour) this.#sent.shift();
    this.#isSending = true;
    const problem = await send(notes, dropped);
    this.#isSending = false;
    if (this.#isClosed) return;
    this.#tries = problem === undefined ? 0 : this.#tries + 1;
    onEnd({ notes: notes.length + dropped, ...(problem === undefined ? {} : { problem }) });
    if (problem !== undefined && this.#tries < maxTries) {
      const all = [...notes, ...this.#waiting];
      this.#waiting = all.slice(0, maxNotes);
      this.#dropped += dropped + all.length - this.#waiting.length;
    } else if (problem !== undefined) this.#tries = 0;
    if (this.#waiting.length > 0) this.#schedule();
  }
}
