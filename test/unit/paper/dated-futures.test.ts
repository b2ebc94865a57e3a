// Inverse futures with a day of delivery, as each venue lists them on paper: of the perpetual's contract size and price, without funding.
import { expect, test } from 'vitest';
import { formatDecimal } from '../../../src/core/decimal.js';
import {
  dollarFutures,
  dollarSwaps,
  findInstrument,
  inverseFutures,
  inverseSwaps,
  type SwapInstrument,
} from '../../../src/paper/engine/instruments.js';
import type { VenueAdmin } from '../../../src/venues/admin.js';
import { marketCases } from '../../support/paper-bodies.js';
import { marketOf, nowMs } from '../../support/paper-money.js';
import { requestOf } from '../../support/venue-requests.js';

type Row = Record<string, unknown>;
const at = { environment: 'paper' } as const;
const deliveredMs = Date.parse('2028-03-31T08:00:00Z');

/** Public rows of a venue. */
function askAt(venue: string) {
  const market = marketCases.find((one) => one.venue === venue && /dated$/.test(one.what));
  if (market === undefined) throw new Error('no dated market');
  const desk = marketOf(market);
  const opened = desk.open();
  const get = <Answer>(url: string) =>
    JSON.parse(opened.send(requestOf('GET', url), true).body.toString()) as Answer;
  return { market, get, ...desk, ...opened };
}

test.each([
  ...inverseFutures.map((one, index) => [one, inverseSwaps[index]] as const),
  ...dollarFutures.map((one, index) => [one, dollarSwaps[index]] as const),
])('$symbol is the perpetual with a day of delivery', (future, perpetual) => {
  const { symbol, delivery, ...terms } = future;
  expect(delivery).toBe('2028-03-31');
  expect(symbol).toMatch(/-280331$/);
  const { symbol: _, ...same } = perpetual as SwapInstrument;
  expect(terms).toEqual(same);
  expect(findInstrument(symbol)).toBe(future);
});

test.each([
  ['okx', 'ETH-USD-280331', '10'],
  ['binance', 'BTCUSD_280331', '100'],
  ['bybit', 'BTCUSDH28', '1'],
  ['kraken-futures', 'FI_XBTUSD_280331', '1'],
])('%s: the terms that the leaf reads', (venue, name, size) => {
  const desk = askAt(venue);
  const { admin } = desk.venue;
  const terms = desk.ask((admin as VenueAdmin).contractTerms(at, name));
  expect(terms?.isInverse).toBe(true);
  expect(terms?.multiplier.toFixed(0)).toBe(size);
});

test('okx lists them as FUTURES of the same family', () => {
  const { get } = askAt('okx');
  const url = 'https://www.okx.com/api/v5/public';
  const { data } = get<{ data: Row[] }>(`${url}/instruments?instType=FUTURES`);
  expect(data).toMatchObject([
    { instId: 'BTC-USD-280331', instFamily: 'BTC-USD', ctVal: '100', ctType: 'inverse', settleCcy: 'BTC' },
    { instId: 'ETH-USD-280331', expTime: String(deliveredMs), alias: 'next_quarter' },
  ]);
  const swaps = get<{ data: Row[] }>(`${url}/instruments?instType=SWAP`).data;
  expect(swaps.every(({ instId, expTime }) => /SWAP$/.test(String(instId)) && expTime === '')).toBe(true);
  expect(get<Row>(`${url}/funding-rate?instId=BTC-USD-280331`).code).not.toBe('0');
  expect(get<Row>(`${url}/funding-rate?instId=BTC-USD-SWAP`).code).toBe('0');
});

test('okx tells positions of them by their type', () => {
  const { market, account, place, priceOf, venue, send } = askAt('okx');
  const wish = { kind: 'market', side: 'buy', name: market.names[0]!, amount: '3', isOther: false } as const;
  place(market.write({ ...wish, price: formatDecimal(priceOf(1000)) }));
  expect(account.positions.get('ETH-USD-280331')).toBeDefined();
  const positions = (type: string) => {
    const request = requestOf('GET', `https://www.okx.com/api/v5/account/positions?instType=${type}`);
    return (JSON.parse(send(request).body.toString()) as { data: Row[] }).data;
  };
  expect(venue.id).toBe('okx');
  expect(positions('FUTURES')).toMatchObject([
    { instId: 'ETH-USD-280331', instType: 'FUTURES', pos: '3', ccy: 'ETH' },
  ]);
  expect(positions('SWAP')).toEqual([]);
});

test('binance lists them beside the perpetuals, with their day', () => {
  const { get } = askAt('binance');
  const { symbols } = get<{ symbols: Row[] }>('https://dapi.binance.com/dapi/v1/exchangeInfo');
  expect(symbols.map(({ symbol, contractType }) => [symbol, contractType])).toEqual([
    ['BTCUSD_PERP', 'PERPETUAL'],
    ['ETHUSD_PERP', 'PERPETUAL'],
    ['BTCUSD_280331', 'NEXT_QUARTER'],
    ['ETHUSD_280331', 'NEXT_QUARTER'],
  ]);
  expect(symbols[3]).toMatchObject({ pair: 'ETHUSD', contractSize: 10, deliveryDate: deliveredMs });
  const premium = (symbol: string) =>
    get<Row[]>(`https://dapi.binance.com/dapi/v1/premiumIndex?symbol=${symbol}`)[0];
  expect(premium('BTCUSD_280331')).toMatchObject({ lastFundingRate: '', nextFundingTime: 0 });
  expect(premium('BTCUSD_PERP')).toMatchObject({ lastFundingRate: '0' });
});

test('bybit lists them among its inverse contracts', () => {
  const { get } = askAt('bybit');
  const url = 'https://api.bybit.com/v5/market';
  const { result } = get<{ result: { list: Row[] } }>(`${url}/instruments-info?category=inverse`);
  expect(result.list.map(({ symbol, contractType }) => [symbol, contractType])).toEqual([
    ['BTCUSD', 'InversePerpetual'],
    ['ETHUSD', 'InversePerpetual'],
    ['BTCUSDH28', 'InverseFutures'],
    ['ETHUSDH28', 'InverseFutures'],
  ]);
  expect(result.list[2]).toMatchObject({ deliveryTime: String(deliveredMs), settleCoin: 'BTC' });
  const ticker = get<{ result: { list: Row[] } }>(`${url}/tickers?category=inverse&symbol=BTCUSDH28`);
  expect(ticker.result.list).toMatchObject([{ symbol: 'BTCUSDH28' }]);
});

test('kraken futures lists them as fixed maturity, without a rate', () => {
  const { get } = askAt('kraken-futures');
  const url = 'https://futures.kraken.com/derivatives/api/v3';
  const { instruments } = get<{ instruments: Row[] }>(`${url}/instruments`);
  const future = instruments.find(({ symbol }) => symbol === 'FI_XBTUSD_280331');
  expect(future).toMatchObject({
    type: 'futures_inverse',
    contractSize: 1,
    lastTradingTime: '2028-03-31T15:00:00.000Z',
  });
  expect(future).not.toHaveProperty('fundingRateCoefficient');
  const { ticker } = get<{ ticker: Row }>(`${url}/tickers/FI_XBTUSD_280331`);
  expect(ticker).toMatchObject({ symbol: 'FI_XBTUSD_280331', tag: 'quarter' });
  expect(ticker).not.toHaveProperty('fundingRate');
  expect(get<{ ticker: Row }>(`${url}/tickers/pi_xbtusd`).ticker).toMatchObject({
    tag: 'perpetual',
    fundingRate: 0,
  });
  expect(nowMs).toBeLessThan(deliveredMs);
});
