// Algo orders as OKX v5 shows them ("Get algo order details"): the legs of one, which are orders of the engine, in one row.
import { formatDecimal } from '../../core/decimal.js';
import { averagePrice } from '../desk.js';
import { findInstrument, leverage } from '../engine/instruments.js';
import { isOpen, type PaperOrder } from '../engine/orders.js';
import { typeOf } from './call.js';

/** `state` is what became of the one leg that was triggered, or else of all. */
export function algoRow(orders: readonly PaperOrder[]): Readonly<Record<string, unknown>> {
  const [first] = orders;
  if (first === undefined) throw new Error('an algo order without legs');
  const triggered = orders.find(({ waitsFor }) => waitsFor === undefined);
  const instrument = findInstrument(first.symbol);
  const isSwap = instrument?.kind === 'swap';
  const { memo, link } = first;
  const plain = triggered === undefined ? [] : [triggered.id];
  const state = triggered !== undefined ? 'effective' : orders.some(isOpen) ? 'live' : 'canceled';
  return {
    algoId: link?.id ?? first.id,
    algoClOrdId: memo.algoClientId ?? '',
    clOrdId: '',
    instId: first.symbol,
    instType: typeOf(instrument),
    ordType: memo.algo,
    side: first.side,
    posSide: isSwap ? 'net' : '',
    tdMode: memo.tdMode ?? '',
    ccy: memo.ccy ?? '',
    lever: isSwap ? formatDecimal(leverage) : '',
    sz: first.closesPosition === true ? '' : sizeOf(first),
    closeFraction: first.closesPosition === true ? '1' : '',
    tgtCcy: memo.tgtCcy ?? '',
    reduceOnly: String(first.reduceOnly),
    state,
    ordId: triggered?.id ?? '',
    ordIdList: plain,
    ...legOf(orders, 'tp'),
    ...legOf(orders, 'sl'),
    ...ownOf(first),
    ...trailOf(first),
    actualSz: triggered === undefined ? '' : formatDecimal(triggered.filled),
    actualPx: triggered === undefined ? '' : (averagePrice(triggered) ?? ''),
    actualSide: triggered === undefined ? '' : (triggered.memo.leg ?? ''),
    triggerTime: triggered === undefined ? '' : String(triggered.updatedMs),
    failCode: '',
    quickMgnType: '',
    tag: memo.tag ?? '',
    cTime: String(first.createdMs),
    uTime: String(Math.max(...orders.map(({ updatedMs }) => updatedMs))),
  };
}

const sizeOf = ({ quantity, size }: PaperOrder): string =>
  formatDecimal(quantity.unit === 'quote' ? quantity.value : size);

const priceOf = ({ price }: PaperOrder): string => (price === undefined ? '-1' : formatDecimal(price));

function legOf(orders: readonly PaperOrder[], leg: 'tp' | 'sl'): Readonly<Record<string, string>> {
  const order = orders.find(({ memo }) => memo.leg === leg);
  const trigger = order?.trigger === undefined ? '' : formatDecimal(order.trigger);
  return {
    [`${leg}TriggerPx`]: trigger,
    [`${leg}TriggerPxType`]: trigger === '' ? '' : 'last',
    [`${leg}OrdPx`]: order === undefined ? '' : priceOf(order),
  };
}

function ownOf(order: PaperOrder): Readonly<Record<string, string>> {
  const isOwn = order.memo.leg === 'trigger' && order.trigger !== undefined;
  return {
    triggerPx: isOwn && order.trigger !== undefined ? formatDecimal(order.trigger) : '',
    triggerPxType: isOwn ? 'last' : '',
    ordPx: isOwn ? priceOf(order) : '',
  };
}

function trailOf({ trail, trigger }: PaperOrder): Readonly<Record<string, string>> {
  const value = (unit: 'ratio' | 'price') => (trail?.unit === unit ? formatDecimal(trail.value) : '');
  return {
    callbackRatio: value('ratio'),
    callbackSpread: value('price'),
    activePx: trail?.activation === undefined ? '' : formatDecimal(trail.activation),
    moveTriggerPx: trail === undefined || trigger === undefined ? '' : formatDecimal(trigger),
  };
}

/** What hangs on a plain order, in its own row ("Get order details", `attachAlgoOrds`). */
export function attachedRows(exits: readonly PaperOrder[]): readonly Readonly<Record<string, string>>[] {
  const [first] = exits;
  if (first === undefined) return [];
  return [
    {
      attachAlgoId: first.link?.id ?? '',
      attachAlgoClOrdId: first.memo.algoClientId ?? '',
      tpOrdKind: 'condition',
      ...legOf(exits, 'tp'),
      ...legOf(exits, 'sl'),
      ...trailOf(first),
      sz: first.isSizedByFirst === true ? '' : sizeOf(first),
      amendPxOnTriggerType: '0',
      failCode: '',
      failReason: '',
    },
  ];
}
