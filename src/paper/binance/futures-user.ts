// The user data stream of Binance's USDⓈ-M futures on paper: a listenKey for each account, its orders and balances as events.
// Source: developers.binance.com USDⓈ-M Futures, "User Data Streams"; ccxt 4.5.84 pro/binance.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import type { Exchange, PaperSocket } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { PaperOrder } from '../engine/orders.js';
import { handOut, holderOf } from '../session-tokens.js';
import { type Watch, watchOrders, watchRows } from '../watch.js';
import { numberOf, type PrivateCall, perpetuals, type Row, waits } from './call.js';
import { contractOf, futuresOrderRow } from './futures-rows.js';

/** One for each account, 64 letters and digits; lives as long as the engine. */
export function handListenKey(call: PrivateCall): Row {
  return { listenKey: handOut(call, (digest) => digest.toString('hex'), 'listenKey') };
}

/** Tells nothing for a key that nobody was given, as Binance does. */
export class UserStream implements PaperSocket {
  #watch: Watch<readonly Row[]> | undefined;

  constructor(readonly listenKey: string) {}

  hear(): readonly string[] {
    return [];
  }

  tell({ engine }: Exchange): readonly string[] {
    const id = holderOf(engine, this.listenKey);
    if (id === undefined) return [];
    this.#watch ??= watchUser(engine.account(id));
    return (this.#watch(engine) ?? []).map((event) => JSON.stringify(event));
  }
}

function watchUser(account: Account): Watch<readonly Row[]> {
  const orders = watchOrders(account);
  const balances = watchRows(() => formatDecimal(account.ledger.total('USDT')));
  let hasTold = false;
  return (engine) => {
    const changed = balances(engine);
    const events = (orders(engine) ?? [])
      .filter((order) => perpetuals.listed.some(({ symbol }) => symbol === order.symbol) && !waits(order))
      .map((order) => orderEvent(engine, account, order));
    // What there is at first is no news.
    if (changed !== undefined && hasTold) {
      const B = [{ a: 'USDT', wb: changed, cw: changed, bc: '0' }];
      events.push({ e: 'ACCOUNT_UPDATE', E: engine.nowMs, T: engine.nowMs, a: { m: 'ORDER', B, P: [] } });
    }
    hasTold = true;
    return events;
  };
}

function orderEvent(engine: Engine, account: Account, order: PaperOrder): Row {
  const fill = account.fills.findLast(({ orderId }) => orderId === order.id);
  const { contractValue } = contractOf(order.symbol);
  const inBase = (contracts: Decimal | undefined) =>
    formatDecimal((contracts ?? decimal('0')).times(contractValue));
  const row = futuresOrderRow(order);
  const isTrade = fill !== undefined && row.status !== 'CANCELED';
  const o = {
    s: row.symbol,
    c: row.clientOrderId,
    S: row.side,
    o: row.type,
    f: row.timeInForce,
    q: row.origQty,
    p: row.price,
    ap: row.avgPrice,
    sp: '0',
    x: isTrade ? 'TRADE' : row.status,
    X: row.status,
    i: row.orderId,
    l: inBase(fill?.size),
    z: row.executedQty,
    L: fill === undefined ? '0' : formatDecimal(fill.price),
    n: fill === undefined ? '0' : formatDecimal(fill.fee),
    N: fill?.feeCurrency ?? 'USDT',
    T: order.updatedMs,
    t: fill === undefined ? 0 : numberOf(fill.id),
    m: fill?.isMaker ?? false,
    R: order.reduceOnly,
    wt: 'CONTRACT_PRICE',
    ot: row.type,
    ps: 'BOTH',
    cp: false,
    rp: fill === undefined ? '0' : formatDecimal(fill.realized),
  };
  return { e: 'ORDER_TRADE_UPDATE', E: engine.nowMs, T: engine.nowMs, o };
}
