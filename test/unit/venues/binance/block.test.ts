import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import type { ParsedOrders } from '../../../../src/venues/venue.js';
import { requestOf } from '../../../support/venue-requests.js';

const context = { account: 'a', environment: 'live' } as const;
const origin = 'https://eapi.binance.com/eapi/v1/block/order';
const key = '3668822b8-1baa-6a2f-adb8-d3de6289b361';
/** As "Query Block Trade Details" shows it. */
const details = {
  blockTradeSettlementKey: '12b96c28-ba05-8906-c89t-703215cfb2e6',
  expireTime: 1_730_171_860_460,
  liquidity: 'MAKER',
  status: 'RECEIVED',
  createTime: 1_730_170_060_462,
  legs: [{ symbol: 'BNB-241101-700-C', side: 'SELL', quantity: '1.66', price: '20' }],
};
const parse = (
  line: string,
  query: string,
  quoted: Readonly<Record<string, readonly OrderIntent[]>> = {},
): ParsedOrders => {
  const [method = '', path = ''] = line.split(' ');
  const request = requestOf(method, `${origin}/${path}?${query}`);
  return binance.parseOrders(request, { ...context, quoted: (id) => quoted[id] });
};
const intentOf = (...args: Parameters<typeof parse>) => {
  const parsed = parse(...args);
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  expect(parsed.intents).toHaveLength(1);
  const { quantity, price, asks: _asks, ...rest } = parsed.intents[0] as OrderIntent;
  const size = quantity && `${formatDecimal(quantity.value)} ${quantity.unit}`;
  return { ...rest, quantity: size, price: price && formatDecimal(price) };
};
const leg = { symbol: 'BNB-241101-700-C', price: '2.8', quantity: '1.2', side: 'BUY', type: 'LIMIT' };
const legs = (...list: object[]) => `legs=${encodeURIComponent(JSON.stringify(list))}`;

describe('a block trade that is sent', () => {
  test('is the limit order that its leg says', () => {
    expect(intentOf('POST create', `liquidity=TAKER&${legs(leg)}`)).toMatchObject({
      action: 'place',
      instrument: 'BNB-241101-700-C',
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtd',
      quantity: '1.2 contracts',
      price: '2.8',
    });
  });

  test.each([
    ['FIELD_MISSING', legs(leg)],
    ['FIELD_MISSING', 'liquidity=TAKER'],
    ['FIELD_INVALID', `liquidity=TAKER&${legs(leg, leg)}`],
    ['FIELD_INVALID', `liquidity=TAKER&${legs()}`],
    ['FIELD_UNKNOWN', `liquidity=TAKER&${legs({ ...leg, stopPrice: '1' })}`],
    ['FIELD_MISSING', `liquidity=TAKER&${legs({ ...leg, price: undefined })}`],
    ['ORDER_TYPE_UNSUPPORTED', `liquidity=TAKER&${legs({ ...leg, type: 'MARKET' })}`],
    ['FIELD_UNKNOWN', `liquidity=TAKER&price=9&${legs(leg)}`],
  ])('%s: %s', (code, query) => {
    expect(parse('POST create', query)).toMatchObject({ ok: false, code });
  });
});

test('extending one amends that one and nothing of it', () => {
  expect(intentOf('PUT create', `blockOrderMatchingKey=${key}&timestamp=1`)).toEqual({
    venue: 'binance',
    account: 'a',
    moneyMode: 'LIVE',
    action: 'amend',
    instrument: '',
    timeInForce: 'gtd',
    venueOrderId: key,
    quantity: undefined,
    price: undefined,
  });
  expect(parse('PUT create', 'timestamp=1')).toMatchObject({ ok: false, code: 'FIELD_MISSING' });
});

describe('a block trade that is accepted', () => {
  const read = (answer: object, query = `blockOrderMatchingKey=${key}`, method = 'GET') =>
    binance.quotes?.read(
      requestOf(method, `${origin}/execute?${query}`),
      Buffer.from(JSON.stringify(answer)),
      context,
    ) ?? [];

  test('is what its details said', () => {
    const told = read(details);
    expect(told).toMatchObject([{ id: `eapi ${key}`, expiresAtMs: 1_730_171_860_460 }]);
    const quoted = Object.fromEntries(told.map(({ id, intents }) => [id, intents]));
    expect(intentOf('POST execute', `blockOrderMatchingKey=${key}`, quoted)).toMatchObject({
      action: 'place',
      instrument: 'BNB-241101-700-C',
      side: 'sell',
      type: 'limit',
      quantity: '1.66 contracts',
      price: '20',
    });
    expect(parse('POST execute', 'blockOrderMatchingKey=other', quoted)).toMatchObject({
      code: 'QUOTE_UNKNOWN',
    });
    expect(parse('POST execute', `blockOrderMatchingKey=${key}`)).toMatchObject({ code: 'QUOTE_UNKNOWN' });
  });

  test.each([
    ['one that is over', { ...details, status: 'ACCEPTED' }],
    ['one of two legs', { ...details, legs: [...details.legs, ...details.legs] }],
    ['one without legs', { ...details, legs: [] }],
    ['one without an end', { ...details, expireTime: undefined }],
    ['one without a price', { ...details, legs: [{ ...details.legs[0], price: '0' }] }],
    ['one without a side', { ...details, legs: [{ ...details.legs[0], side: 'BOTH' }] }],
  ])('nothing is known of %s', (_, answer) => {
    expect(read(answer)).toEqual([]);
  });

  test('nothing is learned from the answer to an acceptance, or to an unclear request', () => {
    expect(read(details, undefined, 'POST')).toEqual([]);
    expect(read(details, `blockOrderMatchingKey=${key}&x=1`)).toEqual([]);
    expect(read(details, '')).toEqual([]);
  });
});
