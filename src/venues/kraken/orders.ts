// Kraken spot's order, amend and cancel bodies as intents. Sources: docs.kraken.com Spot REST (AddOrder, AddOrderBatch, AmendOrder,
// EditOrder, CancelOrder, CancelOrderBatch, CancelAllOrdersAfter), ccxt 4.5.84 kraken orderRequest().
import type { Decimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import type { OrderIntent, OrderSide, OrderType, TimeInForce } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import type { StrictJson } from '../json-strict.js';
import { dropUndefined, OrderFields, parsing, refuseDisarm, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { canonicalPair } from './pairs.js';
import { readPrivateBody } from './signature.js';

/** Which prices a type takes, in the order `price`, `price2`. */
interface TypeRow {
  type: OrderType;
  prices: readonly ('price' | 'trigger')[];
}

// trailing-stop(-limit) takes only relative prices and settle-position closes by a rule of the venue's: both refused.
const types: Readonly<Record<string, TypeRow>> = {
  market: { type: 'market', prices: [] },
  limit: { type: 'limit', prices: ['price'] },
  iceberg: { type: 'limit', prices: ['price'] },
  'stop-loss': { type: 'stop', prices: ['trigger'] },
  'stop-loss-limit': { type: 'stop-limit', prices: ['trigger', 'price'] },
  'take-profit': { type: 'take-profit', prices: ['trigger'] },
  'take-profit-limit': { type: 'take-profit-limit', prices: ['trigger', 'price'] },
};
const sides: Readonly<Record<string, OrderSide>> = { buy: 'buy', sell: 'sell' };
const timesInForce: Readonly<Record<string, TimeInForce>> = {
  GTC: 'gtc',
  IOC: 'ioc',
  GTD: 'gtd',
  FOK: 'fok',
};
/** An iceberg is a limit order, and more than that; so is a fee in the one currency or the other. */
const represented: Represented = {
  ...representedAll(`
    pair type volume price price2 timeinforce cl_ord_id txid leverage reduce_only order_qty limit_price trigger_price post_only
    close[ordertype] close[price] close[price2] orders cl_ord_ids validate
  `),
  ordertype: Object.keys(types).filter((name) => name !== 'iceberg'),
  oflags: ['', 'post', 'viqc'],
};
const triggers = { last: true, index: true };
const selfTrade = { 'cancel-newest': true, 'cancel-oldest': true, 'cancel-both': true };

const orderId = /^[A-Za-z0-9-]{1,40}$/;
const clientId = /^[A-Za-z0-9_-]{1,36}$/;
const userReference = /^-?\d{1,10}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const pairName = /^[A-Za-z0-9./]{3,20}$/;
const maxBatch = 15;
const maxCancelBatch = 50;

type Accepted = Extract<ParsedOrders, { ok: true }>;

export function parseKrakenOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  return parsing(() => {
    const body = readPrivateBody(request);
    if ('problem' in body) return refuseOrder('BODY_UNREADABLE', body.problem);
    const fields = new OrderFields(body.fields, represented);
    fields.ignore('nonce');
    const common = intentBase('kraken', context);
    const accepted = parseCall(request.path, fields, common, context);
    return { ...accepted, intents: fields.seal(accepted.intents) };
  });
}

function parseCall(path: string, fields: OrderFields, common: IntentBase, context: ParseContext): Accepted {
  switch (path) {
    case '/0/private/AddOrder':
      return checkable(fields, [place(pairOf(fields, context), fields, common)]);
    case '/0/private/AddOrderBatch':
      return checkable(fields, placeBatch(fields, common, context));
    case '/0/private/AmendOrder':
      return { ok: true, intents: [amend(fields, common, context)] };
    case '/0/private/EditOrder':
      return checkable(fields, [edit(fields, common, context)]);
    case '/0/private/CancelOrder':
      return { ok: true, intents: [cancel(fields, common)] };
    case '/0/private/CancelOrderBatch':
      return { ok: true, intents: cancelBatch(fields, common) };
    case '/0/private/CancelAll':
      return { ok: true, intents: [{ ...common, action: 'cancel', instrument: '' }] };
    case '/0/private/CancelAllOrdersAfter':
      armSwitch(fields);
      return { ok: true, intents: [{ ...common, action: 'cancel', instrument: '' }] };
    default:
      return refuseOrder('NOT_AN_ORDER', 'the path places, changes or cancels no order');
  }
}

/** A timeout of 0 disarms it: docs.kraken.com/api/docs/rest-api/cancel-all-orders-after. */
function armSwitch(fields: OrderFields): void {
  const seconds = fields.id('timeout', /^\d{1,5}$/);
  if (seconds === undefined) fields.refuse('FIELD_MISSING', 'timeout', 'is missing');
  refuseDisarm('timeout', seconds);
}

/** `validate=true` is a dry run: Kraken checks the fields and places nothing. */
function checkable(fields: OrderFields, intents: readonly OrderIntent[]): Accepted {
  fields.stamp('deadline', instant);
  return fields.flag('validate') === true ? { ok: true, intents, dryRun: true } : { ok: true, intents };
}

function placeBatch(fields: OrderFields, common: IntentBase, context: ParseContext): OrderIntent[] {
  const instrument = pairOf(fields, context);
  const orders = fields.objects('orders', maxBatch) ?? fields.refuse('FIELD_MISSING', 'orders', 'is missing');
  return orders.map((order) => order.sealOne(place(instrument, order, common)));
}

function place(instrument: string, fields: OrderFields, common: IntentBase): OrderIntent {
  const side = fields.choice('type', sides) ?? fields.refuse('FIELD_MISSING', 'type', 'is missing');
  const name = fields.text('ordertype') ?? fields.refuse('FIELD_MISSING', 'ordertype', 'is missing');
  const row = typeOf(name);
  const value = fields.positive('volume') ?? fields.refuse('FIELD_MISSING', 'volume', 'is missing');
  const prices = pricesOf(row, fields, ['price', 'price2']);
  const flags = flagsOf(fields);
  const leverage = leverageOf(fields);
  const inQuote = flags.has('viqc');
  if (inQuote && (row.type !== 'market' || side !== 'buy' || leverage !== undefined)) {
    fields.refuse(
      'FIELD_CONFLICT',
      'oflags',
      'has viqc, which Kraken takes for market buys without leverage only',
    );
  }
  if ((fields.positive('displayvol') !== undefined) !== (name === 'iceberg')) {
    fields.refuse('FIELD_CONFLICT', 'displayvol', 'belongs to iceberg orders, and to them only');
  }
  const leg = closeOf(
    fields,
    { ...common, action: 'place', instrument, side: side === 'buy' ? 'sell' : 'buy' },
    value,
  );
  if (inQuote && leg !== undefined) fields.refuse('FIELD_CONFLICT', 'close', 'does not go with viqc');
  fields.id('userref', userReference);
  fields.choice('trigger', triggers);
  fields.choice('stptype', selfTrade);
  refuseDelayedStart(fields);
  return dropUndefined<OrderIntent>({
    ...common,
    action: 'place',
    instrument,
    side,
    type: row.type,
    timeInForce: timeInForceOf(fields, flags),
    quantity: { value, unit: inQuote ? 'quote' : 'base' },
    ...prices,
    reduceOnly: fields.flag('reduce_only'),
    leverage,
    clientOrderId: fields.ownId('cl_ord_id', clientId),
    legs: leg === undefined ? undefined : [leg],
  });
}

function amend(fields: OrderFields, common: IntentBase, context: ParseContext): OrderIntent {
  const names = orderNames(fields);
  const value = fields.positive('order_qty');
  fields.positive('display_qty');
  fields.stamp('deadline', instant);
  return dropUndefined<OrderIntent>({
    ...common,
    action: 'amend',
    instrument: fields.has('pair') ? pairOf(fields, context) : '',
    timeInForce: fields.flag('post_only') === true ? 'post-only' : undefined,
    quantity: value === undefined ? undefined : { value, unit: 'base' },
    price: fields.positive('limit_price'),
    trigger: fields.positive('trigger_price'),
    ...names,
  });
}

/** EditOrder's `price` is the limit of one order type and the trigger of another; only both prices together are unambiguous. */
function edit(fields: OrderFields, common: IntentBase, context: ParseContext): OrderIntent {
  const venueOrderId = fields.id('txid', orderId) ?? fields.refuse('FIELD_MISSING', 'txid', 'is missing');
  const value = fields.positive('volume');
  const trigger = fields.positive('price');
  const price = fields.positive('price2');
  if ((trigger === undefined) !== (price === undefined)) {
    fields.refuse('PRICE_AMBIGUOUS', 'price', 'means limit or trigger by the order it edits; use AmendOrder');
  }
  const flags = flagsOf(fields);
  if (flags.has('viqc')) fields.refuse('FIELD_CONFLICT', 'oflags', 'has viqc, which no edit takes');
  fields.id('userref', userReference);
  fields.positive('displayvol');
  fields.flag('cancel_response');
  return dropUndefined<OrderIntent>({
    ...common,
    action: 'amend',
    instrument: pairOf(fields, context),
    timeInForce: flags.has('post') ? 'post-only' : undefined,
    quantity: value === undefined ? undefined : { value, unit: 'base' },
    price,
    trigger,
    venueOrderId,
  });
}

function cancel(fields: OrderFields, common: IntentBase): OrderIntent {
  return dropUndefined<OrderIntent>({ ...common, action: 'cancel', instrument: '', ...orderNames(fields) });
}

function cancelBatch(fields: OrderFields, common: IntentBase): OrderIntent[] {
  const orders = fields.list('orders', maxCancelBatch) ?? [];
  const clientIds = fields.list('cl_ord_ids', maxCancelBatch) ?? [];
  if (orders.length + clientIds.length === 0) fields.refuse('FIELD_MISSING', 'orders', 'is missing');
  const name = (value: StrictJson, key: 'id', form: RegExp) =>
    new OrderFields(new Map([[key, value]])).id(key, form);
  const intent: OrderIntent = { ...common, action: 'cancel', instrument: '' };
  return [
    ...orders.map((value) => dropUndefined({ ...intent, venueOrderId: name(value, 'id', orderId) })),
    ...clientIds.map((value) => dropUndefined({ ...intent, clientOrderId: name(value, 'id', clientId) })),
  ];
}

function orderNames(fields: OrderFields): Pick<OrderIntent, 'venueOrderId' | 'clientOrderId'> {
  const venueOrderId = fields.id('txid', orderId);
  const clientOrderId = fields.match('cl_ord_id', clientId);
  if ((venueOrderId === undefined) === (clientOrderId === undefined)) {
    fields.refuse('FIELD_CONFLICT', 'txid', 'or cl_ord_id must name the order, and only one of them');
  }
  return { venueOrderId, clientOrderId };
}

function pairOf(fields: OrderFields, context: ParseContext): string {
  const spelled = fields.need('pair', pairName);
  return (
    canonicalPair(spelled, context.instruments) ??
    fields.refuse('SYMBOL_UNKNOWN', 'pair', 'is no pair with a single known meaning')
  );
}

function typeOf(name: string): TypeRow {
  const row = Object.hasOwn(types, name) ? types[name] : undefined;
  if (row !== undefined) return row;
  if (name.startsWith('trailing-stop'))
    return refuseOrder('PRICE_RELATIVE', 'trailing stops take relative prices only');
  return refuseOrder('ORDER_TYPE_UNSUPPORTED', 'the order type is not understood');
}

/** D3: a price that the type does not take is refused, not ignored. */
function pricesOf(
  row: TypeRow,
  fields: OrderFields,
  names: readonly string[],
): { price?: Decimal; trigger?: Decimal } {
  const prices: { price?: Decimal; trigger?: Decimal } = {};
  for (const [index, name] of names.entries()) {
    const meaning = row.prices[index];
    const value = fields.positive(name);
    if (meaning === undefined && value !== undefined)
      fields.refuse('FIELD_CONFLICT', name, 'does not go with this type');
    if (meaning === undefined) continue;
    prices[meaning] = value ?? fields.refuse('FIELD_MISSING', name, 'is missing');
  }
  return prices;
}

/** The conditional close: same quantity, other side, placed when the order fills. A form spells it `close[price]`. */
function closeOf(fields: OrderFields, leg: OrderIntent, value: Decimal): OrderIntent | undefined {
  const nested = fields.object('close');
  const source = nested ?? fields;
  const spell = (name: string) => (nested === undefined ? `close[${name}]` : name);
  const type = source.text(spell('ordertype'));
  if (type === undefined) {
    nested?.refuse('FIELD_MISSING', 'ordertype', 'is missing');
    return undefined;
  }
  const row = typeOf(type);
  const prices = pricesOf(row, source, [spell('price'), spell('price2')]);
  nested?.done();
  return { ...leg, type: row.type, quantity: { value, unit: 'base' }, ...prices };
}

function flagsOf(fields: OrderFields): ReadonlySet<string> {
  const text = fields.text('oflags');
  const flags = new Set(text === undefined || text === '' ? [] : text.split(','));
  for (const flag of flags) {
    // nompp would switch off Kraken's own protection against bad market prices.
    if (!['post', 'fcib', 'fciq', 'viqc'].includes(flag))
      fields.refuse('FIELD_INVALID', 'oflags', 'has a flag that is not accepted');
  }
  return flags;
}

function leverageOf(fields: OrderFields): Decimal | undefined {
  const value = fields.id('leverage', /^(?:none|[1-9]\d?(?::1)?)$/)?.replace(/:1$/, '');
  if (value === undefined || value === 'none') return undefined;
  return new OrderFields(new Map([['leverage', value]])).positive('leverage');
}

function timeInForceOf(fields: OrderFields, flags: ReadonlySet<string>): TimeInForce | undefined {
  const named = fields.choice('timeinforce', timesInForce);
  const expiry = fields.id('expiretm', /^(?:0|\+?[1-9]\d{0,11})$/) ?? '0';
  const expires = expiry !== '0';
  if (expires !== (named === 'gtd') && (expires ? named !== undefined : true)) {
    fields.refuse('FIELD_CONFLICT', 'expiretm', 'belongs to GTD orders, and to them only');
  }
  if (!flags.has('post')) return expires ? 'gtd' : named;
  if (named === 'ioc' || named === 'fok')
    fields.refuse('FIELD_CONFLICT', 'oflags', 'has post, which never takes');
  return 'post-only';
}

/** A start in the future would leave after every check of today has passed. */
function refuseDelayedStart(fields: OrderFields): void {
  const start = fields.id('starttm', /^\+?\d{1,12}$/);
  if (start !== undefined && start !== '0') fields.refuse('FIELD_INVALID', 'starttm', 'delays the order');
}
