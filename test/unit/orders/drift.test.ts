// What explains a position and a resting order, and what does not: bounds from sent orders, between two looks that are not atomic.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IntentRecord } from '../../../src/audit/order-events.js';
import { decimal } from '../../../src/core/decimal.js';
import { type AccountLook, DriftWatch } from '../../../src/orders/drift.js';
import type { OrderEntry } from '../../../src/orders/ledger.js';

const swap = 'BTC-USDT-SWAP';

function intent(side: 'buy' | 'sell', value: string, more: Partial<IntentRecord> = {}): IntentRecord {
  const quantity = { value, unit: 'contracts' };
  const base = {
    venue: 'okx',
    account: 'main',
    moneyMode: 'DEMO',
    action: 'place',
    instrument: swap,
  } as const;
  return { ...base, side, type: 'market', quantity, ...more };
}

const held = (quantity: string, resting: AccountLook['resting'] = []): AccountLook => ({
  resting,
  positions: quantity === '0' ? [] : [{ instrument: swap, quantity: decimal(quantity) }],
});

function entry(intents: IntentRecord[], more: Partial<OrderEntry> = {}): OrderEntry {
  return { intents, outcomes: [], clientOrderIds: [], ...more } as unknown as OrderEntry;
}

/** A watch that saw this position first. */
function from(quantity: string, open: OrderEntry[] = []): DriftWatch {
  const watch = new DriftWatch();
  watch.begin(open);
  expect(watch.end(held(quantity), open)).toEqual([]);
  return watch;
}

function driftAt(watch: DriftWatch, look: AccountLook, known: OrderEntry[] = []): string[] {
  watch.begin([]);
  return watch.end(look, known);
}

test.each([
  ['nothing was sent', '1', [], '1', 0],
  ['nothing was sent, and it grew', '1', [], '1.1', 1],
  ['nothing was sent, and it is gone', '1', [], '0', 1],
  ['a part of what was sent was filled', '0', [intent('buy', '2')], '0.5', 0],
  ['more than was sent was filled', '0', [intent('buy', '2')], '2.1', 1],
  ['the other way', '0', [intent('buy', '2')], '-1', 1],
  ['a close', '1', [intent('sell', '1', { reduceOnly: true })], '0', 0],
  ['the reversed close: it opened a short', '1', [intent('sell', '2', { reduceOnly: true })], '-1', 1],
  ['the same of a short', '-1', [intent('buy', '2', { reduceOnly: true })], '1', 1],
  ['an order that may open', '1', [intent('sell', '2')], '-1', 0],
  ['in and out', '0', [intent('buy', '1'), intent('sell', '1', { reduceOnly: true })], '0', 0],
  ['an attached leg closed it', '0', [intent('buy', '1', { legs: [intent('sell', '1')] })], '-1', 0],
  ['an amendment leaves no bound', '0', [intent('buy', '1', { action: 'amend' })], '9', 0],
  [
    'a quantity in quote leaves no bound',
    '0',
    [intent('buy', '1', { quantity: { value: '1', unit: 'quote' } })],
    '9',
    0,
  ],
  ['a cancellation moves nothing', '0', [intent('buy', '1', { action: 'cancel' })], '1', 1],
])('%s: from %s', (_what, was, sent, is, problems) => {
  const watch = from(was);
  if (sent.length > 0) watch.sent(entry(sent));
  expect(driftAt(watch, held(is))).toHaveLength(problems);
});

test('what could still be filled, and what was sent while one looked, explains the next look', () => {
  expect(driftAt(from('0', [entry([intent('buy', '3')])]), held('3'))).toEqual([]);
  const watch = new DriftWatch();
  watch.begin([]);
  watch.sent(entry([intent('buy', '3')]));
  watch.end(held('0'), []);
  expect(driftAt(watch, held('3'))).toEqual([]);
  // Used up: it explains nothing more.
  expect(driftAt(watch, held('6'))).toHaveLength(1);
});

test('a flip is called one; drift stays until a human resumes', () => {
  const watch = from('1');
  expect(driftAt(watch, held('-1'))[0]).toContain('flipped from 1 to -1');
  expect(driftAt(watch, held('-1'))).toHaveLength(1);
  watch.reset();
  expect(driftAt(watch, held('-1'))).toEqual([]);
});

test('a resting order is known by its ids or its parent, or was there first', () => {
  const own = entry([intent('buy', '1', { type: 'limit' })], { clientOrderIds: ['tbx1'] });
  const told = entry([intent('buy', '1', { type: 'limit' })], {
    outcomes: [{ state: 'accepted', venueOrderId: 'v2' }],
  });
  const bracket = entry([intent('buy', '1', { instrument: 'ETH-USDT-SWAP', legs: [intent('sell', '1')] })]);
  const watch = new DriftWatch();
  watch.begin([]);
  watch.end(held('0', [{ venueOrderId: 'old', instrument: swap }]), []);
  const resting = [
    { venueOrderId: 'old', instrument: swap },
    { venueOrderId: 'v1', clientOrderId: 'tbx1', instrument: swap },
    { venueOrderId: 'v2', instrument: swap },
    { venueOrderId: 'child', instrument: 'ETH-USDT-SWAP' },
  ];
  expect(driftAt(watch, held('0', resting), [own, told, bracket])).toEqual([]);
  const strange = { venueOrderId: 'x9', instrument: swap };
  expect(driftAt(watch, held('0', [...resting, strange]), [own, told, bracket])).toEqual([
    `the order x9 of ${swap} rests and was not sent from here`,
  ]);
});

test('random fills of what was sent are never drift, however looks and sends interleave', () => {
  const step = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    size: fc.integer({ min: 1, max: 9 }),
    filled: fc.integer({ min: 0, max: 9 }),
    isLate: fc.boolean(),
    looks: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const watch = new DriftWatch();
      let position = 0;
      let open: { order: OrderEntry; rest: number }[] = [];
      for (const { side, size, filled, isLate, looks } of steps) {
        const order = entry([intent(side, String(size))]);
        const sign = side === 'buy' ? 1 : -1;
        const now = Math.min(filled, size);
        if (looks) watch.begin(open.map((one) => one.order));
        watch.sent(order);
        if (isLate) open.push({ order, rest: sign * now });
        else position += sign * now;
        if (looks) expect(watch.end(held(String(position)), [])).toEqual([]);
        else {
          for (const { rest } of open) position += rest;
          open = [];
        }
      }
    }),
    { numRuns: 200 },
  );
});

const foreignAt = (id: string, list: string) => ({ venueOrderId: id, instrument: swap, list });
const look = (resting: AccountLook['resting'], unread: string[] = [], quantity = '0'): AccountLook => ({
  ...held(quantity, resting),
  unread: new Set(unread),
});

test('what rested in a list that is not read now counts as resting there', () => {
  const watch = new DriftWatch();
  const [spot, algo] = [foreignAt('1', 'spot'), foreignAt('2', 'algo')];
  expect(driftAt(watch, look([spot, algo]))).toEqual([]);
  for (let times = 0; times < 3; times += 1) expect(driftAt(watch, look([spot], ['algo']))).toEqual([]);
  // It may have been filled meanwhile.
  expect(driftAt(watch, look([spot], ['algo'], '1'))).toEqual([]);
  expect(driftAt(watch, look([spot, algo], [], '1'))).toEqual([]);
  // The others are held against what was there all the while.
  expect(driftAt(watch, look([spot, foreignAt('3', 'spot')], ['algo'], '1'))).toHaveLength(1);
  expect(driftAt(watch, look([spot, foreignAt('4', 'algo')], [], '1'))).toHaveLength(1);
});

test('a list that no look has read yet is taken as it is once it is read', () => {
  const watch = new DriftWatch();
  const [spot, algo] = [foreignAt('1', 'spot'), foreignAt('2', 'algo')];
  expect(driftAt(watch, look([spot], ['algo']))).toEqual([]);
  expect(driftAt(watch, look([foreignAt('3', 'spot')], ['algo']))).toHaveLength(1);
  expect(driftAt(watch, look([spot, algo]))).toEqual([]);
  expect(driftAt(watch, look([spot, algo, foreignAt('3', 'algo')]))).toHaveLength(1);
});

const sides = (long: string, short: string): AccountLook => ({
  resting: [],
  positions: [long, short].map((quantity) => ({
    instrument: swap,
    quantity: decimal(quantity),
    isHedged: true as const,
  })),
});

test.each<[string, IntentRecord[], AccountLook, number]>([
  [
    'an exit of one side',
    [intent('sell', '10', { positionSide: 'long', reduceOnly: true })],
    sides('0', '-10'),
    0,
  ],
  [
    'the same, but the other side is gone',
    [intent('sell', '10', { positionSide: 'long', reduceOnly: true })],
    sides('10', '0'),
    1,
  ],
  [
    'one side grew and nothing was sent for it',
    [intent('buy', '1', { positionSide: 'long' })],
    sides('10', '-11'),
    1,
  ],
  ['an amendment, which names no side', [intent('sell', '1', { action: 'amend' })], sides('10', '-11'), 0],
])('held apart, each side is explained by what was sent for it: %s', (_, sent, is, problems) => {
  const watch = new DriftWatch();
  watch.begin([]);
  watch.end(sides('10', '-10'), []);
  watch.sent(entry(sent));
  expect(driftAt(watch, is)).toHaveLength(problems);
});

test.each([
  ['2', '0', 0],
  ['2', '1', 0],
  ['2', '-1', 1],
  ['2', '3', 1],
  ['-2', '1', 1],
])('closing all of %s explains %s or not', (was, is, problems) => {
  const watch = from(was);
  watch.sent(entry([intent('sell', '1', { quantity: { value: '1', unit: 'close-all' } })]));
  expect(driftAt(watch, held(is))).toHaveLength(problems);
});
