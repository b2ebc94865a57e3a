// Journals refused connections and names. A flood of the same one is counted and written once per window, so it cannot fill the disk.
import type { JournalEvent } from '../audit/events.js';

type DeniedEvent = Extract<JournalEvent, { type: 'connection.denied' | 'dns.denied' }>;

const windowMs = 10_000;
/** Different refusals told apart within a window; the rest are counted together. */
const maxKinds = 64;

interface Kind {
  event: DeniedEvent;
  repeats: number;
}

export class DenialLog {
  readonly #append: (event: JournalEvent) => void;
  readonly #kinds = new Map<string, Kind>();
  #windowEndsMs = 0;
  #others = 0;
  #lastOther: DeniedEvent | undefined;

  constructor(append: (event: JournalEvent) => void) {
    this.#append = append;
  }

  /** Writes the first of its kind at once, counts those that follow within ten seconds. */
  record(event: DeniedEvent, nowMs: number): void {
    if (nowMs >= this.#windowEndsMs) this.flush(nowMs);
    const key =
      event.type === 'dns.denied'
        ? `${event.type} ${event.name} ${event.queryType}`
        : `${event.type} ${event.ingress} ${event.host} ${event.port} ${event.code}`;
    const kind = this.#kinds.get(key);
    if (kind !== undefined) {
      kind.repeats += 1;
    } else if (this.#kinds.size < maxKinds) {
      this.#kinds.set(key, { event, repeats: 0 });
      this.#append(event);
    } else {
      this.#others += 1;
      this.#lastOther = event;
    }
  }

  /** Ends the window: writes how often each kind came again. */
  flush(nowMs: number): void {
    this.#windowEndsMs = nowMs + windowMs;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { event, repeats } of kinds)
      if (repeats > 0) this.#append(withCount(event, `${repeats} more of the same`));
    if (this.#lastOther !== undefined)
      this.#append(withCount(this.#lastOther, `${this.#others} more of other kinds`));
    this.#others = 0;
    this.#lastOther = undefined;
  }
}

function withCount(event: DeniedEvent, count: string): DeniedEvent {
  if (event.type === 'dns.denied') return { ...event, code: `${event.code} (${count})` };
  return { ...event, message: `${event.message} (${count})` };
}
