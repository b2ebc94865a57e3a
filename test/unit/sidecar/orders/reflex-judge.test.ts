// What the judge of the reflexes makes of symbols that the venue did not tell the terms of.
import { expect, test } from 'vitest';
import type { OrderEvent } from '../../../../src/audit/order-events.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { type Decimal, decimal } from '../../../../src/core/decimal.js';
import type { OrderIntent, QuantityUnit } from '../../../../src/core/order.js';
import { recordOf } from '../../../../src/orders/intent-record.js';
import { Ledger } from '../../../../src/orders/ledger.js';
import { defaultReflexLimits } from '../../../../src/orders/reflexes.js';
import type { MarketMemory } from '../../../../src/sidecar/orders/market-memory.js';
import { createReflexJudge } from '../../../../src/sidecar/orders/reflex-judge.js';

const order = (unit: QuantityUnit, more: Partial<OrderIntent> = {}): OrderIntent => ({
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'X',
  side: 'sell',
  type: 'market',
  quantity: { value: decimal('1'), unit },
  ...more,
});
const exits = [order('contracts', { reduceOnly: true }), order('close-all')];
const openings = [
  order('contracts'),
  order('base'),
  // Spot accounts ignore the flag.
  order('base', { reduceOnly: true }),
  order('quote', { reduceOnly: true }),
  order('contracts', { reduceOnly: true, legs: [order('base')] }),
];

function judgeWith(
  market: object,
  isListWanted: boolean,
  isAsked = false,
  ledger = new Ledger(),
  rates: Record<string, Decimal> = {},
) {
  const wanted: string[] = [];
  const judge = createReflexJudge({
    ledger,
    market: {
      terms: () => undefined,
      isUnlisted: () => false,
      isCapped: () => false,
      isPostponed: () => false,
      positions: () => undefined,
      learn: async ({ positions }: { positions: string }) => void wanted.push(positions),
      ...market,
    } as unknown as MarketMemory,
    rates: { rate: (from, into) => rates[`${from}-${into}`] },
    lastHeld: { of: () => undefined },
    isAsked,
    clock: fixedClock(0),
    limits: defaultReflexLimits,
    isValued: false,
    isListWanted,
    tellsBalances: false,
  });
  const codeOf = (intent: OrderIntent) =>
    judge.judge({ operation: 'o', intents: [intent], likeness: 'f', stage: 'proposal' }).reasons[0]?.code;
  return { judge, wanted, codeOf };
}

test('an amendment that names another instrument than its order was placed in never passes', () => {
  const ledger = new Ledger();
  const proposed = { request: 'r', operation: 'o', fingerprint: 'f', intents: [recordOf(order('base'))] };
  const outcomes = [{ state: 'resting', filled: '0', venueOrderId: '5' }] as const;
  const events = [
    { type: 'order.proposed', ...proposed },
    { type: 'order.judged', stage: 'proposal', decision: 'allow', approvals: 0, reasons: [] },
    { type: 'order.releasing', request: 'r', digest: 'd', clientOrderIds: [] },
    { type: 'order.sent' },
    { type: 'order.answered', outcome: 'acknowledged', status: 200, outcomes },
  ];
  for (const event of events) ledger.apply({ order: 'o-1', ...event } as OrderEvent, -10_000);
  const { codeOf } = judgeWith({}, false, false, ledger);
  const amended = (instrument: string) =>
    codeOf(order('base', { action: 'amend', venueOrderId: '5', instrument }));
  expect(['X', '', 'Y'].map(amended)).toEqual([undefined, undefined, 'AMENDMENT_MISNAMED']);
});

test.each([
  ['one that the venue lists not', { isUnlisted: () => true }, false, 'SYMBOL_UNKNOWN'],
  ['one that it could not be asked about', {}, true, 'INSTRUMENT_LIST_MISSING'],
  ['one that is new, after too many new ones', { isCapped: () => true }, false, 'INSTRUMENT_LIST_MISSING'],
  ['one while the venue is left alone', { isPostponed: () => true }, false, 'INSTRUMENT_LIST_MISSING'],
] as const)('an order in %s is refused unless it can only close', (_name, market, isListWanted, code) => {
  const { codeOf } = judgeWith(market, isListWanted);
  expect(openings.map(codeOf)).toEqual(openings.map(() => code));
  expect(exits.map(codeOf)).toEqual([undefined, undefined]);
});

test('an exit in a symbol that the venue lists not passes where something is held, or nobody knows', async () => {
  const held = (quantity: string) => ({
    isUnlisted: () => true,
    positions: () => [{ instrument: 'X', quantity: decimal(quantity) }],
  });
  expect(exits.map(judgeWith(held('-2'), true).codeOf)).toEqual([undefined, undefined]);
  expect(exits.map(judgeWith(held('0'), true).codeOf)).toEqual(['SYMBOL_UNKNOWN', 'SYMBOL_UNKNOWN']);
});

test.each([
  ['not listed', { isUnlisted: () => true }],
  ['not to be asked about', {}],
])('reduce-only of coins or shares in a symbol %s passes where something is held', (_name, market) => {
  const intent = order('base', { reduceOnly: true });
  const codeFor = (quantity: unknown) => {
    const positions = () => (quantity === undefined ? undefined : [{ instrument: 'X', quantity }]);
    return judgeWith({ ...market, positions }, true).codeOf(intent);
  };
  expect(codeFor(decimal('2'))).toBeUndefined();
  expect(codeFor(decimal('0'))).toBeDefined();
  expect(codeFor(undefined)).toBeDefined();
});

test('what is held is asked before an exit in a symbol of which nothing is known, and before no other', async () => {
  for (const [market, positions] of [
    [{ isUnlisted: () => true, terms: () => ({}) }, ['none', 'now']],
    [{}, ['none', 'now']],
    [{ terms: () => ({}) }, ['none']],
  ] as const) {
    const { judge, wanted } = judgeWith(market, true, true);
    await judge.prepare(exits.slice(0, 1));
    expect(wanted).toEqual(positions);
  }
});

test('what was valued in the currency of the guardrails is held against the price in that currency', () => {
  const last = decimal('55000');
  const market = {
    price: () => ({ last, bid: last, ask: last, atMs: 0 }),
    terms: () => ({ quote: 'EUR', multiplier: decimal('1'), isInverse: false }),
    position: () => decimal('0'),
    book: () => undefined,
  };
  const codeAt = (rates: Record<string, Decimal>, currency?: string) => {
    const { judge } = judgeWith(market, false, false, new Ledger(), rates);
    const ledger = new Ledger();
    const intents = [order('base', { instrument: 'BTC-EUR' })];
    const proposed = { request: 'r', operation: 'o', fingerprint: 'f', intents: intents.map(recordOf) };
    const worth = { notional: currency === undefined ? '55000' : '60500', ...(currency && { currency }) };
    const held = { decision: 'hold', approvals: 1, reasons: [], expiresMs: 9 } as const;
    ledger.apply({ type: 'order.proposed', order: 'o-1', ...proposed, ...worth }, 0);
    ledger.apply({ type: 'order.judged', order: 'o-1', stage: 'proposal', ...held }, 0);
    const entry = ledger.order('o-1');
    if (entry === undefined) throw new Error('no order');
    const question = { operation: 'o', intents, likeness: 'f', stage: 'release', entry } as const;
    return judge.judge(question).reasons[0]?.code;
  };
  expect(codeAt({ 'EUR-USD': decimal('1.1') }, 'USD')).toBeUndefined();
  expect(codeAt({ 'EUR-USD': decimal('1.12') }, 'USD')).toBe('PRICE_DRIFT');
  expect(codeAt({}, 'USD')).toBe('PRICE_UNKNOWN');
  expect(codeAt({})).toBeUndefined();
});
