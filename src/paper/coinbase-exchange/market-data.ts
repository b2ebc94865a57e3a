// Coinbase Exchange's public endpoints over the paper market (docs.cdp.coinbase.com Exchange REST, "Products", "Currencies").
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { bookSide, dayQuote, minuteBars } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { recentTrades } from '../recent-trades.js';
import { isoTime, type PublicCall, products, type Row } from './call.js';

type Handler = (call: PublicCall) => unknown;

const levels = 400;
const mostBars = 300;
const oneProduct = /^\/products\/([A-Z0-9]+-[A-Z0-9]+)(?:\/(ticker|book|candles|stats|trades))?$/;

const routes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['/time', ({ engine }) => ({ iso: isoTime(engine.nowMs), epoch: engine.nowMs / 1000 })],
  ['/products', () => products.listed.map(productRow)],
  ['/products/spark-lines', sparkLines],
  ['/currencies', currencies],
]);

const below: ReadonlyMap<string, (call: PublicCall, instrument: Instrument) => unknown> = new Map<
  string,
  (call: PublicCall, instrument: Instrument) => unknown
>([
  ['ticker', ticker],
  ['book', book],
  ['candles', candles],
  ['stats', stats],
  ['trades', trades],
]);

/** The handler of a public GET; undefined when the path is none. */
export function marketRoute(path: string): Handler | undefined {
  const [, id, more] = oneProduct.exec(path) ?? [];
  if (id === undefined) return routes.get(path);
  return (call) => {
    const instrument = products.need(id);
    const told = more === undefined ? undefined : below.get(more);
    return told === undefined ? productRow(instrument) : told(call, instrument);
  };
}

/** By product, newest first: time in seconds and price. */
function sparkLines({ engine }: PublicCall): Row {
  return Object.fromEntries(
    products.listed.map((instrument) => [
      products.spell(instrument),
      minuteBars(engine, instrument, 24).map(({ startMs, close }) => [startMs / 1000, Number(close)]),
    ]),
  );
}

function currencies(): readonly Row[] {
  const names = new Set(products.listed.flatMap(({ base, quote }) => [base, quote]));
  return [...names].map((id) => ({
    id,
    name: id,
    min_size: '0.00000001',
    max_precision: '0.00000001',
    status: 'online',
    message: '',
    convertible_to: [],
    details: { type: 'crypto', network_confirmations: 3 },
    supported_networks: [],
  }));
}

function productRow(instrument: Instrument): Row {
  const { base, quote } = instrument;
  const text = (value: Decimal) => formatDecimal(value);
  return {
    id: products.spell(instrument),
    base_currency: base,
    quote_currency: quote,
    quote_increment: text(instrument.tickSize),
    base_increment: text(instrument.lotSize),
    display_name: `${base}/${quote}`,
    min_market_funds: '1',
    margin_enabled: false,
    post_only: false,
    limit_only: false,
    cancel_only: false,
    status: 'online',
    status_message: '',
    trading_disabled: false,
    fx_stablecoin: false,
    auction_mode: false,
  };
}

function ticker({ engine }: PublicCall, instrument: Instrument): Row {
  const { bid, ask, volume } = dayQuote(engine, instrument);
  const { price, size, second } = engine.market.trade(instrument, engine.second);
  return {
    trade_id: second,
    price: formatDecimal(price),
    size: formatDecimal(size),
    time: isoTime(second * 1000),
    bid: bid.price,
    ask: ask.price,
    volume,
  };
}

/** Price, size, number of orders; level 1 is the best of each side. */
function book({ engine, fields }: PublicCall, instrument: Instrument): Row {
  const most = (fields.text('level') ?? '1') === '1' ? 1 : levels;
  const side = (name: 'bid' | 'ask') => bookSide(engine, instrument, name, most).map((row) => [...row, 1]);
  return { bids: side('bid'), asks: side('ask'), sequence: engine.second, time: isoTime(engine.nowMs) };
}

/** Time in seconds, low, high, open, close, volume; newest first. */
function candles({ engine, fields }: PublicCall, instrument: Instrument): readonly unknown[] {
  fields.oneOf('granularity', ['60']);
  const seconds = (name: string, otherwise: number) => {
    const text = fields.text(name);
    const value =
      text === undefined ? otherwise : /^\d+$/.test(text) ? Number(text) : Date.parse(text) / 1000;
    if (!Number.isFinite(value)) throw new PaperFault('PARAMETER_BAD', name);
    return value;
  };
  const [start, end] = [seconds('start', 0), seconds('end', engine.second)];
  return minuteBars(engine, instrument, mostBars)
    .filter(({ startMs }) => startMs / 1000 + 60 > start && startMs / 1000 <= end)
    .map(({ startMs, open, high, low, close, volume }) =>
      [String(startMs / 1000), low, high, open, close, volume].map(Number),
    );
}

function stats({ engine }: PublicCall, instrument: Instrument): Row {
  const { open, high, low, last, volume } = dayQuote(engine, instrument);
  return { open, high, low, last, volume, volume_30day: volume };
}

/** Newest first; the side is the maker's. */
function trades({ engine, fields }: PublicCall, instrument: Instrument): readonly Row[] {
  return recentTrades(engine, instrument, fields.count('limit', 100, 1000)).map(
    ({ id, price, size, side, atMs }) => ({
      trade_id: id,
      side: side === 'buy' ? 'sell' : 'buy',
      size,
      price,
      time: isoTime(atMs),
    }),
  );
}
