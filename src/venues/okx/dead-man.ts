// OKX's dead-man switch. Source: OKX v5 reference, "POST / Cancel All After": 10 to 120 seconds, 0 takes it back; once a second.
import type { VenueAdmin } from '../admin.js';
import { codeOf, post, rowsOf, text } from './calls.js';

export const setDeadMan: NonNullable<VenueAdmin['setDeadMan']> = (at, timeoutMs) => ({
  ...post(at, 'trade/cancel-all-after', { timeOut: String(Math.ceil(timeoutMs / 1000)) }),
  read: (answer) => {
    if (codeOf(answer) === undefined) return undefined;
    return text(rowsOf(answer)?.[0], 'triggerTime') !== undefined;
  },
});
