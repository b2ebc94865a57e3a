// Tradier's orders to intents: every leg and unit, and a refusal for whatever a rule could not judge (D1-D4, D10).
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../../../src/orders/fingerprint.js';
import { parseOrders } from '../../../../src/venues/tradier/orders.js';
import { briefIntents } from '../../../support/parsed-intents.js';
import { requestOf } from '../../../support/venue-requests.js';

const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
const orders = '/v1/accounts/VA000000/orders';

function parse(fields: Record<string, string> | string, line = `POST ${orders}`) {
  const [method = '', path = ''] = line.split(' ');
  const text = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  const request = requestOf(method, `https://api.tradier.com${path}`, text === '' ? [] : form, text);
  return parseOrders(request, { account: 'main', environment: 'live' });
}

function intentsOf(fields: Record<string, string> | string, line?: string) {
  return briefIntents(parse(fields, line));
}

const base = {
  venue: 'tradier',
  venueAccount: 'VA000000',
  account: 'main',
  moneyMode: 'LIVE',
  action: 'place',
};
const equity = {
  class: 'equity',
  symbol: 'SPY',
  side: 'buy',
  quantity: '10',
  type: 'limit',
  duration: 'day',
  price: '400.50',
};
const call = 'SPY261218C00400000';
const option = { ...equity, class: 'option', option_symbol: call, side: 'buy_to_open', price: '1.25' };

/** The fields of several orders: `name[index]`. */
const indexed = (...members: Record<string, string>[]) =>
  Object.fromEntries(
    members.flatMap((member, index) =>
      Object.entries(member).map(([name, value]) => [`${name}[${index}]`, value]),
    ),
  );

test('an order for shares', () => {
  expect(intentsOf({ ...equity, tag: 'my-tag-1', stop: '', preview: 'false' })).toEqual([
    {
      ...base,
      instrument: 'SPY',
      side: 'buy',
      type: 'limit',
      timeInForce: 'day',
      quantity: '10 base',
      price: '400.5',
      clientOrderId: 'my-tag-1',
    },
  ]);
});

test.each<[string, Record<string, string>, Record<string, unknown>]>([
  ['market', { ...equity, type: 'market', price: '' }, { type: 'market' }],
  ['stop', { ...equity, type: 'stop', price: '', stop: '390' }, { type: 'stop', trigger: '390' }],
  [
    'stop-limit',
    { ...equity, type: 'stop_limit', stop: '390' },
    { type: 'stop-limit', trigger: '390', price: '400.5' },
  ],
  ['a short sale', { ...equity, side: 'sell_short' }, { side: 'sell' }],
  ['a cover', { ...equity, side: 'buy_to_cover' }, { side: 'buy', reduceOnly: true }],
  ['an option', option, { instrument: call, quantity: '10 contracts', side: 'buy' }],
  ['a closing option', { ...option, side: 'sell_to_close' }, { side: 'sell', reduceOnly: true }],
  [
    'a weekly index option',
    { ...option, symbol: 'SPX', option_symbol: 'SPXW261218P05000000' },
    { instrument: 'SPXW261218P05000000' },
  ],
  ['a class share', { ...equity, symbol: 'BRK.B' }, { instrument: 'BRK.B' }],
  ['good till cancelled', { ...equity, duration: 'gtc' }, { timeInForce: 'gtc' }],
])('%s', (_, fields, expected) => {
  expect(intentsOf(fields)).toMatchObject([expected]);
});

test('a preview is a dry run of the same order', () => {
  expect(parse({ ...equity, preview: 'true' })).toMatchObject({ ok: true, dryRun: true });
  expect(parse(equity)).not.toHaveProperty('dryRun');
});

const legs = indexed(
  { option_symbol: call, side: 'buy_to_open', quantity: '2' },
  { option_symbol: 'SPY261218C00410000', side: 'sell_to_open', quantity: '3' },
);

test('a multi-leg order is every leg at one net price', () => {
  const spread = { class: 'multileg', symbol: 'SPY', duration: 'day', ...legs };
  const [debit] = intentsOf({ ...spread, type: 'debit', price: '1.10' });
  expect(debit).toMatchObject({
    instrument: 'SPY',
    type: 'limit',
    price: '1.1',
    legs: [
      { instrument: call, side: 'buy', quantity: '2 contracts' },
      { instrument: 'SPY261218C00410000', side: 'sell', quantity: '3 contracts' },
    ],
  });
  expect(intentsOf({ ...spread, type: 'credit', price: '1.10' })).toMatchObject([{ price: '-1.1' }]);
  expect(intentsOf({ ...spread, type: 'even' })).toMatchObject([{ type: 'limit', price: '0' }]);
  expect(intentsOf({ ...spread, type: 'market' })[0]).not.toHaveProperty('price');
});

test("a combo's leg without an option is shares", () => {
  const combo = {
    class: 'combo',
    symbol: 'SPY',
    type: 'debit',
    price: '1',
    duration: 'day',
    ...indexed(
      { side: 'buy', quantity: '100', option_symbol: 'null' },
      { option_symbol: call, side: 'sell_to_open', quantity: '1' },
    ),
  };
  expect(intentsOf(combo)).toMatchObject([
    {
      legs: [
        { instrument: 'SPY', quantity: '100 base' },
        { instrument: call, quantity: '1 contracts' },
      ],
    },
  ]);
  expect(parse({ ...combo, class: 'multileg' })).toMatchObject({ ok: false, code: 'FIELD_MISSING' });
});

const first = { symbol: 'SPY', quantity: '10', type: 'limit', side: 'buy', price: '400' };
const exit = { symbol: 'SPY', quantity: '10', type: 'limit', side: 'sell', price: '420' };
const stop = { symbol: 'SPY', quantity: '10', type: 'stop', side: 'sell', stop: '380' };

test('OTO, OCO and OTOCO', () => {
  expect(intentsOf({ class: 'oto', duration: 'gtc', ...indexed(first, exit) })).toMatchObject([
    {
      side: 'buy',
      price: '400',
      timeInForce: 'gtc',
      legs: [{ side: 'sell', price: '420', timeInForce: 'gtc' }],
    },
  ]);
  expect(intentsOf({ class: 'oco', duration: 'day', ...indexed(exit, stop) })).toMatchObject([
    { price: '420' },
    { type: 'stop', trigger: '380', isAlternative: true },
  ]);
  const otoco = {
    class: 'otoco',
    ...indexed({ ...first, duration: 'day' }, { ...exit, duration: 'gtc' }, { ...stop, duration: 'gtc' }),
  };
  expect(intentsOf(otoco)).toMatchObject([
    { timeInForce: 'day', legs: [{ price: '420', timeInForce: 'gtc' }, { trigger: '380' }] },
  ]);
  expect(parse({ ...otoco, duration: 'day' })).toMatchObject({ code: 'FIELD_CONFLICT' });
  expect(parse({ class: 'otoco', duration: 'day', ...indexed(first, exit) })).toMatchObject({
    code: 'FIELD_MISSING',
  });
  expect(parse({ class: 'oto', duration: 'day', ...indexed(first, exit, stop) })).toMatchObject({
    code: 'FIELD_UNKNOWN',
  });
});

test('changes and cancels know their order by id', () => {
  expect(intentsOf('type=limit&duration=&price=1.00&stop=', `PUT ${orders}/77`)).toEqual([
    { ...base, action: 'amend', instrument: '', type: 'limit', price: '1', venueOrderId: '77' },
  ]);
  expect(intentsOf('', `DELETE ${orders}/77`)).toEqual([
    { ...base, action: 'cancel', instrument: '', venueOrderId: '77' },
  ]);
  expect(parse('quantity=9', `PUT ${orders}/77`)).toMatchObject({ ok: false });
  expect(parse('price=1&quantity=9', `PUT ${orders}/77`)).toMatchObject({ code: 'FIELD_UNKNOWN' });
});

describe('refused', () => {
  test.each<[string, Record<string, string> | string, string]>([
    ['an unknown field', { ...equity, surprise: '1' }, 'FIELD_UNKNOWN'],
    ['a decorative price on a market order (D3)', { ...equity, type: 'market' }, 'FIELD_UNKNOWN'],
    ['a limit order without price', { ...equity, price: '' }, 'FIELD_MISSING'],
    ['an exponent', { ...equity, quantity: '1e3' }, 'NUMBER_INVALID'],
    ['zero', { ...equity, quantity: '0' }, 'NUMBER_INVALID'],
    ['a thousands separator', { ...equity, price: '1,000.00' }, 'NUMBER_INVALID'],
    ['an option of another underlying', { ...option, symbol: 'QQQ' }, 'FIELD_CONFLICT'],
    ['an option whose root only begins alike', { ...option, symbol: 'S' }, 'FIELD_CONFLICT'],
    ["a share's side on an option", { ...option, side: 'buy' }, 'FIELD_INVALID'],
    ["an option's side on shares", { ...equity, side: 'buy_to_open' }, 'FIELD_INVALID'],
    ['an option symbol on shares', { ...equity, option_symbol: call }, 'FIELD_UNKNOWN'],
    ['a lower-case symbol', { ...equity, symbol: 'spy' }, 'FIELD_INVALID'],
    ['a homoglyph symbol (D19)', { ...equity, symbol: 'ЅPY' }, 'FIELD_INVALID'],
    ['an unknown class', { ...equity, class: 'crypto' }, 'ORDER_TYPE_UNSUPPORTED'],
    ['no class', { ...equity, class: '' }, 'FIELD_MISSING'],
    ['an unknown duration', { ...equity, duration: 'forever' }, 'FIELD_INVALID'],
    [
      'a price without debit or credit',
      { class: 'multileg', symbol: 'SPY', duration: 'day', type: 'even', price: '1', ...legs },
      'FIELD_CONFLICT',
    ],
    [
      'a debit without price',
      { class: 'multileg', symbol: 'SPY', duration: 'day', type: 'debit', ...legs },
      'FIELD_CONFLICT',
    ],
    [
      'one leg',
      {
        class: 'multileg',
        symbol: 'SPY',
        duration: 'day',
        type: 'market',
        ...indexed({ option_symbol: call, side: 'buy_to_open', quantity: '1' }),
      },
      'FIELD_MISSING',
    ],
    [
      'a gap in the legs',
      {
        class: 'multileg',
        symbol: 'SPY',
        duration: 'day',
        type: 'market',
        ...legs,
        'side[3]': 'buy_to_open',
      },
      'FIELD_UNKNOWN',
    ],
    ['a field twice', 'class=equity&class=option', 'BODY_UNREADABLE'],
    ['a field twice, once escaped', 'side%5B0%5D=buy&side[0]=sell', 'BODY_UNREADABLE'],
  ])('%s', (_, fields, code) => {
    expect(parse(fields)).toMatchObject({ ok: false, code });
  });

  test('a JSON body, a query, a read', () => {
    const json = requestOf(
      'POST',
      `https://api.tradier.com${orders}`,
      [['content-type', 'application/json']],
      '{}',
    );
    const query = requestOf('POST', `https://api.tradier.com${orders}?quantity=9`, form, 'class=equity');
    const read = requestOf('GET', `https://api.tradier.com${orders}`);
    const codes = [json, query, read].map((request) => {
      const parsed = parseOrders(request, { account: 'a', environment: 'live' });
      return parsed.ok ? 'ok' : parsed.code;
    });
    expect(codes).toEqual(['BODY_UNREADABLE', 'NOT_AN_ORDER', 'NOT_AN_ORDER']);
  });
});

test('an approval for one account of the token lets nothing out at another', () => {
  const at = (account: string) => {
    const parsed = parse(equity, `POST /v1/accounts/${account}/orders`);
    return parsed.ok ? fingerprintOf('orders', parsed.intents) : '';
  };
  expect(at('VA000000')).toBe(at('VA000000'));
  expect(at('VA000000')).not.toBe(at('VA000001'));
});
