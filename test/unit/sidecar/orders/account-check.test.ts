// The look at an account on the wire: a position that somebody else opened at the venue halts it; own orders never do.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { DriftWatch } from '../../../../src/orders/drift.js';
import { createAccountCheck } from '../../../../src/sidecar/orders/account-check.js';
import type { CallResult } from '../../../../src/sidecar/venue-calls.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox | undefined;
afterEach(async () => {
  await desk?.stop();
  desk = undefined;
});

/** A check whose venue tells, look by look, these positions; undefined: garbage. */
function checkOf(told: (string | undefined)[]) {
  const states: string[] = [];
  let asked = 0;
  const ask = async (
    _account: unknown,
    call: { request: { path: string } },
  ): Promise<CallResult<unknown>> => {
    if (!call.request.path.includes('positions')) return { isUnderstood: true, value: { orders: [] } };
    const quantity = told[asked];
    asked += 1;
    if (quantity === undefined) return { isUnderstood: false, problem: 'garbage', status: 200 };
    return { isUnderstood: true, value: [{ instrument: 'BTC-USDT-SWAP', quantity: decimal(quantity) }] };
  };
  const check = createAccountCheck({
    account: { id: 'main', venue: okx, environment: 'demo', real: { secrets: {} } } as never,
    desk: {
      ledger: { openIn: () => [], orders: () => [] },
      setState: (state: string, cause: string) => states.push(`${state} ${cause}`),
    } as never,
    ask: ask as never,
    watch: new DriftWatch(),
    confirmMs: 1,
  });
  return { check, states, asked: () => asked };
}

test('drift halts once a second look confirms it', async () => {
  const { check, states } = checkOf(['1', '2', '2']);
  expect(await check.look()).toEqual([]);
  expect(await check.look()).toHaveLength(1);
  expect(states).toEqual([
    'HALTED drift: the position in BTC-USDT-SWAP changed from 1 to 2, which no order sent from here explains',
  ]);
});

test('what the second look does not show, and answers that cannot be read, halt nothing', async () => {
  const { check, states } = checkOf(['1', '2', '1', undefined, '2', undefined]);
  await check.look();
  expect(await check.look()).toEqual([]);
  expect(await check.look()).toBeUndefined();
  expect(await check.look()).toBeUndefined();
  expect(states).toEqual([]);
});

test('a list of orders that is not answered turns the check of the others off neither now nor later', async () => {
  const states: string[] = [];
  let resting: string[] = [];
  const ask = async (
    _account: unknown,
    call: { request: { path: string; query: string }; nextList?: string },
  ): Promise<CallResult<unknown>> => {
    const { path, query } = call.request;
    if (path.includes('positions')) return { isUnderstood: true, value: [] };
    if (query.includes('ordType=trigger')) return { isUnderstood: false, problem: 'busy', status: 503 };
    const orders = path.endsWith('orders-pending')
      ? resting.map((venueOrderId) => ({ instrument: 'BTC-USDT', venueOrderId, kind: 'plain' }))
      : [];
    return { isUnderstood: true, value: { orders, next: call.nextList } };
  };
  const check = createAccountCheck({
    account: { id: 'main', venue: okx, environment: 'demo', real: { secrets: {} } } as never,
    desk: {
      ledger: { openIn: () => [], orders: () => [] },
      setState: (state: string, cause: string) => states.push(`${state} ${cause}`),
    } as never,
    ask: ask as never,
    watch: new DriftWatch(),
    confirmMs: 1,
  });
  resting = ['1'];
  expect(await check.look()).toEqual([]);
  resting = ['1', '2'];
  expect(await check.look()).toHaveLength(1);
  expect(states).toEqual(['HALTED drift: the order 2 of BTC-USDT rests and was not sent from here']);
});

test('looks wanted during a look share one that comes after it', async () => {
  const { check, asked } = checkOf(['1', '1', '1', '1']);
  await Promise.all([check.look(), check.look(), check.look()]);
  expect(asked()).toBe(2);
});

test('on the wire: own orders are no drift; a position from elsewhere halts trading, journaled', async () => {
  desk = await startOrderBox({ reflexes: { duplicateMs: 0, reconcileMs: 1_000 } });
  const swap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'buy', ordType: 'market', sz: '1', px: '' };
  const { px: _px, ...market } = swap;
  expect((await desk.agent('POST', 'trade/order', market)).body.code).toBe('0');
  await eventually(() => desk?.taken.filter((one) => one === 'GET account/positions').length === 2, 8_000);
  expect(desk.box.sidecar.state.orders.list(1).accounts[0]?.tradingState).toBe('ACTIVE');
  desk.elsewhere('trade/order', { ...market, sz: '3' });
  const halted = () => desk?.box.sidecar.state.orders.list(1).accounts[0];
  await eventually(() => halted()?.tradingState === 'HALTED', 8_000);
  expect(halted()?.cause).toMatch(/^drift: the position in BTC-USDT-SWAP changed/);
  expect(desk.events().some(({ type }) => type === 'trading.state')).toBe(true);
  // Which position is meant is in doubt: only what the venue itself holds to reducing leaves.
  const exit = { ...market, side: 'sell', sz: '1' };
  expect((await desk.agent('POST', 'trade/order', exit)).body.msg).toContain('TRADING_HALTED');
  expect((await desk.agent('POST', 'trade/order', { ...exit, reduceOnly: 'true' })).body.code).toBe('0');
  expect(desk.atVenue('account/positions').map(({ pos }) => pos)).toEqual(['3']);
});

const contracts = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'buy', ordType: 'market', sz: '1' };
const stateOf = () => desk?.box.sidecar.state.orders.list(1).accounts[0];
const seen = () => (desk?.events() ?? []).filter(({ type }) => type === 'account.seen').length;

test('a position changed by hand while no sidecar runs halts at the next start; a human takes it as it is, for later starts too', async () => {
  desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
  expect((await desk.agent('POST', 'trade/order', contracts)).body.code).toBe('0');
  await eventually(() => seen() > 0, 8_000);
  await desk.restart(() => desk?.elsewhere('trade/order', { ...contracts, sz: '3' }));
  await eventually(() => stateOf()?.tradingState === 'HALTED', 8_000);
  expect(stateOf()?.cause).toBe(
    'drift: the position in BTC-USDT-SWAP changed from 1 to 4, which no order sent from here explains',
  );
  const before = seen();
  desk.box.sidecar.state.orders.resume('me', desk.box.sidecar.state.orders.list(0).accounts);
  await eventually(() => seen() > before, 8_000);
  await desk.restart();
  await eventually(() => (desk?.taken.at(-1) ?? '') === 'GET account/positions', 8_000);
  await sleep(2_500); // a second look would have confirmed it
  expect(stateOf()?.tradingState).toBe('ACTIVE');
}, 40_000);

test('an own order that rested and was filled while no sidecar ran halts nothing', async () => {
  desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
  const [{ askPx } = {}] = desk.atVenue('market/ticker?instId=BTC-USDT-SWAP');
  const limit = { ...contracts, ordType: 'limit', px: (Number(askPx) * 0.99).toFixed(1) };
  const { ordId } = (await desk.agent('POST', 'trade/order', limit)).body.data[0] ?? {};
  await eventually(() => seen() > 0, 8_000);
  // Its price is amended past the sidecar, and so it is filled.
  const px = (Number(askPx) * 1.01).toFixed(1);
  await desk.restart(() => desk?.elsewhere('trade/amend-order', { instId: limit.instId, ordId, newPx: px }));
  expect(desk.atVenue('account/positions')).toMatchObject([{ pos: '1' }]);
  const before = seen();
  await eventually(() => seen() > before, 8_000);
  await sleep(2_500);
  expect(stateOf()?.tradingState).toBe('ACTIVE');
}, 40_000);
