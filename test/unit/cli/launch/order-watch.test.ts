import { describe, expect, test } from 'vitest';
import {
  newlyWaiting,
  onKey,
  type Waiting,
  type WatchState,
  watchLines,
} from '../../../../src/cli/launch/order-watch.js';
import { personName } from '../../../../src/cli/launch/orders.js';
import { createStyle } from '../../../../src/cli/style.js';
import type { OrderView } from '../../../../src/sidecar/orders/order-view.js';

const view = (order: string): OrderView => ({
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
test('the bell rings for what was not waiting before, and for nothing else', () => {
  const [a, b] = ['a', 'b'].map((order) => ({ box: 'desk', view: view(order) })) as [Waiting, Waiting];
  expect(newlyWaiting([], [a])).toBe(true);
  expect(newlyWaiting([a], [a])).toBe(false);
  expect(newlyWaiting([a, b], [b])).toBe(false);
  expect(newlyWaiting([a], [b])).toBe(true);
  expect(newlyWaiting([a], [{ ...a, box: 'other' }])).toBe(true);
});

const start: WatchState = {
  waiting: ['a', 'b', 'c'].map((order) => ({ box: 'desk', view: view(order) })),
  chosen: undefined,
  asked: undefined,
  message: '',
};
const press = (state: WatchState, ...keys: string[]) => {
  let result = onKey(state, '');
  for (const key of keys) result = onKey(result.state, key);
  return result;
};

describe('keys', () => {
  test('decide the chosen order, with two keys', () => {
    expect(press(start, 'down', 'a').decide).toBeUndefined();
    expect(press(start, 'down', 'a', 'y').decide).toMatchObject({
      decision: 'approve',
      order: { view: { order: 'b' } },
    });
    expect(press(start, 'r', 'y').decide).toMatchObject({
      decision: 'reject',
      order: { view: { order: 'a' } },
    });
  });

  test('any other second key decides nothing, and y alone nothing either', () => {
    expect(press(start, 'a', 'n', 'y').decide).toBeUndefined();
    expect(press(start, 'y').decide).toBeUndefined();
  });

  test('an order that went away between the two keys is not replaced by its neighbour', () => {
    const asked = press(start, 'a').state;
    const left = { ...asked, waiting: asked.waiting.slice(1) };
    expect(onKey(left, 'y').decide).toBeUndefined();
  });

  test('stay within the list, and end', () => {
    expect(press(start, 'up').state.chosen).toBe('a');
    expect(press(start, 'down', 'down', 'down', 'down').state.chosen).toBe('c');
    expect(press({ ...start, waiting: [] }, 'a', 'y').decide).toBeUndefined();
    expect(press(start, 'q').isEnd).toBe(true);
  });
});

test('nothing of an agent acts on the terminal', () => {
  const lines = watchLines(press(start, 'a').state, createStyle(false)).join('\n');
  expect(lines).toContain('approve a? press y');
  expect(lines).toContain('59 s left');
  expect(lines).not.toContain('\u001b');
});

test('who decides has a name', () => {
  expect(personName().length).toBeGreaterThan(0);
});
