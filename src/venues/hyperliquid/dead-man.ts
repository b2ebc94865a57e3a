// Hyperliquid's dead-man switch. Source: hyperliquid.gitbook.io "Schedule cancel (dead man's switch)": a time at least 5 seconds off,
// none takes it back; an account that has not traded 1,000,000 dollars yet is refused, and it fires ten times a day at most.
import type { VenueAdmin } from '../admin.js';
import { objectOf, textIn } from '../venue-answers.js';
import { exchange } from './calls.js';

export const setDeadMan: NonNullable<VenueAdmin['setDeadMan']> = (at, timeoutMs, nowMs) => ({
  ...exchange(at, { type: 'scheduleCancel', ...(timeoutMs === 0 ? {} : { time: nowMs + timeoutMs }) }),
  read: (answer) => {
    const status = textIn(objectOf(answer), 'status');
    return status === undefined ? undefined : status === 'ok';
  },
});
