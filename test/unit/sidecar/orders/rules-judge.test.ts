// Guardrails on the wire: a sidecar, an agent's client, an exchange. The outcome is asserted at the exchange.
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import { keyIdOf } from '../../../../src/orders/approval-signature.js';
import { showsAfterMs } from '../../../../src/orders/in-flight.js';
import { createRulesJudge } from '../../../../src/sidecar/orders/rules-judge.js';
import { testApprover } from '../../../support/approver.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox;
afterEach(() => desk.stop());

/** Without the reflexes, which would have their say first. */
const rules = (more: object) => ({
  guardrails: { version: 1, ...more },
  reflexes: { ordersPerHour: 10_000, duplicateMs: 0, closedMs: 0 },
});
const control = () => desk.box.sidecar.state.orders;
const placed = () => desk.taken.filter((each) => each === 'POST trade/order').length;
const reasons = () =>
  desk
    .events()
    .flatMap((event) => (event.type === 'order.judged' ? event.reasons.map(({ code }) => code) : []));
const swap = {
  instId: 'BTC-USDT-SWAP',
  tdMode: 'cross',
  ordType: 'market',
  px: undefined,
} as unknown as Record<string, string>;
/** All that was sent is known to have ended. */
const settled = () =>
  eventually(() =>
    control()
      .list(5)
      .orders.every(({ state }) => state === 'reconciled'),
  );
async function openPosition() {
  expect((await desk.place({ ...swap, side: 'buy', sz: '2' })).body.code).toBe('0');
  await eventually(() => desk.atVenue('account/positions').some(({ pos }) => pos === '2'));
  await settled();
}

test('the parts are functions of their own', () => {
  desk = { stop: async () => {} } as OrderBox;
  expect(createRulesJudge.length).toBe(1);
});

test('1,138 trades: after a burst only exits pass, and only a human lets the account go on', async () => {
  desk = await startOrderBox(rules({ repeat: { orders: 5, minutes: 45 } }));
  for (let n = 0; n < 12; n += 1) await desk.place();
  expect(placed()).toBe(5);
  expect(desk.atVenue('trade/orders-pending').length).toBe(5);
  expect(control().list(1).accounts[0]).toMatchObject({ tradingState: 'REDUCE_ONLY', by: 'sidecar' });
  await desk.restart(); // a new sidecar does not begin anew
  await desk.place();
  expect(placed()).toBe(5);
  control().resume('ann', control().list(0).accounts);
  expect((await desk.place()).body.code).toBe('0');
  expect(placed()).toBe(6);
});

test('a market order with a decorative price is worth what the market says (D3)', async () => {
  desk = await startOrderBox(rules({ notional: { max: 100 } }));
  const refused = await desk.place({ ordType: 'market', sz: '500', px: undefined as unknown as string });
  expect(refused.body.code).not.toBe('0');
  expect(reasons()).toEqual(['NOTIONAL_TOO_LARGE']);
  expect(placed()).toBe(0);
  await desk.place({ sz: '0.001' });
  expect(placed()).toBe(1);
});

test('a reversed close: closing more than there is opens no short', async () => {
  desk = await startOrderBox(rules({ noReversal: true }));
  await openPosition();
  expect((await desk.place({ ...swap, side: 'sell', sz: '3' })).body.code).not.toBe('0');
  expect(reasons()).toContain('POSITION_REVERSAL');
  expect((await desk.place({ ...swap, side: 'sell', sz: '2' })).body.code).toBe('0');
  await eventually(() => desk.atVenue('account/positions').every(({ pos }) => pos === '0' || pos === ''));
});

test('orders at the daily cap, at once and after a restart, never pass it (D15)', async () => {
  desk = await startOrderBox(rules({ daily: { orders: 3 } }));
  await Promise.all(Array.from({ length: 8 }, (_, n) => desk.place({ px: String(50_000 - n) })));
  expect(placed()).toBe(3);
  await desk.restart();
  await desk.place();
  expect(placed()).toBe(3);
});

test('an order never meets the own one that rests', async () => {
  desk = await startOrderBox(rules({ noSelfTrade: true }));
  expect((await desk.place({ side: 'buy', px: '50000' })).body.code).toBe('0');
  expect((await desk.place({ side: 'sell', px: '49999' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['SELF_TRADE']);
  expect((await desk.place({ side: 'buy', px: '49000' })).body.code).toBe('0');
  expect(placed()).toBe(2);
});

test('after losses, as the exchange filled them, only exits pass', async () => {
  desk = await startOrderBox(rules({ maxLossesInRow: 1, daily: { realisedLoss: 1_000_000 } }));
  desk.holdPrices();
  expect((await desk.place({ ...swap, side: 'buy', sz: '2' })).body.code).toBe('0');
  await settled();
  // The spread alone makes it a loss.
  expect((await desk.place({ ...swap, side: 'sell', sz: '2' })).body.code).toBe('0');
  await settled();
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['LOSSES_IN_ROW']);
  expect(control().list(1).accounts[0]).toMatchObject({ tradingState: 'REDUCE_ONLY', by: 'sidecar' });
  await desk.restart(); // the same in the next sidecar, from the journal alone
  control().resume('ann', control().list(0).accounts);
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).toBe('0');
});

test('an order larger than its share of what the exchange says the account is worth', async () => {
  desk = await startOrderBox(rules({ maxEquityShare: 1 }));
  const worth = Number(desk.atVenue('account/balance')[0]?.totalEq);
  const sized = (percent: number) => ({ sz: ((worth * percent) / 100 / 50_000).toFixed(3), px: '50000' });
  expect((await desk.place({ ...sized(1.5), side: 'buy' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['EQUITY_SHARE']);
  expect((await desk.place({ ...sized(0.5), side: 'buy' })).body.code).toBe('0');
  expect(placed()).toBe(1);
});

test('after a fall from the peak only exits pass, also in the next sidecar: nobody is locked into what loses', async () => {
  desk = await startOrderBox(rules({ maxDrawdown: 0.000001 }));
  expect((await desk.place({ side: 'buy' })).body.code).toBe('0');
  expect((await desk.place({ ...swap, side: 'buy', sz: '7' })).body.code).toBe('0');
  await desk.restart();
  // To and fro costs the spread and fees.
  for (const side of Array.from({ length: 10 }, () => ['buy', 'sell']).flat()) {
    desk.elsewhere('trade/order', { ...swap, side, sz: '50' });
  }
  expect((await desk.place({ side: 'buy', px: '49000' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['DRAWDOWN']);
  expect(control().list(1).accounts[0]).toMatchObject({ tradingState: 'REDUCE_ONLY', by: 'sidecar' });
  expect(placed()).toBe(2);
  const exit = { ...swap, side: 'sell', reduceOnly: 'true' };
  expect((await desk.place({ ...exit, sz: '3' })).body.code).toBe('0');
  await control().kill({ flatten: false, by: 'ann' });
  expect((await desk.place({ ...exit, sz: '2' })).body.msg).toContain('TRADING_HALTED');
  const left = () => desk.atVenue('account/positions').map(({ pos }) => pos);
  expect(left()).toEqual(['4']);
  control().resume('ann', control().list(0).accounts);
  expect(
    (await desk.agent('POST', 'trade/close-position', { instId: swap['instId'], mgnMode: 'cross' })).body
      .code,
  ).toBe('0');
  expect(left()).toEqual([]);
});

test('coins are not locked in by a fall either: what is held is sold, and what else the rules say of a sale holds', async () => {
  desk = await startOrderBox(rules({ maxDrawdown: 0.000001, maxQuantity: { 'BTC-USDT': '1' } }));
  const spot = { ordType: 'market', px: undefined } as unknown as Record<string, string>;
  expect((await desk.place({ ...spot, sz: '1', tgtCcy: 'base_ccy' })).body.code).toBe('0');
  await desk.restart();
  for (const side of Array.from({ length: 10 }, () => ['buy', 'sell']).flat())
    desk.elsewhere('trade/order', { ...swap, side, sz: '50' });
  expect((await desk.place({ ...spot, side: 'sell', sz: '0.5' })).body.msg).toContain('DRAWDOWN');
  expect((await desk.place({ ...spot, side: 'sell', sz: '1.1' })).body.msg).toContain('QUANTITY_TOO_LARGE');
  expect((await desk.place({ ...spot, side: 'sell', sz: '0.5' })).body.code).toBe('0');
  expect((await desk.place({ ...spot, side: 'buy', sz: '10' })).body.msg).toContain('TRADING_REDUCE_ONLY');
});

test('without a word of the venue on equity nothing is let through', async () => {
  desk = await startOrderBox(rules({ maxEquityShare: 100 }));
  desk.fail('account/balance', 'garbage', 9);
  expect((await desk.place()).body.code).not.toBe('0');
  expect(reasons()).toEqual(['DATA_MISSING']);
  expect(placed()).toBe(0);
});

test('above the second limit two people must agree, each by a key of their own that the box knows', async () => {
  const [ann, bob, eve] = [testApprover('ann'), testApprover('bob'), testApprover('eve')];
  desk = await startOrderBox({
    ...rules({ approval: { above: 10, twoAbove: 40 } }),
    approval: { holdMs: 50 },
    approvers: [ann.pin, bob.pin],
  });
  expect((await desk.place({ sz: '0.001', px: '50000' })).body.code).not.toBe('0');
  const [held] = control().list(1).orders;
  if (held === undefined) throw new Error('nothing is held');
  const approve = (name: string, signed?: ReturnType<typeof ann.sign>) =>
    control().approve(held.order, held.fingerprint.slice(0, 8), name, signed);
  await expect(approve('ann')).rejects.toThrow(/approver key/);
  await expect(approve('eve', eve.sign(held))).rejects.toThrow(/no approver/);
  await expect(approve('ann', eve.sign(held, { as: 'ann' }))).rejects.toThrow(/not one of ann/);
  // The same order of another box: accounts, their journals and ids outlive boxes.
  await expect(approve('ann', ann.sign(held, { box: 'another-id' }))).rejects.toThrow(/not one of ann/);
  const other = { ...held, fingerprint: 'f'.repeat(64) };
  await expect(approve('ann', ann.sign(other))).rejects.toThrow(/not one of ann/);
  expect((await approve('ann', ann.sign(held))).state).toBe('held');
  await expect(approve('ann', ann.sign(held))).rejects.toThrow(/approved/);
  expect((await approve('bob', bob.sign(held))).state).toBe('approved');
  expect((await desk.place({ sz: '0.001', px: '50000' })).body.code).toBe('0');
  expect(placed()).toBe(1);
  const signed = desk.events().filter((event) => event.type === 'order.approved');
  expect(signed.map((event) => 'key' in event && event.key)).toEqual([keyIdOf(ann.pin), keyIdOf(bob.pin)]);
});

test('limits in a currency of the account hold orders quoted in another, at the venue’s own rate', async () => {
  desk = await startOrderBox(
    rules({ currency: 'BTC', notional: { max: '0.002' }, daily: { notional: '0.003' } }),
  );
  // Held against 0.002 as they are, neither would pass. The exchange's price of BTC keeps between 60,000 and 125,000 USDT.
  const quoted = { ordType: 'market', tgtCcy: 'quote_ccy', px: undefined as unknown as string };
  expect((await desk.place({ ...quoted, side: 'buy', sz: '400' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['NOTIONAL_TOO_LARGE', 'DAILY_NOTIONAL']);
  expect((await desk.place({ ...quoted, side: 'buy', sz: '100' })).body.code).toBe('0');
  const [sent] = control().list(1).orders;
  expect(sent?.currency).toBe('BTC');
  expect(Number(sent?.notional)).toBeGreaterThan(100 / 150_000);
  expect(Number(sent?.notional)).toBeLessThan(100 / 50_000);
  expect(placed()).toBe(1);
});

test('without a rate the rule that needs one denies, and without such a rule none is asked for', async () => {
  desk = await startOrderBox(rules({ currency: 'XXX', notional: { max: 1_000_000 } }));
  expect((await desk.place()).body.code).not.toBe('0');
  expect(reasons()).toEqual(['DATA_MISSING']);
  control().loadGuardrails({
    guardrails: { version: 1, currency: 'XXX' },
    confirmed: ['notional'],
    by: 'ann',
  });
  expect((await desk.place()).body.code).toBe('0');
  const [sent] = control().list(1).orders;
  expect([sent?.currency, sent?.notional]).toEqual(['XXX', undefined]);
});

test('on spot what is held counts as a position, and nothing is sold that is not held', async () => {
  desk = await startOrderBox(rules({ maxPositionNotional: 100 }));
  expect((await desk.place({ side: 'buy', sz: '0.001', px: '50000' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['POSITION_TOO_LARGE']);
  const guardrails = { version: 1, spotBalance: true };
  control().loadGuardrails({ guardrails, confirmed: ['maxPositionNotional'], by: 'ann' });
  const told = desk.atVenue('account/balance?ccy=BTC')[0]?.details ?? [];
  const { availBal } = (told as unknown as { availBal: string }[]).at(-1) ?? { availBal: '0' };
  const [{ bidPx = '' } = {}] = desk.atVenue('market/ticker?instId=BTC-USDT');
  const sale = { side: 'sell', px: bidPx };
  expect((await desk.place({ ...sale, sz: String(Number(availBal) + 0.001) })).body.code).not.toBe('0');
  expect((await desk.place({ ...sale, sz: availBal })).body.code).toBe('0');
  // Whether that is filled or rests: nothing is left.
  expect((await desk.place({ ...sale, sz: '0.001' })).body.code).not.toBe('0');
  expect(reasons().slice(1)).toEqual(['BALANCE_TOO_SMALL', 'BALANCE_TOO_SMALL']);
  expect(placed()).toBe(1);
});

test('what another order on its way spends is not free, whether the venue shows that or not', async () => {
  let aheadMs = 0;
  const clock = { nowMs: () => systemClock.nowMs() + aheadMs };
  desk = await startOrderBox(rules({ spotBalance: true }), { clock });
  const free = async () => {
    const told = desk.atVenue('account/balance?ccy=USDT')[0]?.details ?? [];
    return Number((told as unknown as { availBal: string }[])[0]?.availBal);
  };
  const buy = (instId: string, sz: number) =>
    desk.place({
      instId,
      side: 'buy',
      ordType: 'market',
      tgtCcy: 'quote_ccy',
      sz: sz.toFixed(2),
      px: undefined as never,
    });
  const all = await free();
  const both = await Promise.all([buy('BTC-USDT', all * 0.6), buy('ETH-USDT', all * 0.6)]);
  expect(both.map(({ body }) => body.code === '0').sort()).toEqual([false, true]);
  expect(reasons()).toEqual(['BALANCE_TOO_SMALL']);
  expect(placed()).toBe(1);
  // Once the venue has had time to show it, it counts once.
  aheadMs = 2 * showsAfterMs;
  expect((await buy('ETH-USDT', all * 0.3)).body.code).toBe('0');
  expect(await free()).toBeLessThan(all * 0.11);
});

test('exposure counts positions in symbols that the order does not name', async () => {
  desk = await startOrderBox(rules({ maxGrossExposure: 5_000 }));
  desk.elsewhere('trade/order', { ...swap, instId: 'ETH-USDT-SWAP', side: 'buy', sz: '1' });
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).toBe('0');
  await settled();
  desk.elsewhere('trade/order', { ...swap, instId: 'ETH-USDT-SWAP', side: 'buy', sz: '20' });
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['EXPOSURE_TOO_LARGE']);
});

test('without a price from the venue nothing is let through', async () => {
  desk = await startOrderBox(rules({ priceCollarBps: 5_000 }));
  desk.fail('market/ticker', 'garbage', 9);
  expect((await desk.place()).body.code).not.toBe('0');
  expect(reasons()).toEqual(['DATA_MISSING']);
  expect(placed()).toBe(0);
});

test('a market order that eats deeper into the book than allowed is not sent, a small one is', async () => {
  desk = await startOrderBox(rules({ marketOrders: { maxSlippageBps: 3 } }));
  const depth = desk.atVenue('market/books?instId=BTC-USDT-SWAP&sz=400')[0] as unknown as {
    asks: string[][];
  };
  const all = depth.asks.reduce((sum, [, size]) => sum + Number(size), 0);
  expect((await desk.place({ ...swap, side: 'buy', sz: String(Math.ceil(all / 2)) })).body.code).not.toBe(
    '0',
  );
  expect((await desk.place({ ...swap, side: 'buy', sz: String(Math.ceil(all * 2)) })).body.code).not.toBe(
    '0',
  );
  expect(reasons()).toEqual(['SLIPPAGE_TOO_LARGE', 'BOOK_TOO_THIN']);
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).toBe('0');
  desk.fail('market/books', 'garbage', 9);
  const fresh = { ...swap, side: 'buy', instId: 'ETH-USDT-SWAP', sz: '1' };
  expect((await desk.place(fresh)).body.code).not.toBe('0');
  expect(reasons().slice(2)).toEqual(['DATA_MISSING']);
  expect(placed()).toBe(1);
});

test('after a move of the price no order opens anything, and exits pass', async () => {
  desk = await startOrderBox(rules({ noReversal: true }));
  await openPosition();
  const guardrails = { version: 1, volatilityHalt: { moveBps: 0.0001, minutes: 60 } };
  control().loadGuardrails({ guardrails, confirmed: ['noReversal'], by: 'ann' });
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['VOLATILITY_HALT']);
  expect((await desk.place({ ...swap, side: 'sell', sz: '1' })).body.code).toBe('0');
  expect(control().list(1).accounts[0]).toMatchObject({ tradingState: 'ACTIVE' });
});

test('what the exchange charged for fills counts against the budget of a day', async () => {
  desk = await startOrderBox(rules({ daily: { fees: '0.01' } }));
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).toBe('0');
  await settled();
  expect(control().list(1).orders[0]?.outcomes[0]?.fee).toMatch(/^0\.\d+$/);
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).not.toBe('0');
  expect(reasons()).toEqual(['DAILY_FEES']);
  await desk.restart();
  expect((await desk.place({ ...swap, side: 'buy', sz: '1' })).body.code).not.toBe('0');
  expect(placed()).toBe(1);
});
