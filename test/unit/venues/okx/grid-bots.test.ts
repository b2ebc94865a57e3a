import { describe, expect, test } from 'vitest';
import { readTriggers } from '../../../../src/venues/okx/bot-fields.js';
import { gridReaders } from '../../../../src/venues/okx/grid-bots.js';
import { OrderFields } from '../../../../src/venues/order-fields.js';
import { base, codeOf, read } from '../../../support/okx-orders.js';

const place = 'tradingBot/grid/order-algo';
const spot = {
  instId: 'BTC-USDT',
  algoOrdType: 'grid',
  maxPx: '5000',
  minPx: '400',
  gridNum: '10',
  runType: '1',
  quoteSz: '25',
};
const contract = {
  instId: 'BTC-USDT-SWAP',
  algoOrdType: 'contract_grid',
  maxPx: '5000',
  minPx: '400',
  gridNum: '10',
  sz: '200',
  direction: 'long',
  lever: '2.5',
};
const bot = { ...base, action: 'place', type: 'bot' };
const close = { ...base, action: 'place', quantity: '1 close-all', reduceOnly: true };

describe('a spot grid', () => {
  test('buys at no more than the upper price, and sells for that at no less than the lower', () => {
    expect(Object.keys(gridReaders)).toContain(place);
    expect(read(place, { ...spot, algoClOrdId: 'g1', tag: 'CLI' })).toEqual([
      {
        ...bot,
        instrument: 'BTC-USDT',
        side: 'buy',
        quantity: '25 quote',
        price: '5000',
        clientOrderId: 'g1',
        legs: [{ ...bot, instrument: 'BTC-USDT', side: 'sell', quantity: '25 quote', price: '400' }],
      },
    ]);
  });

  test('of coins sells first; of both is two orders that count each', () => {
    const { quoteSz: _quoteSz, ...coins } = { ...spot, baseSz: '0.5' };
    expect(read(place, coins)).toMatchObject([
      { side: 'sell', quantity: '0.5 base', price: '400', legs: [{ side: 'buy', price: '5000' }] },
    ]);
    const [both] = read(place, { ...spot, baseSz: '0.5' }) as [{ legs: object[] }];
    expect(both).not.toHaveProperty('side');
    expect(both.legs).toMatchObject([
      { side: 'buy', quantity: '25 quote', price: '5000' },
      { side: 'sell', quantity: '0.5 base', price: '400' },
    ]);
  });

  test('its stops sell all it holds, unless they keep it', () => {
    const stop = { triggerAction: 'stop', triggerStrategy: 'price', triggerPx: '300' };
    const exits = (body: object) =>
      (read(place, { ...spot, ...body }) as [{ legs: object[] }])[0].legs.slice(1);
    expect(exits({ tpTriggerPx: '6000', slTriggerPx: '350' })).toEqual([
      { ...close, instrument: 'BTC-USDT', side: 'sell', type: 'take-profit', trigger: '6000' },
      { ...close, instrument: 'BTC-USDT', side: 'sell', type: 'stop', trigger: '350' },
    ]);
    expect(exits({ triggerParams: [stop] })).toMatchObject([{ type: 'stop', trigger: '300' }]);
    expect(exits({ triggerParams: [{ ...stop, stopType: '1' }] })).toHaveLength(1);
    expect(exits({ triggerParams: [{ ...stop, stopType: '2' }] })).toEqual([]);
  });
});

describe('a contract grid', () => {
  test('moves its margin times its leverage', () => {
    expect(read(place, contract)).toEqual([
      {
        ...bot,
        instrument: 'BTC-USDT-SWAP',
        side: 'buy',
        quantity: '500 quote',
        price: '5000',
        leverage: '2.5',
        legs: [
          {
            ...bot,
            instrument: 'BTC-USDT-SWAP',
            side: 'sell',
            quantity: '500 quote',
            price: '400',
            leverage: '2.5',
            reduceOnly: true,
          },
        ],
      },
    ]);
    expect(read(place, { ...contract, direction: 'short' })).toMatchObject([
      { side: 'sell', price: '400', legs: [{ side: 'buy', reduceOnly: true }] },
    ]);
    const coins = { ...contract, instId: 'BTC-USD-SWAP', sz: '0.1' };
    expect(read(place, coins)).toMatchObject([{ quantity: '0.25 base' }]);
  });

  test('that is neutral may go either way: both count', () => {
    const [neutral] = read(place, { ...contract, direction: 'neutral' }) as [{ legs: object[] }];
    expect(neutral).not.toHaveProperty('side');
    expect(neutral.legs).toMatchObject([
      { side: 'buy', quantity: '500 quote' },
      { side: 'sell', quantity: '500 quote' },
    ]);
    expect(neutral.legs[1]).not.toHaveProperty('reduceOnly');
  });

  test('as the okx CLI starts one: at once, with a position, and stops at ratios', () => {
    const body = {
      ...contract,
      basePos: true,
      tpRatio: '0.1',
      slRatio: '0.2',
      triggerParams: [{ triggerAction: 'start', triggerStrategy: 'instant' }],
    };
    const [order] = read(place, body) as [{ legs: object[] }];
    expect(order.legs.slice(1)).toMatchObject([
      { side: 'sell', type: 'take-profit', quantity: '1 close-all' },
      { side: 'sell', type: 'stop', quantity: '1 close-all' },
    ]);
    expect(order).not.toHaveProperty('trigger');
  });

  test('starts at a price', () => {
    const start = { triggerAction: 'start', triggerStrategy: 'price', triggerPx: '3000', delaySeconds: '5' };
    expect(read(place, { ...contract, triggerParams: [start] })).toMatchObject([{ trigger: '3000' }]);
    expect(codeOf(place, { ...contract, triggerParams: [start, start] })).toBe('FIELD_CONFLICT');
  });
});

test.each([
  ['another kind', { algoOrdType: 'moon_grid' }, 'ORDER_TYPE_UNSUPPORTED'],
  ['a kind for contracts', { algoOrdType: 'contract_grid' }, 'FIELD_CONFLICT'],
  ['no money', { quoteSz: undefined }, 'FIELD_MISSING'],
  ['margin on spot', { sz: '5' }, 'FIELD_UNKNOWN'],
  ['ratios on spot', { tpRatio: '0.1' }, 'FIELD_UNKNOWN'],
  ['a range upside down', { maxPx: '300' }, 'FIELD_CONFLICT'],
  ['no range', { minPx: undefined }, 'FIELD_MISSING'],
  ['no number of grids', { gridNum: undefined }, 'FIELD_MISSING'],
  ['a share of the profit for who leads', { profitSharingRatio: '0.1' }, 'FIELD_INVALID'],
  ['another quote currency', { tradeQuoteCcy: 'USDC' }, 'QUANTITY_AMBIGUOUS'],
  ['an amount of many digits', { quoteSz: '1234567890123456' }, 'NUMBER_INVALID'],
  [
    'a trigger of no kind',
    { triggerParams: [{ triggerAction: 'start', triggerStrategy: 'webhook' }] },
    'FIELD_INVALID',
  ],
  [
    'a trigger without its price',
    { triggerParams: [{ triggerAction: 'stop', triggerStrategy: 'price' }] },
    'FIELD_MISSING',
  ],
  [
    'a price without its trigger',
    { triggerParams: [{ triggerAction: 'stop', triggerPx: '5' }] },
    'FIELD_UNKNOWN',
  ],
])('refused: %s', (_, change, code) => expect(codeOf(place, { ...spot, ...change })).toBe(code));

test('a contract grid without leverage is refused', () => {
  expect(codeOf(place, { ...contract, lever: undefined })).toBe('FIELD_MISSING');
});

test('triggers tell when a bot starts, and whether its stop closes what it holds', () => {
  const rsi = {
    triggerAction: 'start',
    triggerStrategy: 'rsi',
    timeframe: '30m',
    thold: '10',
    triggerCond: 'cross',
  };
  const fields = (list: object[]) =>
    new OrderFields(new Map([['triggerParams', list.map((each) => new Map(Object.entries(each)))]]) as never);
  expect(readTriggers(fields([rsi]), ['start', 'stop'])).toEqual([
    { action: 'start', strategy: 'rsi', isClosing: false },
  ]);
  expect(() => readTriggers(fields([{ ...rsi, triggerAction: 'stop' }]), ['start'])).toThrow(
    'not understood',
  );
});

test('a copy takes the prices and the side of the bot that it copies', () => {
  const copy = 'tradingBot/grid/copy-order-algo';
  const body = { instId: 'BTC-USDT', algoOrdType: 'grid', sourceAlgoId: '58', quoteSz: '1000' };
  const [order] = read(copy, body);
  expect(order).toMatchObject({ side: 'buy', quantity: '1000 quote', legs: [{ side: 'sell' }] });
  expect(order).not.toHaveProperty('price');
  const either = {
    ...body,
    instId: 'BTC-USDT-SWAP',
    algoOrdType: 'contract_grid',
    quoteSz: undefined,
    lever: '3',
  };
  const both = (quantity: string) => [
    {
      legs: [
        { side: 'buy', quantity },
        { side: 'sell', quantity },
      ],
    },
  ];
  expect(read(copy, { ...either, autoReserve: true, sz: '5000' })).toMatchObject(both('15000 quote'));
  const parts = { ...either, autoReserve: false, actualMarginSz: '100', extraMarginSz: '20.5' };
  expect(read(copy, parts)).toMatchObject(both('361.5 quote'));
  expect(codeOf(copy, { ...parts, sz: '5' })).toBe('FIELD_CONFLICT');
  expect(codeOf(copy, { ...either, sz: '5' })).toBe('FIELD_MISSING');
});

test('a stop sells what the bot holds, or leaves it, which on spot is a cancel', () => {
  const stop = 'tradingBot/grid/stop-order-algo';
  const body = { algoId: '5', instId: 'BTC-USDT', algoOrdType: 'grid', stopType: '1' };
  expect(read(stop, [body, { ...body, stopType: '2' }])).toEqual([
    { ...close, instrument: 'BTC-USDT', venueOrderId: '5', type: 'market', side: 'sell' },
    { ...base, action: 'cancel', instrument: 'BTC-USDT', cancels: ['algoId 5'] },
  ]);
  const swap = { ...body, instId: 'BTC-USDT-SWAP', algoOrdType: 'contract_grid' };
  expect(read(stop, [swap])[0]).not.toHaveProperty('side');
  // Its position would stay without the bot's stops.
  expect(read(stop, [{ ...swap, stopType: '2' }])).toEqual([
    { ...base, action: 'amend', instrument: 'BTC-USDT-SWAP', venueOrderId: '5', type: 'bot' },
  ]);
  // What the okx CLI names beside these two the reference does not.
  for (const stopType of ['3', '5', '6', undefined])
    expect(codeOf(stop, [{ ...body, stopType }])).toBe(stopType ? 'FIELD_INVALID' : 'FIELD_MISSING');
  expect(codeOf(stop, Array(11).fill(body))).toBe('BODY_UNREADABLE');
});

test('a position of a stopped grid is closed whole at market, or in part at a price', () => {
  const operation = 'tradingBot/grid/close-position';
  expect(read(operation, { algoId: '5', mktClose: true })).toEqual([
    { ...close, instrument: '', venueOrderId: '5', type: 'market' },
  ]);
  expect(read(operation, { algoId: '5', mktClose: false, sz: '3', px: '100' })).toEqual([
    {
      ...close,
      instrument: '',
      venueOrderId: '5',
      type: 'limit',
      timeInForce: 'gtc',
      quantity: '3 contracts',
      price: '100',
    },
  ]);
  expect(codeOf(operation, { algoId: '5', mktClose: true, sz: '3' })).toBe('FIELD_CONFLICT');
  expect(codeOf(operation, { algoId: '5', mktClose: false, sz: '3' })).toBe('FIELD_MISSING');
});

test('what is added to a bot is money at a leverage that nobody names: its worth is not known', () => {
  for (const [operation, body] of [
    ['tradingBot/grid/adjust-investment', { algoId: '5', amt: '12', allowReinvestProfit: 'true' }],
    ['tradingBot/grid/order-instant-trigger', { algoId: '5', topUpAmt: '12' }],
  ] as const) {
    expect(read(operation, body)).toEqual([{ ...bot, instrument: '', venueOrderId: '5', margin: '12' }]);
  }
  expect(read('tradingBot/grid/order-instant-trigger', { algoId: '5' })).toEqual([
    { ...bot, instrument: '', venueOrderId: '5' },
  ]);
  expect(codeOf('tradingBot/grid/adjust-investment', { algoId: '5' })).toBe('FIELD_MISSING');
});

test('amendments name the bot and what is new', () => {
  const amend = { ...base, action: 'amend', type: 'bot', venueOrderId: '5' };
  const range = { algoId: '5', minPx: '10', maxPx: '100', gridNum: 5 };
  expect(read('tradingBot/grid/amend-algo-basic-param', range)).toEqual([
    {
      ...amend,
      instrument: '',
      price: '100',
      legs: [{ ...amend, instrument: '', side: 'sell', price: '10' }],
    },
  ]);
  const exits = {
    algoId: '5',
    instId: 'BTC-USDT',
    slTriggerPx: '1200',
    tpTriggerPx: '',
    topUpAmt: '40',
    triggerParams: [{ triggerAction: 'stop', triggerStrategy: 'instant', stopType: '1' }],
  };
  const own = { venueOrderId: '5', instrument: 'BTC-USDT' };
  expect(read('tradingBot/grid/amend-order-algo', exits)).toEqual([
    {
      ...amend,
      ...own,
      legs: [
        { ...base, ...own, action: 'cancel', type: 'take-profit' },
        { ...close, ...own, type: 'stop', trigger: '1200' },
        { ...close, ...own, type: 'stop' },
        { ...bot, ...own, side: 'buy', quantity: '40 quote' },
      ],
    },
  ]);
});
