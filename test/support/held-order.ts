// An order that waits for a human, as the control channel tells of it.
import type { OrderView } from '../../src/sidecar/orders/order-view.js';

/** Its instrument would clear the screen. */
export const heldOrder = (order: string): OrderView => ({
  order,
  account: 'main',
  state: 'held',
  operation: 'trade/order',
  fingerprint: 'f'.repeat(64),
  intents: [
    {
      venue: 'okx',
      account: 'main',
      moneyMode: 'LIVE',
      action: 'place',
      instrument: 'A\u001b[2J',
      side: 'buy',
    },
  ],
  reasons: [],
  approvalsWanted: 1,
  approvers: [],
  proposedMs: 0,
  changedMs: 0,
  expiresMs: 60_000,
  nowMs: 1_000,
  outcomes: [],
  note: '',
});
