// What the paper sockets call news: told once, and only what is new.
import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import { Engine } from '../../../src/paper/engine/engine.js';
import { findInstrument } from '../../../src/paper/engine/instruments.js';
import { Subscriptions, watchFills, watchOrders, watchRows } from '../../../src/paper/watch.js';

const startMs = Date.UTC(2026, 0, 1);

function makeEngine() {
  const engine = new Engine({ seed: 'watch', accounts: ['a'] });
  engine.advance(startMs);
  return engine;
}

test('rows are told when more than their time changed', () => {
  const engine = makeEngine();
  let price = 1;
  const watch = watchRows(({ nowMs }) => ({ price, ts: nowMs }), new Set(['ts']));
  expect(watch(engine)).toEqual({ price: 1, ts: startMs });
  engine.advance(startMs + 1000);
  expect(watch(engine)).toBeUndefined();
  price = 2;
  expect(watch(engine)).toEqual({ price: 2, ts: startMs + 1000 });
});

test('orders and fills are told once, and what there was before is no news', () => {
  const engine = makeEngine();
  const account = engine.account('a');
  const place = (side: 'buy' | 'sell') =>
    engine.place('a', {
      symbol: 'BTC-USDT',
      side,
      timeInForce: 'ioc',
      quantity: { value: decimal('0.01'), unit: 'size' },
      reduceOnly: false,
      memo: {},
    });
  place('buy');
  const [orders, fills] = [watchOrders(account), watchFills(account)];
  expect([orders(engine), fills(engine)]).toEqual([undefined, undefined]);
  place('sell');
  expect(orders(engine)).toMatchObject([{ side: 'sell', state: 'filled' }]);
  expect(fills(engine)?.every(({ side }) => side === 'sell')).toBe(true);
  expect([orders(engine), fills(engine)]).toEqual([undefined, undefined]);
});

test('an order that was triggered is told, though it only rests', () => {
  const engine = makeEngine();
  const account = engine.account('a');
  const instrument = findInstrument('BTC-USDT')!;
  const last = engine.market.last(instrument, engine.second);
  const placed = engine.place('a', {
    symbol: 'BTC-USDT',
    side: 'sell',
    timeInForce: 'gtc',
    price: last.times(decimal('1.5')).round(0),
    trigger: last.times(decimal('0.999')).round(0),
    quantity: { value: decimal('0.01'), unit: 'size' },
    reduceOnly: false,
    memo: {},
  });
  if (!placed.ok) throw new Error(placed.code);
  const watch = watchOrders(account);
  for (let minute = 0; minute < 2880 && placed.order.waitsFor !== undefined; minute += 1) {
    expect(watch(engine)).toBeUndefined();
    engine.advance(engine.nowMs + 60_000);
  }
  expect(watch(engine)).toMatchObject([{ state: 'live', waitsFor: undefined }]);
  expect(placed.order.updatedMs).toBeGreaterThan(engine.nowMs - 60_000);
  expect(watch(engine)).toBeUndefined();
});

test('subscriptions are counted, told in order, and gone when removed', () => {
  const engine = makeEngine();
  const subscriptions = new Subscriptions(2);
  subscriptions.add('a', () => ['1', '2']);
  expect(subscriptions.isFull).toBe(false);
  subscriptions.add('b', () => undefined);
  expect([subscriptions.isFull, subscriptions.names]).toEqual([true, ['a', 'b']]);
  expect(subscriptions.tell(engine)).toEqual(['1', '2']);
  expect([subscriptions.remove('a'), subscriptions.remove('a')]).toEqual([true, false]);
  expect(subscriptions.tell(engine)).toEqual([]);
});
