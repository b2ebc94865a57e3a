// Orders of Kraken's WebSocket v2 as the REST requests they stand for: every parameter named here, or the message is unknown (S4).
// Source: docs.kraken.com Spot WebSocket v2 (add_order, amend_order, cancel_order, cancel_all, cancel_all_orders_after, batch_add,
// batch_cancel) beside Spot REST (AddOrder, AmendOrder, CancelOrderBatch …); ccxt 4.5.84 pro/kraken.
import { isStrictObject, JsonNumber, type StrictJson, type StrictObject } from '../json-strict.js';
import { textOf } from '../socket-frames.js';

type Body = Map<string, StrictJson>;

/** REST method and body; undefined for parameters that nobody here understands. */
export interface RestCall {
  name: string;
  body: StrictObject;
}

type Reader = (params: Params) => Body | undefined;

/** Parameters of the message that are about the message. */
const ofMessage: ReadonlySet<string> = new Set(['token', 'req_id']);

/** Takes each parameter once; what is left at the end is not understood. */
class Params {
  readonly #left: Map<string, StrictJson>;
  /** A parameter is of a kind that it never is: the message leaves as the client wrote it, so none may be passed over. */
  #isOdd = false;

  constructor(given: StrictObject) {
    this.#left = new Map([...given].filter(([name]) => !ofMessage.has(name)));
  }

  take(name: string): StrictJson | undefined {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  /** Kraken's v2 writes amounts as numbers, REST as text: the digits stay. */
  text(name: string): string | undefined {
    const value = this.take(name);
    const text = textOf(value);
    if (text === undefined && value !== undefined && value !== null) this.#isOdd = true;
    return text;
  }

  isTrue(name: string): boolean {
    const value = this.take(name);
    if (value !== undefined && value !== null && typeof value !== 'boolean') this.#isOdd = true;
    return value === true;
  }

  /** Whether the parameter is absent, or says what Kraken does without it. */
  isUsual(name: string, usual: StrictJson): boolean {
    const value = this.take(name);
    return value === undefined || value === usual;
  }

  get isEmpty(): boolean {
    return this.#left.size === 0 && !this.#isOdd;
  }
}

/** By the message's method: the REST method that does the same, and its body. */
const readers: ReadonlyMap<string, readonly [name: string, read: Reader]> = new Map<
  string,
  readonly [string, Reader]
>([
  ['add_order', ['AddOrder', (params) => withPair(params, orderOf(params))]],
  ['amend_order', ['AmendOrder', amendmentOf]],
  ['cancel_order', ['CancelOrderBatch', (params) => namedOf(params, 'order_id')]],
  ['batch_cancel', ['CancelOrderBatch', (params) => namedOf(params, 'orders')]],
  ['cancel_all', ['CancelAll', () => new Map()]],
  ['cancel_all_orders_after', ['CancelAllOrdersAfter', timeoutOf]],
  ['batch_add', ['AddOrderBatch', batchOf]],
]);

/** Each method that trades, with the REST method that it stands for. */
export const tradeMethods: ReadonlyMap<string, string> = new Map(
  [...readers].map(([method, [name]]) => [method, name]),
);

/** The call that does what the message does. REST wants a nonce in every body; this one is never sent. */
export function restCallOf(method: string, message: StrictObject): RestCall | undefined {
  const [name, read] = readers.get(method) ?? [];
  const params = new Params(message);
  const body = read?.(params);
  if (name === undefined || body === undefined || !params.isEmpty) return undefined;
  return { name, body: new Map<string, StrictJson>([['nonce', '1'], ...body]) };
}

function put(body: Body, name: string, value: StrictJson | undefined): void {
  if (value !== undefined) body.set(name, value);
}

function withPair(params: Params, body: Body | undefined): Body | undefined {
  put(body ?? new Map(), 'pair', params.text('symbol'));
  put(body ?? new Map(), 'deadline', params.text('deadline'));
  if (body !== undefined && params.isTrue('validate')) body.set('validate', true);
  return body;
}

/** One order without its pair. Prices that are relative, margin and conditional closes are not understood here. */
function orderOf(params: Params): Body | undefined {
  const body: Body = new Map();
  const type = params.text('order_type') ?? '';
  put(body, 'ordertype', type);
  put(body, 'type', params.text('side'));
  const limit = params.text('limit_price');
  const triggers = params.take('triggers');
  const trigger = triggers === undefined ? undefined : triggerOf(triggers);
  if (triggers !== undefined && trigger === undefined) return undefined;
  const isTriggered = /^(?:stop-loss|take-profit)/.test(type);
  put(body, 'price', isTriggered ? trigger?.price : limit);
  // A price that does not go with the type is left for the parser, which refuses it.
  put(body, 'price2', isTriggered ? limit : trigger?.price);
  put(body, 'trigger', trigger?.reference);
  if (!params.isUsual('limit_price_type', 'static')) return undefined;
  const cash = params.text('cash_order_qty');
  const quantity = params.text('order_qty');
  if (cash !== undefined && quantity !== undefined) return undefined;
  put(body, 'volume', cash ?? quantity);
  put(body, 'displayvol', params.text('display_qty'));
  const flags = [
    ...(params.isTrue('post_only') ? ['post'] : []),
    ...(cash === undefined ? [] : ['viqc']),
    ...(params.isTrue('no_mpp') ? ['nompp'] : []),
    ...feeFlag(params.text('fee_preference')),
  ];
  if (flags.length > 0) body.set('oflags', flags.join(','));
  if (params.isTrue('reduce_only')) body.set('reduce_only', true);
  put(body, 'timeinforce', params.text('time_in_force')?.toUpperCase());
  put(body, 'stptype', params.text('stp_type')?.replaceAll('_', '-'));
  put(body, 'cl_ord_id', params.text('cl_ord_id'));
  put(body, 'userref', params.text('order_userref'));
  return params.isUsual('margin', false) ? body : undefined;
}

const feeFlag = (preference: string | undefined): readonly string[] =>
  preference === undefined
    ? []
    : [preference === 'base' ? 'fcib' : preference === 'quote' ? 'fciq' : preference];

function triggerOf(triggers: StrictJson): { price?: string; reference?: string } | undefined {
  if (!isStrictObject(triggers)) return undefined;
  const params = new Params(triggers);
  const [price, reference] = [params.text('price'), params.text('reference')];
  if (!params.isUsual('price_type', 'static') || !params.isEmpty) return undefined;
  return { ...(price === undefined ? {} : { price }), ...(reference === undefined ? {} : { reference }) };
}

function amendmentOf(params: Params): Body | undefined {
  const body: Body = new Map();
  put(body, 'txid', params.text('order_id'));
  for (const name of ['cl_ord_id', 'order_qty', 'display_qty', 'limit_price', 'trigger_price', 'deadline'])
    put(body, name, params.text(name));
  put(body, 'pair', params.text('symbol'));
  if (params.isTrue('post_only')) body.set('post_only', true);
  const isAbsolute =
    params.isUsual('limit_price_type', 'static') && params.isUsual('trigger_price_type', 'static');
  return isAbsolute ? body : undefined;
}

/** Names of orders by Kraken's ids and by the client's. A userref may name many, so it is not understood. */
function namedOf(params: Params, name: string): Body | undefined {
  const body: Body = new Map();
  const [orders, clientIds] = [params.take(name), params.take('cl_ord_id')];
  put(body, 'orders', orders);
  put(body, 'cl_ord_ids', clientIds);
  return [orders, clientIds].every((list) => list === undefined || Array.isArray(list)) ? body : undefined;
}

function timeoutOf(params: Params): Body {
  const timeout = params.take('timeout');
  const body: Body = new Map();
  put(body, 'timeout', timeout instanceof JsonNumber ? timeout.text : timeout);
  return body;
}

function batchOf(params: Params): Body | undefined {
  const given = params.take('orders');
  const list = Array.isArray(given) ? (given as readonly StrictJson[]) : [];
  const orders = list.map((order) => {
    if (!isStrictObject(order)) return undefined;
    const own = new Params(order);
    const body = orderOf(own);
    return own.isEmpty ? body : undefined;
  });
  const understood = orders.filter((order) => order !== undefined);
  if (understood.length === 0 || understood.length < orders.length) return undefined;
  return withPair(params, new Map([['orders', understood]]));
}

/** The parameters as they may leave: with the real token, and with the client order ids that the gate has put into the body. */
export function paramsToSend(params: StrictObject, body: StrictObject, token: string): StrictObject {
  const sent = withClientId(params, body);
  const [given, stamped] = [params.get('orders'), body.get('orders')];
  if (Array.isArray(given) && Array.isArray(stamped)) {
    const bodies = stamped as readonly StrictJson[];
    const orders = (given as readonly StrictJson[]).map((order, index) => {
      const own = bodies[index];
      return isStrictObject(order) && isStrictObject(own) ? withClientId(order, own) : order;
    });
    sent.set('orders', orders);
  }
  sent.set('token', token);
  return sent;
}

function withClientId(params: StrictObject, body: StrictObject): Map<string, StrictJson> {
  const sent = new Map(params);
  const id = body.get('cl_ord_id');
  if (typeof id === 'string' && !sent.has('cl_ord_id')) sent.set('cl_ord_id', id);
  return sent;
}
