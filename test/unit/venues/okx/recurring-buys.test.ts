import { expect, test } from 'vitest';
import { recurringReaders } from '../../../../src/venues/okx/recurring-buys.js';
import { base, codeOf, read } from '../../../support/okx-orders.js';

const place = 'tradingBot/recurring/order-algo';
const [btc, eth] = [
  { ccy: 'BTC', ratio: '0.2' },
  { ccy: 'ETH', ratio: '0.8', minPx: '', maxPx: '9000' },
];
const body = {
  stgyName: 'BTC|ETH monthly',
  amt: '99.5',
  recurringList: [btc, eth],
  period: 'monthly',
  recurringDay: '1',
  recurringTime: '0',
  timeZone: '8',
  tdMode: 'cash',
  investmentCcy: 'USDT',
};
const bot = { ...base, action: 'place', type: 'bot', side: 'buy' };

test('each coin is bought for its share of the money of a cycle', () => {
  expect(Object.keys(recurringReaders)).toContain(place);
  expect(read(place, { ...body, algoClOrdId: 'r1', source: ['1'] })).toEqual([
    {
      ...base,
      action: 'place',
      instrument: '',
      type: 'bot',
      clientOrderId: 'r1',
      legs: [
        { ...bot, instrument: 'BTC-USDT', quantity: '19.9 quote' },
        { ...bot, instrument: 'ETH-USDT', quantity: '79.6 quote', price: '9000' },
      ],
    },
  ]);
});

test.each([
  ['shares that are not the whole', { recurringList: [btc] }, 'FIELD_CONFLICT'],
  ['a coin twice', { recurringList: [btc, { ...eth, ccy: 'BTC' }] }, 'FIELD_CONFLICT'],
  ['no coins', { recurringList: undefined }, 'FIELD_MISSING'],
  ['a range upside down', { recurringList: [btc, { ...eth, minPx: '9001' }] }, 'FIELD_CONFLICT'],
  ['the funding account', { source: ['1', '2'] }, 'PRODUCT_UNSUPPORTED'],
  ['another quote currency', { tradeQuoteCcy: 'USD' }, 'QUANTITY_AMBIGUOUS'],
  ['another currency', { investmentCcy: 'EUR' }, 'FIELD_INVALID'],
  ['no money', { amt: undefined }, 'FIELD_MISSING'],
  ['a day that some months lack', { recurringDay: '29' }, 'FIELD_INVALID'],
  ['an hour that no day has', { recurringTime: '24' }, 'FIELD_INVALID'],
  ['no hour', { recurringTime: undefined }, 'FIELD_MISSING'],
  ['a zone that is none', { timeZone: '15' }, 'FIELD_INVALID'],
  ['hours of no number', { period: 'hourly' }, 'FIELD_MISSING'],
  ['a long name', { stgyName: 'x'.repeat(41) }, 'FIELD_INVALID'],
])('refused: %s', (_, change, code) => expect(codeOf(place, { ...body, ...change })).toBe(code));

test('stopping is taken as selling, since the reference does not say that it keeps', () => {
  expect(read('tradingBot/recurring/stop-order-algo', [{ algoId: '5' }])).toEqual([
    {
      ...base,
      action: 'place',
      instrument: '',
      venueOrderId: '5',
      side: 'sell',
      type: 'market',
      quantity: '1 close-all',
      reduceOnly: true,
    },
  ]);
});

test('more money and a new start are orders; everything else amends', () => {
  const own = { instrument: '', venueOrderId: '5' };
  const amend = { ...base, ...own, action: 'amend', type: 'bot' };
  expect(read('tradingBot/recurring/add-investment', { algoId: '5', amount: '20' })).toEqual([
    { ...bot, ...own, quantity: '20 quote' },
  ]);
  expect(read('tradingBot/recurring/restart', { algoId: '5' })).toEqual([{ ...bot, ...own }]);
  expect(read('tradingBot/recurring/pause', { algoId: '5' })).toEqual([amend]);
  expect(read('tradingBot/recurring/amend-order-algo', { algoId: '5', stgyName: 'a' })).toEqual([amend]);
  expect(read('tradingBot/recurring/amend-recurring-amount', { algoId: '5', amount: '20' })).toEqual([
    { ...amend, side: 'buy', quantity: '20 quote' },
  ]);
  const time = { algoId: '5', recurringTimeType: '2', period: 'hourly', recurringHour: '8', timeZone: '-12' };
  expect(read('tradingBot/recurring/amend-recurring-time', time)).toEqual([amend]);
  const ranges = { algoId: '5', recurringList: [{ ccy: 'BTC', minPx: '8', maxPx: '12' }] };
  expect(read('tradingBot/recurring/amend-price-range', ranges)).toEqual([
    { ...amend, legs: [{ ...amend, instrument: 'BTC', side: 'buy', price: '12' }] },
  ]);
});
