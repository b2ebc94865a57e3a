// OKX's paper sockets by hand-made frames: which open, what is no request, and orders that go the way of REST orders.
import { expect, test } from 'vitest';
import { paperOkx } from '../../../support/paper-exchange.js';
import { openOkxSocket } from '../../../support/paper-socket.js';

test('only the paths of the three sockets open, at hosts of sockets', () => {
  const { exchange } = paperOkx();
  const open = (host: string, path: string) => exchange.openSocket({ host, path, query: '' });
  expect(open('wspap.okx.com', '/ws/v5/public')).toBeDefined();
  expect(open('wspap.okx.com', '/ws/v5/other')).toBeUndefined();
  expect(open('www.okx.com', '/ws/v5/public')).toBeUndefined();
  expect(open('stream.bybit.com', '/ws/v5/public')).toBeUndefined();
});

test('a ping in words is answered; what is no request is an error and not the end', () => {
  const { socket, say } = openOkxSocket(paperOkx());
  expect(socket.hear('ping')).toEqual(['pong']);
  for (const text of [
    '',
    '[]',
    '{"op":"login"}',
    '{"op":1,"args":[]}',
    '{"op":"login","op":"login","args":[]}',
  ])
    expect(JSON.parse(socket.hear(text)[0] ?? '')).toMatchObject({ event: 'error', code: '60012' });
  expect(say({ op: 'withdraw', args: [{}] })[0]).toMatchObject({ event: 'error', code: '60012' });
});

test('an order over the socket is answered by its id, seen on three channels, by REST, and its cancel too', () => {
  const paper = paperOkx();
  const open = openOkxSocket(paper);
  open.login();
  open.subscribe(
    { channel: 'orders', instType: 'SPOT' },
    { channel: 'account' },
    { channel: 'positions', instType: 'ANY' },
  );
  expect(open.tell().map(({ arg }) => arg.channel)).toEqual(['account', 'positions']);
  const last = Number(paper.get('market/ticker?instId=BTC-USDT').data[0]?.last);
  const px = String(Math.floor(last * 0.97)); // told as a number, without zeros behind it
  const order = {
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'buy',
    ordType: 'limit',
    sz: '0.01',
    px,
    clOrdId: 'c1',
  };
  const [placed] = open.say({ id: 7, op: 'order', args: [order] });
  expect(placed).toMatchObject({ id: '7', op: 'order', code: '0', data: [{ sCode: '0', clOrdId: 'c1' }] });
  const { ordId } = placed.data[0];
  const told = open.tell();
  expect(told.map(({ arg }) => arg.channel)).toEqual(['orders', 'account']);
  expect(told[0].data).toMatchObject([{ ordId, state: 'live', px, uid: told[0].arg.uid }]);
  expect(paper.get('trade/orders-pending').data).toMatchObject([{ ordId }]);

  const cancel = { instId: 'BTC-USDT', ordId };
  expect(paper.post('trade/cancel-order', cancel).code).toBe('0');
  expect(open.tell()[0].data).toMatchObject([{ ordId, state: 'canceled' }]);
  const [again] = open.say({ id: '8', op: 'cancel-order', args: [cancel] });
  expect(again).toMatchObject({
    id: '8',
    op: 'cancel-order',
    code: '1',
    data: [{ sCode: expect.stringMatching(/^514/) }],
  });
});

test('a batch, a fill and a position are told; a malformed order is refused by its id', () => {
  const paper = paperOkx();
  const open = openOkxSocket(paper);
  open.login();
  open.subscribe(
    { channel: 'fills' },
    { channel: 'positions', instType: 'SWAP' },
    { channel: 'orders', instType: 'SPOT' },
  );
  open.tell();
  const swap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'buy', ordType: 'market', sz: '1' };
  const [done] = open.say({ id: 'b', op: 'batch-orders', args: [swap, { ...swap, sz: '2' }] });
  expect(done).toMatchObject({ code: '0', data: [{ sCode: '0' }, { sCode: '0' }] });
  const [fills, positions, ...others] = open.tell();
  expect(fills.data.length).toBeGreaterThanOrEqual(2);
  expect(positions.data).toMatchObject([{ instId: 'BTC-USDT-SWAP', pos: '3' }]);
  expect(others).toEqual([]);
  expect(open.say({ id: 'm', op: 'order', args: [{ ...swap, sz: '-1' }] })[0]).toMatchObject({
    id: 'm',
    code: '51000',
  });
  expect(open.say({ id: 'n', op: 'order', args: [swap, swap] })[0]).toMatchObject({ id: 'n', code: '60013' });
});
