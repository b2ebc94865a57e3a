// Tradier's quotes and bars over the paper market (documentation.tradier.com/brokerage-api/markets/get-quotes, get-timesales).
import { dayQuote, minuteBars } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { listOf, type PublicCall, type Row, stocks } from './call.js';

/** A day's minutes. */
const mostBars = 1_440;
/** `2026-11-20 09:30:00` */
const newYork = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** The answer; undefined when the path is not on paper. Symbols that are not listed are told as unmatched. */
export function marketRoute(path: string, call: PublicCall): Row | undefined {
  if (path === '/v1/markets/timesales') return timesales(call);
  if (path !== '/v1/markets/quotes') return undefined;
  const wanted = call.fields.required('symbols').split(',');
  const found = wanted.flatMap((symbol) => stocks.find(symbol) ?? []);
  const unmatched = wanted.filter((symbol) => stocks.find(symbol) === undefined);
  const quotes = listOf(
    'quote',
    found.map((one) => quote(call, one)),
  );
  if (unmatched.length === 0) return { quotes };
  const [only] = unmatched;
  return {
    quotes: {
      ...(typeof quotes === 'string' ? {} : (quotes as Row)),
      unmatched_symbols: { symbol: unmatched.length === 1 ? only : unmatched },
    },
  };
}

function quote({ engine }: PublicCall, stock: Instrument): Row {
  const { last, open, high, low, bid, ask, volume } = dayQuote(engine, stock);
  const { nowMs } = engine;
  return {
    symbol: stocks.spell(stock),
    description: stocks.spell(stock),
    exch: 'P',
    type: 'stock',
    last: Number(last),
    change: 0,
    change_percentage: 0,
    volume: Math.floor(Number(volume)),
    average_volume: Math.floor(Number(volume)),
    last_volume: 1,
    trade_date: nowMs,
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: null,
    prevclose: Number(open),
    week_52_high: Number(high),
    week_52_low: Number(low),
    bid: Number(bid.price),
    bidsize: Math.floor(Number(bid.size)),
    bidexch: 'P',
    bid_date: nowMs,
    ask: Number(ask.price),
    asksize: Math.floor(Number(ask.size)),
    askexch: 'P',
    ask_date: nowMs,
    root_symbols: stocks.spell(stock),
  };
}

/** Bars of a minute since `start`, a time of New York, as it stands there; all hours are the same on paper. */
function timesales({ engine, fields }: PublicCall): Row {
  const stock = stocks.need(fields.required('symbol'));
  fields.oneOf('interval', ['1min']);
  const start = fields.required('start');
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(start)) throw new PaperFault('PARAMETER_BAD', 'start');
  const now = newYork.format(engine.nowMs);
  const since = Math.ceil((Date.parse(`${now}Z`) - Date.parse(`${start}Z`)) / 60_000) + 1;
  const bars = minuteBars(engine, stock, Math.min(Math.max(0, since || 0), mostBars))
    .toReversed()
    .map(({ startMs, open, high, low, close, volume }) => ({
      time: newYork.format(startMs).replace(' ', 'T'),
      timestamp: startMs / 1000,
      price: Number(close),
      open: Number(open),
      high: Number(high),
      low: Number(low),
      close: Number(close),
      volume: Math.floor(Number(volume)),
      vwap: Number(close),
    }))
    .filter(({ time }) => time >= start.replace(' ', 'T'));
  return { series: bars.length === 0 ? null : listOf('data', bars) };
}
