// Alpaca's market data over the paper market: latest quotes, trades, books, bars and snapshots of pairs (v1beta3/crypto/us), shares
// (v2/stocks) and options (v1beta1/options).
import { decimal, formatDecimal } from '../../core/decimal.js';
import { bookSide, dayQuote, minuteBars, unitOf } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { recentTrades } from '../recent-trades.js';
import { assets, isOption, isoTime, nameOf, options, type PublicCall, type Row } from './call.js';

const dayMs = 86_400_000;
const crypto =
  /^\/v1beta3\/crypto\/(?:us|global)\/(latest\/quotes|latest\/trades|latest\/orderbooks|snapshots|bars|trades)$/;

/** The answer to a GET that needs no key; undefined when the path is none. */
export function marketRoute(path: string, call: PublicCall): Row | undefined {
  const [, kind] = crypto.exec(path) ?? [];
  if (kind === undefined) return undefined;
  const wanted = call.fields.required('symbols').split(',').map(assets.need);
  const by = (row: (call: PublicCall, one: Instrument) => unknown): Row =>
    Object.fromEntries(wanted.map((one) => [assets.spell(one), row(call, one)]));
  if (kind === 'bars') return { bars: by(bars), next_page_token: null };
  if (kind === 'trades') return { trades: by(trades), next_page_token: null };
  if (kind === 'latest/quotes') return { quotes: by(quote) };
  if (kind === 'latest/trades') return { trades: by(trade) };
  return kind === 'snapshots' ? { snapshots: by(snapshot) } : { orderbooks: by(orderBook) };
}

const stocks = /^\/v2\/stocks\/(?:([A-Z]+)\/)?(quotes\/latest|trades\/latest|snapshot|snapshots|bars)$/;

/** The answer to a GET that a key is needed for: of one share by its path, or of several by `symbols`. */
export function stockRoute(path: string, call: PublicCall): Row | undefined {
  const [, symbol, kind] = stocks.exec(path) ?? [];
  if (kind === undefined || (symbol === undefined) === (kind === 'snapshot')) return undefined;
  const wanted = (symbol ?? call.fields.required('symbols')).split(',').map(assets.need);
  const [one] = wanted;
  const by = (row: (call: PublicCall, one: Instrument) => unknown): unknown =>
    symbol === undefined
      ? Object.fromEntries(wanted.map((share) => [assets.spell(share), row(call, share)]))
      : one && row(call, one);
  const named = symbol === undefined ? {} : { symbol };
  if (kind.startsWith('snapshot')) return by(snapshot) as Row;
  if (kind === 'bars') return { ...named, bars: by(bars), next_page_token: null };
  if (kind === 'quotes/latest') return { ...named, [symbol === undefined ? 'quotes' : 'quote']: by(quote) };
  return { ...named, [symbol === undefined ? 'trades' : 'trade']: by(trade) };
}

const optionKinds = /^\/v1beta1\/options\/(quotes\/latest|trades\/latest|snapshots|bars)$/;

/** The same of options, by `symbols`: a key is needed, too. */
export function optionRoute(path: string, call: PublicCall): Row | undefined {
  const [, kind] = optionKinds.exec(path) ?? [];
  if (kind === undefined) return undefined;
  const wanted = call.fields.required('symbols').split(',').map(options.need);
  const by = (row: (call: PublicCall, one: Instrument) => unknown): Row =>
    Object.fromEntries(wanted.map((one) => [nameOf(one), row(call, one)]));
  if (kind === 'snapshots') return { snapshots: by(snapshot), next_page_token: null };
  if (kind === 'bars') return { bars: by(bars), next_page_token: null };
  return kind === 'quotes/latest' ? { quotes: by(quote) } : { trades: by(trade) };
}

/** Options are counted in contracts, of whatever they are of. */
function countOf(instrument: Instrument, size: string): number {
  return Number(isOption(instrument) ? formatDecimal(decimal(size).div(unitOf(instrument))) : size);
}

export function quote({ engine }: Pick<PublicCall, 'engine'>, instrument: Instrument): Row {
  const { bid, ask } = dayQuote(engine, instrument);
  return {
    ap: Number(ask.price),
    as: countOf(instrument, ask.size),
    bp: Number(bid.price),
    bs: countOf(instrument, bid.size),
    t: isoTime(engine.nowMs),
  };
}

/** "Historical trades": oldest first. */
function trades(call: PublicCall, instrument: Instrument): readonly Row[] {
  const { engine, fields } = call;
  return recentTrades(engine, instrument, fields.count('limit', 1000, 1000))
    .map(({ id, price, size, side, atMs }) => ({
      i: id,
      p: Number(price),
      s: Number(size),
      t: isoTime(atMs),
      tks: side === 'buy' ? 'B' : 'S',
    }))
    .toReversed();
}

export function trade({ engine }: Pick<PublicCall, 'engine'>, instrument: Instrument): Row {
  const { price, size, side, second } = engine.market.trade(instrument, engine.second);
  return {
    i: second,
    p: Number(formatDecimal(price)),
    s: Number(formatDecimal(size)),
    t: isoTime(second * 1000),
    tks: side === 'buy' ? 'B' : 'S',
  };
}

export function orderBook({ engine }: Pick<PublicCall, 'engine'>, instrument: Instrument): Row {
  const side = (name: 'bid' | 'ask') =>
    bookSide(engine, instrument, name, 50).map(([price, size]) => ({ p: Number(price), s: Number(size) }));
  return { a: side('ask'), b: side('bid'), t: isoTime(engine.nowMs) };
}

function bars({ engine, fields }: PublicCall, instrument: Instrument): unknown {
  if (!/^1(?:min|t)$/i.test(fields.required('timeframe'))) throw new PaperFault('PARAMETER_BAD', 'timeframe');
  // "Default: the beginning of the current day".
  const start = fields.text('start');
  const sinceMs = start === undefined ? engine.nowMs - (engine.nowMs % dayMs) : Date.parse(start);
  return minuteBars(engine, instrument, fields.count('limit', 1_000, 1_000))
    .filter(({ startMs }) => startMs >= sinceMs)
    .toReversed()
    .map(({ startMs, open, high, low, close, volume }) => ({
      t: isoTime(startMs),
      o: Number(open),
      h: Number(high),
      l: Number(low),
      c: Number(close),
      v: countOf(instrument, volume),
    }));
}

function snapshot(call: PublicCall, instrument: Instrument): Row {
  const { last, open, high, low, volume } = dayQuote(call.engine, instrument);
  const bar = {
    o: Number(open),
    h: Number(high),
    l: Number(low),
    c: Number(last),
    v: countOf(instrument, volume),
    vw: Number(last),
    n: 1,
    t: isoTime(call.engine.nowMs),
  };
  return {
    dailyBar: bar,
    prevDailyBar: bar,
    minuteBar: bar,
    latestQuote: quote(call, instrument),
    latestTrade: trade(call, instrument),
  };
}
