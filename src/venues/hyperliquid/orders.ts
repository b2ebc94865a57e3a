// Hyperliquid's order, modify and cancel actions as intents. Sources: hyperliquid.gitbook.io exchange endpoint,
// hyperliquid-python-sdk 7ee976d utils/signing.py (OrderWire), @nktkas/hyperliquid 0.32.2 schemas.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import {
  isHeldToReduce,
  type OrderIntent,
  type OrderType,
  type Quantity,
  type TimeInForce,
} from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { dropUndefined, OrderFields, parsing, refuseOrder, refusePutOff } from '../order-fields.js';
import type { InstrumentList, ParseContext, ParsedOrders } from '../venue.js';
import { isPerpetual } from './assets.js';
import { readExchangeRequest } from './exchange-request.js';

interface Parse {
  common: IntentBase;
  instruments: InstrumentList | undefined;
  nowMs: number | undefined;
}

const timesInForce: Readonly<Record<string, TimeInForce>> = {
  Gtc: 'gtc',
  Ioc: 'ioc',
  FrontendMarket: 'ioc',
  Alo: 'post-only',
};
/** `FrontendMarket` is immediate, and more than that. */
const represented: Represented = {
  ...representedAll('a b p s r c o oid asset cloid isMarket triggerPx tpsl'),
  tif: ['Gtc', 'Ioc', 'Alo'],
  grouping: ['na'],
};
const triggerKinds: Readonly<Record<string, { market: OrderType; limit: OrderType }>> = {
  tp: { market: 'take-profit', limit: 'take-profit-limit' },
  sl: { market: 'stop', limit: 'stop-limit' },
};
const groupings = { na: true, normalTpsl: true, positionTpsl: true };

const clientId = /^0x[0-9a-fA-F]{32}$/;
const whole = /^\d{1,19}$/;
const maxBatch = 100;

export function parseHyperliquidOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  return parsing(() => {
    if (request.query !== '') return refuseOrder('BODY_UNREADABLE', 'an action carries a query string');
    const read = readExchangeRequest(request);
    if ('problem' in read) return refuseOrder('BODY_UNREADABLE', read.problem);
    if (read.message.vaultAddress !== undefined) {
      return refuseOrder('FIELD_INVALID', 'vaultAddress trades for an account that is not the box’s own');
    }
    const fields = new OrderFields(read.action, represented, 'the action');
    fields.ignore('type');
    const common = intentBase('hyperliquid', context);
    const { instruments, nowMs } = context;
    const intents = parseAction(read.type, fields, { common, instruments, nowMs });
    return { ok: true, intents: fields.seal(intents) };
  });
}

function parseAction(type: string, fields: OrderFields, parse: Parse): OrderIntent[] {
  switch (type) {
    case 'order':
      return order(fields, parse);
    case 'twapOrder':
      return [twap(fields.object('twap') ?? fields.refuse('FIELD_MISSING', 'twap', 'is missing'), parse)];
    case 'modify':
      return [modify(fields, parse)];
    case 'batchModify':
      return each(fields, 'modifies', (entry) => modify(entry, parse));
    case 'cancel':
      return each(fields, 'cancels', (entry) => cancel(entry, 'a', 'o', parse));
    case 'cancelByCloid':
      return each(fields, 'cancels', (entry) => cancelByClientId(entry, parse));
    case 'twapCancel':
      return [cancel(fields, 'a', 't', parse)];
    case 'scheduleCancel':
      // Without a time the scheduled cancel is removed: Hyperliquid docs, "Schedule cancel (dead man's switch)".
      refusePutOff('time', fields.id('time', whole), parse.nowMs);
      return [{ ...parse.common, action: 'cancel', instrument: '' }];
    default:
      return refuseOrder('NOT_AN_ORDER', 'the action places, changes or cancels no order');
  }
}

function order(fields: OrderFields, parse: Parse): OrderIntent[] {
  const grouping = fields.has('grouping') ? fields.text('grouping') : 'na';
  if (grouping === undefined || !Object.hasOwn(groupings, grouping)) {
    fields.refuse('FIELD_INVALID', 'grouping', 'has a value that is not understood');
  }
  const builder = fields.object('builder');
  if (builder !== undefined) {
    builder.need('b', /^0x[0-9a-fA-F]{40}$/);
    if (builder.id('f', whole) !== '0')
      refuseOrder('FEE_TO_THIRD_PARTY', 'builder takes a fee from the order');
    builder.done();
  }
  const orders = each(fields, 'orders', (entry) => place(entry, grouping === 'positionTpsl', parse));
  return grouping === 'na' ? orders : orders.map((one, index) => (index === 0 ? one : linked(one, grouping)));
}

/**
 * What comes after the first of a group is an exit of that order, or the other exit of the position. Only what the venue holds to
 * reducing passes for one: then it opens nothing, whatever the group does (Hyperliquid docs, "Take profit and stop loss orders").
 */
function linked(order: OrderIntent, grouping: string): OrderIntent {
  if (order.trigger === undefined || !isHeldToReduce(order)) return order;
  return grouping === 'normalTpsl' ? { ...order, isAttached: true } : { ...order, isAlternative: true };
}

function place(fields: OrderFields, isForPosition: boolean, parse: Parse): OrderIntent {
  const market = marketOf(fields, parse);
  const isBuy = needFlag(fields, 'b');
  const limit = decimalOf(fields, 'p');
  const terms = termsOf(fields.object('t') ?? fields.refuse('FIELD_MISSING', 't', 'is missing'));
  if (terms.isMarket) fields.show('p');
  return dropUndefined<OrderIntent>({
    ...parse.common,
    action: 'place',
    ...market,
    side: isBuy ? 'buy' : 'sell',
    quantity: sizeOf(fields, isForPosition),
    // A market trigger's own price is only the worst one: no rule may count on it (D3).
    price: terms.isMarket ? undefined : limit,
    reduceOnly: needFlag(fields, 'r'),
    clientOrderId: fields.ownId('c', clientId),
    ...terms.intent,
  });
}

function termsOf(fields: OrderFields): { intent: Partial<OrderIntent>; isMarket: boolean } {
  const limit = fields.object('limit');
  const trigger = fields.object('trigger');
  fields.done();
  if ((limit === undefined) === (trigger === undefined)) {
    return refuseOrder('ORDER_TYPE_UNSUPPORTED', 'an order is either limit or trigger');
  }
  if (trigger !== undefined) {
    const isMarket = needFlag(trigger, 'isMarket');
    const kind =
      trigger.choice('tpsl', triggerKinds) ?? trigger.refuse('FIELD_MISSING', 'tpsl', 'is missing');
    const intent = { type: isMarket ? kind.market : kind.limit, trigger: decimalOf(trigger, 'triggerPx') };
    trigger.done();
    return { intent, isMarket };
  }
  const timeInForce = limit?.choice('tif', timesInForce);
  limit?.done();
  if (timeInForce === undefined) return refuseOrder('FIELD_MISSING', 'tif of a limit order is missing');
  return { intent: { type: 'limit', timeInForce }, isMarket: false };
}

/** Size zero closes whatever the position is, for orders that hang on it. */
function sizeOf(fields: OrderFields, isForPosition: boolean): Quantity {
  const size = fields.unsigned('s') ?? fields.refuse('FIELD_MISSING', 's', 'is missing');
  if (!size.eq(decimal('0'))) return { value: size, unit: 'base' };
  if (!isForPosition) fields.refuse('NUMBER_INVALID', 's', 'is zero');
  return { value: decimal('1'), unit: 'close-all' };
}

function twap(fields: OrderFields, parse: Parse): OrderIntent {
  const intent: OrderIntent = {
    ...parse.common,
    action: 'place',
    ...marketOf(fields, parse),
    side: needFlag(fields, 'b') ? 'buy' : 'sell',
    type: 'twap',
    quantity: sizeOf(fields, false),
    reduceOnly: needFlag(fields, 'r'),
  };
  if (fields.id('m', /^[1-9]\d{0,4}$/) === undefined) fields.refuse('FIELD_MISSING', 'm', 'is missing');
  needFlag(fields, 't');
  fields.done();
  return intent;
}

/**
 * A modify replaces the order as a whole: it ends the old one and places `s` anew, on top of what that had filled (nautilus_trader
 * issue 3986, where an order of 10 with 5 filled and modified to 10 fills 15). It is named by venue id or client id.
 */
function modify(fields: OrderFields, parse: Parse): OrderIntent {
  const id =
    fields.id('oid', /^(?:\d{1,19}|0x[0-9a-fA-F]{32})$/) ??
    fields.refuse('FIELD_MISSING', 'oid', 'is missing');
  const entry = fields.object('order') ?? fields.refuse('FIELD_MISSING', 'order', 'is missing');
  const intent = place(entry, false, parse);
  entry.done();
  return {
    ...intent,
    action: 'amend',
    isOpenQuantity: true,
    ...(id.startsWith('0x') ? { clientOrderId: id } : { venueOrderId: id }),
  };
}

/** A cancel passes although the list does not know its market: cancelling must never depend on the list. */
function cancel(fields: OrderFields, asset: string, id: string, parse: Parse): OrderIntent {
  const index = fields.id(asset, whole) ?? fields.refuse('FIELD_MISSING', asset, 'is missing');
  const venueOrderId = fields.id(id, whole) ?? fields.refuse('FIELD_MISSING', id, 'is missing');
  return { ...parse.common, action: 'cancel', instrument: parse.instruments?.get(index) ?? '', venueOrderId };
}

function cancelByClientId(fields: OrderFields, parse: Parse): OrderIntent {
  const index = fields.id('asset', whole) ?? fields.refuse('FIELD_MISSING', 'asset', 'is missing');
  const clientOrderId = fields.need('cloid', clientId);
  return {
    ...parse.common,
    action: 'cancel',
    instrument: parse.instruments?.get(index) ?? '',
    clientOrderId,
  };
}

function marketOf(fields: OrderFields, parse: Parse): Pick<OrderIntent, 'instrument' | 'isDerivative'> {
  const index = fields.id('a', whole) ?? fields.refuse('FIELD_MISSING', 'a', 'is missing');
  const instrument =
    parse.instruments?.get(index) ??
    fields.refuse('SYMBOL_UNKNOWN', 'a', 'is a number that the instrument list does not name');
  // Perpetuals count coins, too, and make positions.
  return isPerpetual(index) ? { instrument, isDerivative: true } : { instrument };
}

function decimalOf(fields: OrderFields, name: string): Decimal {
  return fields.positive(name) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
}

function needFlag(fields: OrderFields, name: string): boolean {
  return fields.flag(name) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
}

function each(fields: OrderFields, name: string, read: (entry: OrderFields) => OrderIntent): OrderIntent[] {
  const entries = fields.objects(name, maxBatch) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
  return entries.map((entry) => entry.sealOne(read(entry)));
}
