// Tradier's quotes over the paper market (documentation.tradier.com/brokerage-api/markets/get-quotes).
import { dayQuote } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { listOf, type PublicCall, type Row, stocks } from './call.js';

/** The answer; undefined when the path is not on paper. Symbols that are not listed are told as unmatched. */
export function marketRoute(path: string, call: PublicCall): Row | undefined {
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
