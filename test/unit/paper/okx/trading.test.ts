// Trading on paper in OKX's dialect: what is placed, refused, changed, read back and paged, in OKX's shapes.
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { Params } from '../../../../src/paper/okx/call.js';
import { findOrder } from '../../../../src/paper/okx/history.js';
import { fillRow, memoNames, orderRow } from '../../../../src/paper/okx/order-views.js';
import { rejection } from '../../../../src/paper/okx/rejections.js';
import { tradingRoutes } from '../../../../src/paper/okx/trading.js';
import { paperOkx } from '../../../support/paper-exchange.js';

type Paper = ReturnType<typeof paperOkx>;
const limit = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.01', px: '90000' };
const market = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'market', sz: '500' };
const swap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'sell', ordType: 'market', sz: '10' };

/** The last price moved by so many tenths of a dollar. */
function near(paper: Paper, tenths: number): string {
  const last = decimal(paper.get('market/ticker?instId=BTC-USDT').data[0]!.last!);
  return formatDecimal(last.plus(decimal(String(tenths)).times(decimal('0.1'))));
}
const far = (paper: Paper) => ({ ...limit, px: near(paper, -20_000) });
const sCodes = ({ data }: { data: Record<string, string>[] }) => data.map(({ sCode }) => sCode);

describe('placing', () => {
  test('a market order is filled, and read back as OKX shows it', () => {
    const paper = paperOkx();
    const placed = paper.post('trade/order', { ...market, clOrdId: 'a1', tag: 'CLI' });
    expect(placed).toMatchObject({
      status: 200,
      code: '0',
      data: [{ clOrdId: 'a1', sCode: '0', sMsg: 'Order placed', tag: 'CLI' }],
    });
    const [row] = paper.get(`trade/order?instId=BTC-USDT&ordId=${placed.data[0]!.ordId}`).data;
    expect(row).toMatchObject({
      state: 'filled',
      ordType: 'market',
      tgtCcy: 'quote_ccy',
      sz: '500',
      px: '',
      feeCcy: 'BTC',
      clOrdId: 'a1',
      tag: 'CLI',
      instType: 'SPOT',
      tdMode: 'cash',
      cancelSource: '',
    });
    const [fill] = paper.get('trade/fills?instId=BTC-USDT').data;
    expect(fill).toMatchObject({
      ordId: row!.ordId,
      execType: 'T',
      side: 'buy',
      fillSz: row!.accFillSz,
      fee: row!.fee,
    });
    expect(paper.get('trade/order?instId=BTC-USDT&clOrdId=a1').data[0]!.ordId).toBe(row!.ordId);
  });

  test('a limit order rests, and every list shows it where it belongs', () => {
    const paper = paperOkx();
    const { ordId } = paper.post('trade/order', far(paper)).data[0]!;
    expect(paper.get('trade/orders-pending').data).toMatchObject([
      { ordId, state: 'live', accFillSz: '0', avgPx: '', fillSz: '0' },
    ]);
    expect(paper.get('trade/orders-history?instType=SPOT').data).toEqual([]);
    expect(paper.get('trade/orders-pending?instType=SWAP').data).toEqual([]);
    expect(paper.get('trade/orders-pending?ordType=post_only').data).toEqual([]);
    expect(paper.get('account/balance?ccy=USDT').data[0]!.details).toMatchObject([{ ccy: 'USDT' }]);
    paper.post('trade/cancel-order', { instId: 'BTC-USDT', ordId });
    expect(paper.get('trade/orders-pending').data).toEqual([]);
    expect(paper.get('trade/orders-history?instType=SPOT&state=canceled').data).toMatchObject([
      { ordId, cancelSource: '1' },
    ]);
  });

  test('the market comes to a resting order while nobody asks', () => {
    const paper = paperOkx('s');
    const { ordId } = paper.post('trade/order', { ...limit, px: near(paper, -100) }).data[0]!;
    paper.wait(86_400);
    expect(paper.get(`trade/order?instId=BTC-USDT&ordId=${ordId}`).data[0]).toMatchObject({
      state: 'filled',
    });
    expect(paper.get('trade/fills-history?instType=SPOT').data[0]).toMatchObject({ execType: 'M', ordId });
  });

  test.each([
    ['an unknown instrument', { instId: 'NOPE-USDT' }, '51001'],
    ['too little money', { sz: '100' }, '51008'],
    ['too small', { sz: '0.000001' }, '51020'],
    ['too large', { sz: '501' }, '51202'],
    ['off the lot', { sz: '0.010000001' }, '51121'],
    ['off the tick', { px: '90000.05' }, '51000'],
    ['beyond the price limit', { px: '190000' }, '51006'],
  ])('%s: HTTP 200, code 1, sCode', (_, change, sCode) => {
    const paper = paperOkx();
    const reply = paper.post('trade/order', { ...limit, px: near(paper, -500), ...change });
    expect(reply).toMatchObject({ status: 200, code: '1', msg: 'Operation failed.' });
    expect(sCodes(reply)).toEqual([sCode]);
    expect(reply.data[0]!.ordId).toBe('');
    expect(reply.data[0]!.sMsg).not.toBe('');
  });

  test('the message of too little money names the currency', () => {
    const paper = paperOkx();
    expect(paper.post('trade/order', { ...far(paper), sz: '100' }).data[0]!.sMsg).toContain('USDT balance');
    expect(paper.post('trade/order', { ...market, side: 'sell', sz: '9' }).data[0]!.sMsg).toContain(
      'BTC balance',
    );
  });

  test('a client order id is taken once', () => {
    const paper = paperOkx();
    expect(paper.post('trade/order', { ...market, clOrdId: 'x' }).code).toBe('0');
    expect(sCodes(paper.post('trade/order', { ...market, clOrdId: 'x' }))).toEqual(['51016']);
  });

  test.each([
    ['no instrument', { instId: undefined }, '50014'],
    ['no side', { side: undefined }, '50014'],
    ['no size', { sz: undefined }, '50014'],
    ['no price', { px: undefined }, '50014'],
    ['a strange side', { side: 'long' }, '51000'],
    ['a strange type', { ordType: 'iceberg' }, '51000'],
    ['an exponent', { sz: '1e-2' }, '51000'],
    ['margin on spot', { tdMode: 'cross' }, '51000'],
    ['long/short mode', { posSide: 'long' }, '51000'],
    ['a client order id with a dash', { clOrdId: 'a-b' }, '51000'],
    ['legs', { tpTriggerPx: '1' }, '50038'],
  ])('%s: an error of the whole request', (_, change, code) => {
    const paper = paperOkx();
    expect(paper.post('trade/order', { ...limit, ...change })).toMatchObject({ status: 200, code, data: [] });
  });

  test('a batch: each order has its own outcome', () => {
    const paper = paperOkx();
    const good = far(paper);
    expect(
      paper.post('trade/batch-orders', [good, { ...good, sz: '100' }, { ...good, side: 'x' }]),
    ).toMatchObject({
      code: '2',
      data: [{ sCode: '0' }, { sCode: '51008' }, { sCode: '51000' }],
    });
    expect(paper.post('trade/batch-orders', [good, good]).code).toBe('0');
    expect(
      paper.post('trade/batch-orders', [
        { ...good, sz: '100' },
        { ...good, sz: '100' },
      ]),
    ).toMatchObject({
      code: '1',
      msg: 'All operations failed',
    });
    expect(paper.post('trade/batch-orders', Array(21).fill(good)).code).toBe('51000');
    expect(paper.post('trade/batch-orders', []).code).toBe('51000');
  });

  test('numbers and booleans in JSON are taken as OKX takes them', () => {
    const paper = paperOkx();
    expect(paper.post('trade/order', { ...market, sz: 500, reduceOnly: false }).code).toBe('0');
  });

  test('post-only, IOC and FOK end as OKX ends them', () => {
    const paper = paperOkx();
    const through = { ...limit, sz: '1', px: near(paper, 30) };
    const outcomeOf = (ordType: string) => {
      const { ordId } = paper.post('trade/order', { ...through, ordType }).data[0]!;
      const { state, cancelSource } = paper.get(`trade/order?instId=BTC-USDT&ordId=${ordId}`).data[0]!;
      return [state, cancelSource];
    };
    expect(outcomeOf('post_only')).toEqual(['canceled', '31']);
    expect(outcomeOf('fok')).toEqual(['canceled', '13']);
    expect(outcomeOf('ioc')).toEqual(['canceled', '14']);
  });
});

test('the number of the instrument list stands for its instrument, and counts before its name', () => {
  const paper = paperOkx();
  const [{ instIdCode } = {}] = paper.get('public/instruments?instType=SPOT&instId=BTC-USDT').data;
  const { instId: _, ...unnamed } = far(paper);
  const placed = paper.post('trade/order', { ...unnamed, instIdCode });
  const { ordId } = placed.data[0]!;
  expect(paper.get(`trade/order?instId=BTC-USDT&ordId=${ordId}`).data[0]).toMatchObject({ state: 'live' });
  expect(sCodes(paper.post('trade/amend-order', { instIdCode, ordId, newSz: '0.02' }))).toEqual(['0']);
  expect(sCodes(paper.post('trade/cancel-order', { instIdCode, ordId }))).toEqual(['0']);
  expect(paper.post('trade/order', { ...far(paper), instIdCode: '9999' }).code).not.toBe('0');
  expect(paper.post('trade/order', unnamed).code).toBe('50014');
});

describe('changing', () => {
  test('an amendment, by either id', () => {
    const paper = paperOkx();
    const order = far(paper);
    const { ordId } = paper.post('trade/order', { ...order, clOrdId: 'a' }).data[0]!;
    const amended = paper.post('trade/amend-order', {
      instId: 'BTC-USDT',
      clOrdId: 'a',
      newSz: '0.02',
      reqId: 'r',
    });
    expect(amended).toMatchObject({ code: '0', data: [{ ordId, clOrdId: 'a', reqId: 'r', sCode: '0' }] });
    expect(paper.get(`trade/order?instId=BTC-USDT&ordId=${ordId}`).data[0]).toMatchObject({
      sz: '0.02',
      px: order.px,
    });
    expect(sCodes(paper.post('trade/amend-order', { instId: 'BTC-USDT', ordId, newSz: '100' }))).toEqual([
      '51502',
    ]);
    expect(sCodes(paper.post('trade/amend-order', { instId: 'BTC-USDT', ordId: '1', newSz: '1' }))).toEqual([
      '51503',
    ]);
    expect(sCodes(paper.post('trade/amend-order', { instId: 'ETH-USDT', ordId, newSz: '1' }))).toEqual([
      '51503',
    ]);
    expect(paper.post('trade/amend-order', { instId: 'BTC-USDT', ordId }).code).toBe('50014');
    expect(
      paper.post('trade/amend-batch-orders', [{ instId: 'BTC-USDT', ordId, newPx: near(paper, -21_000) }])
        .code,
    ).toBe('0');
  });

  test('a cancel, twice, of nothing, of another instrument', () => {
    const paper = paperOkx();
    const { ordId } = paper.post('trade/order', far(paper)).data[0]!;
    expect(sCodes(paper.post('trade/cancel-order', { instId: 'ETH-USDT', ordId }))).toEqual(['51400']);
    expect(paper.post('trade/cancel-order', { instId: 'BTC-USDT', ordId })).toMatchObject({
      code: '0',
      data: [{ ordId, sCode: '0' }],
    });
    expect(sCodes(paper.post('trade/cancel-order', { instId: 'BTC-USDT', ordId }))).toEqual(['51400']);
    expect(
      sCodes(
        paper.post('trade/cancel-batch-orders', [
          { instId: 'BTC-USDT', ordId },
          { instId: 'BTC-USDT', clOrdId: 'no' },
        ]),
      ),
    ).toEqual(['51400', '51400']);
    expect(paper.post('trade/cancel-order', { instId: 'BTC-USDT' }).code).toBe('50014');
    expect(paper.get('trade/order?instId=BTC-USDT&ordId=7')).toMatchObject({ code: '51603', status: 200 });
    expect(paper.get(`trade/order?instId=ETH-USDT&ordId=${ordId}`)).toMatchObject({ code: '51603' });
  });

  test('a position is closed with the exits of an order that was filled in part', () => {
    const paper = paperOkx();
    const [book] = paper.get('market/books?instId=BTC-USDT-SWAP&sz=1').data as unknown as {
      asks: string[][];
    }[];
    const [px, size] = book!.asks[0]!;
    const attachAlgoOrds = [{ slTriggerPx: near(paper, -20_000), slOrdPx: '-1' }];
    const sz = formatDecimal(decimal(size!).plus(decimal('5')));
    paper.post('trade/order', { ...swap, side: 'buy', ordType: 'limit', px, sz, attachAlgoOrds });
    expect(paper.get('trade/orders-pending').data).toMatchObject([{ state: 'partially_filled' }]);
    paper.post('trade/close-position', { instId: 'BTC-USDT-SWAP', mgnMode: 'cross', autoCxl: 'true' });
    expect(paper.get('account/positions').data).toEqual([]);
    expect(paper.get('trade/orders-algo-pending?ordType=conditional,oco').data).toEqual([]);
  });

  test('a position is opened, shown and closed', () => {
    const paper = paperOkx();
    expect(sCodes(paper.post('trade/order', { ...swap, reduceOnly: true }))).toEqual(['51169']);
    expect(paper.post('trade/order', swap).code).toBe('0');
    expect(paper.get('account/positions').data).toMatchObject([
      { instId: 'BTC-USDT-SWAP', pos: '-10', posSide: 'net', lever: '3', mgnMode: 'cross' },
    ]);
    expect(paper.get('account/positions?instType=FUTURES').data).toEqual([]);
    const resting = paper.post('trade/order', { ...swap, ordType: 'limit', px: near(paper, 20_000) }).data[0]!
      .ordId;
    expect(
      paper.post('trade/close-position', { instId: 'BTC-USDT-SWAP', mgnMode: 'cross', autoCxl: 'true' }),
    ).toMatchObject({
      code: '0',
      data: [{ instId: 'BTC-USDT-SWAP', posSide: 'net' }],
    });
    expect(paper.get('account/positions').data).toEqual([]);
    expect(paper.get(`trade/order?instId=BTC-USDT-SWAP&ordId=${resting}`).data[0]).toMatchObject({
      state: 'canceled',
    });
    expect(paper.post('trade/close-position', { instId: 'BTC-USDT-SWAP', mgnMode: 'cross' }).code).toBe(
      '51023',
    );
  });

  test('the dead-man switch', () => {
    const paper = paperOkx();
    const { ordId } = paper.post('trade/order', far(paper)).data[0]!;
    expect(paper.post('trade/cancel-all-after', { timeOut: '5' }).code).toBe('51000');
    expect(paper.post('trade/cancel-all-after', { timeOut: 10 })).toMatchObject({
      code: '0',
      data: [{ triggerTime: '1795000010000' }],
    });
    expect(paper.post('trade/cancel-all-after', { timeOut: '0' }).data).toMatchObject([{ triggerTime: '0' }]);
    paper.post('trade/cancel-all-after', { timeOut: '10' });
    paper.wait(11);
    expect(paper.get(`trade/order?instId=BTC-USDT&ordId=${ordId}`).data[0]).toMatchObject({
      state: 'canceled',
    });
  });
});

describe('lists', () => {
  test('newest first, paged by id, bounded by time', () => {
    const paper = paperOkx();
    for (let count = 0; count < 5; count += 1) {
      paper.post('trade/order', { ...market, sz: '100' });
      paper.wait(10);
    }
    const all = paper.get('trade/orders-history?instType=SPOT').data;
    const ids = all.map(({ ordId }) => BigInt(ordId!));
    expect(ids).toEqual([...ids].sort((a, b) => (a < b ? 1 : -1)));
    expect(paper.get(`trade/orders-history?instType=SPOT&after=${ids[1]}`).data.length).toBe(3);
    expect(paper.get(`trade/orders-history?instType=SPOT&before=${ids[1]}`).data.length).toBe(1);
    expect(paper.get('trade/orders-history?instType=SPOT&limit=2').data.length).toBe(2);
    expect(
      paper.get(`trade/orders-history?instType=SPOT&begin=${all[2]!.cTime}&end=${all[1]!.cTime}`).data.length,
    ).toBe(2);
    expect(paper.get('trade/fills?limit=3').data.length).toBe(3);
    expect(paper.get(`trade/fills?ordId=${ids[0]}`).data.length).toBe(1);
    expect(paper.get('trade/orders-history?instType=SPOT&limit=x').code).toBe('51000');
    expect(paper.get('trade/orders-algo-pending?ordType=conditional').data).toEqual([]);
  });
});

test('the pieces: routes, memo, rejections, views', () => {
  expect([...tradingRoutes.keys()].every((name) => name.startsWith('trade/'))).toBe(true);
  expect(memoNames).toContain('ordType');
  expect(rejection('ORDER_DONE', 'cancel').sCode).toBe('51400');
  expect(rejection('ORDER_DONE', 'amend').sCode).toBe('51503');
  expect(rejection('PRICE_TOO_LOW', 'place').sCode).toBe('51006');
  expect(() => findOrder({} as never, new Params(new Map()))).toThrow();
  const zero = decimal('0');
  const order = {
    id: '1',
    symbol: 'BTC-USDT',
    side: 'buy',
    timeInForce: 'gtc',
    quantity: { value: decimal('1'), unit: 'size' },
    reduceOnly: false,
    memo: {},
    state: 'canceled',
    cancelReason: 'would-take',
    size: decimal('1'),
    filled: zero,
    cost: zero,
    fee: zero,
    feeCurrency: 'BTC',
    realized: zero,
    held: zero,
    heldCurrency: 'USDT',
    createdMs: 1,
    updatedMs: 2,
    searchedSecond: 0,
  } as const;
  expect(orderRow(order, undefined)).toMatchObject({
    ordId: '1',
    sz: '1',
    cancelSource: '31',
    fee: '0',
    cTime: '1',
    uTime: '2',
  });
  const fill = {
    id: '5',
    orderId: '1',
    symbol: 'BTC-USDT-SWAP',
    side: 'sell',
    price: decimal('10'),
    size: decimal('2'),
    fee: decimal('0.1'),
    feeCurrency: 'USDT',
    isMaker: true,
    realized: decimal('-1'),
    atMs: 3,
    memo: {},
  } as const;
  expect(fillRow(fill)).toMatchObject({
    tradeId: '5',
    fee: '-0.1',
    fillPnl: '-1',
    execType: 'M',
    instType: 'SWAP',
    feeRate: '-0.0002',
  });
});
