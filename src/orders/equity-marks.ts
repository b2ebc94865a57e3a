// What an account was worth over time, as a fold over its journal: what a loss of the day and a drawdown are measured from.
import type { OrderEvent } from '../audit/order-events.js';
import { type Decimal, parseDecimal } from '../core/decimal.js';
import type { EquityFacts } from '../guard/facts.js';

/** A mark is written at least so often while orders come, milliseconds. */
const markEveryMs = 900_000;
const dayMs = 86_400_000;
const keptMs = 3 * dayMs;

interface Mark {
  atMs: number;
  usd: Decimal;
}

export class EquityMarks {
  /** Oldest first. */
  #marks: Mark[] = [];
  /** The most since a human last let the account trade again. */
  #peak: Decimal | undefined;

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, atMs: number): void {
    if (event.type === 'trading.state' && event.state === 'ACTIVE') this.#peak = undefined;
    if (event.type === 'account.attached' && event.isFresh) {
      this.#marks = [];
      this.#peak = undefined;
    }
    const usd = event.type === 'account.equity' ? parseDecimal(event.usd) : undefined;
    if (usd === undefined) return;
    this.#marks.push({ atMs, usd });
    if ((this.#marks[0]?.atMs ?? atMs) < atMs - keptMs) {
      this.#marks = this.#marks.filter((mark) => mark.atMs >= atMs - keptMs);
    }
    if (this.#peak === undefined || usd.gt(this.#peak)) this.#peak = usd;
  }

  /** Whether it has to be written down. */
  isNews(usd: Decimal, nowMs: number): boolean {
    const last = this.#marks.at(-1);
    return (
      last === undefined || nowMs - last.atMs >= markEveryMs || this.#peak === undefined || usd.gt(this.#peak)
    );
  }

  /** What the account was worth by the last mark; undefined when that is older than marks become while orders come. */
  known(nowMs: number): Decimal | undefined {
    const last = this.#marks.at(-1);
    return last !== undefined && nowMs - last.atMs <= markEveryMs ? last.usd : undefined;
  }

  facts(): EquityFacts {
    return {
      peak: this.#peak,
      // What was lost since the day before was closed is a loss of the day; what is older says nothing of it.
      atStart: (sinceMs) =>
        (
          this.#marks.findLast(({ atMs }) => atMs <= sinceMs && atMs > sinceMs - dayMs) ??
          this.#marks.find(({ atMs }) => atMs >= sinceMs)
        )?.usd,
    };
  }
}
