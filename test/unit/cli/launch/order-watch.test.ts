import { describe, expect, test } from 'vitest';
import {
  newlyWaiting,
  onKey,
  onWaiting,
  rowsOf,
  type Waiting,
  type WatchState,
  watchLines,
} from '../../../../src/cli/launch/order-watch.js';
import { personName } from '../../../../src/cli/launch/orders.js';
import { createStyle } from '../../../../src/cli/style.js';
import { heldOrder } from '../../../support/held-order.js';

test('the bell rings for what was not waiting before, and for nothing else', () => {
  const [a, b] = ['a', 'b'].map((order) => ({ box: 'desk', view: heldOrder(order) })) as [Waiting, Waiting];
  expect(newlyWaiting([], [a])).toBe(true);
  expect(newlyWaiting([a], [a])).toBe(false);
  expect(newlyWaiting([a, b], [b])).toBe(false);
  expect(newlyWaiting([a], [b])).toBe(true);
  expect(newlyWaiting([a], [{ ...a, box: 'other' }])).toBe(true);
});

const start: WatchState = {
  waiting: ['a', 'b', 'c'].map((order) => ({ box: 'desk', view: heldOrder(order) })),
  chosen: 'a',
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

  test('an order that went away is not replaced by one that came: keys meant for it do nothing', () => {
    const [a, b] = start.waiting as [Waiting, Waiting];
    const empty = { ...start, waiting: [], chosen: undefined };
    const seen = onWaiting(empty, [a]);
    expect(seen.chosen).toBe('a');
    // A newer one stands above it now.
    expect(press(onWaiting(seen, [b, a]), 'a', 'y').decide?.order).toBe(a);
    const gone = onWaiting(press(seen, 'a').state, [b]);
    expect(gone).toMatchObject({
      chosen: undefined,
      asked: undefined,
      message: expect.stringContaining('a waits no more'),
    });
    expect(press(gone, 'y').decide).toBeUndefined();
    expect(press(gone, 'a', 'y').decide).toBeUndefined();
    expect(press(onWaiting(onWaiting(gone, []), [b]), 'a', 'y').decide).toBeUndefined();
    expect(press(gone, 'down', 'a', 'y').decide?.order).toBe(b);
  });

  test('nothing is approved that nobody could see whole', () => {
    const { state, decide } = press({ ...start, isCut: true }, 'a', 'y');
    expect(decide).toBeUndefined();
    expect(state.message).toContain('tradebox orders approve a ffffffff');
    expect(press({ ...start, isCut: true }, 'r', 'y').decide?.decision).toBe('reject');
    expect(rowsOf(['x'.repeat(81), '\u001b[1mshort\u001b[0m', ''], 80)).toBe(4);
    expect(rowsOf(['x'.repeat(81)], 0)).toBe(1);
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

test('a flood and a long order leave the chosen one in sight, with all that is known of it', () => {
  const waiting = Array.from({ length: 50 }, (_, n) => ({ box: 'desk', view: heldOrder(`o${n}`) }));
  const long = heldOrder('long');
  const batch = Array.from({ length: 20 }, () => long.intents).flat();
  const explanation = { rationale: '\u202egnp\u200b', maxLoss: '5 USDT', sources: [] };
  waiting.splice(25, 1, { box: 'desk', view: { ...long, intents: batch, explanation } });
  const lines = watchLines({ ...start, waiting, chosen: 'long' }, createStyle(false));
  const text = lines.join('\n');
  expect(lines[0]).toBe('50 waiting, 43 of them not shown');
  expect(lines.filter((line) => line.startsWith('› '))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('LIVE BUY'))).toHaveLength(20);
  expect(text).toContain('\\u{202e}gnp\\u{200b}');
  expect(text).toContain('its max loss');
  expect(text).not.toMatch(/[\u202e\u200b\u001b]/);
});

test('who decides has a name', () => {
  expect(personName().length).toBeGreaterThan(0);
});
