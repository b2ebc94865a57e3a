// Kraken spot trading over the paper engine (docs.kraken.com, "Trading"): market and limit orders, stops and take-profits, their
// conditional closes, cancels, the dead-man switch.
import { otherSide } from '../../core/order.js';
import { cancelAllAfter } from '../dead-man-switch.js';
import { amendOrder, cancelAll, cancelOrder, placeWithExits } from '../desk.js';
import { type NewOrder, type PaperTimeInForce, triggerMoveOf } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { describe } from './account.js';
import { nameOf, needOrder, type PrivateCall, pairs, type Row } from './call.js';
import { wordingOf } from './faults.js';

type Handler = (call: PrivateCall) => Row;

/** What the paper engine has none of. */
const notOnPaper = ['leverage', 'trigger', 'displayvol'];
const mostInBatch = 15;
/** Those that wait take the trigger for `price`, and those with a limit that for `price2` ("Add order"). */
const types = [
  'market',
  'limit',
  'stop-loss',
  'stop-loss-limit',
  'take-profit',
  'take-profit-limit',
] as const;
const notAmended = ['display_qty'];

export const tradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['AddOrder', addOrder],
  ['AddOrderBatch', addBatch],
  ['AmendOrder', amend],
  ['CancelOrder', (call) => cancelled([cancelOrder(call, namedOrder(call))])],
  ['CancelOrderBatch', cancelBatch],
  ['CancelAll', (call) => cancelled(cancelAll(call, () => true))],
  ['CancelAllOrdersAfter', cancelAllAfter],
]);

function cancelled(orders: readonly unknown[]): Row {
  return { count: orders.length };
}

/** Counts those that still rested; says nothing of the others. */
function cancelBatch(call: PrivateCall): Row {
  const names = new Set(call.fields.texts('orders'));
  if (names.size < 2) throw new PaperFault('PARAMETER_BAD', 'orders');
  return cancelled(
    cancelAll(call, ({ id, clientId }) => names.has(nameOf('O', id)) || names.has(clientId ?? '')),
  );
}

function namedOrder(call: PrivateCall) {
  return needOrder(call, call.fields.text('cl_ord_id') ?? call.fields.required('txid'));
}

function addOrder(call: PrivateCall): Row {
  const order = readOrder(call);
  if (call.fields.text('validate') === 'true') return { descr: { order: '' } };
  const placed = placeWithExits(call, order, closeOf(call, order));
  return { descr: { order: describe(placed) }, txid: [nameOf('O', placed.id)] };
}

/** "Add order batch": 2 to 15 orders of one pair; what one meets with stands in its place. */
function addBatch(call: PrivateCall): Row {
  const { fields } = call;
  const pair = fields.required('pair');
  const entries = fields.children('orders');
  if (entries.length < 2 || entries.length > mostInBatch) throw new PaperFault('PARAMETER_BAD', 'orders');
  const validate = fields.text('validate') ?? 'false';
  const orders = entries.map((entry) => {
    try {
      const { txid, descr } = addOrder({
        ...call,
        fields: entry.with('pair', pair).with('validate', validate),
      });
      return { descr, ...(Array.isArray(txid) ? { txid: String(txid[0]) } : {}) };
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      return { error: wordingOf(thrown) };
    }
  });
  return { orders };
}

/** "Amend order": in place, under a number of its own. */
function amend(call: PrivateCall): Row {
  const { fields, engine } = call;
  if (notAmended.some((name) => fields.has(name))) throw new PaperFault('NOT_ON_PAPER');
  const change = {
    size: fields.amount('order_qty'),
    price: fields.amount('limit_price'),
    trigger: fields.amount('trigger_price'),
  };
  const { id } = amendOrder(call, namedOrder(call), change);
  return { amend_id: nameOf('T', `${id} ${engine.nowMs}`) };
}

/** `named` spells the fields of an order, or of the close that goes with one. */
function pricesOf(
  fields: Fields,
  named: (name: 'price' | 'price2') => string,
  ordertype: (typeof types)[number],
  side: NewOrder['side'],
  resting: PaperTimeInForce,
): Pick<NewOrder, 'price' | 'trigger' | 'triggerMove' | 'timeInForce'> {
  const isMarket = !ordertype.endsWith('limit');
  const isWaiting = /^(?:stop|take)/.test(ordertype);
  if (fields.has(named('price2')) && (!isWaiting || isMarket))
    throw new PaperFault('PARAMETER_BAD', 'price2');
  return {
    ...(isMarket ? {} : { price: fields.requiredAmount(named(isWaiting ? 'price2' : 'price')) }),
    ...(isWaiting
      ? {
          trigger: fields.requiredAmount(named('price')),
          triggerMove: triggerMoveOf(side, ordertype.startsWith('take')),
        }
      : {}),
    timeInForce: isMarket ? 'ioc' : resting,
  };
}

/**
 * "Conditional close orders are triggered by execution of the primary order in the same quantity and opposite direction" ("Add order"):
 * `close[ordertype]` of a form, `close: {ordertype}` of a batch. Here they start when the primary ends.
 */
function closeOf({ fields }: PrivateCall, order: NewOrder): readonly NewOrder[] {
  const nested = fields.child('close');
  const source = nested ?? fields;
  const named = (name: string) => (nested === undefined ? `close[${name}]` : name);
  if (nested === undefined && !fields.has(named('ordertype'))) return [];
  const ordertype = source.oneOf(named('ordertype'), types);
  const side = otherSide[order.side];
  const { symbol, quantity } = order;
  const prices = pricesOf(source, named, ordertype, side, 'gtc');
  const memo = { ordertype, oflags: 'fciq' };
  return [{ symbol, side, ...prices, quantity, isSizedByFirst: true, reduceOnly: false, memo }];
}

function readOrder({ fields }: PrivateCall): NewOrder {
  const { symbol } = pairs.need(fields.required('pair'));
  const side = fields.oneOf('type', ['buy', 'sell']);
  const ordertype = fields.oneOf('ordertype', types);
  if (notOnPaper.some((name) => fields.has(name))) throw new PaperFault('NOT_ON_PAPER');
  const flags = fields.text('oflags')?.split(',') ?? [];
  const wanted = fields.has('timeinforce') ? fields.oneOf('timeinforce', ['GTC', 'IOC', 'FOK']) : 'GTC';
  const resting = flags.includes('post')
    ? 'post-only'
    : ({ GTC: 'gtc', IOC: 'ioc', FOK: 'fok' } as const)[wanted];
  const clientId = fields.text('cl_ord_id');
  return {
    symbol,
    side,
    ...pricesOf(fields, (name) => name, ordertype, side, resting),
    quantity: {
      value: fields.requiredAmount('volume'),
      unit: ordertype === 'market' && flags.includes('viqc') ? 'quote' : 'size',
    },
    reduceOnly: false,
    ...(clientId === undefined ? {} : { clientId }),
    memo: { ordertype, oflags: flags.join(',') || 'fciq' },
  };
}
