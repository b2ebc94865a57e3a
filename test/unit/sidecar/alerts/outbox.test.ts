// The outbox: a flood is a few messages, a failure is tried again and then given up, and each end is told.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from '../../../../src/sidecar/alerts/outbox.js';
import type { AlertNote } from '../../../../src/sidecar/alerts/triggers.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const note: AlertNote = { trigger: 'held', message: 'held', atMs: 0 };

function outboxOf(problems: (string | undefined)[] = []) {
  const told: string[][] = [];
  const sent: [number, number, number][] = [];
  const ends: unknown[] = [];
  const outbox = new Outbox({
    send: async (notes, dropped) => {
      told.push(notes.map(({ message }) => message));
      sent.push([Date.now() - startMs, notes.length, dropped]);
      return problems.shift();
    },
    onEnd: (end) => ends.push(end),
    nowMs: () => Date.now(),
  });
  const startMs = Date.now();
  return { outbox, sent, ends, told };
}

test('a flood goes as one message, the next only after the gap, what does not fit is counted', async () => {
  const { outbox, sent } = outboxOf();
  for (let count = 0; count < 50; count += 1) outbox.add(note);
  await vi.advanceTimersByTimeAsync(600);
  outbox.add(note);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent).toEqual([
    [500, 5, 45],
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

test('of a flood the first notes are told, and the newest', async () => {
  const { outbox, told } = outboxOf();
  for (let count = 1; count <= 50; count += 1) outbox.add({ ...note, message: String(count) });
  await vi.advanceTimersByTimeAsync(600);
  expect(told).toEqual([['1', '2', '3', '4', '50']]);
});

test.each(['held', 'taint', 'unknown'] as const)(
  'an hour of a flood of %s neither delays nor drops what else is to be told',
  async (trigger) => {
    const { outbox, told } = outboxOf();
    const others = (['stopped', 'taint', 'unknown', 'loss'] as const).filter((one) => one !== trigger);
    for (let second = 0; second < 3_000; second += 1) {
      for (let count = 0; count < 40; count += 1)
        outbox.add({ trigger, account: 'main', message: 'flood', atMs: 0 });
      if (second % 600 === 599)
        for (const one of others)
          outbox.add({ trigger: one, account: 'main', message: `${one} ${second}`, atMs: 0 });
      await vi.advanceTimersByTimeAsync(1_000);
      // Messages keep their distance of ten seconds.
      if (second % 600 !== 20 || second < 600) continue;
      const heard = told.flat();
      for (const one of others) expect(heard).toContain(`${one} ${second - 21}`);
    }
    outbox.close();
  },
);

test('a failure is tried again with what came meanwhile, three times in all for each note', async () => {
  const { outbox, sent, ends } = outboxOf(['STATUS_500', 'STATUS_500', 'STATUS_500']);
  outbox.add(note);
  await vi.advanceTimersByTimeAsync(600);
  outbox.add(note);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent.map(([, notes]) => notes)).toEqual([1, 2, 2, 1]);
  expect(ends).toEqual([...[1, 2, 2].map((notes) => ({ notes, problem: 'STATUS_500' })), { notes: 1 }]);
});
