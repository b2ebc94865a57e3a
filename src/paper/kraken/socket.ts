// Kraken's WebSocket v2 on paper: market channels, executions and balances, orders that go the way of REST orders.
// Sources: docs.kraken.com Spot WebSocket v2, ccxt 4.5.84 pro/kraken.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import type { StrictJson } from '../../venues/json-strict.js';
import { bookSide, dayQuote } from '../desk.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { currentBar, lastTrade } from '../market-news.js';
import { Subscriptions, type Watch, watchOrders, watchRows } from '../watch.js';
import { nameOf, pairs, type Row } from './call.js';
import { wordingOf } from './faults.js';
import { accountOf } from './session-tokens.js';
import { tradingRoutes } from './trading.js';

export function openSocket({ host, path }: SocketPlace): PaperSocket | undefined {
  return path === '/v2' && /^ws(?:-auth)?\./.test(host) ? new KrakenSocket() : undefined;
}

const times: ReadonlySet<string> = new Set(['timestamp', 'checksum']);
const isoTime = (ms: number) => new Date(ms).toISOString();
/** v2 spells every currency as the rest of the world does. */
const symbolOf = ({ base, quote }: Instrument) => `${base}/${quote}`;

class KrakenSocket implements PaperSocket {
  readonly #subscriptions = new Subscriptions();

  hear(text: string, exchange: Exchange): readonly string[] {
    const frame = frameOf(text);
    const fields = new Fields(frame);
    const [method = '', id] = [fields.peek('method'), fields.peek('req_id')];
    const head = { method, ...(id === undefined ? {} : { req_id: Number(id) }) };
    const params = fields.child('params') ?? new Fields(new Map());
    try {
      if (method === 'ping') return [JSON.stringify({ ...head, method: 'pong' })];
      const results = this.#act(method, params, exchange);
      return results.map((result) => JSON.stringify({ ...head, success: true, result }));
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      return [JSON.stringify({ ...head, success: false, error: wordingOf(thrown) })];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  #act(method: string, params: Fields, { engine }: Exchange): readonly Row[] {
    if (method === 'subscribe' || method === 'unsubscribe') return this.#subscribe(method, params, engine);
    const account = engine.account(accountOf(engine, params.text('token')));
    const call = (name: string, fields: Readonly<Record<string, StrictJson | undefined>>): Row => {
      const given = Object.entries(fields).filter(
        (entry): entry is [string, StrictJson] => entry[1] !== undefined,
      );
      return tradingRoutes.get(name)?.({ engine, account, fields: new Fields(new Map(given)) }) ?? {};
    };
    switch (method) {
      case 'add_order': {
        const { txid } = call('AddOrder', orderFields(params));
        const clientId = params.text('cl_ord_id');
        const order_id = Array.isArray(txid) ? String(txid[0]) : '';
        return [{ order_id, ...(clientId === undefined ? {} : { cl_ord_id: clientId }) }];
      }
      case 'amend_order': {
        const named = { txid: params.text('order_id'), cl_ord_id: params.text('cl_ord_id') };
        const changed = { order_qty: params.text('order_qty'), limit_price: params.text('limit_price') };
        return [{ ...call('AmendOrder', { ...named, ...changed }), order_id: named.txid ?? '' }];
      }
      case 'cancel_order':
        return [...params.texts('order_id'), ...params.texts('cl_ord_id')].map((txid) => {
          call('CancelOrder', { txid });
          return { order_id: txid };
        });
      case 'cancel_all':
        return [call('CancelAll', {})];
      case 'cancel_all_orders_after':
        return [call('CancelAllOrdersAfter', { timeout: params.text('timeout') })];
      default:
        throw new PaperFault('NOT_ON_PAPER');
    }
  }

  #subscribe(method: string, params: Fields, engine: Engine): readonly Row[] {
    const channel = params.required('channel');
    const set = (key: string, watch: () => Watch<readonly string[]>): void => {
      if (method === 'subscribe') this.#subscriptions.add(key, watch());
      else this.#subscriptions.remove(key);
    };
    if (channel === 'executions' || channel === 'balances') {
      const account = engine.account(accountOf(engine, params.text('token')));
      set(channel, () => (channel === 'balances' ? watchBalances(account) : watchExecutions(account)));
      return [{ channel }];
    }
    return params.texts('symbol').map((symbol) => {
      const instrument = pairs.need(symbol);
      set(`${channel} ${symbol}`, () => watchMarket(channel, instrument, params));
      return { channel, symbol };
    });
  }
}

/** A socket's order as REST's fields; numbers are read as they are written. */
function orderFields(params: Fields): Readonly<Record<string, StrictJson | undefined>> {
  const cash = params.text('cash_order_qty');
  const flags = [
    ...(params.text('post_only') === 'true' ? ['post'] : []),
    ...(cash === undefined ? [] : ['viqc']),
  ];
  return {
    pair: params.text('symbol'),
    type: params.text('side'),
    ordertype: params.text('order_type'),
    volume: cash ?? params.text('order_qty'),
    price: params.text('limit_price'),
    timeinforce: params.text('time_in_force')?.toUpperCase(),
    cl_ord_id: params.text('cl_ord_id'),
    validate: params.text('validate'),
    oflags: flags.length === 0 ? undefined : flags.join(','),
  };
}

/** Every push is a snapshot: a client begins anew with each, so none can miss an update. */
function watchMarket(channel: string, instrument: Instrument, params: Fields): Watch<readonly string[]> {
  const read = readerOf(channel, params);
  const watch = watchRows((engine) => ({ ...read(engine, instrument), symbol: symbolOf(instrument) }), times);
  return (engine) => {
    const row = watch(engine);
    return row === undefined ? undefined : [JSON.stringify({ channel, type: 'snapshot', data: [row] })];
  };
}

type Read = (engine: Engine, instrument: Instrument) => Row;

function readerOf(channel: string, params: Fields): Read {
  const interval = params.count('interval', 1, 10_080);
  const depth = params.count('depth', 10, 1000);
  const read: Read | undefined = new Map<string, Read>([
    ['ticker', tickerRow],
    ['book', (engine, one) => bookRow(engine, one, depth)],
    ['trade', tradeRow],
    ['ohlc', (engine, one) => barRow(engine, one, interval)],
  ]).get(channel);
  if (read === undefined) throw new PaperFault('PARAMETER_BAD', 'channel');
  return read;
}

function tickerRow(engine: Engine, instrument: Instrument): Row {
  const { last, open, high, low, bid, ask, volume } = dayQuote(engine, instrument);
  return {
    bid: Number(bid.price),
    bid_qty: Number(bid.size),
    ask: Number(ask.price),
    ask_qty: Number(ask.size),
    last: Number(last),
    volume: Number(volume),
    vwap: Number(last),
    low: Number(low),
    high: Number(high),
    change: Number(formatDecimal(decimal(last).minus(decimal(open)))),
    change_pct: 0,
  };
}

function bookRow(engine: Engine, instrument: Instrument, depth: number): Row {
  const side = (name: 'bid' | 'ask') =>
    bookSide(engine, instrument, name, depth).map(([price, qty]) => ({
      price: Number(price),
      qty: Number(qty),
    }));
  return { bids: side('bid'), asks: side('ask'), checksum: 0, timestamp: isoTime(engine.nowMs) };
}

function tradeRow(engine: Engine, instrument: Instrument): Row {
  const { id, price, size, side, atMs } = lastTrade(engine, instrument);
  const row = { side, price: Number(price), qty: Number(size), ord_type: 'market', trade_id: id };
  return { ...row, timestamp: isoTime(atMs) };
}

function barRow(engine: Engine, instrument: Instrument, interval: number): Row {
  const { startMs, endMs, open, high, low, close, volume } = currentBar(engine, instrument, interval * 60);
  const [o, h, l, c, v] = [open, high, low, close, volume].map(Number);
  const bar = { open: o, high: h, low: l, close: c, trades: 1, volume: v, vwap: c };
  return { ...bar, interval_begin: isoTime(startMs), interval, timestamp: isoTime(endMs + 1) };
}

function watchBalances(account: Account): Watch<readonly string[]> {
  const rows = () =>
    account.ledger.currencies().map((asset) => {
      const balance = Number(formatDecimal(account.ledger.total(asset)));
      return { asset, asset_class: 'currency', balance, wallets: [{ type: 'spot', id: 'main', balance }] };
    });
  const watch = watchRows(rows);
  return (engine) => {
    const data = watch(engine);
    return data === undefined ? undefined : [JSON.stringify({ channel: 'balances', type: 'snapshot', data })];
  };
}

const states = {
  live: 'new',
  'partially-filled': 'partially_filled',
  filled: 'filled',
  canceled: 'canceled',
} as const;

/** What is open at first, then what changes. */
function watchExecutions(account: Account): Watch<readonly string[]> {
  const watch = watchOrders(account);
  let type = 'snapshot';
  return (engine) => {
    const news = watch(engine) ?? [];
    const orders = (type === 'snapshot' ? account.openOrders() : news).filter(({ symbol }) =>
      pairs.listed.some((one) => one.symbol === symbol),
    );
    const isSilent = type === 'update' && orders.length === 0;
    const message = {
      channel: 'executions',
      type,
      data: orders.map((order) => executionRow(account, order)),
    };
    type = 'update';
    return isSilent ? undefined : [JSON.stringify(message)];
  };
}

function executionRow(account: Account, order: PaperOrder): Row {
  const instrument = pairs.listed.find(({ symbol }) => symbol === order.symbol);
  const fill = account.fills.findLast(({ orderId }) => orderId === order.id);
  const number = (value: Decimal | undefined) => Number(formatDecimal(value ?? decimal('0')));
  const traded =
    fill === undefined || order.state === 'canceled'
      ? {}
      : {
          exec_id: nameOf('T', fill.id),
          trade_id: 1,
          last_qty: number(fill.size),
          last_price: number(fill.price),
          cost: number(fill.price.times(fill.size)),
          fees: [{ asset: fill.feeCurrency, qty: number(fill.fee) }],
        };
  return {
    order_id: nameOf('O', order.id),
    symbol: instrument === undefined ? '' : symbolOf(instrument),
    side: order.side,
    order_type: order.price === undefined ? 'market' : 'limit',
    order_qty: number(order.size),
    limit_price: number(order.price),
    cum_qty: number(order.filled),
    cum_cost: number(order.cost),
    exec_type: 'exec_id' in traded ? 'trade' : states[order.state],
    order_status: states[order.state],
    ...(order.clientId === undefined ? {} : { cl_ord_id: order.clientId }),
    ...traded,
    timestamp: isoTime(order.updatedMs),
  };
}
