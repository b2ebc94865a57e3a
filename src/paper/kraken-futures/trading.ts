// Kraken Futures trading over the paper engine: send (triggers too), edit, batch, cancel, the dead-man switch. A refusal is a status.
import { decimal } from '../../core/decimal.js';
import { cancelAllAfter } from '../dead-man-switch.js';
import { cancelAll, cancelOrder, placeOrder, unitOf } from '../desk.js';
import { findInstrument } from '../engine/instruments.js';
import { type NewOrder, type PaperOrder, type PaperTimeInForce, triggerMoveOf } from '../engine/orders.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { type Fields, textFields } from '../fields.js';
import { orderRow } from './account.js';
import { contracts, isoTime, numberOf, orderById, orderIdOf, type PrivateCall, type Row } from './call.js';

type Handler = (call: PrivateCall) => Row;

const timesInForce: Readonly<Record<string, PaperTimeInForce>> = {
  lmt: 'gtc',
  post: 'post-only',
  ioc: 'ioc',
  fok: 'fok',
  mkt: 'ioc',
};
const zero = decimal('0');

export const tradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['POST sendorder', (call) => ({ sendStatus: send(call, call.fields) })],
  ['POST editorder', (call) => ({ editStatus: edit(call, call.fields) })],
  ['POST cancelorder', (call) => ({ cancelStatus: cancel(call, call.fields) })],
  ['POST cancelallorders', cancelEvery],
  ['POST cancelallordersafter', (call) => ({ status: cancelAllAfter(call) })],
  ['POST batchorder', batch],
]);

/** "Send order", `status`: why an order was not placed. */
const statuses: Partial<Readonly<Record<FaultCode, string>>> = {
  INSTRUMENT_UNKNOWN: 'marketInactive',
  PRICE_NOT_ON_TICK: 'invalidPrice',
  PRICE_TOO_HIGH: 'outsidePriceCollar',
  PRICE_TOO_LOW: 'outsidePriceCollar',
  SIZE_NOT_ON_LOT: 'invalidSize',
  SIZE_TOO_SMALL: 'invalidSize',
  SIZE_TOO_LARGE: 'maxPositionViolation',
  INSUFFICIENT_BALANCE: 'insufficientAvailableFunds',
  NOTHING_TO_REDUCE: 'wouldNotReducePosition',
  CLIENT_ID_TAKEN: 'clientOrderIdAlreadyExist',
  TOO_MANY_ORDERS: 'tooManySmallOrders',
};
const endings: Partial<Record<NonNullable<PaperOrder['cancelReason']>, string>> = {
  'would-take': 'postWouldExecute',
  'not-filled-at-once': 'iocWouldNotExecute',
  'no-liquidity': 'iocWouldNotExecute',
  'nothing-to-reduce': 'wouldNotReducePosition',
  'insufficient-margin': 'insufficientAvailableFunds',
};

function send(call: PrivateCall, fields: Fields): Row {
  const receivedTime = isoTime(call.engine.nowMs);
  try {
    const order = placeOrder(call, readOrder(fields));
    const refused = order.filled.eq(zero) && order.cancelReason && endings[order.cancelReason];
    const order_id = orderIdOf(order);
    const ids = { order_id, ...(order.clientId === undefined ? {} : { cliOrdId: order.clientId }) };
    if (refused) return { ...ids, status: refused, receivedTime, orderEvents: [] };
    return { ...ids, status: 'placed', receivedTime, orderEvents: eventsOf(call, order) };
  } catch (thrown) {
    const status = thrown instanceof PaperFault ? statuses[thrown.code] : undefined;
    if (status === undefined) throw thrown;
    return { status, receivedTime, orderEvents: [] };
  }
}

/** A PLACE for what rests, an EXECUTION for each fill. */
function eventsOf({ account }: PrivateCall, order: PaperOrder): readonly Row[] {
  const fills = account.fills.filter(({ orderId }) => orderId === order.id);
  const executions = fills.map((fill) => ({
    type: 'EXECUTION',
    executionId: orderIdOf(fill),
    price: numberOf(fill.price),
    amount: numberOf(fill.size.times(unitOf(contracts.need(contracts.of(order))))),
    orderPriorEdit: null,
    orderPriorExecution: { ...orderRow(order), filled: 0 },
    takerReducedQuantity: null,
  }));
  return executions.length > 0
    ? executions
    : [{ type: 'PLACE', order: orderRow(order), reducedQuantity: null }];
}

function readOrder(fields: Fields): NewOrder {
  const instrument = contracts.need(fields.required('symbol').toUpperCase());
  const orderType = fields.required('orderType');
  const isWaiting = orderType === 'stp' || orderType === 'take_profit';
  const isLimited = isWaiting ? fields.has('limitPrice') : orderType !== 'mkt';
  const timeInForce = isWaiting ? (isLimited ? 'gtc' : 'ioc') : timesInForce[orderType];
  // A trailing stop: the paper engine has none.
  if (timeInForce === undefined) throw new PaperFault('NOT_ON_PAPER', 'orderType');
  const side = fields.oneOf('side', ['buy', 'sell']);
  const clientId = fields.text('cliOrdId');
  return {
    symbol: instrument.symbol,
    side,
    ...(isLimited ? { price: fields.requiredAmount('limitPrice') } : {}),
    ...(isWaiting
      ? {
          trigger: fields.requiredAmount('stopPrice'),
          triggerMove: triggerMoveOf(side, orderType === 'take_profit'),
        }
      : {}),
    timeInForce,
    quantity: { value: fields.requiredAmount('size').div(unitOf(instrument)), unit: 'size' },
    reduceOnly: fields.text('reduceOnly') === 'true',
    ...(clientId === undefined ? {} : { clientId }),
    memo: { orderType },
  };
}

function named(call: PrivateCall, fields: Fields): PaperOrder | undefined {
  const id = fields.text('order_id') ?? fields.text('orderId');
  return id === undefined
    ? call.account.find({ clientId: fields.required('cliOrdId') })
    : orderById(call, id);
}

/** `size` is what shall be open: what is filled comes on top ("Edit order", qtyMode RELATIVE). */
function edit(call: PrivateCall, fields: Fields): Row {
  const order = named(call, fields);
  const receivedTime = isoTime(call.engine.nowMs);
  const instrument = order === undefined ? undefined : findInstrument(order.symbol);
  if (order === undefined || instrument === undefined)
    return { status: 'orderForEditNotFound', receivedTime, orderEvents: [] };
  const order_id = orderIdOf(order);
  const before = orderRow(order);
  const price = fields.amount('limitPrice');
  const trigger = fields.amount('stopPrice');
  if (trigger !== undefined && order.trigger === undefined)
    return { status: 'orderForEditNotAStop', order_id, receivedTime, orderEvents: [] };
  const size = fields.amount('size')?.div(unitOf(instrument)).plus(order.filled);
  const failed = call.engine.amend(call.account.id, order, {
    ...(size && { size }),
    ...(price && { price }),
    ...(trigger && { trigger }),
  });
  if (failed !== undefined && failed !== 'NO_CHANGE') {
    const status = statuses[failed] ?? 'orderForEditNotFound';
    return { status, order_id, receivedTime, orderEvents: [] };
  }
  const event = { type: 'EDIT', old: before, new: orderRow(order), reducedQuantity: null };
  return { status: 'edited', order_id, orderId: order_id, receivedTime, orderEvents: [event] };
}

function cancel(call: PrivateCall, fields: Fields): Row {
  const receivedTime = isoTime(call.engine.nowMs);
  const order = named(call, fields);
  if (order?.state === 'filled') return { status: 'filled', order_id: orderIdOf(order), receivedTime };
  try {
    const gone = cancelOrder(call, order);
    const order_id = orderIdOf(gone);
    const event = { type: 'CANCEL', uid: order_id, order: orderRow(gone) };
    return { status: 'cancelled', order_id, receivedTime, orderEvents: [event] };
  } catch (thrown) {
    if (!(thrown instanceof PaperFault)) throw thrown;
    return { status: 'notFound', receivedTime };
  }
}

function cancelEvery(call: PrivateCall): Row {
  const market = call.fields.text('symbol')?.toUpperCase();
  const gone = cancelAll(call, (order) => market === undefined || contracts.of(order) === market);
  const cancelledOrders = gone.map((order) => ({ order_id: orderIdOf(order) }));
  return {
    cancelStatus: {
      receivedTime: isoTime(call.engine.nowMs),
      cancelOnly: 'all',
      status: gone.length === 0 ? 'noOrdersToCancel' : 'cancelled',
      cancelledOrders,
      orderEvents: [],
    },
  };
}

/** Each entry by itself, with its tag. */
function batch(call: PrivateCall): Row {
  const entries = textFields(call.fields.required('json')).children('batchOrder');
  if (entries.length === 0) throw new PaperFault('PARAMETER_BAD', 'json');
  const steps = { send, edit, cancel };
  return {
    batchStatus: entries.map((entry) => {
      const step = steps[entry.oneOf('order', ['send', 'edit', 'cancel'])];
      const tag = entry.text('order_tag');
      return { ...step(call, entry), ...(tag === undefined ? {} : { order_tag: tag }) };
    }),
  };
}
