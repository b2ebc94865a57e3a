// Interactive Brokers' orders: contracts by list, accounts by name, types whose prices are known.
import { expect, test } from 'vitest';
import { parseIbkrOrders } from '../../../../src/venues/ibkr/orders.js';
import { intentsOf } from '../../../support/parsed-intents.js';
import { requestOf } from '../../../support/venue-requests.js';

const context = { account: 'main', environment: 'demo', instruments: new Map([['265598', 'AAPL']]) } as const;
const api = 'https://api.ibkr.com/v1/api/iserver';
const json = [['Content-Type', 'application/json']] as const;
const post = (path: string, body: object, given: Parameters<typeof parseIbkrOrders>[1] = context) =>
  parseIbkrOrders(requestOf('POST', `${api}/${path}`, json, JSON.stringify(body)), given);
const remove = (path: string, body = '') =>
  parseIbkrOrders(requestOf('DELETE', `${api}/${path}`, json, body), context);
const place = (...orders: object[]) => post('account/DU1234567/orders', { orders });

const base = { venue: 'ibkr', account: 'main', venueAccount: 'DU1234567', moneyMode: 'DEMO' };
const limit = {
  acctId: 'DU1234567',
  conid: 265598,
  secType: '265598:STK',
  orderType: 'LMT',
  side: 'BUY',
  tif: 'DAY',
  quantity: 10,
  price: 150.25,
};

test('orders', () => {
  const order = {
    ...base,
    action: 'place',
    instrument: 'AAPL',
    side: 'buy',
    timeInForce: 'day',
    quantity: { value: '10', unit: 'base' },
  };
  for (const [body, expected] of [
    [
      { ...limit, cOID: 'c-1', outsideRTH: true },
      { type: 'limit', price: '150.25', clientOrderId: 'c-1' },
    ],
    [{ ...limit, orderType: 'MKT', price: undefined }, { type: 'market' }],
    [
      { ...limit, orderType: 'STP' },
      { type: 'stop', trigger: '150.25' },
    ],
    [
      { ...limit, orderType: 'STOP_LIMIT', auxPrice: 149 },
      { type: 'stop-limit', price: '150.25', trigger: '149' },
    ],
    [
      { ...limit, quantity: undefined, cashQty: 500 },
      { type: 'limit', price: '150.25', quantity: { value: '500', unit: 'quote' } },
    ],
    [
      { ...limit, secType: undefined },
      { type: 'limit', price: '150.25', quantity: { value: '10', unit: 'contracts' } },
    ],
  ] as const) {
    expect(intentsOf(place(body)), JSON.stringify(body)).toEqual([{ ...order, ...expected }]);
  }
  expect(intentsOf(post('account/DU1234567/order', limit))).toHaveLength(1);
});

test('a bracket is every order of it, and one bad order denies all', () => {
  const exits = { ...limit, parentId: 'c-1', side: 'SELL', isSingleGroup: true };
  expect(intentsOf(place({ ...limit, cOID: 'c-1' }, exits, { ...exits, orderType: 'STP' }))).toHaveLength(3);
  const marks = (...orders: object[]) =>
    (intentsOf(place(...orders)) as { isAttached?: true }[]).map(({ isAttached }) => isAttached === true);
  const entry = { ...limit, cOID: 'c-1' };
  expect(marks(entry, exits, { ...exits, orderType: 'STP' })).toEqual([false, true, true]);
  // Of a parent that is another request's, or not the order before it.
  expect(marks(entry, { ...exits, parentId: 'c-0' }, exits)).toEqual([false, false, false]);
  expect(marks(exits, entry)).toEqual([false, false]);
  expect(place(limit, { ...limit, conid: 1, secType: undefined })).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
});

test('a group of which one trades is each of its orders, none of them an exit of another', () => {
  const group = { ...limit, isSingleGroup: true };
  const parsed = intentsOf(
    place({ ...group, cOID: 'c-1' }, { ...group, cOID: 'c-2', orderType: 'STP', side: 'SELL' }),
  );
  const order = {
    ...base,
    action: 'place',
    instrument: 'AAPL',
    timeInForce: 'day',
    quantity: { value: '10', unit: 'base' },
  };
  expect(parsed).toEqual([
    { ...order, side: 'buy', type: 'limit', price: '150.25', clientOrderId: 'c-1' },
    { ...order, side: 'sell', type: 'stop', trigger: '150.25', clientOrderId: 'c-2' },
  ]);
  expect(intentsOf(place({ ...limit, isSingleGroup: false }))).toEqual(intentsOf(place(limit)));
  for (const isSingleGroup of ['yes', 1, null])
    expect(place({ ...limit, isSingleGroup })).toMatchObject({ ok: false, code: 'FIELD_INVALID' });
});

test('amends are whole orders under their number; cancels name one or all', () => {
  expect(intentsOf(post('account/DU1234567/order/77', limit))).toMatchObject([
    { action: 'amend', venueOrderId: '77', price: '150.25' },
  ]);
  expect(intentsOf(remove('account/DU1234567/order/77'))).toEqual([
    { ...base, action: 'cancel', instrument: '', venueOrderId: '77' },
  ]);
  expect(intentsOf(remove('account/DU1234567/order/-1'))).toEqual([
    { ...base, action: 'cancel', instrument: '' },
  ]);
  expect(remove('account/DU1234567/order/77', '{}')).toMatchObject({ code: 'FIELD_UNKNOWN' });
  expect(remove('account/DU1234567/orders')).toMatchObject({ code: 'FIELD_MISSING' });
});

test('a paper credential reaches paper accounts only, and the reverse', () => {
  const live = { ...context, environment: 'live' } as const;
  expect(post('account/U1234567/orders', { orders: [limit] })).toMatchObject({ code: 'FIELD_INVALID' });
  expect(post('account/DU1234567/orders', { orders: [limit] }, live)).toMatchObject({
    code: 'FIELD_INVALID',
  });
  expect(post('account/U1234567/orders', { orders: [{ ...limit, acctId: 'U1234567' }] }, live)).toMatchObject(
    { ok: true },
  );
});

test('what is not understood is refused with its code', () => {
  for (const [code, body] of [
    ['FIELD_UNKNOWN', { ...limit, strategy: 'Twap' }],
    ['FIELD_UNKNOWN', { ...limit, trailingAmt: 1 }],
    ['FIELD_UNKNOWN', { ...limit, isCcyConv: true }],
    ['FIELD_UNKNOWN', { ...limit, allocationMethod: 'Equal' }],
    ['FIELD_UNKNOWN', { ...limit, conidex: '265598@SMART' }],
    ['FIELD_CONFLICT', { ...limit, acctId: 'DU7654321' }],
    ['FIELD_CONFLICT', { ...limit, secType: '1:STK' }],
    ['FIELD_CONFLICT', { ...limit, orderType: 'MKT' }],
    ['FIELD_CONFLICT', { ...limit, price: undefined }],
    ['FIELD_CONFLICT', { ...limit, auxPrice: 5 }],
    ['FIELD_CONFLICT', { ...limit, cashQty: 5 }],
    ['FIELD_CONFLICT', { ...limit, quantity: undefined }],
    ['FIELD_MISSING', { ...limit, tif: undefined }],
    ['FIELD_MISSING', { ...limit, side: undefined }],
    ['FIELD_INVALID', { ...limit, side: 'buy' }],
    ['FIELD_INVALID', { ...limit, tif: 'OPG' }],
    ['ORDER_TYPE_UNSUPPORTED', { ...limit, orderType: 'TRAIL' }],
    ['NUMBER_INVALID', { ...limit, quantity: -10 }],
    ['NUMBER_INVALID', { ...limit, price: '1e3' }],
    ['SYMBOL_UNKNOWN', { ...limit, conid: 8314, secType: undefined }],
  ] as const) {
    expect(place(body), JSON.stringify(body)).toMatchObject({ ok: false, code });
  }
  const unasked = { ok: false, code: 'NOT_AN_ORDER' };
  expect(post('reply/a1', { confirmed: true })).toMatchObject(unasked);
  // A confirmed question is the order that it was about.
  const order = { ...base, moneyMode: 'DEMO', action: 'place', instrument: 'AAPL' } as const;
  const asked = { ...context, questioned: (id: string) => (id === 'a1' ? [order] : undefined) };
  expect(post('reply/a1', { confirmed: true }, asked)).toEqual({ ok: true, intents: [order] });
  expect(post('reply/b2', { confirmed: true }, asked)).toMatchObject(unasked);
  expect(post('reply/a1', { confirmed: false }, asked)).toMatchObject(unasked);
  expect(post('reply/a1', {}, asked)).toMatchObject({ ok: false, code: 'FIELD_MISSING' });
  expect(post('reply/a1', { confirmed: true, all: true }, asked)).toMatchObject({
    ok: false,
    code: 'FIELD_UNKNOWN',
  });
  expect(post('reply/../x', { confirmed: true }, asked)).toMatchObject(unasked);
  expect(post('questions/suppress', {})).toMatchObject({ ok: false, code: 'NOT_AN_ORDER' });
  expect(post('account/DU1234567/orders?x=1', { orders: [limit] })).toMatchObject({
    code: 'BODY_UNREADABLE',
  });
  expect(post('account/DU1234567/orders', { orders: [limit], more: 1 })).toMatchObject({
    code: 'FIELD_UNKNOWN',
  });
  expect(
    post('account/DU1234567/orders', { orders: [limit] }, { account: 'main', environment: 'demo' }),
  ).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
});
