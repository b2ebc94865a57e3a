import { expect, test } from 'vitest';
import type { IntentRecord, OutcomeRecord } from '../../../src/audit/order-events.js';
import { isCanceledBy, isNamed, isTaken } from '../../../src/orders/named-order.js';

const record = (more: Partial<IntentRecord> = {}): IntentRecord => ({
  venue: 'okx',
  account: 'a',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'X',
  ...more,
});
const cancel = (more: Partial<IntentRecord>) => record({ action: 'cancel', ...more });
const resting = (venueOrderId: string): OutcomeRecord => ({ state: 'resting', venueOrderId });

test('an order is meant by all ids that are given, in its own symbol or in none', () => {
  const request = { intents: [record({ clientOrderId: 'c1' })], outcomes: [resting('v1')] };
  const means = (more: Partial<IntentRecord>) => isNamed(cancel(more), request, 0);
  expect(means({ venueOrderId: 'v1' })).toBe(true);
  expect(means({ clientOrderId: 'c1', instrument: '' })).toBe(true);
  expect(means({ venueOrderId: 'v1', clientOrderId: 'c1' })).toBe(true);
  expect(means({ venueOrderId: 'v2', clientOrderId: 'c1' })).toBe(false);
  expect(means({ venueOrderId: 'v1', clientOrderId: 'c2' })).toBe(false);
  expect(means({ venueOrderId: 'v1', instrument: 'Y' })).toBe(false);
  expect(means({})).toBe(false);
  // Sent under an id that the sidecar drew.
  expect(isNamed(cancel({ clientOrderId: 'own' }), { intents: [record()], clientOrderIds: ['own'] }, 0)).toBe(
    true,
  );
});

test('an order is gone by a cancel that means it, once the venue says so of no other order', () => {
  const request = { intents: [record({ clientOrderId: 'c1' })], outcomes: [resting('v1')] };
  const isGone = (named: Partial<IntentRecord>, told: OutcomeRecord | undefined) =>
    isCanceledBy({ intents: [cancel(named)], outcomes: told === undefined ? [] : [told] }, 0, request, 0);
  const byClient = { clientOrderId: 'c1' };
  expect(isGone(byClient, { state: 'accepted' })).toBe(true);
  expect(isGone(byClient, { state: 'accepted', venueOrderId: 'v1' })).toBe(true);
  expect(isGone(byClient, { state: 'accepted', venueOrderId: 'v2' })).toBe(false);
  expect(isGone(byClient, { state: 'refused', venueOrderId: 'v1' })).toBe(false);
  expect(isGone(byClient, undefined)).toBe(false);
  expect(isGone({ ...byClient, venueOrderId: 'v2' }, { state: 'accepted' })).toBe(false);
  // Kraken Futures batches: the rows of two cancels, the other way round.
  const both = [cancel({ venueOrderId: 'v1' }), cancel({ venueOrderId: 'v2' })];
  const gone = (...outcomes: OutcomeRecord[]) =>
    [0, 1].map((place) =>
      isCanceledBy(
        { intents: both, outcomes },
        place,
        { ...request, outcomes: [resting(`v${place + 1}`)] },
        0,
      ),
    );
  const taken = (venueOrderId: string): OutcomeRecord => ({ state: 'accepted', venueOrderId });
  const refused = (venueOrderId: string): OutcomeRecord => ({ state: 'refused', venueOrderId });
  expect(gone(taken('v1'), refused('v2'))).toEqual([true, false]);
  expect(gone(taken('v2'), refused('v1'))).toEqual([false, true]);
  expect(gone(refused('v2'), taken('v1'))).toEqual([true, false]);
  expect(gone(taken('v3'), taken('v2'))).toEqual([false, true]);
  expect(gone({ state: 'accepted' }, { state: 'refused' })).toEqual([true, false]);
  // Without an id of its own to compare, of several rows none is known to be about it.
  const unheard = { intents: request.intents, outcomes: [] };
  const byName = [cancel(byClient)];
  expect(isCanceledBy({ intents: byName, outcomes: [taken('v1')] }, 0, unheard, 0)).toBe(true);
  expect(isCanceledBy({ intents: [...byName, ...both], outcomes: [taken('v1')] }, 0, unheard, 0)).toBe(false);
  expect([isTaken({ state: 'canceled' }), isTaken({ state: 'absent' }), isTaken(undefined)]).toEqual([
    true,
    false,
    false,
  ]);
});
