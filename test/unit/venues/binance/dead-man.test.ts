// Binance's dead-man switches: which market's reaches an order, and what their answers say.
import { expect, test } from 'vitest';
import { deadManMarket, setDeadMan } from '../../../../src/venues/binance/dead-man.js';

test.each([
  ['fapi/v1/order', 'BTCUSDT', '/fapi/v1:BTCUSDT'],
  ['dapi/v1/batchOrders', 'BTCUSD_PERP', '/dapi/v1:BTCUSD_PERP'],
  ['api/v3/order', 'BTCUSDT', undefined],
  ['papi/v1/um/order', 'BTCUSDT', undefined],
  ['fapi/v1/algoOrder', 'BTCUSDT', undefined],
  ['fapi/v1/order', '', undefined],
])('%s of %s is reached by the switch of %s', (operation, instrument, market) => {
  expect(deadManMarket({ operation, instrument })).toBe(market);
});

test.each([
  ['{"symbol":"BTCUSD_PERP","countdownTime":"60000"}', true],
  ['{"symbol":"BTCUSD_PERP","countdownTime":60000}', true],
  ['{"symbol":"BTCUSD_PERP","countdownTime":"0"}', false],
  ['{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}', false],
  ['{}', undefined],
  ['<html>', undefined],
])('%s says %s', (body, isSet) => {
  const at = { environment: 'demo' } as const;
  const { request, read } = setDeadMan(at, 60_000, 0, '/dapi/v1:BTCUSD_PERP');
  expect(`${request.method} ${request.host}${request.path}?${request.query}`).toBe(
    'POST demo-dapi.binance.com/dapi/v1/countdownCancelAll?symbol=BTCUSD_PERP&countdownTime=60000',
  );
  expect(read({ status: 200, body: Buffer.from(body) })).toBe(isSet);
});
