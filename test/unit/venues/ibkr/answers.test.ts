import { expect, test } from 'vitest';
import {
  accountsIn,
  heldIn,
  orderStatus,
  priceOf,
  questionsIn,
  readPlaced,
  stateIn,
} from '../../../../src/venues/ibkr/answers.js';
import { jsonOf, rowsOf } from '../../../../src/venues/venue-answers.js';

const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const rowOf = (row: object) => rowsOf(jsonOf(said([row])))?.[0] ?? new Map();

test('what cannot be read is nothing', () => {
  expect(accountsIn(said({ accounts: [] }))).toBeUndefined();
  expect(accountsIn(said({ accounts: ['../x'] }))).toBeUndefined();
  expect(accountsIn(said({ accounts: ['U1'] }, 401))).toBeUndefined();
  expect(stateIn(rowOf({ status: 'Napping' }))).toBeUndefined();
  expect(heldIn(rowOf({ conid: 1 }))).toBeUndefined();
  expect(priceOf(rowOf({ 31: '1.5', 6509: 'R', _updated: 0 }))).toBeUndefined();
  expect(orderStatus(said({ order_id: 7, order_status: 'Filled' }), '7')).toBeUndefined();
  expect(questionsIn(said({ error: 'x' }))).toEqual([]);
  expect(readPlaced(said([{ message: ['?'] }]))).toBeUndefined();
});

test('a question has its kinds and all of its texts; one without a text that a person can read has none', () => {
  const row = { id: 'q', message: ['Size exceeds 500.', 'Sure?'], messageIds: ['o383', 'o451'] };
  expect(questionsIn(said([row]))).toEqual([{ id: 'q', text: 'o383 o451 Size exceeds 500. Sure?' }]);
  for (const message of [[], [''], ['Sure?', ' '], 'Sure?', [7]])
    expect(questionsIn(said([{ ...row, message }]))).toEqual([{ id: 'q' }]);
});

test('one of several orders that cannot be read makes all of them unknown', () => {
  expect(readPlaced(said([{ order_id: '7' }, { order_id: '8' }]))).toHaveLength(2);
  expect(readPlaced(said([{ order_id: '7' }, {}]))).toBeUndefined();
});
