// What the rules were told, from a sidecar's verdict to its journal and back to other rules.
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { JournalEvent, JournalRecord } from '../../../src/audit/events.js';
import type { ToldOrderRecord, ToldRecord } from '../../../src/audit/order-events.js';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import type { OrderIntent } from '../../../src/core/order.js';
import type { Facts } from '../../../src/guard/facts.js';
import { guardrailsSchema } from '../../../src/guard/guardrails.js';
import { presets } from '../../../src/guard/presets.js';
import { replay } from '../../../src/orders/replay.js';
import { readOrder, toldOf } from '../../../src/orders/told-facts.js';
import { type OrderBox, startOrderBox } from '../../support/order-box.js';
import { judgedOrder } from '../../support/order-journal.js';

let desk: OrderBox | undefined;
afterEach(async () => {
  await desk?.stop();
  desk = undefined;
});

/** The paper account holds coins from the start. */
const cautious = { ...parse(presets.cautious.yaml), maxPositionNotional: 1_000_000 };
const startMs = Date.UTC(2026, 10, 20, 12);

/** At once, as the orders of this test are. */
const recordsOf = (events: readonly JournalEvent[]) =>
  events.map(
    (event, index): JournalRecord => ({
      seq: index + 1,
      at: new Date(startMs + index).toISOString(),
      prev: '',
      event,
    }),
  );

/** Codes of rules that hold and deny nothing. */
const asksHuman = new Set(['APPROVAL_REQUIRED', 'FIRST_ORDERS', 'TWO_APPROVALS']);

const judgeAgain = (events: readonly JournalEvent[], rules: object) =>
  replay(recordsOf(events), guardrailsSchema.parse(rules)).map(({ was, now, codes, missing }) => ({
    was,
    now,
    codes: codes.filter((code) => !asksHuman.has(code)),
    missing,
  }));

test('what a sidecar journals of its rules’ facts lets changed rules judge the same orders', async () => {
  const reflexes = { ordersPerHour: 10_000, duplicateMs: 0, closedMs: 0 };
  desk = await startOrderBox({ guardrails: cautious, reflexes, approval: { holdMs: 10 } });
  desk.holdPrices();
  const last = decimal(desk.atVenue('market/ticker?instId=BTC-USDT')[0]?.last ?? '');
  const at = (factor: string) => formatDecimal(last.times(decimal(factor)).round(1));
  const swap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross' };
  await desk.place({ px: at('0.95') }); // 500 bps away
  await desk.place({ px: at('0.999'), sz: '0.01' }); // worth more than 500
  await desk.place({ ...swap, px: at('0.999'), sz: '0.1' });
  await desk.place({ px: at('0.999') });

  const events = desk.events();
  const told = events.flatMap((event) => (event.type === 'order.proposed' ? [event.told] : []));
  expect(told).toHaveLength(4);
  for (const each of told) {
    expect(each?.orders).toEqual([
      expect.objectContaining({
        reference: expect.objectContaining({ last: expect.stringMatching(/^\d+(\.\d+)?$/) }),
        range: expect.objectContaining({ minutes: 15 }),
      }),
    ]);
    expect(each).toMatchObject({ equity: expect.any(String), gross: '0', net: '0' });
  }
  expect(told.map((each) => each?.orders[0]?.position)).toEqual([undefined, undefined, '0', undefined]);

  const same = judgeAgain(events, cautious);
  expect(same.map(({ was, now, missing }) => [was, now, missing])).toEqual([
    ['deny', 'deny', []],
    ['deny', 'deny', []],
    ['hold', 'hold', []],
    ['deny', 'deny', []],
  ]);
  expect(same.map(({ codes }) => codes)).toEqual([
    ['PRICE_OFF_MARKET'],
    ['NOTIONAL_TOO_LARGE'],
    [],
    expect.arrayContaining(['RATE_EXCEEDED']),
  ]);
  // The same rules find again what they found then.
  const found = events.flatMap((event) =>
    event.type === 'order.judged' ? [[...new Set(event.reasons.map(({ code }) => code))]] : [],
  );
  expect(replay(recordsOf(events), guardrailsSchema.parse(cautious)).map(({ codes }) => codes)).toEqual(
    found,
  );

  const { rate: _rate, cooldownSeconds: _cooldown, ...slow } = cautious;
  const wider = { ...slow, priceCollarBps: 600, notional: { min: 1, max: 1000 } };
  expect(judgeAgain(events, wider)).toEqual(
    ['deny', 'deny', 'hold', 'deny'].map((was) => ({ was, now: 'hold', codes: [], missing: [] })),
  );
  const tighter = { ...slow, priceCollarBps: 5 };
  expect(judgeAgain(events, tighter)[2]).toMatchObject({ now: 'deny', codes: ['PRICE_OFF_MARKET'] });
  const smaller = { ...slow, maxLeverage: '0.0001' };
  expect(judgeAgain(events, smaller)[2]).toMatchObject({ now: 'deny', codes: ['LEVERAGE_TOO_HIGH'] });

  // Of a journal from before, or of rules that nobody asked then, it is said what is missing.
  const older = events.map((event) => {
    if (event.type !== 'order.proposed') return event;
    const { told: _told, ...rest } = event;
    return rest;
  });
  expect(judgeAgain(older, wider)[0]).toMatchObject({
    now: 'unknown',
    missing: expect.arrayContaining([expect.stringContaining('BTC-USDT')]),
  });
  expect(judgeAgain(events, { version: 1, spotBalance: true })[0]).toMatchObject({ now: 'allow' });
  const window = { ...wider, volatilityHalt: { moveBps: 300, minutes: 30 } };
  expect(judgeAgain(events, window)[0]).toMatchObject({
    now: 'unknown',
    missing: ['how far the price of BTC-USDT moved is not known'],
  });
});

const intent = { action: 'place', instrument: 'BTC-USDT', quantity: { value: decimal('1'), unit: 'base' } };
const read = (told: ToldOrderRecord | undefined, more: object = {}, lacksBalances = false) =>
  readOrder(told, intent as OrderIntent, guardrailsSchema.parse({ version: 1, ...more }), lacksBalances);

test('a price that is too old for the rules is none, and what is no plain decimal is not read', () => {
  const told = { reference: { last: '100', bid: '99', ageMs: 4_000 } };
  expect(read(told, { referenceMaxAgeSeconds: 5 }).reference).toMatchObject({ ageMs: 4_000 });
  expect(read(told, { referenceMaxAgeSeconds: 3 }).reference).toBeUndefined();
  expect(read({ position: '1e3', worth: '-' })).toMatchObject({ position: undefined, worth: undefined });
});

test('balances that were not asked for are unknown, and none where the venue tells none', () => {
  expect(read(undefined).spot).toMatchObject({ held: undefined, cash: undefined });
  expect(read({}, {}, true).spot).toBeUndefined();
});

test('what is held apart from the position of an order counts with it', () => {
  const d = decimal;
  const order = { intent, position: d('0'), apart: d('5'), pending: d('0'), unbound: d('0') };
  const facts = { orders: [order], termsOf: () => undefined } as unknown as Facts;
  const told = toldOf(facts, guardrailsSchema.parse({ version: 1 }), true);
  expect(told.orders).toEqual([{ position: '0', apart: '5' }]);
  const contracts = { quantity: { value: '1', unit: 'contracts' } } as const;
  const [proposed, judged] = judgedOrder('o', { intent: contracts, notional: '100' });
  const now = (most: string) =>
    judgeAgain([{ ...proposed, told } as JournalEvent, judged], { version: 1, maxPositionNotional: most })[0];
  expect([now('599')?.codes, now('600')?.now]).toEqual([['POSITION_TOO_LARGE'], 'allow']);
});

test('amounts in another currency than that of the limits count for nothing', () => {
  const told: ToldRecord = {
    orders: [{ reference: { last: '100', ageMs: 0 }, terms: { quote: 'USDT' } }],
    gross: '500',
    currency: 'EUR',
  };
  const [proposed, judged] = judgedOrder('o', { notional: '90' });
  const events = [{ ...proposed, told }, judged] as JournalEvent[];
  const now = (rules: object) => judgeAgain(events, { version: 1, ...rules })[0]?.now;
  expect(now({ currency: 'EUR', notional: { max: 95 }, maxGrossExposure: 600 })).toBe('allow');
  expect(now({ currency: 'EUR', maxGrossExposure: 580 })).toBe('deny');
  // 100 USDT by the price of that time; the exposure is in euros.
  expect(now({ notional: { max: 95 } })).toBe('deny');
  expect(now({ notional: { max: 105 } })).toBe('allow');
  expect(now({ maxGrossExposure: 600 })).toBe('unknown');
  expect(now({ currency: 'USD', notional: { max: 95 } })).toBe('unknown');
});
