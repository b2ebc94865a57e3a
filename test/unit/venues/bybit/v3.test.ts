// The generations before v5: the same intents from other words, and nothing of v5 that they know nothing of.
import { describe, expect, test } from 'vitest';
import { base, intentsOf, parse } from '../../../support/bybit-intents.js';

const spot = '/spot/v3/private/order';
const contract = '/contract/v3/private/order/create';
const replace = '/contract/v3/private/order/replace';
const stop = '/contract/v3/private/position/trading-stop';
const copy = '/contract/v3/private/copytrading/order';
const unified = '/unified/v3/private/order';
const spotOrder = { symbol: 'ETHUSDT', orderPrice: '1220', side: 'SELL', orderQty: '1', orderType: 'LIMIT' };
const { orderPrice: _price, ...spotMarket } = { ...spotOrder, orderType: 'MARKET' };
const order = {
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  qty: '0.05',
  price: '20000',
  timeInForce: 'GoodTillCancel',
};
const copied = { symbol: 'BTCUSDT', side: 'Sell', orderType: 'Limit', qty: '0.001', price: '20000' };

describe('spot', () => {
  const whole = { ...base, action: 'place', instrument: 'ETHUSDT' };
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'a limit order',
      { ...spotOrder, timeInForce: 'IOC', orderLinkId: 'a1', smpType: 'None', orderCategory: 0 },
      {
        side: 'sell',
        type: 'limit',
        timeInForce: 'ioc',
        quantity: '1 base',
        price: '1220',
        clientOrderId: 'a1',
      },
    ],
    [
      'an order that only makes',
      { ...spotOrder, orderType: 'LIMIT_MAKER', side: 'BUY' },
      { side: 'buy', type: 'limit', timeInForce: 'post-only', quantity: '1 base', price: '1220' },
    ],
    [
      'a market purchase is by value',
      { ...spotMarket, side: 'BUY', orderQty: '200' },
      { side: 'buy', type: 'market', quantity: '200 quote' },
    ],
    ['a market sale by number', spotMarket, { side: 'sell', type: 'market', quantity: '1 base' }],
    [
      'a conditional order',
      { ...spotOrder, orderCategory: 1, triggerPrice: '1200' },
      { side: 'sell', type: 'stop-limit', quantity: '1 base', price: '1220', trigger: '1200' },
    ],
    [
      'a conditional market order',
      { ...spotMarket, orderCategory: 1, triggerPrice: '1200' },
      { side: 'sell', type: 'stop', quantity: '1 base', trigger: '1200' },
    ],
  ])('%s', (_, body, expected) => {
    expect(intentsOf(spot, body)).toEqual([{ ...whole, ...expected }]);
  });

  test.each<[string, unknown, string]>([
    ['the words of v5', { ...spotOrder, side: 'Sell' }, 'FIELD_INVALID'],
    ['an unknown field', { ...spotOrder, isLeverage: 0 }, 'FIELD_UNKNOWN'],
    ['a trigger without its category', { ...spotOrder, triggerPrice: '1200' }, 'FIELD_CONFLICT'],
    ['a category without its trigger', { ...spotOrder, orderCategory: 1 }, 'FIELD_CONFLICT'],
    ['a market order with a price', { ...spotOrder, orderType: 'MARKET' }, 'FIELD_CONFLICT'],
    ['a limit order without one', { ...spotMarket, orderType: 'LIMIT' }, 'FIELD_MISSING'],
    ['another type', { ...spotOrder, orderType: 'STOP' }, 'ORDER_TYPE_UNSUPPORTED'],
    ['no type', { ...spotOrder, orderType: undefined }, 'FIELD_MISSING'],
    ['no size', { ...spotOrder, orderQty: undefined }, 'FIELD_MISSING'],
    ['an exponent', { ...spotOrder, orderQty: '1e3' }, 'NUMBER_INVALID'],
    ['a size twice', JSON.stringify(spotOrder).replace('{', '{"orderQty":"9",'), 'BODY_UNREADABLE'],
  ])('refused: %s', (_, body, code) => {
    expect(parse(spot, body)).toMatchObject({ ok: false, code });
  });
});

describe('contracts', () => {
  test('an order with its exits, in the words of v3', () => {
    const body = { ...order, positionIdx: 0, takeProfit: '25000', stopLoss: '0', reduceOnly: false };
    expect(intentsOf(contract, body)).toEqual([
      {
        ...base,
        action: 'place',
        instrument: 'BTCUSDT',
        isDerivative: true,
        side: 'buy',
        type: 'limit',
        timeInForce: 'gtc',
        quantity: '0.05 base',
        price: '20000',
        reduceOnly: false,
        legs: [
          {
            ...base,
            action: 'place',
            instrument: 'BTCUSDT',
            isDerivative: true,
            side: 'sell',
            type: 'take-profit',
            quantity: '0 close-all',
            trigger: '25000',
            reduceOnly: true,
          },
        ],
      },
    ]);
  });

  test.each([
    ['BTCUSDT', '0.05 base'],
    ['BTCPERP', '0.05 base'],
    ['BTCUSD', '0.05 contracts'],
    ['BTCUSDZ22', '0.05 contracts'],
  ])('%s counts %s', (symbol, quantity) => {
    expect(intentsOf(contract, { ...order, symbol })).toMatchObject([{ instrument: symbol, quantity }]);
    expect(intentsOf(replace, { symbol, orderId: 'a1', qty: '0.05' })).toMatchObject([
      { action: 'amend', instrument: symbol, quantity, venueOrderId: 'a1' },
    ]);
  });

  test('a stop of a position', () => {
    expect(intentsOf(stop, { symbol: 'BTCUSD', stopLoss: '18000', positionIdx: '0' })).toMatchObject([
      { action: 'place', instrument: 'BTCUSD', type: 'stop', trigger: '18000', quantity: '0 close-all' },
    ]);
    expect(intentsOf(stop, { symbol: 'BTCUSD', stopLoss: '0' })).toMatchObject([{ action: 'amend' }]);
  });

  test.each<[string, string, unknown, string]>([
    ['a category, which it has none of', contract, { ...order, category: 'spot' }, 'FIELD_UNKNOWN'],
    ['borrowing (S7)', contract, { ...order, isLeverage: 1 }, 'FIELD_UNKNOWN'],
    ['sizes of exits', contract, { ...order, takeProfit: '1', tpSize: '1' }, 'FIELD_UNKNOWN'],
    ['the words of v5', contract, { ...order, timeInForce: 'GTC' }, 'FIELD_INVALID'],
    ['an unknown field', contract, { ...order, surprise: 1 }, 'FIELD_UNKNOWN'],
    ['an option', contract, { ...order, symbol: 'BTC-27DEC24-70000-C' }, 'FIELD_INVALID'],
    ['an exponent', contract, { ...order, qty: '5e-2' }, 'NUMBER_INVALID'],
    ['a size twice', contract, JSON.stringify(order).replace('{', '{"qty":"9",'), 'BODY_UNREADABLE'],
    ['no symbol', contract, { ...order, symbol: undefined }, 'FIELD_MISSING'],
    [
      'the mode of exits in an amendment',
      replace,
      { symbol: 'BTCUSDT', orderId: 'a1', tpslMode: 'Full' },
      'FIELD_UNKNOWN',
    ],
  ])('refused: %s', (_, path, body, code) => {
    expect(parse(path, body)).toMatchObject({ ok: false, code });
  });
});

describe('copy trading', () => {
  test('an order of a leader', () => {
    expect(intentsOf(`${copy}/create`, { ...copied, takeProfit: '0', stopLoss: '21000' })).toMatchObject([
      {
        instrument: 'BTCUSDT',
        side: 'sell',
        type: 'limit',
        quantity: '0.001 base',
        legs: [{ type: 'stop' }],
      },
    ]);
  });

  const closing = {
    ...base,
    action: 'place',
    instrument: 'BTCUSDT',
    type: 'market',
    quantity: '0 close-all',
    reduceOnly: true,
  };

  test('what an order opened is closed', () => {
    const body = { symbol: 'BTCUSDT', parentOrderId: 'p-1', orderLinkId: 'a1' };
    expect(intentsOf(`${copy}/close`, body)).toEqual([
      { ...closing, venueOrderId: 'p-1', clientOrderId: 'a1' },
    ]);
  });

  test.each([
    ['0', {}],
    ['1', { side: 'sell', positionSide: 'long' }],
    ['2', { side: 'buy', positionSide: 'short' }],
  ])('a position of side %s is closed', (positionIdx, side) => {
    const path = '/contract/v3/private/copytrading/position/close';
    expect(intentsOf(path, { symbol: 'BTCUSDT', positionIdx })).toEqual([{ ...closing, ...side }]);
  });

  test('exits of what an order opened name it', () => {
    const body = { symbol: 'BTCUSDT', parentOrderId: 'p-1', takeProfit: '25000', stopLoss: '18000' };
    expect(intentsOf(`${copy}/trading-stop`, body)).toMatchObject([
      { type: 'take-profit', trigger: '25000', venueOrderId: 'p-1' },
      { type: 'stop', trigger: '18000', venueOrderId: 'p-1' },
    ]);
  });

  test.each<[string, string, unknown, string]>([
    [
      'reduce-only, of which it knows nothing',
      `${copy}/create`,
      { ...copied, reduceOnly: true },
      'FIELD_UNKNOWN',
    ],
    ['a trigger', `${copy}/create`, { ...copied, triggerPrice: '1' }, 'FIELD_UNKNOWN'],
    ['inverse contracts', `${copy}/create`, { ...copied, symbol: 'BTCUSD' }, 'FIELD_INVALID'],
    [
      'an order by our own id alone',
      `${copy}/close`,
      { symbol: 'BTCUSDT', parentOrderLinkId: 'a' },
      'FIELD_MISSING',
    ],
    ['no side', '/contract/v3/private/copytrading/position/close', { symbol: 'BTCUSDT' }, 'FIELD_MISSING'],
    [
      'a trailing stop',
      `${copy}/trading-stop`,
      { symbol: 'BTCUSDT', parentOrderId: 'p', trailingStop: '1' },
      'FIELD_UNKNOWN',
    ],
  ])('refused: %s', (_, path, body, code) => {
    expect(parse(path, body)).toMatchObject({ ok: false, code });
  });
});

describe('the unified margin account', () => {
  const linear = { category: 'linear', ...order };
  const option = { ...linear, category: 'option', symbol: 'BTC-27DEC24-70000-C', orderLinkId: 'a1' };

  test('orders of contracts and options count the base coin', () => {
    for (const body of [linear, option])
      expect(intentsOf(`${unified}/create`, body)).toMatchObject([{ quantity: '0.05 base', price: '20000' }]);
  });

  test.each([
    ['Buy', '21000', '20000', 'stop-limit'],
    ['Buy', '19000', '20000', 'take-profit-limit'],
    ['Sell', '21000', '20000', 'take-profit-limit'],
    ['Sell', '19000', '20000', 'stop-limit'],
  ])('to %s at %s from %s is a %s order', (side, triggerPrice, basePrice, type) => {
    const body = { ...linear, side, triggerPrice, basePrice };
    expect(intentsOf(`${unified}/create`, body)).toMatchObject([{ type, trigger: triggerPrice }]);
  });

  test('a trigger without a base price is a stop, and a base price alone is nothing', () => {
    expect(intentsOf(`${unified}/create`, { ...linear, triggerPrice: '1' })).toMatchObject([
      { type: 'stop-limit' },
    ]);
    expect(intentsOf(`${unified}/create`, { ...linear, basePrice: '1' })).toMatchObject([{ type: 'limit' }]);
  });

  test('several orders, several amendments', () => {
    const { category: _category, ...one } = linear;
    const many = { category: 'linear', request: [one, { ...one, side: 'Sell' }] };
    expect(intentsOf(`${unified}/create-batch`, many)).toMatchObject([{ side: 'buy' }, { side: 'sell' }]);
    const change = { symbol: 'BTCUSDT', orderLinkId: 'a1', price: '19000' };
    expect(intentsOf(`${unified}/replace-batch`, { category: 'linear', request: [change] })).toEqual([
      {
        ...base,
        action: 'amend',
        instrument: 'BTCUSDT',
        isDerivative: true,
        price: '19000',
        clientOrderId: 'a1',
      },
    ]);
    const single = { category: 'linear', orderFilter: 'Order', ...change };
    expect(intentsOf(`${unified}/replace`, single)).toMatchObject([{ action: 'amend', price: '19000' }]);
  });

  test('a trailing stop of a position', () => {
    const path = '/unified/v3/private/position/trading-stop';
    const body = { category: 'linear', symbol: 'BTCUSDT', trailingStop: '50', positionIdx: 0 };
    expect(intentsOf(path, body)).toMatchObject([{ type: 'trailing-stop', quantity: '0 close-all' }]);
    expect(parse(path, { ...body, category: 'option' })).toMatchObject({ code: 'FIELD_INVALID' });
    expect(parse(path, { ...body, tpslMode: 'Full' })).toMatchObject({ code: 'FIELD_UNKNOWN' });
  });

  test.each<[string, string, unknown, string]>([
    ['spot', 'create', { ...linear, category: 'spot' }, 'FIELD_INVALID'],
    ['no category', 'create', order, 'FIELD_MISSING'],
    ['a price from implied volatility', 'create', { ...option, orderIv: '0.1' }, 'PRICE_RELATIVE'],
    ['the same by the name of an older client', 'create', { ...option, iv: '0.1' }, 'FIELD_UNKNOWN'],
    ['a direction of v5', 'create', { ...linear, triggerDirection: 1 }, 'FIELD_UNKNOWN'],
    [
      'a trigger in a batch',
      'create-batch',
      { category: 'linear', request: [{ ...order, triggerPrice: '1' }] },
      'FIELD_UNKNOWN',
    ],
    ['an empty batch', 'create-batch', { category: 'linear', request: [] }, 'FIELD_INVALID'],
    ['no batch', 'replace-batch', { category: 'linear' }, 'FIELD_MISSING'],
  ])('refused: %s', (_, path, body, code) => {
    expect(parse(`${unified}/${path}`, body)).toMatchObject({ ok: false, code });
  });
});
