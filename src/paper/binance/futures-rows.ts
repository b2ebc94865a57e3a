// Orders, fills and positions of perpetuals as Binance shows them: USDⓈ-M in base currency, COIN-M in contracts, as the engine counts.
// Source: developers.binance.com USDⓈ-M Futures, "Query Order", "Account Trade List", "Position Information V3"; COIN-M Futures, the same.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { averagePrice, unitOf } from '../desk.js';
import type { Engine } from '../engine/engine.js';
import { findInstrument, leverage, type SwapInstrument } from '../engine/instruments.js';
import type { PaperFill, PaperOrder } from '../engine/orders.js';
import {
  averagePrice as entryPrice,
  isInverse,
  marginOf,
  type Position,
  unrealized,
  worthOf,
} from '../engine/positions.js';
import { numberOf, type Row } from './call.js';
import { bookOf } from './futures-books.js';
import { statusOf } from './order-rows.js';

/** The contract of an order or position; a plain Error for what is none: a bug of the caller. */
export function contractOf(symbol: string): SwapInstrument {
  const instrument = findInstrument(symbol);
  if (instrument?.kind !== 'swap') throw new Error(`${symbol} is no perpetual`);
  return instrument;
}

export function futuresOrderRow(order: PaperOrder): Row {
  const instrument = contractOf(order.symbol);
  const counted = (contracts: Decimal) => formatDecimal(contracts.times(unitOf(instrument)));
  const worth = formatDecimal(order.cost.times(instrument.contractValue));
  const type = order.memo.type ?? 'LIMIT';
  return {
    symbol: bookOf(order).of(order),
    ...(isInverse(instrument) ? { pair: pairOf(instrument), cumBase: worth } : { cumQuote: worth }),
    orderId: numberOf(order.id),
    clientOrderId: order.clientId ?? order.id,
    price: order.price === undefined ? '0' : formatDecimal(order.price),
    avgPrice: averagePrice(order) ?? '0',
    origQty: counted(order.size),
    executedQty: counted(order.filled),
    status: statusOf(order),
    timeInForce: order.memo.timeInForce ?? 'GTC',
    type,
    origType: type,
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    positionSide: 'BOTH',
    reduceOnly: order.reduceOnly,
    closePosition: false,
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'NONE',
    goodTillDate: 0,
    time: order.createdMs,
    updateTime: order.updatedMs,
  };
}

const pairOf = ({ base }: SwapInstrument): string => `${base}USD`;

export function futuresFillRow(fill: PaperFill): Row {
  const instrument = contractOf(fill.symbol);
  const size = fill.size.times(unitOf(instrument));
  const worth = formatDecimal(worthOf(instrument, fill.price, fill.size));
  return {
    symbol: bookOf(fill).of(fill),
    ...(isInverse(instrument) ? { pair: pairOf(instrument), baseQty: worth } : { quoteQty: worth }),
    id: numberOf(fill.id),
    orderId: numberOf(fill.orderId),
    side: fill.side === 'buy' ? 'BUY' : 'SELL',
    buyer: fill.side === 'buy',
    maker: fill.isMaker,
    price: formatDecimal(fill.price),
    qty: formatDecimal(size),
    realizedPnl: formatDecimal(fill.realized),
    commission: formatDecimal(fill.fee),
    commissionAsset: fill.feeCurrency,
    marginAsset: fill.feeCurrency,
    positionSide: 'BOTH',
    time: fill.atMs,
  };
}

/** An open position: one way, cross margin, at the engine's leverage; nothing is ever liquidated. */
export function positionRow(engine: Engine, symbol: string, position: Position): Row {
  const instrument = contractOf(symbol);
  const mark = engine.market.last(instrument, engine.second);
  const amount = position.contracts.times(unitOf(instrument));
  const worth = worthOf(instrument, mark, position.contracts);
  const margin = formatDecimal(marginOf(position, instrument));
  const entry = formatDecimal(entryPrice(position, instrument));
  return {
    symbol: bookOf({ symbol }).of({ symbol }),
    positionSide: 'BOTH',
    positionAmt: formatDecimal(amount),
    entryPrice: entry,
    breakEvenPrice: entry,
    markPrice: formatDecimal(mark),
    unRealizedProfit: formatDecimal(unrealized(position, instrument, mark)),
    liquidationPrice: '0',
    isolatedMargin: '0',
    isolatedWallet: '0',
    ...(isInverse(instrument)
      ? { notionalValue: formatDecimal(worth), maxQty: '1000000' }
      : { notional: formatDecimal(worth) }),
    marginAsset: instrument.settle,
    initialMargin: margin,
    positionInitialMargin: margin,
    openOrderInitialMargin: '0',
    maintMargin: '0',
    adl: 0,
    bidNotional: '0',
    askNotional: '0',
    leverage: formatDecimal(leverage),
    marginType: 'cross',
    isAutoAddMargin: 'false',
    maxNotionalValue: '100000000',
    updateTime: position.openedMs,
  };
}
