import { expect, test } from 'vitest';
import { formatDecimal } from '../../../src/core/decimal.js';
import { findInstrument, type Instrument } from '../../../src/paper/engine/instruments.js';
import { jsonFields } from '../../../src/paper/fields.js';
import {
  amountOf,
  inUnits,
  jsonOf,
  levelOf,
  levelsOf,
  memberOf,
  parameterOf,
  textOf,
} from '../../../src/paper/market-reading.js';
import { requestOf } from '../../support/venue-requests.js';

test('what is there is read, what is not is undefined', () => {
  const told = jsonOf(Buffer.from('{"a":"1.5","b":2,"c":[["1","2"],["x","2"],3]}'));
  expect([textOf(told, 'a'), textOf(told, 'b'), textOf(undefined, 'a')]).toEqual([
    '1.5',
    undefined,
    undefined,
  ]);
  expect([amountOf(told, 'a')?.toString(), amountOf(told, 'c')]).toEqual(['1.5', undefined]);
  expect(levelsOf(memberOf(told, 'c'))).toHaveLength(1);
  expect([levelsOf([]), levelsOf('x'), levelOf(['1']), levelOf(['-1', '1'])]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(jsonOf(Buffer.from('<html>'))).toBeUndefined();
});

test('base currency is counted in contracts where the engine counts those', () => {
  const level = levelOf(['100', '2']);
  if (level === undefined) throw new Error('no level');
  const sizeIn = (symbol: string) =>
    inUnits([level], findInstrument(symbol) as Instrument).map(({ size }) => formatDecimal(size));
  expect([sizeIn('BTC-USDT'), sizeIn('BTC-USDT-SWAP')]).toEqual([['2'], ['200']]);
});

test('a parameter of a request that cannot be read is none', () => {
  const post = (body: string) =>
    requestOf('POST', 'https://x.test/', [['content-type', 'application/json']], body);
  expect([parameterOf(post('{"a":"b"}'), jsonFields, 'a'), parameterOf(post('{'), jsonFields, 'a')]).toEqual([
    'b',
    undefined,
  ]);
});

test('a list of all of a venue’s markets is read: thousands of rows, twenty values each', () => {
  const row = (symbol: string) =>
    Object.fromEntries(
      ['symbol', ...Array.from({ length: 19 }, (_, n) => `value${n}`)].map((name) => [
        name,
        name === 'symbol' ? symbol : '12345.678',
      ]),
    );
  const rows = Array.from({ length: 4_000 }, (_, n) => row(`COIN${n}USDT`));
  const body = Buffer.from(JSON.stringify([...rows, row('BTCUSDT')]));
  expect(body.length).toBeGreaterThan(1_000_000);
  const told = jsonOf(body);
  expect(Array.isArray(told) && textOf(told.at(-1), 'symbol')).toBe('BTCUSDT');
});
