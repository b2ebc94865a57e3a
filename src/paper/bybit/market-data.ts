// Bybit's public endpoints over the paper market (docs/v5/market).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { bookSide, dayQuote, minuteBars, unitOf } from '../desk.js';
import { type Instrument, leverage } from '../engine/instruments.js';
import { isInverse } from '../engine/positions.js';
import { recentTrades } from '../recent-trades.js';
import { instrumentsOf, nameOf, type PublicCall, type Row, symbolsOf } from './call.js';

type Handler = (call: PublicCall) => Row;

const listedSinceMs = Date.UTC(2024, 0, 1);

export const marketRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /v5/market/time', time],
  ['GET /v5/market/instruments-info', (call) => list(call, instrumentsOf(call).map(instrumentRow))],
  [
    'GET /v5/market/tickers',
    (call) =>
      list(
        call,
        instrumentsOf(call).map((one) => tickerRow(call, one)),
      ),
  ],
  ['GET /v5/market/orderbook', orderBook],
  ['GET /v5/market/kline', kline],
  ['GET /v5/market/recent-trade', trades],
  // The paper market has no funding, and nobody else holds anything.
  ['GET /v5/market/funding/history', (call) => list(call, [])],
  [
    'GET /v5/market/open-interest',
    (call) => ({ ...list(call, []), symbol: call.fields.text('symbol') ?? '' }),
  ],
  ['GET /v5/market/risk-limit', riskLimits],
]);

function time({ engine: { nowMs, second } }: PublicCall): Row {
  return { timeSecond: String(second), timeNano: `${nowMs}000000` };
}

export function list({ fields }: PublicCall, rows: readonly Row[]): Row {
  return { category: fields.text('category') ?? '', list: rows, nextPageCursor: '' };
}

function instrumentRow(instrument: Instrument): Row {
  const size = (value: Decimal) => formatDecimal(value.times(unitOf(instrument)));
  const common = {
    symbol: nameOf(instrument),
    baseCoin: instrument.base,
    quoteCoin: instrument.quote,
    status: 'Trading',
  };
  const tickSize = formatDecimal(instrument.tickSize);
  const quantities = { minOrderQty: size(instrument.minSize), maxOrderQty: size(instrument.maxSize) };
  if (instrument.kind === 'spot') {
    return {
      ...common,
      innovation: '0',
      marginTrading: 'none',
      lotSizeFilter: {
        ...quantities,
        basePrecision: size(instrument.lotSize),
        quotePrecision: '0.0000001',
        minOrderAmt: '1',
        maxOrderAmt: '4000000',
      },
      priceFilter: { tickSize },
    };
  }
  const { delivery } = instrument;
  return {
    ...common,
    contractType: `${isInverse(instrument) ? 'Inverse' : 'Linear'}${delivery === undefined ? 'Perpetual' : 'Futures'}`,
    settleCoin: instrument.settle,
    launchTime: String(listedSinceMs),
    deliveryTime: delivery === undefined ? '0' : String(Date.parse(`${delivery}T08:00:00Z`)),
    deliveryFeeRate: '',
    priceScale: '2',
    unifiedMarginTrade: true,
    fundingInterval: delivery === undefined ? 480 : 0,
    copyTrading: 'none',
    leverageFilter: { minLeverage: '1', maxLeverage: formatDecimal(leverage), leverageStep: '0.01' },
    priceFilter: { minPrice: tickSize, maxPrice: '1000000', tickSize },
    lotSizeFilter: {
      ...quantities,
      qtyStep: size(instrument.lotSize),
      postOnlyMaxOrderQty: size(instrument.maxSize),
      maxMktOrderQty: size(instrument.maxSize),
      minNotionalValue: '1',
    },
  };
}

export function tickerRow({ engine }: Pick<PublicCall, 'engine'>, instrument: Instrument): Row {
  const { last, open, high, low, bid, ask, volume, turnover } = dayQuote(engine, instrument);
  const row = {
    symbol: nameOf(instrument),
    lastPrice: last,
    prevPrice24h: open,
    highPrice24h: high,
    lowPrice24h: low,
    bid1Price: bid.price,
    bid1Size: bid.size,
    ask1Price: ask.price,
    ask1Size: ask.size,
    volume24h: volume,
    turnover24h: turnover,
    price24hPcnt: '0',
  };
  const index = formatDecimal(engine.market.index(instrument, engine.second));
  return instrument.kind === 'spot'
    ? row
    : {
        ...row,
        markPrice: last,
        indexPrice: index,
        openInterest: '0',
        openInterestValue: '0',
        fundingRate: '0',
        nextFundingTime: '0',
      };
}

function orderBook(call: PublicCall): Row {
  const { engine, fields } = call;
  const instrument = symbolsOf(call).need(fields.required('symbol'));
  const most = fields.count('limit', 25, 200);
  return {
    s: nameOf(instrument),
    b: bookSide(engine, instrument, 'bid', most),
    a: bookSide(engine, instrument, 'ask', most),
    ts: engine.nowMs,
    u: engine.second,
  };
}

function kline(call: PublicCall): Row {
  const { engine, fields } = call;
  const instrument = symbolsOf(call).need(fields.required('symbol'));
  fields.oneOf('interval', ['1']);
  return {
    symbol: nameOf(instrument),
    category: fields.text('category') ?? '',
    list: minuteBars(engine, instrument, fields.count('limit', 200, 1_000)).map(
      ({ startMs, open, high, low, close, volume }) => [String(startMs), open, high, low, close, volume, '0'],
    ),
  };
}

/** "Get Recent Public Trades": newest first. */
function trades(call: PublicCall): Row {
  const { engine, fields } = call;
  const instrument = symbolsOf(call).need(fields.required('symbol'));
  const most = fields.text('category') === 'spot' ? 60 : 1000;
  const rows = recentTrades(engine, instrument, fields.count('limit', Math.min(500, most), most));
  return list(
    call,
    rows.map(({ id, price, size, side, atMs }) => ({
      execId: String(id),
      symbol: nameOf(instrument),
      price,
      size,
      side: side === 'buy' ? 'Buy' : 'Sell',
      time: String(atMs),
      isBlockTrade: false,
    })),
  );
}

/** "Get Risk Limit": the same leverage up to any value. */
function riskLimits(call: PublicCall): Row {
  const rows = instrumentsOf(call).map((instrument) => ({
    id: 1,
    symbol: nameOf(instrument),
    riskLimitValue: '100000000',
    maintenanceMargin: '0',
    initialMargin: formatDecimal(decimal('1').div(leverage).round(4)),
    isLowestRisk: 1,
    maxLeverage: formatDecimal(leverage),
    mmDeduction: '',
  }));
  return list(call, rows);
}
