// Block trades: every order of an inquiry and of a quote, both directions right, and nothing that the venue did not tell.
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { base, intentsOf, parse } from '../../../support/bybit-intents.js';

const inquiry = '/v5/rfq/create-rfq';
const offer = '/v5/rfq/create-quote';
const opening = '/v5/rfq/accept-other-quote';
const execution = '/v5/rfq/execute-quote';
const asked = {
  counterparties: ['LP4', 'LP5'],
  rfqLinkId: 'rfq00993',
  anonymous: false,
  strategyType: 'custom',
  list: [
    { category: 'linear', symbol: 'BTCUSDT', side: 'buy', qty: '2' },
    { category: 'option', symbol: 'BTC-27DEC24-70000-C', side: 'Sell', qty: '0.5' },
  ],
};
const head = { ...base, action: 'place', instrument: '' };
const order = { ...base, action: 'place', type: 'other' };
const [first, second] = [
  { ...order, instrument: 'BTCUSDT', side: 'buy', quantity: '2 base' },
  { ...order, instrument: 'BTC-27DEC24-70000-C', side: 'sell', quantity: '0.5 base' },
];

/** What the venue told this account before. */
const told = (instrument: string, side: 'buy' | 'sell', value: string) =>
  ({
    venue: 'bybit',
    account: 'main',
    moneyMode: 'LIVE',
    action: 'place',
    instrument,
    side,
    type: 'other',
    quantity: { value: decimal(value), unit: 'base' },
  }) as const satisfies OrderIntent;
const legs = [told('BTCUSDT', 'buy', '2'), told('BTC-27DEC24-70000-C', 'sell', '0.5')];
const known: Readonly<Record<string, readonly OrderIntent[]>> = {
  'rfq 5': [{ ...legs[0]!, instrument: '', legs }],
  'rfq 5 linear BTCUSDT': legs.slice(0, 1),
  'rfq 5 option BTC-27DEC24-70000-C': legs.slice(1),
  'rfq 5 quote 6 sell': [{ ...legs[1]!, type: 'limit', price: decimal('100') }],
};
const context = { quoted: (id: string) => known[id] };

test('an inquiry names every order, and no price', () => {
  expect(intentsOf(inquiry, asked)).toEqual([
    { ...head, type: 'other', clientOrderId: 'rfq00993', legs: [first, second] },
  ]);
});

test('to hear of others’ quotes is to want what the inquiry said', () => {
  expect(intentsOf(opening, { rfqId: '5' }, context)).toMatchObject([
    { venueOrderId: '5', legs: [{ instrument: 'BTCUSDT' }, { instrument: 'BTC-27DEC24-70000-C' }] },
  ]);
});

test('a maker buys in the direction of the inquiry and sells against it, of the size that was asked for', () => {
  const prices = [
    { category: 'linear', symbol: 'BTCUSDT', price: '106000' },
    { category: 'option', symbol: 'BTC-27DEC24-70000-C', price: '90' },
  ];
  const body = { rfqId: '5', quoteLinkId: 'mine1', expireIn: 60, quoteBuyList: prices };
  const names = { venueOrderId: '5', clientOrderId: 'mine1' };
  const leg = { ...base, action: 'place', type: 'limit' };
  expect(intentsOf(offer, { ...body, quoteSellList: prices.slice(0, 1) }, context)).toEqual([
    {
      ...head,
      ...names,
      type: 'limit',
      legs: [
        { ...leg, instrument: 'BTCUSDT', side: 'buy', quantity: '2 base', price: '106000' },
        { ...leg, instrument: 'BTC-27DEC24-70000-C', side: 'sell', quantity: '0.5 base', price: '90' },
      ],
    },
    {
      ...head,
      ...names,
      type: 'limit',
      legs: [{ ...leg, instrument: 'BTCUSDT', side: 'sell', quantity: '2 base', price: '106000' }],
    },
  ]);
});

test('a quote is taken as the venue told it, in the direction that is named', () => {
  const body = { rfqId: '5', quoteId: '6', quoteSide: 'Sell' };
  const [taken] = intentsOf(execution, body, context);
  expect(taken).toMatchObject({ instrument: 'BTC-27DEC24-70000-C', price: '100', venueOrderId: '6' });
  expect(intentsOf(execution, { ...body, quoteSide: 'sell' }, context)).toEqual([taken]);
  expect(legs.map(({ quantity }) => formatDecimal(quantity.value))).toEqual(['2', '0.5']);
});

describe('refused', () => {
  const price = { category: 'linear', symbol: 'BTCUSDT', price: '106000' };
  const leg = asked.list[0];
  test.each<[string, string, unknown, string]>([
    ['a hedge, which is documented nowhere', inquiry, { ...asked, hedge: [leg] }, 'FIELD_UNKNOWN'],
    ['nobody to ask', inquiry, { ...asked, counterparties: undefined }, 'FIELD_MISSING'],
    ['somebody without a name', inquiry, { ...asked, counterparties: [''] }, 'FIELD_INVALID'],
    ['nothing to trade', inquiry, { ...asked, list: undefined }, 'FIELD_MISSING'],
    ['an empty list', inquiry, { ...asked, list: [] }, 'FIELD_INVALID'],
    ['borrowing (S7)', inquiry, { ...asked, list: [{ ...leg, isLeverage: true }] }, 'FIELD_INVALID'],
    ['an unknown field of an order', inquiry, { ...asked, list: [{ ...leg, price: '1' }] }, 'FIELD_UNKNOWN'],
    ['an exponent', inquiry, { ...asked, list: [{ ...leg, qty: '2e0' }] }, 'NUMBER_INVALID'],
    ['inverse contracts', inquiry, { ...asked, list: [{ ...leg, category: 'inverse' }] }, 'FIELD_INVALID'],
    ['no category', inquiry, { ...asked, list: [{ ...leg, category: undefined }] }, 'FIELD_MISSING'],
    ['no size', inquiry, { ...asked, list: [{ ...leg, qty: undefined }] }, 'FIELD_MISSING'],
    ['an inquiry that nobody told of', opening, { rfqId: '4' }, 'QUOTE_UNKNOWN'],
    ['an offer to it', offer, { rfqId: '4', quoteBuyList: [price] }, 'QUOTE_UNKNOWN'],
    [
      'an offer for what it does not name',
      offer,
      { rfqId: '5', quoteBuyList: [{ ...price, category: 'spot' }] },
      'QUOTE_UNKNOWN',
    ],
    ['an offer of nothing', offer, { rfqId: '5' }, 'FIELD_MISSING'],
    [
      'an offer without price',
      offer,
      { rfqId: '5', quoteBuyList: [{ ...price, price: undefined }] },
      'FIELD_MISSING',
    ],
    [
      'an offer of another size',
      offer,
      { rfqId: '5', quoteBuyList: [{ ...price, qty: '9' }] },
      'FIELD_UNKNOWN',
    ],
    [
      'the other direction of a quote',
      execution,
      { rfqId: '5', quoteId: '6', quoteSide: 'Buy' },
      'QUOTE_UNKNOWN',
    ],
    ['no direction', execution, { rfqId: '5', quoteId: '6' }, 'FIELD_MISSING'],
    [
      'a hedge in an execution',
      execution,
      { rfqId: '5', quoteId: '6', quoteSide: 'Sell', isHedge: true },
      'FIELD_UNKNOWN',
    ],
    ['an id twice', execution, '{"rfqId":"5","rfqId":"5"}', 'BODY_UNREADABLE'],
  ])('%s', (_, path, body, code) => {
    expect(parse(path, body, context)).toMatchObject({ ok: false, code });
  });

  test('everything that is quoted, where nobody remembers', () => {
    expect(parse(opening, { rfqId: '5' })).toMatchObject({ code: 'QUOTE_UNKNOWN' });
  });
});
