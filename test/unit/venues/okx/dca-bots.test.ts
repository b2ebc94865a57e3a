import { expect, test } from 'vitest';
import { dcaReaders } from '../../../../src/venues/okx/dca-bots.js';
import { base, codeOf, read } from '../../../support/okx-orders.js';

const place = 'tradingBot/dca/create';
const contract = {
  instId: 'BTC-USDT-SWAP',
  algoOrdType: 'contract_dca',
  direction: 'long',
  lever: '2',
  initOrdAmt: '50',
  maxSafetyOrds: '3',
  safetyOrdAmt: '10',
  pxSteps: '0.01',
  pxStepsMult: '1',
  volMult: '1.5',
  tpPct: '0.05',
  triggerParams: [{ triggerAction: 'start', triggerStrategy: 'instant' }],
};
const { lever: _lever, direction: _direction, ...shared } = contract;
const spot = { ...shared, instId: 'BTC-USDT', algoOrdType: 'spot_dca' };
const close = { ...base, action: 'place', quantity: '1 close-all', reduceOnly: true };

test('a bot moves the sum of all its orders, times the leverage', () => {
  expect(Object.keys(dcaReaders)).toContain(place);
  // 50 + 10 + 15 + 22.5
  expect(read(place, { ...contract, slPct: '0.2', algoClOrdId: 'd1' })).toEqual([
    {
      ...base,
      action: 'place',
      instrument: 'BTC-USDT-SWAP',
      type: 'bot',
      side: 'buy',
      quantity: '195 quote',
      leverage: '2',
      clientOrderId: 'd1',
      legs: [
        { ...close, instrument: 'BTC-USDT-SWAP', side: 'sell', type: 'take-profit' },
        { ...close, instrument: 'BTC-USDT-SWAP', side: 'sell', type: 'stop' },
      ],
    },
  ]);
  expect(read(place, spot)).toMatchObject([{ side: 'buy', quantity: '97.5 quote' }]);
  expect(read(place, { ...spot, maxSafetyOrds: '0' })).toMatchObject([{ quantity: '50 quote' }]);
});

test('the sum is exact, and no less than it where its digits are too many', () => {
  const long = {
    ...spot,
    maxSafetyOrds: '100',
    volMult: '1.000000000001',
    safetyOrdAmt: '1',
    initOrdAmt: '1',
  };
  const [order] = read(place, long) as [{ quantity: string }];
  const one = 10n ** 24n;
  let sum = one;
  let next = one;
  // In units of 1e-24, each product rounded down: less than 101 of them below the exact sum.
  for (let at = 0; at < 100; at += 1) {
    sum += next;
    next = (next * 1_000_000_000_001n) / 1_000_000_000_000n;
  }
  const [whole = '', decimals = ''] = order.quantity.split(' ')[0]?.split('.') ?? [];
  const told = BigInt(whole) * one + BigInt(decimals.padEnd(24, '0'));
  expect(decimals.length).toBeLessThanOrEqual(18);
  expect(told - sum).toBeGreaterThanOrEqual(0n);
  expect(told - sum).toBeLessThan(10n ** 6n + 101n * 100n);
});

test('short bots sell first; a start at a price is a trigger; a limit stop is one', () => {
  const start = {
    triggerAction: 'start',
    triggerStrategy: 'price',
    triggerPx: '300',
    triggerCond: 'cross_up',
  };
  const body = { ...contract, direction: 'short', slPct: '0.1', slMode: 'limit', triggerParams: [start] };
  expect(read(place, body)).toMatchObject([
    { side: 'sell', trigger: '300', legs: [{ side: 'buy' }, { side: 'buy', type: 'stop-limit' }] },
  ]);
});

test.each([
  ['another kind', { algoOrdType: 'grid' }, 'ORDER_TYPE_UNSUPPORTED'],
  ['a kind for spot', { algoOrdType: 'spot_dca' }, 'FIELD_CONFLICT'],
  ['an inverse contract', { instId: 'BTC-USD-SWAP' }, 'QUANTITY_AMBIGUOUS'],
  ['no leverage', { lever: undefined }, 'FIELD_MISSING'],
  ['no direction', { direction: undefined }, 'FIELD_MISSING'],
  ['no first order', { initOrdAmt: undefined }, 'FIELD_MISSING'],
  ['no factor', { volMult: undefined }, 'FIELD_MISSING'],
  ['no safety order', { safetyOrdAmt: undefined }, 'FIELD_MISSING'],
  ['101 safety orders', { maxSafetyOrds: '101' }, 'FIELD_INVALID'],
  ['a sum beyond any money', { maxSafetyOrds: '100', volMult: '100' }, 'NUMBER_INVALID'],
  ['a bot that others follow', { trackingMode: 'sync' }, 'PRODUCT_UNSUPPORTED'],
  ['a share of the profit', { profitSharingRatio: '0.3' }, 'FIELD_INVALID'],
  ['a stop trigger', { triggerParams: [{ triggerAction: 'stop' }] }, 'FIELD_INVALID'],
])('refused: %s', (_, change, code) => expect(codeOf(place, { ...contract, ...change })).toBe(code));

test('a spot bot goes long only', () => {
  expect(codeOf(place, { ...spot, direction: 'long' })).toBe('ok');
  expect(codeOf(place, { ...spot, direction: 'short' })).toBe('FIELD_CONFLICT');
});

test('a stop closes what the bot holds, or keeps it, which on spot is a cancel', () => {
  const stop = 'tradingBot/dca/stop';
  expect(read(stop, { algoId: '5', algoOrdType: 'spot_dca', stopType: '1' })).toEqual([
    { ...close, instrument: '', venueOrderId: '5', type: 'market', side: 'sell' },
  ]);
  expect(read(stop, { algoId: '5', algoOrdType: 'spot_dca', stopType: '2' })).toEqual([
    { ...base, action: 'cancel', instrument: '', cancels: ['algoId 5'] },
  ]);
  expect(read(stop, { algoId: '5', algoOrdType: 'contract_dca' })).toMatchObject([{ action: 'place' }]);
  expect(read(stop, { algoId: '5', algoOrdType: 'contract_dca', stopType: '2' })).toEqual([
    { ...base, action: 'amend', instrument: '', venueOrderId: '5', type: 'bot' },
  ]);
  expect(codeOf(stop, { algoId: '5', algoOrdType: 'spot_dca' })).toBe('FIELD_MISSING');
});

test('an order added by hand: money of spot, margin of contracts', () => {
  const operation = 'tradingBot/dca/orders/manual-buy';
  const order = { ...base, action: 'place', instrument: '', venueOrderId: '5' };
  const body = { algoId: '5', algoOrdType: 'contract_dca', price: '41000', amt: '100' };
  expect(read(operation, body)).toEqual([
    { ...order, type: 'limit', timeInForce: 'gtc', margin: '100', price: '41000' },
  ]);
  expect(read(operation, { ...body, algoOrdType: 'spot_dca', ordType: 'market' })).toEqual([
    { ...order, type: 'market', timeInForce: 'ioc', side: 'buy', quantity: '100 quote' },
  ]);
  expect(codeOf(operation, { ...body, ordType: 'market' })).toBe('FIELD_UNKNOWN');
  expect(codeOf(operation, { ...body, tradeQuoteCcy: 'USDC' })).toBe('QUANTITY_AMBIGUOUS');
});

test('amendments name the bot and what is new', () => {
  const amend = { ...base, action: 'amend', instrument: '', venueOrderId: '5', type: 'bot' };
  const { instId: _instId, algoOrdType: _type, ...body } = { ...spot, algoId: '5', reserveFunds: true };
  expect(read('tradingBot/dca/amend-order-algo', body)).toMatchObject([
    { ...amend, side: 'buy', quantity: '97.5 quote', legs: [{ type: 'take-profit' }] },
  ]);
  const own = { algoId: '5', algoOrdType: 'contract_dca' };
  expect(read('tradingBot/dca/settings/reinvestment', { ...own, allowReinvest: false })).toEqual([amend]);
  expect(read('tradingBot/dca/settings/take-profit', { ...own, tpPrice: '43500' })).toMatchObject([
    { ...amend, legs: [{ type: 'take-profit', trigger: '43500', quantity: '1 close-all' }] },
  ]);
  expect(codeOf('tradingBot/dca/settings/reinvestment', own)).toBe('FIELD_MISSING');
});
