// Which attached orders count as orders of their own: all but exits no larger than their order, and the other price of one exit.
import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import type { OrderIntent, QuantityUnit } from '../../../src/core/order.js';
import { alternativesIn, crowdedSymbols, isPackage, listed, standing } from '../../../src/guard/legs.js';

const quantity = (value: string, unit: QuantityUnit = 'base') => ({ value: decimal(value), unit });
const order = (more: Partial<OrderIntent> = {}): OrderIntent => ({
  venue: 'binance',
  account: 'a',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'X',
  side: 'buy',
  type: 'limit',
  quantity: quantity('2'),
  ...more,
});
const exit = { instrument: '', side: 'sell' } as const;
const { side: _side, ...sideless } = order({ action: 'amend', instrument: '' });
const { quantity: _quantity, ...trigger } = sideless;

type Case = [what: string, leg: OrderIntent, parent: Partial<OrderIntent>];
test.each<Case>([
  ['an exit of the same size', order(exit), {}],
  ['one of less', order({ ...exit, quantity: quantity('1') }), {}],
  ['one of all', order({ ...exit, quantity: quantity('0', 'close-all') }), {}],
  ['one of borrowed coins', order(), { side: 'sell', leverage: decimal('2') }],
  [
    'one of contracts sold',
    order({ quantity: quantity('2', 'contracts') }),
    { side: 'sell', quantity: quantity('2', 'contracts') },
  ],
  [
    'the other price of an exit',
    order({ side: 'sell', isAlternative: true }),
    { side: 'sell', reduceOnly: true },
  ],
  ['the new trigger of an exit', trigger, { action: 'amend' }],
  ['an exit of an amended order', { ...sideless, action: 'place' }, { action: 'amend' }],
])('%s is a leg', (_what, leg, parent) => {
  expect(listed([order({ ...parent, legs: [leg] })]).map(({ isLeg }) => isLeg)).toEqual([false, true]);
});

test.each<Case>([
  ['a purchase after a purchase', order(), {}],
  ['an exit of more', order({ ...exit, quantity: quantity('2.1') }), {}],
  ['one in another unit', order({ ...exit, quantity: quantity('2', 'contracts') }), {}],
  ['one of another symbol', order({ ...exit, instrument: 'Y' }), {}],
  [
    'one of all of another symbol',
    order({ ...exit, instrument: 'Y', quantity: quantity('0', 'close-all') }),
    {},
  ],
  ['one of what only closes', order({ reduceOnly: true }), { side: 'sell', reduceOnly: true }],
  ['a purchase after a sale on spot', order(), { side: 'sell' }],
  ['one that says it only closes', order({ reduceOnly: true }), { side: 'sell' }],
  ['an order of no size', trigger, {}],
  ['a larger alternative', order({ isAlternative: true, quantity: quantity('3') }), {}],
  ['an alternative to the other side', order({ ...exit, isAlternative: true, reduceOnly: true }), {}],
])('%s is an order of its own', (_what, leg, parent) => {
  expect(listed([order({ ...parent, legs: [leg] })]).map(({ isLeg }) => isLeg)).toEqual([false, false]);
});

test('exits of one kind close no more than their order opens, those of other kinds close the same', () => {
  const exits = (...legs: Partial<OrderIntent>[]) =>
    listed([order({ legs: legs.map((leg) => order({ ...exit, ...leg })) })])
      .slice(1)
      .map(({ isLeg }) => isLeg);
  const half = { quantity: quantity('1') };
  expect(exits(half, { ...half, type: 'take-profit' }, half)).toEqual([true, true, false]);
  expect(exits({ type: 'stop' }, { type: 'stop-limit', ...half })).toEqual([true, false]);
  expect(exits({}, { type: 'stop' }, { type: 'trailing-stop' })).toEqual([true, true, true]);
  const all = { quantity: quantity('0', 'close-all') };
  expect(exits(all, {}, all)).toEqual([true, true, true]);
});

test('what closes an exit opens again, and its other price does not', () => {
  const deeper = (leg: OrderIntent) => listed([order({ legs: [order({ ...exit, legs: [leg] })] })]);
  expect(deeper(order({ instrument: '' })).map(({ isLeg }) => isLeg)).toEqual([false, true, false]);
  const other = deeper(order({ ...exit, isAlternative: true }));
  expect(other.map(({ isLeg }) => isLeg)).toEqual([false, true, true]);
  expect(other.map(({ intent }) => intent.instrument)).toEqual(['X', 'X', 'X']);
});

const other = { isAlternative: true } as const;
const attached = { side: 'sell', isAttached: true } as const;
const perpetual = { isDerivative: true } as const;

test.each<[what: string, orders: OrderIntent[], kept: number[]]>([
  ['the other price of an order', [order(), order({ ...other, type: 'stop' })], [0]],
  ['a third price', [order(), order(other), order({ ...other, quantity: quantity('1') })], [0]],
  ['exits of either kind', [order(), order(attached), order({ ...attached, type: 'stop' })], [0]],
  [
    'exits of a short position that counts coins',
    [order({ ...perpetual, side: 'sell' }), order({ ...perpetual, isAttached: true, reduceOnly: true })],
    [0],
  ],
  ['a larger one', [order(), order({ ...other, quantity: quantity('2.1') })], [0, 1]],
  ['one of the other side', [order(), order({ ...other, side: 'sell' })], [0, 1]],
  [
    'one of the other position',
    [order({ positionSide: 'long' }), order({ ...other, positionSide: 'short' })],
    [0, 1],
  ],
  ['one of another symbol', [order(), order({ ...other, instrument: 'Y' })], [0, 1]],
  ['one of what is over at once', [order({ type: 'market' }), order(other)], [0, 1]],
  [
    'one that may open of one that may not',
    [order({ ...perpetual, reduceOnly: true }), order({ ...perpetual, ...other })],
    [0, 1],
  ],
  ['exits of one kind that are more together', [order(), order(attached), order(attached)], [0, 2]],
  ['an exit that buys', [order(), order({ isAttached: true })], [0, 1]],
  ['what hangs on nothing', [order(other), order()], [0, 1]],
  [
    'what hangs on the second of two',
    [order({ quantity: quantity('9') }), order(), order({ ...other, quantity: quantity('3') })],
    [0, 1, 2],
  ],
  [
    'a cancel before an order and its other price',
    [order({ action: 'cancel' }), order(), order(other)],
    [0, 1],
  ],
])('of a request’s own orders, %s: who counts by itself', (_what, orders, kept) => {
  expect(standing(orders)).toEqual(kept.map((index) => orders[index]));
  expect(listed(orders)).toHaveLength(orders.filter(({ action }) => action === 'place').length);
  const count = kept.filter((index) => orders[index]?.action === 'place').length;
  const named = new Set(orders.map(({ instrument }) => instrument)).size;
  expect(crowdedSymbols(listed(orders)).size).toBe(count > 1 && named === 1 ? 1 : 0);
});

test('the other prices of each order are told, exits are none', () => {
  const [first, second, third] = [order(), order({ ...other, type: 'stop' }), order(attached)];
  expect([...alternativesIn([order({ action: 'cancel' }), first, second, third])]).toEqual([
    [first, [second]],
  ]);
  expect(alternativesIn([first, third]).size).toBe(0);
});

test('the orders at one net price are orders of their own; cancels are none', () => {
  const { side: _none, ...net } = order({ legs: [order(), order(exit)] });
  expect(isPackage(net)).toBe(true);
  expect(isPackage(order({ legs: [order()] }))).toBe(false);
  expect(listed([net, order({ action: 'cancel' })]).map(({ isLeg }) => isLeg)).toEqual([false, false, false]);
});
