// The user data stream of Binance's futures on paper: a listenKey for each account, its orders and balance as events.
import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { handListenKey, UserStream } from '../../../../src/paper/binance/futures-user.js';
import { openSocket } from '../../../../src/paper/binance/socket.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { Fields } from '../../../../src/paper/fields.js';

test('orders of perpetuals are told to who holds the key, and nothing to others', () => {
  const engine = new Engine({ seed: 'user', accounts: ['a'] });
  engine.advance(Date.UTC(2026, 0, 1));
  const account = engine.account('a');
  const { listenKey } = handListenKey({ engine, account, fields: new Fields(new Map()) });
  const exchange = { engine, credentials: [], nowMs: engine.nowMs };
  const stream = new UserStream(String(listenKey));
  const tell = () => stream.tell(exchange).map((text) => JSON.parse(text));
  expect(tell()).toEqual([]);
  const order = {
    symbol: 'BTC-USDT-SWAP',
    timeInForce: 'ioc',
    reduceOnly: false,
    memo: { type: 'MARKET' },
  } as const;
  const quantity = { value: decimal('1'), unit: 'size' } as const;
  engine.place('a', { ...order, side: 'buy', quantity });
  engine.place('a', {
    ...order,
    symbol: 'BTC-USDT',
    side: 'buy',
    quantity: { ...quantity, value: decimal('0.01') },
  });
  const [told, balance, ...others] = tell();
  expect(told).toMatchObject({
    e: 'ORDER_TRADE_UPDATE',
    o: { s: 'BTCUSDT', S: 'BUY', x: 'TRADE', X: 'FILLED', ps: 'BOTH' },
  });
  expect(balance).toMatchObject({ e: 'ACCOUNT_UPDATE', a: { B: [{ a: 'USDT' }] } });
  expect([others, tell(), stream.hear()]).toEqual([[], [], []]);
  expect(new UserStream('f'.repeat(64)).tell(exchange)).toEqual([]);
});

test('opened by the key in path or query, at futures’ hosts', () => {
  const key = 'a'.repeat(64);
  const host = 'fstream.binance.com';
  expect(openSocket({ host, path: `/ws/${key}`, query: '' })).toBeInstanceOf(UserStream);
  expect(openSocket({ host, path: '/private/ws', query: `listenKey=${key}` })).toBeInstanceOf(UserStream);
  expect(openSocket({ host, path: '/ws/0', query: '' })).not.toBeInstanceOf(UserStream);
});
