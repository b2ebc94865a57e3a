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
