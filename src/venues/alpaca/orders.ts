// Alpaca's orders, replacements, cancels and closings to intents: every field understood, or the request refused (D1-D4, D10).
// Sources: @alpacahq/alpaca-trade-api 4.0.2 trading/models/{PostOrderRequest,PatchOrderRequest,MLegOrderLeg}, alpaca-py trading/requests.py.
import { decimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import type { OrderIntent, Quantity, TimeInForce } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { parseStrictForm } from '../form-strict.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { readJsonObject } from '../json-body.js';
import type { StrictJson } from '../json-strict.js';
import { dropUndefined, OrderFields, parsing, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { classify } from './operations.js';
import { clientIdForm, readOrder, skipInstructions, timesInForce } from './place.js';
import { readOption, readSymbol } from './symbols.js';

type Reader = (fields: OrderFields, base: IntentBase, segment: string) => readonly OrderIntent[];

const everything: Quantity = { value: decimal('0'), unit: 'close-all' };

/** `opg` and `cls` are of the day, and more than that. */
const represented: Represented = {
  ...representedAll(
    'symbol qty notional side type limit_price stop_price client_order_id order_class ratio_qty cancel_orders',
  ),
  time_in_force: ['day', 'gtc', 'ioc', 'fok'],
};

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['POST v2/orders', (fields, base) => readOrder(fields, base)],
  ['PATCH v2/orders/{id}', readReplacement],
  ['PUT v2/orders/{id}', readReplacement],
  ['DELETE v2/orders', (_, base) => [{ ...base, action: 'cancel', instrument: '' }]],
  [
    'DELETE v2/orders/{id}',
    (_, base, id) => [{ ...base, action: 'cancel', instrument: '', venueOrderId: id }],
  ],
  ['POST v2/positions/{symbol_or_id}/exercise', readExercise],
  ['DELETE v2/positions', readCloseAll],
  ['DELETE v2/positions/{symbol_or_id}', readClose],
]);

/** Never throws on its input. */
export function parseOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  const { class: kind, operation } = classify(request);
  if (kind !== 'order' && kind !== 'amend' && kind !== 'cancel') {
    return { ok: false, code: 'NOT_AN_ORDER', message: 'not an order, amend or cancel operation of Alpaca' };
  }
  const reader = readers.get(`${request.method} ${operation}`);
  if (reader === undefined) {
    return {
      ok: false,
      code: 'PRODUCT_UNSUPPORTED',
      message: `orders through ${operation} cannot be checked and are refused`,
    };
  }
  return parsing(() => {
    const members = request.method === 'DELETE' ? readQuery(request) : readBody(request);
    const fields = new OrderFields(members, represented);
    const segment = request.path.replace(/\/exercise$/, '').replace(/^.*\//, '');
    const intents = reader(fields, intentBase('alpaca', context), segment);
    return { ok: true, intents: fields.seal(intents) };
  });
}

/** Members that are null are absent: SDKs write them for what the caller left out. */
function readBody(request: HttpRequest): ReadonlyMap<string, StrictJson> {
  if (request.body.length === 0 && request.path.endsWith('/exercise')) return new Map();
  const body = readJsonObject(request);
  if (!body.ok) return refuseOrder('BODY_UNREADABLE', body.problem);
  return new Map([...body.object].filter(([, value]) => value !== null));
}

function readQuery(request: HttpRequest): ReadonlyMap<string, StrictJson> {
  if (request.body.length > 0) return refuseOrder('BODY_UNREADABLE', 'a DELETE carries a body');
  const query = parseStrictForm(request.query, { plus: 'space' });
  return query.ok ? query.fields : refuseOrder('BODY_UNREADABLE', query.message);
}

/** PATCH: the new totals of a resting order; the symbol is the order's. */
function readReplacement(fields: OrderFields, base: IntentBase, id: string): readonly OrderIntent[] {
  skipInstructions(fields);
  fields.positive('trail');
  const shares = fields.positive('qty');
  const money = fields.positive('notional');
  if (shares !== undefined && money !== undefined)
    fields.refuse('FIELD_CONFLICT', 'notional', 'stands beside qty');
  const intent = {
    ...base,
    action: 'amend' as const,
    instrument: '',
    quantity:
      shares !== undefined
        ? { value: shares, unit: 'base' as const }
        : money !== undefined
          ? { value: money, unit: 'quote' as const }
          : undefined,
    timeInForce: fields.choice<TimeInForce>('time_in_force', timesInForce),
    price: fields.positive('limit_price'),
    trigger: fields.positive('stop_price'),
    clientOrderId: fields.match('client_order_id', clientIdForm),
    venueOrderId: id,
  };
  return [dropUndefined(intent)];
}

/** DELETE /v2/positions: a market order for every position, and with `cancel_orders` the cancel of every order. */
function readCloseAll(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  const close = closing(base, '', everything);
  return fields.flag('cancel_orders') === true
    ? [{ ...base, action: 'cancel', instrument: '' }, close]
    : [close];
}

function readClose(fields: OrderFields, base: IntentBase, segment: string): readonly OrderIntent[] {
  const { instrument, kind } = readSymbol(decodeURIComponent(segment));
  const value = fields.positive('qty');
  if (value !== undefined && fields.has('percentage')) {
    fields.refuse('FIELD_CONFLICT', 'percentage', 'stands beside qty');
  }
  // A share of the position is at most the position.
  fields.positive('percentage');
  const unit = kind === 'option' ? 'contracts' : 'base';
  return [closing(base, instrument, value === undefined ? everything : { value, unit })];
}

/**
 * "Exercise an Options Position": every held contract is exercised at once. The contracts leave the account, and their shares are bought
 * (calls) or sold (puts) at the strike, as many for each contract as the exchange says; the request does not say how many are held.
 */
function readExercise(_: OrderFields, base: IntentBase, segment: string): readonly OrderIntent[] {
  const { root, isCall, strike } = readOption(decodeURIComponent(segment));
  const delivery: OrderIntent = {
    ...base,
    action: 'place',
    instrument: root,
    side: isCall ? 'buy' : 'sell',
    type: 'other',
    price: strike,
  };
  return [
    {
      ...base,
      action: 'place',
      instrument: segment,
      side: 'sell',
      type: 'other',
      quantity: everything,
      reduceOnly: true,
      legs: [delivery],
    },
  ];
}

function closing(base: IntentBase, instrument: string, quantity: Quantity): OrderIntent {
  return { ...base, action: 'place', instrument, type: 'market', quantity, reduceOnly: true };
}
