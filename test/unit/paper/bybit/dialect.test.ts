// Bybit on paper: bybit-api unmodified on spot, linear and inverse, positions in base currency, signatures and times as Bybit judges them.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { RestClientV5 } from 'bybit-api';
import { expect, test } from 'vitest';
import { accountRoutes } from '../../../../src/paper/bybit/account.js';
import { categoryOf, symbolOf } from '../../../../src/paper/bybit/call.js';
import { bybitDialect } from '../../../../src/paper/bybit/dialect.js';
import { marketRoutes } from '../../../../src/paper/bybit/market-data.js';
import { fillRow } from '../../../../src/paper/bybit/order-rows.js';
import { batchRoutes, tradingRoutes } from '../../../../src/paper/bybit/trading.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { requestOf } from '../../../support/venue-requests.js';

const rsaKey = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;

function connect(more: Record<string, string> = {}) {
  const paper = paperVenue(bybit, undefined, more);
  const client = new RestClientV5({ key: paper.secrets.apiKey!, secret: paper.secrets.secretKey! }, {
    adapter: paper.adapter,
  } as never);
  return { paper, client };
}

test('the SDK reads, rests, amends and cancels a spot order', async () => {
  const { client } = connect();
  const wallet = await client.getWalletBalance({ accountType: 'UNIFIED', coin: 'USDT' });
  expect(wallet.result.list[0]?.coin).toMatchObject([{ coin: 'USDT', walletBalance: '100000' }]);
  const { result } = await client.getTickers({ category: 'spot', symbol: 'BTCUSDT' });
  const price = (Number((result.list[0] as { bid1Price: string }).bid1Price) * 0.97).toFixed(1);
  const order = {
    category: 'spot',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.01',
  } as const;
  const placed = await client.submitOrder({ ...order, price, orderLinkId: 'first' });
  expect(placed).toMatchObject({ retCode: 0, result: { orderLinkId: 'first' } });
  const { orderId } = placed.result;
  const amended = await client.amendOrder({ category: 'spot', symbol: 'BTCUSDT', orderId, qty: '0.02' });
  expect(amended.retCode).toBe(0);
  const open = await client.getActiveOrders({ category: 'spot', symbol: 'BTCUSDT' });
  expect(open.result.list).toMatchObject([{ orderId, qty: '0.02', orderStatus: 'New' }]);
  expect((await client.cancelOrder({ category: 'spot', symbol: 'BTCUSDT', orderId })).retCode).toBe(0);
  expect((await client.cancelOrder({ category: 'spot', symbol: 'BTCUSDT', orderId })).retCode).toBe(170213);
});

test('several orders at once: the SDK hears of each what it met with, and the others stand', async () => {
  const { client } = connect();
  const order = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', price: '50000' } as const;
  const placed = await client.batchSubmitOrders('spot', [
    { ...order, qty: '0.01', orderLinkId: 'one' },
    { ...order, qty: '9', orderLinkId: 'two' },
  ]);
  expect(placed.result.list).toMatchObject([{ orderLinkId: 'one' }, { orderLinkId: 'two', orderId: '' }]);
  expect(placed.retExtInfo).toMatchObject({ list: [{ code: 0 }, { code: 170131 }] });
  const orderId = placed.result.list[0]?.orderId ?? '';
  const amended = await client.batchAmendOrders('spot', [{ symbol: 'BTCUSDT', orderId, qty: '0.02' }]);
  expect(amended.retExtInfo).toMatchObject({ list: [{ code: 0 }] });
  const open = await client.getActiveOrders({ category: 'spot', symbol: 'BTCUSDT' });
  expect(open.result.list).toMatchObject([{ orderId, qty: '0.02' }]);
  const gone = await client.batchCancelOrders('spot', [
    { symbol: 'BTCUSDT', orderId },
    { symbol: 'BTCUSDT', orderId },
  ]);
  expect(gone.retExtInfo).toMatchObject({ list: [{ code: 0 }, { code: 170213 }] });
  expect((await client.batchCancelOrders('spot', [])).retCode).toBe(10001);
});

test('an account with an RSA key: the SDK reads with it, and not with another', async () => {
  const { client, paper } = connect({ secretKey: rsaKey() });
  const asked = { accountType: 'UNIFIED', coin: 'USDT' } as const;
  expect((await client.getWalletBalance(asked)).retCode).toBe(0);
  const stranger = new RestClientV5({ key: paper.secrets.apiKey!, secret: rsaKey() }, {
    adapter: paper.adapter,
  } as never);
  expect((await stranger.getWalletBalance(asked)).retCode).toBe(10004);
});

test('a linear order is counted in base currency, and so is its position', async () => {
  const { client } = connect();
  const order = {
    category: 'linear',
    symbol: 'BTCUSDT',
    side: 'Sell',
    orderType: 'Market',
    qty: '0.03',
  } as const;
  expect((await client.submitOrder(order)).retCode).toBe(0);
  const { result } = await client.getPositionInfo({ category: 'linear', settleCoin: 'USDT' });
  expect(result.list).toMatchObject([{ symbol: 'BTCUSDT', side: 'Sell', size: '0.03' }]);
  const fills = await client.getExecutionList({ category: 'linear' });
  const sum = fills.result.list.reduce((total, { execQty }) => total + Number(execQty), 0);
  expect(sum).toBeCloseTo(0.03, 9);
  expect(fillRow).toBeTypeOf('function');
  expect(symbolOf({ symbol: 'BTC-USDT-SWAP' })).toBe('BTCUSDT');
  expect(['BTC-USDT', 'BTC-USDT-SWAP', 'BTC-USD1-SWAP'].map((symbol) => categoryOf({ symbol }))).toEqual([
    'spot',
    'linear',
    'inverse',
  ]);
});

test('an inverse contract is a dollar: the SDK trades it, with margin, profit and fees in the coin', async () => {
  const { client } = connect();
  const asked = { category: 'inverse', symbol: 'BTCUSD' } as const;
  const info = await client.getInstrumentsInfo(asked);
  expect(info.result.list).toMatchObject([
    { contractType: 'InversePerpetual', quoteCoin: 'USD', settleCoin: 'BTC' },
  ]);
  const { result } = await client.getTickers(asked);
  const bid = Number(result.list[0]?.bid1Price);
  const order = { ...asked, side: 'Buy', orderType: 'Limit', qty: '500' } as const;
  const { orderId } = (await client.submitOrder({ ...order, price: (bid * 0.97).toFixed(0) })).result;
  const waiting = { ...asked, orderId };
  expect((await client.amendOrder({ ...waiting, qty: '700' })).retCode).toBe(0);
  const open = await client.getActiveOrders(asked);
  expect(open.result.list).toMatchObject([{ orderId, qty: '700', leavesQty: '700' }]);
  expect((await client.cancelOrder(waiting)).retCode).toBe(0);

  expect((await client.submitOrder({ ...order, orderType: 'Market', qty: '5000' })).retCode).toBe(0);
  const { list: positions } = (await client.getPositionInfo({ category: 'inverse', settleCoin: 'BTC' }))
    .result;
  expect(positions).toMatchObject([{ symbol: 'BTCUSD', side: 'Buy', size: '5000' }]);
  expect((await client.getPositionInfo({ category: 'linear', settleCoin: 'USDT' })).result.list).toEqual([]);
  const closing = { ...asked, side: 'Sell', orderType: 'Market', qty: '5000', reduceOnly: true } as const;
  expect((await client.submitOrder(closing)).retCode).toBe(0);
  expect((await client.getPositionInfo(asked)).result.list).toEqual([]);
  // What was paid in coins is what the average price says; the balance is what was made of it.
  const fills = (await client.getExecutionList(asked)).result.list;
  const sum = (side: string, read: (fill: (typeof fills)[number]) => string) =>
    fills.reduce((all, fill) => (fill.side === side ? all + Number(read(fill)) : all), 0);
  const [paid, received] = ['Buy', 'Sell'].map((side) => sum(side, ({ execValue }) => execValue));
  expect(5000 / Number(paid)).toBeCloseTo(Number(positions[0]?.avgPrice), 4);
  const fees = sum('Buy', ({ execFee }) => execFee) + sum('Sell', ({ execFee }) => execFee);
  const wallet = await client.getWalletBalance({ accountType: 'UNIFIED', coin: 'BTC' });
  const made = Number(paid) - Number(received) - fees;
  expect(Number(wallet.result.list[0]?.coin[0]?.walletBalance)).toBeCloseTo(1 + made, 12);
  const { list: orders } = (await client.getHistoricOrders(asked)).result;
  expect(orders.map(({ cumFeeDetail }) => Object.keys(cumFeeDetail as object))).toContainEqual(['BTC']);
});

test('ccxt knows it as inverse, and trades it', async () => {
  const { paper } = connect();
  const { apiKey, secretKey: secret } = paper.secrets;
  const client = paper.connectCcxt({ apiKey, secret });
  const symbol = 'BTC/USD:BTC';
  await client.loadMarkets();
  expect(client.market(symbol)).toMatchObject({ inverse: true, contractSize: 1, settle: 'BTC' });
  await client.createOrder(symbol, 'market', 'sell', 3000);
  expect(await client.fetchPositions([symbol])).toMatchObject([{ side: 'short', contracts: 3000, symbol }]);
  await client.createOrder(symbol, 'market', 'buy', 3000, undefined, { reduceOnly: true });
  expect(await client.fetchPositions([symbol])).toEqual([]);
});

test('the routes are those of Bybit’s table', () => {
  expect(classesOf(bybit, 'api.bybit.com', accountRoutes.keys())).toEqual(['read']);
  expect(classesOf(bybit, 'api.bybit.com', tradingRoutes.keys())).toEqual([
    'amend',
    'cancel',
    'order',
    'read',
  ]);
  expect(classesOf(bybit, 'api.bybit.com', batchRoutes.keys())).toEqual(['amend', 'cancel', 'order']);
  expect(classesOf(bybit, 'api.bybit.com', marketRoutes.keys())).toEqual(['read']);
  expect(bybitDialect.venue).toBe('bybit');
});

test.each([
  ['as sent', 0, 0, '/v5/account/info', 0],
  ['too old', -6000, 0, '/v5/account/info', 10002],
  ['of the future', 2000, 0, '/v5/account/info', 10002],
  ['over other bytes', 0, 1, '/v5/account/info', 10004],
  ['on what is not on paper', 0, 0, '/v5/asset/withdraw/query-record', 10032],
])('a request %s', (_name, ageMs, broken, path, code) => {
  const { secrets, handle } = paperVenue(bybit);
  const at = String(Date.now() + ageMs);
  const text = `${at}${secrets.apiKey}5000${'x'.repeat(broken)}`;
  const answer = handle(
    requestOf('GET', `https://api.bybit.com${path}`, [
      ['X-BAPI-API-KEY', secrets.apiKey!],
      ['X-BAPI-TIMESTAMP', at],
      ['X-BAPI-RECV-WINDOW', '5000'],
      ['X-BAPI-SIGN', createHmac('sha256', secrets.secretKey!).update(text).digest('hex')],
    ]),
  );
  expect(JSON.parse(answer.body.toString())).toMatchObject({ retCode: code });
});
