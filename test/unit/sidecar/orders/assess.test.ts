import { expect, test } from 'vitest';
import type { IntentRecord, OutcomeRecord } from '../../../../src/audit/order-events.js';
import { decimal } from '../../../../src/core/decimal.js';
import { guardrailsSchema } from '../../../../src/guard/guardrails.js';
import type { OrderEntry } from '../../../../src/orders/ledger.js';
import { assess, type Past } from '../../../../src/sidecar/orders/assess.js';
import { factsOf, type Given, type GivenOrder } from '../../../support/guard-facts.js';

const guardrails = guardrailsSchema.parse({ version: 1, notional: { max: 120 } });
const nothing: Past = { orders: [], holdings: [] };
const effectsOf = (orders: GivenOrder[], past: Partial<Past> = {}, more: Given = {}) =>
  assess(factsOf({ orders, ...more }), guardrails, { ...nothing, ...past }).effects;

/** An order that was filled, with what the venue told of it. */
function filled(outcome: Omit<OutcomeRecord, 'state'>, unit = 'base', instrument = 'BTC-USDT'): OrderEntry {
  const quantity = { value: '1', unit };
  const intent: IntentRecord = {
    venue: 'okx',
    account: 'a',
    moneyMode: 'DEMO',
    action: 'place',
    instrument,
    side: 'buy',
    quantity,
  };
  return { intents: [intent], outcomes: [{ state: 'filled', ...outcome }] } as unknown as OrderEntry;
}
const contracts = { unit: 'contracts', position: '2', quantity: '3' } as const;

test.each<[string, GivenOrder, object]>([
  ['a purchase', { ...contracts }, { before: '2', after: '5', from: 'venue' }],
  ['a sale through zero', { ...contracts, side: 'sell' }, { before: '2', after: '-1', from: 'venue' }],
  [
    'all of it',
    { ...contracts, unit: 'close-all', side: 'sell' },
    { before: '2', after: '0', from: 'venue' },
  ],
  ['coins', { spot: ['4', '4', '9'] }, { before: '4', after: '5', from: 'venue' }],
  [
    'coins for money',
    { spot: ['4', '4', '9'], unit: 'quote', quantity: '50' },
    { before: '4', after: '4.5', from: 'venue' },
  ],
])('%s moves the position', (_title, order, expected) => {
  expect(effectsOf([order])[0]).toMatchObject(expected);
});

test('orders of one request move it one after the other; legs not, and another symbol has its own', () => {
  const other = { ...contracts, instrument: 'ETH', position: '7' };
  const effects = effectsOf([contracts, { ...contracts, isLeg: true }, other, contracts]);
  expect(effects.map(({ before, after }) => [before, after])).toEqual([
    ['2', '5'],
    ['7', '10'],
    ['5', '8'],
  ]);
});

test('what nobody told is absent: no position, no fee, no slippage, and none of an amendment', () => {
  expect(effectsOf([{ type: 'market', last: null }])).toEqual([{ instrument: 'BTC-USDT', unit: 'base' }]);
  const [amended] = effectsOf([{ ...contracts, action: 'amend' }]);
  expect(amended).toMatchObject({ before: '2' });
  expect(amended).not.toHaveProperty('after');
});

test('coins are counted from own fills where the venue is not asked, unless some were not told', () => {
  const past = { holdings: [{ instrument: 'BTC-USDT', quantity: decimal('0.5') }] };
  expect(effectsOf([{}], past)[0]).toMatchObject({ before: '0.5', after: '1.5', from: 'fills' });
  expect(effectsOf([{}], past, { results: { unknownMs: 1 } })[0]).not.toHaveProperty('before');
  expect(effectsOf([{ unit: 'contracts' }], past)[0]).not.toHaveProperty('before');
});

test('a fee is estimated by the dearest rate of the last fills in the symbol', () => {
  const orders = [
    filled({ filled: '2', averagePrice: '50', fee: '0.1' }),
    filled({ filled: '1', averagePrice: '100', fee: '0.2' }),
    filled({ filled: '1', averagePrice: '100' }),
    filled({ filled: '1', averagePrice: '100', fee: '9' }, 'base', 'ETH-USDT'),
  ];
  expect(effectsOf([{ quantity: '3' }], { orders })[0]?.fee).toEqual({ amount: '0.6', bps: '20', fills: 2 });
  const unpriced = effectsOf([{ type: 'market', last: null }], { orders })[0]?.fee;
  expect(unpriced).toEqual({ bps: '20', fills: 2 });
});

test('a fee of contracts is held against what they stand for, and only the last twenty fills count', () => {
  const one = (fee: string) => filled({ filled: '2', averagePrice: '100', fee }, 'contracts');
  const terms = { termsOf: () => ({ multiplier: decimal('0.1'), isInverse: false, quote: 'USDT' }) };
  const orders = [one('9'), ...Array.from({ length: 20 }, () => one('-0.01'))];
  expect(effectsOf([contracts], { orders }, terms)[0]?.fee).toMatchObject({ bps: '-5', fills: 20 });
});

const spread = { bid: decimal('99'), ask: decimal('101') };
const withSpread = (order: GivenOrder) => {
  const facts = factsOf({ orders: [order] });
  const orders = facts.orders.map((each) => ({
    ...each,
    reference: { last: decimal('100'), ageMs: 0, ...spread },
  }));
  return assess({ ...facts, orders }, guardrails, nothing).effects[0]?.slippage;
};
const book = (size: string) => ({
  bids: [['99', size]] as [string, string][],
  asks: [['102', size]] as [string, string][],
});

test.each<[string, GivenOrder, object | undefined]>([
  ['the book', { type: 'market', book: book('5') }, { amount: '1.49253731', bps: '149.26', from: 'book' }],
  ['no number, where the book is too thin', { type: 'market', book: book('0.5') }, undefined],
  ['the spread at least, without a book', { type: 'market' }, { amount: '1', bps: '100', from: 'spread' }],
  ['the limit price at most', { price: '100.5' }, { amount: '0.5025', bps: '50', from: 'limit' }],
  ['nothing, at rest', { price: '98' }, { amount: '0', bps: '0', from: 'limit' }],
  ['the limit price of a sale', { side: 'sell', price: '98' }, { amount: '2', bps: '200', from: 'limit' }],
  ['no number, behind a trigger', { type: 'stop-limit', price: '100', trigger: '99' }, undefined],
])('slippage by %s', (_title, order, expected) => {
  expect(withSpread(order)).toEqual(expected);
});

test('margins are plain decimals to read', () => {
  const facts = factsOf({ orders: [{ quantity: '0.333333333333' }] });
  expect(assess(facts, guardrails, nothing).rules).toEqual([
    {
      rule: 'notional',
      margins: [
        {
          name: 'worth of the order',
          symbol: 'BTC-USDT',
          unit: 'money',
          value: '33.33333333',
          limit: '120',
          left: '86.66666667',
        },
      ],
    },
  ]);
});

test('worth in another currency is told in quote currency, too', () => {
  const inEuro = (rate: string | undefined) => {
    const currency = { name: 'EUR', rateOf: () => (rate === undefined ? undefined : decimal(rate)) };
    return effectsOf([{}], {}, { currency })[0]?.quoted;
  };
  // The order's worth, 100, is in euro then.
  expect(inEuro('0.8')).toEqual({ amount: '125', currency: 'USDT' });
  expect(inEuro(undefined)).toBeUndefined();
  expect(
    effectsOf([{}], {}, { currency: { name: 'USDT', rateOf: () => decimal('1') } })[0]?.quoted,
  ).toBeUndefined();
  expect(effectsOf([{}])[0]?.quoted).toBeUndefined();
});
