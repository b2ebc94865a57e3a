import { expect, test } from 'vitest';
import type { IntentRecord, OrderEvent, OutcomeRecord } from '../../../src/audit/order-events.js';
import { formatDecimal } from '../../../src/core/decimal.js';
import type { OrderEntry } from '../../../src/orders/ledger.js';
import { Results } from '../../../src/orders/results.js';

type Told = Partial<OutcomeRecord>;

function ground() {
  const results = new Results();
  let clock = 0;
  /** The venue tells of an order; the time is one more than before. */
  const tell = (order: string, intent: Partial<IntentRecord>, ...told: Told[]) => {
    const placed = {
      venue: 'okx',
      account: 'a',
      moneyMode: 'DEMO',
      action: 'place',
      instrument: 'B',
      type: 'limit',
      ...intent,
    };
    for (const outcome of told) {
      clock += 1;
      results.apply(
        {
          type: 'order.reconciled',
          order,
          outcomes: [{ state: 'filled', venueOrderId: `v-${order}`, ...outcome }],
        },
        { id: order, intents: [placed] } as unknown as OrderEntry,
        clock,
      );
    }
  };
  const note = (event: OrderEvent) => results.apply(event, undefined, ++clock);
  const realised = (sinceMs = 0) =>
    results
      .facts()
      .realisedSince(sinceMs)
      .map(({ instrument, amount }) => `${instrument} ${formatDecimal(amount)}`);
  return { results, tell, note, realised };
}

const fill = (filled: string, averagePrice: string): Told => ({ filled, averagePrice });
const buy = { side: 'buy' } as const;
const sell = { side: 'sell' } as const;

test('fills are matched at average cost, each told part once', () => {
  const { results, tell, realised } = ground();
  tell('a', buy, { state: 'resting', ...fill('1', '100') }, fill('2', '110'), fill('2', '110')); // 1 at 100, 1 at 120
  expect(realised()).toEqual([]);
  tell('b', sell, fill('1', '100'));
  expect([realised(), results.facts().lastLossMs]).toEqual([['B -10'], 4]);
  tell('c', sell, fill('1', '115'));
  expect([realised(), realised(5), results.facts().lossesInRow()]).toEqual([['B -5'], ['B 5'], 0]);
});

test('what sells more than was bought is short, and buying that back dearer is a loss', () => {
  const { results, tell, realised } = ground();
  tell('a', buy, fill('1', '100'));
  tell('b', sell, fill('3', '100'));
  tell('c', buy, fill('2', '101'));
  expect([realised(), results.facts().lossesInRow()]).toEqual([['B -2'], 1]);
});

test('losses in a row: parts of one order are one, a win or a human ends them', () => {
  const { results, tell, note } = ground();
  const lossesInRow = () => results.facts().lossesInRow();
  tell('a', buy, fill('9', '100'));
  tell('b', sell, fill('1', '99'), fill('2', '99'), fill('3', '99'));
  expect(lossesInRow()).toBe(1);
  tell('c', sell, fill('1', '90'));
  expect(lossesInRow()).toBe(2);
  tell('d', sell, fill('1', '101'));
  expect(lossesInRow()).toBe(0);
  tell('e', sell, fill('1', '90'));
  expect(lossesInRow()).toBe(1);
  note({ type: 'trading.state', account: 'a', state: 'ACTIVE', cause: '', by: 'ann' });
  expect(lossesInRow()).toBe(0);
});

test.each<[string, Partial<IntentRecord>, Told]>([
  ['no price', buy, { filled: '1' }],
  ['no quantity', buy, {}],
  ['no side', {}, fill('1', '100')],
  ['a trigger', { ...buy, type: 'stop' }, { state: 'accepted' }],
  ['legs', { ...buy, legs: [sell as IntentRecord] }, fill('1', '100')],
  ['an amended order of somebody else', { action: 'amend' }, fill('1', '100')],
])('what is not told is not known until a human looks: %s', (_name, intent, told) => {
  const { results, tell, note } = ground();
  tell('a', intent, told);
  expect(results.facts().unknownMs).toBe(1);
  note({ type: 'trading.state', account: 'a', state: 'HALTED', cause: '', by: 'sidecar' });
  expect(results.facts().unknownMs).toBe(1);
  note({ type: 'trading.state', account: 'a', state: 'ACTIVE', cause: '', by: 'ann' });
  expect(results.facts().unknownMs).toBeUndefined();
});

test('cancels, refusals and amendments of an own order tell no fills of their own', () => {
  const { results, tell, realised } = ground();
  tell('a', buy, fill('1', '100'));
  tell('b', { action: 'cancel', ...sell }, { ...fill('1', '50'), venueOrderId: 'v-a' });
  tell('c', { action: 'amend', ...sell }, { ...fill('1', '50'), venueOrderId: 'v-a' });
  tell('d', sell, { ...fill('1', '50'), state: 'refused' });
  expect([realised(), results.facts().unknownMs]).toEqual([[], undefined]);
});

test('positions end with their exchange; those the kill switch closed are settled at a price nobody told', () => {
  const attached = { account: 'a', venue: 'okx', environment: 'paper', sandbox: 's' };
  const { results, tell, note, realised } = ground();
  tell('a', buy, fill('1', '100'));
  note({ type: 'account.attached', ...attached, isFresh: true });
  tell('b', sell, fill('1', '50'));
  expect([realised(), results.facts().unknownMs]).toEqual([[], undefined]);
  const killed = { canceled: 0, failed: 0, left: 0, firstCancelMs: 1, durationMs: 1 };
  note({ type: 'trading.killed', account: 'a', ...killed, closedPositions: 1 });
  tell('c', buy, fill('1', '60'));
  expect([realised(), results.facts().unknownMs]).toEqual([[], 4]);
});

test('a close is remembered by its symbol, a purchase is none', () => {
  const { results, tell } = ground();
  tell('a', buy, fill('2', '100'));
  expect(results.facts().lastCloseOf('B')).toBeUndefined();
  tell('b', sell, fill('1', '110'));
  expect([results.facts().lastCloseOf('B'), results.facts().lastCloseOf('C')]).toEqual([2, undefined]);
});

test('a position is held since it was opened on its side, whatever is added to it', () => {
  const { results, tell } = ground();
  const held = () =>
    results.holdings().map(({ quantity, sinceMs }) => `${formatDecimal(quantity)} since ${sinceMs}`);
  tell('a', buy, fill('1', '100'));
  tell('b', buy, fill('1', '100'));
  tell('c', sell, fill('1', '100'));
  expect(held()).toEqual(['1 since 1']);
  tell('d', sell, fill('2', '100'));
  expect(held()).toEqual(['-1 since 4']);
  tell('e', buy, fill('1', '100'));
  expect(held()).toEqual([]);
});

test('of contracts both results are kept, and who lost by either lost', () => {
  const { results, tell } = ground();
  const contracts = { quantity: { value: '1', unit: 'contracts' } } as const;
  tell('a', { ...buy, ...contracts }, fill('10', '40000'));
  tell('b', { ...buy, ...contracts }, fill('10', '60000'));
  // Bought at 50,000 on average; of inverse contracts, by the coins that were paid, at 48,000.
  tell('c', { ...sell, ...contracts }, fill('10', '49000'));
  const [won] = results.facts().realisedSince(0);
  expect(won && formatDecimal(won.amount)).toBe('-10000');
  // 10 / 48,000 - 10 / 49,000 coins, at 49,000.
  expect(Number(won?.inverse && formatDecimal(won.inverse))).toBeCloseTo(10 * (49 / 48 - 1), 12);
  expect([results.facts().lossesInRow(), results.facts().lastLossMs]).toEqual([1, 3]);
  tell('d', { ...sell, ...contracts }, fill('10', '49000'), fill('10', '49000'));
  expect(results.facts().lossesInRow()).toBe(2);
});

test('a contract quoted in a dollar coin cannot be inverse: no such result is kept, and a rule that wants one finds none', () => {
  const { results, tell } = ground();
  const trade = (instrument: string) => {
    const quantity = { value: '1', unit: 'contracts' } as const;
    tell(`${instrument}-a`, { ...buy, instrument, quantity }, fill('1', '100'));
    tell(`${instrument}-b`, { ...sell, instrument, quantity }, fill('1', '110'));
    return results
      .facts()
      .realisedSince(0)
      .find((each) => each.instrument === instrument);
  };
  expect(trade('BTC-USDT-SWAP')).toMatchObject({ isContracts: true, inverse: undefined });
  expect(trade('BTCUSDC')).toMatchObject({ isContracts: true, inverse: undefined });
  expect(trade('BTC-USD-SWAP')?.inverse?.toString()).toBe('0.1');
});
