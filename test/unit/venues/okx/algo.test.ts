// OKX algo orders and legs: every trigger is an intent of its own (D4), and what has no fixed trigger is refused.
import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { isStrictObject, parseStrictJson } from '../../../../src/venues/json-strict.js';
import { amendAlgo, placeAlgo } from '../../../../src/venues/okx/algo.js';
import { attachedLegs, priceOrMarket, trailingLegs, triggeredLegs } from '../../../../src/venues/okx/legs.js';
import { amendOrder, placeOrder } from '../../../../src/venues/okx/place.js';
import { OrderFields, parsing } from '../../../../src/venues/order-fields.js';
import type { ParseContext } from '../../../../src/venues/venue.js';

const context: ParseContext = { account: 'main', environment: 'live' };
function fieldsOf(body: object): OrderFields {
  const parsed = parseStrictJson(Buffer.from(JSON.stringify(body)));
  if (!parsed.ok || !isStrictObject(parsed.value)) throw new Error('a test body that is no object');
  return new OrderFields(parsed.value);
}
type Read = typeof placeAlgo;
const attempt = (body: object, read: Read) =>
  parsing(() => {
    const fields = fieldsOf(body);
    const intent = read(fields, context);
    fields.done();
    return { ok: true, intents: [intent] };
  });
const codeOf = (body: object, read: Read = placeAlgo) => {
  const parsed = attempt(body, read);
  return parsed.ok ? 'ok' : parsed.code;
};
/** One line an intent: what a reader would say of it. */
function say(body: object, read: Read = placeAlgo): string[] {
  const parsed = attempt(body, read);
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  const tell = ({
    action,
    side,
    quantity,
    type,
    trigger,
    price,
    timeInForce,
    reduceOnly,
    isAlternative,
    legs = [],
  }: OrderIntent): string[] => [
    [
      action,
      side,
      quantity && `${formatDecimal(quantity.value)} ${quantity.unit}`,
      type,
      trigger && `at ${formatDecimal(trigger)}`,
      price && `for ${formatDecimal(price)}`,
      timeInForce,
      reduceOnly && 'reducing',
      isAlternative && 'or the other',
    ]
      .filter(Boolean)
      .join(', '),
    ...legs.flatMap(tell),
  ];
  return parsed.intents.flatMap(tell);
}

const swap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'sell', sz: '2' };
const tp = { tpTriggerPx: '60000', tpOrdPx: '-1' };
const sl = { slTriggerPx: '40000', slOrdPx: '39900', slTriggerPxType: 'mark' };

describe('order-algo', () => {
  test('conditional and OCO: a second trigger is a leg', () => {
    expect(say({ ...swap, ordType: 'conditional', ...tp })).toEqual([
      'place, sell, 2 contracts, take-profit, at 60000',
    ]);
    expect(say({ ...swap, ordType: 'oco', ...tp, ...sl, reduceOnly: 'true' })).toEqual([
      'place, sell, 2 contracts, take-profit, at 60000, reducing',
      'place, sell, 2 contracts, stop-limit, at 40000, for 39900, reducing, or the other',
    ]);
    expect(codeOf({ ...swap, ordType: 'oco', ...tp })).toBe('FIELD_MISSING');
    expect(codeOf({ ...swap, ordType: 'conditional' })).toBe('FIELD_MISSING');
    expect(codeOf({ ...swap, ordType: 'conditional', tpTriggerPx: '1' })).toBe('FIELD_MISSING');
  });

  test('trigger', () => {
    const trigger = { ...swap, ordType: 'trigger', triggerPx: '45000' };
    expect(say({ ...trigger, orderPx: '-1' })).toEqual(['place, sell, 2 contracts, stop, at 45000']);
    expect(say({ ...trigger, orderPx: '44000', advanceOrdType: 'fok' })).toEqual([
      'place, sell, 2 contracts, stop-limit, at 45000, for 44000, fok',
    ]);
    expect(codeOf(trigger)).toBe('FIELD_MISSING');
    expect(codeOf({ ...trigger, orderPx: '-2' })).toBe('NUMBER_INVALID');
    expect(codeOf({ ...trigger, orderPx: '-1', advanceOrdType: 'chase' })).toBe('FIELD_INVALID');
    expect(codeOf({ ...trigger, orderPx: '-1', advChaseParams: [{}] })).toBe('PRODUCT_UNSUPPORTED');
  });

  test('trailing stop, in OKX’s spelling and in the CLI’s', () => {
    const trailing = { ...swap, ordType: 'move_order_stop' };
    expect(say({ ...trailing, callbackRatio: '0.01', activePx: '52000' })).toEqual([
      'place, sell, 2 contracts, trailing-stop, at 52000',
    ]);
    expect(say({ ...trailing, callBackSpread: '100', clOrdId: 'a1' })).toEqual([
      'place, sell, 2 contracts, trailing-stop',
    ]);
    expect(codeOf({ ...trailing, callbackRatio: '0.01', callBackRatio: '0.5' })).toBe('FIELD_CONFLICT');
    expect(codeOf({ ...trailing, activePx: '52000' })).toBe('FIELD_CONFLICT');
    expect(codeOf(trailing)).toBe('FIELD_MISSING');
  });

  test('sliced orders are bounded by their limit price', () => {
    const sliced = { ...swap, szLimit: '1', pxLimit: '41000', pxVar: '0.01', timeInterval: '60' };
    expect(say({ ...sliced, ordType: 'twap' })).toEqual(['place, sell, 2 contracts, twap, for 41000']);
    expect(codeOf({ ...sliced, ordType: 'iceberg' })).toBe('ORDER_TYPE_UNSUPPORTED');
    expect(codeOf({ ...swap, ordType: 'twap', szLimit: '1' })).toBe('FIELD_MISSING');
    expect(codeOf({ ...swap, ordType: 'chase' })).toBe('ORDER_TYPE_UNSUPPORTED');
    const twap = { ...sliced, ordType: 'twap', szLimit: '0.1' };
    expect(say({ ...twap, sz: '2' })).toEqual(['place, sell, 2 contracts, twap, for 41000']);
    expect(codeOf({ ...twap, sz: '2.01' })).toBe('FIELD_INVALID');
    expect(codeOf({ ...twap, szLimit: undefined })).toBe('FIELD_MISSING');
    expect(codeOf({ ...twap, sz: undefined, closeFraction: '1' })).toBe('FIELD_CONFLICT');
  });

  test('close-all: the fraction 1 and nothing beside it', () => {
    const { sz: _, ...sizeless } = { ...swap, ordType: 'conditional', ...tp };
    expect(say({ ...sizeless, closeFraction: '1' })).toEqual([
      'place, sell, 1 close-all, take-profit, at 60000',
    ]);
    expect(codeOf({ ...sizeless, closeFraction: '0.5' })).toBe('FIELD_INVALID');
    expect(codeOf({ ...sizeless, closeFraction: '1', sz: '9' })).toBe('FIELD_CONFLICT');
    expect(codeOf(sizeless)).toBe('FIELD_MISSING');
  });

  test('a spot buy whose legs count different currencies is refused', () => {
    const spot = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', sz: '100' };
    expect(codeOf({ ...spot, ordType: 'oco', ...tp, ...sl })).toBe('QUANTITY_AMBIGUOUS');
    expect(say({ ...spot, ordType: 'conditional', ...tp })).toEqual([
      'place, buy, 100 quote, take-profit, at 60000',
    ]);
    expect(say({ ...spot, ordType: 'conditional', ...sl })).toEqual([
      'place, buy, 100 base, stop-limit, at 40000, for 39900',
    ]);
    expect(say({ ...spot, side: 'sell', ordType: 'oco', ...tp, ...sl })[0]).toContain('100 base');
  });

  test('two client ids that differ, unknown kinds, unknown fields', () => {
    const good = { ...swap, ordType: 'conditional', ...tp };
    expect(codeOf({ ...good, clOrdId: 'a', algoClOrdId: 'a' })).toBe('ok');
    expect(codeOf({ ...good, clOrdId: 'a', algoClOrdId: 'b' })).toBe('FIELD_CONFLICT');
    expect(codeOf({ ...good, ordType: 'constructor' })).toBe('ORDER_TYPE_UNSUPPORTED');
    expect(codeOf({ ...good, ordType: 'smart_iceberg' })).toBe('ORDER_TYPE_UNSUPPORTED');
    expect(codeOf({ ...good, pxLimit: '1' })).toBe('FIELD_UNKNOWN');
  });
});

describe('legs on an order', () => {
  const order = {
    instId: 'BTC-USDT-SWAP',
    tdMode: 'cross',
    side: 'buy',
    ordType: 'limit',
    sz: '2',
    px: '50000',
  };
  const withLegs = (...attachAlgoOrds: object[]) => ({ ...order, attachAlgoOrds });

  test('each is an order the other way, of its own size if it has one', () => {
    expect(say(withLegs({ ...tp, ...sl }, { ...sl, sz: '1' }), placeOrder)).toEqual([
      'place, buy, 2 contracts, limit, for 50000, gtc',
      'place, sell, 2 contracts, take-profit, at 60000, reducing',
      'place, sell, 2 contracts, stop-limit, at 40000, for 39900, reducing',
      'place, sell, 1 contracts, stop-limit, at 40000, for 39900, reducing',
    ]);
    expect(say(withLegs({ callbackRatio: '0.05' }), placeOrder)[1]).toBe(
      'place, sell, 2 contracts, trailing-stop, reducing',
    );
    expect(say(withLegs({ tpOrdPx: '60000', tpOrdKind: 'limit' }), placeOrder)[1]).toBe(
      'place, sell, 2 contracts, take-profit-limit, for 60000, reducing',
    );
  });

  test.each([
    ['empty', {}, 'FIELD_MISSING'],
    ['with a relative trigger', { tpTriggerRatio: '0.3', tpOrdPx: '-1' }, 'PRICE_RELATIVE'],
    ['that moves its own stop', { ...sl, amendPxOnTriggerType: '1' }, 'FIELD_INVALID'],
    ['with a field more', { ...tp, side: 'buy' }, 'FIELD_UNKNOWN'],
    ['without its price', { slTriggerPx: '1' }, 'FIELD_MISSING'],
    ['without its trigger', { slOrdPx: '1' }, 'FIELD_MISSING'],
    ['with a bad number', { ...tp, tpTriggerPx: '1e5' }, 'NUMBER_INVALID'],
  ])('a leg %s spoils the order', (_, leg, code) => expect(codeOf(withLegs(tp, leg), placeOrder)).toBe(code));

  test('eleven of them, or the old spelling on the order itself', () => {
    expect(codeOf(withLegs(...Array(11).fill(tp)), placeOrder)).toBe('FIELD_INVALID');
    expect(codeOf({ ...order, ...tp }, placeOrder)).toBe('PRODUCT_UNSUPPORTED');
  });
});

describe('amendments of algo orders and legs', () => {
  test('new triggers and prices are intents', () => {
    const body = {
      instId: 'BTC-USDT-SWAP',
      algoId: '9',
      newSz: '3',
      newTpTriggerPx: '61000',
      newTpOrdPx: '-1',
    };
    expect(say(body, amendAlgo)).toEqual(['amend, 3 contracts', 'amend, take-profit, at 61000']);
    const trigger = { instId: 'BTC-USDT', algoClOrdId: 'a', newTriggerPx: '1', newOrdPx: '2' };
    expect(say(trigger, amendAlgo)).toEqual(['amend, stop-limit, at 1, for 2']);
    expect(say({ ...trigger, newOrdPx: '-1' }, amendAlgo)).toEqual(['amend, stop, at 1']);
    expect(codeOf({ instId: 'BTC-USDT', newSz: '1' }, amendAlgo)).toBe('FIELD_MISSING');
  });

  test('legs of an amended order', () => {
    const amended = (leg: object) => ({ instId: 'BTC-USDT', ordId: '1', attachAlgoOrds: [leg] });
    expect(say(amended({ attachAlgoId: '5', newSlTriggerPx: '41000' }), amendOrder)).toEqual([
      'amend',
      'amend, stop, at 41000',
    ]);
    expect(codeOf(amended({ newCallbackRatio: '0.1' }), amendOrder)).toBe('PRODUCT_UNSUPPORTED');
    expect(codeOf(amended({ newTpTriggerRatio: '0.1' }), amendOrder)).toBe('PRICE_RELATIVE');
    expect(codeOf(amended({ zebra: '1' }), amendOrder)).toBe('FIELD_UNKNOWN');
  });
});

test('the pieces: nothing asked is nothing read', () => {
  expect(triggeredLegs(fieldsOf({}), '')).toEqual([]);
  expect(trailingLegs(fieldsOf({}))).toEqual([]);
  expect(priceOrMarket(fieldsOf({}), 'orderPx')).toBeUndefined();
  expect(priceOrMarket(fieldsOf({ orderPx: '-1' }), 'orderPx')).toBe('market');
  expect(() => priceOrMarket(fieldsOf({ orderPx: '0' }), 'orderPx')).toThrow();
  const head = {
    venue: 'okx',
    account: 'a',
    moneyMode: 'LIVE',
    instrument: 'BTC-USDT',
    side: 'buy',
  } as const;
  const parent = placeOrder(
    fieldsOf({ instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'market', sz: '5' }),
    context,
  );
  expect(attachedLegs(fieldsOf({}), { ...head, quantity: parent.quantity! })).toEqual([]);
});
