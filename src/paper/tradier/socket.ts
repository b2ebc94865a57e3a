// Tradier's streaming sessions and WebSockets on paper: market events, and the account's orders, by the id of a session.
// Source: documentation.tradier.com/brokerage-api/streaming and /reference/response/streaming.
import { formatDecimal } from '../../core/decimal.js';
import { averagePrice, dayQuote, uuidOf } from '../desk.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { lastTrade } from '../market-news.js';
import { handOut, holderOf } from '../session-tokens.js';
import { Subscriptions, type Watch, watchOrders, watchRows } from '../watch.js';
import { accountNumberOf, type PrivateCall, type Row, stocks, symbolOf } from './call.js';
import { orderRow } from './order-rows.js';

type Kind = 'markets' | 'accounts';

const kindOf = (path: string, end: string): Kind | undefined => {
  const [, kind, rest] = /^\/v1\/(markets|accounts)\/(events(?:\/session)?)$/.exec(path) ?? [];
  return rest === end ? (kind as Kind | undefined) : undefined;
};

/** The answer to a POST that opens a session; undefined when the path is none. */
export function sessionRoute(method: string, path: string, call: PrivateCall): Row | undefined {
  const kind = method === 'POST' ? kindOf(path, 'events/session') : undefined;
  if (kind === undefined) return undefined;
  const sessionid = handOut(call, (digest) => uuidOf(digest.toString('hex')), kind);
  return { stream: { url: `wss://ws.tradier.com/v1/${kind}/events`, sessionid } };
}

export function openSocket({ host, path }: SocketPlace): PaperSocket | undefined {
  const kind = /^(?:sandbox-)?ws\./.test(host) ? kindOf(path, 'events') : undefined;
  return kind === undefined ? undefined : new TradierSocket(kind);
}

type Read = (engine: Engine, stock: Instrument) => Row;

const payloads: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['quote', quoteRow],
  ['trade', tradeRow],
  ['tradex', tradeRow],
  ['summary', summaryRow],
  ['timesale', timesaleRow],
]);
const usual = ['quote', 'trade', 'summary', 'timesale'];
const heartbeatMs = 30_000;
const times: ReadonlySet<string> = new Set(['biddate', 'askdate']);

class TradierSocket implements PaperSocket {
  #subscriptions = new Subscriptions();

  constructor(readonly kind: Kind) {}

  hear(text: string, { engine }: Exchange): readonly string[] {
    const frame = frameOf(text);
    try {
      this.#subscriptions = this.#asked(new Fields(frame), engine);
      return [];
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      const error =
        thrown.code === 'KEY_UNKNOWN' ? 'Session not found' : `invalid parameter ${thrown.subject}`;
      return [JSON.stringify({ error })];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  /** A message replaces what the one before it asked for. */
  #asked(fields: Fields, engine: Engine): Subscriptions {
    const account = engine.account(this.#holder(fields, engine));
    const wanted = new Subscriptions();
    if (this.kind === 'accounts') {
      fields.texts('events').forEach((name) => {
        if (name !== 'order') throw new PaperFault('PARAMETER_BAD', 'events');
      });
      wanted.add('heartbeat', watchTexts(heartbeat));
      const isExcluded = fields.texts('excludeAccounts').includes(accountNumberOf(account));
      if (!isExcluded) wanted.add('order', watchOwnOrders(account));
      return wanted;
    }
    const filter = fields.has('filter') ? fields.texts('filter') : usual;
    for (const symbol of fields.texts('symbols')) {
      const stock = stocks.need(symbol);
      for (const name of filter) {
        const read = payloads.get(name);
        if (read === undefined) throw new PaperFault('PARAMETER_BAD', 'filter');
        wanted.add(
          `${name} ${symbol}`,
          watchTexts((now) => ({ type: name, symbol, ...read(now, stock) })),
        );
      }
    }
    return wanted;
  }

  #holder(fields: Fields, engine: Engine): string {
    const id = holderOf(engine, fields.required('sessionid'));
    if (id === undefined) throw new PaperFault('KEY_UNKNOWN', 'sessionid');
    return id;
  }
}

function watchTexts(read: (engine: Engine) => Row): Watch<readonly string[]> {
  const watch = watchRows(read, times);
  return (engine) => {
    const row = watch(engine);
    return row === undefined ? undefined : [JSON.stringify(row)];
  };
}

/** The first one says that the stream has begun. */
function heartbeat({ nowMs }: Engine): Row {
  return { event: 'heartbeat', status: 'active', timestamp: nowMs - (nowMs % heartbeatMs) };
}

const whole = (size: string): number => Math.floor(Number(size));

function quoteRow(engine: Engine, stock: Instrument): Row {
  const { bid, ask } = dayQuote(engine, stock);
  const now = String(engine.nowMs);
  return {
    bid: Number(bid.price),
    bidsz: whole(bid.size),
    bidexch: 'P',
    biddate: now,
    ask: Number(ask.price),
    asksz: whole(ask.size),
    askexch: 'P',
    askdate: now,
  };
}

function tradeRow(engine: Engine, stock: Instrument): Row {
  const { price, size, atMs } = lastTrade(engine, stock);
  const { volume } = dayQuote(engine, stock);
  const cvol = String(whole(volume));
  return { exch: 'P', price, size: String(whole(size)), cvol, date: String(atMs), last: price };
}

function summaryRow(engine: Engine, stock: Instrument): Row {
  const { open, high, low } = dayQuote(engine, stock);
  return { open, high, low, prevClose: open };
}

function timesaleRow(engine: Engine, stock: Instrument): Row {
  const { bid, ask } = dayQuote(engine, stock);
  const { id, price, size, atMs } = lastTrade(engine, stock);
  return {
    exch: 'P',
    bid: bid.price,
    ask: ask.price,
    last: price,
    size: String(whole(size)),
    date: String(atMs),
    seq: id,
    flag: '',
    cancel: false,
    correction: false,
    session: 'normal',
  };
}

function watchOwnOrders(account: Account): Watch<readonly string[]> {
  const watch = watchOrders(account);
  return (engine) =>
    watch(engine)
      ?.filter((order) => symbolOf(order) !== undefined)
      .map((order) => JSON.stringify(orderEvent(account, order)));
}

function orderEvent(account: Account, order: PaperOrder): Row {
  const row = orderRow(order, true);
  const fill = account.fills.findLast(({ orderId }) => orderId === order.id);
  return {
    id: row.id,
    event: 'order',
    status: row.status,
    type: row.type,
    price: row.price ?? 0,
    stop_price: row.stop_price ?? 0,
    avg_fill_price: Number(averagePrice(order) ?? '0'),
    executed_quantity: Number(formatDecimal(order.filled)),
    last_fill_quantity: fill === undefined ? 0 : Number(formatDecimal(fill.size)),
    last_fill_price: fill === undefined ? 0 : Number(formatDecimal(fill.price)),
    remaining_quantity: row.remaining_quantity,
    transaction_date: row.transaction_date,
    create_date: row.create_date,
    account: accountNumberOf(account),
    ...(row.tag === undefined ? {} : { tag: row.tag }),
  };
}
