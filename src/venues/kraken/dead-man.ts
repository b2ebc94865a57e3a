// Kraken spot's dead-man switch. Source: docs.kraken.com/api/docs/rest-api/cancel-all-orders-after: seconds, 0 takes it back.
import type { VenueAdmin } from '../admin.js';
import { textIn } from '../venue-answers.js';
import { errorsOf, resultOf, signed } from './calls.js';

export const setDeadMan: NonNullable<VenueAdmin['setDeadMan']> = (_at, timeoutMs) => ({
  ...signed('CancelAllOrdersAfter', { timeout: String(Math.ceil(timeoutMs / 1000)) }),
  read: (answer) => {
    const errors = errorsOf(answer);
    if (errors === undefined) return undefined;
    return errors.length === 0 && textIn(resultOf(answer), 'triggerTime') !== undefined;
  },
});
