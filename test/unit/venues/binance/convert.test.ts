import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { quotes } from '../../../../src/venues/binance/quotes.js';
import type { ParsedOrders } from '../../../../src/venues/venue.js';
import { requestOf } from '../../../support/venue-requests.js';

const context = { account: 'a', environment: 'live' } as const;
const told = {
  quoteId: '12415572564',
  ratio: '38163.7',
  inverseRatio: '0.0000262',
  validTimestamp: 1_623_319_461_670,
  toAmount: '3816.37',
  fromAmount: '0.1',
};
const read = (query: string, answer: object | string = told, place = 'api.binance.com/sapi') =>
  quotes.read(
    requestOf('POST', `https://${place}/v1/convert/getQuote?${query}`),
    Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer)),
    context,
  );
/** Instrument, side, quantity, unit and price, as a journal writes them. */
const short = ({ instrument, side, quantity, price }: OrderIntent) =>
  [
    instrument,
    side,
    quantity && formatDecimal(quantity.value),
    quantity?.unit,
    price && formatDecimal(price),
  ].join(' ');

describe('the terms of a quote', () => {
  test.each([
    ['sold', 'fromAsset=BTC&toAsset=USDT&fromAmount=0.1', told, 'BTCUSDT sell 0.1 base 38163.7'],
    ['sold for', 'fromAsset=BTC&toAsset=USDT&toAmount=3816.37', told, 'BTCUSDT sell 3816.37 quote 38163.7'],
    [
      'spent',
      'fromAsset=USDT&toAsset=BTC&fromAmount=3816.37',
      { ...told, fromAmount: '3816.37', toAmount: '0.1' },
      'BTCUSDT buy 3816.37 quote 38163.7',
    ],
    [
      'bought',
      'fromAsset=USDT&toAsset=BTC&toAmount=0.1&walletType=SPOT&validTime=10s',
      { ...told, fromAmount: '3816.37', toAmount: '0.1' },
      'BTCUSDT buy 0.1 base 38163.7',
    ],
    [
      'of two coins',
      'fromAsset=ETH&toAsset=BTC&fromAmount=3',
      { ...told, fromAmount: '3', toAmount: '0.1' },
      'ETHBTC sell 3 base 0.033333333333333333',
    ],
    [
      'of two that no market is listed against',
      'fromAsset=DOGE&toAsset=ADA&fromAmount=4',
      { ...told, fromAmount: '4', toAmount: '2' },
      'DOGE-ADA sell 4 base 0.5',
    ],
  ])('%s', (_, query, answer, expected) => {
    const [quote, ...more] = read(query, answer);
    expect(more).toEqual([]);
    expect(quote).toMatchObject({ id: 'sapi 12415572564', expiresAtMs: 1_623_319_461_670 });
    expect(quote?.intents.map(short)).toEqual([expected]);
    expect(quote?.intents[0]).toMatchObject({
      account: 'a',
      moneyMode: 'LIVE',
      action: 'place',
      type: 'market',
    });
  });

  test('those of the futures’ API have ids of their own', () => {
    const query = 'fromAsset=BTC&toAsset=USDT&fromAmount=0.1';
    expect(read(query, told, 'fapi.binance.com/fapi').map(({ id }) => id)).toEqual(['fapi 12415572564']);
  });

  const plain = 'fromAsset=BTC&toAsset=USDT&fromAmount=0.1';
  test.each([
    ['another wallet', `${plain}&walletType=FUNDING`, told],
    ['a parameter that nobody knows', `${plain}&subAccountId=7`, told],
    ['a parameter said twice', `${plain}&fromAsset=ETH`, told],
    ['both amounts', `${plain}&toAmount=1`, told],
    ['no amount', 'fromAsset=BTC&toAsset=USDT', told],
    ['one asset', 'fromAsset=BTC&toAsset=BTC&fromAmount=0.1', told],
    ['no id, since the balance does not suffice', plain, { ...told, quoteId: undefined }],
    ['no end', plain, { ...told, validTimestamp: undefined }],
    ['a refusal', plain, { ...told, code: -1 }],
    ['a member that nobody knows', plain, { ...told, toAsset: 'ETH' }],
    ['another amount than was asked for', plain, { ...told, fromAmount: '0.2' }],
    [
      'a price too small to be written',
      'fromAsset=SHIB&toAsset=BTC&fromAmount=99999999999999',
      { ...told, fromAmount: '99999999999999', toAmount: '0.00000001' },
    ],
    ['an amount of nothing', plain, { ...told, toAmount: '0' }],
    ['an amount with an exponent', plain, { ...told, toAmount: '1e3' }],
    ['a member said twice', plain, `${JSON.stringify(told).slice(0, -1)},"toAmount":"1"}`],
    ['half an answer', plain, JSON.stringify(told).slice(0, -1)],
  ])('nothing is known of %s', (_, query, answer) => {
    expect(read(query, answer)).toEqual([]);
  });
});

describe('accepting a quote', () => {
  const accept = (query: string, known?: Readonly<Record<string, readonly OrderIntent[]>>): ParsedOrders =>
    binance.parseOrders(requestOf('POST', `https://api.binance.com/sapi/v1/convert/acceptQuote?${query}`), {
      ...context,
      quoted: (id) => known?.[id],
    });
  const quoted = () =>
    Object.fromEntries(
      read('fromAsset=BTC&toAsset=USDT&fromAmount=0.1').map(({ id, intents }) => [id, intents]),
    );

  test('is the order that the venue quoted', () => {
    const parsed = accept('quoteId=12415572564&recvWindow=5000&timestamp=1', quoted());
    if (!parsed.ok) throw new Error(parsed.message);
    expect(parsed.intents.map(short)).toEqual(['BTCUSDT sell 0.1 base 38163.7']);
    expect(parsed.intents[0]).toMatchObject({ clientOrderId: '12415572564' });
  });

  test.each([
    ['QUOTE_UNKNOWN', 'quoteId=1'],
    ['FIELD_MISSING', 'timestamp=1'],
    ['FIELD_UNKNOWN', 'quoteId=12415572564&fromAmount=5'],
    ['FIELD_INVALID', 'quoteId=%20'],
  ])('%s: %s', (code, query) => {
    expect(accept(query, quoted())).toMatchObject({ ok: false, code });
  });
});

describe('a limit order of convert', () => {
  const place = (query: string): ParsedOrders =>
    binance.parseOrders(
      requestOf('POST', `https://api.binance.com/sapi/v1/convert/limit/placeOrder?${query}`),
      context,
    );
  const limit = 'baseAsset=BTC&quoteAsset=USDT&limitPrice=50000&expiredType=7_D';

  test.each([
    [`${limit}&side=BUY&baseAmount=0.1`, 'BTCUSDT buy 0.1 base 50000'],
    [`${limit}&side=SELL&quoteAmount=5000&walletType=SPOT`, 'BTCUSDT sell 5000 quote 50000'],
  ])('%s', (query, expected) => {
    const parsed = place(query);
    if (!parsed.ok) throw new Error(parsed.message);
    expect(parsed.intents.map(short)).toEqual([expected]);
    expect(parsed.intents[0]).toMatchObject({ action: 'place', type: 'limit', timeInForce: 'gtd' });
  });

  test.each([
    ['QUANTITY_AMBIGUOUS', `${limit}&side=BUY`],
    ['QUANTITY_AMBIGUOUS', `${limit}&side=BUY&baseAmount=1&quoteAmount=1`],
    ['FIELD_INVALID', `${limit}&side=BUY&baseAmount=1&walletType=SPOT_EARN`],
    ['FIELD_MISSING', `${limit}&baseAmount=1`],
    ['FIELD_MISSING', 'baseAsset=BTC&quoteAsset=USDT&expiredType=1_D&side=BUY&baseAmount=1'],
    ['FIELD_INVALID', `${limit.replace('7_D', '90_D')}&side=BUY&baseAmount=1`],
    ['FIELD_UNKNOWN', `${limit}&side=BUY&baseAmount=1&triggerPrice=1`],
  ])('%s: %s', (code, query) => {
    expect(place(query)).toMatchObject({ ok: false, code });
  });
});
