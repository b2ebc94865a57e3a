import { expect, test } from 'vitest';
import type { OrderEvent } from '../../../src/audit/order-events.js';
import { formatDecimal } from '../../../src/core/decimal.js';
import { Activity } from '../../../src/orders/activity.js';
import { Ledger } from '../../../src/orders/ledger.js';
import { buyRecord, judgedOrder } from '../../support/order-journal.js';

function ground() {
  const activity = new Activity();
  const ledger = new Ledger((event, entry, atMs) => activity.apply(event, entry, atMs));
  const apply = (event: OrderEvent, atMs: number) => ledger.apply(event, atMs);
  const propose = (
    order: string,
    atMs: number,
    decision: 'allow' | 'hold' | 'deny',
    notional = '10',
    more: object = {},
  ) => {
    const intent = { instrument: 'B', ...more };
    for (const event of judgedOrder(order, { intent, notional, decision })) apply(event, atMs);
  };
  return { activity, apply, propose };
}

test('what was let through or held counts at once, what was denied never', () => {
  const { activity, propose } = ground();
  propose('a', 1_000, 'allow', '10.5');
  propose('b', 2_000, 'hold', '1');
  propose('c', 3_000, 'deny', '100');
  const facts = activity.facts();
  expect([
    facts.countSince(0, 'place'),
    facts.countSince(1_001, 'place'),
    facts.countSince(0, 'amend'),
  ]).toEqual([2, 1, 0]);
  expect(formatDecimal(facts.notionalSince(0))).toBe('11.5');
  expect(formatDecimal(facts.notionalOf('B', 'buy', 1_500))).toBe('1');
  expect(formatDecimal(facts.notionalOf('B', 'sell', 0))).toBe('0');
  expect([facts.lastSame('f-a'), facts.lastSame('f-c'), facts.lastOf('B')]).toEqual([
    1_000,
    undefined,
    2_000,
  ]);
});

test('a request of several orders at one net price counts in the symbol and side of each, until it never left', () => {
  const { activity, apply, propose } = ground();
  const [bought, sold] = [
    { ...buyRecord, instrument: 'C' },
    { ...buyRecord, instrument: 'D', side: 'sell' },
  ];
  propose('a', 1_000, 'hold', '10', { side: undefined, legs: [bought, sold] });
  const facts = activity.facts();
  expect([facts.lastOf('C'), facts.lastOn('D', 'sell'), facts.lastOn('D', 'buy')]).toEqual([
    1_000,
    1_000,
    undefined,
  ]);
  expect([facts.notionalOf('C', 'buy', 0), facts.notionalSince(0)].map(formatDecimal)).toEqual(['10', '10']);
  expect(formatDecimal(activity.notionalOn('sell', 0))).toBe('10');
  apply({ type: 'order.closed', order: 'a', cause: 'timeout', by: 'clock', message: '' }, 3);
  expect([facts.lastOf('C'), facts.lastOn('D', 'sell')]).toEqual([undefined, undefined]);
  expect(formatDecimal(activity.notionalOn('sell', 0))).toBe('0');
});

test('what never left counts no more; what may have left goes on counting', () => {
  const { activity, apply, propose } = ground();
  propose('a', 1, 'hold');
  propose('b', 2, 'allow');
  apply({ type: 'order.closed', order: 'a', cause: 'timeout', by: 'clock', message: '' }, 3);
  apply({ type: 'order.releasing', order: 'b', request: 'r', digest: 'd', clientOrderIds: [] }, 4);
  apply({ type: 'order.sent', order: 'b' }, 5);
  apply({ type: 'order.answered', order: 'b', outcome: 'unknown', status: 0, outcomes: [] }, 6);
  const facts = activity.facts();
  expect([facts.countSince(0, 'place'), formatDecimal(facts.notionalSince(0)), facts.accepted]).toEqual([
    1,
    '10',
    0,
  ]);
  expect(facts.lastSame('f-a')).toBeUndefined();
});

test('an order that is judged again does not see itself', () => {
  const { activity, propose } = ground();
  propose('a', 1, 'hold', '10');
  propose('b', 2, 'hold', '5');
  const facts = activity.facts('b');
  expect([facts.countSince(0, 'place'), formatDecimal(facts.notionalSince(0)), facts.lastOf('B')]).toEqual([
    1,
    '10',
    1,
  ]);
  expect(facts.lastSame('f-b')).toBeUndefined();
});

test('amendments are counted apart; a resume is remembered', () => {
  const { activity, apply, propose } = ground();
  propose('a', 1, 'allow', '10', { action: 'amend' });
  apply({ type: 'trading.state', account: 'a', state: 'HALTED', cause: '', by: '' }, 2);
  expect(activity.facts().rearmedMs).toBe(0);
  apply({ type: 'trading.state', account: 'a', state: 'ACTIVE', cause: '', by: '' }, 3);
  expect([
    activity.facts().rearmedMs,
    activity.facts().countSince(0, 'amend'),
    activity.facts().countSince(0, 'place'),
  ]).toEqual([3, 1, 0]);
});

test('an order that is placed small and amended large counts with all its worth', () => {
  const { activity, apply, propose } = ground();
  propose('a', 1, 'allow', '1');
  propose('b', 2, 'allow', '90', { action: 'amend' });
  propose('c', 3, 'allow', '30', { action: 'amend', side: undefined });
  propose('d', 4, 'deny', '500', { action: 'amend' });
  propose('e', 5, 'hold', '700', { action: 'amend' });
  apply({ type: 'order.closed', order: 'e', cause: 'timeout', by: 'clock', message: '' }, 6);
  const facts = activity.facts();
  expect(formatDecimal(facts.notionalSince(0))).toBe('121');
  expect(formatDecimal(facts.notionalOf('B', 'buy', 0))).toBe('121');
  expect(formatDecimal(facts.notionalOf('B', 'sell', 0))).toBe('30');
  expect(formatDecimal(facts.notionalOf('B', '', 0))).toBe('121');
  expect(formatDecimal(activity.facts('b').notionalSince(0))).toBe('31');
  expect([facts.countSince(0, 'place'), facts.lastOn('B', 'buy')]).toEqual([1, 1]);
});

test('cancels count by the orders they name, and each order that was filled counts once', () => {
  const { activity, apply, propose } = ground();
  propose('a', 1, 'allow');
  propose('c', 2, 'allow', '0', { action: 'cancel' });
  propose('d', 3, 'allow', '0', { action: 'cancel' });
  for (const [type, at] of [
    ['order.releasing', 4],
    ['order.sent', 5],
  ] as const) {
    const releasing = {
      type: 'order.releasing',
      order: 'a',
      request: 'r',
      digest: 'd',
      clientOrderIds: [],
    } as const;
    apply(type === 'order.releasing' ? releasing : { type, order: 'a' }, at);
  }
  const outcome = { state: 'resting', filled: '1' } as const;
  apply({ type: 'order.answered', order: 'a', outcome: 'acknowledged', status: 200, outcomes: [outcome] }, 6);
  apply({ type: 'order.reconciled', order: 'a', outcomes: [{ state: 'filled', filled: '2' }] }, 7);
  const facts = activity.facts();
  expect([facts.countSince(0, 'cancel'), facts.countSince(3, 'cancel')]).toEqual([2, 1]);
  expect([facts.fillsSince(0), facts.fillsSince(6), facts.fillsSince(7)]).toEqual([1, 1, 0]);
});

test('a hundred thousand orders are asked in microseconds', () => {
  const { activity, propose } = ground();
  for (let n = 0; n < 100_000; n += 1) propose(`o${n}`, n * 1_000, 'allow', '0.1');
  const facts = activity.facts('not-there'); // as at a release of an order that was counted long ago
  const from = performance.now();
  for (let n = 0; n < 1_000; n += 1) facts.notionalSince(n * 50_000);
  expect((performance.now() - from) / 1_000).toBeLessThan(0.2);
  expect(formatDecimal(facts.notionalSince(90_000_000))).toBe('1000');
});

test('of all symbols together a side is summed up, what grows by amendment counts anew', () => {
  const { activity, propose, apply } = ground();
  propose('a', 1_000, 'allow', '10');
  propose('b', 2_000, 'allow', '5', { instrument: 'C' });
  propose('c', 3_000, 'allow', '7', { side: 'sell' });
  expect(formatDecimal(activity.notionalOn('buy', 0))).toBe('15');
  expect(formatDecimal(activity.notionalOn('buy', 1_500))).toBe('5');
  expect(formatDecimal(activity.notionalOn('sell', 0))).toBe('7');
  expect(formatDecimal(activity.notionalOn('buy', 0, 'a'))).toBe('5');
  propose('d', 4_000, 'allow', '50', { action: 'amend', side: undefined });
  expect(formatDecimal(activity.notionalOn('buy', 0))).toBe('65');
  expect(formatDecimal(activity.notionalOn('sell', 0))).toBe('57');
  apply({ type: 'order.closed', order: 'a', cause: 'failed', by: 'sidecar', message: '' }, 5_000);
  expect(formatDecimal(activity.notionalOn('buy', 0))).toBe('55');
});

/** A request of so many orders that place and amend, as the journal has it. */
function batch(
  order: string,
  actions: readonly ('place' | 'amend' | 'cancel')[],
  decision: 'allow' | 'hold',
) {
  const [proposed, judged] = judgedOrder(order, { notional: '10', decision });
  if (proposed?.type !== 'order.proposed' || judged === undefined) throw new Error('no proposal');
  const intents = actions.map((action) => ({ ...buyRecord, instrument: 'B', action }));
  return [{ ...proposed, intents }, judged];
}

test('each order of a request counts, with its worth once, until it is known that none left', () => {
  const { activity, apply } = ground();
  for (const event of batch('a', ['place', 'place', 'place', 'amend', 'amend', 'cancel'], 'hold'))
    apply(event, 1);
  for (const event of batch('b', ['place'], 'allow')) apply(event, 2);
  const counts = (except?: string) => {
    const facts = activity.facts(except);
    return [
      ...(['place', 'amend', 'cancel'] as const).map((kind) => facts.countSince(0, kind)),
      formatDecimal(facts.notionalSince(0)),
    ];
  };
  expect([counts(), counts('a'), counts('b')]).toEqual([
    [4, 2, 1, '20'],
    [1, 0, 1, '10'],
    [3, 2, 1, '10'],
  ]);
  apply({ type: 'order.closed', order: 'a', cause: 'human', by: 'ann', message: '' }, 3);
  expect(counts()).toEqual([1, 0, 1, '10']);
});

test('what a human let out counts from its release: approved after midnight, it is of the new day', () => {
  const { activity, apply } = ground();
  for (const event of batch('a', ['place', 'place'], 'hold')) apply(event, 1_000);
  const since = (ms: number) => {
    const facts = activity.facts();
    return [facts.countSince(ms, 'place'), formatDecimal(facts.notionalSince(ms)), facts.lastOf('B')];
  };
  expect(since(5_000)).toEqual([0, '0', 1_000]);
  apply({ type: 'order.approved', order: 'a', fingerprint: 'f-a', approver: 'ann' }, 6_000);
  expect(since(5_000)).toEqual([0, '0', 1_000]);
  apply({ type: 'order.releasing', order: 'a', request: 'r', digest: 'd', clientOrderIds: [] }, 7_000);
  expect(since(5_000)).toEqual([2, '10', 7_000]);
  expect(since(0)).toEqual([2, '10', 7_000]);
});

test('an order is one of the first once the venue took it: no cancel is, nor what it refused, nor what is lost until it is found', () => {
  const { activity, apply } = ground();
  const send = (order: string, actions: readonly ('place' | 'amend' | 'cancel')[]) => {
    for (const event of batch(order, actions, 'allow')) apply(event, 1);
    apply({ type: 'order.releasing', order, request: 'r', digest: 'd', clientOrderIds: [] }, 2);
    apply({ type: 'order.sent', order }, 3);
  };
  const answer = (
    order: string,
    outcome: 'acknowledged' | 'refused' | 'unknown',
    ...states: ('accepted' | 'refused')[]
  ) => {
    const outcomes = states.map((state) => ({ state }));
    apply({ type: 'order.answered', order, outcome, status: 200, outcomes }, 4);
    return activity.facts().accepted;
  };
  const find = (order: string, ...states: ('resting' | 'filled' | 'absent')[]) => {
    apply({ type: 'order.reconciled', order, outcomes: states.map((state) => ({ state })) }, 5);
    return activity.facts().accepted;
  };
  send('a', ['cancel', 'cancel', 'cancel']);
  expect(answer('a', 'acknowledged', 'accepted', 'accepted', 'accepted')).toBe(0);
  send('b', ['place']);
  expect(answer('b', 'refused', 'refused')).toBe(0);
  send('c', ['place', 'place', 'amend']);
  expect(answer('c', 'acknowledged', 'accepted', 'refused', 'accepted')).toBe(1);
  expect(find('c', 'resting')).toBe(1);
  send('d', ['place', 'place']);
  expect(answer('d', 'unknown')).toBe(1);
  expect(find('d', 'resting', 'absent')).toBe(2);
  // Both parts of an OCO are accepted, and one of them is filled.
  const parts = [buyRecord, { ...buyRecord, type: 'stop', isAlternative: true }] as const;
  for (const event of judgedOrder('e')) apply('intents' in event ? { ...event, intents: parts } : event, 1);
  apply({ type: 'order.releasing', order: 'e', request: 'r', digest: 'd', clientOrderIds: [] }, 2);
  apply({ type: 'order.sent', order: 'e' }, 3);
  expect(answer('e', 'acknowledged', 'accepted', 'accepted')).toBe(3);
  expect(find('d', 'filled')).toBe(3);
});
