// Orders, fills and positions of perpetuals as Binance shows them: in base currency, while the engine counts contracts.
// Source: developers.binance.com USDⓈ-M Futures, "Query Order", "Account Trade List", "Position Information V3".
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { averagePrice } from '../desk.js';
import type { Engine } from '../engine/engine.js';
import { findInstrument, leverage, type SwapInstrument } from '../engine/instruments.js';
import type { PaperFill, PaperOrder } from '../engine/orders.js';
import { averagePrice as entryPrice, marginOf, type Position, unrealized } from '../engine/positions.js';
import { numberOf, type PrivateCall, perpetuals, type Row } from './call.js';
import { statusOf } from './order-rows.js';

const zero = decimal('0');

/** The contract of an order or position; a plain Error for what is none: a bug of the caller. */
export function contractOf(symbol: string): SwapInstrument {
  const instrument = findInstrument(symbol);
  if (instrument?.kind !== 'swap') throw new Error(`${symbol} is no perpetual`);
  return instrument;
}

export function futuresOrderRow(order: PaperOrder): Row {
  const { contractValue } = contractOf(order.symbol);
  const inBase = (contracts: Decimal) => formatDecimal(contracts.times(contractValue));
  const type = order.memo.type ?? 'LIMIT';
  return {
    symbol: perpetuals.of(order),
    orderId: numberOf(order.id),
    clientOrderId: order.clientId ?? order.id,
    price: order.price === undefined ? '0' : formatDecimal(order.price),
    avgPrice: averagePrice(order) ?? '0',
    origQty: inBase(order.size),
    executedQty: inBase(order.filled),
    cumQuote: inBase(order.cost),
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

export function futuresFillRow(fill: PaperFill): Row {
  const { contractValue } = contractOf(fill.symbol);
  const size = fill.size.times(contractValue);
  return {
    symbol: perpetuals.of(fill),
    id: numberOf(fill.id),
    orderId: numberOf(fill.orderId),
    side: fill.side === 'buy' ? 'BUY' : 'SELL',
    buyer: fill.side === 'buy',
    maker: fill.isMaker,
    price: formatDecimal(fill.price),
    qty: formatDecimal(size),
    quoteQty: formatDecimal(fill.price.times(size)),
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
  const amount = position.contracts.times(instrument.contractValue);
  const margin = formatDecimal(marginOf(position, instrument));
  const entry = formatDecimal(entryPrice(position));
  return {
    symbol: perpetuals.of({ symbol }),
    positionSide: 'BOTH',
    positionAmt: formatDecimal(amount),
    entryPrice: entry,
    breakEvenPrice: entry,
    markPrice: formatDecimal(mark),
    unRealizedProfit: formatDecimal(unrealized(position, instrument, mark)),
    liquidationPrice: '0',
    isolatedMargin: '0',
    isolatedWallet: '0',
    notional: formatDecimal(amount.times(mark)),
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

/** Profit of the open positions in the settlement currency. */
export function openProfit({ engine, account }: PrivateCall): Decimal {
  let sum = zero;
  for (const [symbol, position] of account.positions) {
    const instrument = contractOf(symbol);
    sum = sum.plus(unrealized(position, instrument, engine.market.last(instrument, engine.second)));
  }
  return sum;
}
