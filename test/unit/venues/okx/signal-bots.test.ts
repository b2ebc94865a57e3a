import { expect, test } from 'vitest';
import { signalReaders } from '../../../../src/venues/okx/signal-bots.js';
import { base, codeOf, read } from '../../../support/okx-orders.js';

const place = 'tradingBot/signal/order-algo';
const body = {
  signalChanId: '627921182788161536',
  instIds: ['BTC-USDT-SWAP', 'ETH-USDT-SWAP'],
  lever: '10',
  investAmt: '100.5',
  subOrdType: '9',
  entrySettingParam: { allowMultipleEntry: true, entryType: '1', amt: '', ratio: '' },
  exitSettingParam: { tpSlType: 'pnl', tpPct: '', slPct: '0.1' },
};
const close = { ...base, action: 'place', quantity: '1 close-all', reduceOnly: true };

test('a bot may put all its money, times the leverage, into each of its contracts, either way', () => {
  expect(Object.keys(signalReaders)).toContain(place);
  const leg = { ...base, action: 'place', type: 'bot', quantity: '1005 quote', leverage: '10' };
  expect(read(place, body)).toEqual([
    {
      ...base,
      action: 'place',
      instrument: '',
      type: 'bot',
      leverage: '10',
      legs: [
        { ...leg, instrument: 'BTC-USDT-SWAP', side: 'buy' },
        { ...leg, instrument: 'BTC-USDT-SWAP', side: 'sell' },
        { ...leg, instrument: 'ETH-USDT-SWAP', side: 'buy' },
        { ...leg, instrument: 'ETH-USDT-SWAP', side: 'sell' },
        { ...close, instrument: '', type: 'stop' },
      ],
    },
  ]);
});

test('instruments are a list, or names with commas between, as okx-api types them', () => {
  expect(read(place, { ...body, instIds: 'BTC-USDT-SWAP,ETH-USDT-SWAP' })).toEqual(read(place, body));
  expect(read(place, { ...body, instIds: 'BTC-USDT-SWAP' })).toMatchObject([{ instrument: 'BTC-USDT-SWAP' }]);
});

test.each([
  ['every contract that there is', { includeAll: true }, 'SYMBOL_UNKNOWN'],
  ['none', { instIds: undefined }, 'FIELD_MISSING'],
  ['spot', { instIds: ['BTC-USDT'] }, 'FIELD_INVALID'],
  ['one twice', { instIds: ['BTC-USDT-SWAP', 'BTC-USDT-SWAP'] }, 'FIELD_CONFLICT'],
  ['numbers', { instIds: [5] }, 'FIELD_INVALID'],
  ['no leverage', { lever: undefined }, 'FIELD_MISSING'],
  ['no money', { investAmt: undefined }, 'FIELD_MISSING'],
  ['another way to enter', { entrySettingParam: { entryType: '6' } }, 'FIELD_INVALID'],
  ['another way to exit', { exitSettingParam: { tpSlType: 'never' } }, 'FIELD_INVALID'],
])('refused: %s', (_, change, code) => expect(codeOf(place, { ...body, ...change })).toBe(code));

test('stopping a bot is taken as closing what it holds', () => {
  expect(read('tradingBot/signal/stop-order-algo', [{ algoId: '5' }, { algoId: '6' }])).toEqual([
    { ...close, instrument: '', venueOrderId: '5', type: 'market' },
    { ...close, instrument: '', venueOrderId: '6', type: 'market' },
  ]);
  expect(read('tradingBot/signal/close-position', { algoId: '5', instId: 'BTC-USDT-SWAP' })).toEqual([
    { ...close, instrument: 'BTC-USDT-SWAP', venueOrderId: '5', type: 'market' },
  ]);
});

test('an order with the money of a bot is one of contracts', () => {
  const operation = 'tradingBot/signal/sub-order';
  const order = { algoId: '5', instId: 'BTC-USDT-SWAP', side: 'sell', ordType: 'limit', px: '2.15', sz: '2' };
  expect(read(operation, { ...order, reduceOnly: true })).toEqual([
    {
      ...base,
      action: 'place',
      instrument: 'BTC-USDT-SWAP',
      venueOrderId: '5',
      side: 'sell',
      type: 'limit',
      timeInForce: 'gtc',
      quantity: '2 contracts',
      price: '2.15',
      reduceOnly: true,
    },
  ]);
  expect(codeOf(operation, { ...order, ordType: 'market' })).toBe('PRICE_AMBIGUOUS');
  expect(codeOf(operation, { ...order, px: undefined })).toBe('FIELD_MISSING');
  expect(codeOf(operation, { ...order, instId: 'BTC-USDT' })).toBe('SYMBOL_UNKNOWN');
});

test('new exits close what the bot holds at a price that nobody knows', () => {
  const operation = 'tradingBot/signal/amendTPSL';
  const exits = { tpSlType: 'price', tpPct: '0.01', slPct: '0.02' };
  expect(read(operation, { algoId: '5', exitSettingParam: exits })).toEqual([
    {
      ...base,
      action: 'amend',
      instrument: '',
      venueOrderId: '5',
      type: 'bot',
      legs: [
        { ...close, instrument: '', venueOrderId: '5', type: 'take-profit' },
        { ...close, instrument: '', venueOrderId: '5', type: 'stop' },
      ],
    },
  ]);
  expect(codeOf(operation, { algoId: '5' })).toBe('FIELD_MISSING');
});
