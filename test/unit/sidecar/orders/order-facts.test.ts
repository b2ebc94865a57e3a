import { expect, test } from 'vitest';
import type { OrderEvent } from '../../../../src/audit/order-events.js';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { recordOf } from '../../../../src/orders/intent-record.js';
import { Ledger, type OrderEntry } from '../../../../src/orders/ledger.js';
import { OpenBook } from '../../../../src/orders/open-book.js';
import type { MarketMemory } from '../../../../src/sidecar/orders/market-memory.js';
import { orderFacts, restingIntents, wantedFor } from '../../../../src/sidecar/orders/order-facts.js';

const ledger = new Ledger();
const intent = (more: Partial<OrderIntent> = {}): OrderIntent => ({
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'X',
  side: 'sell',
  type: 'market',
  quantity: { value: decimal('2'), unit: 'contracts' },
  ...more,
});
const market = (maxKnownMs: number) =>
  ({
    price: (_: string, maxAgeMs: number) =>
      maxAgeMs < maxKnownMs ? undefined : { last: decimal('10'), ageMs: maxKnownMs },
    book: () => undefined,
    terms: () => ({ multiplier: decimal('1'), isInverse: false }),
    position: () => decimal('3'),
  }) as unknown as MarketMemory;
const spot = intent({ quantity: { value: decimal('1'), unit: 'base' } });

test('contracts want the position of now, spot orders one of a moment ago, and cancels want nothing', () => {
  expect(wantedFor([intent()], ledger)).toEqual({ instruments: ['X'], positions: 'now' });
  expect(wantedFor([intent({ legs: [intent()] })], ledger).instruments).toEqual(['X', 'X']);
  expect(wantedFor([spot], ledger).positions).toBe('recent');
  expect(wantedFor([intent({ action: 'cancel' })], ledger)).toEqual({ instruments: [], positions: 'recent' });
});

test('the second order of a batch comes on top of the first: together they would turn the position round', () => {
  const facts = orderFacts([intent(), intent()], ledger.openBook.sumsBut(undefined), {
    ledger,
    market: market(0),
    maxAgeMs: 1_000,
  });
  expect(facts.map(({ pending, isReducing }) => [formatDecimal(pending), isReducing])).toEqual([
    ['0', true],
    ['2', false],
  ]);
  expect(facts.map(({ notional }) => notional?.toString())).toEqual(['20', '20']);
});

test('an amendment that says what shall stay open is worth that and what is filled', () => {
  const traded = new Ledger();
  const placed = recordOf(intent({ clientOrderId: 'c-1' }));
  const answered = {
    outcome: 'acknowledged',
    status: 200,
    outcomes: [{ state: 'resting', filled: '1.5' }],
  } as const;
  const events: readonly object[] = [
    { type: 'order.proposed', request: 'r', operation: 'sendorder', fingerprint: 'f', intents: [placed] },
    { type: 'order.judged', stage: 'release', decision: 'allow', approvals: 0, reasons: [] },
    { type: 'order.releasing', request: 'r', digest: 'd', clientOrderIds: ['c-1'] },
    { type: 'order.sent' },
    { type: 'order.answered', ...answered },
  ];
  for (const event of events) traded.apply({ order: 'o-1', ...event } as OrderEvent, 1);
  const quantityOf = (amendment: Partial<OrderIntent>) => {
    const amended = intent({ action: 'amend', clientOrderId: 'c-1', ...amendment });
    const [fact] = orderFacts([amended], new OpenBook().sumsBut(undefined), {
      ledger: traded,
      market: market(0),
      maxAgeMs: 1_000,
    });
    return [fact?.intent.quantity?.value.toString(), fact?.notional?.toString()];
  };
  expect(quantityOf({ isOpenQuantity: true })).toEqual(['3.5', '35']);
  expect(quantityOf({})).toEqual(['2', '20']);
});

test('an order is not valued at a price that is too old', () => {
  const [fact] = orderFacts([intent()], new OpenBook().sumsBut(undefined), {
    ledger,
    market: market(5_000),
    maxAgeMs: 1_000,
  });
  expect(fact?.reference).toBeUndefined();
  expect(fact?.notional).toBeUndefined();
});

test('what is final of a request, and a cancel, rests no more', () => {
  const intents = ['A', 'B', 'C', 'D'].map((instrument) => recordOf(intent({ instrument })));
  const outcomes = [{ state: 'resting' }, { state: 'filled' }, { state: 'accepted' }];
  const cancel = recordOf(intent({ action: 'cancel' }));
  const others = [
    { intents, outcomes },
    { intents: [cancel], outcomes: [] },
  ] as unknown as OrderEntry[];
  expect(restingIntents(others, ledger).map(({ instrument }) => instrument)).toEqual(['A', 'C', 'D']);
});
