// Coinbase's product endpoints over the paper market, public (/market) and signed alike, and the lists of currencies.
import { formatDecimal } from '../../core/decimal.js';
import { bookSide, dayQuote, minuteBars } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { isoTime, type PublicCall, products, type Row } from './call.js';

const open = '/api/v3/brokerage/market/';
const currencyColor = '#000000';

/** The answer to a public GET; undefined when the path is none. */
export function marketRoute(path: string, call: PublicCall): Row | undefined {
  if (path === '/api/v3/brokerage/time') return time(call);
  if (path === '/v2/time') return { data: { iso: isoTime(call.engine.nowMs), epoch: call.engine.second } };
  if (path === '/v2/currencies')
    return { data: currencies().map((id) => ({ id, name: id, min_size: '0.01' })) };
  if (path === '/v2/currencies/crypto') return { data: currencies().map(cryptoRow) };
  if (path === '/v2/exchange-rates') return { data: { currency: 'USD', rates: {} } };
  return path.startsWith(open) ? productRoute(path.slice(open.length), call) : undefined;
}

/** What stands both below /market and, signed, below the brokerage itself. */
export function productRoute(name: string, call: PublicCall): Row | undefined {
  if (name === 'products') return list(call);
  if (name === 'product_book')
    return { pricebook: book(call, products.need(call.fields.required('product_id'))) };
  const [, id = '', more] = /^products\/([A-Z0-9-]+)(\/ticker|\/candles)?$/.exec(name) ?? [];
  if (id === '') return undefined;
  const instrument = products.need(id);
  if (more === undefined) return productRow(call, instrument);
  return more === '/ticker' ? ticker(call, instrument) : candles(call, instrument);
}

function time({ engine: { nowMs, second } }: PublicCall): Row {
  return { iso: isoTime(nowMs), epochSeconds: String(second), epochMillis: String(nowMs) };
}

function currencies(): readonly string[] {
  return [...new Set(products.listed.flatMap(({ base, quote }) => [base, quote]))];
}

function cryptoRow(code: string): Row {
  return {
    code,
    name: code,
    color: currencyColor,
    sort_index: 0,
    exponent: 8,
    type: 'crypto',
    asset_id: code,
  };
}

function list(call: PublicCall): Row {
  const isSpot = (call.fields.text('product_type') ?? 'SPOT') === 'SPOT';
  const rows = isSpot ? products.listed.map((one) => productRow(call, one)) : [];
  return { products: rows, num_products: rows.length };
}

function productRow({ engine }: PublicCall, instrument: Instrument): Row {
  const { last, volume, turnover } = dayQuote(engine, instrument);
  const { base, quote } = instrument;
  const [smallest, largest] = [formatDecimal(instrument.minSize), formatDecimal(instrument.maxSize)];
  return {
    product_id: products.spell(instrument),
    price: last,
    price_percentage_change_24h: '0',
    volume_24h: volume,
    volume_percentage_change_24h: '0',
    approximate_quote_24h_volume: turnover,
    base_increment: formatDecimal(instrument.lotSize),
    quote_increment: '0.00000001',
    price_increment: formatDecimal(instrument.tickSize),
    base_min_size: smallest,
    base_max_size: largest,
    quote_min_size: '1',
    quote_max_size: '10000000',
    base_name: base,
    quote_name: quote,
    base_currency_id: base,
    quote_currency_id: quote,
    base_display_symbol: base,
    quote_display_symbol: quote,
    watched: false,
    is_disabled: false,
    new: false,
    status: 'online',
    cancel_only: false,
    limit_only: false,
    post_only: false,
    trading_disabled: false,
    auction_mode: false,
    view_only: false,
    product_type: 'SPOT',
    alias: '',
    alias_to: [],
  };
}

function ticker({ engine }: PublicCall, instrument: Instrument): Row {
  const { bid, ask } = dayQuote(engine, instrument);
  const { price, size, side, second } = engine.market.trade(instrument, engine.second);
  return {
    trades: [
      {
        trade_id: String(second),
        product_id: products.spell(instrument),
        price: formatDecimal(price),
        size: formatDecimal(size),
        time: isoTime(second * 1000),
        side: side.toUpperCase(),
      },
    ],
    best_bid: bid.price,
    best_ask: ask.price,
  };
}

function candles({ engine, fields }: PublicCall, instrument: Instrument): Row {
  fields.oneOf('granularity', ['ONE_MINUTE']);
  const [start, end] = ['start', 'end'].map((name) => Number(fields.required(name)) * 1000);
  const rows = minuteBars(engine, instrument, 350).filter(
    ({ startMs }) => startMs >= (start ?? 0) - 60_000 && startMs <= (end ?? 0),
  );
  return {
    candles: rows.map(({ startMs, ...prices }) => ({ start: String(startMs / 1000), ...prices })),
  };
}

export function book({ engine, fields }: PublicCall, instrument: Instrument): Row {
  const most = fields.count('limit', 50, 400);
  const side = (name: 'bid' | 'ask') =>
    bookSide(engine, instrument, name, most).map(([price, size]) => ({ price, size }));
  return {
    product_id: products.spell(instrument),
    bids: side('bid'),
    asks: side('ask'),
    time: isoTime(engine.nowMs),
  };
}
