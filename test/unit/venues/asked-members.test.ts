// What an approval binds of a request, and what a human is shown of it beside the intent.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import type { OrderIntent } from '../../../src/core/order.js';
import { describeIntent } from '../../../src/orders/describe-order.js';
import { fingerprintOf } from '../../../src/orders/fingerprint.js';
import { recordOf } from '../../../src/orders/intent-record.js';
import { plainAmount, representedAll } from '../../../src/venues/asked-members.js';
import { parseStrictJson, type StrictObject } from '../../../src/venues/json-strict.js';
import { OrderFields } from '../../../src/venues/order-fields.js';

const intent: OrderIntent = {
  venue: 'v',
  account: 'a',
  moneyMode: 'LIVE',
  action: 'place',
  instrument: 'BTC-USDT',
  side: 'buy',
  quantity: { value: decimal('1'), unit: 'base' },
};
const said = { ...representedAll('size'), mode: ['cash'] };

function fieldsOf(text: string): OrderFields {
  const parsed = parseStrictJson(Buffer.from(text));
  if (!parsed.ok) throw new Error(parsed.message);
  return new OrderFields(parsed.value as StrictObject, said);
}

/** Reads size, mode, a note, the client's id, a stamp and attached orders. */
function sealed(text: string): OrderIntent {
  const fields = fieldsOf(text);
  fields.positive('size');
  fields.text('mode');
  fields.keep('note');
  fields.ownId('id', /^\w+$/);
  fields.stamp('until', /^\d+$/);
  for (const each of fields.objects('attached', 3) ?? []) {
    each.positive('at');
    each.ownId('id', /^\w+$/);
    each.done();
  }
  return fields.sealOne(intent);
}

const fingerprint = (text: string) => fingerprintOf('o', [sealed(text)]);

describe('what an approval binds', () => {
  const usual = fingerprint('{"size":"1.5","mode":"cross","attached":[{"at":"2"}]}');

  test.each([
    '{"attached":[{"at":"2"}],"mode":"cross","size":"1.5"}',
    '{"size":1.50,"mode":"cross","attached":[{"at":2.0}]}',
    '{"size":"1.5","mode":"cross","attached":[{"at":"2","id":"x"}],"id":"y","until":"7"}',
  ])('is the same however it is ordered and spelled, stamped and named: %s', (text) => {
    expect(fingerprint(text)).toBe(usual);
  });

  test.each([
    '{"size":"1.5","mode":"cash","attached":[{"at":"2"}]}',
    '{"size":"1.5","attached":[{"at":"2"}]}',
    '{"size":"1.6","mode":"cross","attached":[{"at":"2"}]}',
    '{"size":"1.5","mode":"cross","attached":[{"at":"3"}]}',
    '{"size":"1.5","mode":"cross","attached":[{"at":"2"},{"at":"2"}]}',
    '{"size":"1.5","mode":"cross","attached":[{"at":"2"}],"note":""}',
    '{"size":"1.5","mode":"cross"}',
  ])('changes with every member: %s', (text) => {
    expect(fingerprint(text)).not.toBe(usual);
  });

  test('has the members of a batch with the orders that they are of, and what is said of all with the first', () => {
    const batch = (text: string) => {
      const fields = fieldsOf(text);
      fields.text('mode');
      const orders = (fields.objects('orders', 3) ?? []).map((each) => {
        each.keep('note');
        return each.sealOne(intent);
      });
      return fields.seal(orders);
    };
    const both = batch('{"mode":"cross","orders":[{"note":"a"},{"note":"b"}]}');
    expect(both.map(({ terms }) => terms)).toEqual([
      { mode: 'cross', note: 'a' },
      { mode: 'cross', note: 'b' },
    ]);
    const of = (text: string) => fingerprintOf('o', batch(text));
    const all = [
      of('{"mode":"cross","orders":[{"note":"a"},{"note":"b"}]}'),
      of('{"mode":"cross","orders":[{"note":"b"},{"note":"a"}]}'),
      of('{"mode":"cash","orders":[{"note":"a"},{"note":"b"}]}'),
      of('{"orders":[{"note":"a"},{"note":"b"}]}'),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

test('the first that is no mere cancel has what its request asks for', () => {
  const cancel: OrderIntent = { ...intent, action: 'cancel' };
  const fields = fieldsOf('{"note":"a"}');
  fields.keep('note');
  expect(fields.seal([cancel, intent]).map(({ terms }) => terms)).toEqual([undefined, { note: 'a' }]);
});

describe('what a human is shown', () => {
  test('is what the intent does not say, by the member’s name and where it stands', () => {
    const { terms } = sealed('{"size":"1.50","mode":"cross","id":"y","until":"7","attached":[{"at":"2.0"}]}');
    expect(terms).toEqual({ mode: 'cross', 'attached[0].at': '2' });
    expect(sealed('{"size":"1.5","mode":"cash"}').terms).toBeUndefined();
  });

  test('stands in the record and in the description, where agent text is neutral and cut', () => {
    const order = sealed('{"size":"1","mode":"cross","note":"a\\u0007"}');
    expect(recordOf(order).terms).toEqual({ mode: 'cross', note: 'a\u0007' });
    expect(recordOf(order)).not.toHaveProperty('asks');
    expect(describeIntent(recordOf(order))).toBe('LIVE BUY 1 base BTC-USDT (mode cross, note a\\u{7})');
    const long = 'x'.repeat(5_000);
    const fields = fieldsOf(JSON.stringify({ mode: long }));
    fields.text('mode');
    expect(fields.sealOne(intent).terms?.mode).toMatch(/^x{100}… \(5000 characters\)$/);
  });

  test('is also what is said elsewhere, where its reader says that here it is not', () => {
    const fields = fieldsOf('{"size":"1"}');
    fields.positive('size');
    fields.show('size');
    expect(fields.sealOne(intent).terms).toEqual({ size: '1' });
  });
});

test('a field that no rule reads holds one short value', () => {
  for (const value of ['"x"', '1', 'true', 'null'])
    expect(() => fieldsOf(`{"note":${value}}`).keep('note')).not.toThrow();
  for (const value of ['{}', '["a"]', `"${'x'.repeat(65)}"`])
    expect(() => fieldsOf(`{"note":${value}}`).keep('note')).toThrow('is no short value');
});

test('another order of the request is told by its place', () => {
  const fields = fieldsOf('{"mode":"drawn-anew"}');
  fields.tellAs('mode', 'orders[0]');
  fields.text('mode');
  expect(fields.sealOne(intent).terms).toEqual({ mode: 'orders[0]' });
});

test('amounts are alike whatever zeros end them', () => {
  expect(['1.50', '1.0', '100', '0.010'].map(plainAmount)).toEqual(['1.5', '1', '100', '0.01']);
});
