// What an earlier sidecar left of an account: its orders are known again, none is sent twice, and a clock that was set is noticed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { openJournal } from '../../../../src/audit/journal.js';
import type { OrderEvent } from '../../../../src/audit/order-events.js';
import { LastSeen } from '../../../../src/orders/last-seen.js';
import { Ledger } from '../../../../src/orders/ledger.js';
import { readPast, takeUpAgain } from '../../../../src/sidecar/orders/take-up.js';
import { judgedOrder } from '../../../support/order-journal.js';

const dir = mkdtempSync(path.join(tmpdir(), 'tradebox-take-up-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Each event with how many seconds the clock went on before it. */
async function read(...past: readonly (readonly [seconds: number, event: JournalEvent])[]) {
  let nowMs = Date.UTC(2026, 10, 20);
  const journal = openJournal(dir, { sandbox: 'lab', sandboxId: 'id', clock: { nowMs: () => nowMs } });
  for (const [seconds, event] of past) {
    nowMs += seconds * 1_000;
    journal.append(event);
  }
  await journal.close();
  const ledger = new Ledger();
  return { ledger, backMs: readPast(dir, ledger, new LastSeen()) };
}

const state = (to: 'ACTIVE' | 'REDUCE_ONLY'): JournalEvent => ({
  type: 'trading.state',
  account: 'a',
  state: to,
  cause: 'test',
  by: 'me',
});

test('what was let out and never answered is unknown, and what was never judged is closed', async () => {
  const released = (order: string): OrderEvent => ({
    type: 'order.releasing',
    order,
    request: 'r',
    digest: 'd',
    clientOrderIds: [],
  });
  const [proposed] = judgedOrder('o3');
  const all = [
    ...judgedOrder('o1'),
    released('o1'),
    ...judgedOrder('o2'),
    released('o2'),
    { type: 'order.sent', order: 'o2' } as const,
    proposed,
  ];
  const { ledger, backMs } = await read(...all.map((event) => [1, event] as const));
  expect(backMs).toBe(0);
  const done: unknown[] = [];
  takeUpAgain({
    ledger,
    progress: (event) => done.push([event.order, 'outcome' in event && event.outcome]),
    interrupted: (order) => done.push([order, 'interrupted']),
  });
  expect(done).toEqual([
    ['o1', 'unknown'],
    ['o2', 'unknown'],
    ['o3', 'interrupted'],
  ]);
});

test('a clock that was set back is noticed until a human looked, one that was slewed is not', async () => {
  expect((await read([0, state('REDUCE_ONLY')], [-9, state('REDUCE_ONLY')])).backMs).toBe(0);
  expect((await read([3_600, state('REDUCE_ONLY')], [-600, state('REDUCE_ONLY')])).backMs).toBe(600_000);
  expect((await read([7_200, state('ACTIVE')])).backMs).toBe(0);
});
