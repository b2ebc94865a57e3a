// OKX's paper sockets: public, private and business; logins, subscriptions and order operations, errors as OKX words them.
// Source: OKX v5 reference "WebSocket" and its error codes 60001 to 60030.
import {
  formatStrictJson,
  isStrictObject,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../../venues/json-strict.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import { OkxError } from './answers.js';
import { Params } from './call.js';
import { digitsOf } from './positions.js';
import {
  argumentKey,
  isPrivate,
  type SocketKind,
  type Watch,
  watchAccount,
  watchMarket,
} from './socket-channels.js';
import { checkLogin } from './socket-login.js';
import { tradingRoutes } from './trading.js';

const kindsByPath: ReadonlyMap<string, SocketKind> = new Map([
  ['/ws/v5/public', 'public'],
  ['/ws/v5/private', 'private'],
  ['/ws/v5/business', 'business'],
]);

/** Operation → the REST path that does the same, and whether it takes a list. */
const trades: ReadonlyMap<string, readonly [path: string, isList: boolean]> = new Map([
  ['order', ['trade/order', false]],
  ['batch-orders', ['trade/batch-orders', true]],
  ['cancel-order', ['trade/cancel-order', false]],
  ['batch-cancel-orders', ['trade/cancel-batch-orders', true]],
  ['amend-order', ['trade/amend-order', false]],
  ['batch-amend-orders', ['trade/amend-batch-orders', true]],
]);

const connId = 'paper000';
const mostSubscriptions = 480;

export function openSocket({ path }: SocketPlace): PaperSocket | undefined {
  const kind = kindsByPath.get(path);
  return kind === undefined ? undefined : new OkxSocket(kind);
}

class OkxSocket implements PaperSocket {
  #account: Account | undefined;
  readonly #watched = new Map<string, { arg: StrictObject; watch: Watch }>();

  constructor(readonly kind: SocketKind) {}

  hear(text: string, exchange: Exchange): readonly string[] {
    if (text === 'ping') return ['pong'];
    const parsed = parseStrictJson(Buffer.from(text));
    const message = parsed.ok && isStrictObject(parsed.value) ? parsed.value : undefined;
    const operation = message?.get('op');
    const list = message?.get('args');
    if (message === undefined || typeof operation !== 'string' || !Array.isArray(list))
      return [failure(new OkxError('60012', `Illegal request: ${text.slice(0, 200)}`))];
    const entries = list as readonly StrictJson[];
    if (trades.has(operation)) return [this.#trade(operation, message, entries, exchange)];
    return entries.map((entry) => {
      try {
        if (!isStrictObject(entry)) throw new OkxError('60012', `Illegal request: ${text.slice(0, 200)}`);
        return this.#act(operation, entry, exchange);
      } catch (thrown) {
        if (thrown instanceof OkxError) return failure(thrown, message.get('id'));
        throw thrown;
      }
    });
  }

  tell({ engine }: Exchange): readonly string[] {
    const messages: string[] = [];
    for (const { arg, watch } of this.#watched.values()) {
      const push = watch(engine);
      if (push === undefined) continue;
      const uid = this.#account === undefined ? {} : { uid: digitsOf(this.#account.id) };
      messages.push(JSON.stringify({ arg: { ...Object.fromEntries(arg), ...uid }, ...push }));
    }
    return messages;
  }

  #act(operation: string, entry: StrictObject, exchange: Exchange): string {
    const key = argumentKey(entry);
    switch (operation) {
      case 'login':
        if (this.kind === 'public')
          throw new OkxError('60012', 'Illegal request: the public socket has no login');
        this.#account = exchange.engine.account(checkLogin(new Params(entry), exchange).id);
        return JSON.stringify({ event: 'login', code: '0', msg: '', connId });
      case 'subscribe':
        if (this.#watched.size >= mostSubscriptions)
          throw new OkxError('60014', 'Requests too frequent: too many channels on one connection');
        if (!this.#watched.has(key))
          this.#watched.set(key, { arg: entry, watch: this.#watch(entry, exchange) });
        return eventOf(operation, entry);
      case 'unsubscribe':
        this.#watched.delete(key);
        return eventOf(operation, entry);
      default:
        throw new OkxError('60012', `Illegal request: op ${operation.slice(0, 40)}`);
    }
  }

  /** Throws OkxError for what there is nothing to listen to. */
  #watch(entry: StrictObject, { engine }: Exchange): Watch {
    const params = new Params(entry);
    const channel = params.required('channel');
    if (isPrivate(this.kind, channel)) {
      if (this.#account === undefined) throw new OkxError('60011', 'Please log in');
      return watchAccount(channel, params, this.#account, engine);
    }
    const watch = watchMarket(this.kind, channel, params, engine);
    if (watch === undefined)
      throw new OkxError(
        '60018',
        `Wrong URL or channel:${channel} doesn't exist. Please use the correct URL`,
      );
    return watch;
  }

  #trade(operation: string, message: StrictObject, list: readonly StrictJson[], exchange: Exchange): string {
    const id = message.get('id') ?? null;
    const answer = (rest: object) => JSON.stringify({ id: textOf(id), op: operation, ...rest });
    const [path = '', isList = false] = trades.get(operation) ?? [];
    if (this.kind !== 'private') return failure(new OkxError('60018', 'Orders go to the private socket'), id);
    if (this.#account === undefined) return failure(new OkxError('60011', 'Please log in'), id);
    const [first] = list;
    if (!isList && list.length !== 1) return answer({ code: '60013', msg: 'Invalid args', data: [] });
    const { engine } = exchange;
    const call = { engine, query: new Map<string, string>(), account: this.#account };
    try {
      const done = tradingRoutes.get(path)?.({ ...call, body: isList ? list : (first ?? null) });
      return answer(JSON.parse(done?.body.toString() ?? '{}') as object);
    } catch (thrown) {
      if (!(thrown instanceof OkxError)) throw thrown;
      return answer({ code: thrown.code, msg: thrown.message, data: [] });
    }
  }
}

function eventOf(event: string, arg: StrictObject): string {
  return JSON.stringify({ event, arg: Object.fromEntries(arg), connId });
}

function failure({ code, message }: OkxError, id: StrictJson = null): string {
  return JSON.stringify({
    ...(id === null ? {} : { id: textOf(id) }),
    event: 'error',
    code,
    msg: message,
    connId,
  });
}

/** OKX repeats an id as text, whatever it came as. */
function textOf(id: StrictJson): string {
  return typeof id === 'string' ? id : formatStrictJson(id);
}
