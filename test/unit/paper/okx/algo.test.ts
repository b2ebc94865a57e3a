// OKX's algo orders on paper: attached to an order, in lists of their own, triggered into plain orders, amended, cancelled; through ccxt too.
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { algoIdOf, algoReads, algoWrites } from '../../../../src/paper/okx/algo.js';
import { algoRow } from '../../../../src/paper/okx/algo-rows.js';
import { priceOrMarket } from '../../../../src/paper/okx/legs.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { paperOkx } from '../../../support/paper-exchange.js';
import { paperVenue } from '../../../support/paper-venue.js';

type Paper = ReturnType<typeof paperOkx>;
const instId = 'BTC-USDT-SWAP';
const entry = { instId, tdMode: 'cross', side: 'buy', ordType: 'market', sz: '10' };

/** The last price, moved by so many ten-thousandths of it. */
function near(paper: Paper, tenThousandths: number): string {
  const last = decimal(paper.get(`market/ticker?instId=${instId}`).data[0]!.last!);
  return formatDecimal(
    last
      .times(decimal(String(10_000 + tenThousandths)))
      .div(decimal('10000'))
      .round(1),
  );
}
const exits = (paper: Paper, tp = 500, sl = -10) => ({
  tpTriggerPx: near(paper, tp),
  tpOrdPx: '-1',
  slTriggerPx: near(paper, sl),
  slOrdPx: '-1',
});
const pending = (paper: Paper, ordType = 'conditional,oco') =>
  paper.get(`trade/orders-algo-pending?ordType=${ordType}`).data;
function waitUntil(paper: Paper, holds: () => boolean): void {
  for (let minute = 0; minute < 2880 && !holds(); minute += 1) paper.wait(60);
  if (!holds()) throw new Error('the market never came there');
}
const position = (paper: Paper) => paper.get('account/positions').data.map(({ pos }) => pos);

describe('exits attached to an order', () => {
  test('rest as one algo order once it is filled, and the one that is triggered closes the position', () => {
    const paper = paperOkx('algo');
    const attachAlgoOrds = [{ attachAlgoClOrdId: 'exit1', ...exits(paper) }];
    const { ordId } = paper.post('trade/order', { ...entry, attachAlgoOrds }).data[0]!;
    const [row] = paper.get(`trade/order?instId=${instId}&ordId=${ordId}`).data;
    expect(row).toMatchObject({ state: 'filled', attachAlgoOrds: [{ attachAlgoClOrdId: 'exit1' }] });
    const [algo, second] = pending(paper);
    expect(second).toBeUndefined();
    expect(algo).toMatchObject({
      ordType: 'oco',
      algoClOrdId: 'exit1',
      side: 'sell',
      sz: '10',
      state: 'live',
      slOrdPx: '-1',
      ordIdList: [],
    });
    expect(paper.get('trade/orders-pending').data).toEqual([]);
    waitUntil(paper, () => position(paper).length === 0);
    expect(pending(paper)).toEqual([]);
    const [done] = paper.get(`trade/order-algo?algoId=${algo!.algoId}`).data;
    expect(done).toMatchObject({ state: 'effective', actualSide: 'sl', actualSz: '10' });
    const [plain] = paper.get(`trade/order?instId=${instId}&ordId=${done!.ordId}`).data;
    expect(plain).toMatchObject({ state: 'filled', algoId: algo!.algoId, ordType: 'market' });
  });

  test('are nowhere before it is filled, are amended with it, and end with it', () => {
    const paper = paperOkx('algo');
    const limit = { ...entry, ordType: 'limit', px: near(paper, -400) };
    const placed = paper.post('trade/order', { ...limit, attachAlgoOrds: [exits(paper, 500, -600)] });
    const { ordId } = placed.data[0]!;
    expect(pending(paper)).toEqual([]);
    const amended = paper.post('trade/amend-order', {
      instId,
      ordId,
      attachAlgoOrds: [{ newTpTriggerPx: near(paper, 700) }],
    });
    expect(amended.data).toMatchObject([{ sCode: '0' }]);
    const [row] = paper.get(`trade/order?instId=${instId}&ordId=${ordId}`).data;
    expect(row!.attachAlgoOrds).toMatchObject([{ tpTriggerPx: near(paper, 700) }]);
    paper.post('trade/cancel-order', { instId, ordId });
    expect(pending(paper)).toEqual([]);
    expect(paper.get('trade/orders-algo-history?ordType=oco&state=canceled').data).toEqual([]);
  });

  test('of a spot order that spends dollars sell what was bought, less the fee', () => {
    const paper = paperOkx('algo');
    const spot = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'market', sz: '500' };
    paper.post('trade/order', { ...spot, attachAlgoOrds: [exits(paper)] });
    const [bought] = paper.get('trade/fills?instId=BTC-USDT').data;
    const all = paper.get('trade/orders-history?instType=SPOT').data[0]!;
    expect(bought!.side).toBe('buy');
    // `fee` is below zero, in the coin bought; 8 digits are a lot.
    const sz = formatDecimal(
      decimal(String(all.accFillSz))
        .plus(decimal(String(all.fee)))
        .round(8, 0),
    );
    expect(pending(paper)).toMatchObject([{ sz, instType: 'SPOT', reduceOnly: 'false' }]);
  });

  test('more than one pair of them is refused', () => {
    const paper = paperOkx('algo');
    const attachAlgoOrds = [exits(paper), exits(paper)];
    expect(paper.post('trade/order', { ...entry, attachAlgoOrds }).code).toBe('50038');
    expect(position(paper)).toEqual([]);
  });
});

describe('algo orders', () => {
  const stop = { instId, tdMode: 'cross', side: 'sell', sz: '10', reduceOnly: true };

  test('a trailing stop follows the market and closes', () => {
    const paper = paperOkx('algo');
    paper.post('trade/order', entry);
    const placed = paper.post('trade/order-algo', {
      ...stop,
      ordType: 'move_order_stop',
      callbackRatio: '0.002',
    });
    expect(placed.data).toMatchObject([{ sCode: '0' }]);
    const [before] = pending(paper, 'move_order_stop');
    expect(before).toMatchObject({ callbackRatio: '0.002', state: 'live' });
    waitUntil(paper, () => position(paper).length === 0);
    const [done] = paper.get('trade/orders-algo-history?ordType=move_order_stop&state=effective').data;
    expect(Number(done!.moveTriggerPx)).toBeGreaterThanOrEqual(Number(before!.moveTriggerPx));
  });

  test('a trigger order waits for its price, is amended and cancelled', () => {
    const paper = paperOkx('algo');
    const order = { ...stop, reduceOnly: false, ordType: 'trigger', orderPx: '-1', algoClOrdId: 'mine' };
    const { algoId } = paper.post('trade/order-algo', { ...order, triggerPx: near(paper, -900) }).data[0]!;
    expect(paper.post('trade/order-algo', { ...order, triggerPx: near(paper, -900) }).data).toMatchObject([
      { sCode: '51016' },
    ]);
    paper.post('trade/amend-algos', { instId, algoId, newTriggerPx: near(paper, -800), newSz: '7' });
    expect(pending(paper, 'trigger')).toMatchObject([{ algoId, triggerPx: near(paper, -800), sz: '7' }]);
    expect(paper.get('trade/orders-algo-pending?ordType=trigger&after=abc').code).toBe('51000');
    expect(pending(paper, `trigger&after=${algoId}`)).toEqual([]);
    expect(paper.post('trade/cancel-algos', [{ instId, algoId }]).data).toMatchObject([{ sCode: '0' }]);
    expect(paper.post('trade/cancel-algos', [{ instId, algoId }]).data).toMatchObject([{ sCode: '51400' }]);
    expect(paper.get('trade/order-algo?algoClOrdId=mine').data).toMatchObject([{ state: 'canceled' }]);
    expect(paper.get('trade/orders-history?instType=SWAP').data).toEqual([]);
  });

  test('a trigger order that spends dollars is amended in dollars', () => {
    const paper = paperOkx('algo');
    const spot = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', sz: '500', ordType: 'trigger' };
    const triggerPx = near(paper, -900);
    const { algoId } = paper.post('trade/order-algo', { ...spot, triggerPx, orderPx: '-1' }).data[0]!;
    const amend = (change: object) =>
      paper.post('trade/amend-algos', { instId: 'BTC-USDT', algoId, ...change }).data;
    expect(amend({ newTriggerPx: near(paper, -10) })).toMatchObject([{ sCode: '0' }]);
    expect(amend({ newSz: '0.01' })).toMatchObject([{ sCode: '51020' }]);
    expect(amend({ newSz: '900' })).toMatchObject([{ sCode: '0' }]);
    expect(pending(paper, 'trigger')).toMatchObject([{ sz: '900', triggerPx: near(paper, -10) }]);
    waitUntil(paper, () => pending(paper, 'trigger').length === 0);
    const [bought] = paper.get('trade/orders-history?instType=SPOT').data;
    const spent = Number(bought!.accFillSz) * Number(bought!.avgPx);
    expect([bought!.sz, spent > 899 && spent <= 900]).toEqual(['900', true]);
  });

  test('closeFraction closes whatever the position is by then', () => {
    const paper = paperOkx('algo');
    const { sz: _size, ...whole } = stop;
    const algo = { ...whole, ordType: 'conditional', closeFraction: '1', slOrdPx: '-1' };
    const early = paper.post('trade/order-algo', { ...algo, slTriggerPx: near(paper, -5) });
    expect(early.data).toMatchObject([{ sCode: '51169' }]);
    paper.post('trade/order', entry);
    paper.post('trade/order-algo', { ...algo, slTriggerPx: near(paper, -5) });
    paper.post('trade/order', entry);
    expect(position(paper)).toEqual(['20']);
    waitUntil(paper, () => position(paper).length === 0);
    expect(pending(paper)).toEqual([]);
  });

  test.each([
    ['a kind that nothing here plays', { ordType: 'twap', sz: '1' }, '50038'],
    ['an oco of one trigger', { ordType: 'oco', slTriggerPx: '1', slOrdPx: '-1' }, '50014'],
    ['two callbacks', { ordType: 'move_order_stop', callbackRatio: '0.1', callbackSpread: '5' }, '51000'],
    ['no callback', { ordType: 'move_order_stop', activePx: '1' }, '50014'],
    ['a price that is none', { ordType: 'trigger', triggerPx: '1', orderPx: '-2' }, '51000'],
  ])('%s is refused', (_, change, code) => {
    const paper = paperOkx('algo');
    expect(paper.post('trade/order-algo', { ...stop, ...change }).code).toBe(code);
    expect([...algoWrites.keys(), ...algoReads.keys()]).toContain('trade/orders-algo-pending');
    expect([algoIdOf, algoRow, priceOrMarket].every((one) => typeof one === 'function')).toBe(true);
  });
});

test('ccxt attaches exits, lists, reads and cancels them', async () => {
  const paper = paperVenue(okx);
  const client = paper.connectCcxt({
    apiKey: paper.secrets.apiKey,
    secret: paper.secrets.secretKey,
    password: paper.secrets.passphrase,
  });
  client.setSandboxMode(true);
  await client.loadMarkets();
  const symbol = 'BTC/USDT:USDT';
  const { last } = await client.fetchTicker(symbol);
  const price = (share: number) => Number(client.priceToPrecision(symbol, last! * share));
  await client.createOrder(symbol, 'market', 'buy', 10, undefined, {
    takeProfit: { triggerPrice: price(1.2) },
    stopLoss: { triggerPrice: price(0.8) },
  });
  const open = await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: true, ordType: 'oco' });
  expect(open).toMatchObject([
    { side: 'sell', amount: 10, stopLossPrice: price(0.8), takeProfitPrice: price(1.2) },
  ]);
  const stop = await client.createOrder(symbol, 'market', 'sell', 10, undefined, {
    stopLossPrice: price(0.7),
    reduceOnly: true,
  });
  await client.cancelOrder(String(stop.id), symbol, { trigger: true });
  const left = await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: true });
  expect(left.map(({ id }) => id)).not.toContain(stop.id);
});
