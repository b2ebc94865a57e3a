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
