import { expect, test } from 'vitest';
import type { OutcomeRecord } from '../../../src/audit/order-events.js';
import { formatDecimal } from '../../../src/core/decimal.js';
import { Executions } from '../../../src/orders/executions.js';
import type { OrderEntry } from '../../../src/orders/ledger.js';

function ground() {
  const executions = new Executions();
  const tell = (order: string, atMs: number, told: Partial<OutcomeRecord>, action = 'place') =>
    executions.apply(
      { type: 'order.reconciled', order, outcomes: [{ state: 'filled', ...told }] },
      { id: order, intents: [{ action, instrument: order === 'b' ? 'B' : 'A' }] } as unknown as OrderEntry,
      atMs,
    );
  const paid = (sinceMs = 0) => {
    const rows = executions.fees().paidSince(sinceMs);
    return rows.map(({ instrument, amount }) => `${instrument} ${formatDecimal(amount)}`).join(', ');
  };
  return { executions, tell, paid };
}

test('what came on top of an order counts when it was told, and twice told counts once', () => {
  const { tell, paid } = ground();
  tell('a', 1, { state: 'resting', filled: '1', fee: '0.5' });
  tell('a', 2, { filled: '2', fee: '1.25' });
  tell('a', 3, { filled: '2', fee: '1.25' });
  tell('b', 4, { filled: '1', fee: '-0.25' }); // earned by resting
  expect([paid(), paid(2), paid(4)]).toEqual(['A 1.25, B -0.25', 'A 0.75, B -0.25', 'A 0, B -0.25']);
});

test('a fill without a fee is not known until it is told, or a human looked', () => {
  const { executions, tell, paid } = ground();
  tell('a', 1, { state: 'resting', filled: '0' });
  tell('c', 1, { filled: '1' }, 'cancel');
  expect(executions.fees().isUntoldSince(0)).toBe(false);
  tell('a', 2, { filled: '1' });
  expect([executions.fees().isUntoldSince(2), executions.fees().isUntoldSince(3)]).toEqual([true, false]);
  tell('a', 5, { filled: '1', fee: '0.5' });
  expect([executions.fees().isUntoldSince(0), paid()]).toEqual([false, 'A 0.5']);
  tell('b', 6, {}); // filled, and no more is said
  expect(executions.fees().isUntoldSince(0)).toBe(true);
  executions.apply(
    { type: 'trading.state', account: 'a', state: 'ACTIVE', cause: '', by: 'ann' },
    undefined,
    7,
  );
  expect(executions.fees().isUntoldSince(0)).toBe(false);
});
