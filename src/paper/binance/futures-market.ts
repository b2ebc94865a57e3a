// Public endpoints of Binance's futures over the paper market: USDⓈ-M perpetuals in base currency, COIN-M contracts.
// Source: developers.binance.com USDⓈ-M Futures and COIN-M Futures, "Market Data".
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { bookSide, type Symbols, unitOf } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { algoTypes, coinMargined, type PublicCall, perpetuals, type Row } from './call.js';
import { coinm, type FuturesBook, usdm } from './futures-books.js';
import { contractOf } from './futures-rows.js';
import { aggregates, bookRow, dayRow, each, emptyInfo, klines, priceRow, trades } from './market-data.js';

type Handler = (call: PublicCall) => unknown;

/** Perpetuals have no end: what Binance gives as their day of delivery. */
const neverMs = 4_133_404_800_000;
const fundingMs = 28_800_000;

export const futuresMarketRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /fapi/v2/ticker/price', (call) => each(call, (one) => timed(call, priceRow(call, one)), perpetuals)],
  ...[usdm, coinm].flatMap(marketRoutesOf),
]);

function marketRoutesOf({ prefix, listed, kind }: FuturesBook): readonly (readonly [string, Handler])[] {
  // COIN-M answers with a list even for one symbol.
  const rows = (row: (call: PublicCall, one: Instrument) => Row) => (call: PublicCall) => {
    const told = each(call, (one) => row(call, one), listed);
    return kind === 'usdm' || Array.isArray(told) ? told : [told];
  };
  const routes: readonly (readonly [string, Handler])[] = [
    ['ping', () => ({})],
    ['time', ({ engine }) => ({ serverTime: engine.nowMs })],
    ['exchangeInfo', kind === 'usdm' ? exchangeInfo : coinInfo],
    ['ticker/price', rows((call, one) => timed(call, priceRow(call, one)))],
    ['ticker/bookTicker', rows((call, one) => timed(call, bookRow(call, one)))],
    ['ticker/24hr', rows(kind === 'usdm' ? dayRow : coinDayRow)],
    ['premiumIndex', rows((call, one) => premiumRow(call, one, listed))],
    ['depth', (call) => depth(call, listed)],
    ['klines', (call) => klines(call, listed)],
    ['trades', (call) => trades(call, listed)],
    ['aggTrades', (call) => aggregates(call, listed)],
    ['fundingRate', () => []],
    ['openInterest', (call) => openInterest(call, listed)],
  ];
  return routes.map(([name, handler]) => [`GET ${prefix}/${name}`, handler] as const);
}

/** Volume in contracts, and in coins at the last price. */
function coinDayRow(call: PublicCall, instrument: Instrument): Row {
  const { quoteVolume: baseVolume, ...row } = dayRow(call, instrument);
  return { ...row, pair: `${instrument.base}USD`, baseVolume };
}

function coinInfo({ engine }: PublicCall): Row {
  return {
    ...emptyInfo(engine.nowMs),
    symbols: coinMargined.listed.map((instrument) => {
      const { contractValue } = contractOf(instrument.symbol);
      const { status, ...row } = symbolRow(instrument, coinMargined);
      return {
        ...row,
        pair: `${instrument.base}USD`,
        contractStatus: status,
        contractSize: Number(formatDecimal(contractValue)),
        equalQtyPrecision: 4,
        maxMoveOrderLimit: 10_000,
      };
    }),
  };
}

const timed = ({ engine }: PublicCall, row: Row): Row => ({ ...row, time: engine.nowMs });

function exchangeInfo({ engine }: PublicCall): Row {
  return {
    ...emptyInfo(engine.nowMs),
    futuresType: 'U_MARGINED',
    assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '0' }],
    symbols: perpetuals.listed.map((one) => symbolRow(one, perpetuals)),
  };
}

function symbolRow({ symbol }: Instrument, listed: Symbols): Row {
  const instrument = contractOf(symbol);
  const inBase = (contracts: Decimal) => formatDecimal(contracts.times(unitOf(instrument)));
  const { delivery } = instrument;
  const tick = formatDecimal(instrument.tickSize);
  const step = inBase(instrument.lotSize);
  const [minQty, maxQty] = [inBase(instrument.minSize), inBase(instrument.maxSize)];
  return {
    symbol: listed.spell(instrument),
    pair: listed.spell(instrument),
    contractType: delivery === undefined ? 'PERPETUAL' : 'NEXT_QUARTER',
    deliveryDate: delivery === undefined ? neverMs : Date.parse(`${delivery}T08:00:00Z`),
    onboardDate: 0,
    status: 'TRADING',
    baseAsset: instrument.base,
    quoteAsset: instrument.quote,
    marginAsset: instrument.settle,
    pricePrecision: decimalsOf(tick),
    quantityPrecision: decimalsOf(step),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    triggerProtect: '0.05',
    marketTakeBound: '0.05',
    maxMoveOrderLimit: 10_000,
    orderTypes: ['LIMIT', 'MARKET', ...algoTypes],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '1000000', tickSize: tick },
      { filterType: 'LOT_SIZE', minQty, maxQty, stepSize: step },
      { filterType: 'MARKET_LOT_SIZE', minQty, maxQty, stepSize: step },
    ],
  };
}

const decimalsOf = (step: string): number => step.split('.')[1]?.length ?? 0;

/** Nobody else holds anything on paper. */
function openInterest({ engine, fields }: PublicCall, listed: Symbols): Row {
  const symbol = listed.spell(listed.need(fields.required('symbol')));
  return { symbol, openInterest: '0', time: engine.nowMs };
}

/** The paper market has no funding: its rate is nought, and what is delivered has none. */
function premiumRow({ engine }: PublicCall, instrument: Instrument, listed: Symbols): Row {
  const isPerpetual = contractOf(instrument.symbol).delivery === undefined;
  const index = formatDecimal(engine.market.index(instrument, engine.second));
  return {
    symbol: listed.spell(instrument),
    markPrice: formatDecimal(engine.market.last(instrument, engine.second)),
    indexPrice: index,
    estimatedSettlePrice: index,
    lastFundingRate: isPerpetual ? '0' : '',
    interestRate: isPerpetual ? '0' : '',
    nextFundingTime: isPerpetual ? (Math.floor(engine.nowMs / fundingMs) + 1) * fundingMs : 0,
    time: engine.nowMs,
  };
}

function depth({ engine, fields }: PublicCall, listed: Symbols): Row {
  const instrument = listed.need(fields.required('symbol'));
  const most = fields.count('limit', 500, 1000);
  return {
    lastUpdateId: engine.second,
    E: engine.nowMs,
    T: engine.nowMs,
    bids: bookSide(engine, instrument, 'bid', most),
    asks: bookSide(engine, instrument, 'ask', most),
  };
}
