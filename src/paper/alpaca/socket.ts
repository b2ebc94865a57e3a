// Alpaca's paper sockets: crypto market data, and the trade updates of the account.
// Sources: docs.alpaca.markets "Real-time Crypto Data", "Websocket Streaming"; ccxt 4.5.84 pro/alpaca, SDK 4.0.2 streaming.
import { formatDecimal } from '../../core/decimal.js';
import {
  isStrictObject,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../../venues/json-strict.js';
import { findCredential, isSameSecret } from '../desk.js';
import type { BinaryFrames, Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields } from '../fields.js';
import { currentBar } from '../market-news.js';
import { Subscriptions, type Watch, watchOrders, watchRows } from '../watch.js';
import { assets, isoTime, type Row } from './call.js';
import { jsonFrames, messagePackFrames } from './frames.js';
import { orderBook, quote, trade } from './market-data.js';
import { isLeg, wholeRow, withoutOthers } from './multi-leg.js';

export function openSocket({ host, path, contentType }: SocketPlace): PaperSocket | undefined {
  if (host === 'paper-api.alpaca.markets') return path === '/stream' ? new TradingSocket() : undefined;
  if (!/^\/v1beta[23]\/crypto(?:\/us)?$/.test(path)) return undefined;
  return new DataSocket(contentType === 'application/msgpack' ? messagePackFrames : undefined);
}

/** Nobody to tell anything before the login. */
abstract class AlpacaSocket implements PaperSocket {
  readonly frames: BinaryFrames | undefined;
  protected account: Account | undefined;
  protected readonly subscriptions = new Subscriptions();

  hear(text: string, exchange: Exchange): readonly string[] {
    const parsed = parseStrictJson(Buffer.from(text));
    if (!parsed.ok || !isStrictObject(parsed.value)) return [this.failed(400, 'invalid syntax')];
    const frame = parsed.value;
    const action = new Fields(frame).peek('action');
    try {
      if (action === 'auth' || action === 'authenticate') {
        this.account = exchange.engine.account(checkLogin(frame, exchange));
        return [this.authorized()];
      }
      if (this.account === undefined) return [this.failed(401, 'not authenticated')];
      return this.act(action, frame, exchange);
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      return [
        this.failed(
          thrown.code.startsWith('KEY') || thrown.code === 'SIGNATURE_WRONG' ? 402 : 400,
          thrown.code,
        ),
      ];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.subscriptions.tell(engine);
  }

  protected abstract authorized(): string;
  protected abstract failed(code: number, message: string): string;
  protected abstract act(
    action: string | undefined,
    frame: StrictObject,
    exchange: Exchange,
  ): readonly string[];
}

type Read = (engine: Engine, instrument: Instrument) => Row;

/** Channel → the type of its messages and their rows. */
const channels: ReadonlyMap<string, readonly [type: string, read: Read]> = new Map<
  string,
  readonly [string, Read]
>([
  ['trades', ['t', (engine, one) => trade({ engine }, one)]],
  ['quotes', ['q', (engine, one) => quote({ engine }, one)]],
  ['orderbooks', ['o', (engine, one) => ({ ...orderBook({ engine }, one), r: true })]],
  ['bars', ['b', bar]],
]);

function bar(engine: Engine, instrument: Instrument): Row {
  const { startMs, open, high, low, close, volume } = currentBar(engine, instrument, 60);
  const [o, h, l, c, v] = [open, high, low, close, volume].map(Number);
  return { o, h, l, c, v, vw: c, n: 1, t: isoTime(startMs) };
}

class DataSocket extends AlpacaSocket {
  #hasGreeted = false;

  constructor(override readonly frames: BinaryFrames | undefined) {
    super();
  }

  override tell(exchange: Exchange): readonly string[] {
    const greeting = this.#hasGreeted ? [] : ['[{"T":"success","msg":"connected"}]'];
    this.#hasGreeted = true;
    return [...greeting, ...super.tell(exchange)];
  }

  protected authorized(): string {
    return '[{"T":"success","msg":"authenticated"}]';
  }

  protected failed(code: number, msg: string): string {
    return JSON.stringify([{ T: 'error', code, msg }]);
  }

  protected act(action: string | undefined, frame: StrictObject): readonly string[] {
    if (action !== 'subscribe' && action !== 'unsubscribe') return [this.failed(400, 'invalid syntax')];
    for (const [name, list] of frame) {
      const [type, read] = channels.get(name) ?? [];
      if (type === undefined || read === undefined || !Array.isArray(list)) continue;
      for (const given of list as readonly StrictJson[]) {
        const instrument = assets.need(String(given));
        const key = `${name} ${assets.spell(instrument)}`;
        if (action === 'subscribe') this.subscriptions.add(key, watchMarket(type, instrument, read));
        else this.subscriptions.remove(key);
      }
    }
    const symbolsOf = (name: string) =>
      this.subscriptions.names
        .filter((key) => key.startsWith(`${name} `))
        .map((key) => key.slice(name.length + 1));
    const listed = Object.fromEntries([...channels.keys()].map((name) => [name, symbolsOf(name)]));
    return [JSON.stringify([{ T: 'subscription', ...listed }])];
  }
}

function watchMarket(T: string, instrument: Instrument, read: Read): Watch<readonly string[]> {
  const watch = watchRows(
    (engine) => ({ T, S: assets.spell(instrument), ...read(engine, instrument) }),
    new Set(['t', 'i']),
  );
  return (engine) => {
    const news = watch(engine);
    return news === undefined ? undefined : [JSON.stringify([news])];
  };
}

class TradingSocket extends AlpacaSocket {
  override readonly frames = jsonFrames;

  protected authorized(): string {
    return '{"stream":"authorization","data":{"status":"authorized","action":"authenticate"}}';
  }

  protected failed(code: number, message: string): string {
    const data = { action: 'authenticate', status: 'unauthorized', code, message };
    return JSON.stringify({ stream: 'authorization', data });
  }

  protected act(action: string | undefined, frame: StrictObject): readonly string[] {
    const streams = new Fields(frame).child('data')?.texts('streams') ?? [];
    if (action !== 'listen' || this.account === undefined) return [this.failed(400, 'invalid syntax')];
    if (streams.includes('trade_updates'))
      this.subscriptions.add('trade_updates', watchUpdates(this.account));
    return [JSON.stringify({ stream: 'listening', data: { streams: this.subscriptions.names } })];
  }
}

const events = {
  live: 'new',
  'partially-filled': 'partial_fill',
  filled: 'fill',
  canceled: 'canceled',
} as const;

function watchUpdates(account: Account): Watch<readonly string[]> {
  const watch = watchOrders(account);
  return (engine) => {
    const news = watch(engine);
    return news && withoutOthers(news).map((order) => updateOf(account, order));
  };
}

/** Legs are told with their order, at its net price. */
function updateOf(account: Account, order: PaperOrder): string {
  const row = wholeRow(account, order);
  const fill = account.fills.findLast(({ orderId }) => orderId === order.id);
  const [price, qty] = isLeg(order)
    ? [row.filled_avg_price, row.filled_qty]
    : [fill && formatDecimal(fill.price), fill && formatDecimal(fill.size)];
  const data = {
    event: events[order.state],
    timestamp: isoTime(order.updatedMs),
    ...(fill === undefined ? {} : { price, qty }),
    order: row,
  };
  return JSON.stringify({ stream: 'trade_updates', data });
}

/** The key pair beside the action, or within `data`. */
function checkLogin(frame: StrictObject, { credentials }: Exchange): string {
  const fields = new Fields(frame);
  const nested = fields.child('data');
  const [key, secret] =
    nested === undefined
      ? [fields.text('key'), fields.text('secret')]
      : [nested.text('key_id'), nested.text('secret_key')];
  const credential = findCredential(credentials, 'keyId', key);
  if (!isSameSecret(credential.secrets.secretKey?.reveal(), secret ?? ''))
    throw new PaperFault('SIGNATURE_WRONG');
  return credential.id;
}
