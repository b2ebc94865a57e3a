// OKX v5 trading over the paper engine: place, batch, amend, cancel, close a position, dead-man switch.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import type { HttpAnswer } from '../../core/http.js';
import { cancelAll, exitsOf } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import {
  isOpen,
  type NewOrder,
  type PaperOrder,
  type PaperTimeInForce,
  type RejectCode,
} from '../engine/orders.js';
import { algoWrites, amendLegs, attachedOrders } from './algo.js';
import {
  badParameter,
  missingParameter,
  notOnPaper,
  OkxError,
  type Outcome,
  ok,
  outcomes,
} from './answers.js';
import { bodiesOf, bodyOf, listed, type Params, type PrivateCall } from './call.js';
import { findOrder } from './history.js';
import { memoNames } from './order-views.js';
import { rejection } from './rejections.js';

type Handler = (call: PrivateCall) => HttpAnswer;

const mostOrders = 20;
const zero = decimal('0');
const timesInForce: ReadonlyMap<string, PaperTimeInForce> = new Map([
  ['market', 'ioc'],
  ['limit', 'gtc'],
  ['post_only', 'post-only'],
  ['ioc', 'ioc'],
  ['fok', 'fok'],
  ['optimal_limit_ioc', 'ioc'],
]);

export const tradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['trade/order', (call) => answer(call, [bodyOf(call)], place)],
  ['trade/batch-orders', (call) => answer(call, bodiesOf(call, mostOrders), place)],
  ['trade/cancel-order', (call) => answer(call, [bodyOf(call)], cancel)],
  ['trade/cancel-batch-orders', (call) => answer(call, bodiesOf(call, mostOrders), cancel)],
  ['trade/amend-order', (call) => answer(call, [bodyOf(call)], amend)],
  ['trade/amend-batch-orders', (call) => answer(call, bodiesOf(call, mostOrders), amend)],
  ['trade/close-position', closePosition],
  ['trade/cancel-all-after', cancelAllAfter],
  ...algoWrites,
]);

/** A bad parameter of one order in a batch fails that order; of a single order, the request. */
function answer(
  call: PrivateCall,
  entries: readonly Params[],
  run: (call: PrivateCall, params: Params) => Outcome,
): HttpAnswer {
  const done = entries.map((params) => {
    try {
      return run(call, params);
    } catch (thrown) {
      if (!(thrown instanceof OkxError) || entries.length === 1) throw thrown;
      return outcome(call, params, { sCode: thrown.code, sMsg: thrown.message });
    }
  });
  return outcomes(done, call.engine.nowMs);
}

function outcome(
  call: PrivateCall,
  params: Params,
  result: { sCode: string; sMsg: string; ordId?: string },
): Outcome {
  return {
    clOrdId: params.text('clOrdId') ?? '',
    ordId: '',
    tag: params.text('tag') ?? '',
    ts: String(call.engine.nowMs),
    ...result,
  };
}

function place(call: PrivateCall, params: Params): Outcome {
  const request = readOrder(params);
  if (request === undefined) return outcome(call, params, rejection('INSTRUMENT_UNKNOWN', 'place'));
  const { instrument, order } = request;
  const exits = attachedOrders(params, { instrument, ...order });
  const placed =
    exits.length === 0
      ? call.engine.place(call.account.id, order)
      : call.engine.placeLinked(call.account.id, {
          first: order,
          others: exits,
          isOneOf: true,
          startsWithPart: true,
        });
  const ordId = !placed.ok ? undefined : 'order' in placed ? placed.order.id : placed.orders[0]?.id;
  if (placed.ok) return outcome(call, params, { ordId: ordId ?? '', sCode: '0', sMsg: 'Order placed' });
  const spot = order.side === 'buy' ? instrument.quote : instrument.base;
  const currency = instrument.kind === 'swap' ? instrument.settle : spot;
  return outcome(call, params, rejection(placed.code, 'place', currency));
}

/** Undefined when the instrument does not exist. Throws OkxError for a parameter that is missing or has no meaning. */
function readOrder(params: Params): { instrument: Instrument; order: NewOrder } | undefined {
  const symbol = params.symbol();
  const tdMode = params.required('tdMode');
  const side = params.required('side');
  const ordType = params.required('ordType');
  const size = params.amount('sz');
  if (side !== 'buy' && side !== 'sell') throw badParameter('side');
  if (size === undefined) throw missingParameter('sz');
  const timeInForce = timesInForce.get(ordType);
  if (timeInForce === undefined) throw badParameter('ordType');
  // The old way to attach exits.
  if (params.has('tpTriggerPx') || params.has('slTriggerPx')) throw notOnPaper();
  const instrument = listed.find(symbol);
  if (instrument === undefined) return undefined;
  checkModes(params, instrument, tdMode);
  const isMarket = ordType === 'market' || ordType === 'optimal_limit_ioc';
  const price = isMarket ? undefined : params.amount('px');
  if (!isMarket && price === undefined) throw missingParameter('px');
  const target = params.text('tgtCcy') ?? (side === 'buy' ? 'quote_ccy' : 'base_ccy');
  if (target !== 'quote_ccy' && target !== 'base_ccy') throw badParameter('tgtCcy');
  const isQuote = instrument.kind === 'spot' && isMarket && target === 'quote_ccy';
  const clientId = params.text('clOrdId');
  if (clientId !== undefined && !/^[A-Za-z0-9]{1,32}$/.test(clientId)) throw badParameter('clOrdId');
  return {
    instrument,
    order: {
      symbol,
      side,
      ...(price === undefined ? {} : { price }),
      timeInForce,
      quantity: { value: size, unit: isQuote ? 'quote' : 'size' },
      reduceOnly: instrument.kind === 'swap' && params.text('reduceOnly') === 'true',
      ...(clientId === undefined ? {} : { clientId }),
      memo: memoOf(params, isMarket && instrument.kind === 'spot' ? target : ''),
    },
  };
}

function checkModes(params: Params, instrument: Instrument, tdMode: string): void {
  const known = instrument.kind === 'swap' ? ['cross', 'isolated'] : ['cash'];
  if (!known.includes(tdMode)) throw badParameter('tdMode');
  const posSide = params.text('posSide');
  if (posSide !== undefined && posSide !== 'net') throw badParameter('posSide');
}

function memoOf(params: Params, tgtCcy: string): Readonly<Record<string, string>> {
  const memo = memoNames.map((name) => [name, params.text(name) ?? ''] as const);
  return { ...Object.fromEntries(memo), tgtCcy };
}

function cancel(call: PrivateCall, params: Params): Outcome {
  const symbol = params.symbol();
  const order = findOrder(call, params);
  const ids = {
    clOrdId: order?.clientId ?? params.text('clOrdId') ?? '',
    ordId: order?.id ?? params.text('ordId') ?? '',
  };
  const failed =
    order === undefined || order.symbol !== symbol
      ? 'ORDER_UNKNOWN'
      : call.engine.cancel(call.account.id, order);
  const result = failed === undefined ? { sCode: '0', sMsg: '' } : rejection(failed, 'cancel');
  return { ...ids, ...result, ts: String(call.engine.nowMs) };
}

function amend(call: PrivateCall, params: Params): Outcome {
  const symbol = params.symbol();
  const order = findOrder(call, params);
  const size = params.amount('newSz');
  const price = params.amount('newPx');
  const [attached, second] = params.children('attachAlgoOrds');
  if (second !== undefined) throw notOnPaper();
  if (size === undefined && price === undefined && attached === undefined)
    throw missingParameter('newSz or newPx');
  const ids = {
    clOrdId: order?.clientId ?? params.text('clOrdId') ?? '',
    ordId: order?.id ?? params.text('ordId') ?? '',
    reqId: params.text('reqId') ?? '',
  };
  const failed =
    order === undefined || order.symbol !== symbol
      ? 'ORDER_UNKNOWN'
      : amendWith(call, order, { ...(size && { size }), ...(price && { price }) }, attached);
  const result =
    failed === undefined ? { sCode: '0', sMsg: '' } : rejection(failed, 'amend', order?.heldCurrency);
  return { ...ids, ...result, ts: String(call.engine.nowMs) };
}

/** The order itself, what is attached to it, or both. */
function amendWith(
  call: PrivateCall,
  order: PaperOrder,
  change: { size?: Decimal; price?: Decimal },
  attached: Params | undefined,
): RejectCode | undefined {
  const isOwn = change.size !== undefined || change.price !== undefined;
  const failed = isOwn ? call.engine.amend(call.account.id, order, change) : undefined;
  if (failed !== undefined || attached === undefined) return failed;
  const waiting = exitsOf(call.account, order).filter(isOpen);
  return waiting.length === 0 ? 'ORDER_UNKNOWN' : amendLegs(call, attached, waiting);
}

/** Sells or buys back the whole position at market; with `autoCxl` resting orders of the instrument go first. */
function closePosition(call: PrivateCall): HttpAnswer {
  const params = bodyOf(call);
  const instrument = params.instrument();
  params.required('mgnMode');
  const position = call.account.positions.get(instrument.symbol);
  if (position === undefined) throw new OkxError('51023', "Position doesn't exist.");
  if (params.text('autoCxl') === 'true') cancelAll(call, ({ symbol }) => symbol === instrument.symbol);
  const clientId = params.text('clOrdId');
  const size = position.contracts.abs();
  const placed = call.engine.place(call.account.id, {
    symbol: instrument.symbol,
    side: position.contracts.gt(zero) ? 'sell' : 'buy',
    timeInForce: 'ioc',
    quantity: { value: size, unit: 'size' },
    reduceOnly: true,
    ...(clientId === undefined ? {} : { clientId }),
    memo: {
      ordType: 'market',
      tdMode: params.required('mgnMode'),
      tag: params.text('tag') ?? '',
      sz: formatDecimal(size),
    },
  });
  if (!placed.ok) {
    const { sCode, sMsg } = rejection(placed.code, 'place');
    throw new OkxError(sCode, sMsg);
  }
  return ok([
    {
      clOrdId: clientId ?? '',
      instId: instrument.symbol,
      posSide: params.text('posSide') ?? 'net',
      tag: params.text('tag') ?? '',
    },
  ]);
}

/** OKX: 0 disarms, otherwise 10 to 120 seconds. */
function cancelAllAfter(call: PrivateCall): HttpAnswer {
  const params = bodyOf(call);
  const text = params.required('timeOut');
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : -1;
  if (seconds !== 0 && (seconds < 10 || seconds > 120)) throw badParameter('timeOut');
  const nowMs = call.engine.nowMs;
  const deadlineMs = seconds === 0 ? undefined : nowMs + seconds * 1000;
  call.engine.setDeadline(call.account.id, deadlineMs);
  return ok([{ tag: params.text('tag') ?? '', triggerTime: String(deadlineMs ?? 0), ts: String(nowMs) }]);
}
