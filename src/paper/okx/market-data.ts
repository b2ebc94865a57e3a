// OKX v5 public endpoints over the paper market: instruments, tickers, books, candles, index and mark prices.
import { formatDecimal } from '../../core/decimal.js';
import { turnoverOf } from '../desk.js';
import { bookDepth, type Level } from '../engine/book.js';
import { priceBand } from '../engine/checks.js';
import type { Instrument } from '../engine/instruments.js';
import { isInverse } from '../engine/positions.js';
import { type Row, unknownInstrument } from './answers.js';
import { familyOf, instrumentsOf, listed, type Params, type PublicCall, queryOf, typeOf } from './call.js';
import { candles, priceCandles } from './candles.js';
import { indexed, instrumentRow } from './instrument-rows.js';

type Handler = (call: PublicCall) => readonly Row[];

const day = 86_400;

export const publicRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['public/time', ({ engine }) => [{ ts: String(engine.nowMs) }]],
  ['public/instruments', (call) => instrumentsOf(queryOf(call)).map(instrumentRow)],
  ['public/underlying', () => [listed.listed.filter(({ kind }) => kind === 'swap').map(familyOf)]],
  ['public/mark-price', markPrices],
  ['public/price-limit', priceLimit],
  ['public/funding-rate', fundingRate],
  ['public/funding-rate-history', () => []],
  ['public/open-interest', openInterest],
  ['market/ticker', (call) => [ticker(call, queryOf(call).instrument())]],
  ['market/tickers', (call) => instrumentsOf(queryOf(call)).map((instrument) => ticker(call, instrument))],
  ['market/books', (call) => books(call, 400)],
  ['market/books-full', (call) => books(call, bookDepth)],
  ['market/books-lite', (call) => books(call, 25)],
  ['market/trades', trades],
  ['market/history-trades', trades],
  ['market/candles', candles],
  ['market/history-candles', candles],
  ['market/index-tickers', indexTickers],
  ['market/index-candles', priceCandles],
  ['market/history-index-candles', priceCandles],
  ['market/mark-price-candles', priceCandles],
  ['market/history-mark-price-candles', priceCandles],
  ['system/status', () => []],
  ['support/announcements', () => []],
]);

function ticker({ engine }: PublicCall, instrument: Instrument): Row {
  const { market, second } = engine;
  const bid = market.best(instrument, second, 'bid');
  const ask = market.best(instrument, second, 'ask');
  const today = market.candle(instrument, second - day, second);
  const volume = formatDecimal(today.volume);
  const last = formatDecimal(today.close);
  return {
    instType: typeOf(instrument),
    instId: instrument.symbol,
    last,
    lastSz: formatDecimal(market.trade(instrument, second).size),
    askPx: formatDecimal(ask.price),
    askSz: formatDecimal(ask.size),
    bidPx: formatDecimal(bid.price),
    bidSz: formatDecimal(bid.size),
    open24h: formatDecimal(today.open),
    high24h: formatDecimal(today.high),
    low24h: formatDecimal(today.low),
    volCcy24h: formatDecimal(
      instrument.kind === 'swap' && !isInverse(instrument)
        ? today.volume.times(instrument.contractValue)
        : turnoverOf(instrument, today.close, today.volume),
    ),
    vol24h: volume,
    ts: String(engine.nowMs),
    sodUtc0: formatDecimal(market.last(instrument, Math.floor(second / day) * day)),
    sodUtc8: formatDecimal(market.last(instrument, Math.floor((second + day / 3) / day) * day - day / 3)),
  };
}

function books(call: PublicCall, most: number): readonly Row[] {
  const { engine } = call;
  const params = queryOf(call);
  const instrument = params.instrument();
  const count = params.count('sz', 1, most);
  const side = (name: 'bid' | 'ask') =>
    take(engine.market.levels(instrument, engine.second, name), count).map(({ price, size }) => [
      formatDecimal(price),
      formatDecimal(size),
      '0',
      '1',
    ]);
  return [{ asks: side('ask'), bids: side('bid'), ts: `${engine.second}000`, seqId: engine.second }];
}

function take(levels: Iterable<Level>, count: number): readonly Level[] {
  const taken: Level[] = [];
  for (const level of levels) {
    if (taken.length >= count) break;
    taken.push(level);
  }
  return taken;
}

function trades(call: PublicCall): readonly Row[] {
  const { market, second } = call.engine;
  const params = queryOf(call);
  const instrument = params.instrument();
  const count = params.count('limit', 100, 500);
  return Array.from({ length: count }, (_, back) => {
    const trade = market.trade(instrument, second - back);
    return {
      instId: instrument.symbol,
      side: trade.side,
      sz: formatDecimal(trade.size),
      source: '0',
      px: formatDecimal(trade.price),
      tradeId: String(trade.second),
      ts: `${trade.second}000`,
      count: '1',
    };
  });
}

function indexTickers(call: PublicCall): readonly Row[] {
  const { market, second, nowMs } = call.engine;
  const params = queryOf(call);
  const id = params.text('instId');
  const quote = params.text('quoteCcy');
  const indices = listed.listed.filter(({ kind, ...one }) => kind === 'spot' && one.quote === quote);
  return (id === undefined ? indices : [indexed(id)]).map((instrument) => {
    const today = market.candle(instrument, second - day, second);
    return {
      instId: id ?? instrument.symbol,
      idxPx: formatDecimal(today.close),
      high24h: formatDecimal(today.high),
      sodUtc0: formatDecimal(market.last(instrument, Math.floor(second / day) * day)),
      open24h: formatDecimal(today.open),
      low24h: formatDecimal(today.low),
      sodUtc8: formatDecimal(market.last(instrument, Math.floor((second + day / 3) / day) * day - day / 3)),
      ts: String(nowMs),
    };
  });
}

function markPrices(call: PublicCall): readonly Row[] {
  const { market, second, nowMs } = call.engine;
  return instrumentsOf(queryOf(call)).map((instrument) => ({
    instType: typeOf(instrument),
    instId: instrument.symbol,
    markPx: formatDecimal(market.last(instrument, second)),
    ts: String(nowMs),
  }));
}

function priceLimit(call: PublicCall): readonly Row[] {
  const { market, second, nowMs } = call.engine;
  const instrument = queryOf(call).instrument();
  const band = priceBand(instrument, market.last(instrument, second));
  return [
    {
      instType: typeOf(instrument),
      instId: instrument.symbol,
      buyLmt: formatDecimal(band.highestBuy),
      sellLmt: formatDecimal(band.lowestSell),
      enabled: true,
      ts: String(nowMs),
    },
  ];
}

/** No funding is charged on paper, and the rate says so. */
function fundingRate(call: PublicCall): readonly Row[] {
  const { nowMs } = call.engine;
  const instrument = swapOf(queryOf(call));
  const period = 8 * 3600 * 1000;
  const next = Math.ceil((nowMs + 1) / period) * period;
  return [
    {
      formulaType: 'noRate',
      fundingRate: '0',
      fundingTime: String(next),
      impactValue: '',
      instId: instrument.symbol,
      instType: 'SWAP',
      interestRate: '0',
      maxFundingRate: '0',
      method: 'current_period',
      minFundingRate: '0',
      nextFundingRate: '',
      nextFundingTime: String(next + period),
      premium: '0',
      prevFundingTime: String(next - period),
      settFundingRate: '0',
      settState: 'settled',
      ts: String(nowMs),
    },
  ];
}

function openInterest(call: PublicCall): readonly Row[] {
  return instrumentsOf(queryOf(call)).map((instrument) => ({
    instType: typeOf(instrument),
    instId: instrument.symbol,
    oi: '0',
    oiCcy: '0',
    oiUsd: '0',
    ts: String(call.engine.nowMs),
  }));
}

function swapOf(params: Params): Instrument {
  const instrument = params.instrument();
  // Futures have no funding.
  if (typeOf(instrument) !== 'SWAP') throw unknownInstrument();
  return instrument;
}
