// Requests of which something may be filled yet, as the sums over them see them: only what these ask for.
import type { OrderState } from '../../src/orders/lifecycle.js';
import type { OpenRequest } from '../../src/orders/open-book.js';

export type ChangingRequest = OpenRequest & { state: OrderState };

/** A limit order to sell two contracts of A. */
export const contractOrder = (more: object = {}): object => ({
  action: 'place',
  instrument: 'A',
  side: 'sell',
  type: 'limit',
  quantity: { value: '2', unit: 'contracts' },
  ...more,
});

/** An approved request, worth 1. */
export const openRequest = (intents: readonly object[], more: Partial<OpenRequest> = {}): ChangingRequest =>
  ({ intents, notional: '1', state: 'approved', changedMs: 0, ...more }) as unknown as ChangingRequest;
