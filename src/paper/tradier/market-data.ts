// Tradier's quotes and bars over the paper market (documentation.tradier.com/brokerage-api/markets/get-quotes, get-timesales).

import { formatDecimal } from '../../core/decimal.js';
import { newYorkTime } from '../../core/new-york.js';
import { dayQuote, minuteBars } from '../desk.js';
import { type Instrument, type SwapInstrument, shareOptions } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { listOf, options, type PublicCall, type Row, stocks } from './call.js';

/** A day's minutes. */
const mostBars = 1_440;

/** The answer; undefined when the path is not on paper. Symbols that are not listed are told as unmatched. */
export function marketRoute(path: string, call: PublicCall): Row | undefined {
  if (path === '/v1/markets/timesales') return timesales(call);
  const [, told] = /^\/v1\/markets\/options\/(chains|expirations|strikes)$/.exec(path) ?? [];
  if (told !== undefined) return optionRoute(told, call);
  if (path !== '/v1/markets/quotes') return undefined;
  const wanted = call.fields.required('symbols').split(',');
  const find = (symbol: string) => stocks.find(symbol) ?? options.find(symbol);
  const found = wanted.flatMap((symbol) => find(symbol) ?? []);
  const unmatched = wanted.filter((symbol) => find(symbol) === undefined);
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

/** Lists of the options of a share (documentation.tradier.com/brokerage-api/markets/get-options-chains). */
function optionRoute(told: string, call: PublicCall): Row {
  const symbol = call.fields.required('symbol');
  const ofShare = shareOptions.filter(({ base }) => base === symbol);
  const terms = ofShare.flatMap(({ option }) => option ?? []);
  if (told === 'expirations')
    return {
      expirations: listed(
        terms.map(({ expiration }) => expiration),
        'date',
      ),
    };
  const wanted = call.fields.required('expiration');
  const expiring = ofShare.filter(({ option }) => option?.expiration === wanted);
  if (told === 'strikes')
    return {
      strikes: listed(
        expiring.map(({ option }) => Number(option?.strike)),
        'strike',
      ),
    };
  const rows = expiring.map((one) => quote(call, one));
  return { options: listOf('option', rows) };
}

/** Each value once, as an array always: so the documentation shows these lists. */
function listed(values: readonly (string | number)[], name: string): Row | string {
  return values.length === 0 ? 'null' : { [name]: [...new Set(values)] };
}

/** What a quote says of an option beside what it says of a share. */
function optionTerms({ base, contractValue, option }: SwapInstrument): Row {
  return {
    type: 'option',
    underlying: base,
    root_symbol: base,
    strike: Number(option?.strike),
    option_type: option?.type,
    expiration_date: option?.expiration,
    expiration_type: 'standard',
    contract_size: Number(formatDecimal(contractValue)),
    open_interest: 0,
  };
}

function quote({ engine }: PublicCall, one: Instrument): Row {
  const { last, open, high, low, bid, ask, volume } = dayQuote(engine, one);
  const { nowMs } = engine;
  const name = one.kind === 'swap' ? one.symbol : stocks.spell(one);
  return {
    symbol: name,
    description: name,
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
    ...(one.kind === 'swap' ? optionTerms(one) : { root_symbols: name }),
  };
}

/** Bars of a minute since `start`, a time of New York, as it stands there; all hours are the same on paper. */
function timesales({ engine, fields }: PublicCall): Row {
  const stock = stocks.need(fields.required('symbol'));
  fields.oneOf('interval', ['1min']);
  const start = fields.required('start');
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(start)) throw new PaperFault('PARAMETER_BAD', 'start');
  const now = newYorkTime(engine.nowMs);
  const since = Math.ceil((Date.parse(`${now}Z`) - Date.parse(`${start}Z`)) / 60_000) + 1;
  const bars = minuteBars(engine, stock, Math.min(Math.max(0, since || 0), mostBars))
    .toReversed()
    .map(({ startMs, open, high, low, close, volume }) => ({
      time: newYorkTime(startMs).replace(' ', 'T'),
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
