// What Bybit's paper sockets tell by topic: the rows of the REST twin, or what happened since the last look.
// Sources: bybit-exchange/docs docs/v5/websocket/public and /private (2026-07-24), ccxt 4.5.84 pro/bybit.
import { bookSide } from '../desk.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import { PaperFault } from '../fault.js';
import { Fields } from '../fields.js';
import { currentBar, lastTrade } from '../market-news.js';
import { type Watch, watchFills, watchOrders, watchRows } from '../watch.js';
import { accountRoutes } from './account.js';
import { categoryOf, type Row, symbolsOf } from './call.js';
import { tickerRow } from './market-data.js';
import { fillRow, orderRow } from './order-rows.js';

type Telling = Watch<readonly string[]>;

const times: ReadonlySet<string> = new Set(['ts', 'cts', 'cs', 'u', 'seq', 'timestamp']);

/** Bybit's names of bars, in seconds; weeks and months are not on paper. */
const bars: ReadonlyMap<string, number> = new Map([
  ...[1, 3, 5, 15, 30, 60, 120, 240, 360, 720].map((minutes) => [String(minutes), minutes * 60] as const),
  ['D', 86_400],
]);

/** Throws PaperFault for a topic without meaning. */
export function watchMarket(topic: string, category: string, engine: Engine): Telling {
  const [, name = '', detail = '', symbol = ''] =
    /^([A-Za-z]+)(?:\.([A-Z0-9]+))??\.([A-Z0-9-]+)$/.exec(topic) ?? [];
  const instrument = symbolsOf({ engine, fields: new Fields(new Map([['category', category]])) }).need(
    symbol,
  );
  const push = (type: string, read: (now: Engine) => unknown): Telling => {
    const watch = watchRows((now) => {
      const data = read(now);
      return { topic, ts: now.nowMs, type, cs: now.second, data };
    }, times);
    return (now) => {
      const news = watch(now);
      return news === undefined ? undefined : [JSON.stringify(news)];
    };
  };
  if (name === 'tickers' && detail === '')
    return push('snapshot', (now) => {
      const row = tickerRow({ engine: now }, instrument);
      return instrument.kind === 'spot' ? { ...row, usdIndexPrice: row.lastPrice } : row;
    });
  const most = Number(detail);
  if (name === 'orderbook' && [1, 25, 50, 100, 200, 500, 1000].includes(most))
    // Every push is a whole book: a client begins anew with each snapshot, so none can miss an update.
    return push('snapshot', (now) => ({
      s: symbol,
      b: bookSide(now, instrument, 'bid', most),
      a: bookSide(now, instrument, 'ask', most),
      u: now.second,
      seq: now.second,
      cts: now.nowMs,
    }));
  if (name === 'publicTrade' && detail === '')
    return push('snapshot', (now) => {
      const { id, price, size, side, atMs } = lastTrade(now, instrument);
      return [
        { T: atMs, s: symbol, S: side === 'buy' ? 'Buy' : 'Sell', v: size, p: price, i: `${id}`, BT: false },
      ];
    });
  const length = bars.get(detail);
  if (name === 'kline' && length !== undefined)
    return push('snapshot', (now) => {
      const { startMs, endMs, ...bar } = currentBar(now, instrument, length);
      return [{ start: startMs, end: endMs, interval: detail, ...bar, confirm: false, timestamp: now.nowMs }];
    });
  throw new PaperFault('PARAMETER_BAD', topic);
}

/** Of the whole account, or of one category: `order.linear`. */
export function watchAccount(topic: string, account: Account): Telling {
  const [name = '', category] = topic.split('.');
  const isWanted = (row: Row) => category === undefined || row.category === category;
  const told = (now: Engine, rows: readonly Row[]): readonly string[] | undefined => {
    const data = rows.filter(isWanted);
    return data.length === 0
      ? undefined
      : [JSON.stringify({ id: `${account.id}-${now.nowMs}`, topic, creationTime: now.nowMs, data })];
  };
  if (name === 'order') {
    const watch = watchOrders(account);
    return (now) =>
      told(
        now,
        (watch(now) ?? []).map((order) => ({ category: categoryOf(order), ...orderRow(order) })),
      );
  }
  if (name === 'execution') {
    const watch = watchFills(account);
    return (now) =>
      told(
        now,
        (watch(now) ?? []).map((fill) => ({ category: categoryOf(fill), ...fillRow(fill) })),
      );
  }
  const [path = '', ...asked] = accountTopics.get(name) ?? [];
  const read = accountRoutes.get(path);
  if (read === undefined) throw new PaperFault('PARAMETER_BAD', topic);
  const watch = watchRows(
    (engine: Engine) =>
      asked.flatMap((fields) => {
        const { list } = read({ engine, account, fields: new Fields(new Map(Object.entries(fields))) });
        return (list as readonly Row[]).map((row) => ({ ...fields, ...row }));
      }),
    new Set(['updatedTime']),
  );
  return (now) => told(now, watch(now) ?? []);
}

const accountTopics: ReadonlyMap<string, readonly [path: string, ...fields: Record<string, string>[]]> =
  new Map([
    ['wallet', ['GET /v5/account/wallet-balance', { accountType: 'UNIFIED' }]],
    ['position', ['GET /v5/position/list', { category: 'linear' }, { category: 'inverse' }]],
  ]);
