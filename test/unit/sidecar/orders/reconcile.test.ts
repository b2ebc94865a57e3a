import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { type Decimal, decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { Activity } from '../../../../src/orders/activity.js';
import { OrderDesk } from '../../../../src/orders/desk.js';
import { defaultDeskLimits } from '../../../../src/orders/desk-parts.js';
import { Ledger } from '../../../../src/orders/ledger.js';
import {
  absentAfterMs,
  goneAfterMs,
  type ReconcileParts,
  reconcileOrder,
} from '../../../../src/sidecar/orders/reconcile.js';
import type { VenueOrderState } from '../../../../src/venues/admin.js';

const intent: OrderIntent = {
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  quantity: { value: decimal('100'), unit: 'base' },
  price: decimal('9'),
  clientOrderId: 'mine',
};

/** Released orders of 100 each, one request, and a venue that tells of them what it is given, in their order. */
async function sentOrder(intents: OrderIntent[] = [intent], isAcknowledged = false) {
  const journal: { event: JournalEvent; at: number }[] = [];
  const clock = fixedClock(1_000_000);
  const activity = new Activity();
  const ledger = new Ledger((event, entry, atMs) => activity.apply(event, entry, atMs));
  const append = (event: JournalEvent) => journal.push({ event, at: clock.nowMs() });
  const desk = new OrderDesk({
    account: 'main',
    ledger,
    journal: { append, note: append, durable: async () => {} },
    judge: { prepare: async () => {}, judge: () => ({ decision: 'allow', approvals: 0, reasons: [] }) },
    clock,
    limits: defaultDeskLimits,
    newOrderId: () => 'o1',
    isTainted: () => false,
  });
  await desk.admit({ request: 'r', operation: 'trade/order', intents }, { isGone: () => false });
  desk.releasing(
    'o1',
    'r',
    'd',
    intents.map(({ clientOrderId = '' }) => clientOrderId),
  );
  desk.progress({ type: 'order.sent', order: 'o1' });
  desk.progress(
    isAcknowledged
      ? {
          type: 'order.answered',
          order: 'o1',
          outcome: 'acknowledged',
          status: 200,
          outcomes: [{ state: 'accepted' }],
        }
      : { type: 'order.answered', order: 'o1', outcome: 'unknown', status: 503, outcomes: [] },
  );
  const entry = ledger.order('o1');
  if (entry === undefined) throw new Error('no order');
  let told: (VenueOrderState | 'absent' | undefined)[] = [];
  let questions = 0;
  const parts = {
    desk,
    account: { environment: 'demo', venue: { admin: { findOrder: () => ({}) } } },
    ask: async () => {
      const value = told[questions++];
      return value === undefined ? { isUnderstood: false, status: 0 } : { isUnderstood: true, value };
    },
    nowMs: () => clock.nowMs(),
  } as unknown as ReconcileParts;
  return {
    entry,
    activity,
    journal,
    openOrders: () => ledger.open().length,
    asked: () => questions,
    hear(...states: (VenueOrderState | 'absent' | undefined)[]): Promise<boolean> {
      told = states;
      questions = 0;
      clock.set(clock.nowMs() + 1_000);
      return reconcileOrder(entry, parts);
    },
  };
}

/** Parts in which 100 are filled, each at its price with its fee; and what the venue says of the order after each. */
const story = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 24 }), price: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 4,
  })
  .map((parts) => {
    let [filled, cost, fee] = [decimal('0'), decimal('0'), decimal('0')];
    const states: VenueOrderState[] = [{ state: 'resting', venueOrderId: '7', filled }];
    for (const { size, price } of [
      ...parts,
      { size: 100 - parts.reduce((sum, part) => sum + part.size, 0), price: 5 },
    ]) {
      filled = filled.plus(String(size));
      cost = cost.plus(String(size * price));
      fee = fee.plus('0.25');
      const isLast = filled.eq('100');
      states.push({
        state: isLast ? 'filled' : 'resting',
        venueOrderId: '7',
        filled,
        averagePrice: cost.div(filled),
        fee,
      });
    }
    return states;
  });

test('answers that come again, too late or not at all: fills never go back, and what they add up to is the truth', async () => {
  const scrambled = story.chain((states) =>
    fc.tuple(
      fc.constant(states),
      fc.array(fc.option(fc.nat(states.length - 2), { nil: undefined }), { maxLength: 12 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(scrambled, async ([states, heard]) => {
      const order = await sentOrder();
      let most = -1;
      for (const index of heard) {
        expect(await order.hear(index === undefined ? undefined : states[index])).toBe(false);
        most = Math.max(most, index ?? -1);
        expect(order.entry.state).toBe(most === -1 ? 'unknown' : 'acknowledged');
        expect(order.entry.outcomes[0]?.filled).toBe(most === -1 ? undefined : filledText(states[most]));
      }
      expect(await order.hear(states.at(-1))).toBe(true);
      expect(order.entry).toMatchObject({
        state: 'reconciled',
        outcomes: [{ state: 'filled', filled: '100' }],
      });
      const { fees } = order.activity.facts();
      expect(fees.paidSince(0).map(({ amount }) => formatDecimal(amount))).toEqual([
        formatDecimal(states.at(-1)?.fee as Decimal),
      ]);
      expect(order.activity.facts().fillsSince(0)).toBe(1);
      expect(order.activity.holdings().map(({ quantity }) => formatDecimal(quantity))).toEqual(['100']);
      // Nothing more is heard of it.
      const records = order.journal.length;
      expect(await order.hear(states[0])).toBe(true);
      expect(order.journal.length).toBe(records);
    }),
    { numRuns: 60 },
  );
});

test('an order whose answers stay older, or are not understood, hides no sibling’s fill', async () => {
  const sibling = { ...intent, clientOrderId: 'other', price: decimal('8') };
  const order = await sentOrder([intent, sibling]);
  const at = (venueOrderId: string, filled: string, state: VenueOrderState['state'] = 'resting') => ({
    state,
    venueOrderId,
    filled: decimal(filled),
    averagePrice: decimal('5'),
  });
  expect(await order.hear(at('7', '50'), at('8', '0'))).toBe(false);
  // The first is told with less than before, for good; the second goes on.
  for (const [answer, filled] of [
    [at('7', '40'), '60'],
    [undefined, '80'],
  ] as const) {
    expect(await order.hear(answer, at('8', filled))).toBe(false);
    expect(order.entry.outcomes.map((each) => each.filled)).toEqual(['50', filled]);
  }
  expect(await order.hear(at('7', '40'), at('8', '100', 'filled'))).toBe(false);
  expect(order.entry).toMatchObject({
    state: 'acknowledged',
    outcomes: [{ filled: '50' }, { filled: '100' }],
  });
  expect(order.activity.holdings().map(({ quantity }) => formatDecimal(quantity))).toEqual(['150']);
  // Its newer answer, once there is one, is taken.
  expect(await order.hear(at('7', '100', 'filled'), at('8', '100', 'filled'))).toBe(true);
  expect(order.entry).toMatchObject({
    state: 'reconciled',
    outcomes: [{ filled: '100' }, { filled: '100' }],
  });
});

test('an order that the venue acknowledged is not taken as gone because it was not found once', async () => {
  const order = await sentOrder();
  const resting: VenueOrderState = { state: 'resting', venueOrderId: '7', filled: decimal('0') };
  const missSeconds = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) expect(await order.hear('absent')).toBe(false);
    expect(order.entry).toMatchObject({ state: 'acknowledged', outcomes: [{ state: 'resting' }] });
  };
  expect(await order.hear(resting)).toBe(false);
  for (let second = 0; second < 10; second += 1) expect(await order.hear(resting)).toBe(false);
  await missSeconds(goneAfterMs / 1_000);
  // What is heard of it begins the time anew.
  expect(await order.hear(resting)).toBe(false);
  await missSeconds(goneAfterMs / 1_000);
  expect(await order.hear('absent')).toBe(true);
  expect(order.entry).toMatchObject({ state: 'reconciled', outcomes: [{ state: 'absent' }] });
});

describe('a cancel that names no order', () => {
  const { venue, account, moneyMode } = intent;
  const cancel: OrderIntent = { venue, account, moneyMode, action: 'cancel', instrument: '' };

  test('that was acknowledged is over, and the venue is asked nothing', async () => {
    const order = await sentOrder([{ ...cancel, instrument: 'BTC-USDT' }], true);
    expect(await order.hear('absent')).toBe(true);
    expect([order.entry.state, order.openOrders(), order.asked()]).toEqual(['reconciled', 0, 0]);
    expect(order.activity.facts().countSince(0, 'cancel')).toBe(1);
  });

  test('whose answer was lost is over once it can be on its way no more', async () => {
    const order = await sentOrder([cancel]);
    for (let second = 1; second < absentAfterMs / 1_000; second += 1) {
      expect(await order.hear('absent')).toBe(false);
      expect([order.entry.state, order.openOrders()]).toEqual(['unknown', 1]);
    }
    expect(await order.hear('absent')).toBe(true);
    expect([order.entry.state, order.openOrders(), order.asked()]).toEqual(['reconciled', 0, 0]);
  });

  test.each(['venueOrderId', 'clientOrderId'] as const)(
    'is none that has a %s: what it names is asked for',
    async (name) => {
      for (const isAcknowledged of [true, false]) {
        const order = await sentOrder([{ ...cancel, [name]: '7' }], isAcknowledged);
        expect(await order.hear(undefined)).toBe(false);
        expect(await order.hear({ state: 'canceled', venueOrderId: '7', filled: decimal('1') })).toBe(true);
        expect(order.asked()).toBe(1);
        expect(order.entry).toMatchObject({
          state: 'reconciled',
          outcomes: [{ state: 'canceled', filled: '1' }],
        });
      }
    },
  );

  test('ends no order that came with it', async () => {
    const order = await sentOrder([cancel, intent]);
    for (let second = 0; second < 10; second += 1) expect(await order.hear('absent')).toBe(false);
    expect(order.entry.state).toBe('unknown');
  });
});

const filledText = (state: VenueOrderState | undefined) => state && formatDecimal(state.filled);
