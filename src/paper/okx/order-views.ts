// Orders and fills of the engine as OKX v5 shows them.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { averagePrice } from '../desk.js';
import { findInstrument, leverage } from '../engine/instruments.js';
import type { CancelReason, PaperFill, PaperOrder } from '../engine/orders.js';
import { attachedRows } from './algo-rows.js';
import type { Row } from './answers.js';
import { typeOf } from './call.js';

const zero = decimal('0');
const states = {
  live: 'live',
  'partially-filled': 'partially_filled',
  filled: 'filled',
  canceled: 'canceled',
} as const;

/** OKX v5 reference, "cancelSource". */
const cancelSources: Readonly<Record<CancelReason, readonly [code: string, reason: string]>> = {
  'by-client': ['1', 'Order canceled by user'],
  'would-take': ['31', 'The post-only order would take liquidity'],
  'not-filled-at-once': ['13', 'FOK order canceled: not completely filled'],
  'rest-not-filled': ['14', 'IOC order partially canceled: not completely filled'],
  'no-liquidity': ['14', 'Market order partially canceled: the book is empty'],
  'nothing-to-reduce': ['9', 'Reduce-only order canceled: no position left to reduce'],
  'insufficient-margin': ['6', 'Order canceled: insufficient margin'],
  // Of algo orders, whose rows tell it by `state`: 0 is "order canceled by system".
  'other-traded': ['0', 'Order canceled by system'],
  'never-started': ['0', 'Order canceled by system'],
  replaced: ['0', 'Order canceled by system'],
};

/** Names in an order's memo: what the client sent and wants to read again. */
export const memoNames = ['ordType', 'tdMode', 'tgtCcy', 'tag', 'ccy'] as const;

/** `exits` are those attached to it. */
export function orderRow(
  order: PaperOrder,
  lastFill: PaperFill | undefined,
  exits: readonly PaperOrder[] = [],
): Row {
  const instrument = findInstrument(order.symbol);
  const isSwap = instrument?.kind === 'swap';
  const [cancelSource, cancelSourceReason] =
    order.cancelReason === undefined ? ['', ''] : cancelSources[order.cancelReason];
  return {
    accFillSz: formatDecimal(order.filled),
    algoClOrdId: order.memo.algoClientId ?? '',
    algoId: order.memo.algo === undefined ? '' : (order.link?.id ?? order.id),
    attachAlgoClOrdId: '',
    attachAlgoOrds: attachedRows(exits),
    avgPx: averagePrice(order) ?? '',
    cTime: String(order.createdMs),
    cancelSource,
    cancelSourceReason,
    category: 'normal',
    ccy: order.memo.ccy ?? '',
    clOrdId: order.clientId ?? '',
    fee: formatDecimal(zero.minus(order.fee)),
    feeCcy: order.filled.eq(zero) ? '' : order.feeCurrency,
    fillPx: lastFill === undefined ? '' : formatDecimal(lastFill.price),
    fillSz: lastFill === undefined ? '0' : formatDecimal(lastFill.size),
    fillTime: lastFill === undefined ? '' : String(lastFill.atMs),
    instId: order.symbol,
    instType: typeOf(instrument),
    isTpLimit: 'false',
    lever: isSwap ? formatDecimal(leverage) : '',
    linkedAlgoOrd: { algoId: '' },
    ordId: order.id,
    ordType: order.memo.ordType ?? '',
    pnl: formatDecimal(order.realized),
    posSide: isSwap ? 'net' : '',
    px: order.price === undefined ? '' : formatDecimal(order.price),
    pxType: '',
    pxUsd: '',
    pxVol: '',
    quickMgnType: '',
    rebate: '0',
    rebateCcy: isSwap ? order.feeCurrency : (instrument?.quote ?? ''),
    reduceOnly: String(order.reduceOnly),
    side: order.side,
    slOrdPx: '',
    slTriggerPx: '',
    slTriggerPxType: '',
    source: '',
    state: states[order.state],
    stpId: '',
    stpMode: 'cancel_maker',
    // What the client ordered: of a quote quantity, quote currency.
    sz: formatDecimal(order.quantity.unit === 'quote' ? order.quantity.value : order.size),
    tag: order.memo.tag ?? '',
    tdMode: order.memo.tdMode ?? '',
    tgtCcy: order.memo.tgtCcy ?? '',
    tpOrdPx: '',
    tpTriggerPx: '',
    tpTriggerPxType: '',
    tradeId: lastFill?.id ?? '',
    tradeQuoteCcy: isSwap ? '' : (instrument?.quote ?? ''),
    uTime: String(order.updatedMs),
  };
}

export function fillRow(fill: PaperFill): Row {
  const instrument = findInstrument(fill.symbol);
  const isSwap = instrument?.kind === 'swap';
  const rate = fill.isMaker ? instrument?.makerFee : instrument?.takerFee;
  return {
    billId: fill.id,
    clOrdId: fill.clientId ?? '',
    execType: fill.isMaker ? 'M' : 'T',
    fee: formatDecimal(zero.minus(fill.fee)),
    feeCcy: fill.feeCurrency,
    feeRate: formatDecimal(zero.minus(rate ?? zero)),
    fillFwdPx: '',
    fillIdxPx: formatDecimal(fill.price),
    fillMarkPx: isSwap ? formatDecimal(fill.price) : '',
    fillMarkVol: '',
    fillPnl: formatDecimal(fill.realized),
    fillPx: formatDecimal(fill.price),
    fillPxUsd: '',
    fillPxVol: '',
    fillSz: formatDecimal(fill.size),
    fillTime: String(fill.atMs),
    instId: fill.symbol,
    instType: typeOf(instrument),
    ordId: fill.orderId,
    posSide: 'net',
    side: fill.side,
    subType: fill.side === 'buy' ? '1' : '2',
    tag: fill.memo.tag ?? '',
    tradeId: fill.id,
    tradeQuoteCcy: isSwap ? '' : (instrument?.quote ?? ''),
    ts: String(fill.atMs),
  };
}
