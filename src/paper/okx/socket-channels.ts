// What OKX's paper sockets tell: each channel as the rows of its REST twin, or as what happened since the last look.
// Source: OKX v5 reference "WebSocket", okx-api 3.2.3 websocket types, ccxt 4.5.84 pro/okx.
import { formatDecimal } from '../../core/decimal.js';
import type { StrictJson } from '../../venues/json-strict.js';
import { exitsOf } from '../desk.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import { findInstrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { type Watch as NewsWatch, watchFills, watchOrders, watchRows } from '../watch.js';
import { accountRoutes } from './account.js';
import { isAlgo } from './algo.js';
import type { Row } from './answers.js';
import { familyOf, type Params, type PrivateCall, typeOf } from './call.js';
import { publicRoutes } from './market-data.js';
import { fillRow, orderRow } from './order-views.js';
import { digitsOf } from './positions.js';

export type SocketKind = 'public' | 'private' | 'business';

/** One push: the message's `data`, and the `action` of order books. */
export interface Push {
  data: readonly Row[];
  action?: string;
}

export type Watch = NewsWatch<Push>;

export function isPrivate(kind: SocketKind, channel: string): boolean {
  return kind === 'private' && accountChannels.has(channel);
}

/** For a channel of an account. */
export function watchAccount(channel: string, params: Params, account: Account, engine: Engine): Watch {
  if (channel === 'orders') return newOrders(params, account);
  if (channel === 'fills') return newFills(params, account);
  const rows = channel === 'balance_and_position' ? balanceAndPosition : accountRows(channel, params);
  return changed((now) => rows({ engine: now, query: new Map(), body: undefined, account }), engine);
}

const accountChannels: ReadonlySet<string> = new Set([
  'account',
  'positions',
  'balance_and_position',
  'orders',
  'fills',
]);

/** Channel → the REST endpoint that gives its rows and the parameters that it is asked with. */
const marketChannels: ReadonlyMap<string, readonly [path: string, query: Readonly<Record<string, string>>]> =
  new Map([
    ['tickers', ['market/ticker', {}]],
    ['trades', ['market/trades', { limit: '1' }]],
    ['instruments', ['public/instruments', {}]],
    ['mark-price', ['public/mark-price', {}]],
    ['index-tickers', ['market/index-tickers', {}]],
    ['price-limit', ['public/price-limit', {}]],
    ['funding-rate', ['public/funding-rate', {}]],
    ['open-interest', ['public/open-interest', {}]],
    ['books', ['market/books', { sz: '400' }]],
    ['books5', ['market/books', { sz: '5' }]],
    ['bbo-tbt', ['market/books', { sz: '1' }]],
  ]);
const businessChannels: ReadonlyMap<string, string> = new Map([
  ['candle', 'market/candles'],
  ['mark-price-candle', 'market/mark-price-candles'],
  ['index-candle', 'market/index-candles'],
]);

/** Undefined for a channel that this socket does not have. Throws OkxError for parameters without meaning. */
export function watchMarket(
  kind: SocketKind,
  channel: string,
  params: Params,
  engine: Engine,
): Watch | undefined {
  const [, name = '', bar] = /^((?:mark-price-|index-)?candle)(\w+)$/.exec(channel) ?? [];
  if (kind === 'business' && bar !== undefined) {
    const query = { instId: params.required('instId'), bar, limit: '1' };
    return rowsOf(businessChannels.get(name) ?? '', query, engine);
  }
  if (kind === 'business' && channel === 'trades-all')
    return rowsOf('market/trades', { instId: params.required('instId'), limit: '1' }, engine);
  const known = kind === 'public' ? marketChannels.get(channel) : undefined;
  if (known === undefined) return undefined;
  const [path, fixed] = known;
  const watch = rowsOf(path, { ...queryFor(channel, params), ...fixed }, engine);
  // Every push is the whole book: a client begins anew with each snapshot, so none can miss an update.
  if (channel !== 'books') return watch;
  return (now) => {
    const push = watch(now);
    return push === undefined
      ? undefined
      : { action: 'snapshot', data: push.data.map((row) => ({ ...row, prevSeqId: -1, checksum: 0 })) };
  };
}

function queryFor(channel: string, params: Params): Record<string, string> {
  if (channel === 'instruments') return { instType: params.required('instType') };
  const instId = params.required('instId');
  const instrument = findInstrument(instId);
  return instrument === undefined ? { instId } : { instId, instType: typeOf(instrument) };
}

function rowsOf(path: string, query: Readonly<Record<string, string>>, engine: Engine): Watch {
  const asked = new Map(Object.entries(query));
  return changed((now) => publicRoutes.get(path)?.({ engine: now, query: asked }) ?? [], engine);
}

const times: ReadonlySet<string> = new Set(['ts', 'uTime', 'pTime']);

/** What cannot be read is refused when it is asked for, not later. */
function changed(read: (engine: Engine) => readonly Row[], engine: Engine): Watch {
  read(engine);
  const watch = watchRows(read, times);
  return (now) => {
    const data = watch(now);
    return data === undefined ? undefined : { data };
  };
}

function accountRows(channel: string, params: Params): (call: PrivateCall) => readonly Row[] {
  const read = accountRoutes.get(channel === 'account' ? 'account/balance' : 'account/positions');
  const query = new Map<string, string>();
  const only = channel === 'account' ? params.text('ccy') : params.text('instId');
  if (only !== undefined) query.set(channel === 'account' ? 'ccy' : 'instId', only);
  return (call) => read?.({ ...call, query }) ?? [];
}

function balanceAndPosition(call: PrivateCall): readonly Row[] {
  const { ledger } = call.account;
  const time = String(call.engine.nowMs);
  const balData = ledger
    .currencies()
    .map((ccy) => ({ ccy, cashBal: formatDecimal(ledger.total(ccy)), uTime: time }));
  const posData = accountRoutes.get('account/positions')?.(call) ?? [];
  return [{ pTime: time, eventType: 'snapshot', balData, posData, trades: [] }];
}

function newOrders(params: Params, account: Account): Watch {
  const watch = watchOrders(account);
  const wanted = filterOf(params);
  return (now) => {
    const news = watch(now)?.filter((order) => wanted(order.symbol) && !isAlgo(order)) ?? [];
    return news.length === 0 ? undefined : { data: news.map((order) => socketOrder(account, order)) };
  };
}

/** What the socket adds to an order's row. */
function socketOrder(account: Account, order: PaperOrder): Row {
  const fill = account.fills.findLast(({ orderId }) => orderId === order.id);
  return {
    ...orderRow(order, fill, exitsOf(account, order)),
    uid: digitsOf(account.id),
    amendResult: '',
    reqId: '',
    code: '0',
    msg: '',
    execType: fill === undefined ? '' : fill.isMaker ? 'M' : 'T',
    fillFee: fill === undefined ? '0' : formatDecimal(fill.fee.neg()),
    fillFeeCcy: fill?.feeCurrency ?? '',
  };
}

function newFills(params: Params, account: Account): Watch {
  const watch = watchFills(account);
  const wanted = filterOf(params);
  return (now) => {
    const news = watch(now)?.filter(({ symbol }) => wanted(symbol)) ?? [];
    return news.length === 0 ? undefined : { data: news.map(fillRow) };
  };
}

function filterOf(params: Params): (symbol: string) => boolean {
  const [type = 'ANY', id, family] = ['instType', 'instId', 'instFamily'].map((name) => params.text(name));
  return (symbol) => {
    const instrument = findInstrument(symbol);
    return (
      instrument !== undefined &&
      (type === 'ANY' || type === typeOf(instrument)) &&
      (id === undefined || id === symbol) &&
      (family === undefined || family === familyOf(instrument))
    );
  };
}

/** The names by which a subscription is told from others. */
export function argumentKey(entry: ReadonlyMap<string, StrictJson>): string {
  return JSON.stringify([...entry].sort(([a], [b]) => (a < b ? -1 : 1)));
}
