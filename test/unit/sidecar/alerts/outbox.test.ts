// The outbox: a flood is a few messages, a failure is tried again and then given up, and each end is told.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from '../../../../src/sidecar/alerts/outbox.js';
import type { AlertNote } from '../../../../src/sidecar/alerts/triggers.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const note: AlertNote = { trigger: 'held', message: 'held', atMs: 0 };

function outboxOf(problems: (string | undefined)[] = []) {
  const sent: [number, number, number][] = [];
  const ends: unknown[] = [];
  const outbox = new Outbox({
    send: async (notes, dropped) => {
      sent.push([Date.now() - startMs, notes.length, dropped]);
      return problems.shift();
    },
    onEnd: (end) => ends.push(end),
    nowMs: () => Date.now(),
  });
  const startMs = Date.now();
  return { outbox, sent, ends };
}

test('a flood goes as one message, the next only after the gap, what does not fit is counted', async () => {
  const { outbox, sent } = outboxOf();
  for (let count = 0; count < 50; count += 1) outbox.add(note);
  await vi.advanceTimersByTimeAsync(600);
  outbox.add(note);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent).toEqual([
    [500, 20, 30],
    [10_500, 1, 0],
  ]);
});

test('no more than 60 messages leave within an hour', async () => {
  const { outbox, sent } = outboxOf();
  for (let count = 0; count < 3_000; count += 1) {
    outbox.add(note);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(sent).toHaveLength(60);
  outbox.close();
});

test('a failure is tried again with what came meanwhile, three times in all', async () => {
  const { outbox, sent, ends } = outboxOf(['STATUS_500', 'STATUS_500', 'STATUS_500']);
  outbox.add(note);
  await vi.advanceTimersByTimeAsync(600);
  outbox.add(note);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent.map(([, notes]) => notes)).toEqual([1, 2, 2]);
  expect(ends).toEqual([1, 2, 2].map((notes) => ({ notes, problem: 'STATUS_500' })));
});
