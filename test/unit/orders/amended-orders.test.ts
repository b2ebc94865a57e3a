import { expect, test } from 'vitest';
import type { OutcomeRecord } from '../../../src/audit/order-events.js';
import { formatDecimal } from '../../../src/core/decimal.js';
import type { OrderState } from '../../../src/orders/lifecycle.js';
import { OpenBook } from '../../../src/orders/open-book.js';
import { pendingKey } from '../../../src/orders/open-quantities.js';
import { type ChangingRequest, contractOrder, openRequest } from '../../support/open-requests.js';

const order = (more: object = {}) => contractOrder({ side: 'buy', ...size('1'), ...more });
const amend = (more: object = {}) => ({ action: 'amend', instrument: 'A', venueOrderId: 'v1', ...more });
const size = (value: string) => ({ quantity: { value, unit: 'contracts' } });
const key = pendingKey({ instrument: 'A', side: 'buy', quantity: { unit: 'contracts' } });

function ground() {
  const book = new OpenBook<ChangingRequest>();
  const note = (
    intents: object[],
    notional: string,
    state: OrderState = 'sent',
    outcomes: readonly OutcomeRecord[] = [],
  ) => {
    const entry = openRequest(intents, { notional, state, outcomes });
    book.note(entry);
    return entry;
  };
  const turn = (entry: ChangingRequest, state: OrderState, ...outcomes: object[]) => {
    Object.assign(entry, { state }, outcomes.length === 0 ? {} : { outcomes });
    book.note(entry);
  };
  /** Quantity on its way, what of it may open a position, and worth, in all and of purchases. */
  const sums = (own?: ChangingRequest) => {
    const { pending, unbound, notional, worthOf, count } = book.sumsBut(own);
    const all = [pending(key), unbound({ instrument: 'A' }, 'buy'), notional, worthOf('buy')];
    return `${all.map(formatDecimal).join(' ')} of ${count}`;
  };
  const rest = (more: object = {}, id = 'v1') =>
    note([order(more)], '10', 'acknowledged', [{ state: 'resting', venueOrderId: id }]);
  return { book, note, turn, sums, rest };
}

test('from its release on an amendment that makes an order larger counts, whether it is answered, lost or found', () => {
  const { note, turn, sums, rest } = ground();
  const resting = rest();
  expect(sums()).toBe('1 1 10 10 of 1');
  const grown = note([amend(size('5'))], '50', 'approved');
  expect(sums()).toBe('5 5 50 50 of 1');
  for (const state of ['releasing', 'sent', 'unknown', 'acknowledged'] as const) {
    turn(grown, state);
    expect(sums()).toBe('5 5 50 50 of 1');
  }
  // Judged once more at its release it does not see itself.
  expect(sums(grown)).toBe('1 1 10 10 of 1');
  turn(grown, 'acknowledged', { state: 'resting', venueOrderId: 'v1' });
  turn(resting, 'reconciled', { state: 'canceled', venueOrderId: 'v1' });
  // The order is over, whatever it was made of.
  expect(sums()).toBe('0 0 50 50 of 0');
  turn(grown, 'reconciled');
  expect(sums()).toBe('0 0 0 0 of 0');
});

test('what the venue refused, or never got, is gone; a smaller one takes nothing off, and the largest of several counts', () => {
  const { note, turn, sums, rest } = ground();
  rest(size('3'));
  const [smaller, larger] = [note([amend(size('2'))], '8'), note([amend(size('7'))], '70')];
  expect(sums()).toBe('7 7 70 70 of 1');
  const largest = note([amend(size('9'))], '90');
  expect(sums()).toBe('9 9 90 90 of 1');
  expect(sums(largest)).toBe('7 7 70 70 of 1');
  turn(largest, 'rejected-by-venue');
  expect(sums()).toBe('7 7 70 70 of 1');
  turn(larger, 'unsent');
  expect(sums()).toBe('3 3 10 10 of 1');
  turn(smaller, 'reconciled');
  expect(sums()).toBe('3 3 10 10 of 1');
});

test('a price that is moved makes an order dearer, not larger', () => {
  const { note, turn, sums, rest } = ground();
  rest();
  const moved = note([amend({ price: '20' })], '20');
  expect(sums()).toBe('1 1 20 20 of 1');
  for (const [index, worth] of ['19', '18', '21'].entries()) note([amend({ price: `${index}` })], worth);
  expect(sums()).toBe('1 1 21 21 of 1');
  turn(moved, 'reconciled');
  expect(sums()).toBe('1 1 21 21 of 1');
});

test('what shall stay open comes on top of what is filled, and where another order takes its place it counts alone', () => {
  const { note, turn, sums, rest } = ground();
  const resting = rest(size('4'));
  turn(resting, 'acknowledged', { state: 'resting', venueOrderId: 'v1', filled: '3' });
  const open = note([amend({ ...size('4'), isOpenQuantity: true, instrument: '' })], '40');
  expect(sums()).toBe('7 7 40 40 of 1');
  turn(open, 'acknowledged', { state: 'resting', venueOrderId: 'v2' });
  turn(resting, 'reconciled', { state: 'canceled', venueOrderId: 'v1', filled: '3' });
  expect(sums()).toBe('7 7 40 40 of 0');
  // Amended once more under its new number it is the same order.
  note([amend({ ...size('5'), venueOrderId: 'v2' })], '50');
  expect(sums()).toBe('7 7 50 50 of 0');
});

test('what the venue holds to reducing opens nothing by being larger; contracts named as coins are contracts', () => {
  const { note, sums, rest } = ground();
  rest({ reduceOnly: true });
  note([amend({ quantity: { value: '6', unit: 'base' }, instrument: '' })], '60');
  expect(sums()).toBe('6 0 60 60 of 1');
});

test('a cancel that the venue took ends what an amendment may open, too', () => {
  const { note, sums, rest } = ground();
  rest();
  note([amend(size('5'))], '50', 'acknowledged', [{ state: 'resting', venueOrderId: 'v1' }]);
  note([{ action: 'cancel', instrument: 'A', venueOrderId: 'v1' }], '0', 'acknowledged', [
    { state: 'refused' },
  ]);
  expect(sums()).toBe('5 5 50 50 of 1');
  note([{ action: 'cancel', instrument: 'A', venueOrderId: 'v1' }], '0', 'acknowledged', [
    { state: 'accepted' },
  ]);
  expect(sums()).toBe('5 0 50 50 of 1');
});

test('amendments of one request count for all its orders, however often; of orders nobody knows, alone', () => {
  const { note, sums } = ground();
  const ids = ['v1', 'v2'].map((venueOrderId) => ({ state: 'resting' as const, venueOrderId }));
  note([order(), order()], '20', 'acknowledged', ids);
  const both = (worth: string) =>
    note([amend(size('2')), amend({ ...size('3'), venueOrderId: 'v2' })], worth);
  both('50');
  expect(sums()).toBe('5 5 50 50 of 2');
  both('40');
  expect(sums()).toBe('5 5 50 50 of 2');
  // One of them alone: which part of the others' worth is its own nobody knows.
  note([amend(size('2'))], '30');
  expect(sums()).toBe('5 5 100 100 of 2');
  note([amend({ ...size('8'), venueOrderId: 'v9' })], '80');
  // Without its side it may be of either.
  expect(sums()).toBe('5 13 180 180 of 2');
});

test('other symbols, and ids that are not of one order, are not meant', () => {
  const { note, sums, rest } = ground();
  rest({ clientOrderId: 'c1' });
  note([amend({ ...size('5'), instrument: 'B', side: 'sell' })], '1');
  note([amend({ ...size('5'), clientOrderId: 'c2', side: 'sell' })], '1');
  expect(sums()).toBe('1 1 12 10 of 1');
  note([amend({ ...size('5'), clientOrderId: 'c1' })], '50');
  expect(sums()).toBe('5 5 52 50 of 1');
});
