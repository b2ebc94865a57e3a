// Cross margin of Binance on paper: ccxt's margin orders, out of the spot wallet, with nothing lent.
import { expect, test } from 'vitest';
import { marginRoutes } from '../../../../src/paper/binance/margin.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';

test('ccxt trades with marginMode cross; isolated margin and loans are not on paper', async () => {
  const paper = paperVenue(binance);
  const { apiKey, secretKey: secret } = paper.secrets;
  const client = paper.connectCcxt({ apiKey, secret });
  await client.loadMarkets();
  const last = Number((await client.fetchTicker('BTC/USDT')).last);
  const price = Number(client.priceToPrecision('BTC/USDT', last * 0.9));
  const cross = { marginMode: 'cross' };
  const order = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, price, cross);
  expect(paper.seen.at(-1)?.path).toBe('/sapi/v1/margin/order');
  expect(await client.fetchOpenOrders('BTC/USDT', undefined, undefined, cross)).toMatchObject([
    { id: order.id, amount: 0.01, price, info: { isIsolated: false } },
  ]);
  expect(await client.fetchOrder(String(order.id), 'BTC/USDT', cross)).toMatchObject({ status: 'open' });
  const balance = await client.fetchBalance({ type: 'margin' });
  expect(Number(balance.USDT?.used)).toBeCloseTo(0.01 * price, 6);
  await client.cancelOrder(String(order.id), 'BTC/USDT', cross);
  expect(await client.fetchOpenOrders('BTC/USDT', undefined, undefined, cross)).toEqual([]);
  const bought = await client.createOrder('BTC/USDT', 'market', 'buy', 0.01, undefined, cross);
  expect(await client.fetchMyTrades('BTC/USDT', undefined, undefined, cross)).toMatchObject([
    { order: bought.id, amount: 0.01 },
  ]);
  const paths = paper.seen.map(({ path }) => path).filter((path) => path.startsWith('/api/v3/order'));
  expect(paths).toEqual([]);
  for (const more of [{ marginMode: 'isolated' }, { ...cross, sideEffectType: 'MARGIN_BUY' }])
    await expect(client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, price, more)).rejects.toThrow('-1020');
});

test('the routes are those that the operation table names', () => {
  expect(classesOf(binance, 'api.binance.com', marginRoutes.keys())).toEqual(['cancel', 'order', 'read']);
});
