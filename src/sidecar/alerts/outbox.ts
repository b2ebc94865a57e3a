// One receiver's outbox: notes that come close together go as one message, messages keep their distance, what fails is tried again a
// few times. Nobody waits for it. Each trigger of each account has a queue and a budget of its own, so that a flood of what an agent
// can bring about (held orders, forged signatures) delays and drops nothing else.
import type { AlertTrigger } from '../settings.js';
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
  /** Messages within any hour for each trigger of each account. */
  perHour: number;
}

const defaultLimits: OutboxLimits = { gatherMs: 500, gapMs: 10_000, perHour: 60 };
/** In one message. */
const maxNotes = 20;
/** Of one trigger and account in one message: the first ones and the last. */
const maxAlike = 5;
const maxTries = 3;
const hourMs = 3_600_000;

/** Which come first where not all fit. */
const order: readonly AlertTrigger[] = [
  'stopped',
  'taint',
  'unknown',
  'loss',
  'balance',
  'guardrails',
  'position',
  'large',
  'count',
  'held',
];

interface Waiting {
  note: AlertNote;
  /** Messages with it that failed. */
  tries: number;
}

/** What waits of one trigger and account. */
interface Queue {
  readonly trigger: AlertTrigger;
  waiting: Waiting[];
  dropped: number;
  /** When messages with it left; as many as the hour's budget. */
  readonly sent: number[];
}

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #limits: OutboxLimits;
  /** By trigger and account: no more than the two have. */
  readonly #queues = new Map<string, Queue>();
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: { handle: NodeJS.Timeout; atMs: number } | undefined;
  #isSending = false;
  #isClosed = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#limits = { ...defaultLimits, ...parts.limits };
  }

  add(note: AlertNote): void {
    const key = `${note.trigger} ${note.account ?? ''}`;
    const queue = this.#queues.get(key) ?? { trigger: note.trigger, waiting: [], dropped: 0, sent: [] };
    this.#queues.set(key, queue);
    enter(queue, { note, tries: 0 });
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer?.handle);
  }

  #schedule(): void {
    if (this.#isSending || this.#isClosed) return;
    const { gatherMs, gapMs, perHour } = this.#limits;
    const nowMs = this.#parts.nowMs();
    const waiting = [...this.#queues.values()].filter((queue) => queue.waiting.length > 0);
    if (waiting.length === 0) return;
    const affordable = Math.min(
      ...waiting.map(({ sent }) => (sent.at(-perHour) ?? Number.NEGATIVE_INFINITY) + hourMs),
    );
    const atMs = Math.max(nowMs + gatherMs, this.#lastMs + gapMs, affordable);
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    clearTimeout(this.#timer?.handle);
    const handle = setTimeout(() => {
      this.#timer = undefined;
      this.#send().catch(() => undefined);
    }, atMs - nowMs);
    handle.unref();
    this.#timer = { handle, atMs };
  }

  async #send(): Promise<void> {
    const { send, onEnd, nowMs } = this.#parts;
    const queues = [...this.#queues.values()].sort(
      (a, b) => order.indexOf(a.trigger) - order.indexOf(b.trigger),
    );
    const taken = new Map(queues.map((queue) => [queue, queue.waiting]));
    const all = inTurn(queues.map(({ waiting }) => waiting));
    const shown = all.slice(0, maxNotes);
    const dropped = all.length - shown.length + queues.reduce((sum, queue) => sum + queue.dropped, 0);
    this.#lastMs = nowMs();
    for (const queue of queues) {
      if (queue.waiting.length > 0) queue.sent.push(this.#lastMs);
      if (queue.sent.length > this.#limits.perHour) queue.sent.shift();
      queue.waiting = [];
      queue.dropped = 0;
    }
    this.#isSending = true;
    const problem = await send(
      shown.map(({ note }) => note),
      dropped,
    );
    this.#isSending = false;
    if (this.#isClosed) return;
    onEnd({ notes: shown.length + dropped, ...(problem === undefined ? {} : { problem }) });
    if (problem !== undefined) {
      for (const [queue, failed] of taken) {
        const newer = queue.waiting;
        queue.waiting = [];
        for (const one of failed)
          if (one.tries + 1 < maxTries) enter(queue, { ...one, tries: one.tries + 1 });
        for (const one of newer) enter(queue, one);
      }
    }
    this.#schedule();
  }
}

/** The last of many takes the place of the one before it: the first and the newest are told. */
function enter(queue: Queue, one: Waiting): void {
  if (queue.waiting.length === maxAlike) {
    queue.waiting.pop();
    queue.dropped += 1;
  }
  queue.waiting.push(one);
}

/** The first of each, then the second of each, and so on. */
function inTurn<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat();
}
