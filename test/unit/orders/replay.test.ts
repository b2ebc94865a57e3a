import { expect, test } from 'vitest';
import type { JournalRecord } from '../../../src/audit/events.js';
import type { IntentRecord } from '../../../src/audit/order-events.js';
import { guardrailsSchema } from '../../../src/guard/guardrails.js';
import { replay } from '../../../src/orders/replay.js';
import { buyRecord, type JudgedOrder, judgedOrder } from '../../support/order-journal.js';

const rules = (limits: object) => guardrailsSchema.parse({ version: 1, ...limits });
const startMs = Date.UTC(2026, 10, 20, 12);

/** One order a minute, each allowed and judged at once. */
function journalOf(...orders: JudgedOrder[]) {
  const events = orders.flatMap((order, index) =>
    judgedOrder(`o${index}`, order).map((event) => [index, event] as const),
  );
  return events.map(
    ([minutes, event], index): JournalRecord => ({
      seq: index + 1,
      at: new Date(startMs + minutes * 60_000).toISOString(),
      prev: '',
      event,
    }),
  );
}

test('each past order is judged by the new rules, beside what was decided then', () => {
  const journal = journalOf({ notional: '100' }, { notional: '900' }, { notional: '100', decision: 'deny' });
  expect(
    replay(journal, rules({ notional: { max: 500 } })).map(({ order, was, now, codes }) => [
      order,
      was,
      now,
      codes,
    ]),
  ).toEqual([
    ['o0', 'allow', 'allow', []],
    ['o1', 'allow', 'deny', ['NOTIONAL_TOO_LARGE']],
    ['o2', 'deny', 'allow', []],
  ]);
});

test('what went before counts, but for what was denied; an order does not see itself', () => {
  const limits = rules({ rate: { perHour: 2 } });
  const decisions = (journal: JournalRecord[]) => replay(journal, limits).map(({ now }) => now);
  expect(decisions(journalOf({}, {}, {}))).toEqual(['allow', 'allow', 'deny']);
  expect(decisions(journalOf({}, { decision: 'deny' }, {}))).toEqual(['allow', 'allow', 'allow']);
});

test('an OCO is one order, worth what was recorded of the request', () => {
  const journal = journalOf({ notional: '900' }, { notional: '100' }).map((record) => {
    const { event } = record;
    if (event.type !== 'order.proposed') return record;
    const stop = { ...buyRecord, type: 'stop-limit', trigger: '110', isAlternative: true } as const;
    return { ...record, event: { ...event, intents: [...event.intents, stop] } };
  });
  const codes = (limits: object) => replay(journal, rules(limits)).map((each) => each.codes);
  expect(codes({ rate: { perHour: 2 }, cooldownSeconds: 5 })).toEqual([[], []]);
  expect(codes({ rate: { perHour: 1 } })).toEqual([[], ['RATE_EXCEEDED']]);
  expect(codes({ maxOpenOrders: 1 })).toEqual([[], ['TOO_MANY_OPEN_ORDERS']]);
  expect(codes({ maxOpenNotional: 950 })).toEqual([[], ['OPEN_NOTIONAL_TOO_LARGE']]);
});

test('what rests counts as it did for the rules of then: attached orders that open something, and what amendments made larger', () => {
  const leg: IntentRecord = { ...buyRecord, type: 'stop' };
  const codes = (journal: JournalRecord[], limits: object) =>
    replay(journal, rules(limits)).map((each) => each.codes);
  expect(codes(journalOf({ intent: { legs: [leg] } }, {}), { maxOpenOrders: 2 })).toEqual([
    [],
    ['TOO_MANY_OPEN_ORDERS'],
  ]);
  const grown = { action: 'amend', clientOrderId: 'c1', quantity: { value: '5', unit: 'base' } } as const;
  const amended = journalOf(
    { intent: { clientOrderId: 'c1' }, notional: '100' },
    { intent: grown, notional: '500' },
    { notional: '100' },
  );
  expect(codes(amended, { maxOpenNotional: 550 })[2]).toEqual(['OPEN_NOTIONAL_TOO_LARGE']);
});

test('where a rule needs a price or a position of then, it says that it cannot tell, unless another denies', () => {
  const journal = journalOf({}, { intent: { side: 'sell' } });
  expect(replay(journal, rules({ priceCollarBps: 10, sides: ['buy'] })).map(({ now }) => now)).toEqual([
    'unknown',
    'deny',
  ]);
});

test('a limit purchase has its own worth where none was recorded; a market order has none', () => {
  const journal = journalOf({}, { intent: { type: 'market' } });
  expect(replay(journal, rules({ notional: { max: 99 } })).map(({ now }) => now)).toEqual([
    'deny',
    'unknown',
  ]);
});

test('reduce-only contracts are exits, on spot the flag proves nothing; legs are judged', () => {
  const contracts = { quantity: { value: '1', unit: 'contracts' }, reduceOnly: true } as const;
  const leg: IntentRecord = { ...buyRecord, instrument: '', type: 'stop' };
  const journal = journalOf({ intent: contracts }, { intent: { reduceOnly: true } });
  expect(replay(journal, rules({ reduceOnly: true })).map(({ now }) => now)).toEqual(['allow', 'deny']);
  expect(replay(journalOf({ intent: { legs: [leg] } }), rules({ types: ['limit'] }))[0]?.codes).toEqual([
    'TYPE_NOT_ALLOWED',
  ]);
});

test('what the account was worth is known from the marks that were written', () => {
  const [proposed, judged] = journalOf({});
  if (proposed === undefined || judged === undefined) throw new Error('no order');
  const mark = (usd: string, minutesBefore: number): JournalRecord => ({
    ...proposed,
    at: new Date(startMs - minutesBefore * 60_000).toISOString(),
    event: { type: 'account.equity', account: 'a', usd },
  });
  const after = (...marks: JournalRecord[]) =>
    replay([...marks, proposed, judged], rules({ maxDrawdown: 10 })).map(({ now, codes }) => [now, ...codes]);
  expect(after(mark('1000', 60), mark('900', 5))).toEqual([['deny', 'DRAWDOWN']]);
  expect(after(mark('1000', 60), mark('950', 5))).toEqual([['allow']]);
  expect(after(mark('1000', 60), mark('900', 16))).toEqual([['unknown', 'DATA_MISSING']]);
});

test('cancels are not judged', () => {
  expect(replay(journalOf({ intent: { action: 'cancel' } }), rules({ sides: ['sell'] }))).toEqual([]);
});
