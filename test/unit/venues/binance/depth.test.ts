import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { depthOf } from '../../../../src/venues/binance/depth.js';

const at = { environment: 'live' } as const;
const place = (prefix: string, name: string) => ({
  prefix,
  hosts: { live: `${name}.test`, demo: `demo.${name}.test`, paper: `${name}.test` },
});
const both = [place('/api/v3', 'spot'), place('/fapi/v1', 'futures')] as const;
const depth = depthOf(() => both);
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const unlisted = said({ code: -1121, msg: 'Invalid symbol.' });
const window = { fromMs: 0, toMs: 120_000 };

test('a book as Binance documents it; an error is none', () => {
  const call = depth.orderBook(at, 'X', true);
  expect(call.request).toMatchObject({ host: 'futures.test', path: '/fapi/v1/depth' });
  const book = call.read(said({ lastUpdateId: 1, bids: [['99', '1']], asks: [['101', '2']] }));
  expect(book?.asks.map(({ size }) => formatDecimal(size))).toEqual(['2']);
  expect(call.read(unlisted)).toBeUndefined();
  expect(depth.orderBook(at, 'X', false).request.host).toBe('spot.test');
});

test('bars of a symbol that spot does not list are asked for among the futures', () => {
  const call = depth.priceRange(at, 'X', window);
  const none = call.read(unlisted);
  const next = none === undefined ? undefined : call.follow?.(none);
  expect(next?.request).toMatchObject({ path: '/fapi/v1/klines', query: 'symbol=X&interval=1m&limit=3' });
  const range = next?.read(said([[60_000, '1', '12', '9', '10', '5', 119_999]]));
  expect(range && [range.low, range.high].map(formatDecimal)).toEqual(['9', '12']);
});
