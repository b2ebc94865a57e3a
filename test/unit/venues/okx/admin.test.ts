import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { HttpRequest } from '../../../../src/core/http.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { admin } from '../../../../src/venues/okx/admin.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { paperOkx } from '../../../support/paper-exchange.js';
import { asReal, stampAt } from '../../../support/venue-requests.js';

const at = { environment: 'paper' } as const;

/** Signs as the sidecar does, asks the paper exchange, reads the answer. */
function desk() {
  const paper = paperOkx('admin');
  const ask = <T>(call: VenueCall<T>): T | undefined => {
    const real = call.isPublic ? undefined : asReal(paper.secrets);
    const signed = okx.sign(call.request, real, stampAt(paper.clock.nowMs(), 'paper'));
    const request: HttpRequest = { ...call.request, ...signed };
    return call.read(paper.exchange.handle(request));
  };
  const rest = (more: Record<string, unknown> = {}) =>
    paper.post('trade/order', {
      instId: 'BTC-USDT',
      tdMode: 'cash',
      side: 'buy',
      ordType: 'limit',
      sz: '0.001',
      px: '50000',
      ...more,
    });
  return { paper, ask, rest };
}

test('every call of its own is one that the operation table names', () => {
  const order = { instrument: 'BTC-USDT', venueOrderId: '1', kind: 'plain' } as const;
  const calls: [VenueCall<unknown>, string][] = [
    [admin.openOrders(at), 'read'],
    [admin.openOrders(at, 'ordType=trigger|'), 'read'],
    [admin.cancelOrders(at, [order]), 'cancel'],
    [admin.cancelOrders(at, [{ ...order, kind: 'algo' }]), 'cancel'],
    [admin.findOrder(at, order), 'read'],
    ...(admin.endedOrders === undefined
      ? []
      : ([[admin.endedOrders(at, 'BTC-USDT', ['1']), 'read']] as [VenueCall<unknown>, string][])),
    [admin.positions(at), 'read'],
    ...(admin.equity === undefined ? [] : ([[admin.equity(at), 'read']] as [VenueCall<unknown>, string][])),
    [admin.referencePrice(at, 'BTC-USDT'), 'read'],
    [admin.contractTerms(at, 'BTC-USDT-SWAP'), 'read'],
  ];
  for (const [{ request, isPublic }, kind] of calls) {
    expect(okx.classify(request)).toMatchObject({ class: kind, isPublic });
  }
});

test('all that rests is listed page by page, cancelled in batches, and then gone', () => {
  const { ask, rest } = desk();
  for (let index = 0; index < 103; index += 1) expect(rest({ clOrdId: `mine${index}` }).code).toBe('0');
  const found = [];
  let page: string | undefined;
  do {
    const step = ask(admin.openOrders(at, page));
    if (step === undefined) throw new Error('the list was not understood');
    found.push(...step.orders);
    page = step.next;
  } while (page !== undefined);
  expect(found).toHaveLength(103);
  expect(new Set(found.map(({ venueOrderId }) => venueOrderId)).size).toBe(103);
  for (let from = 0; from < found.length; from += admin.cancelBatchSize) {
    const batch = found.slice(from, from + admin.cancelBatchSize);
    expect(ask(admin.cancelOrders(at, batch))).toEqual({ canceled: batch.length, failed: 0 });
  }
  expect(ask(admin.openOrders(at, 'plain|'))).toEqual({ orders: [] });
  // What is gone already is not a failure: the kill must end.
  expect(ask(admin.cancelOrders(at, found.slice(0, 1)))).toEqual({ canceled: 1, failed: 0 });
});

test('an order is found by its client order id, and one that never came is absent', () => {
  const { ask, rest } = desk();
  rest({ clOrdId: 'known1' });
  const known = ask(admin.findOrder(at, { instrument: 'BTC-USDT', clientOrderId: 'known1' }));
  expect(known).toMatchObject({ state: 'resting', clientOrderId: 'known1' });
  expect(ask(admin.findOrder(at, { instrument: 'BTC-USDT', clientOrderId: 'never1' }))).toBe('absent');
});

test('in long/short mode both sides are told as positive numbers, and each is closed by name', () => {
  const rows = ['long', 'short'].map((posSide) => ({ instId: 'BTC-USDT-SWAP', posSide, pos: '3' }));
  const body = Buffer.from(JSON.stringify({ code: '0', data: rows }));
  const told = admin.positions(at).read({ status: 200, body });
  expect(told?.map(({ quantity, isHedged }) => [formatDecimal(quantity), isHedged])).toEqual([
    ['3', true],
    ['-3', true],
  ]);
  const closing = told?.map((each) => admin.closePosition?.(at, each).request.body.toString() ?? '');
  expect(closing?.map((text) => (JSON.parse(text) as { posSide?: string }).posSide)).toEqual([
    'long',
    'short',
  ]);
});

test('each position is closed in its own margin mode', () => {
  const held = [
    { mgnMode: 'isolated', posSide: 'net', pos: '2' },
    { mgnMode: 'cross', posSide: 'net', pos: '-1' },
    { mgnMode: 'isolated', posSide: 'short', pos: '3' },
  ];
  const body = Buffer.from(
    JSON.stringify({ code: '0', data: held.map((row) => ({ instId: 'BTC-USDT-SWAP', ...row })) }),
  );
  const told = admin.positions(at).read({ status: 200, body }) ?? [];
  const closing = told.map((each) => admin.closePosition?.(at, each).request.body.toString() ?? '');
  const common = { instId: 'BTC-USDT-SWAP', autoCxl: true };
  expect(closing.map((text) => JSON.parse(text))).toEqual([
    { ...common, mgnMode: 'isolated' },
    { ...common, mgnMode: 'cross' },
    { ...common, mgnMode: 'isolated', posSide: 'short' },
  ]);
});

test('a position is signed, and closed at market', () => {
  const { paper, ask } = desk();
  const sell = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'sell', ordType: 'market', sz: '2' };
  expect(paper.post('trade/order', sell).code).toBe('0');
  const [position] = ask(admin.positions(at)) ?? [];
  expect(position?.instrument).toBe('BTC-USDT-SWAP');
  expect(position === undefined ? '' : formatDecimal(position.quantity)).toBe('-2');
  if (position === undefined || admin.closePosition === undefined) throw new Error('no position');
  expect(ask(admin.closePosition(at, position))).toEqual({ isAccepted: true });
  expect(ask(admin.positions(at))).toEqual([]);
});

test('prices and terms are read', () => {
  const { ask } = desk();
  const price = ask(admin.referencePrice(at, 'BTC-USDT'));
  expect(price?.bid !== undefined && price.ask !== undefined && price.bid.lt(price.ask)).toBe(true);
  const terms = ask(admin.contractTerms(at, 'BTC-USDT-SWAP'));
  expect(terms).toMatchObject({ isInverse: false, quote: 'USDT' });
  expect(terms === undefined ? '' : formatDecimal(terms.multiplier)).toBe('0.01');
  expect(ask(admin.contractTerms(at, 'BTC-USDT'))).toMatchObject({ isInverse: false, quote: 'USDT' });
});

describe('what OKX said to an order', () => {
  const said = (body: unknown, status = 200) =>
    admin.readPlaced({ status, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });

  test('accepted, refused, and in part', () => {
    const ok = { clOrdId: 'a', ordId: '7', sCode: '0', sMsg: '' };
    expect(said({ code: '0', msg: '', data: [ok] })).toEqual([
      { isAccepted: true, venueOrderId: '7', clientOrderId: 'a' },
    ]);
    const no = { clOrdId: 'b', ordId: '', sCode: '51008', sMsg: 'x' };
    expect(said({ code: '2', msg: '', data: [ok, no] })).toEqual([
      expect.objectContaining({ isAccepted: true }),
      { isAccepted: false, clientOrderId: 'b', code: '51008' },
    ]);
    const algo = { algoId: '9', ordId: '', clOrdId: '', algoClOrdId: 'c', sCode: '0', sMsg: '' };
    expect(said({ code: '0', msg: '', data: [algo] })).toEqual([
      { isAccepted: true, venueOrderId: '9', clientOrderId: 'c' },
    ]);
    expect(said({ code: '50011', msg: 'rate', data: [] })).toEqual([{ isAccepted: false, code: '50011' }]);
  });

  test('nothing is known from what is no OKX answer', () => {
    expect(said('<html>502 Bad Gateway</html>', 502)).toBeUndefined();
    expect(said({ code: '0', msg: '', data: [] })).toBeUndefined();
    expect(said('')).toBeUndefined();
  });

  test('nor from an error that says neither success nor failure', () => {
    expect(said({ code: '50004', msg: 'Endpoint request timeout', data: [] }, 400)).toBeUndefined();
    expect(said({ code: '50026', msg: 'System error', data: [] })).toBeUndefined();
    const timedOut = { clOrdId: 'a', ordId: '', sCode: '51149', sMsg: 'Order timed out.' };
    expect(said({ code: '1', msg: '', data: [timedOut] })).toBeUndefined();
  });
});

test('an order without a client order id gets one, and nothing else changes', () => {
  const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '1', px: '2' };
  const request: HttpRequest = {
    ...admin.cancelOrders(at, []).request,
    path: '/api/v5/trade/batch-orders',
    body: Buffer.from(JSON.stringify([order, { ...order, clOrdId: 'own1' }])),
  };
  const stamped = admin.withClientOrderIds?.(request, () => 'tbx1');
  expect(JSON.parse(String(stamped?.body))).toEqual([
    { ...order, clOrdId: 'tbx1' },
    { ...order, clOrdId: 'own1' },
  ]);
  expect(
    admin.withClientOrderIds?.({ ...request, path: '/api/v5/trade/cancel-order' }, () => 'x'),
  ).toBeUndefined();
});

test('equity is that of the whole account; an answer without it is none', () => {
  const { paper, ask } = desk();
  const call = admin.equity?.(at);
  if (call === undefined) throw new Error('OKX tells equity');
  const told = ask(call);
  const [row] = paper.get('account/balance').data as { totalEq: string }[];
  expect(told && formatDecimal(told)).toBe(row?.totalEq);
  const read = (data: unknown) =>
    call.read({ status: 200, body: Buffer.from(JSON.stringify({ code: '0', msg: '', data })) });
  expect([read([{ totalEq: '' }]), read([]), read([{ totalEq: '1e3' }])]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(read([{ totalEq: '-12.5' }])?.toString()).toBe('-12.5');
});

test('orders that ended are told as each of them alone is; the page ends with the newest that is asked for', () => {
  const { paper, ask } = desk();
  const instrument = 'BTC-USDT-SWAP';
  const place = (more: Record<string, unknown>) =>
    paper.post('trade/order', { instId: instrument, tdMode: 'cross', side: 'buy', sz: '1', ...more });
  const ids = ['a', 'b', 'c'].map((clOrdId) => {
    place({ ordType: 'market', clOrdId });
    const found = ask(admin.findOrder(at, { instrument, clientOrderId: clOrdId }));
    return typeof found === 'object' ? found.venueOrderId : '';
  });
  place({ ordType: 'limit', px: '50000', clOrdId: 'resting' });
  const single = (id: string) => ask(admin.findOrder(at, { instrument, venueOrderId: id }));
  const listed = (wanted: readonly string[]) =>
    admin.endedOrders && ask(admin.endedOrders(at, instrument, wanted));
  const [a = '', b = '', c = ''] = ids;
  expect(listed([a, b, c])).toEqual([c, b, a].map(single));
  expect(listed([b])).toEqual([b, a].map(single));
  expect(listed(['not a number'])).toEqual([]);
  expect(single(a)).toMatchObject({ state: 'filled', clientOrderId: 'a' });
});

test('algo orders are listed before the book that they move to, and cancelled ten at a time', () => {
  const pages: string[] = [];
  const nothing = { status: 200, body: Buffer.from(JSON.stringify({ code: '0', msg: '', data: [] })) };
  for (let page: string | undefined, count = 0; count < 9; count += 1) {
    const call = admin.openOrders(at, page);
    pages.push(call.request.path.slice('/api/v5/trade/'.length));
    page = call.read(nothing)?.next;
    if (page === undefined) break;
  }
  expect(pages).toEqual([...Array.from({ length: 4 }, () => 'orders-algo-pending'), 'orders-pending']);
  expect(admin.cancelBatchSize).toBe(10);
});

test('an algo order is named by an id of its own kind', () => {
  const order = { instId: 'BTC-USDT', ordType: 'trigger', sz: '1', triggerPx: '2', orderPx: '-1' };
  const { request } = admin.cancelOrders(at, []);
  const stamped = (body: unknown) => {
    const sent = { ...request, path: '/api/v5/trade/order-algo', body: Buffer.from(JSON.stringify(body)) };
    return JSON.parse(String(admin.withClientOrderIds?.(sent, () => 'tbx1')?.body));
  };
  expect(stamped(order)).toEqual({ ...order, algoClOrdId: 'tbx1' });
  expect(stamped({ ...order, algoClOrdId: 'own' })).toEqual({ ...order, algoClOrdId: 'own' });
  expect(stamped({ ...order, clOrdId: 'own' })).toEqual({ ...order, clOrdId: 'own', algoClOrdId: 'own' });
});
