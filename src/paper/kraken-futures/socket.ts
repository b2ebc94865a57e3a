// Kraken Futures' WebSocket on paper: market feeds, and an account's feeds after its challenge was signed.
// Sources: docs.kraken.com "Derivatives WebSocket" and guide "Futures Websockets", ccxt 4.5.84 pro/krakenfutures.
import { createHash, createHmac } from 'node:crypto';
import { bookSide, dayQuote, findCredential, isSameSecret, uuidOf } from '../desk.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import { isOpen, type PaperFill, type PaperOrder, remaining } from '../engine/orders.js';
import { isInverse } from '../engine/positions.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { lastTrade } from '../market-news.js';
import { Subscriptions, type Watch, watchFills, watchOrders, watchRows } from '../watch.js';
import { socketPositions, swaps } from './account.js';
import { contracts, nameOfBase, numberOf, orderIdOf, type Row, sizeOf } from './call.js';
import { tagOf } from './market-data.js';
import { currencyOf, socketBalances } from './wallets.js';

export function openSocket({ path }: SocketPlace): PaperSocket | undefined {
  return path === '/ws/v1' ? new KrakenFuturesSocket() : undefined;
}

const times: ReadonlySet<string> = new Set(['timestamp', 'time', 'seq']);
const levels = 200;

type Read = (engine: Engine, instrument: Instrument) => Row;

const marketFeeds: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['ticker', tickerRow],
  ['ticker_lite', tickerRow],
  ['book', bookRow],
  ['trade', tradeRow],
]);

const ownFeeds: ReadonlyMap<string, (account: Account) => Watch<readonly Row[]>> = new Map<
  string,
  (account: Account) => Watch<readonly Row[]>
>([
  ['open_orders', (account) => watchOwnOrders(account, 'open_orders')],
  ['open_orders_verbose', (account) => watchOwnOrders(account, 'open_orders_verbose')],
  ['open_positions', (account) => one(watchRows((engine) => socketPositions(engine, account), times))],
  ['balances', (account) => one(watchRows((engine) => socketBalances({ engine, account }), times))],
  ['fills', watchOwnFills],
]);

class KrakenFuturesSocket implements PaperSocket {
  readonly #subscriptions = new Subscriptions();
  /** Challenge → the key that asked for it. */
  readonly #challenges = new Map<string, string>();

  hear(text: string, exchange: Exchange): readonly string[] {
    const frame = frameOf(text);
    try {
      return this.#act(new Fields(frame), exchange).map((row) => JSON.stringify(row));
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      return [JSON.stringify({ event: 'alert', message: wordingOf(thrown) })];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  #act(fields: Fields, exchange: Exchange): readonly Row[] {
    const event = fields.oneOf('event', ['ping', 'challenge', 'subscribe', 'unsubscribe']);
    if (event === 'ping') return [{ event: 'pong' }];
    if (event === 'challenge') return [{ event, message: this.#challenge(fields, exchange) }];
    const feed = fields.required('feed');
    const done = { event: `${event}d`, feed };
    const set = (key: string, watch: () => Watch<readonly Row[]>): void => {
      if (event === 'unsubscribe') this.#subscriptions.remove(key);
      else this.#subscriptions.add(key, asTexts(watch()));
    };
    if (feed === 'heartbeat') return [done];
    const watchOwn = ownFeeds.get(feed);
    if (watchOwn !== undefined) {
      const account = this.#account(fields, exchange);
      set(feed, () => watchOwn(account));
      // The venue repeats the proof.
      const proof = ['api_key', 'original_challenge', 'signed_challenge'].map((name) => [
        name,
        fields.text(name),
      ]);
      return [{ ...done, ...Object.fromEntries(proof) }];
    }
    const read = marketFeeds.get(feed);
    if (read === undefined) throw new PaperFault('PARAMETER_BAD', 'feed');
    const products = fields.texts('product_ids').map(contracts.need);
    for (const instrument of products)
      set(`${feed} ${instrument.symbol}`, () => one(watchMarket(feed, read, instrument)));
    return [{ ...done, product_ids: products.map(contracts.spell) }];
  }

  #challenge(fields: Fields, { credentials, engine }: Exchange): string {
    const key = fields.text('api_key');
    const { id } = findCredential(credentials, 'apiKey', key);
    const challenge = uuidOf(`${engine.market.seed} ${id} ${engine.nowMs} ${this.#challenges.size}`);
    this.#challenges.set(challenge, id);
    return challenge;
  }

  /** base64 of HMAC-SHA512, keyed with the decoded secret, of SHA-256 of the challenge. */
  #account(fields: Fields, { credentials, engine }: Exchange): Account {
    const { id, secrets } = findCredential(credentials, 'apiKey', fields.text('api_key'));
    const challenge = fields.required('original_challenge');
    if (this.#challenges.get(challenge) !== id) throw new PaperFault('SIGNATURE_WRONG');
    const expected = createHmac('sha512', Buffer.from(secrets.secret?.reveal() ?? '', 'base64'))
      .update(createHash('sha256').update(challenge).digest())
      .digest('base64');
    if (!isSameSecret(expected, fields.text('signed_challenge') ?? ''))
      throw new PaperFault('SIGNATURE_WRONG');
    return engine.account(id);
  }
}

function wordingOf({ code }: PaperFault): string {
  if (['KEY_MISSING', 'KEY_UNKNOWN', 'SIGNATURE_WRONG'].includes(code))
    return 'Failed to subscribe to authenticated feed';
  return code === 'INSTRUMENT_UNKNOWN' ? 'Invalid product id' : 'Bad websocket message';
}

function one<News>(watch: Watch<News>): Watch<readonly News[]> {
  return (engine) => {
    const news = watch(engine);
    return news === undefined ? undefined : [news];
  };
}

function asTexts(watch: Watch<readonly Row[]>): Watch<readonly string[]> {
  return (engine) => watch(engine)?.map((row) => JSON.stringify(row));
}

/** Every push of a book is a snapshot: a client begins anew with each, so none can miss an update. */
function watchMarket(feed: string, read: Read, instrument: Instrument): Watch<Row> {
  const name = feed === 'book' ? 'book_snapshot' : feed;
  const product_id = contracts.spell(instrument);
  return watchRows((engine) => ({ feed: name, product_id, ...read(engine, instrument) }), times);
}

function tickerRow(engine: Engine, instrument: Instrument): Row {
  const { last, open, bid, ask, volume, turnover } = dayQuote(engine, instrument);
  return {
    time: engine.nowMs,
    bid: numberOf(bid.price),
    ask: numberOf(ask.price),
    bid_size: numberOf(bid.size),
    ask_size: numberOf(ask.size),
    volume: numberOf(volume),
    volumeQuote: numberOf(isInverse(instrument) ? volume : turnover),
    last: numberOf(last),
    open: numberOf(open),
    markPrice: numberOf(last),
    index: numberOf(engine.market.index(instrument, engine.second)),
    tag: tagOf(instrument),
    pair: `${nameOfBase(instrument.base)}:USD`,
    leverage: '50x',
    premium: 0,
    openInterest: 0,
    ...(tagOf(instrument) === 'perpetual' ? { funding_rate: 0 } : {}),
    suspended: false,
    post_only: false,
  };
}

function bookRow(engine: Engine, instrument: Instrument): Row {
  const side = (name: 'bid' | 'ask') =>
    bookSide(engine, instrument, name, levels).map(([price, qty]) => ({
      price: numberOf(price),
      qty: numberOf(qty),
    }));
  return {
    timestamp: engine.nowMs,
    seq: engine.second,
    tickSize: null,
    bids: side('bid'),
    asks: side('ask'),
  };
}

function tradeRow(engine: Engine, instrument: Instrument): Row {
  const { id, price, size, side, atMs } = lastTrade(engine, instrument);
  const uid = uuidOf(`${instrument.symbol} ${id}`);
  return { uid, side, type: 'fill', seq: id, time: atMs, qty: numberOf(size), price: numberOf(price) };
}

/** What is open at first, then what changes; an order that is gone is told by its id alone. */
function watchOwnOrders(account: Account, feed: string): Watch<readonly Row[]> {
  const watch = watchOrders(account);
  let isFirst = true;
  return (engine) => {
    const news = swaps(watch(engine) ?? []);
    if (!isFirst) return news.length === 0 ? undefined : news.map((order) => orderNews(feed, order));
    isFirst = false;
    const orders = swaps(account.openOrders()).map(orderRow);
    return [{ feed: `${feed}_snapshot`, account: orderIdOf(account), orders }];
  };
}

function orderNews(feed: string, order: PaperOrder): Row {
  if (isOpen(order))
    return {
      feed,
      order: orderRow(order),
      is_cancel: false,
      reason: order.state === 'live' ? 'new_placed_order_by_user' : 'partial_fill',
    };
  const reason = order.state === 'filled' ? 'full_fill' : 'cancelled_by_user';
  return { feed, order_id: orderIdOf(order), is_cancel: true, reason };
}

/** `qty` is what is left. */
function orderRow(order: PaperOrder): Row {
  return {
    instrument: contracts.of(order),
    time: order.createdMs,
    last_update_time: order.updatedMs,
    qty: sizeOf(order, remaining(order)),
    filled: sizeOf(order, order.filled),
    limit_price: order.price === undefined ? 0 : numberOf(order.price),
    stop_price: 0,
    type: order.price === undefined ? 'market' : 'limit',
    order_id: orderIdOf(order),
    ...(order.clientId === undefined ? {} : { cli_ord_id: order.clientId }),
    direction: order.side === 'buy' ? 0 : 1,
    reduce_only: order.reduceOnly,
  };
}

function watchOwnFills(account: Account): Watch<readonly Row[]> {
  const watch = watchFills(account);
  let isFirst = true;
  return (engine) => {
    const news = swaps(watch(engine) ?? []);
    const name = orderIdOf(account);
    if (!isFirst)
      return news.length === 0 ? undefined : [{ feed: 'fills', username: name, fills: news.map(fillRow) }];
    isFirst = false;
    return [{ feed: 'fills_snapshot', account: name, fills: swaps(account.fills).map(fillRow) }];
  };
}

function fillRow(fill: PaperFill): Row {
  return {
    instrument: contracts.of(fill),
    time: fill.atMs,
    price: numberOf(fill.price),
    seq: fill.atMs,
    buy: fill.side === 'buy',
    qty: sizeOf(fill, fill.size),
    order_id: orderIdOf({ id: fill.orderId }),
    ...(fill.clientId === undefined ? {} : { cli_ord_id: fill.clientId }),
    fill_id: orderIdOf(fill),
    fill_type: fill.isMaker ? 'maker' : 'taker',
    fee_paid: numberOf(fill.fee),
    fee_currency: currencyOf(fill),
  };
}
