// The venues' own SDKs whose sockets take orders: one that the sidecar refuses raises there, in our words, and does not leave the client waiting.
import { WebsocketAPIClient as BinanceClient } from 'binance';
import { WebsocketAPIClient as BybitClient } from 'bybit-api';
import { WebsocketAPIClient as OkxClient } from 'okx-api';
import { afterEach, expect, test } from 'vitest';
import { venues } from '../../../../src/venues/venues.js';
import { type ProBox, startProBox } from '../../../support/pro-box.js';
import { messagesOf } from '../../../support/socket-box.js';

let pro: ProBox | undefined;
afterEach(() => pro?.stop());

const quiet = { trace: () => {}, info: () => {}, error: () => {} };

interface SocketSdk {
  place(pro: ProBox): { order: Promise<unknown>; close(): void };
}

const sdks: Readonly<Record<string, SocketSdk>> = {
  okx: {
    place({ decoys: { apiKey = '', secretKey = '', passphrase = '' }, agent }) {
      const accounts = [{ apiKey, apiSecret: secretKey, apiPass: passphrase }];
      const client = new OkxClient({ accounts, demoTrading: true, wsOptions: { agent } }, quiet);
      const order = client.submitNewOrder({
        instId: 'BTC-USDT',
        tdMode: 'cash',
        side: 'buy',
        ordType: 'limit',
        sz: '0.01',
        px: '50000',
      });
      return { order, close: () => client.getWSClient().closeAll(true) };
    },
  },
  binance: {
    place({ decoys: { apiKey = '', secretKey = '' }, agent }) {
      const client = new BinanceClient(
        { api_key: apiKey, api_secret: secretKey, wsOptions: { agent }, attachEventListeners: false },
        quiet,
      );
      const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' } as const;
      const order = { ...limit, quantity: 0.01, price: 50_000, timestamp: Date.now() };
      return { order: client.submitNewSpotOrder(order), close: () => client.getWSClient().closeAll(true) };
    },
  },
  bybit: {
    place({ decoys: { apiKey = '', secretKey = '' }, agent }) {
      const client = new BybitClient(
        { key: apiKey, secret: secretKey, wsOptions: { agent }, attachEventListeners: false },
        quiet,
      );
      const order = client.submitNewOrder({
        category: 'spot',
        symbol: 'BTCUSDT',
        side: 'Buy',
        orderType: 'Limit',
        qty: '0.01',
        price: '50000',
      });
      return { order, close: () => client.getWSClient().closeAll(true) };
    },
  },
};

test.each(Object.entries(sdks))('%s', async (id, sdk) => {
  const venue = venues.find((one) => one.id === id);
  if (venue === undefined) throw new Error(`no venue ${id}`);
  pro = await startProBox(venue, { mode: 'readonly' });
  const { order, close } = sdk.place(pro);
  const raised = await order.then(
    () => undefined,
    (error: unknown) => error,
  );
  close();
  expect(raised).toBeDefined();
  expect(`${raised instanceof Error ? raised.message : ''}${JSON.stringify(raised)}`).toContain('tradebox');
  expect(messagesOf(pro.box).at(-1)).toMatchObject({ verdict: 'deny', code: 'OPERATION_ORDER' });
});
