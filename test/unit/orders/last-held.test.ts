// When a position was first seen to be gone, from what the journal has of positions.
import { expect, test } from 'vitest';
import type { OrderEvent } from '../../../src/audit/order-events.js';
import { decimal } from '../../../src/core/decimal.js';
import { LastHeld } from '../../../src/orders/last-held.js';

type Told = Parameters<LastHeld['news']>[1];

const row = (quantity: string, isHedged?: true): Told[number] => ({
  instrument: 'X',
  quantity: decimal(quantity),
  ...(isHedged && { isHedged }),
});

/** Looks of the venue, each written down and taken in again as the ledger does. */
function ground() {
  const held = new LastHeld();
  const journal: { event: OrderEvent; atMs: number }[] = [];
  const look = (atMs: number, ...rows: Told) => {
    const news = held.news('a', rows);
    for (const event of news) {
      journal.push({ event, atMs });
      held.apply(event, atMs);
    }
    return news.map(({ quantity, positionSide = '' }) => `${positionSide}${quantity}`);
  };
  const last = (positionSide?: 'long' | 'short', of = held) => {
    const known = of.of({ instrument: 'X', positionSide });
    return known && [known.quantity.toString(), known.closedMs];
  };
  return { held, journal, look, last };
}

test('the window of a close begins when the position is first seen to be gone, not when it was last seen', () => {
  const { look, last } = ground();
  expect(last()).toBeUndefined();
  expect([look(1), look(2, row('2')), look(3, row('3')), last()]).toEqual([[], ['2'], [], ['2', undefined]]);
  expect([look(90_000), look(95_000), last()]).toEqual([['0'], [], ['2', 90_000]]);
  expect([look(100_000, row('-1')), last()]).toEqual([['-1'], ['-1', undefined]]);
  expect([look(110_000, row('1')), look(120_000, row('0')), last()]).toEqual([['1'], ['0'], ['1', 120_000]]);
});

test('each side that is held apart is gone by itself', () => {
  const { look, last } = ground();
  expect(look(1, row('5', true), row('-5', true))).toEqual(['long5', 'short-5']);
  expect(look(2, row('-5', true))).toEqual(['long0']);
  expect([last('long'), last('short'), last()]).toEqual([['5', 2], ['-5', undefined], undefined]);
});

test('the journal tells the same after a restart; an exchange that is new holds nothing', () => {
  const { look, last, journal } = ground();
  look(1, row('2'));
  look(2);
  const again = new LastHeld();
  for (const { event, atMs } of journal) again.apply(event, atMs);
  expect(last(undefined, again)).toEqual(['2', 2]);
  const attached = {
    type: 'account.attached',
    account: 'a',
    venue: 'okx',
    environment: 'paper',
    sandbox: 'b',
  } as const;
  again.apply({ ...attached, isFresh: false }, 3);
  expect(last(undefined, again)).toEqual(['2', 2]);
  again.apply({ ...attached, isFresh: true }, 3);
  expect(last(undefined, again)).toBeUndefined();
});

test('what accounts of one key and margin modes hold is gone by itself; an older journal tells of neither', () => {
  const held = new LastHeld();
  const look = (atMs: number, ...rows: Told) => {
    for (const event of held.news('a', rows)) held.apply(event, atMs);
  };
  const closed = (order: Omit<Parameters<LastHeld['of']>[0], 'instrument'>) =>
    held.of({ instrument: 'X', ...order })?.closedMs;
  const u1 = { ...row('5'), venueAccount: 'U1' };
  const cross = { ...row('2'), marginMode: 'cross' } as const;
  look(1, u1, { ...u1, venueAccount: 'U2' }, cross);
  look(2, u1, cross);
  expect([closed({ venueAccount: 'U1' }), closed({ venueAccount: 'U2' })]).toEqual([undefined, 2]);
  look(3, u1);
  expect(closed({ terms: { tdMode: 'cross' } })).toBe(3);
  expect(held.of({ instrument: 'X', terms: { tdMode: 'isolated' } })).toBeUndefined();
  held.apply({ type: 'account.position', account: 'a', instrument: 'X', quantity: '7' }, 4);
  held.apply({ type: 'account.position', account: 'a', instrument: 'X', quantity: '0' }, 5);
  expect(closed({ terms: { tdMode: 'isolated' } })).toBe(5);
});
