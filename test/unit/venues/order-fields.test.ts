// Fields are read once, with the type they claim, or the order ends.
import { expect, test } from 'vitest';
import { formatDecimal } from '../../../src/core/decimal.js';
import { isStrictObject, parseStrictJson } from '../../../src/venues/json-strict.js';
import {
  dropUndefined,
  OrderFields,
  parsing,
  RefusedOrder,
  refuseOrder,
} from '../../../src/venues/order-fields.js';

function fieldsOf(json: string): OrderFields {
  const parsed = parseStrictJson(Buffer.from(json));
  if (!parsed.ok || !isStrictObject(parsed.value)) throw new Error('bad fixture');
  return new OrderFields(parsed.value);
}

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof RefusedOrder) return thrown.code;
    throw thrown;
  }
  return 'accepted';
};

test('decimals come from strings and JSON numbers as written, never through a float', () => {
  const fields = fieldsOf('{"a":"0.10","b":0.30000000000000000001,"c":0}');
  expect(formatDecimal(fields.positive('a')!)).toBe('0.1');
  expect(formatDecimal(fields.positive('b')!)).toBe('0.30000000000000000001');
  expect(formatDecimal(fields.unsigned('c')!)).toBe('0');
  expect(fields.positive('absent')).toBeUndefined();
  fields.done();
});

test('each number that is not plain and positive has its code', () => {
  for (const [json, code] of [
    ['{"a":1e2}', 'NUMBER_INVALID'],
    ['{"a":-1}', 'NUMBER_INVALID'],
    ['{"a":"0"}', 'NUMBER_INVALID'],
    ['{"a":" 1"}', 'NUMBER_INVALID'],
    ['{"a":"0x10"}', 'NUMBER_INVALID'],
    ['{"a":"1_000"}', 'NUMBER_INVALID'],
    ['{"a":true}', 'NUMBER_INVALID'],
    ['{"a":null}', 'NUMBER_INVALID'],
    ['{"a":[1]}', 'NUMBER_INVALID'],
    ['{"a":"+1"}', 'PRICE_RELATIVE'],
    ['{"a":"2%"}', 'PRICE_RELATIVE'],
  ] as const) {
    expect(
      codeOf(() => fieldsOf(json).positive('a')),
      json,
    ).toBe(code);
  }
});

test('a field nobody read ends the order, and its name is cut and escaped', () => {
  const name = `\\u001b[31m${'x'.repeat(100)}`;
  const parsed = parsing(() => {
    const fields = fieldsOf(`{"a":"b","${name}":1}`);
    fields.text('a');
    fields.done();
    return { ok: true, intents: [] };
  });
  expect(parsed).toMatchObject({ ok: false, code: 'FIELD_UNKNOWN' });
  const message = parsed.ok ? '' : parsed.message;
  expect(message).toContain('\\u001b');
  expect(message.length).toBeLessThan(120);
});

test('texts, flags, choices and identifiers are exact', () => {
  expect(fieldsOf('{"a":false}').flag('a')).toBe(false);
  expect(fieldsOf('{"a":"true"}').flag('a')).toBe(true);
  expect(fieldsOf('{"a":12}').id('a', /^\d+$/)).toBe('12');
  expect(fieldsOf('{"a":"x"}').choice('a', { x: 1 })).toBe(1);
  expect(codeOf(() => fieldsOf('{"a":"True"}').flag('a'))).toBe('FIELD_INVALID');
  expect(codeOf(() => fieldsOf('{"a":1}').flag('a'))).toBe('FIELD_INVALID');
  expect(codeOf(() => fieldsOf('{"a":1}').text('a'))).toBe('FIELD_INVALID');
  expect(codeOf(() => fieldsOf('{"a":"toString"}').choice('a', { x: 1 }))).toBe('FIELD_INVALID');
  expect(codeOf(() => fieldsOf('{"a":1.5}').id('a', /^\d+$/))).toBe('FIELD_INVALID');
  expect(codeOf(() => fieldsOf('{}').need('a', /x/))).toBe('FIELD_MISSING');
});

test('nested objects and lists are bounded and carry their place', () => {
  const fields = fieldsOf('{"orders":[{"v":"1"},{"v":"x"}]}');
  const orders = fields.objects('orders', 2)!;
  expect(() => orders[1]!.positive('v')).toThrow('"v" of "orders" of the order[1]');
  expect(codeOf(() => fieldsOf('{"a":[]}').list('a', 2))).toBe('FIELD_INVALID');
  expect(codeOf(() => fieldsOf('{"a":[1,2,3]}').list('a', 2))).toBe('FIELD_INVALID');
  expect(codeOf(() => fieldsOf('{"a":[1]}').objects('a', 2))).toBe('FIELD_INVALID');
  expect(codeOf(() => fieldsOf('{"a":[1]}').object('a'))).toBe('FIELD_INVALID');
});

test('only refusals become values', () => {
  expect(parsing(() => refuseOrder('SYMBOL_UNKNOWN', 'no'))).toEqual({
    ok: false,
    code: 'SYMBOL_UNKNOWN',
    message: 'no',
  });
  expect(() =>
    parsing(() => {
      throw new Error('ours');
    }),
  ).toThrow('ours');
  expect(dropUndefined({ a: 1, b: undefined })).toStrictEqual({ a: 1 });
});
