import { describe, expect, test } from 'vitest';
import { describeIntent } from '../../../src/orders/describe-order.js';
import { fingerprintOf } from '../../../src/orders/fingerprint.js';
import { intentOf, recordOf } from '../../../src/orders/intent-record.js';
import { readNamedCancel } from '../../../src/venues/named-cancels.js';
import { OrderFields } from '../../../src/venues/order-fields.js';
import { findVenue } from '../../../src/venues/venues.js';
import { requestOf } from '../../support/venue-requests.js';

const base = { venue: 'okx', account: 'a', moneyMode: 'DEMO' } as const;
const read = (members: Record<string, never[] | string | string[]>) =>
  readNamedCancel(new OrderFields(new Map(Object.entries(members))), base, { ids: ['one'], lists: ['many'] });

test('ids, one or several, and no other thing: the intent cancels', () => {
  const cancel = { ...base, action: 'cancel', instrument: '' };
  expect(read({ one: '5' })).toEqual({ ...cancel, cancels: ['one 5'] });
  expect(read({ many: ['5', 'a-1'] })).toEqual({ ...cancel, cancels: ['many 5', 'many a-1'] });
  expect(() => read({})).toThrow(/missing/);
  expect(() => read({ many: [] })).toThrow(/has 0 elements/);
  expect(() => read({ one: '5', many: ['a b'] })).toThrow(/ids alone/);
});

test('what is cancelled is told apart, written down and shown', () => {
  const intents = [read({ one: '5' }), read({ one: '6' }), read({ many: ['5'] })];
  expect(new Set(intents.map((intent) => fingerprintOf('o', [intent]))).size).toBe(3);
  const [first] = intents.map(recordOf);
  expect(first && [intentOf(first).cancels, describeIntent(first)]).toEqual([['one 5'], 'DEMO CANCEL one 5']);
  expect(describeIntent({ ...base, action: 'cancel', instrument: '' })).toBe('DEMO CANCEL all instruments');
});

test('a cancel of all there are names nothing, and one that names some does', () => {
  const fields = (members: [string, string][]) => new OrderFields(new Map(members));
  const row = { ids: ['sprdId'], beside: ['algoId'], canBeAll: true } as const;
  expect(readNamedCancel(fields([['algoId', '1']]), base, row)).not.toHaveProperty('cancels');
  const named = fields([
    ['sprdId', 'A_B'],
    ['algoId', '1'],
  ]);
  expect(readNamedCancel(named, base, row).cancels).toEqual(['sprdId A_B']);
});

const rows: readonly (readonly [string, string])[] = [
  ['okx', 'https://www.okx.com/api/v5/sprd/cancel-order'],
  ['okx', 'https://www.okx.com/api/v5/rfq/cancel-all-rfqs'],
  ['okx', 'https://www.okx.com/api/v5/tradingBot/signal/cancel-sub-order'],
  ['bybit', 'https://api.bybit.com/v5/rfq/cancel-rfq'],
  ['bybit', 'https://api.bybit.com/v5/rfq/cancel-all-quotes'],
  ['bybit', 'https://api.bybit.com/v5/strategy/stop'],
];
const ids = { ordId: '5', signalOrdId: '5', algoId: '1', instId: 'A-B', rfqId: '5', strategyId: '5' };

describe.each(rows)('%s %s', (id, url) => {
  test.each([
    ['a size', { sz: '1' }],
    ['a price', { px: '1' }],
    ['an order', { order: { side: 'buy' } }],
    ['a list of orders', { request: [{ side: 'Buy' }] }],
  ])('with %s is refused', (_what, more) => {
    const known = Object.fromEntries(
      Object.entries(ids).filter(([name]) => (url.includes('sub-order') ? name !== 'ordId' : true)),
    );
    const body = JSON.stringify({ ...known, ...more });
    const request = requestOf('POST', url, [['content-type', 'application/json']], body);
    const parsed = findVenue(id)?.parseOrders(request, { account: 'a', environment: 'live' });
    expect(parsed).toMatchObject({ ok: false, code: 'FIELD_UNKNOWN' });
  });
});
