// Every spelling of a market leads to one name, or to none.
import { expect, test } from 'vitest';
import { canonicalPair, pairSource } from '../../../../src/venues/kraken/pairs.js';

test('the spellings of one market are one symbol', () => {
  for (const [canonical, ...spellings] of [
    ['BTC/USD', 'XBTUSD', 'XXBTZUSD', 'XBT/USD', 'BTC/USD', 'BTCUSD'],
    ['DOGE/BTC', 'XDGXBT', 'XXDGXXBT', 'XDG/XBT', 'DOGE/BTC'],
    ['ETH/EUR', 'ETHEUR', 'XETHZEUR'],
    ['XTZ/USD', 'XTZUSD'],
    ['USDT/USD', 'USDTZUSD', 'USDTUSD'],
    ['SOL/USDC', 'SOLUSDC'],
    ['EUR/USD', 'EURUSD', 'ZEURZUSD'],
  ]) {
    for (const spelling of spellings) expect(canonicalPair(spelling), spelling).toBe(canonical);
  }
});

test('a spelling with two readings, or none, has no name', () => {
  for (const spelling of [
    'XBTPYUSD',
    'XBTUSD.d',
    'AAPLxUSD',
    'xbtusd',
    'XBT-USD',
    'USD',
    'A/B/C',
    'XBTNOK',
    '',
  ]) {
    expect(canonicalPair(spelling), spelling).toBeUndefined();
  }
});

test("with the venue's list, only the list counts", () => {
  const answer = {
    error: [],
    result: {
      XXBTZUSD: { altname: 'XBTUSD', wsname: 'XBT/USD' },
      PYUSDXBT: { altname: 'PYUSDXBT', wsname: 'PYUSD/XBT' },
      'XBTUSD.d': { altname: 'XBTUSD.d' },
    },
  };
  const list = pairSource.read([Buffer.from(JSON.stringify(answer))]);
  expect(canonicalPair('XXBTZUSD', list)).toBe('BTC/USD');
  expect(canonicalPair('BTC/USD', list)).toBe('BTC/USD');
  expect(canonicalPair('PYUSDXBT', list)).toBe('PYUSD/BTC');
  expect(canonicalPair('ETHUSD', list)).toBeUndefined();
});

test('an ambiguous spelling falls out of the list, an unreadable answer gives none', () => {
  const result = { ABCD: { altname: 'ABCD', wsname: 'AB/CD' }, ABCDX: { altname: 'ABCD', wsname: 'A/BCD' } };
  const list = pairSource.read([Buffer.from(JSON.stringify({ error: [], result }))]);
  expect(list?.has('ABCD')).toBe(false);
  expect(list?.get('ABCDX')).toBe('A/BCD');
  expect(pairSource.read([Buffer.from('<html>')])).toBeUndefined();
  expect(pairSource.read([Buffer.from('{"error":["EService:Unavailable"]}')])).toBeUndefined();
  expect(pairSource.requests('live')).toHaveLength(1);
});
