// Binance's public endpoints over the paper market (rest-api.md, "General endpoints" and "Market data endpoints").
import { formatDecimal } from '../../core/decimal.js';
import { bookSide, dayQuote, minuteBars, type Symbols } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { recentTrades } from '../recent-trades.js';
import { coinMargined, type PublicCall, type Row, spotTypes, symbols } from './call.js';

type Handler = (call: PublicCall) => unknown;

const dayMs = 86_400_000;

export const marketRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /api/v3/ping', () => ({})],
  ['GET /api/v3/time', ({ engine }) => ({ serverTime: engine.nowMs })],
  ['GET /api/v3/exchangeInfo', exchangeInfo],
  ['GET /api/v3/ticker/price', (call) => each(call, (one) => priceRow(call, one))],
  ['GET /api/v3/ticker/bookTicker', (call) => each(call, (one) => bookRow(call, one))],
  ['GET /api/v3/ticker/24hr', (call) => each(call, (one) => dayRow(call, one))],
  ['GET /api/v3/depth', depth],
  ['GET /api/v3/klines', (call) => klines(call)],
  ['GET /api/v3/trades', (call) => trades(call)],
  ['GET /api/v3/aggTrades', (call) => aggregates(call)],
  // Options are not on paper: their list is empty, so that clients which load every list go on.
  ['GET /eapi/v1/exchangeInfo', ({ engine }) => ({ ...emptyInfo(engine.nowMs), optionSymbols: [] })],
]);

/** Spot pairs and USDⓈ-M perpetuals are spelled alike. */
const nameOf = (instrument: Instrument): string =>
  coinMargined.listed.includes(instrument)
    ? coinMargined.spell(instrument)
    : `${instrument.base}${instrument.quote}`;

/** One object for `symbol`, a list without it. */
export function each(
  call: PublicCall,
  row: (instrument: Instrument) => Row,
  listed: Symbols = symbols,
): unknown {
  const symbol = call.fields.text('symbol');
  if (symbol !== undefined) return row(listed.need(symbol));
  const wanted = call.fields.text('symbols');
  return listed.listed
    .filter((one) => wanted === undefined || wanted.includes(`"${listed.spell(one)}"`))
    .map(row);
}

export function emptyInfo(nowMs: number): Row {
  return { timezone: 'UTC', serverTime: nowMs, rateLimits: [], exchangeFilters: [], symbols: [] };
}

function exchangeInfo(call: PublicCall): Row {
  const rows = each(call, symbolRow);
  return { ...emptyInfo(call.engine.nowMs), symbols: Array.isArray(rows) ? rows : [rows] };
}

function symbolRow(instrument: Instrument): Row {
  const tick = formatDecimal(instrument.tickSize);
  const lot = formatDecimal(instrument.lotSize);
  const [minQty, maxQty] = [formatDecimal(instrument.minSize), formatDecimal(instrument.maxSize)];
  return {
    symbol: symbols.spell(instrument),
    status: 'TRADING',
    baseAsset: instrument.base,
    baseAssetPrecision: 8,
    quoteAsset: instrument.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: spotTypes,
    icebergAllowed: false,
    ocoAllowed: true,
    otoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '1000000', tickSize: tick },
      { filterType: 'LOT_SIZE', minQty, maxQty, stepSize: lot },
      { filterType: 'MARKET_LOT_SIZE', minQty, maxQty, stepSize: lot },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_MAKER'],
  };
}

export function priceRow({ engine }: PublicCall, instrument: Instrument): Row {
  return { symbol: nameOf(instrument), price: dayQuote(engine, instrument).last };
}

export function bookRow({ engine }: PublicCall, instrument: Instrument): Row {
  const { bid, ask } = dayQuote(engine, instrument);
  return {
    symbol: nameOf(instrument),
    bidPrice: bid.price,
    bidQty: bid.size,
    askPrice: ask.price,
    askQty: ask.size,
  };
}

export function dayRow(call: PublicCall, instrument: Instrument): Row {
  const { nowMs } = call.engine;
  const { last, open, high, low, volume, turnover } = dayQuote(call.engine, instrument);
  return {
    ...bookRow(call, instrument),
    lastPrice: last,
    openPrice: open,
    highPrice: high,
    lowPrice: low,
    volume,
    quoteVolume: turnover,
    openTime: nowMs - dayMs,
    closeTime: nowMs,
    firstId: 0,
    lastId: 0,
    count: 1,
  };
}

function depth({ engine, fields }: PublicCall): Row {
  const instrument = symbols.need(fields.required('symbol'));
  const most = fields.count('limit', 100, 400);
  return {
    lastUpdateId: engine.second,
    bids: bookSide(engine, instrument, 'bid', most),
    asks: bookSide(engine, instrument, 'ask', most),
  };
}

export function klines({ engine, fields }: PublicCall, listed: Symbols = symbols): unknown {
  const instrument = listed.need(fields.required('symbol'));
  fields.oneOf('interval', ['1m']);
  return minuteBars(engine, instrument, fields.count('limit', 500, 1_000))
    .toReversed()
    .map(({ startMs, open, high, low, close, volume }) => [
      startMs,
      open,
      high,
      low,
      close,
      volume,
      startMs + 59_999,
    ]);
}

/** "Recent trades list": oldest first. */
export function trades({ engine, fields }: PublicCall, listed: Symbols = symbols): readonly Row[] {
  const instrument = listed.need(fields.required('symbol'));
  return recentTrades(engine, instrument, fields.count('limit', 500, 1000))
    .toReversed()
    .map(({ id, price, size, side, atMs }) => ({
      id,
      price,
      qty: size,
      time: atMs,
      isBuyerMaker: side === 'sell',
      isBestMatch: true,
    }));
}

/** "Compressed/Aggregate trades list": each is a trade of its own. */
export function aggregates({ engine, fields }: PublicCall, listed: Symbols = symbols): readonly Row[] {
  const instrument = listed.need(fields.required('symbol'));
  return recentTrades(engine, instrument, fields.count('limit', 500, 1000))
    .toReversed()
    .map(({ id, price, size, side, atMs }) => ({
      a: id,
      p: price,
      q: size,
      f: id,
      l: id,
      T: atMs,
      m: side === 'sell',
    }));
}
