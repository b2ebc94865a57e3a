// Public endpoints in OKX's dialect: shapes, bars, paging, and agreement of prices with each other.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { findInstrument } from '../../../../src/paper/engine/instruments.js';
import { findBar } from '../../../../src/paper/okx/bars.js';
import { familyOf, instrumentsOf, Params } from '../../../../src/paper/okx/call.js';
import { candles, priceCandles } from '../../../../src/paper/okx/candles.js';
import { firstSecond, indexed, instrumentRow } from '../../../../src/paper/okx/instrument-rows.js';
import { publicRoutes } from '../../../../src/paper/okx/market-data.js';
import { paperOkx, paperStartMs } from '../../../support/paper-exchange.js';

const paper = paperOkx('fixed');
const candlesOf = (query: string) =>
  paper.get(`market/candles?instId=BTC-USDT&${query}`).data as unknown as string[][];

test('the time is the clock’s', () => {
  expect(paper.get('public/time').data).toEqual([{ ts: String(paperStartMs) }]);
});

test('every public route answers, unsigned', () => {
  const parameters = 'instId=BTC-USDT-SWAP&instType=SWAP&quoteCcy=USDT';
  for (const route of publicRoutes.keys()) {
    const request = { ...paper.sign('GET', `${route}?${parameters}`), headers: [] };
    expect(paper.handle(request), route).toMatchObject({ status: 200, code: '0' });
  }
});

test('instruments are listed by type, family and id; types without any are empty, others an error', () => {
  const ids = (query: string) => paper.get(`public/instruments?${query}`).data.map(({ instId }) => instId);
  expect(ids('instType=SPOT')).toContain('SOL-USDT');
  expect(ids('instType=SWAP&instId=BTC-USDT-SWAP')).toEqual(['BTC-USDT-SWAP']);
  expect(ids('instType=SWAP&instFamily=ETH-USDT')).toEqual(['ETH-USDT-SWAP']);
  expect(ids('instType=OPTION&uly=BTC-USD')).toEqual([]);
  expect(paper.get('public/instruments?instType=SHOES').code).toBe('51000');
  expect(paper.get('public/instruments').code).toBe('50014');
  expect(paper.get('public/instruments?instType=SWAP&instId=BTC-USDT-SWAP').data).toMatchObject([
    {
      ctVal: '0.01',
      ctValCcy: 'BTC',
      tickSz: '0.1',
      lotSz: '0.01',
      minSz: '0.01',
      settleCcy: 'USDT',
      state: 'live',
      ctType: 'linear',
    },
  ]);
});

test('ticker, book, trades and candle tell one price', () => {
  const [ticker] = paper.get('market/ticker?instId=BTC-USDT').data;
  const [book] = paper.get('market/books?instId=BTC-USDT&sz=5').data as unknown as {
    asks: string[][];
    bids: string[][];
  }[];
  expect([book!.asks.length, book!.bids.length]).toEqual([5, 5]);
  expect([ticker!.askPx, ticker!.bidPx]).toEqual([book!.asks[0]![0], book!.bids[0]![0]]);
  expect(
    decimal(ticker!.bidPx!).lt(decimal(ticker!.last!)) && decimal(ticker!.last!).lt(decimal(ticker!.askPx!)),
  ).toBe(true);
  expect(paper.get('market/trades?instId=BTC-USDT&limit=1').data[0]!.px).toBe(ticker!.last);
  expect(candlesOf('limit=1')[0]![4]).toBe(ticker!.last);
  const bounds = [ticker!.low24h, ticker!.last, ticker!.high24h].map((text) => decimal(text!));
  expect(bounds[0]!.lte(bounds[1]!) && bounds[1]!.lte(bounds[2]!)).toBe(true);
  const [limits] = paper.get('public/price-limit?instId=BTC-USDT').data;
  expect(decimal(limits!.buyLmt!).gt(decimal(ticker!.last!))).toBe(true);
  expect(paper.get('public/mark-price?instType=SWAP').data.length).toBeGreaterThan(2);
  expect(paper.get('public/funding-rate?instId=BTC-USDT-SWAP').data).toMatchObject([{ fundingRate: '0' }]);
  expect(paper.get('market/index-tickers?instId=BTC-USD').data).toMatchObject([
    { instId: 'BTC-USD', idxPx: ticker!.last },
  ]);
});

test('what does not exist is 51001', () => {
  for (const target of [
    'market/ticker',
    'market/books',
    'market/candles',
    'market/index-candles',
    'market/index-tickers',
  ]) {
    expect(paper.get(`${target}?instId=NOPE-USDT`), target).toMatchObject({
      status: 200,
      code: '51001',
      data: [],
    });
  }
  expect(paper.get('public/funding-rate?instId=BTC-USDT').code).toBe('51001');
});

describe('candles', () => {
  test('tell volumes in base and in quote currency, of which inverse contracts are sums', () => {
    const row = (instId: string) => {
      const [told] = paper.get(`market/candles?instId=${instId}&limit=1`).data as unknown as string[][];
      const [close, contracts, coins, quote] = told!.slice(4, 8).map(Number);
      return { close: close!, contracts: contracts!, coins: coins!, quote: quote! };
    };
    const inverse = row('BTC-USD-SWAP');
    expect(inverse.quote).toBeCloseTo(inverse.contracts * 100, 6);
    expect(inverse.coins / (inverse.quote / inverse.close)).toBeCloseTo(1, 6);
    const linear = row('BTC-USDT-SWAP');
    expect(linear.coins).toBeCloseTo(linear.contracts * 0.01, 6);
    expect(linear.quote / (linear.coins * linear.close)).toBeCloseTo(1, 6);
  });

  test('newest first, joined, only the running one unconfirmed', () => {
    const rows = candlesOf('bar=5m&limit=10');
    expect(rows.map((row) => row[8])).toEqual(['0', ...Array(9).fill('1')]);
    for (const [index, row] of rows.slice(1).entries()) {
      expect(Number(rows[index]![0]) - Number(row[0])).toBe(300_000);
      expect(Number(row[0]) % 300_000).toBe(0);
    }
  });

  test('are the same whenever they are asked for', () => {
    const later = paperOkx('fixed');
    later.wait(3600);
    const old = later.get(
      `market/history-candles?instId=BTC-USDT&bar=1m&limit=5&after=${paperStartMs - 60_000}`,
    );
    const now = paper.get(
      `market/history-candles?instId=BTC-USDT&bar=1m&limit=5&after=${paperStartMs - 60_000}`,
    );
    expect(old.data).toEqual(now.data);
  });

  test('are paged by time', () => {
    const rows = candlesOf('bar=1H&limit=6');
    expect(candlesOf(`bar=1H&limit=3&after=${rows[2]![0]}`)).toEqual(rows.slice(3));
    expect(candlesOf(`bar=1H&before=${rows[2]![0]}`)).toEqual(rows.slice(0, 2));
    expect(candlesOf(`bar=1D&limit=300&after=${(firstSecond + 86_400 * 3) * 1000}`).length).toBeLessThan(5);
  });

  test('a bar that OKX does not have is an error', () => {
    for (const bar of ['7m', '1d', '1mutc', '']) {
      expect(paper.get(`market/candles?instId=BTC-USDT&bar=${bar || 'x'}`).code, bar).toBe('51000');
    }
  });

  test('index candles have no volume', () => {
    const rows = paper.get('market/index-candles?instId=BTC-USD&limit=2').data as unknown as string[][];
    expect(rows.map((row) => row.length)).toEqual([6, 6]);
  });
});

describe('bars', () => {
  const at = (text: string) => Date.parse(text) / 1000;
  test.each([
    ['1m', '2026-11-20T10:15:30Z', '2026-11-20T10:15:00Z'],
    ['4H', '2026-11-20T10:15:30Z', '2026-11-20T08:00:00Z'],
    ['1D', '2026-11-20T10:15:30Z', '2026-11-19T16:00:00Z'],
    ['1D', '2026-11-20T17:00:00Z', '2026-11-20T16:00:00Z'],
    ['1Dutc', '2026-11-20T10:15:30Z', '2026-11-20T00:00:00Z'],
    ['1Wutc', '2026-11-20T10:15:30Z', '2026-11-16T00:00:00Z'],
    ['1W', '2026-11-20T10:15:30Z', '2026-11-15T16:00:00Z'],
    ['1Mutc', '2026-11-20T10:15:30Z', '2026-11-01T00:00:00Z'],
    ['1M', '2026-11-30T17:00:00Z', '2026-11-30T16:00:00Z'],
    ['3Mutc', '2026-11-20T10:15:30Z', '2026-10-01T00:00:00Z'],
  ])('%s of %s begins at %s', (name, moment, start) => {
    const bar = findBar(name)!;
    expect(bar.startOf(at(moment))).toBe(at(start));
    expect(bar.previous(bar.next(at(start)))).toBe(at(start));
    expect(bar.startOf(bar.next(at(start)) - 1)).toBe(at(start));
  });
});

test('the pieces', () => {
  const btc = findInstrument('BTC-USDT')!;
  const swap = findInstrument('BTC-USDT-SWAP')!;
  expect([familyOf(btc), familyOf(swap)]).toEqual(['', 'BTC-USDT']);
  expect(instrumentRow(btc)).toMatchObject({ baseCcy: 'BTC', quoteCcy: 'USDT', ctVal: '' });
  expect(indexed('ETH-USD').symbol).toBe('ETH-USDT');
  expect(instrumentsOf(new Params(new Map([['instType', 'SWAP']]))).length).toBeGreaterThan(1);
  for (const list of [candles, priceCandles]) expect(() => list({ query: new Map() } as never)).toThrow();
});

describe('parameters', () => {
  const params = new Params(
    new Map<string, string | boolean>([
      ['a', ''],
      ['n', '12'],
      ['z', '0'],
      ['f', true],
      ['big', '9'.repeat(40)],
    ]),
  );
  test('empty is absent, text is taken as it is', () => {
    expect(params.text('a')).toBeUndefined();
    expect(params.text('f')).toBe('true');
    expect(params.count('missing', 5, 10)).toBe(5);
    expect(params.count('n', 5, 10)).toBe(10);
    expect(params.id('n')).toBe(12n);
    expect(params.has('a')).toBe(true);
  });
  test('nonsense is an error', () => {
    expect(() => params.required('a')).toThrow(/can not be empty/);
    expect(() => params.amount('z')).toThrow(/Parameter z error/);
    expect(() => params.count('z', 1, 2)).toThrow();
    expect(() => params.time('big')).toThrow();
    expect(() => params.id('f')).toThrow();
    expect(() => params.instrument()).toThrow();
  });
});
