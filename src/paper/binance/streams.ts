// What Binance's paper streams tell by name, of spot pairs and of perpetuals.
// Sources: binance-spot-api-docs web-socket-streams.md (2026-07-21), USDⓈ-M "Websocket Market Streams", ccxt 4.5.84 pro/binance.
import { bookSide, dayQuote, type Symbols } from '../desk.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { currentBar, lastTrade } from '../market-news.js';
import { type Watch, watchRows } from '../watch.js';
import { perpetuals, type Row, symbols } from './call.js';

const times: ReadonlySet<string> = new Set(['E', 'T', 'u', 'U', 'pu', 'lastUpdateId', 'O', 'C']);
const dayMs = 86_400_000;
/** As many levels as REST's snapshot has. */
const bookLevels = 400;
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Throws PaperFault for a stream that is not on paper. */
export function watchStream(stream: string, isFutures: boolean): Watch<unknown> {
  const listed = isFutures ? perpetuals : symbols;
  const [name = '', kind = ''] = stream.split('@');
  if (name.startsWith('!')) {
    const read = rows.get(name.slice(1));
    if (read === undefined || kind !== 'arr') throw new PaperFault('PARAMETER_BAD', stream);
    return watchRows((engine) => listed.listed.map((one) => read(engine, one, listed)), times);
  }
  const instrument = listed.need(name.toUpperCase());
  const [, depth] = /^depth(\d+)?$/.exec(kind) ?? [];
  if (kind === 'depth') return watchDepth(instrument, listed, isFutures);
  if (depth !== undefined) return watchRows((engine) => snapshot(engine, instrument, Number(depth)), times);
  const [, count, unit = ''] = /^kline_(\d{1,2})([smhd])$/.exec(kind) ?? [];
  const read =
    count === undefined ? rows.get(kind) : barRow(Number(count) * (units[unit] ?? 0), kind.slice(6));
  if (read === undefined) throw new PaperFault('PARAMETER_BAD', stream);
  return watchRows((engine) => read(engine, instrument, listed), times);
}

type Reader = (engine: Engine, instrument: Instrument, listed: Symbols) => Row;

const rows: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['ticker', tickerRow],
  ['miniTicker', miniRow],
  ['bookTicker', bookRow],
  ['trade', tradeRow],
  ['aggTrade', aggregateRow],
  ['markPrice', markRow],
]);

function miniRow(engine: Engine, instrument: Instrument, listed: Symbols): Row {
  const { last, open, high, low, volume, turnover } = dayQuote(engine, instrument);
  return {
    e: '24hrMiniTicker',
    E: engine.nowMs,
    s: listed.spell(instrument),
    c: last,
    o: open,
    h: high,
    l: low,
    v: volume,
    q: turnover,
  };
}

function tickerRow(engine: Engine, instrument: Instrument, listed: Symbols): Row {
  const { u: _u, ...best } = bookRow(engine, instrument, listed);
  const { open, last } = dayQuote(engine, instrument);
  return {
    ...best,
    ...miniRow(engine, instrument, listed),
    e: '24hrTicker',
    p: '0',
    P: '0',
    w: last,
    x: open,
    Q: lastTrade(engine, instrument).size,
    O: engine.nowMs - dayMs,
    C: engine.nowMs,
    F: 0,
    L: 0,
    n: 1,
  };
}

function bookRow(engine: Engine, instrument: Instrument, listed: Symbols): Row {
  const { bid, ask } = dayQuote(engine, instrument);
  return {
    u: engine.second,
    s: listed.spell(instrument),
    b: bid.price,
    B: bid.size,
    a: ask.price,
    A: ask.size,
    ...(listed === perpetuals ? { e: 'bookTicker', E: engine.nowMs, T: engine.nowMs } : {}),
  };
}

function tradeRow(engine: Engine, instrument: Instrument, listed: Symbols): Row {
  const { id, price, size, side, atMs } = lastTrade(engine, instrument);
  const isByBuyer = side === 'sell';
  const symbol = listed.spell(instrument);
  return { e: 'trade', E: atMs, s: symbol, t: id, p: price, q: size, T: atMs, m: isByBuyer, M: true };
}

function aggregateRow(engine: Engine, instrument: Instrument, listed: Symbols): Row {
  const { t: id, ...row } = tradeRow(engine, instrument, listed);
  return { ...row, e: 'aggTrade', a: id, f: id, l: id };
}

function markRow(engine: Engine, instrument: Instrument, listed: Symbols): Row {
  const { last } = dayQuote(engine, instrument);
  return {
    e: 'markPriceUpdate',
    E: engine.nowMs,
    s: listed.spell(instrument),
    p: last,
    i: last,
    P: last,
    r: '0',
    T: 0,
  };
}

function barRow(length: number, interval: string): Reader | undefined {
  if (length === 0) return undefined;
  return (engine, instrument, listed) => {
    const bar = currentBar(engine, instrument, length);
    const symbol = listed.spell(instrument);
    const k = {
      t: bar.startMs,
      T: bar.endMs,
      s: symbol,
      i: interval,
      f: 0,
      L: 0,
      o: bar.open,
      c: bar.close,
      h: bar.high,
      l: bar.low,
      v: bar.volume,
      n: 1,
      x: false,
      q: bar.turnover,
      V: '0',
      Q: '0',
    };
    return { e: 'kline', E: engine.nowMs, s: symbol, k };
  };
}

function snapshot(engine: Engine, instrument: Instrument, most: number): Row {
  return {
    lastUpdateId: engine.second,
    bids: bookSide(engine, instrument, 'bid', most),
    asks: bookSide(engine, instrument, 'ask', most),
  };
}

/** What changed since the second told last: every level of now, and nought for each that stood in between. */
function watchDepth(instrument: Instrument, listed: Symbols, isFutures: boolean): Watch<unknown> {
  let told: number | undefined;
  return (engine) => {
    const { second, market } = engine;
    const from = told;
    if (from === second) return undefined;
    told = second;
    const levelsAt = (at: number, side: 'bid' | 'ask') =>
      bookSide({ market, second: at }, instrument, side, bookLevels);
    const since =
      from === undefined ? [] : Array.from({ length: Math.min(second - from, 60) }, (_, k) => second - 1 - k);
    const changes = (side: 'bid' | 'ask') => {
      const now = levelsAt(second, side);
      const stands = new Set(now.map(([price]) => price));
      const gone = new Set(since.flatMap((at) => levelsAt(at, side).map(([price]) => price)));
      return [...now, ...[...gone].filter((price) => !stands.has(price)).map((price) => [price, '0'])];
    };
    return {
      e: 'depthUpdate',
      E: engine.nowMs,
      ...(isFutures ? { T: engine.nowMs, pu: from ?? second - 1 } : {}),
      s: listed.spell(instrument),
      U: (from ?? second - 1) + 1,
      u: second,
      b: changes('bid'),
      a: changes('ask'),
    };
  };
}
