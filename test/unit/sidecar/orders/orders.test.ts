// The order boundary on the wire: a sidecar, an agent's client, a human at the control channel, an exchange that fails.
// Covers what the rooms are made of: accounts.js, gate.js, release.js, reconcile.js, kill.js, order-control.js, open-orders.js.
import http from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { TradingAccounts } from '../../../../src/sidecar/orders/accounts.js';
import { createAgentView } from '../../../../src/sidecar/orders/agent-view.js';
import { createOrderGate } from '../../../../src/sidecar/orders/gate.js';
import { killAccount } from '../../../../src/sidecar/orders/kill.js';
import { MarketMemory } from '../../../../src/sidecar/orders/market-memory.js';
import { openOrders } from '../../../../src/sidecar/orders/open-orders.js';
import { createOrderControl } from '../../../../src/sidecar/orders/order-control.js';
import { ordersReplySchema, orderView } from '../../../../src/sidecar/orders/order-view.js';
import { reconcileOrder } from '../../../../src/sidecar/orders/reconcile.js';
import { createReflexJudge } from '../../../../src/sidecar/orders/reflex-judge.js';
import { newClientOrderId, newOrderId, Release } from '../../../../src/sidecar/orders/release.js';
import { createVenueCalls } from '../../../../src/sidecar/venue-calls.js';
import { limitOrder, type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox;
afterEach(() => desk.stop());

function fetchPlain(port: number, method: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'tradebox.internal' };
    const sent = http.request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      answer.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const control = () => desk.box.sidecar.state.orders;
const statesOf = () =>
  control()
    .list(100)
    .orders.map(({ state }) => state);
const approveAll = async () => {
  for (const { order, fingerprint, state } of control().list(100).orders) {
    if (state === 'held') await control().approve(order, fingerprint.slice(0, 8), 'ann');
  }
};

test('every part is in use', () => {
  desk = { stop: async () => {} } as OrderBox;
  const parts = [TradingAccounts, createOrderGate, killAccount, openOrders, createOrderControl, orderView];
  const more = [reconcileOrder, Release, createVenueCalls, createReflexJudge, MarketMemory, createAgentView];
  expect([...parts, ...more].every((part) => typeof part === 'function')).toBe(true);
  expect(newOrderId()).toMatch(/^[2-9a-z]{7}$/);
  expect(newClientOrderId(newOrderId())).toMatch(/^[a-z0-9]{20,32}$/);
});

describe('in demo', () => {
  test('an order goes out once, with an id of ours, and its whole story is in the journal', async () => {
    desk = await startOrderBox();
    const placed = await desk.place();
    expect(placed.body.code).toBe('0');
    const [resting] = desk.atVenue('trade/orders-pending');
    expect(resting?.clOrdId).toMatch(/^tbx/);
    await eventually(() => desk.events().some(({ type }) => type === 'order.answered'));
    const story = desk.events().filter(({ type }) => type.startsWith('order.'));
    expect(story.map(({ type }) => type).slice(0, 5)).toEqual([
      'order.proposed',
      'order.judged',
      'order.releasing',
      'order.sent',
      'order.answered',
    ]);
    expect(story[4]).toMatchObject({
      outcome: 'acknowledged',
      outcomes: [{ state: 'accepted', venueOrderId: resting?.ordId }],
    });
    const { orders, accounts } = ordersReplySchema.parse(control().list(10));
    expect([orders[0]?.state, accounts[0]?.resting]).toEqual(['acknowledged', 1]);
    await control().kill({ flatten: false, by: 'ann' });
    await eventually(() => control().list(0).accounts[0]?.resting === 0);
  });

  test('a refusal by the venue is told as one', async () => {
    desk = await startOrderBox();
    expect((await desk.place({ sz: '100000000' })).body.code).toBe('1');
    await eventually(() => statesOf()[0] === 'rejected-by-venue');
  });

  test.each([
    ['the venue answers 503 after taking it', 'error-after', true],
    ['the connection is cut after it was taken', 'cut-after', true],
    ['the venue talks garbage', 'garbage', true],
    ['the connection is cut before it was taken', 'cut-before', false],
  ] as const)('when %s the venue is asked, and nothing is sent again', async (_, fault, isThere) => {
    desk = await startOrderBox();
    desk.fail('trade/order', fault);
    await desk.place();
    await eventually(() => statesOf()[0] !== 'sent');
    const again = isThere ? undefined : await desk.place();
    if (again !== undefined) expect(again.body.msg).toContain('OUTCOME_UNKNOWN');
    if (isThere) await eventually(() => statesOf()[0] === 'acknowledged');
    expect(desk.taken.filter((one) => one === 'POST trade/order')).toHaveLength(isThere ? 1 : 0);
    expect(desk.atVenue('trade/orders-pending')).toHaveLength(isThere ? 1 : 0);
    if (!isThere) expect(statesOf()[0]).toBe('unknown');
  });

  test('what an earlier sidecar sent and never heard of is asked for by the next', async () => {
    desk = await startOrderBox();
    desk.fail('trade/order', 'error-after');
    await desk.place();
    await desk.restart();
    await eventually(() => statesOf()[0] === 'acknowledged');
    expect(desk.atVenue('trade/orders-pending')).toHaveLength(1);
  });
});

describe('in propose', () => {
  const quick = { mode: 'propose', approval: { holdMs: 60 }, reflexes: { duplicateMs: 0 } } as const;

  test('an order is held, told with its id, approved, and passes once', async () => {
    desk = await startOrderBox(quick);
    const first = await desk.place();
    expect(first).toMatchObject({ status: 403 });
    const [held] = control().list(10).orders;
    // 0.001 BTC at the market, which is above the limit of 50,000.
    expect(Number(held?.notional)).toBeGreaterThan(50);
    expect(first.body.msg).toContain(`pending approval ${held?.order}`);
    expect(desk.taken).not.toContain('POST trade/order');
    await approveAll();
    expect((await desk.place({ clOrdId: 'fresh1' })).body.code).toBe('0');
    expect(desk.atVenue('trade/orders-pending')).toHaveLength(1);
    expect((await desk.place()).body.msg).toContain('pending approval');
    expect(desk.atVenue('trade/orders-pending')).toHaveLength(1);
  });

  test('a client that waits gets its answer as soon as the human says yes', async () => {
    desk = await startOrderBox({ mode: 'propose', approval: { holdMs: 8_000 } });
    const answer = desk.place();
    await eventually(() => statesOf()[0] === 'held');
    const startMs = performance.now();
    await approveAll();
    expect((await answer).body.code).toBe('0');
    expect(performance.now() - startMs).toBeLessThan(500);
  });

  test('a client that went away gets nothing sent', async () => {
    desk = await startOrderBox({ mode: 'propose', approval: { holdMs: 8_000 } });
    const client = await desk.agentSocket('POST', 'trade/order', limitOrder);
    await eventually(() => statesOf()[0] === 'held');
    client.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await approveAll();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(desk.taken).not.toContain('POST trade/order');
    expect(statesOf()).toEqual(['approved']);
  });

  test('a market order whose price moved too far is not sent on the old approval', async () => {
    desk = await startOrderBox({ ...quick, reflexes: { duplicateMs: 0, driftBps: 1 } });
    const market = { instId: 'BTC-USDT', tdMode: 'cash', side: 'sell', ordType: 'market', sz: '0.001' };
    await desk.agent('POST', 'trade/order', market);
    await approveAll();
    desk.rise(1.01);
    await new Promise((resolve) => setTimeout(resolve, 510));
    const late = await desk.agent('POST', 'trade/order', market);
    expect(late.body.msg).toContain('PRICE_DRIFT');
    expect(desk.taken).not.toContain('POST trade/order');
  });

  test('a held order and an approval outlive the sidecar', async () => {
    desk = await startOrderBox(quick);
    await desk.place();
    await desk.restart();
    await approveAll();
    await desk.restart();
    expect((await desk.place()).body.code).toBe('0');
    expect(desk.atVenue('trade/orders-pending')).toHaveLength(1);
  });

  test('the agent reads its own orders and limits, and cannot decide there', async () => {
    desk = await startOrderBox(quick);
    await desk.place();
    const read = (path: string, method = 'GET') => fetchPlain(desk.box.httpPort, method, path);
    const [held] = control().list(10).orders;
    const { orders } = JSON.parse(await read('/orders'));
    expect(orders).toMatchObject([{ order: held?.order, state: 'held', reasons: ['APPROVAL_REQUIRED'] }]);
    expect(await read('/orders')).not.toContain(held?.fingerprint.slice(0, 8));
    expect(JSON.parse(await read('/limits'))).toMatchObject({
      mode: 'propose',
      reflexes: { ordersPerHour: 120 },
      accounts: [{ tradingState: 'ACTIVE' }],
    });
    await read(`/orders/${held?.order}/approve`, 'POST');
    expect(statesOf()).toEqual(['held']);
  });

  test('reads and cancels are not held', async () => {
    desk = await startOrderBox(quick);
    await desk.place();
    await approveAll();
    const [{ ordId } = {}] = (await desk.place()).body.data;
    expect((await desk.agent('GET', 'account/balance')).status).toBe(200);
    const canceled = await desk.agent('POST', 'trade/cancel-order', { instId: 'BTC-USDT', ordId });
    expect(canceled.body.code).toBe('0');
    expect(desk.atVenue('trade/orders-pending')).toHaveLength(0);
  });
});

test('an approval claimed under another client order id is asked for by the one that left', async () => {
  desk = await startOrderBox({ mode: 'propose', approval: { holdMs: 40 }, reflexes: { duplicateMs: 0 } });
  await desk.place({ clOrdId: 'first' });
  await approveAll();
  desk.fail('trade/order', 'cut-after');
  await desk.place({ clOrdId: 'second' });
  expect(desk.atVenue('trade/orders-pending')).toMatchObject([{ clOrdId: 'second' }]);
  await eventually(() => statesOf()[0] === 'acknowledged');
});

describe('the reflexes, seen at the exchange', () => {
  const swap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', ordType: 'market', sz: '2' };
  const trade = (side: string, more: Record<string, unknown> = {}) =>
    desk.agent('POST', 'trade/order', { ...swap, side, ...more });
  const position = () => desk.atVenue('account/positions')[0]?.pos;
  const close = () =>
    desk.agent('POST', 'trade/close-position', { instId: swap.instId, mgnMode: swap.tdMode });

  test('two processes that place the same order place it once', async () => {
    desk = await startOrderBox();
    const market = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'market', sz: '100' };
    const answers = await Promise.all(
      ['first1', 'second1'].map((clOrdId) => desk.agent('POST', 'trade/order', { ...market, clOrdId })),
    );
    expect(answers.map(({ body }) => body.code).sort()).toEqual(['0', '50120']);
    expect(answers.map(({ body }) => body.msg).join()).toContain('DUPLICATE_ORDER');
    expect(desk.atVenue('trade/fills')).toHaveLength(1);
  });

  test('a close that is too large, or comes again, opens no reverse', async () => {
    desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
    expect((await trade('buy')).body.code).toBe('0');
    expect((await trade('sell', { sz: '3' })).body.msg).toContain('POSITION_FLIP');
    expect((await trade('sell')).body.code).toBe('0');
    expect((await trade('sell')).body.msg).toContain('REVERSED_CLOSE');
    expect(JSON.stringify(desk.events())).toContain('which passes 60 s after the close was seen');
    expect(position()).toBeUndefined();
    expect((await trade('buy')).body.code).toBe('0');
    expect(position()).toBe('2');
  });

  test('a venue that loses one answer after the other gets no new orders, cancels and exits pass', async () => {
    desk = await startOrderBox({ reflexes: { duplicateMs: 0, maxUnknown: 2, breakerAnswers: 1_000 } });
    desk.fail('trade/cancel-all-after', 'error-after', 2);
    for (const timeOut of ['60', '61']) await desk.agent('POST', 'trade/cancel-all-after', { timeOut });
    expect(statesOf()).toEqual(['unknown', 'unknown']);
    const [{ ordId } = {}] = (await desk.place()).body.data;
    expect((await trade('buy')).body.code).toBe('0');
    desk.fail('POST /api/v5/trade/order', 'cut-before', 2);
    desk.fail('GET /api/v5/trade/order', 'cut-before', 20);
    for (const px of ['1000', '1001']) await desk.place({ px });
    expect((await desk.place({ px: '1002' })).body.msg).toContain('VENUE_UNSTABLE');
    expect((await trade('sell', { sz: '1', reduceOnly: 'true' })).body.code).toBe('0');
    expect((await close()).body.code).toBe('0');
    expect(position()).toBeUndefined();
    const canceled = await desk.agent('POST', 'trade/cancel-order', { instId: 'BTC-USDT', ordId });
    expect(canceled.body.code).toBe('0');
  });

  test('an order on contracts is refused while the position is not known', async () => {
    desk = await startOrderBox();
    desk.fail('account/positions', 'garbage');
    expect((await trade('sell')).body.msg).toContain('POSITION_UNKNOWN');
    expect(desk.taken).not.toContain('POST trade/order');
  });

  test('too many orders stop all but reducing ones, also after a restart, until a human resumes', async () => {
    // One order may be filled at two prices.
    const filledOrders = () => new Set(desk.atVenue('trade/fills').map(({ ordId }) => ordId)).size;
    desk = await startOrderBox({ reflexes: { ordersPerHour: 3, duplicateMs: 0 } });
    for (let count = 0; count < 3; count += 1) expect((await trade('buy')).body.code).toBe('0');
    // An exit is none too many, and stops nothing.
    expect((await trade('sell', { sz: '1', reduceOnly: 'true' })).body.code).toBe('0');
    expect(control().list(0).accounts[0]?.tradingState).toBe('ACTIVE');
    expect((await trade('buy')).body.msg).toContain('ORDER_THROTTLE');
    expect((await trade('sell', { sz: '1', reduceOnly: 'true' })).body.code).toBe('0');
    await desk.restart();
    expect((await trade('buy')).body.msg).toContain('TRADING_REDUCE_ONLY');
    expect(position()).toBe('4');
    expect((await close()).body.code).toBe('0');
    expect(position()).toBeUndefined();
    expect(filledOrders()).toBe(6);
    control().resume('ann', control().list(0).accounts);
    expect((await trade('buy')).body.code).toBe('0');
    expect(filledOrders()).toBe(7);
  });
});

describe('kill', () => {
  test('cancels all that rests, verified at the venue; no order passes until it is resumed', async () => {
    desk = await startOrderBox();
    for (let count = 0; count < 45; count += 1) await desk.place({ px: String(40_000 + count) });
    expect(desk.atVenue('trade/orders-pending')).toHaveLength(45);
    const [report] = await control().kill({ flatten: false, by: 'ann' });
    expect(report).toMatchObject({ isVerified: true, canceled: 45, failed: 0, left: 0, problem: '' });
    expect(report?.firstCancelMs).toBeLessThan(1_000);
    expect(desk.atVenue('trade/orders-pending')).toHaveLength(0);
    expect((await desk.place()).body.msg).toContain('TRADING_HALTED');
    await desk.restart();
    expect((await desk.place()).body.msg).toContain('TRADING_HALTED');
    control().resume('ann', control().list(0).accounts);
    expect((await desk.place()).body.code).toBe('0');
  });

  test('closes positions when told to', async () => {
    desk = await startOrderBox();
    const sell = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'sell', ordType: 'market', sz: '2' };
    expect((await desk.agent('POST', 'trade/order', sell)).body.code).toBe('0');
    expect(desk.atVenue('account/positions')).toHaveLength(1);
    const [report] = await control().kill({ flatten: true, by: 'ann' });
    expect(report).toMatchObject({ isVerified: true, closedPositions: 1 });
    expect(desk.atVenue('account/positions')).toHaveLength(0);
  });

  test('says so when the venue cannot be asked', async () => {
    desk = await startOrderBox();
    await desk.place();
    desk.fail('orders-pending', 'garbage', 5);
    const [report] = await control().kill({ flatten: false, by: 'ann' });
    expect(report).toMatchObject({
      isVerified: false,
      problem: expect.stringContaining('could not be listed'),
    });
  });
});
