import { expect, test } from 'vitest';
import { quotes } from '../../../../src/venues/okx/quotes.js';
import type { ParseContext } from '../../../../src/venues/venue.js';
import { base, read } from '../../../support/okx-orders.js';
import { requestOf } from '../../../support/venue-requests.js';

const context: ParseContext = { account: 'main', environment: 'demo' };
const ask = requestOf('GET', 'https://www.okx.com/api/v5/rfq/quotes?rfqId=22540');
/** "Get quotes", with the members that the reference names. */
const quote = {
  cTime: '1800000000000',
  uTime: '1800000000000',
  state: 'active',
  reason: '',
  validUntil: '1800000060000',
  rfqId: '22540',
  clRfqId: '',
  quoteId: '84073',
  clQuoteId: '',
  tag: '',
  traderCode: 'Aksha',
  quoteSide: 'sell',
  legs: [
    {
      px: '46000',
      sz: '25',
      instId: 'BTC-USDT-SWAP',
      tdMode: 'cross',
      ccy: 'USDT',
      side: 'buy',
      posSide: 'long',
      tgtCcy: '',
    },
    {
      px: '4000',
      sz: '2',
      instId: 'ETH-USDT',
      tdMode: 'cash',
      ccy: '',
      side: 'sell',
      posSide: '',
      tgtCcy: 'base_ccy',
      tradeQuoteCcy: 'USDT',
    },
  ],
};
const told = (...data: object[]) =>
  quotes.read(ask, Buffer.from(JSON.stringify({ code: '0', msg: '', data })), context);
/** What is read of an order that takes the quote, or a part of it. */
const taken = (answer: ReturnType<typeof told>, legs?: object[]) =>
  read(
    'rfq/execute-quote',
    { rfqId: '22540', quoteId: '84073', ...(legs === undefined ? {} : { legs }) },
    { ...context, quoted: (id) => answer.find((one) => one.id === id)?.intents },
  );

test('who takes a quote trades every leg the other way than who gave it', () => {
  const leg = { ...base, action: 'place', type: 'limit', timeInForce: 'gtd' };
  const legs = (first: string, second: string) => [
    { ...leg, instrument: 'BTC-USDT-SWAP', side: first, quantity: '25 contracts', price: '46000' },
    { ...leg, instrument: 'ETH-USDT', side: second, quantity: '2 base', price: '4000' },
  ];
  const whole = { ...base, action: 'place', instrument: '', type: 'other' };
  expect(quotes.operations).toContain('rfq/quotes');
  expect(told(quote)).toMatchObject([{ id: 'rfq 22540 84073', expiresAtMs: 1_800_000_060_000 }]);
  expect(taken(told(quote))).toEqual([{ ...whole, legs: legs('buy', 'sell') }]);
  expect(taken(told({ ...quote, quoteSide: 'buy' }))).toEqual([{ ...whole, legs: legs('sell', 'buy') }]);
});

test('a part of a quote is taken by a size for each leg', () => {
  const [swap, coin] = [
    { instId: 'BTC-USDT-SWAP', sz: '12.5' },
    { instId: 'ETH-USDT', sz: '1' },
  ];
  expect(taken(told(quote), [swap, coin])).toMatchObject([
    { legs: [{ quantity: '12.5 contracts' }, { quantity: '1 base' }] },
  ]);
  for (const sizes of [
    [swap],
    [swap, swap],
    [swap, { ...coin, sz: '3' }],
    [swap, { ...coin, instId: 'SOL-USDT' }],
  ])
    expect(() => taken(told(quote), sizes)).toThrow('FIELD_CONFLICT');
  expect(() => taken(told({ ...quote, legs: [quote.legs[0], quote.legs[0]] }), [swap])).toThrow(
    'FIELD_CONFLICT',
  );
});

test('a quote that is over, or has anything that is not understood, tells nothing; another beside it does', () => {
  const [leg] = quote.legs;
  for (const change of [
    { state: 'canceled' },
    { state: undefined },
    { extra: '1' },
    { quoteSide: 'both' },
    { validUntil: undefined },
    { quoteId: '' },
    { legs: [] },
    { legs: [{ ...leg, px: undefined }] },
    { legs: [{ ...leg, px: '4.6e4' }] },
    { legs: [{ ...leg, sz: 25 }] },
    { legs: [{ ...leg, extra: '1' }] },
    { legs: [{ ...leg, instId: 'EVENT' }] },
  ])
    expect(told({ ...quote, ...change }, { ...quote, quoteId: '5' }), JSON.stringify(change)).toMatchObject([
      { id: 'rfq 22540 5' },
    ]);
  for (const body of ['', '{}', '[]', '{"code":"50000","data":[]}', 'x'])
    expect(quotes.read(ask, Buffer.from(body), context)).toEqual([]);
});
