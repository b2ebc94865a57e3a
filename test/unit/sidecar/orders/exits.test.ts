// What may leave as an exit, with the outcome asserted at the exchange: nothing that can be left behind to open the reverse.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { OrderEvent } from '../../../../src/audit/order-events.js';
import { decimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { recordOf } from '../../../../src/orders/intent-record.js';
import { Ledger } from '../../../../src/orders/ledger.js';
import { type ExitParts, isExit } from '../../../../src/sidecar/orders/exits.js';
import type { MarketMemory } from '../../../../src/sidecar/orders/market-memory.js';
import type { VenuePosition } from '../../../../src/venues/admin.js';
import { venues } from '../../../../src/venues/venues.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { askTimes, decidedIn, perpetual, positionsAt, swap } from '../../../support/perpetual.js';
import { casesOf, orderOf } from '../../../support/venue-cases.js';
import { startVenueOrderBox } from '../../../support/venue-order-box.js';

let desk: OrderBox;
afterEach(() => desk.stop());

const positions = () => positionsAt(desk);
const resting = () => desk.atVenue('trade/orders-pending').map(({ side, sz }) => `${side} ${sz}`);
const atAsk = (factor: number) => askTimes(desk, factor);
const close = () => desk.agent('POST', 'trade/close-position', { instId: perpetual, mgnMode: 'cross' });
const decided = (body: Record<string, string>) => decidedIn(desk, body);

/** A box in which a human decides whatever opens, with two contracts long. */
async function long() {
  desk = await startOrderBox({
    guardrails: { version: 1, noReversal: true, approval: { above: '0' } },
    approval: { holdMs: 40 },
    reflexes: { duplicateMs: 0 },
  });
  await decided({ ...swap, side: 'buy', px: atAsk(1.01) });
  await vi.waitFor(() => expect(positions()).toEqual(['2']));
}

test('a resting sale without reduce-only waits for a human as an opening order does, and no position is closed over it', async () => {
  await long();
  const sale = { ...swap, side: 'sell', px: atAsk(1.5) };
  expect((await desk.agent('POST', 'trade/order', sale)).body.msg).toContain('pending approval');
  expect(resting()).toEqual([]);
  // With a human's yes it rests; nothing that closes the position leaves before it is gone.
  await decided({ ...sale, px: atAsk(1.6), clOrdId: 'sale' });
  expect(resting()).toEqual(['sell 2']);
  expect((await close()).body.msg).toContain('POSITION_');
  // Nor does a cancel in its name help that takes another order away: the venue goes by the other one of the two ids.
  await decided({ ...swap, side: 'buy', px: atAsk(0.6), clOrdId: 'other' });
  const other = desk.atVenue('trade/orders-pending').find(({ clOrdId }) => clOrdId === 'other');
  const twice = { instId: perpetual, ordId: other?.['ordId'], clOrdId: 'sale' };
  expect((await desk.agent('POST', 'trade/cancel-order', twice)).body.code).toBe('0');
  expect(resting()).toEqual(['sell 2']);
  expect((await close()).body.msg).toContain('POSITION_');
  const bound = { ...swap, ordType: 'market', side: 'sell', reduceOnly: 'true' };
  expect((await desk.agent('POST', 'trade/order', bound)).body.msg).toContain('POSITION_');
  expect([positions(), resting()]).toEqual([['2'], ['sell 2']]);
  const [{ ordId } = {}] = desk.atVenue('trade/orders-pending');
  await desk.agent('POST', 'trade/cancel-order', { instId: perpetual, ordId });
  await vi.waitFor(async () => expect((await close()).body.code).toBe('0'));
  await vi.waitFor(() => expect([positions(), resting()]).toEqual([[], []]));
});

test('what can only close leaves without a human: reduce-only at rest, at market no more than is held', async () => {
  await long();
  const stop = { ...swap, side: 'sell', px: atAsk(1.5), reduceOnly: 'true' };
  expect((await desk.agent('POST', 'trade/order', stop)).body.code).toBe('0');
  expect(resting()).toEqual(['sell 2']);
  const [{ ordId } = {}] = desk.atVenue('trade/orders-pending');
  await desk.agent('POST', 'trade/cancel-order', { instId: perpetual, ordId });
  const market = { ...swap, ordType: 'market', side: 'sell' };
  await vi.waitFor(async () => expect((await desk.agent('POST', 'trade/order', market)).body.code).toBe('0'));
  await vi.waitFor(() => expect(positions()).toEqual([]));
});

test('a sale in another margin mode is no exit from the position: it opens one, and waits for a human', async () => {
  await long();
  const market = { ...swap, ordType: 'market', side: 'sell' };
  const sale = await desk.agent('POST', 'trade/order', { ...market, tdMode: 'isolated' });
  expect([sale.body.msg, positions()]).toEqual([expect.stringContaining('pending approval'), ['2']]);
  expect((await desk.agent('POST', 'trade/order', market)).body.code).toBe('0');
  await vi.waitFor(() => expect(positions()).toEqual([]));
});

test('a close that comes after the venue closed by itself opens nothing, however long ago the position was last seen, and after a restart', async () => {
  desk = await startOrderBox({ reflexes: { duplicateMs: 0, closedMs: 1_000 } });
  const buy = { ...swap, ordType: 'market', side: 'buy' };
  expect((await desk.agent('POST', 'trade/order', buy)).body.code).toBe('0');
  await vi.waitFor(() =>
    expect(desk.events().filter(({ type }) => type === 'account.position')).toMatchObject([
      { quantity: '2' },
    ]),
  );
  await desk.restart();
  await sleep(1_100);
  // As a stop at the venue would.
  desk.elsewhere('trade/close-position', { instId: perpetual, mgnMode: 'cross' });
  const again = await desk.agent('POST', 'trade/order', { ...buy, side: 'sell' });
  expect([again.body.msg, positions()]).toEqual([expect.stringContaining('REVERSED_CLOSE'), []]);
  await sleep(1_100);
  expect((await desk.agent('POST', 'trade/order', { ...buy, side: 'sell' })).body.code).toBe('0');
});

test('at Kraken Futures, too, a cancel that the venue took leaves nothing behind: the exit right after it leaves', async () => {
  const one = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue]))).find(
    ({ name }) => name === 'kraken-futures',
  );
  if (one === undefined) throw new Error('no case');
  const box = await startVenueOrderBox(one, {
    mode: 'live',
    guardrails: { version: 1, noReversal: true },
    liveSteps: [
      { account: 'paper', step: 1, maxNotional: '100000', maxDayNotional: '100000', isOverridden: false },
    ],
  });
  try {
    const send = (path: string, query: string) =>
      box.agent({ ...orderOf(one), path: `/derivatives/api/v3/${path}`, query });
    const order = (more: string) => send('sendorder', `symbol=PF_XBTUSD&size=0.01&${more}`);
    expect(await order('side=buy&orderType=mkt')).toContain('"placed"');
    const rests = await order('side=sell&orderType=lmt&limitPrice=900000');
    const [, id = ''] = /"order_id":"([^"]+)"/.exec(rests) ?? [];
    const exit = () => order('side=sell&orderType=mkt&reduceOnly=true');
    expect(await exit()).not.toContain('"placed"');
    expect(await send('cancelorder', `order_id=${id}`)).toContain('"cancelled"');
    expect(await exit()).toContain('"placed"');
    expect(box.control.list(2).orders.map(({ state }) => state)).not.toContain('unknown');
  } finally {
    await box.stop();
  }
});

describe('an exit', () => {
  const order = (more: Partial<OrderIntent> = {}): OrderIntent => ({
    venue: 'alpaca',
    account: 'main',
    moneyMode: 'DEMO',
    action: 'place',
    instrument: 'AAPL',
    side: 'sell',
    type: 'market',
    quantity: { value: decimal('2'), unit: 'base' },
    ...more,
  });
  const contracts = (size: string, more: Partial<OrderIntent> = {}) =>
    order({ quantity: { value: decimal(size), unit: 'contracts' }, ...more });
  const held = (quantity: string, more: Partial<VenuePosition> = {}): VenuePosition => ({
    instrument: 'AAPL',
    quantity: decimal(quantity),
    ...more,
  });
  const nowMs = 100_000;

  /** What the venue told just now, or what more is known of the market; orders that were let out before, and when they ended. */
  function known(
    told: readonly VenuePosition[] | undefined,
    { market = {}, tellsBalances = false, spends = true, sent = [] as [OrderIntent, number?][] } = {},
  ): ExitParts {
    const ledger = new Ledger();
    for (const [index, [intent, endedMs]] of sent.entries()) {
      const id = `o${index}`;
      const named = { order: id, request: 'r' };
      const events: OrderEvent[] = [
        {
          type: 'order.proposed',
          ...named,
          operation: 'o',
          fingerprint: id,
          likeness: id,
          intents: [recordOf(intent)],
        },
        { type: 'order.judged', order: id, stage: 'proposal', decision: 'allow', approvals: 0, reasons: [] },
        { type: 'order.releasing', ...named, digest: 'd', clientOrderIds: [] },
        { type: 'order.sent', order: id },
      ];
      for (const event of events) ledger.apply(event, 0);
      if (endedMs === undefined) continue;
      const outcomes = [{ state: 'filled', filled: intent.quantity?.value.toFixed() }] as const;
      const answered = { order: id, outcome: 'acknowledged', status: 200 } as const;
      ledger.apply({ type: 'order.answered', ...answered, outcomes: [{ state: 'accepted' }] }, endedMs);
      ledger.apply({ type: 'order.reconciled', order: id, outcomes } as OrderEvent, endedMs);
    }
    return {
      ledger,
      market: {
        positions: () => told,
        positionsAskedMs: () => nowMs,
        price: () => undefined,
        terms: () => ({ base: 'BTC', quote: 'USDT' }),
        balance: (name: string) => ({ total: decimal(name === 'BTC' ? '2' : '0'), free: decimal('2') }),
        balancesAskedMs: () => nowMs,
        ...market,
      } as unknown as MarketMemory,
      tellsBalances,
      spendsBalances: () => spends,
    };
  }
  const says = (parts: ExitParts, ...intents: OrderIntent[]) => isExit({ operation: 'o', intents }, parts);

  test.each<[string, boolean, OrderIntent[], Parameters<typeof known>]>([
    ['of shares, within what is held', true, [order()], [[held('2')]]],
    ['of shares sold short', true, [order({ side: 'buy' })], [[held('-2')]]],
    ['of more than that', false, [order()], [[held('1.9')]]],
    ['on the same side', false, [order({ side: 'buy' })], [[held('9')]]],
    ['of what is not held', false, [order()], [[held('9', { instrument: 'MSFT' })]]],
    ['of what nobody knows', false, [order()], [undefined]],
    [
      'of what was asked for nobody knows when',
      false,
      [order()],
      [[held('9')], { market: { positionsAskedMs: () => undefined } }],
    ],
    ['that rests', false, [order({ type: 'limit' })], [[held('9')]]],
    [
      'that rests, which the venue holds to reducing',
      true,
      [contracts('2', { type: 'limit', reduceOnly: true })],
      [undefined],
    ],
    ['gone at once', true, [order({ type: 'limit', timeInForce: 'ioc' })], [[held('9')]]],
    [
      'for an amount of money',
      false,
      [order({ quantity: { value: decimal('2'), unit: 'quote' } })],
      [[held('9')]],
    ],
    ['with something attached', false, [order({ legs: [order({ side: 'buy' })] })], [[held('9')]]],
    ['that amends', false, [order({ action: 'amend' })], [[held('9')]]],
    ['twice in a request', false, [order(), order()], [[held('3')]]],
    ['twice in a request, within what is held', true, [order(), order()], [[held('4')]]],
    ['beside an opening', false, [order(), order({ instrument: 'MSFT', side: 'buy' })], [[held('4')]]],
    ['beside what rests on its side', false, [order()], [[held('3')], { sent: [[order()]] }]],
    [
      'beside what rests on its side, within what is held',
      true,
      [order()],
      [[held('4')], { sent: [[order()]] }],
    ],
    ['beside an amendment', false, [order()], [[held('3')], { sent: [[order({ action: 'amend' })]] }]],
    [
      'beside a close of all',
      false,
      [order()],
      [[held('9')], { sent: [[order({ quantity: { value: decimal('0'), unit: 'close-all' } })]] }],
    ],
    [
      'beside what rests on the other side',
      true,
      [order()],
      [[held('2')], { sent: [[order({ side: 'buy' })]] }],
    ],
    [
      'after a fill that the venue may not show yet',
      false,
      [order()],
      [[held('3')], { sent: [[order(), nowMs - 900]] }],
    ],
    ['after a fill that it shows', true, [order()], [[held('3')], { sent: [[order(), nowMs - 1_100]] }]],
    [
      'of one of two sides',
      true,
      [contracts('2', { positionSide: 'long' })],
      [[held('2', { isHedged: true })]],
    ],
    ['of one of two sides that is not named', false, [contracts('2')], [[held('2', { isHedged: true })]]],
    ['of another account', false, [order({ venueAccount: 'U1' })], [[held('2', { venueAccount: 'U2' })]]],
    [
      'of each of two accounts that hold the same',
      true,
      [order({ venueAccount: 'U1' }), order({ venueAccount: 'U2' })],
      [[held('2', { venueAccount: 'U1' }), held('2', { venueAccount: 'U2' })]],
    ],
    [
      'of one account, while an order of the other is on its way',
      true,
      [order({ venueAccount: 'U1' })],
      [
        [held('2', { venueAccount: 'U1' }), held('2', { venueAccount: 'U2' })],
        { sent: [[order({ venueAccount: 'U2' })]] },
      ],
    ],
    [
      'of more than one of two accounts holds',
      false,
      [order({ venueAccount: 'U1' })],
      [[held('1', { venueAccount: 'U1' }), held('2', { venueAccount: 'U2' })]],
    ],
    [
      'in another margin mode',
      false,
      [contracts('2', { terms: { tdMode: 'isolated' } })],
      [[held('2', { marginMode: 'cross' })]],
    ],
    [
      'in its margin mode',
      true,
      [contracts('2', { terms: { tdMode: 'cross' } })],
      [[held('2', { marginMode: 'cross' })]],
    ],
  ])('%s: %s', (_name, expected, intents, given) => {
    expect(says(known(...given), ...intents)).toBe(expected);
  });

  test.each<[string, boolean, OrderIntent[], Parameters<typeof known>[1]]>([
    ['within what is free', true, [order()], {}],
    ['of more', false, [order({ quantity: { value: decimal('2.1'), unit: 'base' } })], {}],
    ['twice in a request', false, [order(), order({ instrument: 'BTC-USDC' })], {}],
    ['while another is on its way', false, [order()], { sent: [[order()]] }],
    ['by a purchase', false, [order({ side: 'buy' })], {}],
    ['for another coin', false, [order()], { market: { terms: () => ({ base: 'BTC', quote: 'ETH' }) } }],
    ['for euros', true, [order()], { market: { terms: () => ({ base: 'BTC', quote: 'EUR' }) } }],
    ['that is not known', false, [order()], { market: { terms: () => undefined } }],
    ['of a wallet that is not told', false, [order()], { spends: false }],
    ['with leverage', false, [order({ leverage: decimal('2') })], {}],
    ['with margin', false, [order({ terms: { tdMode: 'cross' } })], {}],
    ['told too long ago', false, [order()], { market: { balance: () => undefined } }],
  ])('a sale of coins %s: %s', (_name, expected, intents, given) => {
    expect(says(known([held('9')], { tellsBalances: true, ...given }), ...intents)).toBe(expected);
  });
});
