import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutcomeRecord } from '../../../src/audit/order-events.js';
import { decimal, formatDecimal, parseDecimal } from '../../../src/core/decimal.js';
import type { OrderState } from '../../../src/orders/lifecycle.js';
import { OpenBook } from '../../../src/orders/open-book.js';
import { pendingKey } from '../../../src/orders/open-quantities.js';
import { type ChangingRequest, openRequest, contractOrder as order } from '../../support/open-requests.js';

const states: readonly OrderState[] = [
  'proposed',
  'held',
  'approved',
  'releasing',
  'sent',
  'acknowledged',
  'unknown',
  'reconciled',
  'rejected',
];
const open = new Set<OrderState>(['approved', 'releasing', 'sent', 'acknowledged', 'unknown']);

const intent = fc.record({
  action: fc.constantFrom('place', 'amend', 'cancel'),
  instrument: fc.constantFrom('A', 'B'),
  side: fc.constantFrom('buy', 'sell', undefined),
  quantity: fc.option(
    fc.record({ value: fc.constantFrom('1', '0.25', '30'), unit: fc.constantFrom('base', 'contracts') }),
    {
      nil: undefined,
    },
  ),
});
const request = fc.record({
  intents: fc.array(intent, { minLength: 1, maxLength: 3 }),
  notional: fc.constantFrom('10', '2.5', undefined),
});

test('its sums are those of a walk through all open requests, whatever happens and whichever is left out', () => {
  const steps = fc.array(fc.tuple(fc.nat(5), fc.constantFrom(...states)), { maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 6, maxLength: 6 }),
      steps,
      fc.nat(6),
      (requests, changes, left) => {
        const book = new OpenBook<ChangingRequest>();
        const entries = requests.map(
          (each) => ({ ...each, state: 'proposed', changedMs: 0 }) as unknown as ChangingRequest,
        );
        for (const [index, state] of changes) {
          const entry = entries[index];
          if (entry === undefined) continue;
          entry.state = state;
          book.note(entry);
        }
        const own = entries[left];
        const others = entries.filter((entry) => open.has(entry.state) && entry !== own);
        expect(new Set(book.others(own))).toEqual(new Set(others));
        for (const side of ['buy', 'sell'] as const) {
          const mixed = others.filter(({ intents }) => intents.some((each) => each.side !== side));
          expect(new Set(book.others(own, side))).toEqual(new Set(mixed));
        }
        const sums = book.sumsBut(own);
        const placing = others.filter(({ intents }) => intents.some(({ action }) => action === 'place'));
        // Amendments of orders that nobody knows count alone.
        const moving = others.filter(({ intents }) => intents.some(({ action }) => action !== 'cancel'));
        const amending = moving.filter((each) => !placing.includes(each));
        const mayBeOf = (side: 'buy' | 'sell') => (each: { action: string; side?: string | undefined }) =>
          each.action === 'amend' && (each.side ?? side) === side;
        const worth = (all: readonly ChangingRequest[]) =>
          formatDecimal(
            all.reduce(
              (sum, { notional }) => sum.plus(parseDecimal(notional ?? '0') ?? decimal('0')),
              decimal('0'),
            ),
          );
        expect(formatDecimal(sums.notional)).toBe(worth(moving));
        expect(sums.count).toBe(
          others.flatMap(({ intents }) => intents).filter(({ action }) => action === 'place').length,
        );
        for (const side of ['buy', 'sell'] as const) {
          expect(formatDecimal(sums.worthOf(side))).toBe(
            worth([
              ...placing.filter(({ intents }) => intents.some((each) => each.side === side)),
              ...amending.filter(({ intents }) => intents.some(mayBeOf(side))),
            ]),
          );
          for (const instrument of ['A', 'B']) {
            expect(sums.symbols.has(instrument)).toBe(
              placing.some(({ intents }) => intents.some((each) => each.instrument === instrument)),
            );
            const key = pendingKey({ instrument, side, quantity: { unit: 'base' } });
            const pending = others
              .flatMap(({ intents }) => intents)
              .filter(
                (each) => each.action !== 'cancel' && each.quantity !== undefined && pendingKey(each) === key,
              )
              .reduce((sum, { quantity }) => sum.plus(decimal(quantity?.value ?? '0')), decimal('0'));
            expect(formatDecimal(sums.pending(key))).toBe(formatDecimal(pending));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('what the venue does not hold to reducing counts while it may open a position: at rest, or until it is answered', () => {
  const book = new OpenBook<ChangingRequest>();
  const entry = (...intents: object[]) => openRequest(intents);
  const unbound = (named: { instrument: string; positionSide?: 'long' }, own?: ChangingRequest) =>
    formatDecimal(book.sumsBut(own).unbound(named, 'sell'));
  const resting = entry(
    order({}),
    order({ reduceOnly: true }),
    order({ quantity: { value: '1', unit: 'close-all' } }),
    order({ quantity: { value: '5', unit: 'base' } }),
    order({ action: 'amend' }),
    order({ side: 'buy' }),
    order({ positionSide: 'long' }),
    order({ instrument: 'B' }),
  );
  const fleeting = entry(order({ type: 'market' }), order({ timeInForce: 'ioc' }));
  for (const one of [resting, fleeting]) book.note(one);
  expect([unbound({ instrument: 'A' }), unbound({ instrument: 'A', positionSide: 'long' })]).toEqual([
    '8', // with an amendment of an order that nobody knows
    '2',
  ]);
  expect([unbound({ instrument: 'A' }, resting), unbound({ instrument: 'A' }, fleeting)]).toEqual(['4', '4']);
  for (const one of [resting, fleeting]) {
    one.state = 'acknowledged';
    book.note(one);
    book.note(one);
  }
  expect(unbound({ instrument: 'A' })).toBe('4');
  for (const one of [resting, fleeting]) {
    one.state = 'reconciled';
    book.note(one);
  }
  expect(unbound({ instrument: 'A' })).toBe('0');
});

test('a cancel that the venue acknowledged takes its order off what may open a position, and no other order', () => {
  const book = new OpenBook<ChangingRequest>();
  const purchase = (id: string) => order({ side: 'buy', isDerivative: true, clientOrderId: id });
  const entry = (state: OrderState, intent: object, outcomes: readonly OutcomeRecord[] = []) => {
    const made = openRequest([intent], { state, outcomes });
    book.note(made);
    return made;
  };
  const unbound = () => formatDecimal(book.sumsBut(undefined).unbound({ instrument: 'A' }, 'buy'));
  const first = entry('acknowledged', purchase('c1'), [{ state: 'resting', venueOrderId: 'v1' }]);
  entry('acknowledged', purchase('c2'), [{ state: 'resting', venueOrderId: 'v2' }]);
  expect(unbound()).toBe('4');
  entry('sent', { action: 'cancel', instrument: 'A', venueOrderId: 'v1' });
  entry('acknowledged', { action: 'cancel', instrument: 'B', venueOrderId: 'v1' }, [{ state: 'accepted' }]);
  entry('acknowledged', { action: 'cancel', instrument: 'A', venueOrderId: 'v3' }, [{ state: 'accepted' }]);
  // Another cancel of the same request was taken.
  entry('acknowledged', { action: 'cancel', instrument: 'A', venueOrderId: 'v1' }, [{ state: 'refused' }]);
  // Which of two names the venue goes by is not known here; and what it says of another order takes this one off neither.
  const both = { action: 'cancel', instrument: 'A', venueOrderId: 'v2', clientOrderId: 'c1' };
  entry('acknowledged', both, [{ state: 'accepted' }]);
  entry('acknowledged', { action: 'cancel', instrument: 'A', clientOrderId: 'c1' }, [
    { state: 'accepted', venueOrderId: 'v2' },
  ]);
  expect(unbound()).toBe('4');
  entry('acknowledged', { action: 'cancel', instrument: 'A', venueOrderId: 'v1' }, [{ state: 'accepted' }]);
  expect(unbound()).toBe('2');
  entry('acknowledged', { action: 'cancel', instrument: '', clientOrderId: 'c2' }, [{ state: 'accepted' }]);
  expect(unbound()).toBe('0');
  first.state = 'reconciled';
  book.note(first);
  expect(unbound()).toBe('0');
});

test('an OCO counts once: as one order, one quantity, one worth; an exit that hangs on an entry is one of the other side', () => {
  const book = new OpenBook<ChangingRequest>();
  const entry = (...intents: object[]) => {
    const made = openRequest(intents, { notional: '7', state: 'acknowledged' });
    book.note(made);
    return made;
  };
  const sums = () => {
    const { count, notional, pending, unbound } = book.sumsBut(undefined);
    const key = pendingKey({ instrument: 'A', side: 'sell', quantity: { unit: 'contracts' } });
    return [count, ...[notional, pending(key), unbound({ instrument: 'A' }, 'sell')].map(formatDecimal)];
  };
  const oco = entry(order(), order({ type: 'stop', isAlternative: true }));
  expect(sums()).toEqual([1, '7', '2', '2']);
  oco.state = 'reconciled';
  book.note(oco);
  expect(sums()).toEqual([0, '0', '0', '0']);
  const both = entry(order(), order({ type: 'stop' }));
  expect(sums()).toEqual([2, '7', '4', '4']);
  both.state = 'reconciled';
  book.note(both);
  const grouped = entry(order({ side: 'buy' }), order({ isAttached: true, reduceOnly: true, type: 'stop' }));
  expect(sums()).toEqual([1, '7', '0', '0']);
  // A purchase may still meet the exit.
  expect(book.others(undefined, 'buy')).toEqual([grouped]);
  grouped.state = 'reconciled';
  book.note(grouped);
  // What the venue does not hold to reducing opens the reverse beside another exit, until it is over.
  const bracket = entry(order({ side: 'buy', type: 'market' }), order({ isAttached: true, type: 'stop' }));
  expect(sums()).toEqual([1, '7', '2', '2']);
  const { pending, unbound } = book.sumsBut(bracket);
  const key = pendingKey({ instrument: 'A', side: 'sell', quantity: { unit: 'contracts' } });
  expect([pending(key), unbound({ instrument: 'A' }, 'sell')].map(formatDecimal)).toEqual(['0', '0']);
  Object.assign(bracket, { outcomes: [{ state: 'filled' }, { state: 'resting' }] });
  book.note(bracket);
  expect(sums()).toEqual([1, '7', '2', '2']);
  Object.assign(bracket, { outcomes: [{ state: 'filled' }, { state: 'canceled' }] });
  book.note(bracket);
  expect(sums()).toEqual([1, '7', '0', '0']);
  bracket.state = 'reconciled';
  book.note(bracket);
  expect(sums()).toEqual([0, '0', '0', '0']);
  // A leg is named by no part of the request itself: a sale has to look at it all the same.
  const legged = entry(order({ side: 'buy', legs: [order({ type: 'stop' })] }));
  expect(book.others(undefined, 'buy')).toEqual([legged]);
  expect(sums()).toEqual([1, '7', '2', '2']);
});
