// Conversions: the order that a quote amounts to, taken by its id alone.
import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { quotes } from '../../../../src/venues/bybit/converts.js';
import { intentsOf, parse } from '../../../support/bybit-intents.js';
import { requestOf } from '../../../support/venue-requests.js';

const context = { account: 'main', environment: 'live' } as const;
const coins = '/v5/asset/exchange/quote-apply';
const money = '/v5/fiat/quote-apply';
const asked = {
  requestId: 'test-00002',
  fromCoin: 'ETH',
  toCoin: 'BTC',
  accountType: 'eb_convert_uta',
  requestCoin: 'ETH',
  requestAmount: '0.1',
};
const result = {
  quoteTxId: '10100108106409340067234418688',
  exchangeRate: '0.053517914861880000',
  fromCoin: 'ETH',
  fromCoinType: 'crypto',
  toCoin: 'BTC',
  toCoinType: 'crypto',
  fromAmount: '0.1',
  toAmount: '0.005',
  expiredTime: '1720071092225',
  requestId: 'test-00002',
  extTaxAndFee: [],
};
const read = (path: string, body: object, told: object, retCode = 0) =>
  quotes.read(
    requestOf(
      'POST',
      `https://api.bybit.com${path}`,
      [['content-type', 'application/json']],
      JSON.stringify(body),
    ),
    Buffer.from(JSON.stringify({ retCode, result: told })),
    context,
  );
const short = ({ instrument, side, quantity, price }: OrderIntent) =>
  [
    instrument,
    side,
    quantity && formatDecimal(quantity.value),
    quantity?.unit,
    price && formatDecimal(price),
  ].join(' ');

test('coins into coins', () => {
  const told = read(coins, asked, result);
  expect(told).toMatchObject([
    { id: 'convert 10100108106409340067234418688', expiresAtMs: 1_720_071_092_225 },
  ]);
  expect(told[0]?.intents.map(short)).toEqual(['ETHBTC sell 0.1 base 0.05']);
});

test('coins that are paid for with dollars', () => {
  const pair = { fromCoin: 'USDT', toCoin: 'SOL' };
  const [told] = read(
    coins,
    { ...asked, ...pair, requestCoin: 'USDT' },
    { ...result, ...pair, fromAmount: '300', toAmount: '2' },
  );
  expect(told?.intents.map(short)).toEqual(['SOLUSDT buy 300 quote 150']);
});

test('money into coins, by the names of the documentation’s example', () => {
  const pair = { fromCoin: 'GEL', fromCoinType: 'fiat', toCoin: 'USDT', toCoinType: 'crypto' };
  const told = {
    ...pair,
    quoteTaxId: 'Quote1',
    fromAmount: '100',
    toAmount: '40',
    expireTime: '1764561045346',
  };
  const [quoted] = read(money, { ...pair, requestAmount: '100', requestCoinType: 'fiat' }, told);
  expect(quoted).toMatchObject({ id: 'fiat Quote1', expiresAtMs: 1_764_561_045_346 });
  expect(quoted?.intents.map(short)).toEqual(['GELUSDT sell 100 base 0.4']);
});

test.each<[string, object, object]>([
  ['another account’s wallet', { accountType: 'eb_convert_funding' }, {}],
  ['another coin to fix', { requestCoin: 'BTC' }, {}],
  ['an unknown field', { surprise: 1 }, {}],
  ['another coin than was asked about', {}, { toCoin: 'SOL' }],
  ['a tax', {}, { extTaxAndFee: [{ amount: '1' }] }],
  ['no amount', {}, { toAmount: '0' }],
  ['no end', {}, { expiredTime: '' }],
  ['no id', {}, { quoteTxId: '' }],
])('nothing is remembered of a quote with %s', (_, request, answer) => {
  expect(read(coins, { ...asked, ...request }, { ...result, ...answer })).toEqual([]);
});

test('nothing is remembered of a refusal, nor of another question', () => {
  expect(read(coins, asked, result, 700_001)).toEqual([]);
  expect(read('/v5/order/create', asked, result)).toEqual([]);
});

test('every question for a quote moves nothing, and is asked with the account’s key', () => {
  expect([...quotes.operations].sort()).toEqual([
    'v5/asset/exchange/quote-apply',
    'v5/fiat/quote-apply',
    'v5/rfq/quote-realtime',
    'v5/rfq/rfq-realtime',
  ]);
  for (const operation of quotes.operations) {
    const row = bybit.operations.find(({ path }) => path === `/${operation}`);
    expect(row).toMatchObject({ class: 'read', isPublic: false });
  }
});

test('block trades are remembered by the same', () => {
  const list = [
    {
      rfqId: '5',
      status: 'Active',
      expiresAt: '1756885655801',
      legs: [{ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', qty: '1' }],
    },
  ];
  const ask = (path: string) =>
    quotes.read(
      requestOf('GET', `https://api.bybit.com/v5/rfq/${path}`),
      Buffer.from(JSON.stringify({ retCode: 0, result: { list } })),
      context,
    );
  expect(ask('rfq-realtime').map(({ id }) => id)).toEqual(['rfq 5', 'rfq 5 linear BTCUSDT']);
  expect(ask('quote-realtime')).toEqual([]);
});

describe('taken', () => {
  const terms = read(coins, asked, result)[0]?.intents ?? [];
  const known: Readonly<Record<string, readonly OrderIntent[]>> = { 'convert 1': terms, 'fiat 2': terms };
  const quoted = (id: string) => known[id];
  const execute = '/v5/asset/exchange/convert-execute';
  const trade = '/v5/fiat/trade-execute';

  test('as it was quoted', () => {
    expect(intentsOf(execute, { quoteTxId: '1' }, { quoted })).toMatchObject([
      { instrument: 'ETHBTC', side: 'sell', quantity: '0.1 base', price: '0.05', clientOrderId: '1' },
    ]);
    const body = { quoteTxId: '2', subUserId: '43456', MerchantRequestId: 'mine-1' };
    expect(intentsOf(trade, body, { quoted })).toMatchObject([{ venueAccount: '43456', clientOrderId: '2' }]);
  });

  test.each<[string, string, unknown, string]>([
    ['what was never quoted', execute, { quoteTxId: '9' }, 'QUOTE_UNKNOWN'],
    ['a quote of the other kind', execute, { quoteTxId: '2' }, 'QUOTE_UNKNOWN'],
    ['no quote', execute, {}, 'FIELD_MISSING'],
    ['an unknown field', execute, { quoteTxId: '1', fromAmount: '9' }, 'FIELD_UNKNOWN'],
    ['for nobody', trade, { quoteTxId: '2' }, 'FIELD_MISSING'],
    [
      'with a host that is told of it',
      trade,
      { quoteTxId: '2', subUserId: '4', webhookUrl: 'https://a.example' },
      'FIELD_UNKNOWN',
    ],
    ['an id twice', execute, '{"quoteTxId":"1","quoteTxId":"2"}', 'BODY_UNREADABLE'],
  ])('refused: %s', (_, path, body, code) => {
    expect(parse(path, body, { quoted })).toMatchObject({ ok: false, code });
  });
});
