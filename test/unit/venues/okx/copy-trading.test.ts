import { expect, test } from 'vitest';
import { copyReaders } from '../../../../src/venues/okx/copy-trading.js';
import { base, codeOf, read } from '../../../support/okx-orders.js';

const position = { subPosId: '518541406042591232', instType: 'SWAP', subPosType: 'copy' };
const held = { ...base, action: 'place', instrument: '', venueOrderId: position.subPosId };
const close = { ...held, quantity: '1 close-all', reduceOnly: true };
const first = 'copytrading/first-copy-settings';
const settings = {
  instType: 'SWAP',
  uniqueCode: '25CD5A80241D6FE6',
  copyMgnMode: 'cross',
  copyInstIdType: 'copy',
  copyMode: 'ratio_copy',
  copyRatio: '1',
  copyTotalAmt: '500',
  subPosCloseType: 'copy_close',
};
const trader = { ...base, instrument: '', venueOrderId: settings.uniqueCode };

test('a take-profit and a stop end the whole position, one instead of the other', () => {
  const operation = 'copytrading/algo-order';
  expect(Object.keys(copyReaders)).toContain(operation);
  expect(
    read(operation, { ...position, tpTriggerPx: '10000', slTriggerPx: '9000', slOrdPx: '8900' }),
  ).toEqual([
    {
      ...close,
      type: 'take-profit',
      trigger: '10000',
      legs: [{ ...close, isAlternative: true, type: 'stop-limit', trigger: '9000', price: '8900' }],
    },
  ]);
  expect(codeOf(operation, position)).toBe('FIELD_MISSING');
  expect(codeOf(operation, { ...position, tpOrdPx: '5' })).toBe('FIELD_MISSING');
});

test('to take a take-profit or a stop away is no cancel, but a change of what the position risks', () => {
  const operation = 'copytrading/algo-order';
  const amendment = { ...held, action: 'amend', type: 'other' };
  const removed = { ...held, action: 'cancel' };
  expect(read(operation, { ...position, slTriggerPx: '0' })).toEqual([
    { ...amendment, legs: [{ ...removed, type: 'stop' }] },
  ]);
  expect(read(operation, { ...position, slTriggerPx: '9000', tpTriggerPx: '0', slOrdPx: '-1' })).toEqual([
    {
      ...amendment,
      legs: [
        { ...removed, type: 'take-profit' },
        { ...close, type: 'stop', trigger: '9000' },
      ],
    },
  ]);
});

test('a position is closed at market, a spot trader’s at a price, and at price 0 the latter’s order is taken back', () => {
  const operation = 'copytrading/close-subposition';
  const led = { ...position, instType: 'SPOT', subPosType: 'lead' };
  const [limit, none] = [
    { ordType: 'limit', px: '100' },
    { ordType: 'limit', px: '0' },
  ];
  expect(read(operation, position)).toEqual([{ ...close, type: 'market' }]);
  expect(read(operation, { ...led, ...limit })).toEqual([
    { ...close, type: 'limit', timeInForce: 'gtc', price: '100' },
  ]);
  expect(read(operation, { ...led, ...none })).toEqual([
    { ...base, action: 'cancel', instrument: '', cancels: [`subPosId ${position.subPosId}`] },
  ]);
  // Of everybody else, by default too, the reference says nothing of a price: the position may go at market.
  const { subPosId } = position;
  for (const other of [position, { subPosId }, { ...position, instType: 'SPOT' }])
    for (const price of [limit, none])
      expect(read(operation, { ...other, ...price })).toEqual([{ ...close, type: 'market' }]);
  expect(codeOf(operation, { ...position, px: '100' })).toBe('PRICE_AMBIGUOUS');
  expect(codeOf(operation, { ...position, ordType: 'limit' })).toBe('FIELD_MISSING');
});

test('who is copied moves so much margin, in contracts that they choose or that are named', () => {
  expect(read(first, settings)).toEqual([{ ...trader, action: 'place', type: 'bot', margin: '500' }]);
  const named = {
    ...settings,
    copyInstIdType: 'custom',
    instId: 'BTC-USDT-SWAP,ETH-USDT-SWAP',
    slRatio: '0.1',
  };
  const order = { ...trader, action: 'amend', type: 'bot', margin: '500' };
  expect(read('copytrading/amend-copy-settings', named)).toEqual([
    {
      ...order,
      legs: [
        { ...order, instrument: 'BTC-USDT-SWAP' },
        { ...order, instrument: 'ETH-USDT-SWAP' },
        { ...trader, action: 'place', type: 'stop', quantity: '1 close-all', reduceOnly: true },
      ],
    },
  ]);
  expect(read(first, { ...named, instId: 'BTC-USDT-SWAP', slRatio: '' })).toEqual([
    { ...order, action: 'place', instrument: 'BTC-USDT-SWAP' },
  ]);
});

test.each([
  ['no ratio', { copyRatio: undefined }, 'FIELD_MISSING'],
  ['an amount that is none', { copyMode: 'fixed_amount' }, 'FIELD_MISSING'],
  ['no sum', { copyTotalAmt: undefined }, 'FIELD_MISSING'],
  ['names beside the trader’s own', { instId: 'BTC-USDT-SWAP' }, 'FIELD_CONFLICT'],
  ['no names', { copyInstIdType: 'custom' }, 'FIELD_MISSING'],
  ['spot', { copyInstIdType: 'custom', instId: 'BTC-USDT' }, 'SYMBOL_UNKNOWN'],
  ['a name twice', { copyInstIdType: 'custom', instId: 'BTC-USDT-SWAP,BTC-USDT-SWAP' }, 'FIELD_CONFLICT'],
  ['another code', { uniqueCode: '5' }, 'FIELD_INVALID'],
  ['another end', { subPosCloseType: 'never' }, 'FIELD_INVALID'],
])('refused: %s', (_, change, code) => expect(codeOf(first, { ...settings, ...change })).toBe(code));

test('to stop copying closes what is held where it says so, or nothing; else it leaves positions without stops, and is no cancel', () => {
  const operation = 'copytrading/stop-copy-trading';
  const { uniqueCode } = settings;
  const all = { ...trader, action: 'place', type: 'market', quantity: '1 close-all', reduceOnly: true };
  expect(read(operation, { uniqueCode, subPosCloseType: 'market_close' })).toEqual([all]);
  expect(read(operation, { uniqueCode })).toEqual([all]);
  for (const subPosCloseType of ['copy_close', 'manual_close']) {
    expect(read(operation, { uniqueCode, subPosCloseType })).toEqual([
      { ...trader, action: 'amend', type: 'bot' },
    ]);
  }
  const { venueOrderId: _venueOrderId, ...everything } = all;
  expect(read('copytrading/stop-lead-trading', { instType: 'SWAP' })).toEqual([everything]);
});
