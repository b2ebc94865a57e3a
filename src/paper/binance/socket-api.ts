// Binance's WebSocket APIs on paper: each method is its REST route with parameters for a query; spot tells user data as events.
// Sources: binance-spot-api-docs web-socket-api.md, user-data-stream.md (2026-07-21), ccxt 4.5.84 pro/binance.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import {
  formatStrictJson,
  isStrictObject,
  type StrictJson,
  type StrictObject,
} from '../../venues/json-strict.js';
import { findCredential } from '../desk.js';
import type { Exchange, PaperSocket } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields, frameOf } from '../fields.js';
import { isSignedBy } from '../signature-check.js';
import { Subscriptions, watchOrders, watchRows } from '../watch.js';
import { numberOf, type Row, symbols } from './call.js';
import { wordingOf } from './faults.js';
import { listIdOf, statusOf } from './order-rows.js';
import { openRoute, ownRoute } from './routes.js';
import type { ApiMethods } from './socket-methods.js';

const userData = 'userDataStream.subscribe.signature';
const defaultWindowMs = 5000;

export class ApiSocket implements PaperSocket {
  readonly #subscriptions = new Subscriptions();

  constructor(readonly methods: ApiMethods) {}

  hear(text: string, exchange: Exchange): readonly string[] {
    const frame = frameOf(text);
    const id = frame.get('id') ?? null;
    const echo: unknown = JSON.parse(formatStrictJson(id));
    const method = new Fields(frame).peek('method') ?? '';
    try {
      const params = frame.get('params');
      const given: StrictObject = isStrictObject(params) ? params : new Map<string, StrictJson>();
      return [
        JSON.stringify({ id: echo, status: 200, result: this.#act(method, given, exchange), rateLimits: [] }),
      ];
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      const [verb = '', path = ''] = (this.methods.own.get(method) ?? '').split(' ');
      const [status, code, msg] = wordingOf(thrown, { method: verb, path });
      return [JSON.stringify({ id: echo, status, error: { code, msg }, rateLimits: [] })];
    }
  }

  tell({ engine }: Exchange): readonly string[] {
    return this.#subscriptions.tell(engine);
  }

  #act(method: string, params: StrictObject, exchange: Exchange): unknown {
    const { engine } = exchange;
    const fields = new Fields(params);
    const { open, own, tellsUser } = this.methods;
    const asked = openRoute(open.get(method) ?? '');
    if (asked !== undefined) return asked({ engine, fields });
    const account = engine.account(authenticate(params, exchange));
    if (tellsUser && method === userData) {
      this.#subscriptions.add('0', watchUser(account));
      return { subscriptionId: 0 };
    }
    const route = ownRoute(own.get(method) ?? '');
    if (route === undefined) throw new PaperFault('NOT_ON_PAPER');
    return route({ engine, fields, account });
  }
}

/** Parameters but the signature, sorted by name. Independent of venues/binance on purpose. */
function authenticate(params: StrictObject, { credentials, nowMs }: Exchange): string {
  const fields = new Fields(params);
  const credential = findCredential(credentials, 'apiKey', fields.text('apiKey'));
  const payload = [...params.keys()]
    .filter((name) => name !== 'signature')
    .sort()
    .map((name) => `${name}=${fields.text(name) ?? ''}`)
    .join('&');
  if (!isSignedBy(credential.secrets.secretKey?.reveal(), Buffer.from(payload), fields.required('signature')))
    throw new PaperFault('SIGNATURE_WRONG');
  const sentMs = Number(fields.required('timestamp'));
  const windowMs = Number(fields.text('recvWindow') ?? defaultWindowMs);
  if (!(sentMs < nowMs + 1000 && nowMs - sentMs <= windowMs)) throw new PaperFault('TIME_OUTSIDE_WINDOW');
  return credential.id;
}

/** Executions of spot orders, and the balances that they changed. */
function watchUser(account: Account) {
  const orders = watchOrders(account);
  const balances = watchRows(() =>
    account.ledger.currencies().map((name) => ({
      a: name,
      f: formatDecimal(account.ledger.available(name)),
      l: formatDecimal(account.ledger.held(name)),
    })),
  );
  let hasTold = false;
  return (engine: Engine): readonly string[] | undefined => {
    const changed = balances(engine);
    const events = (orders(engine) ?? [])
      .filter((order) => symbols.listed.some(({ symbol }) => symbol === order.symbol))
      .map((order) => executionReport(engine, account, order));
    // What there is at first is no news.
    if (changed !== undefined && hasTold)
      events.push({ e: 'outboundAccountPosition', E: engine.nowMs, u: engine.nowMs, B: changed });
    hasTold = true;
    return events.map((event) => JSON.stringify({ subscriptionId: 0, event }));
  };
}

function executionReport(engine: Engine, account: Account, order: PaperOrder): Row {
  const fill = account.fills.findLast(({ orderId }) => orderId === order.id);
  const text = (value: Decimal | undefined) => formatDecimal(value ?? decimal('0'));
  const status = statusOf(order);
  return {
    e: 'executionReport',
    E: engine.nowMs,
    s: symbols.of(order),
    c: order.clientId ?? order.id,
    S: order.side === 'buy' ? 'BUY' : 'SELL',
    o: order.memo.type ?? 'LIMIT',
    f: order.memo.timeInForce ?? 'GTC',
    q: text(order.size),
    p: text(order.price),
    P: text(order.trigger),
    F: '0',
    g: listIdOf(order),
    C: status === 'CANCELED' ? (order.clientId ?? order.id) : '',
    x: fill === undefined || status === 'CANCELED' ? status : 'TRADE',
    X: status,
    r: 'NONE',
    i: numberOf(order.id),
    l: text(fill?.size),
    z: text(order.filled),
    L: text(fill?.price),
    n: text(fill?.fee),
    N: fill?.feeCurrency ?? null,
    T: order.updatedMs,
    t: fill === undefined ? -1 : numberOf(fill.id),
    w: status === 'NEW',
    m: fill?.isMaker ?? false,
    M: false,
    O: order.createdMs,
    Z: text(order.cost),
    Y: text(fill?.price.times(fill.size)),
    Q: '0',
  };
}
