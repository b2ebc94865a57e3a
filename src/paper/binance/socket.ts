// Binance's paper sockets: market streams of spot and perpetuals, and the WebSocket APIs of spot, with its user data, and of futures.
// Sources: binance-spot-api-docs web-socket-streams.md, web-socket-api.md, user-data-stream.md (2026-07-21); ccxt 4.5.84, binance 3.6.5.
import type { StrictJson, StrictObject } from '../../venues/json-strict.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Engine } from '../engine/engine.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { Subscriptions, type Watch } from '../watch.js';
import { wordingOf } from './faults.js';
import { UserStream } from './futures-user.js';
import { ApiSocket } from './socket-api.js';
import { apiMethods } from './socket-methods.js';
import { watchStream } from './streams.js';

export function openSocket({ host, path, query }: SocketPlace): PaperSocket | undefined {
  const api = /^(ws-[fd]?api)\.binance\.com$/.exec(host)?.[1];
  if (api !== undefined) {
    const methods = path.startsWith(`/${api}/`) ? apiMethods.get(path) : undefined;
    return methods && new ApiSocket(methods);
  }
  if (!/^(?:(?:data-)?stream|fstream)\./.test(host)) return undefined;
  const [, listenKey] =
    /(?:\/ws\/|listenKey=)([0-9a-f]{64})$/.exec(`${path}?${query}`.replace(/\?$/, '')) ?? [];
  if (host.startsWith('fstream') && listenKey !== undefined) return new UserStream(listenKey);
  const isFutures = host.startsWith('fstream');
  const [, kind, names = ''] = /^(?:\/(?:public|market))?\/(ws|stream)(?:\/(.*))?$/.exec(path) ?? [];
  if (kind === undefined) return undefined;
  const listed = kind === 'ws' ? names : (new URLSearchParams(query).get('streams') ?? '');
  const streams = listed === '' || /^\d+$/.test(listed) ? [] : listed.split('/');
  return new StreamSocket(isFutures, kind === 'stream', streams);
}

class StreamSocket implements PaperSocket {
  readonly #subscriptions = new Subscriptions(1024);
  #isCombined: boolean;

  constructor(
    readonly isFutures: boolean,
    isCombined: boolean,
    streams: readonly string[],
  ) {
    this.#isCombined = isCombined;
    for (const stream of streams) {
      // Binance opens such a connection and tells nothing of what it does not know.
      try {
        this.#subscribe(stream);
      } catch (thrown) {
        if (!(thrown instanceof PaperFault)) throw thrown;
      }
    }
  }

  hear(text: string): readonly string[] {
    const frame = frameOf(text);
    const id = new Fields(frame).peek('id') ?? null;
    const echo = typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : id;
    try {
      return [JSON.stringify({ result: this.#act(frame), id: echo })];
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      const [, , msg] = wordingOf(thrown, { method: '', path: '' });
      return [JSON.stringify({ error: { code: 2, msg: `Invalid request: ${msg}` }, id: echo })];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  #act(frame: StrictObject): unknown {
    const params = frame.get('params');
    const list = Array.isArray(params) ? (params as readonly StrictJson[]) : [];
    switch (new Fields(frame).text('method')) {
      case 'SUBSCRIBE':
        for (const stream of list) this.#subscribe(String(stream));
        return null;
      case 'UNSUBSCRIBE':
        for (const stream of list) this.#subscriptions.remove(String(stream));
        return null;
      case 'LIST_SUBSCRIPTIONS':
        return this.#subscriptions.names;
      case 'GET_PROPERTY':
        return this.#isCombined;
      case 'SET_PROPERTY':
        this.#isCombined = list[1] === true;
        return null;
      default:
        throw new PaperFault('PARAMETER_BAD', 'method');
    }
  }

  #subscribe(stream: string): void {
    if (this.#subscriptions.isFull) throw new PaperFault('PARAMETER_BAD', 'too many streams');
    const watch: Watch<unknown> = watchStream(stream, this.isFutures);
    this.#subscriptions.add(stream, (engine: Engine) => {
      const data = watch(engine);
      if (data === undefined) return undefined;
      return [JSON.stringify(this.#isCombined ? { stream, data } : data)];
    });
  }
}
