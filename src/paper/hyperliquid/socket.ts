// Hyperliquid's paper socket: what info requests answer, told when it changes; posts go the way of REST.
// Sources: hyperliquid.gitbook.io "Websocket", ccxt 4.5.84 pro/hyperliquid.
import type { HttpAnswer, HttpRequest } from '../../core/http.js';
import { formatStrictJson, isStrictObject, type StrictObject } from '../../venues/json-strict.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Engine } from '../engine/engine.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { lastTrade } from '../market-news.js';
import { Subscriptions, type Watch, watchOrders, watchRows } from '../watch.js';
import { statusRow } from './accounts.js';
import { coins } from './call.js';
import { context, marketAnswers } from './markets.js';

/** The dialect's own answer to a request. */
export type Answer = (request: HttpRequest, exchange: Exchange) => HttpAnswer;

export function openSocket({ host, path }: SocketPlace, answer: Answer): PaperSocket | undefined {
  return path === '/ws' ? new HyperliquidSocket(host, answer) : undefined;
}

const times: ReadonlySet<string> = new Set(['time', 'hash', 'tid']);

class HyperliquidSocket implements PaperSocket {
  readonly #subscriptions = new Subscriptions(1000);

  constructor(
    readonly host: string,
    readonly answer: Answer,
  ) {}

  hear(text: string, exchange: Exchange): readonly string[] {
    const frame = frameOf(text);
    try {
      return [JSON.stringify(this.#act(frame, exchange))];
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      return [
        JSON.stringify({
          channel: 'error',
          data: `Error parsing JSON into valid websocket request: ${text}`,
        }),
      ];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  #act(frame: StrictObject, exchange: Exchange): object {
    const fields = new Fields(frame);
    const method = fields.oneOf('method', ['ping', 'post', 'subscribe', 'unsubscribe']);
    if (method === 'ping') return { channel: 'pong' };
    if (method === 'post') return this.#post(frame, exchange);
    const subscription = frame.get('subscription');
    if (!isStrictObject(subscription)) throw new PaperFault('PARAMETER_MISSING', 'subscription');
    const name = formatStrictJson(subscription);
    if (method === 'subscribe') this.#subscriptions.add(name, watch(new Fields(subscription), exchange));
    else this.#subscriptions.remove(name);
    return { channel: 'subscriptionResponse', data: { method, subscription: JSON.parse(name) as object } };
  }

  #post(frame: StrictObject, exchange: Exchange): object {
    const fields = new Fields(frame);
    const id = Number(fields.required('id'));
    const request = frame.get('request');
    const payload = isStrictObject(request) ? request.get('payload') : undefined;
    const type = fields.child('request')?.oneOf('type', ['info', 'action']);
    if (!isStrictObject(payload)) throw new PaperFault('PARAMETER_MISSING', 'payload');
    const answered = this.answer(
      {
        method: 'POST',
        host: this.host,
        port: 443,
        path: type === 'info' ? '/info' : '/exchange',
        query: '',
        headers: [['content-type', 'application/json']],
        body: Buffer.from(formatStrictJson(payload)),
      },
      exchange,
    );
    const said: unknown = JSON.parse(answered.body.toString());
    const response =
      answered.status === 200
        ? { type, payload: type === 'info' ? { type, data: said } : said }
        : { type: 'error', payload: said };
    return { channel: 'post', data: { id, response } };
  }
}

/** Throws PaperFault for what there is nothing to listen to. */
function watch(asked: Fields, { engine, credentials }: Exchange): Watch<readonly string[]> {
  const type = asked.required('type');
  if (type === 'orderUpdates') {
    const user = asked.required('user').toLowerCase();
    const owner = credentials.find(({ secrets }) => secrets.accountAddress?.reveal().toLowerCase() === user);
    if (owner === undefined) throw new PaperFault('PARAMETER_BAD', 'user');
    const orders = watchOrders(engine.account(owner.id));
    return (now) => {
      const news = orders(now);
      return news === undefined ? undefined : [JSON.stringify({ channel: type, data: news.map(statusRow) })];
    };
  }
  const read = readerOf(type, asked);
  read(engine);
  const news = watchRows(read, times);
  return (now) => {
    const data = news(now);
    return data === undefined ? undefined : [JSON.stringify({ channel: type, data })];
  };
}

function readerOf(type: string, asked: Fields): (engine: Engine) => unknown {
  if (type === 'allMids')
    return (engine) => ({ mids: marketAnswers.get('allMids')?.({ engine, fields: asked }) });
  const instrument = coins.need(asked.required('coin'));
  const coin = coins.spell(instrument);
  if (type === 'l2Book') return (engine) => marketAnswers.get('l2Book')?.({ engine, fields: asked });
  if (type === 'activeAssetCtx') return (engine) => ({ coin, ctx: context({ engine }, instrument) });
  if (type === 'trades')
    return (engine) => {
      const { id, price, size, side, atMs } = lastTrade(engine, instrument);
      return [
        { coin, side: side === 'buy' ? 'B' : 'A', px: price, sz: size, time: atMs, hash: '0x', tid: id },
      ];
    };
  throw new PaperFault('NOT_ON_PAPER', type);
}
