// OKX's algo orders over the paper engine: conditional, oco, trigger and trailing (`move_order_stop`), and those attached to plain orders.
// They wait in lists of their own; once triggered, each is a plain order, which `ordIdList` names.
// Source: OKX v5 reference, "Place algo order", "Cancel algo order", "Amend algo order", "Get algo order details", "List of algo orders".

import type { Decimal } from '../../core/decimal.js';
import type { HttpAnswer } from '../../core/http.js';
import { otherSide } from '../../core/order.js';
import type { Account } from '../engine/account.js';
import { findInstrument, type Instrument } from '../engine/instruments.js';
import { isOpen, type NewOrder, type PaperOrder, type RejectCode } from '../engine/orders.js';
import { algoRow } from './algo-rows.js';
import {
  badParameter,
  missingParameter,
  notOnPaper,
  OkxError,
  type Outcome,
  outcomes,
  type Row,
} from './answers.js';
import { bodiesOf, bodyOf, listed, type Params, type PrivateCall, queryOf, typeOf } from './call.js';
import { type LegTerms, priceOrMarket, trailingTerms, triggeredTerms, triggerTerms } from './legs.js';
import { rejection } from './rejections.js';

const mostCanceled = 10;
const idForm = /^[A-Za-z0-9]{1,32}$/;
const algoTypes = ['conditional', 'oco', 'trigger', 'move_order_stop'] as const;
type AlgoType = (typeof algoTypes)[number];

export const algoWrites: ReadonlyMap<string, (call: PrivateCall) => HttpAnswer> = new Map([
  ['trade/order-algo', place],
  ['trade/cancel-algos', cancel],
  ['trade/amend-algos', amend],
]);

export const algoReads: ReadonlyMap<string, (call: PrivateCall) => readonly Row[]> = new Map([
  ['trade/order-algo', details],
  ['trade/orders-algo-pending', (call: PrivateCall) => rowsOf(call, true)],
  ['trade/orders-algo-history', (call: PrivateCall) => rowsOf(call, false)],
]);

/** While it waits for its trigger, and when it ended waiting: it is in the lists of algo orders alone. */
export function isAlgo({ memo, waitsFor }: PaperOrder): boolean {
  return memo.algo !== undefined && waitsFor !== undefined;
}

export const algoIdOf = ({ id, link }: PaperOrder): string => link?.id ?? id;

/** What all exits of an order share; they close what it opens. */
interface Shared {
  instrument: Instrument;
  side: NewOrder['side'];
  quantity: NewOrder['quantity'];
  memo: Readonly<Record<string, string>>;
}

/** Exits that the fill of a plain order starts: one algo order, of at most a take-profit and a stop, or one that trails. */
export function attachedOrders(params: Params, parent: Shared): readonly NewOrder[] {
  const entries = params.children('attachAlgoOrds');
  const [entry] = entries;
  if (entry === undefined) return [];
  // Split take-profits would be several algo orders of one parent.
  if (entries.length > 1) throw notOnPaper();
  const side = otherSide[parent.side];
  const terms = [...triggeredTerms(entry, side), ...trailingTerms(entry)];
  if (terms.length === 0) throw missingParameter('attachAlgoOrds');
  const own = entry.amount('sz');
  const clientId = entry.text('attachAlgoClOrdId');
  const algo = terms.some(({ leg }) => leg === 'trailing')
    ? 'move_order_stop'
    : terms.length === 2
      ? 'oco'
      : 'conditional';
  return terms.map(({ leg, ...one }) => ({
    symbol: parent.instrument.symbol,
    side,
    ...one,
    quantity:
      own === undefined ? { value: parent.quantity.value, unit: 'size' } : { value: own, unit: 'size' },
    ...(own === undefined ? { isSizedByFirst: true as const } : {}),
    isUntold: true as const,
    reduceOnly: parent.instrument.kind === 'swap',
    memo: { ...parent.memo, ...memoOf(algo, leg, clientId), attached: 'true', ordType: plainType(one) },
  }));
}

const memoOf = (algo: AlgoType, leg: LegTerms['leg'], clientId: string | undefined) => ({
  algo,
  leg,
  ...(clientId === undefined ? {} : { algoClientId: clientId }),
});

const plainType = ({ price }: { price?: Decimal }): string => (price === undefined ? 'market' : 'limit');

function place(call: PrivateCall): HttpAnswer {
  const params = bodyOf(call);
  const clientId = params.text('algoClOrdId') ?? params.text('clOrdId');
  const answer = (ids: { algoId: string }, { sCode, sMsg }: { sCode: string; sMsg: string }) =>
    outcomes(
      [{ ...ids, algoClOrdId: clientId ?? '', clOrdId: '', sCode, sMsg, tag: params.text('tag') ?? '' }],
      call.engine.nowMs,
    );
  const instrument = listed.find(params.symbol());
  if (instrument === undefined) return answer({ algoId: '' }, rejection('INSTRUMENT_UNKNOWN', 'place'));
  if (clientId !== undefined && !idForm.test(clientId)) throw badParameter('algoClOrdId');
  if (clientId !== undefined && find(call.account, { algoClOrdId: clientId }).length > 0)
    return answer({ algoId: '' }, rejection('CLIENT_ID_TAKEN', 'place'));
  const orders = readAlgo(call, params, instrument, clientId);
  const [order] = orders;
  if (order === undefined) throw missingParameter('ordType');
  const placed =
    orders.length === 1
      ? call.engine.place(call.account.id, order)
      : call.engine.placeLinked(call.account.id, { others: orders, isOneOf: true });
  if (!placed.ok) return answer({ algoId: '' }, rejection(placed.code, 'place', instrument.quote));
  return answer({ algoId: 'order' in placed ? placed.order.id : placed.id }, { sCode: '0', sMsg: '' });
}

function readAlgo(
  call: PrivateCall,
  params: Params,
  instrument: Instrument,
  clientId: string | undefined,
): readonly NewOrder[] {
  const { engine, account } = call;
  const known = instrument.kind === 'swap' ? ['cross', 'isolated'] : ['cash'];
  if (!known.includes(params.required('tdMode'))) throw badParameter('tdMode');
  if ((params.text('posSide') ?? 'net') !== 'net') throw badParameter('posSide');
  const side = params.required('side');
  if (side !== 'buy' && side !== 'sell') throw badParameter('side');
  const named = params.required('ordType');
  const ordType = algoTypes.find((type) => type === named);
  if (ordType === undefined || params.has('attachAlgoOrds')) throw notOnPaper();
  const last = engine.market.last(instrument, engine.second);
  const terms =
    ordType === 'trigger'
      ? [triggerTerms(params, last)]
      : ordType === 'move_order_stop'
        ? trailingTerms(params)
        : triggeredTerms(params, side);
  if (terms.length < (ordType === 'oco' ? 2 : 1)) throw missingParameter('tpTriggerPx or slTriggerPx');
  const closesAll = params.has('closeFraction');
  if (closesAll && (params.text('closeFraction') !== '1' || instrument.kind !== 'swap'))
    throw badParameter('closeFraction');
  const whole = account.positions.get(instrument.symbol)?.contracts.abs();
  const size = closesAll ? (whole ?? instrument.minSize) : params.amount('sz');
  if (size === undefined) throw missingParameter('sz');
  const isReducing = closesAll || params.text('reduceOnly') === 'true';
  return terms.map(({ leg, ...one }) => {
    // "Place algo order": `sz` of a spot market buy is quote currency unless `tgtCcy` says base_ccy.
    const isQuote =
      instrument.kind === 'spot' &&
      one.price === undefined &&
      (params.text('tgtCcy') ?? (side === 'buy' ? 'quote_ccy' : 'base_ccy')) === 'quote_ccy';
    return {
      symbol: instrument.symbol,
      side,
      ...one,
      quantity: { value: size, unit: isQuote ? ('quote' as const) : ('size' as const) },
      reduceOnly: instrument.kind === 'swap' && isReducing,
      ...(closesAll ? { closesPosition: true as const } : {}),
      memo: {
        ...memoOf(ordType, leg, clientId),
        ordType: plainType(one),
        tdMode: params.required('tdMode'),
        tag: params.text('tag') ?? '',
        tgtCcy: params.text('tgtCcy') ?? '',
        ccy: '',
      },
    };
  });
}

/** Legs of one algo order, by `algoId` or `algoClOrdId`. */
function find(
  account: Account,
  { algoId, algoClOrdId }: { algoId?: string | undefined; algoClOrdId?: string | undefined },
): readonly PaperOrder[] {
  return account
    .orders()
    .filter(({ memo }) => memo.algo !== undefined)
    .filter((order) =>
      algoId === undefined ? order.memo.algoClientId === algoClOrdId : algoIdOf(order) === algoId,
    );
}

function named(call: PrivateCall, params: Params): readonly PaperOrder[] {
  const algoId = params.text('algoId');
  const algoClOrdId = params.text('algoClOrdId');
  if (algoId === undefined && algoClOrdId === undefined) throw missingParameter('algoId or algoClOrdId');
  return find(call.account, { algoId, algoClOrdId });
}

/** What was triggered is cancelled as the plain order that it is. */
function cancel(call: PrivateCall): HttpAnswer {
  const done = bodiesOf(call, mostCanceled).map((params): Outcome => {
    const waiting = named(call, params).filter((order) => isOpen(order) && isAlgo(order));
    for (const order of waiting) if (isOpen(order)) call.engine.cancel(call.account.id, order);
    const { sCode, sMsg } =
      waiting.length > 0 ? { sCode: '0', sMsg: '' } : rejection('ORDER_UNKNOWN', 'cancel');
    return {
      algoId: params.text('algoId') ?? '',
      algoClOrdId: params.text('algoClOrdId') ?? '',
      sCode,
      sMsg,
    };
  });
  return outcomes(done, call.engine.nowMs);
}

/** New size, triggers and prices of what waits. */
function amend(call: PrivateCall): HttpAnswer {
  const params = bodyOf(call);
  const orders = named(call, params).filter((order) => isOpen(order) && isAlgo(order));
  const failed = orders.length === 0 ? 'ORDER_UNKNOWN' : amendLegs(call, params, orders);
  const { sCode, sMsg } = failed === undefined ? { sCode: '0', sMsg: '' } : rejection(failed, 'amend');
  const ids = { algoId: params.text('algoId') ?? '', algoClOrdId: params.text('algoClOrdId') ?? '' };
  return outcomes([{ ...ids, reqId: params.text('reqId') ?? '', sCode, sMsg }], call.engine.nowMs);
}

/** Of an algo order, or of the entry of a plain order's amendment that names one. */
export function amendLegs(
  { engine, account }: PrivateCall,
  params: Params,
  orders: readonly PaperOrder[],
): RejectCode | undefined {
  const size = params.amount('newSz');
  for (const order of orders) {
    const { leg } = order.memo;
    const [triggerName, priceName] =
      leg === 'trigger'
        ? ['newTriggerPx', 'newOrdPx']
        : leg === 'tp'
          ? ['newTpTriggerPx', 'newTpOrdPx']
          : ['newSlTriggerPx', 'newSlOrdPx'];
    const trigger = params.amount(triggerName);
    const price = params.has(priceName) ? priceOrMarket(params, priceName) : undefined;
    if (size === undefined && trigger === undefined && price === undefined) continue;
    const change = { ...(size && { size }), ...(trigger && { trigger }), ...(price && { price }) };
    const failed = engine.amend(account.id, order, change);
    if (failed !== undefined) return failed;
  }
  return undefined;
}

function details(call: PrivateCall): readonly Row[] {
  const orders = named(call, queryOf(call));
  if (orders.length === 0) throw new OkxError('51603', 'Order does not exist');
  return [algoRow(orders)];
}

/** By kind, newest first; `ordType` may name conditional and oco together. */
function rowsOf(call: PrivateCall, isPending: boolean): readonly Row[] {
  const params = queryOf(call);
  const types = params.required('ordType').split(',');
  const [instId, instType, algoId, state] = ['instId', 'instType', 'algoId', 'state'].map((name) =>
    params.text(name),
  );
  const after = params.id('after');
  const groups = new Map<string, PaperOrder[]>();
  for (const order of call.account.orders()) {
    if (!types.includes(order.memo.algo ?? '')) continue;
    if ((instId ?? order.symbol) !== order.symbol) continue;
    if (instType !== undefined && typeOf(findInstrument(order.symbol)) !== instType) continue;
    groups.set(algoIdOf(order), [...(groups.get(algoIdOf(order)) ?? []), order]);
  }
  return [...groups]
    .filter(([id, orders]) => (algoId ?? id) === id && orders.some(isWaiting) === isPending)
    .filter(([id]) => after === undefined || BigInt(id) < after)
    .map(([, orders]) => algoRow(orders))
    .filter((row) => state === undefined || row.state === state)
    .reverse()
    .slice(0, params.count('limit', 100, 100));
}

const isWaiting = (order: PaperOrder): boolean => isOpen(order) && isAlgo(order);
