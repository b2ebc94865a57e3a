import { expect, test } from 'vitest';
import { InFlight, showsAfterMs } from '../../../src/orders/in-flight.js';
import type { OrderState } from '../../../src/orders/lifecycle.js';

/** An order that goes through states, each at an instant. */
function order(book: InFlight<{ state: OrderState; changedMs: number }>) {
  const entry = { state: 'proposed' as OrderState, changedMs: 0 };
  return {
    entry,
    become(state: OrderState, atMs: number): void {
      entry.state = state;
      entry.changedMs = atMs;
      book.note(entry);
    },
  };
}

test('what is on its way is not shown, and what was answered only to who asks later', () => {
  const book = new InFlight<{ state: OrderState; changedMs: number }>();
  const one = order(book);
  for (const state of ['held', 'approved', 'releasing', 'sent', 'unknown'] as const) {
    one.become(state, 5_000);
    expect(book.unseen(undefined, 9_999_999)).toEqual(state === 'held' ? [] : [one.entry]);
  }
  expect(book.unseen(one.entry, 0)).toEqual([]);
  one.become('acknowledged', 10_000);
  expect(book.unseen(undefined, 10_000 + showsAfterMs - 1)).toEqual([one.entry]);
  expect(book.unseen(undefined, 10_000 + showsAfterMs)).toEqual([]);
  // Later news of it do not hide it anew.
  one.become('reconciled', 60_000);
  expect(book.unseen(undefined, 10_000 + showsAfterMs)).toEqual([]);
});

test.each(['rejected', 'expired', 'unsent', 'rejected-by-venue'] as const)('%s spends nothing', (state) => {
  const book = new InFlight<{ state: OrderState; changedMs: number }>();
  const one = order(book);
  one.become('approved', 1);
  one.become(state, 2);
  expect(book.unseen(undefined, 0)).toEqual([]);
});

test('old ones are forgotten in the end, and nothing of the last minute is', () => {
  const book = new InFlight<{ state: OrderState; changedMs: number }>();
  for (let second = 0; second < 5_000; second += 1) {
    const one = order(book);
    one.become('sent', second * 1_000);
    one.become('acknowledged', second * 1_000);
  }
  expect(book.unseen(undefined, 0).length).toBeLessThan(1_200);
  expect(book.unseen(undefined, 4_999_000 - 60_000).length).toBe(61);
});
