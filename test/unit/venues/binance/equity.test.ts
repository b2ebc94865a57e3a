import { expect, test } from 'vitest';
import { type Decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { equity } from '../../../../src/venues/binance/equity.js';

const book = (name: string) => ({
  hosts: { live: `${name}.test`, demo: `demo.${name}.test`, paper: `${name}.test` },
});
const books = {
  spot: book('spot'),
  margin: book('spot'),
  usdm: book('usdm'),
  coinm: book('coinm'),
  portfolio: book('papi'),
};
const answers: Record<string, unknown> = {
  'spot.test/api/v3/account': {
    balances: [
      { asset: 'USDT', free: '100', locked: '20.5' },
      { asset: 'BTC', free: '0.1', locked: '0' },
      { asset: 'AIRDROP', free: '1000000', locked: '0' },
      { asset: 'EUR', free: '10', locked: '0' },
    ],
  },
  'spot.test/api/v3/ticker/price': [
    { symbol: 'BTCUSDT', price: '50000' },
    { symbol: 'EURUSDC', price: '1.1' },
    { symbol: 'ETHBTC', price: '0.05' },
  ],
  'usdm.test/fapi/v3/account': { totalMarginBalance: '-30' },
  'coinm.test/dapi/v1/account': { assets: [{ asset: 'BTC', marginBalance: '0.01' }] },
  'spot.test/sapi/v1/margin/account': {
    userAssets: [
      { asset: 'USDT', free: '1', locked: '0', borrowed: '6', netAsset: '-5' },
      { asset: 'BTC', free: '0.02', locked: '0', borrowed: '0', netAsset: '0.02' },
    ],
  },
  'papi.test/papi/v1/account': { actualEquity: '7', accountEquity: '5' },
};

const closed = { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };
const unmargined = { 'papi.test/papi/v1/account': closed };

/** What comes of it, and which questions it took. */
function worth(changed: Record<string, unknown> = {}, environment: 'live' | 'paper' = 'live') {
  const asked: string[] = [];
  const ask = (call: VenueCall<Decimal>): Decimal | undefined => {
    const place = `${call.request.host}${call.request.path}`;
    asked.push(place);
    const body = Buffer.from(JSON.stringify({ ...answers, ...changed }[place]));
    const value = call.read({ status: 200, body });
    const next = value === undefined ? undefined : call.follow?.(value);
    return next === undefined ? value : ask(next);
  };
  const usd = ask(equity({ environment }, books));
  return { usd: usd && formatDecimal(usd), asked: asked.length };
}

test('coins count at their price in a dollar coin, futures with their open losses, and what has no price for nothing', () => {
  // 120.5 + 0.1 × 50,000 + 10 × 1.1 − 30 + 0.01 × 50,000 + 7
  expect(worth()).toEqual({ usd: '5608.5', asked: 5 });
});

test('a key without futures has nothing there; on paper all books are one account', () => {
  const none = { 'usdm.test/fapi/v3/account': closed, 'coinm.test/dapi/v1/account': closed };
  expect(worth(none)).toEqual({ usd: '5138.5', asked: 5 });
  // Without portfolio margin, which holds the cross margin wallet, that one counts: − 5 + 0.02 × 50,000.
  expect(worth(unmargined)).toEqual({ usd: '6596.5', asked: 6 });
  const noMargin = { code: -3003, msg: 'Margin account does not exist.' };
  expect(worth({ ...unmargined, 'spot.test/sapi/v1/margin/account': noMargin })).toEqual({
    usd: '5601.5',
    asked: 6,
  });
  expect(worth({}, 'paper')).toEqual({ usd: '5131.5', asked: 2 });
});

test.each(Object.keys(answers))('without an answer to %s nothing is known', (place) => {
  const busy = { [place]: { code: -1003, msg: 'Too many requests.' } };
  expect(worth({ ...(place.includes('margin/account') ? unmargined : {}), ...busy }).usd).toBeUndefined();
});

test('a debt that no dollar coin prices is not nothing: then the worth is not known', () => {
  const owing = (netAsset: string) => ({
    ...unmargined,
    'spot.test/sapi/v1/margin/account': { userAssets: [{ asset: 'XMR', netAsset }] },
  });
  expect(worth(owing('30')).usd).toBe('5601.5');
  expect(worth(owing('-30')).usd).toBeUndefined();
  const coinm = { 'coinm.test/dapi/v1/account': { assets: [{ asset: 'XMR', marginBalance: '-1' }] } };
  expect(worth(coinm).usd).toBeUndefined();
});
