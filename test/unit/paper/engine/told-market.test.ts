import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { findInstrument, type Instrument } from '../../../../src/paper/engine/instruments.js';
import { PriceUntold, ToldMarket } from '../../../../src/paper/engine/told-market.js';

const btc = findInstrument('BTC-USDT') as Instrument;
const level = (price: string, size = '1') => ({ price: decimal(price), size: decimal(size) });
const quote = (second: number, last: string, bid: string, ask: string) => ({
  second,
  last: decimal(last),
  bids: [level(bid), level('1')],
  asks: [level(ask), level('1000000')],
});

test('what was told last counts, and before anything was told there is no price', () => {
  const market = new ToldMarket();
  expect(() => market.last(btc, 10)).toThrow(PriceUntold);
  market.tell('BTC-USDT', quote(10, '100', '99', '101'));
  market.tell('BTC-USDT', quote(12, '110', '109', '111'));
  market.tell('BTC-USDT', quote(11, '1', '1', '2')); // late
  market.tell('BTC-USDT', { ...quote(13, '5', '4', '6'), asks: [] }); // no market
  const at = (second: number) => formatDecimal(market.last(btc, second));
  expect([at(9), at(10), at(11), at(12), at(99)]).toEqual(['100', '100', '100', '110', '110']);
  expect(formatDecimal(market.best(btc, 12, 'bid').price)).toBe('109');
  expect([...market.levels(btc, 12, 'ask')].map(({ price }) => formatDecimal(price))).toEqual([
    '111',
    '1000000',
  ]);
  expect(market.latest('BTC-USDT')?.second).toBe(12);
  expect(market.latest('ETH-USDT')).toBeUndefined();
});

test('a resting order is reached at the first look at which the book stands at or through its price', () => {
  const market = new ToldMarket();
  market.tell('BTC-USDT', quote(10, '100', '99', '101'));
  market.tell('BTC-USDT', quote(20, '96', '95', '97'));
  market.tell('BTC-USDT', quote(30, '105', '104', '106'));
  const reach = (side: 'buy' | 'sell', price: string, from = 0, to = 99) =>
    market.firstReach(btc, side, decimal(price), from, to);
  expect(reach('buy', '97')).toBe(20);
  expect(reach('buy', '96.9')).toBeUndefined();
  expect(reach('buy', '101', 11)).toBe(20);
  expect(reach('sell', '104')).toBe(30);
  expect(reach('sell', '104', 0, 29)).toBeUndefined();
});

test('a bar is made of the looks within it', () => {
  const market = new ToldMarket();
  for (const [second, last] of [
    [10, '100'],
    [20, '90'],
    [30, '120'],
    [40, '7'],
  ] as const)
    market.tell('BTC-USDT', quote(second, last, '1', '2'));
  const { open, high, low, close, volume } = market.candle(btc, 10, 30);
  expect([open, high, low, close, volume].map(formatDecimal)).toEqual(['100', '120', '90', '120', '0']);
  expect(formatDecimal(market.candle(btc, 21, 22).close)).toBe('90');
  expect(formatDecimal(market.trade(btc, 35).price)).toBe('120');
});

test('looks are kept for an hour, not for ever', () => {
  const market = new ToldMarket();
  for (let second = 1; second <= 3_601; second += 1)
    market.tell('BTC-USDT', quote(second, String(second), '1', '2'));
  expect(formatDecimal(market.last(btc, 1))).toBe('2');
});
