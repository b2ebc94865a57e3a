// Kraken Futures' public endpoints over the paper market (docs.kraken.com Futures REST, "Market Data", "Instrument Details").
import { bookSide, dayQuote, minuteBars, sizeDecimals, uuidOf } from '../desk.js';
import { type Instrument, leverage } from '../engine/instruments.js';
import { isInverse } from '../engine/positions.js';
import { PaperFault } from '../fault.js';
import { recentTrades } from '../recent-trades.js';
import { contracts, deliveryOf, isoTime, nameOfBase, numberOf, type PublicCall, type Row } from './call.js';

type Handler = (call: PublicCall) => Row;

const levels = 200;
const mostBars = 500;
const minuteMs = 60_000;
const openedAt = '2024-01-01T00:00:00.000Z';
const oneTicker = /^tickers\/(\w+)$/;
const oneHistory = /^\/api\/history\/v[23]\/market\/(\w+)\/executions$/;
const oneChart = /^\/api\/charts\/v1\/(?:trade|mark|spot)\/(\w+)\/1m$/;

const routes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['instruments', () => ({ instruments: contracts.listed.map(instrumentRow) })],
  ['tickers', (call) => ({ tickers: contracts.listed.map((one) => tickerRow(call, one)) })],
  ['orderbook', book],
  ['history', history],
  // The paper market has no funding.
  ['historical-funding-rates', () => ({ rates: [] })],
  ['/derivatives/api/v4/historicalfundingrates', () => ({ rates: [] })],
  ['feeschedules', () => ({ feeSchedules: [feeSchedule] })],
]);

/** `path` below the trading API, or whole; undefined when it is none. */
export function marketRoute(path: string): Handler | undefined {
  const ticker = oneTicker.exec(path)?.[1];
  if (ticker !== undefined) return (call) => ({ ticker: tickerRow(call, contracts.need(ticker)) });
  const past = oneHistory.exec(path)?.[1];
  if (past !== undefined) return (call) => executions(call, contracts.need(past));
  const chart = oneChart.exec(path)?.[1];
  return chart === undefined ? routes.get(path) : (call) => candles(call, contracts.need(chart));
}

/** "Get fee schedules": in percent. */
const feeSchedule = {
  uid: uuidOf('fees'),
  name: 'paper',
  tiers: [{ usdVolume: 0, makerFee: 0.02, takerFee: 0.05 }],
};

function instrumentRow(instrument: Instrument): Row {
  const { base, tickSize } = instrument;
  const day = deliveryOf(instrument);
  return {
    symbol: contracts.spell(instrument),
    type: isInverse(instrument) ? 'futures_inverse' : 'flexible_futures',
    base,
    quote: 'USD',
    pair: `${nameOfBase(base)}:USD`,
    tradeable: true,
    tickSize: numberOf(tickSize),
    contractSize: 1,
    feeScheduleUid: feeSchedule.uid,
    contractValueTradePrecision: sizeDecimals(instrument),
    impactMidSize: 1,
    maxPositionSize: 1_000_000,
    openingDate: openedAt,
    ...(day === undefined
      ? { fundingRateCoefficient: 8, maxRelativeFundingRate: 0.005 }
      : // 16:00 in London, in summer time.
        { lastTradingTime: `${day}T15:00:00.000Z` }),
    marginLevels: [{ contracts: 0, initialMargin: 1 / numberOf(leverage), maintenanceMargin: 0 }],
    postOnly: false,
    isin: null,
    tags: [],
    mtf: false,
  };
}

/** "Get tickers", `tag`. */
export const tagOf = (instrument: Instrument): 'perpetual' | 'quarter' =>
  deliveryOf(instrument) === undefined ? 'perpetual' : 'quarter';

function tickerRow({ engine }: PublicCall, instrument: Instrument): Row {
  const { last, open, high, low, bid, ask, volume, turnover } = dayQuote(engine, instrument);
  return {
    symbol: contracts.spell(instrument),
    tag: tagOf(instrument),
    pair: `${nameOfBase(instrument.base)}:USD`,
    last: numberOf(last),
    lastTime: isoTime(engine.second * 1000),
    lastSize: numberOf(bid.size),
    markPrice: numberOf(last),
    indexPrice: numberOf(engine.market.index(instrument, engine.second)),
    bid: numberOf(bid.price),
    bidSize: numberOf(bid.size),
    ask: numberOf(ask.price),
    askSize: numberOf(ask.size),
    open24h: numberOf(open),
    high24h: numberOf(high),
    low24h: numberOf(low),
    vol24h: numberOf(volume),
    volumeQuote: numberOf(isInverse(instrument) ? volume : turnover),
    openInterest: 0,
    ...(deliveryOf(instrument) === undefined ? { fundingRate: 0, fundingRatePrediction: 0 } : {}),
    suspended: false,
    postOnly: false,
    change24h: 0,
  };
}

const historyCount = 100;

/** "Get trade history": newest first, before `lastTime`. */
function history({ engine, fields }: PublicCall): Row {
  const instrument = contracts.need(fields.required('symbol'));
  const before = Date.parse(fields.text('lastTime') ?? isoTime(engine.nowMs));
  if (Number.isNaN(before)) throw new PaperFault('PARAMETER_BAD', 'lastTime');
  const rows = recentTrades(engine, instrument, historyCount).filter(({ atMs }) => atMs <= before);
  return {
    history: rows.map(({ id, price, size, side, atMs }) => ({
      time: isoTime(atMs),
      trade_id: id,
      uid: uuidOf(`${instrument.symbol} ${id}`),
      price: numberOf(price),
      size: numberOf(size),
      side,
      type: 'fill',
    })),
  };
}

function book({ engine, fields }: PublicCall): Row {
  const instrument = contracts.need(fields.required('symbol'));
  const side = (name: 'bid' | 'ask') =>
    bookSide(engine, instrument, name, levels).map((level) => level.map(numberOf));
  return { orderBook: { bids: side('bid'), asks: side('ask') } };
}

/** "Get public execution events": newest first; who traded is told to nobody. */
function executions({ engine, fields }: PublicCall, instrument: Instrument): Row {
  const rows = recentTrades(engine, instrument, fields.count('count', historyCount, 1000));
  return {
    len: rows.length,
    elements: rows.map(({ id, price, size, side, atMs }) => {
      const uid = uuidOf(`${instrument.symbol} ${id}`);
      const takerOrder = {
        uid,
        tradeable: contracts.spell(instrument),
        direction: side === 'buy' ? 'Buy' : 'Sell',
        quantity: size,
        timestamp: atMs,
        limitPrice: price,
        orderType: 'Market',
        reduceOnly: false,
        lastUpdateTimestamp: atMs,
      };
      const execution = { uid, takerOrder, timestamp: atMs, quantity: size, price, markPrice: price };
      return { uid, timestamp: atMs, event: { Execution: { execution, takerReducedQuantity: '' } } };
    }),
  };
}

/** Oldest first; from and to in seconds. */
function candles({ engine, fields }: PublicCall, instrument: Instrument): Row {
  const now = String(engine.second);
  const [from, to] = ['from', 'to'].map((name) => Number(fields.text(name) ?? (name === 'to' ? now : '0')));
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw new PaperFault('PARAMETER_BAD', 'from');
  const bars = minuteBars(engine, instrument, mostBars).filter(
    ({ startMs }) => startMs + minuteMs > (from ?? 0) * 1000 && startMs <= (to ?? 0) * 1000,
  );
  return {
    candles: bars.map(({ startMs, ...prices }) => ({ time: startMs, ...prices })).reverse(),
    more_candles: false,
  };
}
