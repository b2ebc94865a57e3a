// Kraken Futures' dead-man switch. Source: docs.kraken.com/api/docs/futures-api/trading/cancel-all-orders-after: seconds, 0 takes it back.
import type { VenueAdmin } from '../admin.js';
import { objectIn, objectOf, textIn } from '../venue-answers.js';
import { post } from './calls.js';
import { paths } from './operations.js';

export const setDeadMan: NonNullable<VenueAdmin['setDeadMan']> = (at, timeoutMs) => ({
  ...post(at, paths.cancelAllAfter, { timeout: String(Math.ceil(timeoutMs / 1000)) }),
  read: (answer) => {
    const told = objectOf(answer);
    const result = textIn(told, 'result');
    if (result === undefined) return undefined;
    return result === 'success' && textIn(objectIn(told, 'status'), 'triggerTime') !== undefined;
  },
});
