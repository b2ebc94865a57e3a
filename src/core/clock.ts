// Time is passed in: decisions read a Clock, never Date.

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** A clock that stands still until moved; for tests and replays. */
export function fixedClock(startMs: number): Clock & { set(ms: number): void } {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    set: (ms) => {
      nowMs = ms;
    },
  };
}
