// Hyperliquid's actions over the paper engine: order, modify, cancel and the dead-man switch ("Exchange endpoint").
import { cancelOrder, placeOrder, placeWithExits, unitOf } from '../desk.js';
import { priceBand } from '../engine/checks.js';
import { findInstrument } from '../engine/instruments.js';
import { type NewOrder, type PaperOrder, type PaperTimeInForce, triggerMoveOf } from '../engine/orders.js';
import { type FaultCode, PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { placedStatus } from './accounts.js';
import { coins, orderOf, type PrivateCall, type Row } from './call.js';

/** `fields` are the action's. Gives the answer's `response`. */
type Handler = (call: PrivateCall) => Row;

const timesInForce: Readonly<Record<string, PaperTimeInForce>> = {
  Gtc: 'gtc',
  Ioc: 'ioc',
  FrontendMarket: 'ioc',
  Alo: 'post-only',
};

export const actionHandlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['order', placeAll],
  ['modify', modifyOne],
  ['batchModify', (call) => statuses('order', call, call.fields.children('modifies'), modify)],
  ['cancel', (call) => statuses('cancel', call, call.fields.children('cancels'), cancelBy('o'))],
  ['cancelByCloid', (call) => statuses('cancel', call, call.fields.children('cancels'), cancelBy('cloid'))],
  ['scheduleCancel', scheduleCancel],
]);

/**
 * `normalTpsl`: the first order's fill starts the others, of its size, of which one trades; `positionTpsl`: each closes what the position is
 * by then ("Exchange endpoint", "Place an order").
 */
function placeAll(call: PrivateCall): Row {
  const grouping = call.fields.has('grouping')
    ? call.fields.oneOf('grouping', ['na', 'normalTpsl', 'positionTpsl'])
    : 'na';
  const entries = call.fields.children('orders');
  if (grouping !== 'normalTpsl')
    return statuses('order', call, entries, grouping === 'na' ? place : placeExit);
  const [first, ...others] = entries;
  if (first === undefined || others.length === 0) throw new PaperFault('PARAMETER_MISSING', 'orders');
  const group: Step = (_, entry) => {
    const order = withinBand(call, readOrder(entry));
    const exits = others.map((one) => ({ ...readOrder(one), isSizedByFirst: true as const }));
    for (const exit of exits)
      if (exit.trigger === undefined || exit.side === order.side || exit.symbol !== order.symbol)
        throw new PaperFault('PARAMETER_BAD', 'grouping');
    return toldOf(placeWithExits(call, order, exits), entry);
  };
  const told = tryStep(group, call, first);
  const has = (name: string) => typeof told === 'object' && name in told;
  const waits = has('error') ? told : has('resting') ? 'waitingForFill' : 'waitingForTrigger';
  return { type: 'order', data: { statuses: [told, ...others.map(() => waits)] } };
}

/** An exit of a whole position; its size is not looked at. */
function placeExit(call: PrivateCall, entry: Fields): Row | string {
  const order = readOrder(entry, true);
  if (order.trigger === undefined) throw new PaperFault('PARAMETER_BAD', 'grouping');
  placeOrder(call, { ...order, reduceOnly: true, closesPosition: true });
  return 'waitingForTrigger';
}

type Step = (call: PrivateCall, entry: Fields) => Row | string;

/** Each entry by itself: what one meets with does not stop the others. */
function statuses(type: string, call: PrivateCall, entries: readonly Fields[], step: Step): Row {
  if (entries.length === 0) throw new PaperFault('PARAMETER_MISSING', type);
  return { type, data: { statuses: entries.map((entry) => tryStep(step, call, entry)) } };
}

function tryStep(step: Step, call: PrivateCall, entry: Fields): Row | string {
  try {
    return step(call, entry);
  } catch (thrown) {
    if (!(thrown instanceof PaperFault)) throw thrown;
    return { error: wordOf(thrown, entry) };
  }
}

function place(call: PrivateCall, entry: Fields): Row {
  return toldOf(placeOrder(call, withinBand(call, readOrder(entry))), entry);
}

function toldOf(order: PaperOrder, entry: Fields): Row {
  const told = placedStatus(order);
  if (order.state !== 'canceled' || 'filled' in told) return told;
  const word = order.cancelReason === undefined ? undefined : endings[order.cancelReason];
  return { error: `${word ?? immediate} asset=${entry.required('a')}` };
}

/**
 * A client's market order is a limit far through the book, by 5 % and more, which the venue takes up to 80 % off. The paper
 * engine takes less; at once, and within its band, the same is filled.
 */
function withinBand({ engine }: PrivateCall, order: NewOrder): NewOrder {
  const instrument = findInstrument(order.symbol);
  const { price, side, timeInForce } = order;
  if (instrument === undefined || price === undefined || timeInForce !== 'ioc') return order;
  const { highestBuy, lowestSell } = priceBand(instrument, engine.market.last(instrument, engine.second));
  const isBeyond = side === 'buy' ? price.gt(highestBuy) : price.lt(lowestSell);
  const lowest = lowestSell.plus(instrument.tickSize);
  return isBeyond ? { ...order, price: side === 'buy' ? highestBuy : lowest } : order;
}

/** `isExit`: of a whole position, whose size may be zero. */
function readOrder(entry: Fields, isExit = false): NewOrder {
  const instrument = coins.need(entry.required('a'));
  const terms = entry.child('t');
  const waiting = terms?.child('trigger');
  const tif = waiting === undefined ? (terms?.child('limit')?.text('tif') ?? '') : 'Gtc';
  const timeInForce = timesInForce[tif];
  if (timeInForce === undefined) throw new PaperFault('PARAMETER_BAD', 't');
  const side = entry.oneOf('b', ['true', 'false']) === 'true' ? ('buy' as const) : ('sell' as const);
  const clientId = entry.text('c')?.toLowerCase();
  return {
    symbol: instrument.symbol,
    side,
    ...(waiting === undefined
      ? { price: entry.requiredAmount('p'), timeInForce }
      : triggerOf(entry, waiting, side)),
    quantity: {
      value: isExit ? instrument.minSize : entry.requiredAmount('s').div(unitOf(instrument)),
      unit: 'size',
    },
    reduceOnly: instrument.kind === 'swap' && entry.text('r') === 'true',
    ...(clientId === undefined ? {} : { clientId }),
    memo: { tif },
  };
}

/** Of a trigger at market the price is only the worst that is taken; the paper engine takes what is there. */
function triggerOf(entry: Fields, waiting: Fields, side: 'buy' | 'sell') {
  const isMarket = waiting.oneOf('isMarket', ['true', 'false']) === 'true';
  const price = entry.requiredAmount('p');
  return {
    ...(isMarket ? {} : { price }),
    timeInForce: isMarket ? ('ioc' as const) : ('gtc' as const),
    trigger: waiting.requiredAmount('triggerPx'),
    triggerMove: triggerMoveOf(side, waiting.oneOf('tpsl', ['tp', 'sl']) === 'tp'),
  };
}

function modifyOne(call: PrivateCall): Row {
  modify(call, call.fields);
  return { type: 'default' };
}

/** Price, size and trigger of the same order. On the venue it gets a new id; here it keeps its own. */
function modify(call: PrivateCall, entry: Fields): Row {
  const order = orderOf(call, entry.required('oid'));
  const change = entry.child('order');
  if (order === undefined || change === undefined) throw new PaperFault('ORDER_UNKNOWN');
  const isExit = order.closesPosition === true;
  const wanted = readOrder(change, isExit);
  const instrument = findInstrument(order.symbol);
  if (wanted.symbol !== order.symbol || wanted.side !== order.side || instrument === undefined)
    throw new PaperFault('PARAMETER_BAD', 'order');
  if (wanted.triggerMove !== order.triggerMove) throw new PaperFault('PARAMETER_BAD', 'order');
  const { price, trigger } = wanted;
  const size = wanted.quantity.value.plus(order.filled);
  const failed = call.engine.amend(call.account.id, order, {
    ...(isExit ? {} : { size }),
    ...(price && { price }),
    ...(trigger && { trigger }),
  });
  if (failed !== undefined && failed !== 'NO_CHANGE') throw new PaperFault(failed);
  return placedStatus(order);
}

function cancelBy(name: 'o' | 'cloid'): Step {
  return (call, entry) => {
    const order = orderOf(call, entry.required(name));
    const asset = entry.required(name === 'o' ? 'a' : 'asset');
    if (order !== undefined && coins.need(asset).symbol !== order.symbol)
      throw new PaperFault('ORDER_UNKNOWN');
    cancelOrder(call, order);
    return 'success';
  };
}

/** At least 5 seconds ahead; without a time it is removed. */
function scheduleCancel({ engine, account, fields }: PrivateCall): Row {
  const time = fields.text('time');
  const deadlineMs = time === undefined ? undefined : Number(time);
  if (deadlineMs !== undefined && !(deadlineMs >= engine.nowMs + 5000))
    throw new PaperFault('PARAMETER_BAD', 'time');
  engine.setDeadline(account.id, deadlineMs);
  return { type: 'default' };
}

const immediate = 'Order could not immediately match against any resting orders.';

/** What an order that ended at once is refused with. */
const endings: Partial<Record<NonNullable<PaperOrder['cancelReason']>, string>> = {
  'would-take': 'Post only order would have immediately matched, bbo was not tried.',
  'nothing-to-reduce': 'Reduce only order would increase position.',
  'insufficient-margin': 'Insufficient margin to place order.',
};

const never = 'Order was never placed, already canceled, or filled.';

/** The venue's words, as SDKs match them; what it has none for is named. */
const words: Partial<Record<FaultCode, string>> = {
  PRICE_NOT_ON_TICK: 'Price must be divisible by tick size.',
  PRICE_TOO_HIGH: 'Order price cannot be more than 80% away from the reference price',
  PRICE_TOO_LOW: 'Order price cannot be more than 80% away from the reference price',
  SIZE_NOT_ON_LOT: 'Order has invalid size.',
  SIZE_TOO_SMALL: 'Order must have minimum value of $10.',
  SIZE_TOO_LARGE: 'Order has invalid size.',
  INSUFFICIENT_BALANCE: 'Insufficient margin to place order.',
  NOTHING_TO_REDUCE: 'Reduce only order would increase position.',
  CLIENT_ID_TAKEN: 'Client order id is already used.',
  TOO_MANY_ORDERS: 'Too many open orders.',
  INSTRUMENT_UNKNOWN: 'Unknown asset.',
};

function wordOf({ code, subject }: PaperFault, entry: Fields): string {
  const asset = entry.text('a') ?? entry.text('asset') ?? entry.child('order')?.text('a') ?? '';
  const isCancel = entry.has('o') || entry.has('cloid') || entry.has('oid');
  const word =
    words[code] ??
    (code === 'ORDER_DONE' || code === 'ORDER_UNKNOWN'
      ? isCancel
        ? never
        : immediate
      : `Invalid ${subject}.`);
  return `${word} asset=${asset}`;
}
