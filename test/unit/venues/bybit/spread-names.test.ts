// Which orders a spread consists of, as Bybit's list tells it, and nothing for what it does not tell.
import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import {
  askSpreadPrice,
  askSpreadTerms,
  instrumentSource,
  isSpread,
  legsOf,
} from '../../../../src/venues/bybit/spread-names.js';

const at = { environment: 'live' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const listOf = (...list: unknown[]) =>
  instrumentSource.read([said({ retCode: 0, result: { list, nextPageCursor: '' } }).body]);
const legs = [
  { symbol: 'SOLUSDT', contractType: 'LinearPerpetual' },
  { symbol: 'SOLUSDT', contractType: 'Spot' },
];
const row = { symbol: 'SOLUSDT_SOL/USDT', baseCoin: 'SOL', quoteCoin: 'USDT', legs };

test('the list names the legs of each spread, in their order', () => {
  const dated = {
    symbol: 'BTCUSDT-26JUN26_BTCUSDT',
    legs: [
      { symbol: 'BTCUSDT-26JUN26', contractType: 'LinearFutures' },
      { symbol: 'BTCUSDT', contractType: 'LinearPerpetual' },
    ],
  };
  const list = listOf(row, dated);
  expect(legsOf(list, 'SOLUSDT_SOL/USDT')).toEqual(['SOLUSDT', 'SOLUSDT']);
  expect(legsOf(list, 'BTCUSDT-26JUN26_BTCUSDT')).toEqual(['BTCUSDT-26JUN26', 'BTCUSDT']);
  expect(legsOf(list, 'ETHUSDT_ETH/USDT')).toBeUndefined();
  expect(legsOf(undefined, 'SOLUSDT_SOL/USDT')).toBeUndefined();
});

test.each([
  ['a leg that counts something else than coins', [legs[0], { symbol: 'SOLUSD', contractType: 'Inverse' }]],
  ['one leg', legs.slice(0, 1)],
  ['three legs', [...legs, legs[0]]],
  ['a nameless leg', [legs[0], { symbol: '', contractType: 'Spot' }]],
  ['no legs', undefined],
])('a spread with %s is not named', (_, other) => {
  expect(legsOf(listOf({ ...row, legs: other }), 'SOLUSDT_SOL/USDT')).toBeUndefined();
});

test('what is no list teaches nothing', () => {
  for (const bad of ['', '[]', '{"retCode":10001,"result":{"list":[]}}', '{"retCode":0,"result":{}}'])
    expect(instrumentSource.read([Buffer.from(bad)])).toBeUndefined();
  expect(instrumentSource.read([])).toBeUndefined();
});

test('the list is public, asked of the hosts of its own environment, and wanted for spreads alone', () => {
  for (const environment of ['live', 'demo', 'paper'] as const) {
    const [request] = instrumentSource.requests(environment);
    if (request === undefined) throw new Error('nothing is asked');
    expect(bybit.classify(request)).toMatchObject({ class: 'read', isPublic: true });
    const host = bybit.hosts.find((one) => one.host === request.host);
    expect(host?.environments).toContain(environment);
  }
  expect(instrumentSource.isForUnnamed).toBe(true);
});

test('terms of a spread: one coin of each leg', () => {
  const told = askSpreadTerms(at, row.symbol).read(said({ retCode: 0, result: { list: [row] } }));
  expect(told).toMatchObject({ isInverse: false, quote: 'USDT', base: 'SOL' });
  expect(told && formatDecimal(told.multiplier)).toBe('1');
  expect(askSpreadTerms(at, row.symbol).read(said({ retCode: 0, result: { list: [] } }))).toBeUndefined();
});

test('a difference above zero is a price; what is not measures nothing', () => {
  const ticker = { lastPrice: '19.444', bidPrice: '', askPrice: '20' };
  const priced = (members: object) =>
    askSpreadPrice(at, row.symbol).read(
      said({ retCode: 0, time: 1_744_079_413_254, result: { list: [{ ...ticker, ...members }] } }),
    );
  const told = priced({});
  expect(told && formatDecimal(told.last)).toBe('19.444');
  expect(told?.ask && formatDecimal(told.ask)).toBe('20');
  expect(told).not.toHaveProperty('bid');
  expect(told?.atMs).toBe(1_744_079_413_254);
  expect(priced({ lastPrice: '-4' })).toBeUndefined();
  expect(priced({ lastPrice: '0' })).toBeUndefined();
  expect(isSpread('BTCUSDT')).toBe(false);
});
