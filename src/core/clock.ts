// Time is passed in: decisions read a Clock, never Date.
import { uptime } from 'node:os';

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Absent of a clock that nobody sets. */
  passed?: PassedTime;
}

/** Milliseconds since some instant, however the clock is set. */
export interface PassedTime {
  /** Without what the machine slept. */
  awakeMs(): number;
  /** With it; costs a system call. */
  wholeMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  passed: {
    awakeMs: () => performance.now(),
    // Of CLOCK_BOOTTIME, time_namespaces(7): what a suspended machine slept counts.
    wholeMs: () => uptime() * 1000,
  },
};

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
