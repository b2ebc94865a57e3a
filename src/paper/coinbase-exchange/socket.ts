// Coinbase Exchange's WebSocket feed on paper: market channels, and the user, balance and level2 channels by a signed subscription.
// Sources: docs.cdp.coinbase.com/exchange/websocket-feed (channels, authentication), ccxt 4.5.84 pro/coinbaseexchange.

import { formatDecimal } from '../../core/decimal.js';
import { otherSide } from '../../core/order.js';
import { isStrictObject, type StrictJson, type StrictObject } from '../../venues/json-strict.js';
import { bookSide, dayQuote } from '../desk.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import { isOpen, type PaperFill, type PaperOrder, remaining } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { lastTrade } from '../market-news.js';
import { Subscriptions, type Watch, watchOrders, watchRows } from '../watch.js';
import { checkSignature } from './authentication.js';
import { isoTime, orderIdOf, products, type Row, tradeIdOf } from './call.js';

export function openSocket({ path, host }: SocketPlace): PaperSocket | undefined {
  return path === '/' && host.startsWith('ws-') ? new CoinbaseExchangeSocket() : undefined;
}

const levels = 400;
const times: ReadonlySet<string> = new Set(['time', 'timestamp', 'sequence']);

type Read = (engine: Engine, instrument: Instrument) => Row;

const marketChannels: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['ticker', tickerRow],
  ['ticker_batch', tickerRow],
  ['level2', bookRow],
  ['level2_batch', bookRow],
  ['level2_50', bookRow],
  ['matches', matchRow],
  ['heartbeat', heartbeatRow],
]);
const signed: ReadonlySet<string> = new Set(['level2', 'user', 'balance']);

class CoinbaseExchangeSocket implements PaperSocket {
  readonly #subscriptions = new Subscriptions();
  #sequence = 0;

  hear(text: string, exchange: Exchange): readonly string[] {
    const frame = frameOf(text);
    try {
      this.#act(frame, exchange);
      const channels = new Map<string, string[]>();
      for (const name of this.#subscriptions.names) {
        const [channel = '', product = ''] = name.split(' ');
        channels.set(channel, [...(channels.get(channel) ?? []), product]);
      }
      const told = [...channels].map(([name, product_ids]) => ({ name, product_ids, account_ids: null }));
      return [JSON.stringify({ type: 'subscriptions', channels: told })];
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      return [JSON.stringify({ type: 'error', ...wordingOf(thrown) })];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  #act(frame: StrictObject, exchange: Exchange): void {
    const fields = new Fields(frame);
    const isMore = fields.oneOf('type', ['subscribe', 'unsubscribe']) === 'subscribe';
    const account = fields.has('signature') ? this.#account(fields, exchange) : undefined;
    const channels = frame.get('channels');
    for (const channel of Array.isArray(channels) ? (channels as readonly StrictJson[]) : []) {
      const own = isStrictObject(channel) ? new Fields(channel) : undefined;
      const name = own === undefined ? String(channel) : own.required('name');
      if (isMore && signed.has(name) && account === undefined) throw new PaperFault('KEY_MISSING', name);
      const asked = [...fields.texts('product_ids'), ...(own?.texts('product_ids') ?? [])].map(products.need);
      this.#set(name, asked, isMore, account);
    }
  }

  #account(fields: Fields, exchange: Exchange): Account {
    const [key, timestamp, signature, passphrase] = ['key', 'timestamp', 'signature', 'passphrase'].map(
      (name) => fields.text(name) ?? '',
    );
    const sent = {
      key: key ?? '',
      timestamp: timestamp ?? '',
      sign: signature ?? '',
      passphrase: passphrase ?? '',
    };
    const { id } = checkSignature(sent, ['GET/users/self/verify'], exchange);
    return exchange.engine.account(id);
  }

  #set(channel: string, asked: readonly Instrument[], isMore: boolean, account: Account | undefined): void {
    const read = marketChannels.get(channel);
    const put = (name: string, watch: () => Watch<readonly Row[]>): void => {
      if (isMore) this.#subscriptions.add(name, this.#numbered(watch()));
      else this.#subscriptions.remove(name);
    };
    if (read !== undefined) {
      for (const instrument of asked)
        put(`${channel} ${products.spell(instrument)}`, () => {
          const watch = watchRows((engine) => read(engine, instrument), times);
          return (engine) => rowsOf(watch(engine));
        });
      return;
    }
    if (channel === 'status') return;
    if (channel !== 'user' && channel !== 'balance') throw new PaperFault('NOT_ON_PAPER', channel);
    put(channel, () => {
      if (account === undefined) throw new PaperFault('KEY_MISSING', channel);
      return channel === 'user' ? watchUser(account, asked) : watchBalances(account);
    });
  }

  #numbered(watch: Watch<readonly Row[]>): Watch<readonly string[]> {
    return (engine) =>
      watch(engine)?.map((row) => {
        this.#sequence += 1;
        return JSON.stringify({ ...row, sequence: this.#sequence });
      });
  }
}

const rowsOf = (row: Row | undefined) => (row === undefined ? undefined : [row]);

const ofKey: ReadonlySet<string> = new Set(['KEY_UNKNOWN', 'SIGNATURE_WRONG', 'TIME_OUTSIDE_WINDOW']);

function wordingOf({ code, subject }: PaperFault): Row {
  if (ofKey.has(code)) return { message: 'Authentication Failed', reason: '{"message":"invalid signature"}' };
  const reason =
    code === 'KEY_MISSING' ? `${subject} channel requires authentication` : `${subject} is not valid`;
  return { message: 'Failed to subscribe', reason };
}

function tickerRow(engine: Engine, instrument: Instrument): Row {
  const { open, high, low, bid, ask, volume } = dayQuote(engine, instrument);
  const { id, price, size, side, atMs } = lastTrade(engine, instrument);
  return {
    type: 'ticker',
    product_id: products.spell(instrument),
    price,
    open_24h: open,
    volume_24h: volume,
    low_24h: low,
    high_24h: high,
    volume_30d: volume,
    best_bid: bid.price,
    best_bid_size: bid.size,
    best_ask: ask.price,
    best_ask_size: ask.size,
    side,
    time: isoTime(atMs),
    trade_id: id,
    last_size: size,
  };
}

/** Every push is a snapshot: a client begins anew with each, so none can miss an update. */
function bookRow(engine: Engine, instrument: Instrument): Row {
  const [bids, asks] = (['bid', 'ask'] as const).map((side) => bookSide(engine, instrument, side, levels));
  return {
    type: 'snapshot',
    product_id: products.spell(instrument),
    bids,
    asks,
    time: isoTime(engine.nowMs),
  };
}

/** `side` is the maker's. */
function matchRow(engine: Engine, instrument: Instrument): Row {
  const { id, price, size, side, atMs } = lastTrade(engine, instrument);
  return {
    type: 'match',
    trade_id: id,
    maker_order_id: orderIdOf({ id: `maker ${id}` }),
    taker_order_id: orderIdOf({ id: `taker ${id}` }),
    side: otherSide[side],
    size,
    price,
    product_id: products.spell(instrument),
    time: isoTime(atMs),
  };
}

function heartbeatRow(engine: Engine, instrument: Instrument): Row {
  return {
    type: 'heartbeat',
    last_trade_id: engine.second,
    product_id: products.spell(instrument),
    time: isoTime(engine.nowMs),
  };
}

/** An order's life from now on: received, open, match, done. Of the products named, or of all. */
function watchUser(account: Account, asked: readonly Instrument[]): Watch<readonly Row[]> {
  const wanted = asked.length === 0 ? products.listed : asked;
  const watch = watchOrders(account);
  const known = new Set(account.orders().map(({ id }) => id));
  const told = new Set(account.fills.map(({ id }) => id));
  return (engine) => {
    const orders = (watch(engine) ?? []).filter(({ symbol }) => wanted.some((one) => one.symbol === symbol));
    const rows = orders.flatMap((order) => {
      const fills = account.fills.filter(({ id, orderId }) => orderId === order.id && !told.has(id));
      for (const { id } of fills) told.add(id);
      const isNew = !known.has(order.id);
      known.add(order.id);
      return lifeOf(order, fills, isNew);
    });
    return rows.length === 0 ? undefined : rows;
  };
}

function lifeOf(order: PaperOrder, fills: readonly PaperFill[], isNew: boolean): readonly Row[] {
  const base = {
    product_id: products.of(order),
    order_id: orderIdOf(order),
    side: order.side,
    time: isoTime(order.updatedMs),
    profile_id: '',
    user_id: '',
  };
  const price = order.price === undefined ? {} : { price: formatDecimal(order.price) };
  const left = formatDecimal(remaining(order));
  const received = {
    ...base,
    ...price,
    type: 'received',
    order_type: order.price === undefined ? 'market' : 'limit',
    size: formatDecimal(order.size),
    ...(order.clientId === undefined ? {} : { client_oid: order.clientId }),
  };
  const done = { ...base, ...price, type: 'done', reason: order.state, remaining_size: left };
  return [
    ...(isNew ? [received] : []),
    ...fills.map((fill) => ownMatch(fill, base)),
    ...(isNew && isOpen(order) ? [{ ...base, ...price, type: 'open', remaining_size: left }] : []),
    ...(isOpen(order) ? [] : [done]),
  ];
}

function ownMatch(fill: PaperFill, base: Row): Row {
  const { order_id, ...rest } = base;
  const other = orderIdOf({ id: `other ${fill.id}` });
  const role = fill.isMaker ? 'maker' : 'taker';
  return {
    ...rest,
    type: 'match',
    trade_id: tradeIdOf(fill),
    maker_order_id: fill.isMaker ? order_id : other,
    taker_order_id: fill.isMaker ? other : order_id,
    side: fill.isMaker === (fill.side === 'buy') ? 'buy' : 'sell',
    size: formatDecimal(fill.size),
    price: formatDecimal(fill.price),
    [`${role}_fee_rate`]: formatDecimal(fill.fee.div(fill.price.times(fill.size)).round(6)),
  };
}

function watchBalances(account: Account): Watch<readonly Row[]> {
  const { ledger, id } = account;
  return watchRows(
    (engine) =>
      ledger.currencies().map((currency) => ({
        type: 'balance',
        account_id: orderIdOf({ id: `${id} ${currency}` }),
        currency,
        holds: formatDecimal(ledger.held(currency)),
        available: formatDecimal(ledger.available(currency)),
        timestamp: isoTime(engine.nowMs),
      })),
    times,
  );
}
