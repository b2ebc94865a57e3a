// Notices that this machine's clock was set: windows and expiries are counted by it, so an approval would outlive its time, or a day's
// limits begin anew. Held against the time that passed, which nobody sets.
import type { Clock } from '../core/clock.js';

/** A clock that is set by less changes no limit that matters; milliseconds. */
export const clockSlackMs = 10_000;
/** How much faster or slower than time a clock goes that is slewed: adjtimex(2) allows 500 parts in a million. */
const slewParts = 500 / 1_000_000;

/** Held against what was so long ago at most, or the allowance for slewing would hide hours at last. */
const longestMs = 86_400_000;

export class ClockWatch {
  readonly #clock: Clock;
  /** What the clock and both times showed at the start of what is watched. */
  #start: readonly [shownMs: number, awakeMs: number, wholeMs: number];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = this.#look();
  }

  /** By how much the clock was set in all, milliseconds, negative when back; told once. Undefined when it goes as time does. */
  setBy(): number | undefined {
    const { passed } = this.#clock;
    if (passed === undefined) return undefined;
    const [shown, awake, whole] = this.#start;
    const shownMs = this.#clock.nowMs() - shown;
    const isShort = shownMs < longestMs;
    if (isShort && isSame(shownMs, passed.awakeMs() - awake)) return undefined;
    const wholeMs = passed.wholeMs() - whole;
    this.#start = this.#look();
    if (isSame(shownMs, wholeMs)) {
      // It slept: what the clock is off by goes on being counted.
      if (isShort) this.#start = [shown, this.#start[1] - wholeMs, whole];
      return undefined;
    }
    return shownMs - wholeMs;
  }

  #look(): readonly [number, number, number] {
    const { passed } = this.#clock;
    return [this.#clock.nowMs(), passed?.awakeMs() ?? 0, passed?.wholeMs() ?? 0];
  }
}

/** How it is told, e.g. `this machine's clock was set 3600 s back`. */
export function clockText(setByMs: number): string {
  return `this machine's clock was set ${Math.round(Math.abs(setByMs) / 1000)} s ${setByMs < 0 ? 'back' : 'ahead'}`;
}

function isSame(shownMs: number, passedMs: number): boolean {
  return Math.abs(shownMs - passedMs) <= clockSlackMs + Math.abs(passedMs) * slewParts;
}
