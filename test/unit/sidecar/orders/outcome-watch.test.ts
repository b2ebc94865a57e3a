import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { TradeboxError } from '../../../../src/core/errors.js';
import type { OrderEntry } from '../../../../src/orders/ledger.js';
import { OutcomeWatch } from '../../../../src/sidecar/orders/outcome-watch.js';
import type { CallResult } from '../../../../src/sidecar/venue-calls.js';
import type { VenueOrderState } from '../../../../src/venues/admin.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const filled = (id: string, clientOrderId = `c${id}`): VenueOrderState => ({
  state: 'filled',
  venueOrderId: id,
  clientOrderId,
  filled: decimal('1'),
  averagePrice: decimal('50'),
});

/** A desk that sent these orders, and a venue that lists some of them as ended; every single question is answered, too. */
function watchOf(ids: readonly string[], listed: readonly VenueOrderState[] | undefined) {
  const entries = new Map<string, OrderEntry>();
  for (const id of ids) {
    entries.set(id, {
      id,
      operation: 'trade/order',
      state: 'acknowledged',
      intents: [{ action: 'place', instrument: 'BTC-USDT-SWAP' }],
      clientOrderIds: [`c${id}`],
      outcomes: [{ state: 'accepted', venueOrderId: id }],
    } as unknown as OrderEntry);
  }
  const asked: string[] = [];
  const told: string[] = [];
  const looks: number[] = [];
  /** What a question throws. */
  const trip = new Map<string, Error>();
  const ask = (_account: unknown, call: { what: string; value: unknown }): Promise<CallResult<unknown>> => {
    asked.push(call.what);
    const thrown = trip.get(call.what);
    if (thrown !== undefined) return Promise.reject(thrown);
    const isUnderstood = call.value !== undefined;
    return Promise.resolve(
      isUnderstood ? { isUnderstood, value: call.value } : { isUnderstood, problem: 'garbage', status: 200 },
    );
  };
  const admin = {
    findOrder: (_at: unknown, { venueOrderId }: { venueOrderId: string }) => ({
      what: venueOrderId,
      value: filled(venueOrderId),
    }),
    endedOrders: (_at: unknown, instrument: string, known: readonly string[]) => ({
      what: `${instrument} ${known.length}`,
      value: listed,
    }),
  };
  const watch = new OutcomeWatch({
    account: { id: 'main', environment: 'demo', venue: { admin } },
    desk: {
      ledger: { order: (id: string) => entries.get(id) },
      progress: ({ order, outcomes }: { order: string; outcomes: OrderEntry['outcomes'] }) => {
        told.push(order);
        const entry = entries.get(order);
        if (entry !== undefined) Object.assign(entry, { state: 'reconciled', outcomes });
      },
    },
    ask,
    nowMs: () => 0,
    onFill: () => looks.push(1),
  } as never);
  return { watch, asked, told, looks, entries, trip };
}

test('orders that are due together are looked up in one list; what it does not hold is asked for by itself', async () => {
  const ids = ['1', '2', '3', '4', '5'];
  // The fourth bears the id of another client's order: it is not the one that was sent.
  const { watch, asked, told, looks } = watchOf(ids, [
    filled('1'),
    filled('2'),
    filled('4', 'other'),
    filled('5'),
  ]);
  for (const id of ids) watch.follow(id);
  await vi.advanceTimersByTimeAsync(299);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked).toEqual(['BTC-USDT-SWAP 5', '3', '4']);
  expect([told.sort(), looks.length]).toEqual([ids, 5]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toHaveLength(3);
});

test('a list that is older than what was heard takes nothing back', async () => {
  const ids = ['1', '2', '3', '4'];
  const { watch, told, entries } = watchOf(
    ids,
    ids.map((id) => filled(id)),
  );
  const first = entries.get('1');
  Object.assign(first ?? {}, { outcomes: [{ state: 'resting', venueOrderId: '1', filled: '2' }] });
  for (const id of ids) watch.follow(id);
  await vi.advanceTimersByTimeAsync(500);
  expect(told).toEqual(['2', '3', '4']);
  expect(first?.outcomes[0]?.filled).toBe('2');
});

test('few orders, and all where the list cannot be read, are asked for one by one', async () => {
  const few = watchOf(['1', '2'], [filled('1'), filled('2')]);
  for (const id of ['1', '2']) few.watch.follow(id);
  await vi.advanceTimersByTimeAsync(500);
  expect([few.asked, few.told]).toEqual([
    ['1', '2'],
    ['1', '2'],
  ]);
  const garbled = watchOf(['1', '2', '3', '4'], undefined);
  for (const id of ['1', '2', '3', '4']) garbled.watch.follow(id);
  await vi.advanceTimersByTimeAsync(500);
  expect(garbled.asked).toEqual(['BTC-USDT-SWAP 4', '1', '2', '3', '4']);
  expect(garbled.told).toHaveLength(4);
});

test('an order that trips its reader takes no other with it and is asked for again; a journal that failed ends the asking', async () => {
  const ids = ['1', '2', '3'];
  const { watch, asked, told, trip } = watchOf(ids, []);
  trip.set('1', new TypeError('not a number'));
  for (const id of ids) watch.follow(id);
  await vi.advanceTimersByTimeAsync(500);
  expect([asked, told]).toEqual([ids, ['2', '3']]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([...ids, '1']);
  trip.set('1', new TradeboxError('DISK_FULL', 'the disk is full'));
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toEqual([...ids, '1', '1']);
});

test('a list whose reading throws leaves each order to its own question', async () => {
  const ids = ['1', '2', '3', '4'];
  const { watch, asked, told, trip } = watchOf(ids, []);
  trip.set('BTC-USDT-SWAP 4', new TypeError('not a list'));
  for (const id of ids) watch.follow(id);
  await vi.advanceTimersByTimeAsync(500);
  expect([asked, told]).toEqual([['BTC-USDT-SWAP 4', ...ids], ids]);
});

test('an order that is closed, unknown to the desk, or followed after the end is not asked for', async () => {
  const { watch, asked } = watchOf(['1'], []);
  watch.follow('2');
  watch.follow('1');
  watch.close();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(asked).toEqual([]);
});
