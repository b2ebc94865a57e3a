// What an Alpaca account on paper holds and owes, as its rows and sums tell it; closing it again by the request of the venue.
import { expect, test } from 'vitest';
import { holdingsOf, needHolding, positionRow, worthOf } from '../../../../src/paper/alpaca/positions.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { PaperFault } from '../../../../src/paper/fault.js';
import { Fields } from '../../../../src/paper/fields.js';
import type { VenueAdmin } from '../../../../src/venues/admin.js';
import { alpaca } from '../../../../src/venues/alpaca/alpaca.js';
import { alpacaDesk } from '../../../support/alpaca-desk.js';

const option = 'F280121C00013000';
const day = { type: 'market', time_in_force: 'day' };
const at = { environment: 'paper' } as const;

function desk() {
  const paper = alpacaDesk();
  const { call } = paper;
  const order = (symbol: string, side: string, qty: string) =>
    call('POST', '/v2/orders', { ...day, symbol, side, qty }).body;
  const rows = () => call<Record<string, string>[]>('GET', '/v2/positions').body;
  const account = () => call('GET', '/v2/account').body;
  return { ...paper, order, rows, account };
}

test('a short sale is a position below zero, and its proceeds are cash that buys nothing', () => {
  const { order, rows, account } = desk();
  const before = account();
  const { filled_avg_price: price } = order('F', 'sell', '1000');
  const row = rows().find(({ symbol }) => symbol === 'F');
  const proceeds = Number(price) * 1000;
  expect(row).toMatchObject({ side: 'short', qty: '-1000', asset_class: 'us_equity' });
  expect(Number(row?.cost_basis)).toBeCloseTo(-proceeds, 6);
  expect(Number(row?.market_value)).toBeCloseTo(-1000 * Number(row?.current_price), 6);
  expect(Number(row?.unrealized_pl)).toBeCloseTo(1000 * (Number(price) - Number(row?.current_price)), 6);
  const after = account();
  expect(Number(after.cash)).toBeCloseTo(Number(before.cash) + proceeds, 6);
  expect(Number(after.buying_power)).toBeCloseTo(Number(before.buying_power) - proceeds / 2, 6);
  expect(Number(after.initial_margin)).toBeCloseTo(1.5 * proceeds, 6);
  expect(Number(after.short_market_value)).toBeCloseTo(Number(row?.market_value), 6);
  expect(Number(after.equity)).toBeCloseTo(Number(before.equity) + Number(row?.unrealized_pl), 6);
  expect(after).toMatchObject({ shorting_enabled: true });
});

test('an option is worth a hundred times its premium, which is spent', () => {
  const { order, rows, account } = desk();
  const before = account();
  const { filled_avg_price: price } = order(option, 'buy', '5');
  const row = rows().find(({ symbol }) => symbol === option);
  expect(row).toMatchObject({ side: 'long', qty: '5', asset_class: 'us_option', avg_entry_price: price });
  expect(Number(row?.cost_basis)).toBeCloseTo(500 * Number(price), 6);
  const after = account();
  for (const name of ['cash', 'options_buying_power'])
    expect(Number(after[name])).toBeCloseTo(Number(before[name]) - 500 * Number(price), 6);
  expect(Number(after.equity)).toBeCloseTo(Number(before.equity) + Number(row?.unrealized_pl), 6);
});

test('the leaf reads them, and closes each whole', () => {
  const { order, ask, rows } = desk();
  for (const [symbol, side] of [
    ['F', 'sell'],
    ['AAPL', 'buy'],
    [option, 'buy'],
  ] as const)
    order(symbol, side, '7');
  const admin = alpaca.admin as VenueAdmin;
  const read = () => ask(admin.positions(at))?.filter(({ instrument }) => !instrument.includes('/'));
  expect(read()?.map(({ instrument, quantity }) => `${instrument} ${quantity}`)).toEqual(
    expect.arrayContaining(['F -7', 'AAPL 7', `${option} 7`]),
  );
  for (const position of read() ?? []) {
    const close = admin.closePosition?.(at, position);
    expect(close && ask(close)).toEqual({ isAccepted: true });
  }
  expect(rows().filter(({ asset_class }) => asset_class !== 'crypto')).toEqual([]);
});

test('a part of a position is closed by quantity or percentage', () => {
  const { order, call, rows } = desk();
  order('F', 'sell', '100');
  const left = () => rows().find(({ symbol }) => symbol === 'F')?.qty;
  expect(call('DELETE', '/v2/positions/F?qty=30').body).toMatchObject({ side: 'buy', qty: '30' });
  expect(left()).toBe('-70');
  expect(call('DELETE', '/v2/positions/F?percentage=50').status).toBe(200);
  expect(left()).toBe('-35');
  expect(call('DELETE', '/v2/positions/F?qty=36').status).toBe(403);
  expect(call('DELETE', '/v2/positions/F?qty=1&percentage=50').status).toBe(422);
  expect(call('DELETE', '/v2/positions/F?percentage=101').status).toBe(422);
  expect(call('DELETE', '/v2/positions/AAPL').status).toBe(404);
  expect(left()).toBe('-35');
});

test('activities and orders name what was sold short by its share', () => {
  const { order, call } = desk();
  order('F', 'sell', '3');
  const [fill] = call<object[]>('GET', '/v2/account/activities').body;
  expect(fill).toMatchObject({ symbol: 'F', side: 'sell_short', cum_qty: '3' });
  const found = call<object[]>('GET', '/v2/orders?status=all&symbols=F').body;
  expect(found).toMatchObject([{ symbol: 'F', position_intent: 'sell_to_open' }]);
});

test('nothing of a share is no position', () => {
  const engine = new Engine({ seed: 'none', accounts: ['a'] });
  engine.advance(1_795_000_000_000);
  const call = { engine, account: engine.account('a'), fields: new Fields(new Map()) };
  expect(() => needHolding(call, 'F')).toThrow(PaperFault);
  expect(holdingsOf(call).map((one) => positionRow(one).side)).toEqual(['long', 'long']);
  expect(worthOf(call).short.toFixed(0)).toBe('0');
});
