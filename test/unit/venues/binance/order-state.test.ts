import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { usdmAlgo } from '../../../../src/venues/binance/books.js';
import { askAlgo, askOrder } from '../../../../src/venues/binance/order-state.js';
import type { CallParts } from '../../../../src/venues/venue-answers.js';

const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const row = {
  orderId: 7,
  clientOrderId: 'a1',
  status: 'FILLED',
  executedQty: '2',
  cummulativeQuoteQty: '200',
};
const trade = (more: object) => ({ orderId: 7, price: '100', qty: '1', commission: '0.1', ...more });

/** The fee of an order with these trades. */
function feeOf(instrument: string, trades: unknown, order: object = {}) {
  const parts = (target: string) => ({ request: { path: target } }) as unknown as CallParts;
  const asked = askOrder({
    instrument,
    order: parts('order'),
    trades: (number) => parts(`trades of ${number}`),
  });
  const state = asked.read(said({ ...row, ...order }));
  if (state === undefined) throw new Error('not understood');
  const next = asked.follow?.(state);
  if (next === undefined) return 'not asked';
  expect(next.request.path).toBe('trades of 7');
  const told = next.read(said(trades));
  if (told === undefined || told === 'absent') return 'not told';
  expect(formatDecimal(told.filled)).toBe(formatDecimal(state === 'absent' ? told.filled : state.filled));
  return told.fee && formatDecimal(told.fee);
}

test('what the trades of an order cost, in quote currency', () => {
  const usdt = trade({ commissionAsset: 'USDT' });
  expect(feeOf('BTCUSDT', [usdt, usdt])).toBe('0.2');
  expect(feeOf('BTCUSDT', [usdt, trade({ commissionAsset: 'BTC', commission: '0.001' })])).toBe('0.2');
  expect(feeOf('ETHBTC', [trade({ commissionAsset: 'BTC', qty: '2' })])).toBe('0.1');
  expect(feeOf('BNBUSDT', [trade({ commissionAsset: 'BNB', commission: '0.01', qty: '2' })])).toBe('1');
  expect(feeOf('BTCUSD_PERP', [trade({ commissionAsset: 'BTC', commission: '0.01', qty: '2' })])).toBe('1');
  // Earned by resting.
  expect(feeOf('BTCUSDT', [trade({ commissionAsset: 'USDT', commission: '-0.1', qty: '2' })])).toBe('-0.1');
});

test('a fee in a third currency, trades that are missing or another order’s, and garbage tell none; the state stays told', () => {
  const usdt = trade({ commissionAsset: 'USDT' });
  expect(feeOf('BTCUSDT', [usdt, trade({ commissionAsset: 'BNB' })])).toBeUndefined();
  expect(feeOf('BTCDOMUSDT', [trade({ commissionAsset: 'BTC', qty: '2' })])).toBeUndefined();
  expect(feeOf('BTCUSDT', [usdt])).toBeUndefined();
  expect(feeOf('BTCUSDT', [usdt, { ...usdt, orderId: 8 }])).toBeUndefined();
  expect(feeOf('BTCUSDT', { code: -2015, msg: 'no permission' })).toBeUndefined();
  expect(feeOf('BTCUSDT', 'oops')).toBeUndefined();
});

test('of an order that nothing is filled of, no trades are asked for', () => {
  expect(feeOf('BTCUSDT', [], { status: 'NEW', executedQty: '0' })).toBe('not asked');
  const asked = askOrder({
    instrument: 'BTCUSDT',
    order: {} as CallParts,
    trades: () => ({}) as CallParts,
  });
  expect(asked.read(said({ code: -2013, msg: 'Order does not exist.' }, 400))).toBe('absent');
});

test('a conditional order is told as it waits, then as the plain order that it became, under its own names', () => {
  const parts = (target: string) => ({ request: { path: target } }) as unknown as CallParts;
  const asked = askAlgo({
    orders: [parts('algo')],
    names: usdmAlgo.names,
    named: { clientOrderId: 'c' },
    plain: (number) => ({
      instrument: 'BTCUSDT',
      order: parts(`order ${number}`),
      trades: (told) => parts(`trades of ${told}`),
    }),
  });
  const algo = { algoId: 3, clientAlgoId: 'c', algoStatus: 'NEW', actualOrderId: '' };
  const named = { venueOrderId: '3', clientOrderId: 'c' };
  const state = (more: object) => asked.read(said({ ...algo, ...more }));
  expect(state({})).toMatchObject({ state: 'resting', ...named });
  expect(state({ algoStatus: 'CANCELED' })).toMatchObject({ state: 'canceled', ...named });
  expect(state({ algoStatus: 'REJECTED' })).toMatchObject({ state: 'rejected' });
  expect(asked.read(said({ code: -2013, msg: 'Order does not exist.' }, 400))).toBe('absent');
  // Over, but nothing says as which order.
  for (const actualOrderId of ['', '0'])
    expect(state({ algoStatus: 'FINISHED', actualOrderId })).toBeUndefined();
  expect(state({ algoStatus: 'NO_SUCH_WORD' })).toBeUndefined();
  for (const quiet of [state({}), state({ actualOrderId: '0' })])
    expect(quiet && asked.follow?.(quiet)).toBeUndefined();

  const triggered = state({ algoStatus: 'FINISHED', actualOrderId: '7' });
  const plain = triggered && asked.follow?.(triggered);
  expect(plain?.request.path).toBe('order 7');
  expect(plain?.read(said({ code: -2013, msg: 'Order does not exist.' }, 400))).toBeUndefined();
  const filled = plain?.read(said({ ...row, clientOrderId: 'x' }));
  expect(filled).toMatchObject({ state: 'filled', ...named });
  const trades = filled && plain?.follow?.(filled);
  expect(trades?.request.path).toBe('trades of 7');
  const paid = trades?.read(said([trade({ qty: '2', commissionAsset: 'USDT' })]));
  expect(paid !== 'absent' && paid?.fee && formatDecimal(paid.fee)).toBe('0.1');
});
