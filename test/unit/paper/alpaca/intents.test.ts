// What an order at Alpaca opens or closes on paper: by what is held, what is owed and what rests; nothing is reversed or written.
import { expect, test } from 'vitest';
import { closable, needClosable, readTrade } from '../../../../src/paper/alpaca/intents.js';
import { findInstrument } from '../../../../src/paper/engine/instruments.js';
import { alpacaDesk } from '../../../support/alpaca-desk.js';

const call280 = 'F280121C00013000';
const market = { type: 'market', time_in_force: 'day' };
const share = (side: string, qty: string, change: object = {}) => ({
  ...market,
  symbol: 'F',
  side,
  qty,
  ...change,
});
const resting = (side: string, qty: string, limit_price: string) =>
  share(side, qty, { type: 'limit', limit_price });

function orders() {
  const { call, ...desk } = alpacaDesk();
  return {
    ...desk,
    call,
    place: (body: object) => call('POST', '/v2/orders', body),
    quantity: (symbol: string) => call('GET', `/v2/positions/${symbol}`).body.qty,
  };
}

test('a share that is not held is sold short, covered in part and then whole', () => {
  const { place, quantity, call } = orders();
  const sold = place(share('sell', '100', { position_intent: 'sell_to_open' }));
  expect(sold).toMatchObject({
    status: 200,
    body: { symbol: 'F', asset_class: 'us_equity', side: 'sell', position_intent: 'sell_to_open' },
  });
  expect(quantity('F')).toBe('-100');
  const covered = place(share('buy', '40'));
  expect(covered.body).toMatchObject({ side: 'buy', position_intent: 'buy_to_close', status: 'filled' });
  expect(quantity('F')).toBe('-60');
  expect(place(share('buy', '61')).status).toBe(403);
  expect(place(share('buy', '60')).status).toBe(200);
  expect(call('GET', '/v2/positions/F').status).toBe(404);
});

test('what is held is sold and not beyond it; nothing turns from one side to the other', () => {
  const { place, quantity } = orders();
  place(share('buy', '10'));
  expect(place(share('sell', '11')).status).toBe(403);
  expect(place(share('sell', '4', { position_intent: 'sell_to_open' })).status).toBe(422);
  expect(place(share('sell', '4', { position_intent: 'sell_to_close' })).status).toBe(200);
  expect(quantity('F')).toBe('6');
});

test.each([
  ['a purchase while a short sale rests', 'sell', '20', 'buy'],
  ['a short sale while a purchase rests', 'buy', '5', 'sell'],
])('%s is refused', (_, first, price, second) => {
  const { place } = orders();
  expect(place(resting(first, '10', price)).status).toBe(200);
  expect(place(share(second, '10'))).toMatchObject({ status: 422, body: { message: 'invalid side' } });
});

test('orders that rest leave less to cover; of exits of which one trades, one counts', () => {
  const { place, call } = orders();
  place(share('sell', '100'));
  const exits = { take_profit: { limit_price: '5' }, stop_loss: { stop_price: '40' } };
  const oco = { ...resting('buy', '70', '5'), order_class: 'oco', limit_price: undefined, ...exits };
  expect(place(oco).status).toBe(200);
  expect(place(resting('buy', '31', '5')).status).toBe(403);
  const { id } = place(resting('buy', '20', '5')).body;
  expect(call('GET', '/v2/positions/F').body).toMatchObject({ qty: '-100', qty_available: '-10' });
  expect(call('PATCH', `/v2/orders/${id}`, { qty: '31' }).status).toBe(403);
  expect(call('PATCH', `/v2/orders/${id}`, { qty: '30' }).status).toBe(200);
});

test.each([
  ['an oco that opens', share('sell', '1', { order_class: 'oco', type: 'limit' })],
  ['a bracket of options', { ...share('buy', '1'), symbol: call280, order_class: 'bracket' }],
])('%s is refused', (_, body) => {
  const exits = { take_profit: { limit_price: '20' }, stop_loss: { stop_price: '5' } };
  expect(orders().place({ ...body, ...exits })).toMatchObject({
    status: 422,
    body: { message: 'invalid order_class' },
  });
});

test('a bracket that would cover is no entry', () => {
  const { place } = orders();
  place(share('sell', '10'));
  const exits = { take_profit: { limit_price: '20' }, stop_loss: { stop_price: '5' } };
  expect(place(share('buy', '10', { order_class: 'bracket', ...exits })).status).toBe(422);
});

test('a short sale beyond what the account can bear is refused', () => {
  // Half of what it is worth, at 13 dollars or so, of 100,000.
  expect(orders().place(share('sell', '20000')).status).toBe(403);
  expect(orders().place(share('sell', '10000')).status).toBe(200);
});

test('options are bought by whole contracts and sold again, never written', () => {
  const { place, quantity } = orders();
  const option = (side: string, qty: string, change: object = {}) =>
    place({ ...market, symbol: call280, side, qty, ...change });
  expect(option('sell', '1').status).toBe(403);
  expect(option('sell', '1', { position_intent: 'sell_to_open' }).status).toBe(403);
  const bought = option('buy', '3', { position_intent: 'buy_to_open' });
  expect(bought.body).toMatchObject({ symbol: call280, asset_class: 'us_option', filled_qty: '3' });
  expect(option('sell', '4').status).toBe(403);
  expect(option('sell', '1', { position_intent: 'sell_to_open' }).status).toBe(403);
  const sold = option('sell', '2', { position_intent: 'sell_to_close' });
  expect(sold.body).toMatchObject({ position_intent: 'sell_to_close', status: 'filled' });
  expect(quantity(call280)).toBe('1');
  expect(option('buy', '0.5').status).toBe(422);
  expect(option('buy', '1', { position_intent: 'buy_to_close' }).status).toBe(422);
});

test.each([
  ['another time in force than a day', { time_in_force: 'gtc' }],
  ['a stop', { type: 'stop', stop_price: '1' }],
  ['a trailing stop', { type: 'trailing_stop', trail_percent: '5' }],
  ['a sum of dollars', { qty: undefined, notional: '500' }],
  ['an option that is not listed', { symbol: 'F280121C00099000' }],
])('an option with %s is refused', (_, change) => {
  const option = { ...market, symbol: call280, side: 'buy', qty: '1' };
  expect(orders().place({ ...option, ...change }).status).toBe(422);
});

test('the functions are those of the dialect', () => {
  expect([readTrade, closable, needClosable].every((one) => typeof one === 'function')).toBe(true);
  expect(findInstrument(call280)).toMatchObject({ kind: 'swap', option: { type: 'call' } });
});
