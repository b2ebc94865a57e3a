// Portfolio margin's strategies on paper, by the SDK: those that wait and those that no longer do are asked for at two places.
import { PortfolioClient } from 'binance';
import { expect, test } from 'vitest';
import { futuresConditionalRoutes } from '../../../../src/paper/binance/futures-conditional.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';

test('a strategy waits, is cancelled, and is past then; a trailing one shows how far behind it waits', async () => {
  const paper = paperVenue(binance);
  const { apiKey = '', secretKey = '' } = paper.secrets;
  const client = new PortfolioClient({ api_key: apiKey, api_secret: secretKey, disableTimeSync: true }, {
    adapter: paper.adapter,
  } as never);
  const order = {
    symbol: 'BTCUSD_PERP',
    side: 'BUY',
    strategyType: 'TAKE_PROFIT_MARKET',
    quantity: 5,
    stopPrice: 50000,
    newClientStrategyId: 's1',
  } as unknown as Parameters<typeof client.submitNewCMConditionalOrder>[0];
  const placed = await client.submitNewCMConditionalOrder(order);
  expect(placed).toMatchObject({ strategyStatus: 'NEW', strategyType: 'TAKE_PROFIT_MARKET', origQty: '5' });
  const named = { symbol: 'BTCUSD_PERP', newClientStrategyId: 's1' };
  expect(await client.getCMOpenConditionalOrder(named)).toMatchObject({ strategyId: placed.strategyId });
  await expect(client.getCMConditionalOrderHistory(named)).rejects.toMatchObject({ code: -2013 });
  // Neither the other book nor the plain orders have it.
  expect(await client.getUMOpenConditionalOrders({})).toEqual([]);
  await expect(client.getUMOpenConditionalOrder({ ...named, symbol: 'BTCUSDT' })).rejects.toMatchObject({
    code: -2013,
  });
  expect(await client.cancelCMConditionalOrder(named)).toMatchObject({ strategyStatus: 'CANCELED' });
  expect(await client.getCMConditionalOrderHistory(named)).toMatchObject({ strategyStatus: 'CANCELED' });
  await expect(client.getCMOpenConditionalOrder(named)).rejects.toMatchObject({ code: -2013 });

  const trailing = {
    symbol: 'BTCUSDT',
    side: 'SELL',
    strategyType: 'TRAILING_STOP_MARKET',
    quantity: 0.02,
    callbackRate: 2,
  } as unknown as Parameters<typeof client.submitNewUMConditionalOrder>[0];
  expect(await client.submitNewUMConditionalOrder(trailing)).toMatchObject({ priceRate: '2' });
  expect(await client.getUMOpenConditionalOrders({})).toHaveLength(1);
  await client.cancelAllUMConditionalOrders({ symbol: 'BTCUSDT' });
  expect(await client.getUMOpenConditionalOrders({})).toEqual([]);
  expect(await client.getAllUMConditionalOrders({})).toMatchObject([{ strategyStatus: 'CANCELED' }]);
});

test('the routes are those that the operation table names', () => {
  expect(classesOf(binance, 'papi.binance.com', futuresConditionalRoutes.keys())).toEqual([
    'cancel',
    'order',
    'read',
  ]);
});
