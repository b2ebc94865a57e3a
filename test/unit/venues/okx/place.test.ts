// Plain orders and amendments of OKX: units, prices, times in force, and the settings that would change them.
import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { kindOfInstrument, quoteOf } from '../../../../src/venues/okx/instrument.js';
import {
  instrumentOfCancel,
  needInstrument,
  needOrderIds,
  word,
} from '../../../../src/venues/okx/order-ids.js';
import { amendOrder, placeOrder } from '../../../../src/venues/okx/place.js';
import { OrderFields, parsing } from '../../../../src/venues/order-fields.js';
import type { ParseContext } from '../../../../src/venues/venue.js';

const context: ParseContext = { account: 'main', environment: 'live' };
type Body = Record<string, string | boolean | readonly ReadonlyMap<string, string>[]>;
const fieldsOf = (body: Body) => new OrderFields(new Map(Object.entries(body)));

const spot: Body = {
  instId: 'BTC-USDT',
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  sz: '0.01',
  px: '50000',
};
const market: Body = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'market', sz: '500' };
const swap: Body = {
  instId: 'BTC-USDT-SWAP',
  tdMode: 'cross',
  side: 'buy',
  ordType: 'limit',
  sz: '3',
  px: '50000',
};

function attempt(body: Body, read: typeof placeOrder = placeOrder, where = context) {
  return parsing(() => {
    const fields = fieldsOf(body);
    const intent = read(fields, where);
    fields.done();
    return { ok: true, intents: [intent] };
  });
}
const codeOf = (body: Body, read = placeOrder) => {
  const parsed = attempt(body, read);
  return parsed.ok ? 'ok' : parsed.code;
};
function placed(body: Body, read = placeOrder) {
  const parsed = attempt(body, read);
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  return parsed.intents[0]!;
}
const quantityOf = (body: Body) => {
  const { quantity } = placed(body);
  return `${formatDecimal(quantity!.value)} ${quantity!.unit}`;
};

describe('what sz counts (D10)', () => {
  test.each([
    ['a spot limit buy: base', spot, '0.01 base'],
    ['a spot limit sell: base', { ...spot, side: 'sell' }, '0.01 base'],
    ['a spot market buy: quote', market, '500 quote'],
    ['a spot market sell: base', { ...market, side: 'sell' }, '500 base'],
    ['a spot market buy in base', { ...market, tgtCcy: 'base_ccy' }, '500 base'],
    ['a spot market sell in quote', { ...market, side: 'sell', tgtCcy: 'quote_ccy' }, '500 quote'],
    ['a spot limit order that says so', { ...spot, tgtCcy: 'base_ccy' }, '0.01 base'],
    ['a margin market buy: quote', { ...market, tdMode: 'cross' }, '500 quote'],
    ['a swap: contracts', swap, '3 contracts'],
    ['an inverse swap: contracts', { ...swap, instId: 'BTC-USD-SWAP' }, '3 contracts'],
    ['a future: contracts', { ...swap, instId: 'BTC-USDT-261225' }, '3 contracts'],
    ['an option: contracts', { ...swap, instId: 'BTC-USD-261225-50000-C' }, '3 contracts'],
  ])('%s', (_, body, expected) => expect(quantityOf(body as Body)).toBe(expected));

  test.each([
    ['a limit order in quote', { ...spot, tgtCcy: 'quote_ccy' }, 'QUANTITY_AMBIGUOUS'],
    ['a margin market buy in base', { ...market, tdMode: 'cross', tgtCcy: 'base_ccy' }, 'QUANTITY_AMBIGUOUS'],
    ['a swap with tgtCcy', { ...swap, tgtCcy: 'base_ccy' }, 'QUANTITY_AMBIGUOUS'],
    ['an unknown tgtCcy', { ...market, tgtCcy: 'margin' }, 'FIELD_INVALID'],
    ['another quote currency', { ...spot, tradeQuoteCcy: 'USDC' }, 'QUANTITY_AMBIGUOUS'],
    ['an event contract', { ...spot, instId: 'BTC-ABOVE-DAILY-260224-1600-69700' }, 'SYMBOL_UNKNOWN'],
    ['an instrument in lower case', { ...spot, instId: 'btc-usdt' }, 'FIELD_INVALID'],
    ['no size', { ...spot, sz: '' }, 'NUMBER_INVALID'],
  ])('%s is refused', (_, body, code) => expect(codeOf(body as Body)).toBe(code));
});

describe('numbers (D2)', () => {
  test.each([
    '1e3',
    '-1',
    '+1',
    ' 1',
    '1 ',
    '0x10',
    '1_000',
    '1,5',
    '.5',
    '5.',
    '01',
    'NaN',
    'Infinity',
    '0',
    '0.0',
    '１',
    '9'.repeat(31),
  ])('a size of %j is refused', (sz) =>
    expect(codeOf({ ...spot, sz })).toBe(sz.startsWith('+') ? 'PRICE_RELATIVE' : 'NUMBER_INVALID'),
  );
});

describe('prices (D3)', () => {
  test('a market order has none, and may not carry one', () => {
    expect(placed(market)).not.toHaveProperty('price');
    expect(codeOf({ ...market, px: '1' })).toBe('PRICE_AMBIGUOUS');
    expect(codeOf({ ...market, ordType: 'optimal_limit_ioc', px: '1' })).toBe('PRICE_AMBIGUOUS');
  });

  test('a limit order must have one, in quote currency', () => {
    const { px: _, ...priceless } = spot;
    expect(codeOf(priceless)).toBe('FIELD_MISSING');
    expect(codeOf({ ...priceless, pxUsd: '1' })).toBe('PRICE_AMBIGUOUS');
    expect(codeOf({ ...priceless, pxVol: '1' })).toBe('PRICE_AMBIGUOUS');
  });

  test('no setting moves it: price amendment, rounding', () => {
    expect(codeOf({ ...spot, pxAmendType: '0' })).toBe('ok');
    expect(codeOf({ ...spot, pxAmendType: '1' })).toBe('FIELD_INVALID');
    expect(codeOf({ ...spot, rpiPxRound: true })).toBe('PRODUCT_UNSUPPORTED');
    expect(codeOf({ ...spot, ordType: 'rpi' })).toBe('ORDER_TYPE_UNSUPPORTED');
  });
});

test('order types and times in force', () => {
  const kinds = {
    limit: 'gtc',
    post_only: 'post-only',
    ioc: 'ioc',
    fok: 'fok',
    mmp: 'gtc',
    mmp_and_post_only: 'post-only',
  };
  for (const [ordType, timeInForce] of Object.entries(kinds)) {
    expect(placed({ ...spot, ordType })).toMatchObject({ type: 'limit', timeInForce });
  }
  expect(placed(market)).toMatchObject({ type: 'market', timeInForce: 'ioc' });
  for (const ordType of ['constructor', '__proto__', 'elp', 'op_fok', 'Limit', '']) {
    expect(codeOf({ ...spot, ordType }), ordType).toBe('ORDER_TYPE_UNSUPPORTED');
  }
});

test('reducing: the flag, the CLI’s string, or a side that can only reduce', () => {
  expect(placed({ ...swap, reduceOnly: true }).reduceOnly).toBe(true);
  expect(placed({ ...swap, reduceOnly: 'true' }).reduceOnly).toBe(true);
  expect(placed({ ...swap, reduceOnly: 'false' }).reduceOnly).toBe(false);
  const long = { side: 'sell', posSide: 'long' };
  expect(placed({ ...swap, ...long })).toMatchObject({ positionSide: 'long', reduceOnly: true });
  const short = { side: 'buy', posSide: 'short' };
  expect(placed({ ...swap, ...short })).toMatchObject({ positionSide: 'short', reduceOnly: true });
  expect(placed({ ...swap, posSide: 'net', reduceOnly: true })).not.toHaveProperty('positionSide');
  expect(codeOf({ ...swap, reduceOnly: 'yes' })).toBe('FIELD_INVALID');
});

test.each([
  ['buy', 'long'],
  ['sell', 'short'],
])('in long/short mode the flag proves nothing: %s opens the %s side', (side, posSide) => {
  const order = placed({ ...swap, side, posSide, reduceOnly: true });
  expect(order.positionSide).toBe(posSide);
  expect(order).not.toHaveProperty('reduceOnly');
});

test('an option has no position side, and OKX takes no flag there', () => {
  const option = { ...swap, instId: 'BTC-USD-261225-50000-C', side: 'sell', posSide: 'long' };
  for (const body of [option, { ...option, posSide: 'net', reduceOnly: true }]) {
    const order = placed(body);
    expect(order).not.toHaveProperty('positionSide');
    expect(order).not.toHaveProperty('reduceOnly');
  }
});

test('what is attached to an order is of its side of the position', () => {
  const attachAlgoOrds = [
    new Map([
      ['slTriggerPx', '1'],
      ['slOrdPx', '-1'],
    ]),
  ];
  const order = placed({ ...swap, side: 'buy', posSide: 'long', attachAlgoOrds });
  expect(order.legs).toMatchObject([{ side: 'sell', positionSide: 'long', reduceOnly: true }]);
});

test('an order may not borrow on the side (S7)', () => {
  expect(codeOf({ ...spot, quickMgnType: 'manual' })).toBe('ok');
  expect(codeOf({ ...spot, quickMgnType: 'auto_borrow' })).toBe('FIELD_INVALID');
});

describe('amendments', () => {
  const amendment: Body = {
    instId: 'BTC-USDT',
    ordId: '12',
    newSz: '0.02',
    newPx: '51000',
    cxlOnFail: true,
    reqId: 'r',
  };

  test('are the new total and price', () => {
    const intent = placed(amendment, amendOrder);
    expect(intent).toMatchObject({ action: 'amend', instrument: 'BTC-USDT', venueOrderId: '12' });
    expect([
      intent.quantity?.unit,
      formatDecimal(intent.quantity!.value),
      formatDecimal(intent.price!),
    ]).toEqual(['base', '0.02', '51000']);
    expect(placed({ ...amendment, instId: 'BTC-USDT-SWAP' }, amendOrder).quantity?.unit).toBe('contracts');
  });

  test('in other units, or of nothing known, are refused', () => {
    expect(codeOf({ ...amendment, newPxUsd: '1' }, amendOrder)).toBe('PRICE_AMBIGUOUS');
    expect(codeOf({ ...amendment, newSz: '-1' }, amendOrder)).toBe('NUMBER_INVALID');
    expect(codeOf({ instId: 'BTC-USDT', newPx: '1' }, amendOrder)).toBe('FIELD_MISSING');
    expect(codeOf({ ...amendment, side: 'buy' }, amendOrder)).toBe('FIELD_UNKNOWN');
  });
});

describe('what names an instrument and an order', () => {
  const instruments = new Map([['7', 'BTC-USDT']]);
  const named = (body: Body, list = instruments) =>
    parsing(() => {
      needInstrument(fieldsOf(body), { ...context, instruments: list });
      return { ok: true, intents: [] };
    });

  test('instIdCode counts only through the instrument list, and only if it agrees', () => {
    expect(needInstrument(fieldsOf({ instIdCode: '7' }), { ...context, instruments })).toBe('BTC-USDT');
    expect(named({ instId: 'BTC-USDT', instIdCode: '7' }).ok).toBe(true);
    expect(named({ instId: 'ETH-USDT', instIdCode: '7' })).toMatchObject({ code: 'FIELD_CONFLICT' });
    expect(named({ instId: 'ETH-USDT', instIdCode: '8' })).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
    expect(named({ instIdCode: '7' }, new Map())).toMatchObject({ code: 'SYMBOL_UNKNOWN' });
    expect(named({})).toMatchObject({ code: 'FIELD_MISSING' });
  });

  test('a cancel by number passes although nobody can name it', () => {
    expect(instrumentOfCancel(fieldsOf({ instIdCode: '8' }), { ...context, instruments })).toBe('');
    expect(instrumentOfCancel(fieldsOf({ instIdCode: '8' }), context)).toBe('');
    expect(instrumentOfCancel(fieldsOf({ instIdCode: '7' }), { ...context, instruments })).toBe('BTC-USDT');
    const conflict = fieldsOf({ instId: 'ETH-USDT', instIdCode: '7' });
    expect(() => instrumentOfCancel(conflict, { ...context, instruments })).toThrow('different');
    expect(() => instrumentOfCancel(fieldsOf({}), context)).toThrow('missing');
  });

  test('ids: both are kept, neither is refused, strange ones too', () => {
    expect(needOrderIds(fieldsOf({ ordId: '1', clOrdId: 'a' }), 'ordId', 'clOrdId')).toEqual({
      venueOrderId: '1',
      clientOrderId: 'a',
    });
    for (const clOrdId of ['', 'a b', 'a\u202eb', 'x'.repeat(33), 'ä']) {
      expect(() => needOrderIds(fieldsOf({ clOrdId }), 'ordId', 'clOrdId'), clOrdId).toThrow();
    }
  });

  test('words are exact', () => {
    expect(word(fieldsOf({ a: 'x' }), 'a', ['x'])).toBe('x');
    expect(word(fieldsOf({}), 'a', ['x'])).toBeUndefined();
    expect(() => word(fieldsOf({ a: 'X' }), 'a', ['x'])).toThrow();
  });

  test('kinds of instruments', () => {
    expect(kindOfInstrument('BTC-USDT')).toBe('spot');
    expect(kindOfInstrument('1INCH-USDT')).toBe('spot');
    for (const id of ['BTC-USD_UM-SWAP', 'BTC-USDT-261225', 'XRP-USD-261225-0.5-P']) {
      expect(kindOfInstrument(id), id).toBe('contract');
    }
    for (const id of [
      '',
      'BTC',
      'BTC-USDT-',
      'BTC-USDT_BTC-USDT-SWAP',
      'BTC-USDT-XPERP',
      'BTC-USDT-SWAP-1',
      'a-b',
    ]) {
      expect(kindOfInstrument(id), id).toBeUndefined();
    }
    expect(quoteOf('BTC-USDT')).toBe('USDT');
  });
});
