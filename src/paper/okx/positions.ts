// OKX v5 positions: net, cross margin, fixed leverage.
import { createHash } from 'node:crypto';
import { decimal, formatDecimal } from '../../core/decimal.js';
import { leverage, type SwapInstrument } from '../engine/instruments.js';
import {
  averagePrice,
  isInverse,
  marginOf,
  type Position,
  unrealized,
  worthOf,
} from '../engine/positions.js';
import { openPositions } from '../open-positions.js';
import type { Row } from './answers.js';
import { type PrivateCall, queryOf, typeOf } from './call.js';

export function positionRows(call: PrivateCall): readonly Row[] {
  const params = queryOf(call);
  const only = params.text('instId')?.split(',');
  const type = params.text('instType');
  return openPositions(call.account)
    .filter(({ instrument }) => only === undefined || only.includes(instrument.symbol))
    .filter(({ instrument }) => type === undefined || type === typeOf(instrument))
    .map(({ instrument, position }) => positionRow(call, instrument, position));
}

function positionRow(call: PrivateCall, instrument: SwapInstrument, position: Position): Row {
  const { market, second } = call.engine;
  const mark = market.last(instrument, second);
  const profit = unrealized(position, instrument, mark);
  const margin = marginOf(position, instrument);
  const average = formatDecimal(averagePrice(position, instrument));
  const markText = formatDecimal(mark);
  // The coin that it settles in, in dollars.
  const usdPx = isInverse(instrument) ? mark : decimal('1');
  return {
    adl: '1',
    availPos: formatDecimal(position.contracts.abs()),
    avgPx: average,
    bePx: average,
    cTime: String(position.openedMs),
    ccy: instrument.settle,
    closeOrderAlgo: [],
    fundingFee: '0',
    idxPx: formatDecimal(market.index(instrument, second)),
    imr: formatDecimal(margin),
    instId: instrument.symbol,
    instType: typeOf(instrument),
    interest: '',
    last: markText,
    lever: formatDecimal(leverage),
    liab: '',
    liabCcy: '',
    liqPenalty: '0',
    liqPx: '',
    margin: '',
    markPx: markText,
    mgnMode: 'cross',
    mgnRatio: '',
    mmr: '0',
    nonSettleAvgPx: '',
    notionalUsd: formatDecimal(worthOf(instrument, mark, position.contracts.abs()).times(usdPx)),
    optVal: '',
    pos: formatDecimal(position.contracts),
    posCcy: '',
    posId: positionId(call, instrument),
    posSide: 'net',
    settledPnl: '',
    tradeId: '',
    uTime: String(call.engine.nowMs),
    upl: formatDecimal(profit),
    uplLastPx: formatDecimal(profit),
    uplRatio: formatDecimal(profit.div(margin).round(8, 0)),
    uplRatioLastPx: formatDecimal(profit.div(margin).round(8, 0)),
    usdPx: formatDecimal(usdPx),
  };
}

function positionId({ account }: PrivateCall, { symbol }: SwapInstrument): string {
  return digitsOf(`${account.id} position ${symbol}`);
}

/** Eighteen digits that depend on the text alone. */
export function digitsOf(text: string): string {
  const drawn = createHash('sha256').update(text).digest().readBigUInt64BE(0);
  return (10n ** 17n + (drawn % (9n * 10n ** 17n))).toString();
}
