// Conditional orders of Binance's USDⓈ-M on paper: ccxt's and the SDK's calls; a list of their own beside the book.
import { expect, test } from 'vitest';
import { futuresAlgoRoutes } from '../../../../src/paper/binance/futures-algo.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';

const symbol = 'BTC/USDT:USDT';

test('ccxt places a stop, sees it among the conditional orders alone, and cancels it', async () => {
  const paper = paperVenue(binance);
  const { apiKey, secretKey: secret } = paper.secrets;
  const client = paper.connectCcxt({ apiKey, secret }, 'binanceusdm');
  await client.loadMarkets();
  const last = Number((await client.fetchTicker(symbol)).last);
  const triggerPrice = Number(client.priceToPrecision(symbol, last * 0.9));
  const stop = await client.createOrder(symbol, 'market', 'sell', 0.02, undefined, {
    triggerPrice,
    clientAlgoId: 'stop-1',
  });
  expect(stop).toMatchObject({ status: 'open', triggerPrice, clientOrderId: 'stop-1' });
  expect(paper.seen.at(-1)?.path).toBe('/fapi/v1/algoOrder');
  expect(await client.fetchOpenOrders(symbol)).toEqual([]);
  expect(await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: true })).toMatchObject([
    { id: stop.id, amount: 0.02, triggerPrice },
  ]);
  await expect(client.fetchOrder(String(stop.id), symbol)).rejects.toThrow('does not exist');
  await client.cancelAllOrders(symbol);
  expect(await client.fetchOrder(String(stop.id), symbol, { trigger: true })).toMatchObject({
    status: 'open',
  });
  await client.cancelOrder(String(stop.id), symbol, { trigger: true });
  expect(await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: true })).toEqual([]);
  await expect(client.cancelOrder(String(stop.id), symbol, { trigger: true })).rejects.toThrow(
    'Unknown order',
  );
  expect(
    classesOf(
      binance,
      'fapi.binance.com',
      [...futuresAlgoRoutes.keys()].filter((name) => name.includes('/fapi/')),
    ),
  ).toEqual(['cancel', 'order', 'read']);
  expect(
    classesOf(
      binance,
      'papi.binance.com',
      [...futuresAlgoRoutes.keys()].filter((name) => name.includes('/papi/')),
    ),
  ).toEqual(['cancel', 'order', 'read']);
});

test('a trailing stop follows the best price, and an order may close the whole position', async () => {
  const paper = paperVenue(binance);
  const { apiKey, secretKey: secret } = paper.secrets;
  const client = paper.connectCcxt({ apiKey, secret }, 'binanceusdm');
  await client.loadMarkets();
  await client.createOrder(symbol, 'market', 'buy', 0.02);
  const last = Number((await client.fetchTicker(symbol)).last);
  await client.createOrder(symbol, 'market', 'sell', 0.02, undefined, {
    trailingPercent: 1,
    reduceOnly: true,
  });
  const raw = client as unknown as Record<string, (params: object) => Promise<Record<string, unknown>[]>>;
  const waiting = async () => await raw.fapiPrivateGetOpenAlgoOrders!({ symbol: 'BTCUSDT' });
  const [trailing] = await waiting();
  expect(trailing).toMatchObject({ orderType: 'TRAILING_STOP_MARKET', callbackRate: '1', algoStatus: 'NEW' });
  expect(Number(trailing!.triggerPrice)).toBeLessThan(last * 0.995);
  const all = { symbol: 'BTCUSDT', side: 'SELL', algoType: 'CONDITIONAL', type: 'STOP_MARKET' };
  const triggerPrice = client.priceToPrecision(symbol, last * 0.9);
  await raw.fapiPrivatePostAlgoOrder!({ ...all, triggerPrice, closePosition: 'true' });
  expect(await waiting()).toMatchObject([{}, { closePosition: true, quantity: '0', triggerPrice }]);
  await expect(
    raw.fapiPrivatePostAlgoOrder!({ ...all, triggerPrice, closePosition: 'true', quantity: '1' }),
  ).rejects.toThrow('quantity');
  await client.createOrder(symbol, 'market', 'sell', 0.02, undefined, { reduceOnly: true });
  expect(await waiting()).toMatchObject([{ orderType: 'TRAILING_STOP_MARKET' }]);
});

test('several orders at once, by ccxt: what one meets with stands in its place', async () => {
  const paper = paperVenue(binance);
  const { apiKey, secretKey: secret } = paper.secrets;
  const client = paper.connectCcxt({ apiKey, secret }, 'binanceusdm');
  await client.loadMarkets();
  const last = Number((await client.fetchTicker(symbol)).last);
  const price = Number(client.priceToPrecision(symbol, last * 0.97));
  const order = { symbol, type: 'limit', side: 'buy', price } as const;
  const orders = [
    { ...order, amount: 0.01 },
    { ...order, amount: 9000 },
  ] as Parameters<typeof client.createOrders>[0];
  const [, second] = await client.createOrders(orders);
  expect(JSON.stringify(second)).toContain('-4005');
  expect(paper.seen.at(-1)?.path).toBe('/fapi/v1/batchOrders');
  expect(await client.fetchOpenOrders(symbol)).toMatchObject([{ amount: 0.01, price }]);
});

test('several orders of COIN-M are cancelled at once, by numbers or by the client’s ids', async () => {
  const paper = paperVenue(binance);
  const { apiKey, secretKey: secret } = paper.secrets;
  const client = paper.connectCcxt({ apiKey, secret }, 'binancecoinm');
  const coin = 'BTC/USD:BTC';
  await client.loadMarkets();
  const last = Number((await client.fetchTicker(coin)).last);
  const price = Number(client.priceToPrecision(coin, last * 0.9));
  const place = (clientOrderId: string) =>
    client.createOrder(coin, 'limit', 'buy', 3, price, { newClientOrderId: clientOrderId });
  const first = await place('c1');
  for (const id of ['c2', 'c3', 'c4']) await place(id);
  const raw = client as unknown as Record<string, (params: object) => Promise<Record<string, unknown>[]>>;
  const cancel = (ids: object) => raw.dapiPrivateDeleteBatchOrders!({ symbol: 'BTCUSD_PERP', ...ids });
  expect(await cancel({ orderIdList: `[${first.id},99]` })).toMatchObject([
    { clientOrderId: 'c1', status: 'CANCELED' },
    { code: -2011 },
  ]);
  expect(await cancel({ origClientOrderIdList: ['c2', 'c3'] })).toMatchObject([
    { status: 'CANCELED' },
    { status: 'CANCELED' },
  ]);
  expect(await client.fetchOpenOrders(coin)).toMatchObject([{ clientOrderId: 'c4' }]);
  for (const orderIdList of ['[]', '[[1]]', `[${Array.from({ length: 11 }, () => 1)}]`])
    await expect(cancel({ orderIdList }), orderIdList).rejects.toThrow('orderIdList');
});

test.each([
  ['binanceusdm', 'BTC/USDT:USDT', {}, 'clientOrderId', 'openAlgoOrders'],
  ['binancecoinm', 'BTC/USD:BTC', {}, 'clientAlgoId', 'openAlgoOrders'],
  ['binanceusdm', 'BTC/USDT:USDT', { portfolioMargin: true }, 'clientOrderId', 'conditional/openOrders'],
  ['binancecoinm', 'BTC/USD:BTC', { portfolioMargin: true }, 'clientOrderId', 'conditional/openOrders'],
])('%s: a stop on %s, %j, is seen and cancelled by ccxt', async (name, traded, params, idName, list) => {
  const paper = paperVenue(binance);
  const { apiKey, secretKey: secret } = paper.secrets;
  const client = paper.connectCcxt({ apiKey, secret }, name);
  await client.loadMarkets();
  const last = Number((await client.fetchTicker(traded)).last);
  const triggerPrice = Number(client.priceToPrecision(traded, last * 0.9));
  const amount = name === 'binancecoinm' ? 3 : 0.02;
  const stop = await client.createOrder(traded, 'market', 'sell', amount, undefined, {
    triggerPrice,
    [idName]: 'stop-1',
    ...params,
  });
  expect(stop).toMatchObject({ status: 'open', triggerPrice, clientOrderId: 'stop-1' });
  const asked = { ...params, trigger: true };
  const waiting = () => client.fetchOpenOrders(traded, undefined, undefined, asked);
  expect(await waiting()).toMatchObject([{ id: stop.id, amount, triggerPrice }]);
  expect(paper.seen.at(-1)?.path).toContain(list);
  expect(await client.fetchOpenOrders(traded, undefined, undefined, params)).toEqual([]);
  await client.cancelOrder(String(stop.id), traded, asked);
  expect(await waiting()).toEqual([]);
});
