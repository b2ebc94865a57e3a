// An account that only reduces, with the outcome asserted at the exchange: exits leave it, and nothing that opens or turns a position round.
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { askTimes, decidedIn, perpetual, positionsAt, swap } from '../../../support/perpetual.js';

let desk: OrderBox;
afterEach(() => desk.stop());

const positions = () => positionsAt(desk);
const atAsk = (factor: number) => askTimes(desk, factor);
const decided = (body: Record<string, string>) => decidedIn(desk, body);

const market = { instId: perpetual, tdMode: 'cross', ordType: 'market' };
const send = (more: Record<string, string>) => desk.agent('POST', 'trade/order', { ...market, ...more });
const spot = (more: Record<string, string>) => send({ instId: 'BTC-USDT', tdMode: 'cash', ...more });
const stateOf = () => desk.box.sidecar.state.orders.list(0).accounts[0]?.tradingState;
const reflexes = { duplicateMs: 0, closedMs: 0 };

test('a plain order within the position leaves, and none that could open anything', async () => {
  desk = await startOrderBox({ reflexes: { ...reflexes, ordersPerHour: 2 } });
  expect((await send({ side: 'buy', sz: '5' })).body.code).toBe('0');
  expect((await desk.place({ ...swap, side: 'sell', sz: '1', px: atAsk(1.5) })).body.code).toBe('0');
  // The orders of the hour are used up: an exit is none of them.
  expect((await send({ side: 'sell', sz: '1' })).body.code).toBe('0');
  expect(stateOf()).toBe('ACTIVE');
  expect((await send({ side: 'buy', sz: '1' })).body.msg).toContain('ORDER_THROTTLE');
  expect(stateOf()).toBe('REDUCE_ONLY');
  const refused: Record<string, string>[] = [
    { side: 'buy', sz: '1' },
    // Four are held, and one rests.
    { side: 'sell', sz: '4' },
    { side: 'sell', sz: '1', ordType: 'limit', px: atAsk(1.4) },
    { side: 'sell', sz: '1', tdMode: 'isolated' },
  ];
  for (const order of refused) expect((await send(order)).body.msg).toContain('TRADING_REDUCE_ONLY');
  expect(positions()).toEqual(['4']);
  // What was filled just now counts until the venue must have told.
  await vi.waitFor(async () => expect((await send({ side: 'sell', sz: '3' })).body.code).toBe('0'), 4_000);
  expect(positions()).toEqual(['1']);
  expect((await send({ side: 'sell', sz: '1' })).body.msg).toContain('TRADING_REDUCE_ONLY');
  desk.fail('account/positions', 'garbage', 9);
  expect((await send({ side: 'sell', sz: '1', reduceOnly: 'true' })).body.code).toBe('0');
});

test('a sale of coins that are held leaves, for money', async () => {
  desk = await startOrderBox({ reflexes: { ...reflexes, ordersPerHour: 1 } });
  expect((await spot({ side: 'buy', sz: '1', tgtCcy: 'base_ccy' })).body.code).toBe('0');
  expect((await spot({ side: 'buy', sz: '1', tgtCcy: 'base_ccy' })).body.msg).toContain('ORDER_THROTTLE');
  const refused: Record<string, string>[] = [
    { side: 'sell', sz: '1000000' },
    { side: 'sell', sz: '0.1', tdMode: 'cross' },
    { side: 'sell', sz: '0.1', ordType: 'limit', px: '90000' },
    { side: 'buy', sz: '10' },
  ];
  for (const order of refused) expect((await spot(order)).body.msg).toContain('TRADING_REDUCE_ONLY');
  expect((await spot({ side: 'sell', sz: '0.1' })).body.code).toBe('0');
});

test('a human who decides on each order decides on exits', async () => {
  desk = await startOrderBox({
    mode: 'propose',
    approval: { holdMs: 40 },
    reflexes: { ...reflexes, ordersPerHour: 1 },
  });
  await decided({ ...market, side: 'buy', sz: '5' });
  expect((await send({ side: 'buy', sz: '1' })).body.msg).toContain('ORDER_THROTTLE');
  expect(stateOf()).toBe('REDUCE_ONLY');
  expect((await decided({ ...market, side: 'sell', sz: '5' })).body.code).toBe('0');
  expect(positions()).toEqual([]);
});

interface Step {
  side: 'buy' | 'sell';
  sz: number;
  /** What makes it an exit, or none. */
  kind: 'plain' | 'bound' | 'resting' | 'both' | 'close';
}

test('whatever comes at once, a position neither grows nor turns round', async () => {
  desk = await startOrderBox({ reflexes: { ...reflexes, ordersPerHour: 4 } });
  desk.holdPrices();
  const control = () => desk.box.sidecar.state.orders;
  const size = () => Number(positions()[0] ?? 0);
  const side = fc.constantFrom('buy' as const, 'sell' as const);
  const step = fc.record<Step>({
    side,
    sz: fc.integer({ min: 1, max: 6 }),
    kind: fc.constantFrom('plain', 'plain', 'bound', 'resting', 'both', 'close'),
  });
  let clientOrderIds = 0;
  const carryOut = ({ side, sz, kind }: Step) => {
    clientOrderIds += 1;
    const own = { side, sz: String(sz), clOrdId: `s${clientOrderIds}` };
    if (kind === 'close')
      return desk.agent('POST', 'trade/close-position', { instId: perpetual, mgnMode: 'cross' });
    if (kind === 'both')
      return desk.agent('POST', 'trade/batch-orders', [
        { ...market, ...own },
        { ...market, ...own, clOrdId: `${own.clOrdId}b` },
      ]);
    if (kind === 'bound') return send({ ...own, reduceOnly: 'true' });
    return kind === 'plain'
      ? send(own)
      : send({ ...own, ordType: 'limit', px: atAsk(side === 'buy' ? 0.5 : 1.5) });
  };
  let exits = 0;
  await fc.assert(
    fc.asyncProperty(
      side,
      fc.integer({ min: 1, max: 9 }),
      fc.option(fc.record({ side, sz: fc.integer({ min: 1, max: 9 }) })),
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      async (opening, sz, resting, rounds) => {
        // By hand, and looked at by a human.
        desk.elsewhere('trade/close-position', { instId: perpetual, mgnMode: 'cross' });
        for (const { ordId } of desk.atVenue('trade/orders-pending'))
          desk.elsewhere('trade/cancel-order', { instId: perpetual, ordId });
        control().resume('ann', control().list(0).accounts);
        await send({ side: opening, sz: String(sz) });
        if (resting !== null) await carryOut({ ...resting, kind: 'resting' });
        for (let count = 0; stateOf() === 'ACTIVE' && count < 9; count += 1)
          await desk.place({ px: String(1_000 + count) });
        expect(stateOf()).toBe('REDUCE_ONLY');
        for (const steps of rounds) {
          const before = size();
          await Promise.all(steps.map(carryOut));
          const after = size();
          expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(before));
          expect(after * before).toBeGreaterThanOrEqual(0);
          if (after !== before) exits += 1;
        }
      },
    ),
    { numRuns: 12 },
  );
  expect(exits).toBeGreaterThan(0);
}, 60_000);
