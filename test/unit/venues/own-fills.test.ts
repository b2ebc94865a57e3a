import { expect, test } from 'vitest';
import { decimal, formatDecimal, parseDecimal } from '../../../src/core/decimal.js';
import type { VenueOrderState } from '../../../src/venues/admin.js';
import { pricedBy } from '../../../src/venues/own-fills.js';

const order: VenueOrderState = { state: 'filled', venueOrderId: '5', filled: decimal('3') };
const fill = (size: string, price: string, fee?: string) => ({
  size: parseDecimal(size),
  price: parseDecimal(price),
  ...(fee === undefined ? {} : { fee: parseDecimal(fee) }),
});
const told = (
  fills: ReturnType<typeof fill>[] | undefined,
  more: { isWhole?: boolean; isInverse?: boolean } = {},
) => {
  const priced = pricedBy(order, fills, { isWhole: true, ...more });
  return priced && [priced.averagePrice, priced.fee].map((each) => each && formatDecimal(each));
};

test.each<[string, ReturnType<typeof fill>[], (string | undefined)[] | undefined]>([
  ['one', [fill('3', '10', '0.5')], ['10', '0.5']],
  ['several, a rebate among them', [fill('1', '10', '0.5'), fill('2', '13', '-0.2')], ['12', '0.3']],
  ['an average without end', [fill('1', '10', '1'), fill('2', '11', '1')], ['10.666666666667', '2']],
  ['a fee that is not told', [fill('1', '10', '0.5'), fill('2', '13')], ['12', undefined]],
  ['not all of them yet', [fill('1', '10', '0.5')], undefined],
  ['one without a price', [fill('3', 'x', '0.5')], undefined],
  ['one at nothing', [fill('3', '0', '0.5')], undefined],
])('fills: %s', (_title, fills, expected) => {
  expect(told(fills)).toEqual(expected);
});

test('where not all of them can be told, the order stays as it was', () => {
  expect(told([fill('1', '10', '1')], { isWhole: false })).toEqual([undefined, undefined]);
  expect(told(undefined)).toBeUndefined();
  const empty = { ...order, filled: decimal('0') };
  expect(pricedBy(empty, [], { isWhole: true })).toBe(empty);
});

test('inverse contracts: so many of them at the average cost the coins that were paid', () => {
  const [average] = told([fill('1', '40000'), fill('2', '60000')], { isInverse: true }) ?? [];
  expect(3 / Number(average)).toBeCloseTo(1 / 40_000 + 2 / 60_000, 12);
});
