// Public endpoints of Binance's USDⓈ-M futures over the paper market: perpetuals in base currency.
// Source: developers.binance.com USDⓈ-M Futures, "Market Data".
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { bookSide } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { type PublicCall, perpetuals, type Row } from './call.js';
import { contractOf } from './futures-rows.js';
import { bookRow, dayRow, each, emptyInfo, klines, priceRow } from './market-data.js';

type Handler = (call: PublicCall) => unknown;

/** Perpetuals have no end: what Binance gives as their day of delivery. */
const neverMs = 4_133_404_800_000;
const fundingMs = 28_800_000;

export const futuresMarketRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /fapi/v1/ping', () => ({})],
  ['GET /fapi/v1/time', ({ engine }) => ({ serverTime: engine.nowMs })],
  ['GET /fapi/v1/exchangeInfo', exchangeInfo],
  ['GET /fapi/v1/ticker/price', (call) => each(call, (one) => timed(call, priceRow(call, one)), perpetuals)],
  ['GET /fapi/v2/ticker/price', (call) => each(call, (one) => timed(call, priceRow(call, one)), perpetuals)],
  [
    'GET /fapi/v1/ticker/bookTicker',
    (call) => each(call, (one) => timed(call, bookRow(call, one)), perpetuals),
  ],
  ['GET /fapi/v1/ticker/24hr', (call) => each(call, (one) => dayRow(call, one), perpetuals)],
  ['GET /fapi/v1/premiumIndex', (call) => each(call, (one) => premiumRow(call, one), perpetuals)],
  ['GET /fapi/v1/depth', depth],
  ['GET /fapi/v1/klines', (call) => klines(call, perpetuals)],
]);

const timed = ({ engine }: PublicCall, row: Row): Row => ({ ...row, time: engine.nowMs });

function exchangeInfo({ engine }: PublicCall): Row {
  return {
    ...emptyInfo(engine.nowMs),
    futuresType: 'U_MARGINED',
    assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '0' }],
    symbols: perpetuals.listed.map(symbolRow),
  };
}

function symbolRow({ symbol }: Instrument): Row {
  const instrument = contractOf(symbol);
  const inBase = (contracts: Decimal) => formatDecimal(contracts.times(instrument.contractValue));
  const tick = formatDecimal(instrument.tickSize);
  const step = inBase(instrument.lotSize);
  const [minQty, maxQty] = [inBase(instrument.minSize), inBase(instrument.maxSize)];
  return {
    symbol: perpetuals.spell(instrument),
    pair: perpetuals.spell(instrument),
    contractType: 'PERPETUAL',
    deliveryDate: neverMs,
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
    orderTypes: ['LIMIT', 'MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '1000000', tickSize: tick },
      { filterType: 'LOT_SIZE', minQty, maxQty, stepSize: step },
      { filterType: 'MARKET_LOT_SIZE', minQty, maxQty, stepSize: step },
    ],
  };
}

const decimalsOf = (step: string): number => step.split('.')[1]?.length ?? 0;

/** The paper market has no funding: its rate is nought. */
function premiumRow({ engine }: PublicCall, instrument: Instrument): Row {
  const index = formatDecimal(engine.market.index(instrument, engine.second));
  return {
    symbol: perpetuals.spell(instrument),
    markPrice: formatDecimal(engine.market.last(instrument, engine.second)),
    indexPrice: index,
    estimatedSettlePrice: index,
    lastFundingRate: '0',
    interestRate: '0',
    nextFundingTime: (Math.floor(engine.nowMs / fundingMs) + 1) * fundingMs,
    time: engine.nowMs,
  };
}

function depth({ engine, fields }: PublicCall): Row {
  const instrument = perpetuals.need(fields.required('symbol'));
  const most = fields.count('limit', 500, 1000);
  return {
    lastUpdateId: engine.second,
    E: engine.nowMs,
    T: engine.nowMs,
    bids: bookSide(engine, instrument, 'bid', most),
    asks: bookSide(engine, instrument, 'ask', most),
  };
}
