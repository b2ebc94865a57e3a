import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { orderBook, priceRange } from '../../../../src/venues/bybit/depth.js';

const at = { environment: 'live' } as const;
const said = (result: unknown, retCode = 0) => ({
  status: 200,
  body: Buffer.from(JSON.stringify({ retCode, retMsg: '', result, time: 1 })),
});
const window = { fromMs: 0, toMs: 120_000 };

test('a book as Bybit documents it; an error is none', () => {
  const call = orderBook(at, 'BTCPERP', 'linear');
  expect(call.request.query).toBe('category=linear&symbol=BTCPERP&limit=200');
  const book = call.read(said({ s: 'BTCPERP', b: [['99', '1']], a: [['101', '2']], ts: 1, u: 1 }));
  expect(book?.bids.map(({ price }) => formatDecimal(price))).toEqual(['99']);
  expect(call.read(said({}, 10001))).toBeUndefined();
});

test('bars come newest first; of a symbol without bars the next category is asked', () => {
  const call = priceRange(at, 'BTCPERP', window, ['spot', 'linear']);
  const none = call.read(said({ list: [] }));
  const next = none === undefined ? undefined : call.follow?.(none);
  const rows = [
    ['60000', '10', '12', '9', '10', '5', '50'],
    ['0', '10', '11', '8', '10', '5', '50'],
  ];
  const range = next?.read(said({ category: 'linear', symbol: 'BTCPERP', list: rows }));
  expect(range && [range.low, range.high].map(formatDecimal)).toEqual(['8', '12']);
});
