// Trading of perpetuals as Binance's futures take it: market and limit orders, in base currency or COIN-M contracts; amends, cancels.
// Source: developers.binance.com USDⓈ-M and COIN-M Futures, "New Order", "Modify Order", "Cancel Order", "Cancel All Open Orders";
// Portfolio Margin, "New UM Order", "New CM Order".
import type { Decimal } from '../../core/decimal.js';
import { JsonNumber, parseStrictJson, type StrictJson } from '../../venues/json-strict.js';
import { amendOrder, cancelAll, cancelOrder, placeOrder, type Symbols, unitOf } from '../desk.js';
import type { NewOrder, PaperTimeInForce } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields } from '../fields.js';
import { batchOf, orderOf, type PrivateCall, perpetuals, type Row, waits } from './call.js';
import { wordingOf } from './faults.js';
import { coinm, type Handler, routesOfBooks, usdm } from './futures-books.js';
import { contractOf, futuresOrderRow } from './futures-rows.js';

const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', GTX: 'post-only' } as const satisfies Record<
  string,
  PaperTimeInForce
>;
const clientIdForm = /^[.A-Z:/a-z0-9_-]{1,36}$/;
/** What the paper engine has none of. */
const notOnPaper = ['priceMatch', 'goodTillDate'];
/** Of conditional orders, in a list of their own. */
const ofAlgoOrders = ['stopPrice', 'activatePrice', 'activationPrice', 'callbackRate'];
const mostInBatch = 5;
const mostCancelled = 10;

export const futuresTradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    'POST /fapi/v1/order/test',
    (call) => {
      readOrder(call, perpetuals);
      return {};
    },
  ],
  ...[usdm, coinm].flatMap(({ prefix, listed }): [string, Handler][] => [
    [
      `POST ${prefix}/batchOrders`,
      (call) => each(call, (one) => futuresOrderRow(placeOrder(one, readOrder(one, listed)))),
    ],
    [`PUT ${prefix}/batchOrders`, (call) => each(call, (one) => amend(one, listed))],
    [`DELETE ${prefix}/batchOrders`, (call) => cancelBatch(call, listed)],
  ]),
  ...[usdm, coinm].map(
    ({ prefix, listed }) =>
      [`POST ${prefix}/countdownCancelAll`, (call: PrivateCall) => countDown(call, listed)] as const,
  ),
  ...routesOfBooks(({ listed }) => [
    ['POST', 'order', (call) => futuresOrderRow(placeOrder(call, readOrder(call, listed)))],
    ['PUT', 'order', (call) => amend(call, listed)],
    ['DELETE', 'order', (call) => futuresOrderRow(cancelOrder(call, orderOf(call, listed)))],
    ['DELETE', 'allOpenOrders', (call) => cancelEvery(call, listed)],
  ]),
]);

/** What one meets with stands in its place. */
function each(call: PrivateCall, run: (one: PrivateCall) => Row): readonly Row[] {
  const entries = batchOf(call.fields.required('batchOrders'));
  if (entries.length === 0 || entries.length > mostInBatch)
    throw new PaperFault('PARAMETER_BAD', 'batchOrders');
  return entries.map((fields) => attempt(() => run({ ...call, fields }), 'POST'));
}

function attempt(run: () => Row, method: string): Row {
  try {
    return run();
  } catch (thrown) {
    if (!(thrown instanceof PaperFault)) throw thrown;
    const [, code, msg] = wordingOf(thrown, { method, path: `${usdm.prefix}/batchOrders` });
    return { code, msg };
  }
}

/** "Cancel Multiple Orders": a JSON list of numbers or of the client's ids, at most ten; ccxt spells the lists in small letters. */
function cancelBatch(call: PrivateCall, listed: Symbols): readonly Row[] {
  const { fields } = call;
  const name = ['orderIdList', 'orderidlist', 'origclientorderidlist'].find((given) => fields.has(given));
  const ids = listOf(fields.required(name ?? 'origClientOrderIdList'), name ?? 'origClientOrderIdList');
  const symbol = fields.required('symbol');
  const key = name?.toLowerCase() === 'orderidlist' ? 'orderId' : 'origClientOrderId';
  return ids.map((id) => {
    const one = {
      ...call,
      fields: new Fields(
        new Map([
          ['symbol', symbol],
          [key, id],
        ]),
      ),
    };
    return attempt(() => futuresOrderRow(cancelOrder(call, orderOf(one, listed))), 'DELETE');
  });
}

/** Throws PaperFault BODY_UNREADABLE, and PARAMETER_BAD for a list of something else. */
function listOf(text: string, name: string): readonly string[] {
  const parsed = parseStrictJson(Buffer.from(text));
  if (!parsed.ok) throw new PaperFault('BODY_UNREADABLE');
  const list = Array.isArray(parsed.value) ? (parsed.value as readonly StrictJson[]) : [];
  const ids = list.map((id) => (id instanceof JsonNumber ? id.text : id));
  const isList = ids.length > 0 && ids.length <= mostCancelled;
  if (!isList || !ids.every((id) => typeof id === 'string')) throw new PaperFault('PARAMETER_BAD', name);
  return ids;
}

/** "Auto-Cancel All Open Orders": milliseconds, 0 stops the countdown. */
function countDown({ engine, account, fields }: PrivateCall, listed: Symbols): Row {
  const instrument = listed.need(fields.required('symbol'));
  const countdownTime = fields.required('countdownTime');
  if (!/^\d{1,9}$/.test(countdownTime)) throw new PaperFault('PARAMETER_BAD', 'countdownTime');
  const timeoutMs = Number(countdownTime);
  engine.setDeadline(account.id, timeoutMs === 0 ? undefined : engine.nowMs + timeoutMs, instrument.symbol);
  return { symbol: listed.spell(instrument), countdownTime };
}

function cancelEvery(call: PrivateCall, listed: Symbols): Row {
  const { symbol } = listed.need(call.fields.required('symbol'));
  cancelAll(call, (order) => order.symbol === symbol && !waits(order));
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

/** What an API calls the order's type, and its name. */
export interface OrderForm {
  type: string;
  /** It has a price. */
  isLimited: boolean;
  clientId: 'newClientOrderId' | 'clientAlgoId' | 'newClientStrategyId';
  /** It closes the whole position: it has no quantity. */
  closesPosition?: boolean;
}

function plainForm({ fields }: PrivateCall): OrderForm {
  // -4120 "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."
  const type = fields.oneOf('type', ['LIMIT', 'MARKET']);
  return { type, isLimited: type === 'LIMIT', clientId: 'newClientOrderId' };
}

/** All of an order but what triggers it. */
export function readOrder(
  call: PrivateCall,
  listed: Symbols,
  { type, isLimited, clientId: idName, closesPosition = false }: OrderForm = plainForm(call),
): NewOrder {
  const { fields } = call;
  const { symbol } = listed.need(fields.required('symbol'));
  const side = fields.oneOf('side', ['BUY', 'SELL']);
  if (notOnPaper.some((name) => fields.has(name))) throw new PaperFault('NOT_ON_PAPER');
  if (idName === 'newClientOrderId' && (isClosing(call) || ofAlgoOrders.some((name) => fields.has(name))))
    throw new PaperFault('NOT_ON_PAPER');
  if (closesPosition && fields.has('quantity')) throw new PaperFault('PARAMETER_BAD', 'quantity');
  // -4061: positions are one way.
  if ((fields.text('positionSide') ?? 'BOTH') !== 'BOTH')
    throw new PaperFault('PARAMETER_BAD', 'positionSide');
  const clientId = fields.text(idName);
  if (clientId !== undefined && !clientIdForm.test(clientId)) throw new PaperFault('PARAMETER_BAD', idName);
  // "New Algo Order", "New UM Conditional Order": GTC unless told otherwise.
  const isTimed = isLimited && (idName === 'newClientOrderId' || fields.has('timeInForce'));
  const limitTime = isTimed ? fields.oneOf('timeInForce', ['GTC', 'IOC', 'FOK', 'GTX']) : 'GTC';
  const timeInForce = isLimited ? limitTime : 'IOC';
  return {
    symbol,
    side: side === 'BUY' ? 'buy' : 'sell',
    ...(isLimited ? { price: fields.requiredAmount('price') } : {}),
    timeInForce: timesInForce[timeInForce],
    quantity: {
      value: closesPosition
        ? (call.account.positions.get(symbol)?.contracts.abs() ?? contractOf(symbol).minSize)
        : contractsOf(symbol, fields.requiredAmount('quantity')),
      unit: 'size',
    },
    reduceOnly:
      closesPosition ||
      (fields.has('reduceOnly') && fields.oneOf('reduceOnly', ['true', 'false']) === 'true'),
    ...(closesPosition ? { closesPosition: true as const } : {}),
    ...(clientId === undefined ? {} : { clientId }),
    memo: { type, timeInForce: isLimited ? timeInForce : 'GTC' },
  };
}

export const isClosing = ({ fields }: PrivateCall): boolean => fields.text('closePosition') === 'true';

/** What is no whole number of lots stays none: the engine refuses it. */
function contractsOf(symbol: string, quantity: Decimal): Decimal {
  return quantity.div(unitOf(contractOf(symbol)));
}

/** Side, quantity and price are sent anew; a changed side is another order. */
function amend(call: PrivateCall, listed: Symbols): Row {
  const { fields } = call;
  const order = orderOf(call, listed);
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN');
  if (fields.oneOf('side', ['BUY', 'SELL']).toLowerCase() !== order.side)
    throw new PaperFault('PARAMETER_BAD', 'side');
  const size = contractsOf(order.symbol, fields.requiredAmount('quantity'));
  return futuresOrderRow(amendOrder(call, order, { size, price: fields.requiredAmount('price') }));
}
