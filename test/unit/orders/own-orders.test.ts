import { expect, test } from 'vitest';
import type { IntentRecord } from '../../../src/audit/order-events.js';
import { hangingExits, ownOrders, standingRecords, withHanging } from '../../../src/orders/own-orders.js';

const record = (more: Partial<IntentRecord> = {}): IntentRecord => ({
  venue: 'binance',
  account: 'a',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'BTCUSDT',
  side: 'sell',
  type: 'limit',
  quantity: { value: '2', unit: 'base' },
  ...more,
});

test('an OCO is one order of two parts; two orders are two', () => {
  const [limit, stop] = [record(), record({ type: 'stop', isAlternative: true })];
  expect(standingRecords([limit, stop])).toEqual([limit]);
  expect([ownOrders([limit, stop]), ownOrders([limit, record()])]).toEqual([1, 2]);
  const cancel = record({ action: 'cancel' });
  expect(standingRecords([cancel, limit, stop])).toEqual([cancel, limit]);
  expect(ownOrders([cancel, record({ action: 'amend' })])).toBe(1);
});

test('a larger alternative counts by itself', () => {
  const orders = [record(), record({ isAlternative: true, quantity: { value: '3', unit: 'base' } })];
  expect(standingRecords(orders)).toEqual(orders);
});

test('attached orders count where they fill something on top, those of a part that does not count included', () => {
  const hanging = record({ side: 'buy' });
  const [sale, stop] = [record({ legs: [hanging] }), record({ isAlternative: true })];
  expect(withHanging([sale, stop]).map(({ side }) => side)).toEqual(['sell', 'buy']);
  const purchase = record({ side: 'buy', legs: [record()] });
  expect(withHanging([purchase])).toEqual([purchase]);
});

test('an exit that hangs on an entry counts beside it until it is over, but for one that the venue holds to reducing', () => {
  const unit = { quantity: { value: '2', unit: 'contracts' } };
  const entry = record({ ...unit, side: 'buy' });
  const stop = record({ ...unit, type: 'stop', isAttached: true });
  const exits = (intents: IntentRecord[], ...states: ('filled' | 'resting' | 'canceled')[]) =>
    hangingExits({ intents, outcomes: states.map((state) => ({ state })) }).map(
      ({ record: { side } }) => side,
    );
  expect(exits([entry, stop])).toEqual(['sell']);
  expect(exits([entry, stop], 'filled', 'resting')).toEqual(['sell']);
  expect(exits([entry, stop], 'filled', 'filled')).toEqual([]);
  expect(exits([entry, stop], 'resting', 'canceled')).toEqual([]);
  expect(exits([entry, { ...stop, reduceOnly: true }])).toEqual([]);
  const { isAttached: _isAttached, ...leg } = stop;
  expect(exits([{ ...entry, legs: [leg] }], 'resting')).toEqual(['sell']);
  expect(exits([{ ...entry, legs: [{ ...leg, reduceOnly: true }] }])).toEqual([]);
  // Where it counts by itself already, it counts once.
  expect(exits([entry, { ...stop, quantity: { value: '3', unit: 'contracts' } }])).toEqual([]);
});
