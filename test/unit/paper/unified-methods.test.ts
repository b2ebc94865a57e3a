// What ccxt says that a venue has, the venue's paper dialect plays; what it does not is here by name, with the reason.
import { expect, test } from 'vitest';
import { tradeUnified, unifiedCases } from '../../support/unified-methods.js';

/** ccxt refuses it by itself, whatever it says in `has`; nothing is asked. */
const byCcxt: Readonly<Record<string, readonly string[]>> = {
  'binance spot': ['fetchOpenOrder', 'fetchLedger', 'createOrders'],
  'binance USDⓈ-M': ['fetchOrderTrades', 'fetchPosition'],
  'binance COIN-M': ['fetchOrderTrades', 'fetchPosition'],
  'binance portfolio UM': ['fetchOrderTrades', 'fetchPosition'],
  'binance portfolio CM': ['fetchOrderTrades', 'fetchPosition'],
  'bybit inverse': ['cancelOrders'],
  'coinbase spot': ['fetchLedger'],
  'coinbase-exchange spot': ['fetchLedger'],
};

/** The venue would not answer what ccxt sends, either: OKX wants `instType`, Kraken Futures the numbers of orders. */
const byVenue: Readonly<Record<string, readonly string[]>> = {
  'okx swap': ['fetchMarkPrice'],
  'okx inverse': ['fetchMarkPrice'],
  'kraken-futures linear': ['fetchOrders'],
  'kraken-futures inverse': ['fetchOrders'],
};

/** Not on paper: the books of an account's money. */
const notOnPaper: Readonly<Record<string, readonly string[]>> = {
  'bybit spot': ['fetchLedger'],
  'bybit linear': ['fetchLedger'],
  'bybit inverse': ['fetchLedger'],
  'kraken spot': ['fetchLedger'],
};

test.each(unifiedCases.map((one) => [one.name, one] as const))('%s', async (name, one) => {
  const { called, failed } = await tradeUnified(one);
  const expected = [byCcxt, byVenue, notOnPaper].flatMap((reasons) => reasons[name] ?? []);
  expect(Object.keys(failed).sort(), JSON.stringify(failed, null, 1)).toEqual(expected.sort());
  for (const method of ['fetchOrderBook', 'fetchBalance', 'createOrder market', 'fetchOrder'])
    expect(called).toContain(method);
  for (const method of ['fetchOpenOrders', 'createOrder limit', 'createOrder stop', 'cancelOrder'])
    expect(called).toContain(method);
});
