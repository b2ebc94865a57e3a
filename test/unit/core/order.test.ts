// Which orders make positions: contracts always, and what counts coins where the venue says so.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import {
  countsPosition,
  isReduceOnly,
  isSpot,
  makesPosition,
  type PositionSide,
  type QuantityUnit,
} from '../../../src/core/order.js';
import { binance } from '../../../src/venues/binance/binance.js';
import { bybit } from '../../../src/venues/bybit/bybit.js';
import { hyperliquid } from '../../../src/venues/hyperliquid/hyperliquid.js';
import type { Venue } from '../../../src/venues/venue.js';
import { requestOf } from '../../support/venue-requests.js';

test.each<[QuantityUnit, true | undefined, boolean, boolean]>([
  ['contracts', undefined, true, true],
  ['close-all', undefined, true, false],
  ['close-all', true, true, false],
  ['base', true, true, true],
  ['base', undefined, false, false],
  ['quote', undefined, false, false],
])('%s, derivative %s: makes a position %s, says how much of it %s', (unit, isDerivative, makes, counts) => {
  const order = { quantity: { value: decimal('1'), unit }, ...(isDerivative && { isDerivative }) };
  expect([makesPosition(order), countsPosition(order), isSpot(order)]).toEqual([makes, counts, !makes]);
});

test.each<[PositionSide | undefined, 'buy' | 'sell', boolean | undefined, boolean | undefined]>([
  [undefined, 'sell', true, true],
  [undefined, 'sell', undefined, undefined],
  ['long', 'sell', undefined, true],
  ['long', 'buy', true, undefined],
  ['short', 'buy', false, true],
  ['short', 'sell', true, undefined],
])('of the side %s, %s with the flag %s: reduce-only is %s', (positionSide, side, flag, is) => {
  expect(isReduceOnly(positionSide, side, flag)).toBe(is);
});

test('a cancel makes none', () => {
  expect([makesPosition({}), countsPosition({}), isSpot({})]).toEqual([false, false, false]);
});

describe('where perpetuals count coins, the venue says that they make positions, and its spot orders do not', () => {
  const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
  const json = [['content-type', 'application/json']] as const;
  const order = 'symbol=BTCUSDT&side=SELL&type=MARKET&quantity=1';
  const bybitOrder = (category: string, path = 'create', more: object = {}) =>
    requestOf(
      'POST',
      `https://api.bybit.com/v5/order/${path}`,
      json,
      JSON.stringify({ category, symbol: 'BTCUSDT', side: 'Sell', orderType: 'Market', qty: '1', ...more }),
    );
  const wire = { b: false, p: '3', s: '1', r: false, t: { limit: { tif: 'Gtc' } } };
  const hyperliquidOrder = (a: number) =>
    requestOf(
      'POST',
      'https://api.hyperliquid.xyz/exchange',
      json,
      JSON.stringify({
        action: { type: 'order', orders: [{ a, ...wire }], grouping: 'na' },
        nonce: 1,
        signature: { r: '0x1', s: '0x1', v: 27 },
      }),
    );
  test.each<[string, Venue, Parameters<Venue['parseOrders']>[0], boolean]>([
    ['Binance spot', binance, requestOf('POST', 'https://api.binance.com/api/v3/order', form, order), false],
    ['USDⓈ-M', binance, requestOf('POST', 'https://fapi.binance.com/fapi/v1/order', form, order), true],
    [
      'USDⓈ-M within portfolio margin',
      binance,
      requestOf('POST', 'https://papi.binance.com/papi/v1/um/order', form, order),
      true,
    ],
    ['Bybit spot', bybit, bybitOrder('spot'), false],
    ['Bybit linear', bybit, bybitOrder('linear'), true],
    ['Hyperliquid spot', hyperliquid, hyperliquidOrder(10_000), false],
    ['Hyperliquid perpetual', hyperliquid, hyperliquidOrder(0), true],
  ])('%s', (_, venue, request, makes) => {
    const instruments = new Map([
      ['0', 'BTC'],
      ['10000', 'PURR/USDC'],
    ]);
    const parsed = venue.parseOrders(request, { account: 'a', environment: 'live', instruments });
    if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
    expect(parsed.intents.map(countsPosition)).toEqual([makes]);
    expect(parsed.intents.map(({ quantity }) => quantity?.unit)).toEqual(['base']);
  });
});
