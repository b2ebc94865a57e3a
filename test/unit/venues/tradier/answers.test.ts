import { expect, test } from 'vitest';
import {
  accountsIn,
  errorIn,
  listIn,
  orderState,
  restingOrder,
  stateIn,
} from '../../../../src/venues/tradier/answers.js';
import { jsonOf, rowsOf } from '../../../../src/venues/venue-answers.js';

const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const rowOf = (row: object) => rowsOf(jsonOf(said([row])))?.[0] ?? new Map();

test('a list of one, of several and of none is a list; anything else is not', () => {
  const count = (body: unknown, status?: number) => listIn(said(body, status), 'orders', 'order')?.length;
  expect(count({ orders: { order: { id: 1 } } })).toBe(1);
  expect(count({ orders: { order: [{ id: 1 }, { id: 2 }] } })).toBe(2);
  expect(count({ orders: 'null' })).toBe(0);
  expect(count({ orders: null })).toBe(0);
  for (const body of [{}, { orders: 'none' }, { orders: {} }, { orders: { order: ['x'] } }, [], 'null'])
    expect(count(body)).toBeUndefined();
  expect(count({ orders: 'null' }, 503)).toBeUndefined();
});

test('one account stands alone in the profile', () => {
  const profile = { profile: { account: { account_number: 'VA1111111', status: 'Active' } } };
  expect(accountsIn(said(profile))).toEqual([{ number: 'VA1111111', isActive: true }]);
  expect(accountsIn(said(profile, 500))).toBeUndefined();
});

test('an order of several legs is named by what it is on', () => {
  const spread = rowOf({ id: 5, status: 'pending', leg: [{ symbol: 'SPY' }, { symbol: 'SPY' }] });
  expect(restingOrder(spread, 'VA1')).toEqual({
    instrument: 'SPY',
    venueOrderId: '5',
    venueAccount: 'VA1',
    kind: 'plain',
  });
  // What was filled of it is not told there, so its state is not known.
  expect(orderState(spread)).toBeUndefined();
  expect(stateIn(rowOf({ status: 'expired' }))).toBe('canceled');
});

test('an error is a text or a list of texts', () => {
  expect(errorIn(said({ errors: { error: ['A', 'B'] } }))).toBe('a; b');
  expect(errorIn(said({ errors: { error: 7 } }))).toBeUndefined();
  expect(errorIn(said({ errors: {} }))).toBeUndefined();
});
