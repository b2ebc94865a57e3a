// Coinbase on paper: coinbase-api unmodified; a token counts for its own request, key and two minutes only.
import { CBAdvancedTradeClient } from 'coinbase-api';
import { expect, test } from 'vitest';
import { accountRoute } from '../../../../src/paper/coinbase/account.js';
import { orderIdOf } from '../../../../src/paper/coinbase/call.js';
import { coinbaseDialect } from '../../../../src/paper/coinbase/dialect.js';
import { marketRoute } from '../../../../src/paper/coinbase/market-data.js';
import { orderRow } from '../../../../src/paper/coinbase/order-rows.js';
import { tradingRoutes } from '../../../../src/paper/coinbase/trading.js';
import { readCdpKey, signJwt } from '../../../../src/venues/coinbase/cdp-key.js';
import { coinbase } from '../../../../src/venues/coinbase/coinbase.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { makeDecoys, requestOf } from '../../../support/venue-requests.js';

const host = 'api.coinbase.com';

function connect() {
  const paper = paperVenue(coinbase);
  const client = new CBAdvancedTradeClient(
    { apiKey: paper.secrets.apiKey!, apiSecret: paper.secrets.privateKey! },
    { adapter: paper.adapter } as never,
  );
  return { paper, client };
}

test('the SDK reads, rests and cancels an order, and reads a refusal', async () => {
  const { client } = connect();
  const { accounts } = (await client.getAccounts()) as {
    accounts: { currency: string; available_balance: object }[];
  };
  expect(accounts.find(({ currency }) => currency === 'USDT')?.available_balance).toEqual({
    value: '100000',
    currency: 'USDT',
  });
  const product = (await client.getPublicProduct({ product_id: 'BTC-USDT' })) as { price: string };
  const limit_price = (Number(product.price) * 0.97).toFixed(1);
  const order = (base_size: string) => ({
    client_order_id: client.generateNewOrderId(),
    product_id: 'BTC-USDT',
    side: 'BUY' as const,
    order_configuration: { limit_limit_gtc: { base_size, limit_price } },
  });
  const placed = (await client.submitOrder(order('0.01') as never)) as unknown as {
    success: boolean;
    order_id: string;
  };
  expect(placed.success).toBe(true);
  const open = (await client.getOrders({ order_status: ['OPEN'] } as never)) as { orders: object[] };
  expect(open.orders).toMatchObject([{ order_id: placed.order_id, status: 'OPEN' }]);
  const { order_id } = placed;
  const edit = (size: string) => client.updateOrder({ order_id, price: limit_price, size });
  expect(await edit('0.02')).toEqual({ success: true, errors: [] });
  const { order: edited } = await client.getOrder({ order_id });
  expect(edited.order_configuration).toMatchObject({ limit_limit_gtc: { base_size: '0.02' } });
  for (const [size, reason] of [
    ['0.02', 'ORDER_ALREADY_EQUALS_EDIT'],
    ['400', 'INSUFFICIENT_FUND'],
  ] as const)
    expect(await edit(size)).toEqual({ success: false, errors: [{ edit_failure_reason: reason }] });
  const canceled = await client.cancelOrders({ order_ids: [placed.order_id] });
  expect(await edit('0.03')).toMatchObject({
    errors: [{ edit_failure_reason: 'ONLY_OPEN_ORDERS_CAN_BE_EDITED' }],
  });
  expect(canceled.results).toMatchObject([{ success: true, order_id: placed.order_id }]);
  expect(await client.submitOrder(order('400') as never)).toMatchObject({
    success: false,
    error_response: { error: 'INSUFFICIENT_FUND' },
  });
  expect(await client.getApiKeyPermissions()).toMatchObject({ can_trade: true, can_transfer: false });
});

test('an edit moves the trigger of a stop', async () => {
  const { client } = connect();
  const product = (await client.getPublicProduct({ product_id: 'BTC-USDT' })) as { price: string };
  const price = (share: number) => String(Number((Number(product.price) * share).toFixed(1)));
  const stop = { base_size: '0.01', stop_direction: 'STOP_DIRECTION_STOP_DOWN' };
  const { order_id } = (await client.submitOrder({
    client_order_id: client.generateNewOrderId(),
    product_id: 'BTC-USDT',
    side: 'SELL',
    order_configuration: {
      stop_limit_stop_limit_gtc: { ...stop, limit_price: price(0.9), stop_price: price(0.9) },
    },
  } as never)) as unknown as { order_id: string };
  const moved = { size: '0.02', price: price(0.79), stop_price: price(0.8) };
  expect(await client.updateOrder({ order_id, ...moved })).toEqual({ success: true, errors: [] });
  const { order } = await client.getOrder({ order_id });
  expect(order.order_configuration).toEqual({
    stop_limit_stop_limit_gtc: {
      ...stop,
      base_size: '0.02',
      limit_price: price(0.79),
      stop_price: price(0.8),
    },
  });
});

test('a token is good for its own method, host and path, by its own key, for two minutes', () => {
  const { paper } = connect();
  const now = Math.floor(Date.now() / 1000);
  const apiKey = paper.secrets.apiKey!;
  const uri = `GET ${host}/api/v3/brokerage/accounts`;
  const ask = (change: object = {}, pem = paper.secrets.privateKey!) => {
    const claims = { iss: 'cdp', sub: apiKey, nbf: now, exp: now + 120, uri, ...change };
    const token = signJwt(readCdpKey(pem)!, { kid: apiKey }, claims);
    const url = `https://${host}/api/v3/brokerage/accounts`;
    return paper.handle(requestOf('GET', url, [['Authorization', `Bearer ${token}`]])).status;
  };
  expect(ask()).toBe(200);
  expect(ask({ uri: `POST ${host}/api/v3/brokerage/accounts` })).toBe(401);
  expect(ask({ uri: `GET ${host}/api/v3/brokerage/orders` })).toBe(401);
  expect(ask({ sub: 'somebody' })).toBe(401);
  expect(ask({ nbf: now - 300, exp: now - 180 })).toBe(401);
  expect(ask({ exp: now + 3600 })).toBe(401);
  expect(ask({}, makeDecoys(coinbase).privateKey!)).toBe(401);
});

test('the routes are those of Coinbase’s table; what is not on paper is refused', () => {
  const writes = [...tradingRoutes.keys()].map((path) => `POST ${path}`);
  expect(classesOf(coinbase, host, writes)).toEqual(['amend', 'cancel', 'order', 'read']);
  const call = {} as Parameters<typeof accountRoute>[1];
  expect(accountRoute('/api/v3/brokerage/convert/trade/1', call)).toBeUndefined();
  expect(marketRoute('/api/v3/brokerage/accounts', call)).toBeUndefined();
  expect(orderIdOf({ id: '1' })).not.toBe(orderIdOf({ id: '2' }));
  expect(orderRow).toBeTypeOf('function');
  expect(coinbaseDialect.venue).toBe('coinbase');
});
