// What becomes an alert: event by event, and which receiver wants it.
import { expect, test } from 'vitest';
import type { OrderEvent } from '../../../../src/audit/order-events.js';
import { decimal } from '../../../../src/core/decimal.js';
import type { OrderEntry } from '../../../../src/orders/ledger.js';
import {
  AccountAlerts,
  type AlertNote,
  type AlertWish,
  isWanted,
  wants,
} from '../../../../src/sidecar/alerts/triggers.js';

const entry = (notional?: string) =>
  ({
    id: 'abc',
    notional,
    intents: [{ action: 'place', moneyMode: 'LIVE', instrument: 'BTC' }],
  }) as unknown as OrderEntry;
const judged = (decision: 'allow' | 'hold' | 'deny'): OrderEvent => ({
  type: 'order.judged',
  order: 'abc',
  stage: 'proposal',
  decision,
  approvals: 1,
  reasons: [],
});
const now = { atMs: 5, releasedWithin: () => 10 };

test('a held order, a stop, a kill, an unknown outcome; nothing for a refusal or a resumption', () => {
  const alerts = new AccountAlerts('main');
  const told = (event: OrderEvent) => alerts.notes(event, entry(), now).map(({ trigger }) => trigger);
  const state = { type: 'trading.state', account: 'main', cause: 'drift: x', by: 'sidecar' } as const;
  const answered = { type: 'order.answered', order: 'abc', status: 0, outcomes: [] } as const;
  expect(told(judged('hold'))).toEqual(['held']);
  expect(told(judged('allow'))).toEqual([]);
  expect(told(judged('deny'))).toEqual([]);
  expect(told({ ...state, state: 'HALTED' })).toEqual(['stopped']);
  expect(told({ ...state, state: 'REDUCE_ONLY' })).toEqual(['stopped']);
  expect(told({ ...state, state: 'ACTIVE' })).toEqual([]);
  expect(told({ ...answered, outcome: 'unknown' })).toEqual(['unknown']);
  expect(told({ ...answered, outcome: 'refused' })).toEqual([]);
});

test('an order above three times the usual is large, or above what the receiver names', () => {
  const alerts = new AccountAlerts('main');
  const [first] = alerts.notes(judged('allow'), entry('100'), now);
  expect(first && isWanted(first, {})).toBe(false);
  expect(first && isWanted(first, { largeNotional: '99.9' })).toBe(true);
  for (let count = 0; count < 4; count += 1) alerts.notes(judged('allow'), entry('100'), now);
  const [usual] = alerts.notes(judged('allow'), entry('300'), now);
  const [large] = alerts.notes(judged('allow'), entry('300.01'), now);
  expect(usual && isWanted(usual, {})).toBe(false);
  expect(large && isWanted(large, {})).toBe(true);
  expect(large && isWanted(large, { largeNotional: '1000' })).toBe(false);
  expect(large && isWanted(large, { on: ['held'] })).toBe(false);
});

test('the usual is known of orders of before: the last ones that no rule denied and whose worth is known', () => {
  const before = (notional: string | undefined, state = 'reconciled', approvalsWanted = 0) =>
    ({ ...entry(notional), state, approvalsWanted }) as OrderEntry;
  const isLarge = (orders: OrderEntry[], notional: string): boolean | undefined => {
    const alerts = new AccountAlerts('main');
    alerts.restore(orders);
    const [note] = alerts.notes(judged('allow'), entry(notional), now);
    return note && isWanted(note, {});
  };
  const four = Array.from({ length: 4 }, () => before('100'));
  expect(isLarge([...four, before('100')], '301')).toBe(true);
  expect(isLarge([...four, before('100')], '300')).toBe(false);
  expect(isLarge([...four, before('100', 'rejected', 1)], '301')).toBe(true);
  expect(isLarge([...four, before('100', 'rejected'), before(undefined)], '301')).toBe(false);
  const older = Array.from({ length: 30 }, () => before('9000'));
  expect(isLarge([...older, ...Array.from({ length: 20 }, () => before('100'))], '301')).toBe(true);
});

test('the count of a day, and of an hour, is told of once, when it is reached', () => {
  const alerts = new AccountAlerts('main');
  const releasing = {
    type: 'order.releasing',
    order: 'abc',
    request: 'r',
    digest: '',
    clientOrderIds: [],
  } as const;
  const wantedAt = (count: number, wish: AlertWish, isAlone = false) =>
    alerts
      .notes(releasing, entry(), {
        atMs: 0,
        releasedWithin: (windowMs) => (isAlone && windowMs <= 3_600_000 ? 1 : count),
      })
      .filter((one) => isWanted(one, wish)).length;
  const counts = [1, 2, 3, 4];
  expect(counts.map((count) => wantedAt(count, { dailyOrders: 3 }))).toEqual([0, 0, 1, 0]);
  expect(counts.map((count) => wantedAt(count, { hourlyOrders: 3 }))).toEqual([0, 0, 1, 0]);
  expect(counts.map((count) => wantedAt(count, { hourlyOrders: 3 }, true))).toEqual([0, 0, 0, 0]);
});

const noteOf = (more: Partial<AlertNote>): AlertNote => ({
  trigger: 'position',
  message: '',
  atMs: 0,
  ...more,
});
const hours = (before: number, after: number) =>
  noteOf({ held: { beforeMs: before * 3_600_000, afterMs: after * 3_600_000 } });

test.each<[string, AlertNote, AlertWish, boolean]>([
  ['a position just held for a day', hours(23, 24), {}, true],
  ['told of once', hours(24, 25), {}, false],
  ['not for so long', hours(22, 23), {}, false],
  ['as long as the receiver says', hours(1, 2), { positionHours: 2 }, true],
  ['not wanted', hours(23, 24), { on: ['held'] }, false],
  ['new guardrails wait', noteOf({ trigger: 'guardrails' }), {}, true],
])('%s', (_title, note, wish, expected) => {
  expect(isWanted(note, wish)).toBe(expected);
});

test('a line of worth or loss is told of when it is crossed, and only where one is named', () => {
  const amount = (text: string | undefined) => (text === undefined ? undefined : decimal(text));
  const worth = (before: string | undefined, after: string) =>
    isWanted(noteOf({ trigger: 'balance', worth: { before: amount(before), after: decimal(after) } }), {
      balanceBelow: '1000',
    });
  expect([worth(undefined, '999.99'), worth('1000', '999.99')]).toEqual([true, true]);
  expect([worth(undefined, '1000'), worth('999', '998'), worth('999', '1001')]).toEqual([
    false,
    false,
    false,
  ]);
  const loss = (before: string | undefined, after: string) =>
    isWanted(noteOf({ trigger: 'loss', loss: { before: amount(before), after: decimal(after) } }), {
      dailyLoss: '50',
    });
  expect([loss(undefined, '50'), loss('49.99', '50')]).toEqual([true, true]);
  expect([loss(undefined, '49.99'), loss('50', '60'), loss('60', '-5')]).toEqual([false, false, false]);
  expect([wants({}, 'balance'), wants({}, 'loss'), wants({}, 'position')]).toEqual([false, false, true]);
  expect(wants({ balanceBelow: '1', on: ['loss'] }, 'balance')).toBe(false);
});
