// What of a flood an order desk records and holds: a denial that repeats another one is not written again, nor is one beyond a budget,
// and a body that replaces a held one counts against the room that held orders have (D14).
import type { ReasonRecord } from '../audit/order-events.js';
import { NewestMap } from '../core/newest-map.js';

/** A denial like one that was recorded so shortly ago is not recorded again, milliseconds. */
const alikeMs = 10_000;
/** Denials that are recorded at once, and how many more each second. */
const burst = 60;
const perSecond = 0.2;
const maxRemembered = 500;
const maxReplaced = 1_000;

interface Denied {
  order: string;
  codes: string;
  atMs: number;
}

export class Floods {
  readonly #denied = new NewestMap<Denied>(maxRemembered);
  #budget = burst;
  #budgetMs = 0;
  #unrecorded = 0;
  /** When held bodies were replaced, oldest first. */
  readonly #replaced: number[] = [];

  /**
   * Whether this denial is not to be recorded, and which recorded one it repeats; undefined where it is to be recorded. The box's journal
   * has the request and its verdict all the same.
   */
  repeated(
    fingerprint: string,
    reasons: readonly ReasonRecord[],
    nowMs: number,
  ): { order: string | undefined } | undefined {
    const before = this.#denied.get(fingerprint);
    const isAlike = before?.codes === codesOf(reasons) && Math.abs(nowMs - before.atMs) < alikeMs;
    const passed = Math.max(0, nowMs - this.#budgetMs) / 1_000;
    this.#budget = Math.min(burst, this.#budget + passed * perSecond);
    this.#budgetMs = nowMs;
    if (!isAlike && this.#budget >= 1) return undefined;
    this.#unrecorded += 1;
    return { order: isAlike ? before?.order : undefined };
  }

  /** The denial is recorded under this order: how many were not since the last one that was. */
  recorded(
    fingerprint: string,
    { order, reasons, nowMs }: { order: string; reasons: readonly ReasonRecord[]; nowMs: number },
  ): number {
    this.#denied.set(fingerprint, { order, codes: codesOf(reasons), atMs: nowMs });
    this.#budget -= 1;
    const unrecorded = this.#unrecorded;
    this.#unrecorded = 0;
    return unrecorded;
  }

  replaced(nowMs: number): void {
    if (this.#replaced.push(nowMs) > maxReplaced) this.#replaced.shift();
  }

  /** Held bodies that were replaced within so many milliseconds. */
  replacedWithin(nowMs: number, windowMs: number): number {
    return this.#replaced.filter((atMs) => nowMs - atMs < windowMs).length;
  }
}

const codesOf = (reasons: readonly ReasonRecord[]): string => reasons.map(({ code }) => code).join(' ');
