// OKX order requests to intents: what the real clients send is understood, and whatever is not is refused whole.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOrders } from '../../../../src/venues/okx/orders.js';
import type { ParseContext } from '../../../../src/venues/venue.js';
import { base, codeOf, post, read } from '../../../support/okx-orders.js';

const context: ParseContext = { account: 'main', environment: 'demo' };
const spot = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.01', px: '50000' };

describe('requests as the real clients send them', () => {
  test('okx CLI 1.2.4: a limit order', () => {
    expect(read('trade/order', { ...spot, tag: 'CLI' })).toEqual([
      {
        ...base,
        action: 'place',
        instrument: 'BTC-USDT',
        side: 'buy',
        type: 'limit',
        timeInForce: 'gtc',
        quantity: '0.01 base',
        price: '50000',
      },
    ]);
  });

  test('ccxt 4.5.84: a market buy that names its unit', () => {
    const body = {
      instId: 'BTC-USDT',
      side: 'buy',
      ordType: 'market',
      tdMode: 'cash',
      tgtCcy: 'quote_ccy',
      sz: '500',
      clOrdId: '6b9ad766b55dBCDE1beff3f0140cb331',
      tag: '6b9ad766b55dBCDE',
    };
    expect(read('trade/order', body)).toMatchObject([
      { type: 'market', quantity: '500 quote', clientOrderId: '6b9ad766b55dBCDE1beff3f0140cb331' },
    ]);
  });

  test('a batch is all its orders', () => {
    const other = { instId: 'ETH-USDT-SWAP', tdMode: 'cross', side: 'sell', ordType: 'market', sz: '3' };
    expect(read('trade/batch-orders', [spot, other])).toMatchObject([
      { instrument: 'BTC-USDT', quantity: '0.01 base' },
      { instrument: 'ETH-USDT-SWAP', quantity: '3 contracts', side: 'sell' },
    ]);
  });

  test('cancels name their order', () => {
    const one = { instId: 'BTC-USDT', ordId: '188242553' };
    expect(read('trade/cancel-order', { ...one, tag: 'CLI' })).toEqual([
      { ...base, action: 'cancel', instrument: 'BTC-USDT', venueOrderId: '188242553' },
    ]);
    expect(read('trade/cancel-batch-orders', [one, { instId: 'BTC-USDT', clOrdId: 'a1' }])).toHaveLength(2);
    expect(read('trade/cancel-algos', [{ instId: 'BTC-USDT', algoId: '1' }])).toMatchObject([
      { venueOrderId: '1' },
    ]);
    expect(read('trade/mass-cancel', { instType: 'OPTION', instFamily: 'BTC-USD' })).toEqual([
      { ...base, action: 'cancel', instrument: '' },
    ]);
  });

  test('closing a position is an order for all of it', () => {
    const body = { instId: 'BTC-USDT-SWAP', mgnMode: 'cross', posSide: 'long', autoCxl: 'true', tag: 'CLI' };
    expect(read('trade/close-position', body)).toEqual([
      {
        ...base,
        action: 'place',
        instrument: 'BTC-USDT-SWAP',
        side: 'sell',
        positionSide: 'long',
        type: 'market',
        quantity: '1 close-all',
        reduceOnly: true,
      },
    ]);
    expect(read('trade/close-position', { instId: 'BTC-USDT-SWAP', mgnMode: 'cross' })[0]).not.toHaveProperty(
      'side',
    );
  });

  test('the dead-man switch may be armed, by number as ccxt does, never disarmed', () => {
    expect(codeOf('trade/cancel-all-after', { timeOut: 30 })).toBe('ok');
    expect(codeOf('trade/cancel-all-after', { timeOut: '30' })).toBe('ok');
    expect(codeOf('trade/cancel-all-after', { timeOut: '0' })).toBe('DEAD_MAN_DISARM');
    expect(codeOf('trade/cancel-all-after', { timeOut: 0 })).toBe('DEAD_MAN_DISARM');
    expect(codeOf('trade/cancel-all-after', { timeOut: '00' })).toBe('DEAD_MAN_DISARM');
    expect(codeOf('trade/cancel-all-after', { timeOut: '120' })).toBe('ok');
    expect(codeOf('trade/cancel-all-after', { timeOut: '121' })).toBe('DEAD_MAN_DISARM');
    expect(codeOf('trade/cancel-all-after', {})).toBe('FIELD_MISSING');
  });

  test('the environment is the money mode', () => {
    for (const [environment, moneyMode] of [
      ['live', 'LIVE'],
      ['demo', 'DEMO'],
      ['paper', 'PAPER'],
    ] as const) {
      expect(read('trade/order', spot, { ...context, environment })).toMatchObject([{ moneyMode }]);
    }
  });
});

describe('refused whole', () => {
  test.each([
    ['a quote that nobody gave', 'rfq/execute-quote', { rfqId: '1', quoteId: '2' }, 'QUOTE_UNKNOWN'],
    ['a transfer', 'asset/transfer', {}, 'NOT_AN_ORDER'],
    ['a read', 'trade/order-precheck', spot, 'NOT_AN_ORDER'],
    ['a list for one order', 'trade/order', [spot], 'BODY_UNREADABLE'],
    ['one order for a list', 'trade/batch-orders', spot, 'BODY_UNREADABLE'],
    ['an empty batch', 'trade/batch-orders', [], 'BODY_UNREADABLE'],
    ['21 orders', 'trade/batch-orders', Array(21).fill(spot), 'BODY_UNREADABLE'],
    ['a batch with one bad leg', 'trade/batch-orders', [spot, { ...spot, sz: '1e3' }], 'NUMBER_INVALID'],
    ['a batch with something else in it', 'trade/batch-orders', [spot, 'x'], 'BODY_UNREADABLE'],
    ['no body', 'trade/order', '', 'BODY_UNREADABLE'],
    ['a key twice', 'trade/order', '{"sz":"1","sz":"2"}', 'BODY_UNREADABLE'],
    ['a form', 'trade/order', 'instId=BTC-USDT', 'BODY_UNREADABLE'],
    ['a cancel of nothing', 'trade/cancel-order', { instId: 'BTC-USDT' }, 'FIELD_MISSING'],
    [
      'a cancel with a field more',
      'trade/cancel-order',
      { instId: 'BTC-USDT', ordId: '1', px: '1' },
      'FIELD_UNKNOWN',
    ],
    [
      '11 algo cancels',
      'trade/cancel-algos',
      Array(11).fill({ instId: 'BTC-USDT', algoId: '1' }),
      'BODY_UNREADABLE',
    ],
    [
      'a mass cancel of spot',
      'trade/mass-cancel',
      { instType: 'SPOT', instFamily: 'BTC-USD' },
      'FIELD_INVALID',
    ],
    ['a position without margin mode', 'trade/close-position', { instId: 'BTC-USDT-SWAP' }, 'FIELD_MISSING'],
  ])('%s', (_, operation, body, code) => expect(codeOf(operation, body)).toBe(code));

  test('another content type, a compressed body', () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      '',
    ]) {
      expect(parseOrders(post('trade/order', spot, type), context)).toMatchObject({
        code: 'BODY_UNREADABLE',
      });
    }
    const good = post('trade/order', spot);
    const zipped = { ...good, headers: [...good.headers, ['Content-Encoding', 'gzip'] as const] };
    expect(parseOrders(zipped, context)).toMatchObject({ ok: false, code: 'BODY_UNREADABLE' });
  });

  test('any field that nobody reads, whatever its name', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 12 }),
        fc.jsonValue({ maxDepth: 1 }),
        (name, value) => {
          const known = Object.keys(spot).includes(name);
          fc.pre(!known && !/^(tag|ccy|banAmend|stpMode|posSide|clOrdId|reduceOnly)$/.test(name));
          expect(codeOf('trade/order', { ...spot, [name]: value })).not.toBe('ok');
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('parsing never throws, whatever the body', () => {
  const operations = [
    'order',
    'batch-orders',
    'order-algo',
    'close-position',
    'amend-order',
    'amend-algos',
    'cancel-order',
  ];
  const names = [
    'instId',
    'sz',
    'px',
    'side',
    'ordType',
    'tdMode',
    'attachAlgoOrds',
    'tgtCcy',
    'closeFraction',
    '__proto__',
  ];
  const values = fc.oneof(
    fc.constantFrom('buy', 'market', 'conditional', 'constructor', '-1', 'BTC-USDT', 'cash'),
    fc.jsonValue(),
  );
  const object = fc.dictionary(fc.constantFrom(...names), values);
  fc.assert(
    fc.property(
      fc.constantFrom(...operations),
      fc.oneof(object, fc.array(object, { maxLength: 3 })),
      (name, body) => {
        parseOrders(post(`trade/${name}`, body), context);
      },
    ),
    { numRuns: 150 },
  );
});
