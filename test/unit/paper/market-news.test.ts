// The last trade and the bar under way, in base currency, of spot and of contracts.
import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import { Engine } from '../../../src/paper/engine/engine.js';
import { findInstrument } from '../../../src/paper/engine/instruments.js';
import { currentBar, lastTrade } from '../../../src/paper/market-news.js';

const engine = new Engine({ seed: 'news', accounts: [] });
engine.advance(Date.UTC(2026, 0, 1, 0, 0, 42));

const instrumentOf = (symbol: string) => {
  const found = findInstrument(symbol);
  if (found === undefined) throw new Error(symbol);
  return found;
};

test('a trade a second, at the last price', () => {
  const spot = instrumentOf('BTC-USDT');
  const trade = lastTrade(engine, spot);
  expect(trade).toMatchObject({ id: engine.second, atMs: engine.second * 1000 });
  expect(decimal(trade.price).eq(engine.market.last(spot, engine.second))).toBe(true);
  const contracts = engine.market.trade(instrumentOf('BTC-USDT-SWAP'), engine.second).size;
  expect(decimal(lastTrade(engine, instrumentOf('BTC-USDT-SWAP')).size).lt(contracts)).toBe(true);
});

test('a bar begins at a multiple of its length and closes at the last price', () => {
  const spot = instrumentOf('BTC-USDT');
  const bar = currentBar(engine, spot, 60);
  expect([bar.startMs, bar.endMs]).toEqual([Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1, 0, 1) - 1]);
  expect(decimal(bar.close).eq(engine.market.last(spot, engine.second))).toBe(true);
  expect(decimal(bar.turnover).eq(decimal(bar.volume).times(decimal(bar.close)))).toBe(true);
  expect(decimal(bar.high).gte(decimal(bar.low))).toBe(true);
});
