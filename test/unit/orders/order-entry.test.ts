import { expect, test } from 'vitest';
import { newEntry, noteEvent } from '../../../src/orders/order-entry.js';
import { judgedOrder } from '../../support/order-journal.js';

test('an order begins with its proposal and with nothing else', () => {
  const [proposed, judged] = judgedOrder('o1', { notional: '100', decision: 'hold' });
  const entry = newEntry(proposed, 5);
  expect(entry).toMatchObject({
    id: 'o1',
    state: 'proposed',
    proposedMs: 5,
    notional: '100',
    approvalsWanted: 0,
  });
  noteEvent(entry, judged, 6);
  expect(entry.approvalsWanted).toBe(1);
  expect(() => newEntry(judged, 5)).toThrow('begins with its proposal');
});

test('a signed approval counts by name and by key, and a new question begins anew', () => {
  const [proposed, judged] = judgedOrder('o1', { decision: 'hold' });
  const entry = newEntry(proposed, 5);
  const approved = {
    type: 'order.approved',
    order: 'o1',
    fingerprint: 'f-o1',
    approver: 'ann',
    key: 'k1',
  } as const;
  noteEvent(entry, approved, 6);
  expect([[...entry.approvers], [...entry.signers]]).toEqual([['ann'], ['k1']]);
  noteEvent(entry, judged, 7);
  expect([entry.approvers.size, entry.signers.size]).toEqual([0, 0]);
});
