// The market's trades as venues list them: one a second, in the venue's unit of size, newest first, and the same whenever they are asked for.
import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import { findInstrument } from '../../../src/paper/engine/instruments.js';
import { Market } from '../../../src/paper/engine/market.js';
import { recentTrades } from '../../../src/paper/recent-trades.js';

const second = 1_795_000_000;
const market = new Market('trades');

function tradesOf(symbol: string, at = second, count = 5) {
  const instrument = findInstrument(symbol);
  if (instrument === undefined) throw new Error(`no ${symbol}`);
  return recentTrades({ market, second: at }, instrument, count);
}

test('newest first, one a second, at the last prices', () => {
  const trades = tradesOf('BTC-USDT');
  expect(trades.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4].map((back) => second - back));
  expect(trades.every(({ id, atMs }) => atMs === id * 1000)).toBe(true);
  const instrument = findInstrument('BTC-USDT');
  for (const { id, price } of trades)
    expect(instrument && market.last(instrument, id).eq(decimal(price))).toBe(true);
  expect(tradesOf('BTC-USDT', second + 1).slice(1)).toEqual(trades.slice(0, 4));
});

test('a contract is told as the coins it stands for, an inverse one as itself', () => {
  for (const [symbol, unit] of [
    ['BTC-USDT-SWAP', '0.01'],
    ['BTC-USD-SWAP', '1'],
  ] as const) {
    const instrument = findInstrument(symbol);
    const [told] = tradesOf(symbol);
    const contracts = instrument && market.trade(instrument, second).size;
    expect(told && contracts?.times(unit).eq(decimal(told.size)), symbol).toBe(true);
  }
});
