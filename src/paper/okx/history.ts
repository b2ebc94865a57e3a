// OKX v5 reads of orders and fills: one order, what rests, what ended, what was filled; newest first, paged by id.

import { exitsOf } from '../desk.js';
import { findInstrument } from '../engine/instruments.js';
import { isOpen, type PaperFill, type PaperOrder } from '../engine/orders.js';
import { algoReads, isAlgo } from './algo.js';
import { missingParameter, OkxError, type Row } from './answers.js';
import { familyOf, type Params, type PrivateCall, queryOf, typeOf } from './call.js';
import { fillRow, orderRow } from './order-views.js';

type Handler = (call: PrivateCall) => readonly Row[];

const mostRows = 100;

export const historyRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['trade/order', oneOrder],
  ['trade/orders-pending', (call) => listOrders(call, isOpen)],
  ['trade/orders-history', (call) => listOrders(call, isEnded)],
  ['trade/orders-history-archive', (call) => listOrders(call, isEnded)],
  ['trade/fills', listFills],
  ['trade/fills-history', listFills],
  ...algoReads,
]);

function isEnded(order: PaperOrder): boolean {
  return !isOpen(order);
}

function oneOrder(call: PrivateCall): readonly Row[] {
  const params = queryOf(call);
  params.instrument();
  const order = findOrder(call, params);
  if (order === undefined || isAlgo(order) || order.symbol !== params.text('instId')) {
    throw new OkxError('51603', 'Order does not exist');
  }
  return [orderRow(order, lastFillOf(call, order), exitsOf(call.account, order))];
}

/** By `ordId`, or by `clOrdId`; with both OKX goes by the first. */
export function findOrder(call: PrivateCall, params: Params): PaperOrder | undefined {
  const id = params.text('ordId');
  const clientId = params.text('clOrdId');
  if (id === undefined && clientId === undefined) throw missingParameter('ordId or clOrdId');
  return call.account.find(id === undefined ? { ...(clientId && { clientId }) } : { id });
}

function lastFillOf({ account }: PrivateCall, order: PaperOrder): PaperFill | undefined {
  return account.fills.findLast((fill) => fill.orderId === order.id);
}

function listOrders(call: PrivateCall, wanted: (order: PaperOrder) => boolean): readonly Row[] {
  const params = queryOf(call);
  const ordType = params.text('ordType');
  const state = params.text('state');
  return page(
    params,
    call.account.orders().filter((order) => wanted(order) && !isAlgo(order) && isMatch(params, order.symbol)),
    (order) => ({ id: order.id, atMs: order.createdMs }),
  )
    .map((order) => orderRow(order, lastFillOf(call, order), exitsOf(call.account, order)))
    .filter(
      (row) =>
        (ordType === undefined || ordType.split(',').includes(String(field(row, 'ordType')))) &&
        (state === undefined || field(row, 'state') === state),
    );
}

function listFills(call: PrivateCall): readonly Row[] {
  const params = queryOf(call);
  const ordId = params.text('ordId');
  return page(
    params,
    call.account.fills.filter(
      (fill) => isMatch(params, fill.symbol) && (ordId === undefined || fill.orderId === ordId),
    ),
    (fill) => ({ id: fill.id, atMs: fill.atMs }),
  ).map(fillRow);
}

function field(row: Row, name: string): unknown {
  return (row as Readonly<Record<string, unknown>>)[name];
}

function isMatch(params: Params, symbol: string): boolean {
  const instrument = findInstrument(symbol);
  const type = params.text('instType');
  const id = params.text('instId');
  const family = params.text('instFamily') ?? params.text('uly');
  return (
    instrument !== undefined &&
    (type === undefined || typeOf(instrument) === type) &&
    (id === undefined || symbol === id) &&
    (family === undefined || familyOf(instrument) === family)
  );
}

/** Newest first; `after` and `before` are ids to page from, `begin` and `end` times in milliseconds. */
function page<T>(
  params: Params,
  oldestFirst: readonly T[],
  keyOf: (entry: T) => { id: string; atMs: number },
): readonly T[] {
  const after = params.id('after');
  const before = params.id('before');
  const begin = params.time('begin');
  const end = params.time('end');
  return [...oldestFirst]
    .reverse()
    .filter((entry) => {
      const { id, atMs } = keyOf(entry);
      return (
        (after === undefined || BigInt(id) < after) &&
        (before === undefined || BigInt(id) > before) &&
        (begin === undefined || atMs >= begin) &&
        (end === undefined || atMs <= end)
      );
    })
    .slice(0, params.count('limit', mostRows, mostRows));
}
