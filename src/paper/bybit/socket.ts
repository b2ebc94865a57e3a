// Bybit's v5 paper sockets: public topics by category, the private socket's account topics, and orders over the trade socket.
// Sources: bybit-exchange/docs docs/v5/ws/connect.mdx, docs/v5/websocket (2026-07-24), ccxt 4.5.84 pro/bybit, bybit-api 4.7.7.
import { isStrictObject, type StrictJson, type StrictObject } from '../../venues/json-strict.js';
import { findCredential } from '../desk.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { isSignedBy } from '../signature-check.js';
import { Subscriptions } from '../watch.js';
import { wordingOf } from './faults.js';
import { watchAccount, watchMarket } from './socket-topics.js';
import { tradingRoutes } from './trading.js';

type Send = Readonly<Record<string, unknown>>;

const trades: ReadonlyMap<string, string> = new Map(
  ['create', 'amend', 'cancel'].map((name) => [`order.${name}`, `POST /v5/order/${name}`] as const),
);
const connection = 'paper000';

export function openSocket({ path }: SocketPlace): PaperSocket | undefined {
  const [, category] = /^\/v5\/public\/(spot|linear|inverse|option)$/.exec(path) ?? [];
  if (category !== undefined) return new BybitSocket(category);
  return path === '/v5/private' || path === '/v5/trade'
    ? new BybitSocket(undefined, path === '/v5/trade')
    : undefined;
}

class BybitSocket implements PaperSocket {
  #account: Account | undefined;
  readonly #subscriptions = new Subscriptions();

  /** `category` of a public socket. */
  constructor(
    readonly category: string | undefined,
    readonly isTrade = false,
  ) {}

  hear(text: string, exchange: Exchange): readonly string[] {
    const frame = frameOf(text);
    const fields = new Fields(frame);
    const operation = fields.peek('op') ?? '';
    const id = fields.peek('req_id') ?? '';
    try {
      if (this.isTrade && trades.has(operation)) return [this.#trade(operation, frame, exchange)];
      const list = frame.get('args');
      const args = Array.isArray(list) ? (list as readonly StrictJson[]) : [];
      return [JSON.stringify(this.#act(operation, id, args, fields, exchange))];
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      const [, message] = wordingOf(thrown);
      return [JSON.stringify({ ...reply(operation, id, message), success: false })];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  #act(operation: string, id: string, args: readonly StrictJson[], fields: Fields, exchange: Exchange): Send {
    switch (operation) {
      case 'ping':
        return this.category === undefined
          ? { req_id: id, op: 'pong', args: [String(exchange.nowMs)], conn_id: connection }
          : { ...reply('ping', id, 'pong') };
      case 'auth':
        if (this.category !== undefined) throw new PaperFault('PARAMETER_BAD', 'op');
        this.#account = exchange.engine.account(checkLogin(args, exchange));
        return this.isTrade
          ? { retCode: 0, retMsg: 'OK', op: 'auth', connId: connection }
          : reply('auth', id, '');
      case 'subscribe':
        for (const topic of args) this.#subscribe(plain(topic) ?? '', exchange);
        return reply('subscribe', id, '');
      case 'unsubscribe':
        for (const topic of args) this.#subscriptions.remove(plain(topic) ?? '');
        return reply('unsubscribe', id, '');
      default:
        throw new PaperFault('PARAMETER_BAD', fields.text('op') ?? 'op');
    }
  }

  #subscribe(topic: string, { engine }: Exchange): void {
    if (this.#subscriptions.isFull) throw new PaperFault('PARAMETER_BAD', 'too many topics');
    if (this.category !== undefined) {
      this.#subscriptions.add(topic, watchMarket(topic, this.category, engine));
      return;
    }
    if (this.#account === undefined) throw new PaperFault('KEY_MISSING');
    this.#subscriptions.add(topic, watchAccount(topic, this.#account));
  }

  /** Answers as REST does, with `data` for `result`. */
  #trade(operation: string, frame: StrictObject, { engine }: Exchange): string {
    const id = plain(frame.get('reqId'));
    const answer = (retCode: number, retMsg: string, data: unknown) =>
      JSON.stringify({
        ...(id === undefined ? {} : { reqId: id }),
        retCode,
        retMsg,
        op: operation,
        data,
        retExtInfo: {},
        header: { Timenow: String(engine.nowMs) },
        connId: connection,
      });
    try {
      const header = frame.get('header');
      const stamp = isStrictObject(header) ? Number(plain(header.get('X-BAPI-TIMESTAMP'))) : Number.NaN;
      if (!(Math.abs(engine.nowMs - stamp) < 5000))
        throw new PaperFault('TIME_OUTSIDE_WINDOW', String(stamp));
      if (this.#account === undefined) throw new PaperFault('KEY_MISSING');
      const args = frame.get('args');
      const [order] = Array.isArray(args) ? (args as readonly StrictJson[]) : [];
      if (!isStrictObject(order)) throw new PaperFault('BODY_UNREADABLE');
      const route = tradingRoutes.get(trades.get(operation) ?? '');
      return answer(0, 'OK', route?.({ engine, fields: new Fields(order), account: this.#account }));
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      return answer(...wordingOf(thrown), {});
    }
  }
}

function reply(op: string, req_id: string, ret_msg: string): Send {
  return { success: true, ret_msg, conn_id: connection, req_id, op };
}

function plain(value: StrictJson | undefined): string | undefined {
  return new Fields(new Map([['value', value ?? null]])).text('value');
}

/** connect.mdx, "Authentication": HMAC-SHA256 or RSA over GET/realtime and the expiry. Independent of venues/bybit on purpose. */
function checkLogin(args: readonly StrictJson[], { credentials, nowMs }: Exchange): string {
  const [key, expires, signature] = args.map((one) => plain(one));
  const credential = findCredential(credentials, 'apiKey', key);
  if (!(Number(expires) > nowMs)) throw new PaperFault('TIME_OUTSIDE_WINDOW', expires ?? '');
  if (
    !isSignedBy(
      credential.secrets.secretKey?.reveal(),
      Buffer.from(`GET/realtime${expires}`),
      signature ?? '',
    )
  )
    throw new PaperFault('SIGNATURE_WRONG');
  return credential.id;
}
