// Names of positions: where long and short are held apart, each has one of its own.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import {
  areApart,
  heldApart,
  heldBy,
  type PositionPlace,
  placedKey,
  positionKey,
  positionNameOf,
  positionsByKey,
  readMarginMode,
  type ToldPosition,
} from '../../../src/core/position.js';

test('a position that is held apart from its other side has a name of its own', () => {
  const named = (size: string, isHedged?: true) => {
    const told = { instrument: 'X', quantity: decimal(size), ...(isHedged && { isHedged }) };
    return positionKey(positionNameOf(told));
  };
  expect([named('1'), named('-1'), named('1', true), named('-1', true)]).toEqual([
    'X',
    'X',
    'X long',
    'X short',
  ]);
});

test('positions of one name are told apart by account and margin mode', () => {
  const name = { instrument: 'X', positionSide: 'long' } as const;
  const all = [
    { instrument: 'X' },
    name,
    { ...name, venueAccount: '1' },
    { ...name, venueAccount: '2' },
    { ...name, marginMode: 'cross' },
    { ...name, marginMode: 'isolated' },
  ] as const;
  expect(new Set(all.map(placedKey)).size).toBe(all.length);
  expect(placedKey({ ...name, venueAccount: undefined })).toBe(placedKey(name));
  expect(['cross', 'isolated', 'cash', '', undefined].map(readMarginMode)).toEqual([
    'cross',
    'isolated',
    undefined,
    undefined,
    undefined,
  ]);
});

test('rows of one name add up, and the sides of one instrument do not', () => {
  const told = (quantity: string, isHedged?: true) => ({
    instrument: 'X',
    quantity: decimal(quantity),
    isHedged,
  });
  const sums = (...rows: ReturnType<typeof told>[]) =>
    [...positionsByKey(rows)].map(([key, { instrument, quantity }]) => [
      key,
      instrument,
      formatDecimal(quantity),
    ]);
  expect(sums(told('3'), told('-1'))).toEqual([['X', 'X', '2']]);
  expect(sums(told('3', true), told('-1', true), told('2', true))).toEqual([
    ['X long', 'X', '5'],
    ['X short', 'X', '-1'],
  ]);
});

const row = (quantity: string, more: Partial<ToldPosition> = {}): ToldPosition => ({
  instrument: 'X',
  quantity: decimal(quantity),
  ...more,
});
const inMode = (tdMode: string): PositionPlace => ({ terms: { tdMode } });

test.each<[string, PositionPlace, ToldPosition[], string, string]>([
  ['one account of several', { venueAccount: 'U1' }, [row('5', { venueAccount: 'U1' })], '5', '0'],
  ['another account', { venueAccount: 'U2' }, [row('5', { venueAccount: 'U1' })], '0', '5'],
  [
    'one account beside another, which holds the sides apart',
    { venueAccount: 'U2' },
    [row('-5', { venueAccount: 'U1', isHedged: true }), row('3', { venueAccount: 'U2' })],
    '3',
    '5',
  ],
  ['no account where there is one', {}, [row('5')], '5', '0'],
  ['an account that the venue does not tell', { venueAccount: 'U1' }, [row('5')], '5', '0'],
  ['no account where there may be several', {}, [row('5', { venueAccount: 'U1' })], 'other', '0'],
  ['one margin mode', inMode('cross'), [row('2', { marginMode: 'cross' })], '2', '0'],
  ['another margin mode', inMode('isolated'), [row('2', { marginMode: 'cross' })], '0', '2'],
  ['a close of another', { terms: { mgnMode: 'isolated' } }, [row('2', { marginMode: 'cross' })], '0', '2'],
  [
    'one of two margin modes',
    inMode('cross'),
    [row('2', { marginMode: 'cross' }), row('-7', { marginMode: 'isolated' })],
    '2',
    '7',
  ],
  ['no margin mode where there is one', {}, [row('2')], '2', '0'],
  ['no margin mode where there are two', {}, [row('2', { marginMode: 'cross' })], 'other', '0'],
  ['neither margin mode', inMode('cash'), [row('2', { marginMode: 'cross' })], 'other', '0'],
  ['a margin mode that the venue does not tell', inMode('isolated'), [row('2')], '2', '0'],
  ['another instrument', {}, [row('5', { instrument: 'Y', venueAccount: 'U1' })], '0', '0'],
])('an order that names %s is filled into that position', (_, place, told, held, apart) => {
  const order = { instrument: 'X', ...place };
  const by = heldBy(order, told);
  expect(by === 'other' ? by : formatDecimal(by)).toBe(held);
  expect(formatDecimal(heldApart(order, told))).toBe(apart);
});

test('orders are about different positions where both name an account or margin mode, and not the same', () => {
  expect(areApart({ venueAccount: 'U1' }, { venueAccount: 'U2' })).toBe(true);
  expect(areApart(inMode('cross'), inMode('isolated'))).toBe(true);
  expect(areApart({ venueAccount: 'U1' }, { venueAccount: 'U1' })).toBe(false);
  expect([areApart({ venueAccount: 'U1' }, {}), areApart(inMode('cross'), {})]).toEqual([false, false]);
});
