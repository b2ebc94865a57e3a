// Hyperliquid's actions as intents: markets by list only, market triggers without their decorative price.
import { expect, test } from 'vitest';
import type { OrderIntent } from '../../../../src/core/order.js';
import { parseHyperliquidOrders } from '../../../../src/venues/hyperliquid/orders.js';
import { intentsOf } from '../../../support/parsed-intents.js';
import { requestOf } from '../../../support/venue-requests.js';

const instruments = new Map([
  ['0', 'BTC'],
  ['10000', 'PURR/USDC'],
]);
const context = { account: 'main', environment: 'demo', instruments } as const;
const parse = (
  action: object,
  more: object = {},
  given: Parameters<typeof parseHyperliquidOrders>[1] = context,
) =>
  parseHyperliquidOrders(
    requestOf(
      'POST',
      'https://api.hyperliquid-testnet.xyz/exchange',
      [['content-type', 'application/json']],
      JSON.stringify({ action, nonce: 1, signature: { r: '0x1', s: '0x1', v: 27 }, ...more }),
    ),
    given,
  );

const base = { venue: 'hyperliquid', account: 'main', moneyMode: 'DEMO' };
const wire = { a: 0, b: true, p: '30000.5', s: '0.25', r: false, t: { limit: { tif: 'Gtc' } } };
const cloid = `0x${'12'.repeat(16)}`;
const order = (...orders: object[]) => ({ type: 'order', orders, grouping: 'na' });

test('orders', () => {
  const place = {
    ...base,
    action: 'place',
    instrument: 'BTC',
    isDerivative: true,
    side: 'buy',
    quantity: { value: '0.25', unit: 'base' },
    reduceOnly: false,
  };
  for (const [entry, expected] of [
    [wire, { type: 'limit', timeInForce: 'gtc', price: '30000.5' }],
    [
      { ...wire, c: cloid, t: { limit: { tif: 'Alo' } } },
      { type: 'limit', timeInForce: 'post-only', price: '30000.5', clientOrderId: cloid },
    ],
    [
      { ...wire, t: { limit: { tif: 'FrontendMarket' } } },
      { type: 'limit', timeInForce: 'ioc', price: '30000.5' },
    ],
    [
      { ...wire, t: { trigger: { isMarket: false, triggerPx: '29000', tpsl: 'sl' } } },
      { type: 'stop-limit', trigger: '29000', price: '30000.5' },
    ],
    [
      { ...wire, t: { trigger: { isMarket: true, triggerPx: '29000', tpsl: 'sl' } } },
      { type: 'stop', trigger: '29000' },
    ],
    [
      { ...wire, t: { trigger: { isMarket: true, triggerPx: '29000', tpsl: 'tp' } } },
      { type: 'take-profit', trigger: '29000' },
    ],
  ] as const) {
    expect(intentsOf(parse(order(entry))), JSON.stringify(entry)).toEqual([{ ...place, ...expected }]);
  }
  const [spot] = intentsOf(parse(order({ ...wire, a: 10000, b: false }))) as object[];
  expect(spot).toMatchObject({ instrument: 'PURR/USDC', side: 'sell' });
  expect(spot).not.toHaveProperty('isDerivative');
});

test('a position’s exit may have no size of its own; nothing else may', () => {
  const exit = { ...wire, s: '0', r: true, t: { trigger: { isMarket: true, triggerPx: '1', tpsl: 'sl' } } };
  expect(intentsOf(parse({ ...order(exit), grouping: 'positionTpsl' }))).toMatchObject([
    { quantity: { unit: 'close-all' }, reduceOnly: true },
  ]);
  expect(parse(order(exit))).toMatchObject({ code: 'NUMBER_INVALID' });
});

test('of a group, exits that the venue holds to reducing hang on the first order; what may open hangs on none', () => {
  const exit = (tpsl: string, more: object = {}) => ({
    ...wire,
    b: false,
    r: true,
    t: { trigger: { isMarket: true, triggerPx: '1', tpsl } },
    ...more,
  });
  const marks = (grouping: string, ...orders: object[]) =>
    (intentsOf(parse({ type: 'order', orders, grouping })) as Partial<OrderIntent>[]).map((one) =>
      one.isAttached ? 'attached' : one.isAlternative ? 'alternative' : 'own',
    );
  const [profit, loss] = [exit('tp'), exit('sl')];
  expect(marks('normalTpsl', wire, profit, loss)).toEqual(['own', 'attached', 'attached']);
  expect(marks('positionTpsl', profit, loss)).toEqual(['own', 'alternative']);
  expect(marks('na', wire, profit, loss)).toEqual(['own', 'own', 'own']);
  expect(marks('normalTpsl', wire, exit('tp', { r: false }), wire)).toEqual(['own', 'own', 'own']);
  // On spot the flag proves nothing.
  expect(marks('normalTpsl', { ...wire, a: 10_000 }, exit('tp', { a: 10_000 }))).toEqual(['own', 'own']);
});

test('modifies are whole orders under a known name', () => {
  expect(intentsOf(parse({ type: 'modify', oid: 77, order: wire }))).toMatchObject([
    { action: 'amend', venueOrderId: '77', price: '30000.5', isOpenQuantity: true },
  ]);
  expect(intentsOf(parse({ type: 'batchModify', modifies: [{ oid: cloid, order: wire }] }))).toMatchObject([
    { action: 'amend', clientOrderId: cloid },
  ]);
});

test('time-weighted orders', () => {
  expect(
    intentsOf(parse({ type: 'twapOrder', twap: { a: 0, b: false, s: '2', r: true, m: 30, t: true } })),
  ).toEqual([
    {
      ...base,
      action: 'place',
      instrument: 'BTC',
      isDerivative: true,
      side: 'sell',
      type: 'twap',
      quantity: { value: '2', unit: 'base' },
      reduceOnly: true,
    },
  ]);
});

test('cancels pass with or without the list', () => {
  const bare = { account: 'main', environment: 'demo' } as const;
  expect(
    intentsOf(
      parse({
        type: 'cancel',
        cancels: [
          { a: 0, o: 5 },
          { a: 999, o: 6 },
        ],
      }),
    ),
  ).toMatchObject([
    { action: 'cancel', instrument: 'BTC', venueOrderId: '5' },
    { action: 'cancel', instrument: '', venueOrderId: '6' },
  ]);
  expect(intentsOf(parse({ type: 'cancelByCloid', cancels: [{ asset: 0, cloid }] }, {}, bare))).toMatchObject(
    [{ instrument: '', clientOrderId: cloid }],
  );
  expect(intentsOf(parse({ type: 'twapCancel', a: 0, t: 3 }))).toMatchObject([{ venueOrderId: '3' }]);
  expect(parse({ type: 'scheduleCancel' })).toMatchObject({ code: 'DEAD_MAN_DISARM' });
  const nowMs = 1_800_000_000_000;
  const schedule = (time: number, more: object = { nowMs }) =>
    parse({ type: 'scheduleCancel', time }, {}, { ...context, ...more });
  expect(intentsOf(schedule(nowMs + 120_000))).toMatchObject([{ action: 'cancel', instrument: '' }]);
  // The operator's own switch is the venue's only one: an agent does not put it off.
  for (const putOff of [schedule(nowMs + 120_001), schedule(4_000_000_000_000), schedule(nowMs, {})])
    expect(putOff).toMatchObject({ ok: false, code: 'DEAD_MAN_DISARM' });
  expect(parse(order(wire), {}, bare)).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
});

test('what is not understood is refused with its code', () => {
  for (const [code, action] of [
    ['SYMBOL_UNKNOWN', order({ ...wire, a: 100000 })],
    ['FIELD_UNKNOWN', order({ ...wire, x: 1 })],
    ['FIELD_UNKNOWN', { ...order(wire), extra: 1 }],
    ['FIELD_UNKNOWN', order({ ...wire, t: { limit: { tif: 'Gtc' }, extra: {} } })],
    ['FIELD_INVALID', order({ ...wire, t: { limit: { tif: 'gtc' } } })],
    ['FIELD_INVALID', { ...order(wire), grouping: 'other' }],
    ['FIELD_INVALID', order({ ...wire, c: '0x1' })],
    ['FIELD_INVALID', { ...order(wire), orders: [] }],
    ['FIELD_MISSING', order({ ...wire, r: undefined })],
    ['ORDER_TYPE_UNSUPPORTED', order({ ...wire, t: {} })],
    [
      'ORDER_TYPE_UNSUPPORTED',
      order({
        ...wire,
        t: { limit: { tif: 'Gtc' }, trigger: { isMarket: true, triggerPx: '1', tpsl: 'sl' } },
      }),
    ],
    ['NUMBER_INVALID', order({ ...wire, s: '-1' })],
    ['NUMBER_INVALID', order({ ...wire, p: '1e5' })],
    ['FEE_TO_THIRD_PARTY', { ...order(wire), builder: { b: `0x${'00'.repeat(20)}`, f: 10 } }],
    ['NOT_AN_ORDER', { type: 'vaultTransfer' }],
    ['NOT_AN_ORDER', { type: 'updateLeverage' }],
  ] as const) {
    expect(parse(action), JSON.stringify(action)).toMatchObject({ ok: false, code });
  }
  expect(parse({ ...order(wire), builder: { b: `0x${'00'.repeat(20)}`, f: 0 } })).toMatchObject({ ok: true });
  expect(parse(order(wire), { vaultAddress: `0x${'11'.repeat(20)}` })).toMatchObject({ ok: false });
  expect(parse({ ...order(wire), grouping: { p: 1 } })).toMatchObject({ ok: false });
});
