// Alpaca's orders to intents: every leg and unit, and a refusal for whatever a rule could not judge (D1-D4, D10).
import { orders as build } from '@alpacahq/alpaca-trade-api';
import { describe, expect, test } from 'vitest';
import { parseOrders } from '../../../../src/venues/alpaca/orders.js';
import { clientIdForm } from '../../../../src/venues/alpaca/place.js';
import { readSymbol, rootOf } from '../../../../src/venues/alpaca/symbols.js';
import { briefIntents } from '../../../support/parsed-intents.js';
import { requestOf } from '../../../support/venue-requests.js';

const id = '6b6f7d5e-2d0c-4a3b-9a51-0d2a4f6c8e10';
const json = [['content-type', 'application/json']] as const;

function parse(line: string, body: unknown = '') {
  const [method = '', target = ''] = line.split(' ');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = requestOf(method, `https://paper-api.alpaca.markets${target}`, json, text);
  return parseOrders(request, { account: 'main', environment: 'demo' });
}

function intentsOf(line: string, body?: unknown) {
  return briefIntents(parse(line, body));
}

/** The body that the SDK writes: snake case, as its generated serialiser does. */
const wire = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(wire)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value).map(([name, member]) => [
            name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
            wire(member),
          ]),
        )
      : value;

const post = 'POST /v2/orders';
const base = { venue: 'alpaca', account: 'main', moneyMode: 'DEMO', action: 'place' };
const market = { symbol: 'AAPL', qty: '3', side: 'buy', type: 'market', time_in_force: 'day' };
const limit = { ...market, type: 'limit', limit_price: '150.25' };
const option = 'AAPL261218C00150000';

test('a limit order', () => {
  expect(
    intentsOf(post, { ...limit, client_order_id: 'c-1', extended_hours: true, order_class: 'simple' }),
  ).toEqual([
    {
      ...base,
      instrument: 'AAPL',
      side: 'buy',
      type: 'limit',
      timeInForce: 'day',
      quantity: '3 base',
      price: '150.25',
      clientOrderId: 'c-1',
    },
  ]);
});

test.each([
  ['money instead of shares', { ...market, qty: undefined, notional: '500.10' }, { quantity: '500.1 quote' }],
  [
    'numbers instead of strings',
    { ...limit, qty: 3, limit_price: 150.25 },
    { quantity: '3 base', price: '150.25' },
  ],
  ['null members', { ...market, limit_price: null, stop_price: null, legs: null }, { type: 'market' }],
  ['a stop', { ...market, type: 'stop', stop_price: '140' }, { type: 'stop', trigger: '140' }],
  [
    'a stop-limit',
    { ...limit, type: 'stop_limit', stop_price: '140' },
    { type: 'stop-limit', trigger: '140', price: '150.25' },
  ],
  ['a trailing stop', { ...market, type: 'trailing_stop', trail_percent: '1.5' }, { type: 'trailing-stop' }],
  ['options in contracts', { ...limit, symbol: option }, { instrument: option, quantity: '3 contracts' }],
  [
    'a pair',
    { ...market, symbol: 'BTC/USD', time_in_force: 'gtc' },
    { instrument: 'BTC/USD', timeInForce: 'gtc' },
  ],
  [
    'a pair without its slash',
    { ...market, symbol: 'BTCUSD', time_in_force: 'ioc' },
    { instrument: 'BTC/USD' },
  ],
  ['a closing intent', { ...market, side: 'sell', position_intent: 'sell_to_close' }, { reduceOnly: true }],
  [
    'a TWAP',
    {
      ...limit,
      advanced_instructions: { algorithm: 'TWAP', max_percentage: '0.1', start_time: '2026-11-20T15:00:00Z' },
    },
    { type: 'twap' },
  ],
  [
    'a direct route',
    { ...limit, advanced_instructions: { algorithm: 'DMA', destination: 'NYSE', display_qty: '100' } },
    { type: 'limit' },
  ],
])('%s', (_, body, expected) => {
  expect(intentsOf(post, body)).toMatchObject([expected]);
});

test("the SDK's bracket, OTO and OCO", () => {
  const entry = { symbol: 'AAPL', qty: 2, side: 'buy', timeInForce: 'gtc' } as const;
  const exits = { takeProfit: { limitPrice: 200 }, stopLoss: { stopPrice: 100, limitPrice: 99 } };
  expect(
    intentsOf(post, wire(build.buildBracketOrder({ ...entry, ...exits, limitPrice: 150 }))),
  ).toMatchObject([
    {
      type: 'limit',
      price: '150',
      legs: [
        { side: 'sell', type: 'limit', price: '200', quantity: '2 base', reduceOnly: true },
        {
          side: 'sell',
          type: 'stop-limit',
          trigger: '100',
          price: '99',
          quantity: '2 base',
          reduceOnly: true,
        },
      ],
    },
  ]);
  expect(
    intentsOf(post, wire(build.buildOtoOrder({ ...entry, stopLoss: { stopPrice: 100 } }))),
  ).toMatchObject([{ type: 'market', legs: [{ side: 'sell', type: 'stop', trigger: '100' }] }]);
  expect(intentsOf(post, wire(build.buildOcoOrder({ ...entry, side: 'sell', ...exits })))).toMatchObject([
    { side: 'sell', type: 'limit', price: '200', quantity: '2 base' },
    { side: 'sell', type: 'stop-limit', trigger: '100', quantity: '2 base', isAlternative: true },
  ]);
});

test('a multi-leg order is every leg times its ratio, at one net price', () => {
  const body = {
    order_class: 'mleg',
    qty: '2',
    type: 'limit',
    limit_price: '-0.60',
    time_in_force: 'day',
    legs: [
      { symbol: option, ratio_qty: '1', side: 'buy', position_intent: 'buy_to_open' },
      { symbol: 'AAPL261218C00160000', ratio_qty: '3', side: 'sell' },
    ],
  };
  expect(intentsOf(post, body)).toMatchObject([
    {
      instrument: 'AAPL',
      quantity: '2 contracts',
      price: '-0.6',
      legs: [
        { instrument: option, side: 'buy', quantity: '2 contracts' },
        { instrument: 'AAPL261218C00160000', side: 'sell', quantity: '6 contracts' },
      ],
    },
  ]);
  for (const broken of [
    { legs: [] },
    { legs: Array(5).fill(body.legs[0]) },
    { qty: undefined },
    { limit_price: undefined },
    { type: 'stop' },
    { symbol: 'AAPL' },
  ]) {
    expect(parse(post, { ...body, ...broken }).ok, JSON.stringify(broken).slice(0, 40)).toBe(false);
  }
});

test('replacements carry new totals for an order known by id', () => {
  for (const method of ['PATCH', 'PUT']) {
    expect(
      intentsOf(`${method} /v2/orders/${id}`, {
        qty: '4',
        limit_price: '151',
        time_in_force: 'gtc',
        trail: '2',
      }),
    ).toEqual([
      {
        ...base,
        action: 'amend',
        instrument: '',
        quantity: '4 base',
        price: '151',
        timeInForce: 'gtc',
        venueOrderId: id,
      },
    ]);
  }
});

test('cancels and closings', () => {
  expect(intentsOf('DELETE /v2/orders')).toEqual([{ ...base, action: 'cancel', instrument: '' }]);
  expect(intentsOf(`DELETE /v2/orders/${id}`)).toMatchObject([{ action: 'cancel', venueOrderId: id }]);
  expect(intentsOf('DELETE /v2/positions')).toMatchObject([
    { action: 'place', type: 'market', instrument: '', quantity: '0 close-all', reduceOnly: true },
  ]);
  expect(intentsOf('DELETE /v2/positions?cancel_orders=true')).toMatchObject([
    { action: 'cancel' },
    { action: 'place' },
  ]);
  expect(intentsOf('DELETE /v2/positions/AAPL?qty=1.5')).toMatchObject([
    { instrument: 'AAPL', quantity: '1.5 base' },
  ]);
  expect(intentsOf('DELETE /v2/positions/BTC%2FUSD?percentage=50')).toMatchObject([
    { instrument: 'BTC/USD', quantity: '0 close-all' },
  ]);
  expect(intentsOf(`DELETE /v2/positions/${option}?qty=1`)).toMatchObject([{ quantity: '1 contracts' }]);
  expect(parse(`DELETE /v2/positions/${id}`)).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
  expect(parse('DELETE /v2/positions/AAPL?qty=1&percentage=2')).toMatchObject({ code: 'FIELD_CONFLICT' });
  expect(parse('DELETE /v2/positions/AAPL?side=buy')).toMatchObject({ code: 'FIELD_UNKNOWN' });
  expect(parse('DELETE /v2/orders', '{}')).toMatchObject({ code: 'BODY_UNREADABLE' });
});

describe('refused', () => {
  test.each<[string, string, unknown, string]>([
    ['an unknown field', post, { ...market, surprise: 1 }, 'FIELD_UNKNOWN'],
    ['a decorative price on a market order (D3)', post, { ...market, limit_price: '0.01' }, 'FIELD_UNKNOWN'],
    ['a trigger on a limit order', post, { ...limit, stop_price: '1' }, 'FIELD_UNKNOWN'],
    ['a limit order without price', post, { ...market, type: 'limit' }, 'FIELD_MISSING'],
    ['qty and notional', post, { ...market, notional: '5' }, 'FIELD_CONFLICT'],
    ['notional on a limit order', post, { ...limit, qty: undefined, notional: '5' }, 'FIELD_CONFLICT'],
    ['neither qty nor notional', post, { ...market, qty: undefined }, 'FIELD_MISSING'],
    ['an exponent', post, JSON.stringify(market).replace('"3"', '3e2'), 'NUMBER_INVALID'],
    ['NaN', post, { ...market, qty: 'NaN' }, 'NUMBER_INVALID'],
    ['zero', post, { ...market, qty: '0' }, 'NUMBER_INVALID'],
    ['an asset id', post, { ...market, symbol: id }, 'SYMBOL_UNKNOWN'],
    ['a homoglyph symbol (D19)', post, { ...market, symbol: 'АAPL' }, 'FIELD_INVALID'],
    ['a lower-case symbol', post, { ...market, symbol: 'aapl' }, 'SYMBOL_UNKNOWN'],
    ['no side', post, { ...market, side: undefined }, 'FIELD_MISSING'],
    ['an intent of the other side', post, { ...market, position_intent: 'sell_to_open' }, 'FIELD_CONFLICT'],
    [
      'two trails',
      post,
      { ...market, type: 'trailing_stop', trail_percent: '1', trail_price: '1' },
      'FIELD_CONFLICT',
    ],
    [
      'a bracket with one exit',
      post,
      { ...limit, order_class: 'bracket', take_profit: { limit_price: '9' } },
      'FIELD_MISSING',
    ],
    ['exits on a simple order', post, { ...limit, take_profit: { limit_price: '9' } }, 'FIELD_UNKNOWN'],
    [
      'an OTO with two exits',
      post,
      { ...limit, order_class: 'oto', take_profit: { limit_price: '9' }, stop_loss: { stop_price: '8' } },
      'FIELD_CONFLICT',
    ],
    [
      'an OCO whose two prices differ',
      post,
      { ...limit, order_class: 'oco', take_profit: { limit_price: '9' }, stop_loss: { stop_price: '8' } },
      'PRICE_AMBIGUOUS',
    ],
    [
      'an OCO of market type',
      post,
      { ...market, order_class: 'oco', take_profit: { limit_price: '9' }, stop_loss: { stop_price: '8' } },
      'FIELD_CONFLICT',
    ],
    [
      'a field in an exit',
      post,
      { ...limit, order_class: 'oto', stop_loss: { stop_price: '8', qty: '99' } },
      'FIELD_UNKNOWN',
    ],
    [
      'a field in the instructions',
      post,
      { ...limit, advanced_instructions: { algorithm: 'DMA', x: 1 } },
      'FIELD_UNKNOWN',
    ],
    ['an unknown class', post, { ...limit, order_class: 'ladder' }, 'ORDER_TYPE_UNSUPPORTED'],
    ['a key twice', post, '{"symbol":"A","symbol":"B"}', 'BODY_UNREADABLE'],
    ['an exercise by id', `POST /v2/positions/${id}/exercise`, '', 'SYMBOL_UNKNOWN'],
    ['an exercise of a share', 'POST /v2/positions/AAPL/exercise', '', 'SYMBOL_UNKNOWN'],
    [
      'an exercise of an adjusted option',
      'POST /v2/positions/AAPL1271217C00150000/exercise',
      '',
      'SYMBOL_UNKNOWN',
    ],
    ['an exercise with a field', `POST /v2/positions/${option}/exercise`, { qty: '1' }, 'FIELD_UNKNOWN'],
    ['what is not to be exercised', `POST /v2/positions/${option}/do-not-exercise`, '', 'NOT_AN_ORDER'],
    ['a locate', 'POST /v1/locates', {}, 'NOT_AN_ORDER'],
    ['funds', 'POST /v2/wallets/transfers', {}, 'NOT_AN_ORDER'],
    ['configurations', 'PATCH /v2/account/configurations', {}, 'NOT_AN_ORDER'],
  ])('%s', (_, line, body, code) => {
    expect(parse(line, body)).toMatchObject({ ok: false, code });
  });
});

test('symbols have one spelling each', () => {
  for (const [text, instrument, kind] of [
    ['BRK.B', 'BRK.B', 'share'],
    ['GOOGL', 'GOOGL', 'share'],
    ['ETHBTC', 'ETH/BTC', 'pair'],
    ['BTCUSDT', 'BTC/USDT', 'pair'],
    ['USDTUSD', 'USDT/USD', 'pair'],
    ['SPXW261218P05000000', 'SPXW261218P05000000', 'option'],
  ] as const) {
    expect(readSymbol(text), text).toEqual({ instrument, kind });
  }
  expect(rootOf('SPXW261218P05000000')).toBe('SPXW');
  expect(clientIdForm.test('a b')).toBe(false);
});

test.each([
  ['C', 'buy'],
  ['P', 'sell'],
])(
  'exercising an option of right %s takes the contracts out of the account and trades their shares at the strike',
  (right, side) => {
    const symbol = `AAPL271217${right}00152500`;
    for (const body of ['', {}])
      expect(intentsOf(`POST /v2/positions/${symbol}/exercise`, body)).toEqual([
        {
          venue: 'alpaca',
          account: 'main',
          moneyMode: 'DEMO',
          action: 'place',
          instrument: symbol,
          side: 'sell',
          type: 'other',
          quantity: '0 close-all',
          reduceOnly: true,
          legs: [
            {
              venue: 'alpaca',
              account: 'main',
              moneyMode: 'DEMO',
              action: 'place',
              instrument: 'AAPL',
              side,
              type: 'other',
              price: '152.5',
            },
          ],
        },
      ]);
  },
);
