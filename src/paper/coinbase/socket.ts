// Coinbase Advanced's paper sockets: market channels, and the user channel after a JWT.
// Sources: docs.cdp.coinbase.com "Advanced Trade WebSocket Channels", ccxt 4.5.84 pro/coinbase, coinbase-api 1.2.6.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { averagePrice, bookSide, dayQuote } from '../desk.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import { type PaperOrder, remaining } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { currentBar, lastTrade } from '../market-news.js';
import { Subscriptions, type Watch, watchOrders, watchRows } from '../watch.js';
import { checkToken } from './authentication.js';
import { isoTime, orderIdOf, products, type Row, statuses } from './call.js';

export function openSocket({ path }: SocketPlace): PaperSocket | undefined {
  return path === '/' ? new CoinbaseSocket() : undefined;
}

const bookLevels = 400;
const candleSeconds = 300;
const times: ReadonlySet<string> = new Set(['event_time', 'time']);

type Read = (engine: Engine, instrument: Instrument) => Row;

/** Channel → the name its messages bear, and the event of one product. */
const channels: ReadonlyMap<string, readonly [name: string, read: Read]> = new Map<
  string,
  readonly [string, Read]
>([
  ['ticker', ['ticker', (engine, one) => ({ type: 'snapshot', tickers: [tickerRow(engine, one)] })]],
  [
    'ticker_batch',
    ['ticker_batch', (engine, one) => ({ type: 'snapshot', tickers: [tickerRow(engine, one)] })],
  ],
  ['level2', ['l2_data', bookEvent]],
  ['market_trades', ['market_trades', tradeEvent]],
  ['candles', ['candles', candleEvent]],
]);

class CoinbaseSocket implements PaperSocket {
  readonly #subscriptions = new Subscriptions();
  #sequence = 0;

  hear(text: string, exchange: Exchange): readonly string[] {
    const frame = frameOf(text);
    try {
      this.#act(new Fields(frame), exchange);
      const subscriptions: Record<string, string[]> = {};
      for (const name of this.#subscriptions.names) {
        const [channel = '', product = ''] = name.split(' ');
        subscriptions[channel] = [...(subscriptions[channel] ?? []), product];
      }
      return [this.#message('subscriptions', exchange.engine, { subscriptions })];
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      const isOfKey = ['KEY_MISSING', 'KEY_UNKNOWN', 'SIGNATURE_WRONG', 'TIME_OUTSIDE_WINDOW'].includes(
        thrown.code,
      );
      return [JSON.stringify({ type: 'error', message: isOfKey ? 'authentication failure' : thrown.code })];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  #act(fields: Fields, exchange: Exchange): void {
    const isMore = fields.oneOf('type', ['subscribe', 'unsubscribe']) === 'subscribe';
    const channel = fields.required('channel');
    const asked = fields.texts('product_ids').map(products.need);
    const jwt = fields.text('jwt');
    const credential = jwt === undefined ? undefined : checkToken(`Bearer ${jwt}`, exchange, undefined);
    if (channel === 'user') {
      if (credential === undefined) throw new PaperFault('KEY_MISSING');
      const account = exchange.engine.account(credential.id);
      if (isMore) this.#subscriptions.add('user', this.#told('user', watchUser(account, asked)));
      else this.#subscriptions.remove('user');
      return;
    }
    if (channel === 'heartbeats') return;
    const [name, read] = channels.get(channel) ?? [];
    if (name === undefined || read === undefined) throw new PaperFault('PARAMETER_BAD', channel);
    for (const instrument of asked) {
      const key = `${channel} ${products.spell(instrument)}`;
      if (!isMore) this.#subscriptions.remove(key);
      else
        this.#subscriptions.add(
          key,
          this.#told(
            name,
            watchRows((engine) => read(engine, instrument), times),
          ),
        );
    }
  }

  #told(name: string, watch: Watch<Row>): Watch<readonly string[]> {
    return (engine) => {
      const event = watch(engine);
      return event === undefined ? undefined : [this.#message(name, engine, event)];
    };
  }

  #message(channel: string, { nowMs }: Engine, event: Row): string {
    const sequence_num = this.#sequence++;
    return JSON.stringify({
      channel,
      client_id: '',
      timestamp: isoTime(nowMs),
      sequence_num,
      events: [event],
    });
  }
}

function tickerRow(engine: Engine, instrument: Instrument): Row {
  const { last, high, low, bid, ask, volume } = dayQuote(engine, instrument);
  return {
    type: 'ticker',
    product_id: products.spell(instrument),
    price: last,
    volume_24_h: volume,
    low_24_h: low,
    high_24_h: high,
    low_52_w: low,
    high_52_w: high,
    price_percent_chg_24_h: '0',
    best_bid: bid.price,
    best_bid_quantity: bid.size,
    best_ask: ask.price,
    best_ask_quantity: ask.size,
  };
}

/** Every push is a whole book: a client begins anew with each snapshot, so none can miss an update. */
function bookEvent(engine: Engine, instrument: Instrument): Row {
  const event_time = isoTime(engine.nowMs);
  const rows = (side: 'bid' | 'ask', name: string) =>
    bookSide(engine, instrument, side, bookLevels).map(([price_level, new_quantity]) => ({
      side: name,
      event_time,
      price_level,
      new_quantity,
    }));
  const updates = [...rows('bid', 'bid'), ...rows('ask', 'offer')];
  return { type: 'snapshot', product_id: products.spell(instrument), updates };
}

function tradeEvent(engine: Engine, instrument: Instrument): Row {
  const { id, price, size, side, atMs } = lastTrade(engine, instrument);
  const product_id = products.spell(instrument);
  const row = { trade_id: `${id}`, product_id, price, size, side: side.toUpperCase(), time: isoTime(atMs) };
  return { type: 'update', trades: [row] };
}

function candleEvent(engine: Engine, instrument: Instrument): Row {
  const { startMs, open, high, low, close, volume } = currentBar(engine, instrument, candleSeconds);
  const start = String(startMs / 1000);
  const row = { start, open, high, low, close, volume, product_id: products.spell(instrument) };
  return { type: 'update', candles: [row] };
}

/** What is open at first, then what changes; of the products named, or of all. */
function watchUser(account: Account, asked: readonly Instrument[]): Watch<Row> {
  const wanted = asked.length === 0 ? products.listed : asked;
  const isWanted = ({ symbol }: PaperOrder) => wanted.some((one) => one.symbol === symbol);
  const watch = watchOrders(account);
  let type = 'snapshot';
  return (engine) => {
    const news = (watch(engine) ?? []).filter(isWanted);
    const orders = type === 'snapshot' ? account.openOrders().filter(isWanted) : news;
    if (type === 'update' && orders.length === 0) return undefined;
    const event = { type, orders: orders.map(userRow) };
    type = 'update';
    return event;
  };
}

function userRow(order: PaperOrder): Row {
  const text = (value: Decimal | undefined) => formatDecimal(value ?? decimal('0'));
  return {
    order_id: orderIdOf(order),
    client_order_id: order.clientId ?? '',
    cumulative_quantity: text(order.filled),
    leaves_quantity: text(remaining(order)),
    avg_price: averagePrice(order) ?? '0',
    total_fees: text(order.fee),
    filled_value: text(order.cost),
    status: statuses[order.state],
    product_id: products.of(order),
    creation_time: isoTime(order.createdMs),
    order_side: order.side.toUpperCase(),
    order_type: order.price === undefined ? 'Market' : 'Limit',
    limit_price: text(order.price),
  };
}
